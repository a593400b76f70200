#include "ui/panels/gauge_view.h"

#include "ui/text.h"
#include "ui/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace belvedere::ui {

namespace {

constexpr double kStartDegrees = 215; ///< lower left, counted against the clock from three o'clock
constexpr double kSweepDegrees = 250;

void drawArc(QPainter& painter, const QRectF& circle, double from, double to, const QColor& color, double width)
{
    painter.setPen(QPen(color, width, Qt::SolidLine, Qt::FlatCap));
    painter.drawArc(circle, static_cast<int>(std::lround((kStartDegrees - from * kSweepDegrees) * 16)), static_cast<int>(std::lround(-(to - from) * kSweepDegrees * 16)));
}

}

void GaugeView::paintValue(QPainter& painter, const QRectF& cell, const dashboard::ReducedValue& value, bool named) const
{
    auto area = cell.adjusted(6, 4, -6, -4);
    if (named) {
        const double height = std::clamp(area.height() * 0.14, 11.0, 16.0);
        auto font = theme().font();
        font.setPixelSize(static_cast<int>(height));
        painter.setFont(font);
        painter.setPen(theme().colors().textMuted);
        const QRectF place(area.left(), area.bottom() - height * 1.3, area.width(), height * 1.3);
        painter.drawText(place, Qt::AlignCenter, QFontMetricsF(font).elidedText(toQString(value.title), Qt::ElideRight, place.width()));
        area.setBottom(place.top());
    }
    // The arc is a little taller than a half circle: 0.79 of its diameter.
    const double diameter = std::max(24.0, std::min(area.width(), area.height() / 0.79));
    const double width = std::max(6.0, diameter * 0.11);
    QRectF circle(area.center().x() - diameter / 2, area.top() + (area.height() - diameter * 0.79) / 2, diameter, diameter);
    circle.adjust(width / 2 + 5, width / 2 + 5, -width / 2 - 5, -width / 2 - 5);

    const auto color = toQColor(value.display.color);
    drawArc(painter, circle, 0, 1, theme().colors().grid, width);
    const double percent = std::clamp(std::isfinite(value.display.percent) ? value.display.percent : 0.0, 0.0, 1.0);
    if (percent > 0)
        drawArc(painter, circle, 0, percent, color, width);
    const auto& config = value.field->config;
    if (options()["showThresholdMarkers"].toBool(true) && config.thresholds) {
        const auto& thresholds = *config.thresholds;
        const auto& range = value.field->range;
        const auto ring = circle.adjusted(-width / 2 - 4, -width / 2 - 4, width / 2 + 4, width / 2 + 4);
        for (std::size_t i = 0; i < thresholds.steps.size(); ++i) {
            const auto place = [&](double at) { return std::clamp(thresholds.percentage ? at / 100 : (at - range.min) / range.delta(), 0.0, 1.0); };
            const double from = std::isfinite(thresholds.steps[i].value) ? place(thresholds.steps[i].value) : 0;
            const double to = i + 1 < thresholds.steps.size() ? place(thresholds.steps[i + 1].value) : 1;
            if (to > from)
                drawArc(painter, ring, from, to, toQColor(content().palette.named(thresholds.steps[i].color)), 3);
        }
    }
    const auto text = toQString(value.display.toString());
    const QRectF place(circle.left() + circle.width() * 0.14, circle.center().y() - circle.height() * 0.2, circle.width() * 0.72, circle.height() * 0.46);
    painter.setFont(fittingFont(text, { place.width(), place.height() * 0.8 }, 40));
    painter.setPen(legible(color));
    painter.drawText(place, Qt::AlignCenter, text);
}

}
