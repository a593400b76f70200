#pragma once

#include "ui/panels/painted_view.h"

namespace belvedere::ui {

/// Grafana's gauge: an arc from the least to the greatest value, with the thresholds around it.
class GaugeView : public PaintedView {
    Q_OBJECT

public:
    using PaintedView::PaintedView;

protected:
    void paintValue(QPainter& painter, const QRectF& cell, const dashboard::ReducedValue& value, bool named) const override;
};

}
