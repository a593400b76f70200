#include "ui/panels/frame_table_view.h"

#include "core/dashboard/value.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/table.h"

#include <QHeaderView>
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
    return static_cast<int>(custom["width"].looseNumber().value_or(0));
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
    case Qt::TextAlignmentRole: {
        const auto align = display.config().custom["align"].text();
        const bool right = align == "right" || ((align.empty() || align == "auto") && values.type == model::Field::Type::number);
        return QVariant((align == "center" ? Qt::AlignHCenter : right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
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
    if (orientation == Qt::Horizontal && (role == Qt::DisplayRole || role == Qt::ToolTipRole) && static_cast<std::size_t>(section) < m_fields.size())
        return toQString(m_content->data.frames[m_frame].fields[m_fields[static_cast<std::size_t>(section)]].name);
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
}

void FrameTableView::show(const std::shared_ptr<const Json>& panel, const PanelContentPtr& content)
{
    const auto& options = (*panel)["options"];
    m_model->setContent(content, static_cast<std::size_t>(std::max(0.0, options["frameIndex"].looseNumber().value_or(0))));
    m_table->horizontalHeader()->setVisible(options["showHeader"].toBool(true));
    for (int column = 0; column < m_model->columnCount(); ++column) {
        if (const int width = m_model->width(column); width > 0)
            m_table->setColumnWidth(column, width);
    }
    if (m_sortedOnce)
        return;
    m_sortedOnce = true;
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    // The document's order holds until the person chooses another.
    const auto& sort = options["sortBy"][std::size_t { 0 }];
    for (int column = 0; column < m_model->columnCount(); ++column) {
        if (toUtf8(m_model->headerData(column, Qt::Horizontal).toString()) == sort["displayName"].text())
            m_table->sortByColumn(column, sort["desc"].toBool() ? Qt::DescendingOrder : Qt::AscendingOrder);
    }
}

QString FrameTableView::toText() const { return m_table->toText(true); }

}
