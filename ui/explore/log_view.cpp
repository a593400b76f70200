#include "ui/explore/log_view.h"

#include "ui/format.h"
#include "ui/text.h"
#include "ui/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <functional>

namespace belvedere::ui {

namespace {

    /// What a line is shown under: the first label that names a service.
    QString sourceOf(const model::Labels& stream)
    {
        for (const std::string_view name : { "service", "service_name", "compose_service", "container", "app", "job", "filename" }) {
            if (const auto value = stream.get(name); !value.empty())
                return toQString(value);
        }
        return {};
    }

    bool sameLine(const LogRow& a, const LogRow& b) { return a.line.timeNs == b.line.timeNs && a.line.line == b.line.line && (a.stream == b.stream || *a.stream == *b.stream); }

    class LogDelegate : public QStyledItemDelegate {
    public:
        LogDelegate(const Theme& theme, LogModel& model, LogList* list)
            : QStyledItemDelegate(list)
            , m_theme(theme)
            , m_model(model)
            , m_list(list)
        {
        }

        void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
        {
            const auto& colors = m_theme.colors();
            const auto& row = m_model.row(index.row());
            if (option.state.testFlag(QStyle::State_Selected))
                painter->fillRect(option.rect, colors.selection);
            else if (option.state.testFlag(QStyle::State_MouseOver))
                painter->fillRect(option.rect, colors.hover);
            const QColor level = levelColor(m_theme, row.level);
            painter->fillRect(QRect(option.rect.left() + 4, option.rect.top() + 2, 3, option.rect.height() - 4), level);

            const QFont mono = m_theme.monoFont();
            painter->setFont(mono);
            const QFontMetrics metrics = painter->fontMetrics();
            QRect rest = option.rect.adjusted(16, 0, -8, 0);
            const auto column = [&](const QString& text, int characters, const QColor& color) {
                const int width = metrics.horizontalAdvance(QLatin1Char('0')) * characters;
                painter->setPen(color);
                painter->drawText(QRect(rest.left(), rest.top(), width, rest.height()), Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(text, Qt::ElideRight, width));
                rest.setLeft(rest.left() + width + 10);
            };
            column(clockText(row.line.timeNs / 1'000'000, true), 12, colors.textMuted);
            column(row.level == LogLevel::unknown ? QString() : levelWord(row.level).toUpper(), 8, row.level == LogLevel::unknown ? colors.textFaint : level);
            column(sourceOf(*row.stream), 12, colors.textMuted);

            QString text = toQString(std::string_view(row.line.line).substr(0, kPaintedBytes));
            text.replace(QLatin1Char('\n'), QStringLiteral(" ⏎ ")).replace(QLatin1Char('\t'), QLatin1Char(' '));
            text = metrics.elidedText(text, Qt::ElideRight, rest.width());
            for (const auto& highlight : m_list->highlights()) {
                for (auto at = text.indexOf(highlight, 0, Qt::CaseInsensitive); at >= 0 && !highlight.isEmpty(); at = text.indexOf(highlight, at + highlight.size(), Qt::CaseInsensitive)) {
                    QColor ground = m_theme.stateColor(State::warning);
                    ground.setAlphaF(0.3F);
                    painter->fillRect(QRect(rest.left() + metrics.horizontalAdvance(text.first(at)), rest.top() + 2, metrics.horizontalAdvance(highlight), rest.height() - 4), ground);
                }
            }
            painter->setPen(colors.text);
            painter->drawText(rest, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text);
        }

        [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return { 200, m_theme.rowHeight() - 6 }; }

    private:
        /// More does not fit on any screen; the details have all of it.
        static constexpr std::size_t kPaintedBytes = 2000;

        const Theme& m_theme;
        LogModel& m_model;
        const LogList* m_list;
    };

}

LogList::LogList(QWidget* parent)
    : QListView(parent)
{
    setObjectName(QStringLiteral("logList"));
    setAccessibleName(tr("Log lines"));
    setUniformItemSizes(true);
    setSelectionMode(ExtendedSelection);
    setFrameShape(NoFrame);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMouseTracking(true);
}

void LogList::setHighlights(const QStringList& texts)
{
    m_highlights = texts;
    viewport()->update();
}

void LogList::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        Q_EMIT copyRequested();
        return;
    }
    QListView::keyPressEvent(event);
}

