#include "ui/panels/frame_table_view.h"
#include "core/dashboard/loose.h"

#include "core/dashboard/value.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/table.h"

#include <QHeaderView>
#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace belvedere::ui {

namespace {

/// "color-text", "color-background", "gauge", …: where a cell's kind stands depends on the document's age.
std::string_view cellType(const dashboard::FieldConfig& config)
{
    const auto& options = config.custom["cellOptions"]["type"];
    return options.isString() ? options.text() : config.custom["displayMode"].text();
}

/// Paints the bar behind a cell that is shown as a gauge.
class GaugeDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        if (const auto share = index.data(FrameTableModel::kGaugeRole); share.isValid()) {
            auto color = index.data(Qt::ForegroundRole).value<QColor>();
            color.setAlphaF(0.3F);
            const auto area = option.rect.adjusted(2, 3, -2, -3);
            painter->fillRect(QRectF(area.left(), area.top(), area.width() * std::clamp(share.toDouble(), 0.0, 1.0), area.height()), color);
        }
        QStyledItemDelegate::paint(painter, option, index);
    }
};

}

FrameTableModel::FrameTableModel(const Theme& theme, QObject* parent)
    : QAbstractTableModel(parent)
    , m_theme(theme)
    , m_content(std::make_shared<const PanelContent>())
{
}

void FrameTableModel::setContent(PanelContentPtr content, std::size_t frame)
{
    beginResetModel();
    m_content = std::move(content);
    m_frame = frame;
    m_fields.clear();
    if (m_frame < m_content->data.frames.size()) {
        for (std::size_t i = 0; i < m_content->data.frames[m_frame].fields.size(); ++i) {
            if (!m_content->data.frames[m_frame].fields[i].config.custom["hidden"].toBool())
                m_fields.push_back(i);
        }
    }
    endResetModel();
}

int FrameTableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() || m_fields.empty() ? 0 : static_cast<int>(m_content->data.frames[m_frame].rows()); }
int FrameTableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_fields.size()); }

int FrameTableModel::width(int column) const
{
    const auto& custom = m_content->data.frames[m_frame].fields[m_fields[static_cast<std::size_t>(column)]].config.custom;
    return dashboard::looseInt(custom["width"]).value_or(0);
}

Qt::Alignment FrameTableModel::alignment(int column) const
{
    const auto field = m_fields[static_cast<std::size_t>(column)];
    const auto align = m_content->displays[m_frame][field].config().custom["align"].text();
    const bool right = align == "right" || ((align.empty() || align == "auto") && m_content->data.frames[m_frame].fields[field].column.type == model::Field::Type::number);
    return (align == "center" ? Qt::AlignHCenter : right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
}

QVariant FrameTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto field = m_fields[static_cast<std::size_t>(index.column())];
    const auto& values = m_content->data.frames[m_frame].fields[field].column;
    const auto& display = m_content->displays[m_frame][field];
    const auto value = dashboard::valueAt(values, static_cast<std::size_t>(index.row()));
    const auto kind = cellType(display.config());
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole: return toQString(display(value).toString());
    case SortRole:
        if (values.type == model::Field::Type::string)
            return toQString(dashboard::textOf(value));
        return dashboard::numberOf(value);
    case Qt::TextAlignmentRole:
        return QVariant(alignment(index.column()));
    case Qt::ForegroundRole:
        if (kind == "color-background" || kind == "color-background-solid") {
            const auto color = toQColor(display(value).color);
            return contrastRatio(color, Qt::white) >= contrastRatio(color, Qt::black) ? QColor(Qt::white) : QColor(Qt::black);
        }
        if (kind == "color-text" || kind.find("gauge") != std::string_view::npos)
            return toQColor(display(value).color);
        return {};
    case Qt::BackgroundRole:
        if (kind == "color-background" || kind == "color-background-solid")
            return toQColor(display(value).color);
        return {};
    case Qt::FontRole: return values.type == model::Field::Type::number ? QVariant(m_theme.numberFont()) : QVariant();
    case kGaugeRole: return kind.find("gauge") != std::string_view::npos ? QVariant(display(value).percent) : QVariant();
    default: return {};
    }
}

