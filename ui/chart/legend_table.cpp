#include "ui/chart/legend_table.h"

#include "ui/format.h"
#include "ui/theme.h"

#include <QGuiApplication>
#include <QHeaderView>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <limits>

namespace belvedere::ui {

namespace {

    constexpr int kLeastName = 96;
    constexpr int kWidestName = 220;
    constexpr int kSwatch = 36;        ///< before a name
    constexpr int kRowsMeasured = 100; ///< the first ones say how wide a column is

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

void addLegendNumbers(ChartData& data)
{
    data.legendColumns = { LegendModel::tr("Last"), LegendModel::tr("Min"), LegendModel::tr("Max"), LegendModel::tr("Mean") };
    for (auto& series : data.series) {
        constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
        double last = kNone;
        double min = kNone;
        double max = kNone;
        double sum = 0;
        double count = 0;
        for (std::size_t i = 0; i < series.values.size(); ++i) {
            if (!std::isfinite(series.values[i]))
                continue;
            last = series.values[i] - (series.base.empty() ? 0 : series.base[i]);
            min = std::fmin(min, last);
            max = std::fmax(max, last);
            sum += last;
            ++count;
        }
        series.legend.clear();
        for (const double value : { last, min, max, count > 0 ? sum / count : kNone })
            series.legend.push_back({ value, std::isnan(value) ? QString() : axisText(series.rightAxis ? data.right : data.left, value) });
    }
}

void LegendModel::setChart(std::shared_ptr<const ChartData> data)
{
    beginResetModel();
    m_data = std::move(data);
    endResetModel();
}

int LegendModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_data->series.size()); }

int LegendModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : 1 + static_cast<int>(m_data->legendColumns.size()); }

QVariant LegendModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto& series = m_data->series[static_cast<std::size_t>(index.row())];
    if (index.column() == kNameColumn) {
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
    const auto& number = series.legend[static_cast<std::size_t>(index.column() - 1)];
    switch (role) {
    case SortRole:
        return number.value;
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::DisplayRole:
        return number.text.isEmpty() ? QStringLiteral("–") : number.text;
    case Qt::ToolTipRole:
        return fullNumber(number.value);
    default:
        return {};
    }
}

QVariant LegendModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section != kNameColumn)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    return section == kNameColumn ? tr("Series") : m_data->legendColumns.value(section - 1);
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
    setItemDelegateForColumn(LegendModel::kNameColumn, new SwatchDelegate(theme, this));
    horizontalHeader()->setStretchLastSection(false);
    connect(horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, &LegendTable::fitColumns);
    horizontalHeader()->setMinimumSectionSize(24); // numbers are as wide as numberWidth() says
    // It belongs to the graph beside it: same ground, lines as close as in a legend.
    const auto applyTheme = [this, &theme] {
        auto colors = palette();
        for (const auto role : { QPalette::Base, QPalette::Window, QPalette::Button })
            colors.setColor(role, theme.colors().raised);
        setPalette(colors);
        setFont(theme.smallFont());
        const int height = QFontMetrics(theme.smallFont()).height() + 6;
        verticalHeader()->setMinimumSectionSize(height);
        verticalHeader()->setDefaultSectionSize(height);
    };
    applyTheme();
    connect(&theme, &Theme::changed, this, applyTheme);
    const auto click = [this](const QModelIndex& index) {
        Q_EMIT seriesClicked(m_sorted.mapToSource(index).row(), QGuiApplication::keyboardModifiers().testFlag(Qt::ControlModifier));
    };
    connect(this, &QTableView::clicked, this, click);
    connect(this, &QTableView::activated, this, click);
    connect(this, &QTableView::entered, this, [this](const QModelIndex& index) { Q_EMIT seriesHovered(m_sorted.mapToSource(index).row()); });
}

void LegendTable::setChart(std::shared_ptr<const ChartData> chart)
{
    m_model.setChart(std::move(chart));
    // The names take what the numbers leave.
    horizontalHeader()->setSectionResizeMode(LegendModel::kNameColumn, QHeaderView::Stretch);
    for (int column = 1; column < m_model.columnCount(); ++column)
        horizontalHeader()->setSectionResizeMode(column, QHeaderView::Fixed);
    fitColumns();
}

int LegendTable::numberWidth(int column) const
{
    constexpr int kPadding = 20;
    constexpr int kArrow = 12; // of the column that it is sorted by
    const QFontMetrics metrics(font());
    int widest = metrics.horizontalAdvance(m_model.headerData(column, Qt::Horizontal).toString()) + kPadding + (horizontalHeader()->sortIndicatorSection() == column ? kArrow : 0);
    for (int row = 0; row < std::min(m_model.rowCount(), kRowsMeasured); ++row)
        widest = std::max(widest, metrics.horizontalAdvance(m_model.index(row, column).data().toString()) + kPadding);
    return widest;
}

QSize LegendTable::sizeHint() const
{
    const QFontMetrics metrics(font());
    int names = kLeastName;
    for (int row = 0; row < std::min(m_model.rowCount(), kRowsMeasured); ++row)
        names = std::max(names, metrics.horizontalAdvance(m_model.index(row, LegendModel::kNameColumn).data().toString()) + kSwatch);
    int width = std::min(names, kWidestName) + verticalScrollBar()->sizeHint().width();
    for (int column = 1; column < m_model.columnCount(); ++column)
        width += numberWidth(column);
    return { width, horizontalHeader()->sizeHint().height() + m_model.rowCount() * verticalHeader()->defaultSectionSize() + 4 };
}

void LegendTable::fitColumns()
{
    // Where not all numbers have room, the last ones give way: a name must be legible.
    int left = viewport()->width() - kLeastName;
    for (int column = 1; column < m_model.columnCount(); ++column) {
        const int width = numberWidth(column);
        left -= width;
        horizontalHeader()->resizeSection(column, width);
        setColumnHidden(column, left < 0 && column > 1);
    }
}

void LegendTable::resizeEvent(QResizeEvent* event)
{
    TableView::resizeEvent(event);
    fitColumns();
}

void LegendTable::sortBy(const QString& column, bool descending)
{
    for (int i = 0; i < m_model.columnCount(); ++i) {
        if (m_model.headerData(i, Qt::Horizontal).toString().compare(column, Qt::CaseInsensitive) == 0)
            sortByColumn(i, descending ? Qt::DescendingOrder : Qt::AscendingOrder);
    }
}

void LegendTable::leaveEvent(QEvent* event)
{
    Q_EMIT seriesHovered(-1);
    TableView::leaveEvent(event);
}

}
