#include "ui/widgets/item_painting.h"

#include "ui/theme.h"

#include <QPainter>

namespace belvedere::ui {

void paintItemGround(QPainter& painter, const Theme& theme, const QRect& rect, bool selected, bool hovered)
{
    if (!selected && !hovered)
        return;
    painter.setPen(Qt::NoPen);
    painter.setBrush(selected ? theme.colors().selection : theme.colors().hover);
    painter.drawRoundedRect(QRectF(rect).adjusted(0, 1, 0, -1), Theme::kRadius, Theme::kRadius);
}

QRect paintAtRight(QPainter& painter, const QRect& line, const QString& text)
{
    constexpr int kGap = 8;
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, text);
    return line.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(text) - kGap, 0);
}

void paintElided(QPainter& painter, const QRect& line, const QString& text, Qt::TextElideMode elide)
{
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(text, elide, line.width()));
}

}
