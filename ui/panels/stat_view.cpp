#include "ui/panels/stat_view.h"

#include "core/dashboard/value.h"
#include "ui/text.h"
#include "ui/theme.h"

#include <QLinearGradient>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace belvedere::ui {

void StatView::paintSparkline(QPainter& painter, const QRectF& area, const dashboard::ReducedValue& value, const QColor& color) const
{
    std::vector<double> values;
    values.reserve(value.field->column.size());
    for (std::size_t row = 0; row < value.field->column.size(); ++row)
        values.push_back(dashboard::numberOf(dashboard::valueAt(value.field->column, row)));
    double low = INFINITY, high = -INFINITY;
    for (const double v : values) {
        if (std::isfinite(v)) {
            low = std::min(low, v);
            high = std::max(high, v);
        }
    }
    if (values.size() < 2 || !(high >= low))
        return;
    if (high == low) {
        low -= 1;
        high += 1;
    }
    QPolygonF line;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isfinite(values[i]))
            line << QPointF(area.left() + area.width() * static_cast<double>(i) / static_cast<double>(values.size() - 1), area.bottom() - area.height() * (values[i] - low) / (high - low));
    }
    if (line.size() < 2)
        return;
    QPainterPath fill;
    fill.addPolygon(line);
    fill.lineTo(line.back().x(), area.bottom());
    fill.lineTo(line.front().x(), area.bottom());
    auto faint = color;
    faint.setAlphaF(0.18F);
    painter.fillPath(fill, faint);
    painter.setPen(QPen(color, 1));
    painter.drawPolyline(line);
}

void StatView::paintValue(QPainter& painter, const QRectF& cell, const dashboard::ReducedValue& value, bool named) const
{
    const auto mode = options()["colorMode"].toString("value");
    auto color = toQColor(value.display.color);
    QColor ink = mode == "none" ? theme().colors().text : color;
    painter.save();
    painter.setClipRect(cell);
    if (mode.starts_with("background")) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawRoundedRect(cell, Theme::kRadius, Theme::kRadius);
        ink = contrastRatio(color, Qt::white) >= contrastRatio(color, Qt::black) ? Qt::white : Qt::black;
        color = ink;
    } else {
        ink = legible(ink);
    }

    const auto textMode = options()["textMode"].toString("auto");
    const bool showName = textMode == "name" || textMode == "value_and_name" || (textMode == "auto" && named);
    const bool showValue = textMode != "name" && textMode != "none";
    auto inner = cell.adjusted(8, 4, -8, -4);
    if (options()["graphMode"].toString("area") == "area" && value.field && value.field->column.size() > 1 && showValue && cell.height() > 48) {
        const double height = cell.height() * 0.34;
        paintSparkline(painter, QRectF(cell.left(), cell.bottom() - height, cell.width(), height - 1), value, color);
        inner.setBottom(cell.bottom() - height * 0.8);
    }
    const auto name = toQString(value.title);
    const auto text = textMode == "name" ? name : toQString(value.display.toString());
    if (showName && showValue) {
        const double nameHeight = std::clamp(inner.height() * 0.24, 11.0, 18.0);
        auto font = theme().font();
        font.setPixelSize(static_cast<int>(nameHeight));
        painter.setFont(font);
        painter.setPen(mode.starts_with("background") ? ink : theme().colors().textMuted);
        const QRectF place(inner.left(), inner.top(), inner.width(), nameHeight * 1.3);
        painter.drawText(place, Qt::AlignCenter, QFontMetricsF(font).elidedText(name, Qt::ElideRight, place.width()));
        inner.setTop(place.bottom());
    }
    painter.setFont(fittingFont(text, { inner.width() * 0.85, inner.height() * 0.8 }, 48));
    painter.setPen(ink);
    painter.drawText(inner, Qt::AlignCenter, text);
    painter.restore();
}

}
