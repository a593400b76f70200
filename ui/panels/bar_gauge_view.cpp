#include "ui/panels/bar_gauge_view.h"

#include "ui/text.h"
#include "ui/theme.h"

#include <QLinearGradient>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace belvedere::ui {

std::vector<QRectF> BarGaugeView::cells(std::size_t count) const
{
    const auto area = QRectF(rect()).adjusted(8, 0, -8, -6);
    const bool sideBySide = options()["orientation"].text() == "vertical";
    std::vector<QRectF> out;
    for (std::size_t i = 0; i < count; ++i) {
        const auto at = static_cast<double>(i), all = static_cast<double>(count);
        if (sideBySide)
            out.emplace_back(area.left() + area.width() * at / all, area.top(), area.width() / all - 6, area.height());
        else
            out.emplace_back(area.left(), area.top() + area.height() * at / all, area.width(), area.height() / all - 4);
    }
    return out;
}

void BarGaugeView::paintValue(QPainter& painter, const QRectF& cell, const dashboard::ReducedValue& value, bool) const
{
    const bool upright = options()["orientation"].text() == "vertical";
    const auto color = toQColor(value.display.color);
    const auto name = toQString(value.title), text = toQString(value.display.toString());
    auto font = theme().font();
    font.setPixelSize(static_cast<int>(std::clamp(cell.height() * 0.3, 11.0, 14.0)));
    const QFontMetricsF metrics(font);

    QRectF bar, namePlace, valuePlace;
    if (upright) {
        namePlace = QRectF(cell.left(), cell.bottom() - metrics.height(), cell.width(), metrics.height());
        valuePlace = QRectF(cell.left(), cell.top(), cell.width(), metrics.height() * 1.2);
        bar = QRectF(cell.left(), valuePlace.bottom(), cell.width(), namePlace.top() - valuePlace.bottom() - 2);
    } else if (cell.height() >= metrics.height() * 2.2) {
        namePlace = QRectF(cell.left(), cell.top(), cell.width(), metrics.height());
        const double wide = std::clamp(cell.width() * 0.22, 48.0, 120.0);
        bar = QRectF(cell.left(), namePlace.bottom() + 2, cell.width() - wide, cell.bottom() - namePlace.bottom() - 2);
        valuePlace = QRectF(bar.right() + 6, bar.top(), wide - 6, bar.height());
    } else {
        const double wide = std::clamp(cell.width() * 0.22, 48.0, 110.0);
        const double names = std::clamp(cell.width() * 0.3, 40.0, 180.0);
        namePlace = QRectF(cell.left(), cell.top(), names - 8, cell.height());
        bar = QRectF(cell.left() + names, cell.top(), cell.width() - names - wide, cell.height());
        valuePlace = QRectF(bar.right() + 6, bar.top(), wide - 6, bar.height());
    }

    const double percent = std::clamp(std::isfinite(value.display.percent) ? value.display.percent : 0.0, 0.0, 1.0);
    const auto mode = options()["displayMode"].toString("gradient");
    painter.setPen(Qt::NoPen);
    if (options()["showUnfilled"].toBool(true)) {
        painter.setBrush(theme().colors().grid);
        painter.drawRoundedRect(bar, 2, 2);
    }
    const auto filled = upright ? QRectF(bar.left(), bar.bottom() - bar.height() * percent, bar.width(), bar.height() * percent) : QRectF(bar.left(), bar.top(), bar.width() * percent, bar.height());
    if (mode == "lcd") {
        constexpr double kCell = 7;
        const double length = upright ? bar.height() : bar.width();
        const int count = static_cast<int>(length / kCell);
        const auto display = displayOf(value);
        for (int i = 0; i < count; ++i) {
            const double at = (i + 0.5) / count;
            auto tint = toQColor(display.colorAt(display.range().min + at * display.range().delta()));
            if (at > percent)
                tint.setAlphaF(0.15F);
            painter.setBrush(tint);
            painter.drawRect(upright ? QRectF(bar.left(), bar.bottom() - (i + 1) * kCell + 1, bar.width(), kCell - 2) : QRectF(bar.left() + i * kCell + 1, bar.top(), kCell - 2, bar.height()));
        }
    } else if (!filled.isEmpty()) {
        if (mode == "gradient") {
            QLinearGradient gradient(upright ? filled.bottomLeft() : filled.topLeft(), upright ? filled.topLeft() : filled.topRight());
            auto start = color;
            start.setAlphaF(0.45F);
            gradient.setColorAt(0, start);
            gradient.setColorAt(1, color);
            painter.setBrush(gradient);
        } else {
            painter.setBrush(color);
        }
        painter.drawRoundedRect(filled, 2, 2);
    }
    painter.setFont(font);
    painter.setPen(theme().colors().text);
    painter.drawText(namePlace, (upright ? Qt::AlignHCenter : Qt::AlignLeft) | Qt::AlignVCenter, metrics.elidedText(name, Qt::ElideRight, namePlace.width()));
    painter.setFont(fittingFont(text, valuePlace.size(), 20));
    painter.setPen(legible(color));
    painter.drawText(valuePlace, upright ? Qt::AlignCenter : Qt::AlignVCenter | Qt::AlignLeft, text);
}

}
