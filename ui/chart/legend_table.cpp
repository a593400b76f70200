#include "ui/chart/legend_table.h"

#include "ui/format.h"
#include "ui/theme.h"

#include <QGuiApplication>
#include <QHeaderView>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace belvedere::ui {

namespace {

    /// Paints the stroke of the series before its name; a hidden series is faint.
    class SwatchDelegate : public QStyledItemDelegate {
    public:
        SwatchDelegate(const Theme& theme, QObject* parent)
            : QStyledItemDelegate(parent)
            , m_theme(theme)
        {
        }

        void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
        {
            QStyleOptionViewItem item = option;
            initStyleOption(&item, index);
            const QString text = item.text;
            item.text.clear();
            item.features &= ~QStyleOptionViewItem::HasDecoration;
            item.widget->style()->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
            const auto color = index.data(Qt::DecorationRole).value<QColor>();
            painter->fillRect(QRect(option.rect.left() + 8, option.rect.center().y() - 1, 14, 3), color);
            painter->save();
            painter->setFont(item.font);
            painter->setPen(color.alpha() < 255 ? m_theme.colors().textFaint : m_theme.colors().text);
            const QRect rect = option.rect.adjusted(30, 0, -4, 0);
            painter->drawText(rect, Qt::AlignLeft | Qt::AlignVCenter, item.fontMetrics.elidedText(text, Qt::ElideMiddle, rect.width()));
            painter->restore();
        }

    private:
        const Theme& m_theme;
    };

}

void LegendModel::setChart(std::shared_ptr<const ChartData> data)
{
    beginResetModel();
    m_data = std::move(data);
    m_numbers.clear();
    for (const auto& series : m_data->series) {
        constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
        Numbers numbers { kNone, kNone, kNone, kNone };
        double sum = 0;
        double count = 0;
        for (std::size_t i = 0; i < series.values.size(); ++i) {
            if (!std::isfinite(series.values[i]))
                continue;
            const double value = series.values[i] - (series.base.empty() ? 0 : series.base[i]);
            numbers.last = value;
            numbers.min = std::fmin(numbers.min, value);
            numbers.max = std::fmax(numbers.max, value);
            sum += value;
            ++count;
        }
        if (count > 0)
            numbers.mean = sum / count;
        m_numbers.push_back(numbers);
    }
    endResetModel();
}

int LegendModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_data->series.size()); }

int LegendModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant LegendModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto& series = m_data->series[static_cast<std::size_t>(index.row())];
    const auto& numbers = m_numbers[static_cast<std::size_t>(index.row())];
    if (index.column() == NameColumn) {
        if (role == Qt::DisplayRole || role == Qt::ToolTipRole || role == SortRole)
            return series.name;
        if (role == Qt::DecorationRole) {
            QColor color = series.color;
            if (series.hidden)
                color.setAlphaF(0.3F);
            return color;
        }
        return {};
    }
    const double value = index.column() == LastColumn ? numbers.last : index.column() == MinColumn ? numbers.min : index.column() == MaxColumn ? numbers.max : numbers.mean;
    switch (role) {
    case SortRole:
        return value;
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::DisplayRole:
        return std::isnan(value) ? QStringLiteral("–") : axisText(series.rightAxis ? m_data->right : m_data->left, value);
    case Qt::ToolTipRole:
        return fullNumber(value);
    default:
        return {};
    }
}

QVariant LegendModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section != NameColumn)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return tr("Series");
    case LastColumn:
        return tr("Last");
    case MinColumn:
        return tr("Min");
    case MaxColumn:
        return tr("Max");
    case MeanColumn:
        return tr("Mean");
    default:
        return {};
    }
}

LegendTable::LegendTable(const Theme& theme, QWidget* parent)
    : TableView(theme, parent)
{
    setAccessibleName(tr("Legend"));
    m_sorted.setSourceModel(&m_model);
    m_sorted.setSortRole(SortRole);
    sortByColumn(-1, Qt::AscendingOrder);
    setModel(&m_sorted);
    setSelectionMode(SingleSelection);
    setMouseTracking(true);
    setItemDelegateForColumn(LegendModel::NameColumn, new SwatchDelegate(theme, this));
    horizontalHeader()->setSectionResizeMode(LegendModel::NameColumn, QHeaderView::Stretch);
    for (int column = LegendModel::LastColumn; column < LegendModel::ColumnCount; ++column)
        horizontalHeader()->resizeSection(column, 88);
    const auto click = [this](const QModelIndex& index) {
        Q_EMIT seriesClicked(m_sorted.mapToSource(index).row(), QGuiApplication::keyboardModifiers().testFlag(Qt::ControlModifier));
    };
    connect(this, &QTableView::clicked, this, click);
    connect(this, &QTableView::activated, this, click);
    connect(this, &QTableView::entered, this, [this](const QModelIndex& index) { Q_EMIT seriesHovered(m_sorted.mapToSource(index).row()); });
}

void LegendTable::setChart(std::shared_ptr<const ChartData> chart) { m_model.setChart(std::move(chart)); }

void LegendTable::leaveEvent(QEvent* event)
{
    Q_EMIT seriesHovered(-1);
    TableView::leaveEvent(event);
}

}
