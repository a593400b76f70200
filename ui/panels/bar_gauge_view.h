#pragma once

#include "ui/panels/painted_view.h"

namespace belvedere::ui {

/// Grafana's bar gauge: a bar a value, plain, with a gradient, or of single cells like an old display.
class BarGaugeView : public PaintedView {
    Q_OBJECT

public:
    using PaintedView::PaintedView;

protected:
    void paintValue(QPainter& painter, const QRectF& cell, const dashboard::ReducedValue& value, bool named) const override;
    [[nodiscard]] std::vector<QRectF> cells(std::size_t count) const override;
};

}