QVariant FrameTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && static_cast<std::size_t>(section) < m_fields.size()) {
        if (role == Qt::DisplayRole || role == Qt::ToolTipRole)
            return toQString(m_content->data.frames[m_frame].fields[m_fields[static_cast<std::size_t>(section)]].name);
        if (role == Qt::TextAlignmentRole)
            return QVariant(alignment(section));
    }
    return QAbstractTableModel::headerData(section, orientation, role);
}

FrameTableView::FrameTableView(const Theme& theme, QWidget* parent)
    : PanelView(parent)
    , m_table(new TableView(theme, this))
    , m_model(new FrameTableModel(theme, this))
    , m_sorted(new QSortFilterProxyModel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 0, 4, 4);
    layout->addWidget(m_table);
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(SortRole);
    m_table->setModel(m_sorted);
    m_table->setItemDelegate(new GaugeDelegate(m_table));
    m_table->setSortingEnabled(true);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->horizontalHeader()->setStretchLastSection(true);
    // Widths that a person drags stay.
    m_table->horizontalHeader()->viewport()->installEventFilter(this);
    const auto applyTheme = [this, &theme] {
        auto colors = m_table->palette();
        for (const auto role : { QPalette::Base, QPalette::Window, QPalette::Button })
            colors.setColor(role, theme.colors().raised);
        m_table->setPalette(colors);
    };
    applyTheme();
    connect(&theme, &Theme::changed, this, applyTheme);
}

void FrameTableView::fitColumns()
{
    // As wide as configured, else as what is in it; what is left over is shared out.
    constexpr int kLeast = 56;
    constexpr int kWidest = 420;
    std::vector<int> widths;
    std::vector<int> flexible;
    int sum = 0;
    for (int column = 0; column < m_model->columnCount(); ++column) {
        const int configured = m_model->width(column);
        widths.push_back(configured > 0 ? configured : std::clamp(std::max(static_cast<const QAbstractItemView*>(m_table)->sizeHintForColumn(column), m_table->horizontalHeader()->sectionSizeHint(column)) + 12, kLeast, kWidest));
        if (configured <= 0)
            flexible.push_back(column);
        sum += widths.back();
    }
    const int spare = m_table->viewport()->width() - sum;
    for (const int column : flexible) {
        if (spare > 0)
            widths[static_cast<std::size_t>(column)] += spare / static_cast<int>(flexible.size());
    }
    for (int column = 0; column < m_model->columnCount(); ++column)
        m_table->setColumnWidth(column, widths[static_cast<std::size_t>(column)]);
}

void FrameTableView::resizeEvent(QResizeEvent* event)
{
    PanelView::resizeEvent(event);
    if (!m_userWidths)
        fitColumns();
}

void FrameTableView::show(const std::shared_ptr<const Json>& panel, const PanelContentPtr& content)
{
    const auto& options = (*panel)["options"];
    m_model->setContent(content, static_cast<std::size_t>(std::max(0, dashboard::looseInt(options["frameIndex"]).value_or(0))));
    m_table->horizontalHeader()->setVisible(options["showHeader"].toBool(true));
    if (!m_userWidths)
        fitColumns();
    if (m_sortedOnce)
        return;
    m_sortedOnce = true;
    // The document's order holds until the person chooses another.
    const auto& sort = options["sortBy"][std::size_t { 0 }];
    for (int column = 0; column < m_model->columnCount(); ++column) {
        if (toUtf8(m_model->headerData(column, Qt::Horizontal).toString()) == sort["displayName"].text())
            m_table->sortByColumn(column, sort["desc"].toBool() ? Qt::DescendingOrder : Qt::AscendingOrder);
    }
}

bool FrameTableView::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::MouseMove && static_cast<QMouseEvent*>(event)->buttons() != Qt::NoButton)
        m_userWidths = true;
    return PanelView::eventFilter(watched, event);
}

QString FrameTableView::toText() const { return m_table->toText(true); }

}