LogView::LogView(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_list(new LogList)
    , m_splitter(new QSplitter(Qt::Vertical, this))
    , m_details(new LogDetails(theme))
{
    m_list->setModel(&m_model);
    m_list->setItemDelegate(new LogDelegate(theme, m_model, m_list));
    m_splitter->addWidget(m_list);
    m_splitter->addWidget(m_details);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setSizes({ 420, 220 });
    m_splitter->setCollapsible(0, false);
    m_details->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_splitter);

    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &LogView::updateDetails);
    connect(m_list, &LogList::copyRequested, this, [this] { QApplication::clipboard()->setText(toText()); });
    connect(m_list, &QListView::activated, this, [this] { setDetailsVisible(true); });
    connect(m_list, &QListView::doubleClicked, this, [this] { setDetailsVisible(true); });
    connect(m_details, &LogDetails::narrowRequested, this, &LogView::narrowRequested);
}

void LogView::setRows(std::vector<LogRow> rows)
{
    auto* bar = m_list->verticalScrollBar();
    const auto current = m_list->currentIndex();
    const auto chosen = current.isValid() ? std::optional(m_model.row(current.row())) : std::nullopt;
    // What holds the list in place: the chosen line if it is in sight, else the uppermost, if a person has scrolled to it.
    const bool chosenInSight = current.isValid() && m_list->viewport()->rect().intersects(m_list->visualRect(current));
    const auto anchor = chosenInSight ? current : bar->value() > bar->minimum() ? m_list->indexAt(QPoint(0, 0)) : QModelIndex();
    const auto held = anchor.isValid() ? std::optional(m_model.row(anchor.row())) : std::nullopt;
    const int top = m_list->visualRect(anchor).top();

    m_model.setRows(std::move(rows));
    const int chosenNow = chosen ? find(*chosen) : -1;
    if (chosenNow >= 0)
        m_list->setCurrentIndex(m_model.index(chosenNow));
    m_list->scrollToTop();
    if (const int at = held ? find(*held) : -1; at >= 0) {
        m_list->scrollTo(m_model.index(at), QAbstractItemView::PositionAtTop);
        bar->setValue(bar->value() + m_list->visualRect(m_model.index(at)).top() - top);
    }
    updateDetails();
}

int LogView::find(const LogRow& row) const
{
    for (int at = 0; at < m_model.rowCount(); ++at) {
        if (sameLine(m_model.row(at), row))
            return at;
    }
    return -1;
}

void LogView::addNewer(std::vector<LogRow> rows)
{
    auto* bar = m_list->verticalScrollBar();
    const bool follows = bar->value() == bar->minimum();
    const int height = static_cast<int>(rows.size()) * (m_theme.rowHeight() - 6);
    const int before = bar->value();
    m_model.addNewer(std::move(rows));
    // What a person reads stays where it is.
    if (follows)
        m_list->scrollToTop();
    else
        bar->setValue(before + height);
}

void LogView::setDetailsVisible(bool visible)
{
    m_details->setVisible(visible);
    updateDetails();
}

bool LogView::areDetailsVisible() const { return !m_details->isHidden(); }

void LogView::updateDetails()
{
    if (!areDetailsVisible())
        return;
    const auto index = m_list->currentIndex();
    if (!index.isValid()) {
        m_detailed.reset();
        m_details->clear();
        return;
    }
    // The same line again leaves the details as they are: someone may be selecting in them.
    const auto& row = m_model.row(index.row());
    if (m_detailed && sameLine(*m_detailed, row))
        return;
    m_detailed = row;
    m_details->setRow(row);
}

QString LogView::toText() const
{
    std::vector<int> rows;
    for (const auto& index : m_list->selectionModel()->selectedRows())
        rows.push_back(index.row());
    const bool all = rows.empty();
    for (int row = 0; all && row < m_model.rowCount(); ++row)
        rows.push_back(row);
    std::ranges::sort(rows, std::ranges::greater()); // oldest first, as in a file
    QString text;
    for (const int at : rows) {
        const auto& row = m_model.row(at);
        text += dateTimeText(row.line.timeNs / 1'000'000) + QLatin1Char(' ') + toQString(row.line.line) + QLatin1Char('\n');
    }
    return text;
}

}
