#pragma once

#include "ui/panels/painted_view.h"

namespace belvedere::ui {

/// Grafana's stat: a large number, its name where there are several, a sparkline behind it.
class StatView : public PaintedView {
    Q_OBJECT

public:
    using PaintedView::PaintedView;

protected:
    void paintValue(QPainter& painter, const QRectF& cell, const dashboard::ReducedValue& value, bool named) const override;

private:
    void paintSparkline(QPainter& painter, const QRectF& area, const dashboard::ReducedValue& value, const QColor& color) const;
};

}
