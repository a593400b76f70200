#include "ui/explore/log_details.h"

#include "ui/format.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/table.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QShortcut>
#include <QSplitter>
#include <QVBoxLayout>

namespace belvedere::ui {

namespace {

    QJsonDocument jsonOf(const std::string& line)
    {
        const QByteArray bytes(line.data(), static_cast<qsizetype>(line.size()));
        return bytes.trimmed().startsWith('{') ? QJsonDocument::fromJson(bytes) : QJsonDocument();
    }

    /// The line as it reads best: JSON in lines of its own.
    QString prettyLine(const std::string& line)
    {
        const auto document = jsonOf(line);
        return document.isNull() ? toQString(line) : QString::fromUtf8(document.toJson(QJsonDocument::Indented)).trimmed();
    }

}

LogDetailsModel::LogDetailsModel(const Theme& theme, QObject* parent)
    : QAbstractTableModel(parent)
    , m_theme(theme)
{
}

void LogDetailsModel::setRow(const LogRow& row)
{
    beginResetModel();
    m_rows.clear();
    const auto add = [this](const auto& labels, LabelOrigin origin) {
        for (const auto& label : labels)
            m_rows.push_back({ toQString(label.name), toQString(label.value), origin });
    };
    add(*row.stream, LabelOrigin::stream);
    add(row.line.metadata, LabelOrigin::metadata);
    add(row.line.parsed, LabelOrigin::parsed);
    if (row.line.parsed.empty()) {
        const auto fields = jsonOf(row.line.line).object();
        for (auto field = fields.begin(); field != fields.end(); ++field) {
            if (!field->isObject() && !field->isArray() && !field->isNull())
                m_rows.push_back({ field.key(), field->toVariant().toString(), LabelOrigin::json });
        }
    }
    endResetModel();
}

void LogDetailsModel::clear()
{
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

LabelTest LogDetailsModel::test(int row, bool exclude) const
{
    const auto& it = m_rows[static_cast<std::size_t>(row)];
    return { it.name, it.value, it.origin, exclude };
}

int LogDetailsModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }
int LogDetailsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant LogDetailsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto& row = m_rows[static_cast<std::size_t>(index.row())];
    const bool isButton = index.column() == KeepColumn || index.column() == DropColumn;
    if (role == Qt::TextAlignmentRole && isButton)
        return QVariant::fromValue(Qt::AlignCenter);
    if (role == Qt::ForegroundRole && isButton)
        return m_theme.colors().accent;
    if (role == Qt::ToolTipRole && isButton)
        return index.column() == KeepColumn ? tr("Only lines with %1 = %2").arg(row.name, row.value) : tr("No lines with %1 = %2").arg(row.name, row.value);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case KeepColumn:
        return QStringLiteral("=");
    case DropColumn:
        return QStringLiteral("≠");
    case NameColumn:
        return row.name;
    case ValueColumn:
        return row.value;
    default:
        break;
    }
    switch (row.origin) {
    case LabelOrigin::stream:
        return tr("Stream label");
    case LabelOrigin::metadata:
        return tr("Structured metadata");
    case LabelOrigin::parsed:
        return tr("Parsed from the line");
    case LabelOrigin::json:
        return tr("Field of the line");
    }
    return {};
}

QVariant LogDetailsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == NameColumn ? tr("Label") : section == ValueColumn ? tr("Value") : section == OriginColumn ? tr("Origin") : QString();
}

LogDetails::LogDetails(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_model(theme)
    , m_title(new QLabel(this))
    , m_text(new QPlainTextEdit(this))
    , m_table(new TableView(theme, this))
{
    constexpr int kButtonWidth = 28;
    m_table->setModel(&m_model);
    m_table->setSortingEnabled(false);
    m_table->setAccessibleName(tr("Labels of the line"));
    auto* header = m_table->horizontalHeader();
    header->setMinimumSectionSize(kButtonWidth);
    for (const int column : { LogDetailsModel::KeepColumn, LogDetailsModel::DropColumn })
        header->resizeSection(column, kButtonWidth);
    header->resizeSection(LogDetailsModel::NameColumn, 150);
    header->resizeSection(LogDetailsModel::ValueColumn, 280);
    header->setStretchLastSection(true);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_text->setReadOnly(true);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setAccessibleName(tr("The whole line"));
    m_title->setContentsMargins(12, 6, 12, 6);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    const auto applyTheme = [this] {
        m_text->setFont(m_theme.monoFont());
        m_title->setFont(m_theme.titleFont());
    };
    applyTheme();
    connect(&theme, &Theme::changed, this, applyTheme);

    auto* columns = new QSplitter(Qt::Horizontal, this);
    columns->addWidget(m_text);
    columns->addWidget(m_table);
    columns->setSizes({ 450, 550 });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_title);
    layout->addWidget(columns, 1);

    const auto ask = [this](const QModelIndex& index, bool exclude) {
        if (index.isValid())
            Q_EMIT narrowRequested(m_model.test(index.row(), exclude));
    };
    connect(m_table, &QTableView::clicked, this, [ask](const QModelIndex& index) {
        if (index.column() == LogDetailsModel::KeepColumn || index.column() == LogDetailsModel::DropColumn)
            ask(index, index.column() == LogDetailsModel::DropColumn);
    });
    connect(m_table, &QTableView::activated, this, [ask](const QModelIndex& index) { ask(index, index.column() == LogDetailsModel::DropColumn); });
    auto* drop = new QShortcut(QKeySequence(Qt::Key_Delete), m_table, nullptr, nullptr, Qt::WidgetShortcut);
    connect(drop, &QShortcut::activated, this, [this, ask] { ask(m_table->currentIndex(), true); });
    connect(m_table, &QWidget::customContextMenuRequested, this, &LogDetails::openMenu);
}

void LogDetails::openMenu(const QPoint& position)
{
    const auto index = m_table->indexAt(position);
    if (!index.isValid())
        return;
    const auto keep = m_model.test(index.row(), false);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Only Lines with This Value"), this, [this, keep] { Q_EMIT narrowRequested(keep); });
    menu->addAction(tr("No Lines with This Value"), this, [this, drop = m_model.test(index.row(), true)] { Q_EMIT narrowRequested(drop); });
    menu->addSeparator();
    menu->addAction(m_theme.icon(QStringLiteral("copy")), tr("Copy Value"), this, [keep] { QApplication::clipboard()->setText(keep.value); });
    menu->popup(m_table->viewport()->mapToGlobal(position));
}

void LogDetails::setRow(const LogRow& row)
{
    QString title = dateTimeText(row.line.timeNs / 1'000'000) + QStringLiteral(".%1").arg(row.line.timeNs % 1'000'000'000, 9, 10, QLatin1Char('0'));
    if (row.level != LogLevel::unknown)
        title += QStringLiteral("   ") + levelWord(row.level);
    m_title->setText(title);
    m_text->setPlainText(prettyLine(row.line.line));
    m_model.setRow(row);
}

void LogDetails::clear()
{
    m_title->setText(tr("Choose a line to see all of it"));
    m_text->clear();
    m_model.clear();
}

}
