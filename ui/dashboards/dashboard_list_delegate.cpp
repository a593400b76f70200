#include "ui/dashboards/dashboard_list_delegate.h"

#include "ui/theme.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace belvedere::ui {

namespace {

constexpr int kHeight = 52;
constexpr int kIcon = 20;
constexpr int kTagHeight = 20;
constexpr int kTagPadding = 6;
constexpr int kMostTags = 5;

}

DashboardListDelegate::DashboardListDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{
}

QSize DashboardListDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const { return { option.rect.width(), kHeight }; }

QRect DashboardListDelegate::paintTags(QPainter& painter, QRect line, const QStringList& tags) const
{
    const auto& colors = m_theme.colors();
    painter.setFont(m_theme.smallFont());
    const auto shown = tags.mid(0, kMostTags);
    for (auto tag = shown.rbegin(); tag != shown.rend(); ++tag) {
        const int width = painter.fontMetrics().horizontalAdvance(*tag) + 2 * kTagPadding;
        if (width > line.width() / 2)
            break;
        const QRectF chip(line.right() - width + 0.5, line.center().y() - kTagHeight / 2 + 0.5, width - 1, kTagHeight - 1);
        painter.setPen(colors.border);
        painter.setBrush(colors.raised);
        painter.drawRoundedRect(chip, 4, 4);
        painter.setPen(colors.textMuted);
        painter.drawText(chip, Qt::AlignCenter, *tag);
        line.setRight(line.right() - width - 6);
    }
    return line;
}

void DashboardListDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem row = option;
    initStyleOption(&row, index);
    const auto icon = row.icon;
    row.text.clear();
    row.icon = {};
    const auto* style = row.widget ? row.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &row, painter, row.widget); // background, selection, focus

    const auto& colors = m_theme.colors();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QRect area = option.rect.adjusted(12, 0, -12, 0);
    icon.paint(painter, QRect(area.left(), area.center().y() - kIcon / 2, kIcon, kIcon));
    area.setLeft(area.left() + kIcon + 12);

    area = paintTags(*painter, area, index.data(DashboardListDelegate::TagsRole).toStringList());
    area.setRight(area.right() - 8);
    const auto panels = index.data(PanelsRole).toString();
    painter->setPen(colors.textFaint);
    painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, panels);
    area.setRight(area.right() - painter->fontMetrics().horizontalAdvance(panels) - 16);

    const auto description = index.data(DescriptionRole).toString();
    QRect line(area.left(), area.top() + 6, area.width(), description.isEmpty() ? area.height() - 12 : 20);
    painter->setFont(m_theme.titleFont());
    painter->setPen(colors.text);
    const auto title = painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, line.width());
    painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter, title);
    line.setLeft(line.left() + painter->fontMetrics().horizontalAdvance(title) + 8);
    painter->setFont(m_theme.smallFont());
    painter->setPen(colors.textMuted);
    painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter, painter->fontMetrics().elidedText(index.data(OriginRole).toString(), Qt::ElideRight, std::max(0, line.width())));
    painter->setPen(colors.textFaint);
    painter->drawText(QRect(area.left(), area.top() + 27, area.width(), 18), Qt::AlignLeft | Qt::AlignVCenter, painter->fontMetrics().elidedText(description, Qt::ElideRight, area.width()));
    painter->restore();
}

}
