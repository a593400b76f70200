#include "ui/explore/query_editor.h"

#include "ui/async.h"
#include "ui/text.h"
#include "ui/theme.h"

#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/Repository>
#include <KSyntaxHighlighting/SyntaxHighlighter>
#include <KSyntaxHighlighting/Theme>

#include <QAbstractTextDocumentLayout>
#include <QHelpEvent>
#include <QListView>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace belvedere::ui {

namespace {

    constexpr int kMaxLines = 8;
    constexpr int kPopupRows = 10;
    constexpr int kRestMs = 1000; ///< who types on is not told that half a query is none

    class CompletionDelegate : public QStyledItemDelegate {
    public:
        CompletionDelegate(const Theme& theme, QObject* parent)
            : QStyledItemDelegate(parent)
            , m_theme(theme)
        {
        }
        void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
        {
            const auto& colors = m_theme.colors();
            painter->fillRect(option.rect, option.state.testFlag(QStyle::State_Selected) ? colors.selection : colors.raised);
            const QRect inner = option.rect.adjusted(8, 0, -8, 0);
            painter->setFont(m_theme.smallFont());
            painter->setPen(colors.textFaint);
            const QString kind = index.data(CompletionModel::KindRole).toString();
            painter->drawText(inner, Qt::AlignRight | Qt::AlignVCenter, kind);
            const int kindWidth = painter->fontMetrics().horizontalAdvance(kind);
            painter->setFont(m_theme.monoFont());
            painter->setPen(colors.text);
            const QRect text = inner.adjusted(0, 0, -kindWidth - 12, 0);
            painter->drawText(text, Qt::AlignLeft | Qt::AlignVCenter, painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle, text.width()));
        }
        [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return { 100, m_theme.rowHeight() - 4 }; }

    private:
        const Theme& m_theme;
    };

    QChar counterpart(QChar c)
    {
        static const QString kPairs = QStringLiteral("(){}[]");
        const auto at = kPairs.indexOf(c);
        return at < 0 ? QChar() : kPairs[at ^ 1];
    }

}

qsizetype utf16Offset(const QString& text, std::size_t byteOffset)
{
    std::size_t bytes = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (bytes >= byteOffset)
            return i;
        const char16_t unit = text[i].unicode();
        bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : QChar::isSurrogate(unit) ? 2 : 3; // two halves of a pair: 4 bytes
    }
    return text.size();
}

QueryEditor::QueryEditor(const Theme& theme, KSyntaxHighlighting::Repository& syntax, TaskPool& pool, QWidget* parent)
    : QPlainTextEdit(parent)
    , m_theme(theme)
    , m_syntax(syntax)
    , m_pool(pool)
    , m_highlighter(std::make_unique<KSyntaxHighlighting::SyntaxHighlighter>(document()))
    , m_completionData(new CompletionData(pool, this))
    , m_popup(new QListView(this))
{
    setObjectName(QStringLiteral("queryEditor"));
    setTabChangesFocus(true);
    setLineWrapMode(WidgetWidth);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    document()->setDocumentMargin(6);

    m_popup->setWindowFlags(Qt::ToolTip);
    m_popup->setFocusPolicy(Qt::NoFocus);
    m_popup->setModel(&m_completionModel);
    m_popup->setItemDelegate(new CompletionDelegate(theme, m_popup));
    m_popup->setUniformItemSizes(true);
    m_popup->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_popup->setAccessibleName(tr("Completions"));
    m_popup->hide();
    connect(m_popup, &QListView::clicked, this, &QueryEditor::acceptCompletion);

    m_checkDelay.setSingleShot(true);
    m_checkDelay.setInterval(kRestMs);
    connect(&m_checkDelay, &QTimer::timeout, this, &QueryEditor::check);
    connect(this, &QPlainTextEdit::textChanged, this, [this] {
        ++m_checkId; // a check that runs is of another text
        mark(std::nullopt);
        fitHeight();
        m_checkDelay.start();
    });
    connect(this, &QPlainTextEdit::cursorPositionChanged, this, &QueryEditor::updateMarks);
    connect(m_completionData, &CompletionData::changed, this, [this] {
        if (isCompleting() || m_completionForced || (m_completionAwaited && hasFocus()))
            updateCompletion(m_completionForced);
    });
    connect(&theme, &Theme::changed, this, &QueryEditor::applyTheme);
    applyTheme();
    setLanguage(QueryLanguage::promql);
}

QueryEditor::~QueryEditor()
{
    // The highlighter's end changes the document once more; nobody may listen any longer, neither here nor elsewhere.
    disconnect(this, nullptr, this, nullptr);
    blockSignals(true);
    m_highlighter.reset();
}

void QueryEditor::applyTheme()
{
    setFont(m_theme.monoFont());
    // The library's default themes write functions in a violet that our dark surface swallows.
    const auto colors = m_syntax.theme(m_theme.isDark() ? QStringLiteral("GitHub Dark") : QStringLiteral("GitHub Light"));
    m_highlighter->setTheme(colors.isValid() ? colors : m_syntax.defaultTheme(m_theme.isDark() ? KSyntaxHighlighting::Repository::DarkTheme : KSyntaxHighlighting::Repository::LightTheme));
    m_highlighter->rehighlight();
    updateMarks();
    fitHeight();
    fitHint();
}

void QueryEditor::setLanguage(QueryLanguage language)
{
    m_language = language;
    m_highlighter->setDefinition(m_syntax.definitionForName(language == QueryLanguage::promql ? QStringLiteral("PromQL") : QStringLiteral("LogQL")));
    m_hint = language == QueryLanguage::promql ? tr("A PromQL expression, such as  sum by (job) (rate(http_requests_total[5m]))   –   Enter runs it, Ctrl+Space completes")
                                                : tr("A LogQL query, such as  {compose_service=\"api\"} |= \"error\"   –   Enter runs it, Ctrl+Space completes");
    fitHint();
    setAccessibleName(language == QueryLanguage::promql ? tr("PromQL query") : tr("LogQL query"));
}

void QueryEditor::setSource(std::shared_ptr<const datasource::DataSource> source, qint64 fromMs, qint64 toMs)
{
    m_source = source;
    m_completionData->setSource(std::move(source), fromMs, toMs);
}

void QueryEditor::setHistory(const QStringList& newestFirst)
{
    m_history = newestFirst;
    m_historyAt = -1;
}

void QueryEditor::setQuery(const QString& query)
{
    if (query == toPlainText())
        return;
    // Keeps the way back: setPlainText() would forget all undo steps.
    QTextCursor cursor(document());
    cursor.select(QTextCursor::Document);
    cursor.insertText(query);
    m_popup->hide();
}

void QueryEditor::setError(const std::optional<Error>& error)
{
    // Who runs the query learns more than a check could tell.
    m_checkDelay.stop();
    ++m_checkId;
    mark(error);
}

void QueryEditor::mark(const std::optional<Error>& error)
{
    m_error = error;
    updateMarks();
}

void QueryEditor::check()
{
    if (isCompleting()) {
        m_checkDelay.start(); // still choosing
        return;
    }
    const auto id = ++m_checkId;
    if (!m_source || query().trimmed().isEmpty())
        return;
    runAsync(
        m_pool, this,
        [source = m_source, text = toUtf8(query())]() -> std::optional<Error> {
            const auto result = source->check(text);
            return result ? std::nullopt : std::optional(result.error());
        },
        [this, id](const std::optional<Error>& error) {
            if (id != m_checkId || !error)
                return;
            mark(error);
            Q_EMIT faultFound(*error);
        });
}

void QueryEditor::updateMarks()
{
    QList<QTextEdit::ExtraSelection> marks;
    if (m_error && m_error->where) {
        QTextEdit::ExtraSelection mark;
        const QString text = toPlainText();
        qsizetype begin = utf16Offset(text, m_error->where->begin);
        qsizetype end = std::max(utf16Offset(text, m_error->where->end), begin + 1);
        if (end > text.size()) {
            // What is missing at the end is shown at the last character.
            end = text.size();
            begin = std::max<qsizetype>(0, std::min(begin, end - 1));
        }
        mark.cursor = QTextCursor(document());
        mark.cursor.setPosition(static_cast<int>(begin));
        mark.cursor.setPosition(static_cast<int>(end), QTextCursor::KeepAnchor);
        mark.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        mark.format.setUnderlineColor(m_theme.stateColor(State::critical));
        QColor ground = m_theme.stateColor(State::critical);
        ground.setAlphaF(0.18F);
        mark.format.setBackground(ground);
        marks.append(mark);
    }
    appendBracketMarks(marks);
    setExtraSelections(marks);
}

void QueryEditor::appendBracketMarks(QList<QTextEdit::ExtraSelection>& marks) const
{
    const QString text = toPlainText();
    const int cursor = textCursor().position();
    for (const int at : { cursor - 1, cursor }) {
        if (at < 0 || at >= text.size())
            continue;
        const QChar own = text[at];
        const QChar other = counterpart(own);
        if (other.isNull())
            continue;
        const int step = QStringLiteral("({[").contains(own) ? 1 : -1;
        int depth = 0;
        for (int i = at; i >= 0 && i < text.size(); i += step) {
            depth += text[i] == own ? 1 : text[i] == other ? -1 : 0;
            if (depth != 0)
                continue;
            for (const int place : { at, i }) {
                QTextEdit::ExtraSelection mark;
                mark.cursor = QTextCursor(document());
                mark.cursor.setPosition(place);
                mark.cursor.setPosition(place + 1, QTextCursor::KeepAnchor);
                QColor ground = m_theme.colors().accent;
                ground.setAlphaF(0.3F);
                mark.format.setBackground(ground);
                marks.append(mark);
            }
            return;
        }
    }
}

QSize QueryEditor::sizeHint() const
{
    const qreal line = QFontMetricsF(font()).lineSpacing();
    // The plain text layout counts its height in lines.
    const int lines = std::clamp(static_cast<int>(std::ceil(document()->size().height())), 1, kMaxLines);
    const int chrome = 2 * frameWidth() + 2 * static_cast<int>(document()->documentMargin());
    return { 400, std::max(static_cast<int>(std::ceil(lines * line)) + chrome, m_theme.controlHeight() + 2) };
}

void QueryEditor::fitHeight()
{
    setFixedHeight(sizeHint().height());
    setVerticalScrollBarPolicy(document()->size().height() > kMaxLines ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
}

/// It would break into a second line that is not there.
void QueryEditor::fitHint()
{
    const int room = viewport()->width() - 2 * static_cast<int>(document()->documentMargin()) - 4;
    setPlaceholderText(fontMetrics().elidedText(m_hint, Qt::ElideRight, room));
}

bool QueryEditor::isCompleting() const { return m_popup->isVisible(); }

void QueryEditor::complete() { updateCompletion(true); }

void QueryEditor::updateCompletion(bool forced)
{
    m_completionForced = forced;
    m_completionAwaited = false;
    const auto context = completionAt(m_language, toPlainText(), textCursor().position());
    const bool wanted = forced || context.kind == CompletionContext::Kind::labelValue || context.kind == CompletionContext::Kind::labelName || context.kind == CompletionContext::Kind::stage || context.prefix.size() >= 2;
    if (!wanted || context.kind == CompletionContext::Kind::none) {
        m_popup->hide();
        return;
    }
    m_completionModel.setCompletions(m_completionData->completions(m_language, context), context.prefix);
    const int rows = m_completionModel.rowCount();
    const bool onlyItself = rows == 1 && m_completionModel.index(0).data().toString() == context.prefix;
    if (rows == 0 || onlyItself) {
        m_completionAwaited = rows == 0;
        m_popup->hide();
        return;
    }
    m_completionForced = false;
    m_popup->setCurrentIndex(m_completionModel.index(0));
    QTextCursor start = textCursor();
    start.movePosition(QTextCursor::Left, QTextCursor::MoveAnchor, static_cast<int>(context.prefix.size()));
    const QRect at = cursorRect(start);
    const int height = std::min(rows, kPopupRows) * (m_theme.rowHeight() - 4) + 4;
    m_popup->setGeometry(QRect(viewport()->mapToGlobal(QPoint(at.left() - 8, at.bottom() + 4)), QSize(440, height)));
    m_popup->show();
}

void QueryEditor::acceptCompletion()
{
    const auto index = m_popup->currentIndex();
    if (!index.isValid())
        return;
    const auto context = completionAt(m_language, toPlainText(), textCursor().position());
    QString insert = index.data(CompletionModel::InsertRole).toString();
    if (context.unquoted)
        insert = QLatin1Char('"') + insert.replace(QLatin1Char('\\'), QStringLiteral("\\\\")).replace(QLatin1Char('"'), QStringLiteral("\\\"")) + QLatin1Char('"');
    QTextCursor cursor = textCursor();
    cursor.movePosition(QTextCursor::Left, QTextCursor::KeepAnchor, static_cast<int>(context.prefix.size()));
    const QString text = toPlainText();
    const QChar next = textCursor().position() < text.size() ? text[textCursor().position()] : QChar();
    if (insert.endsWith(QLatin1Char('(')) && next == QLatin1Char('('))
        insert.chop(1);
    cursor.insertText(insert);
    m_popup->hide();
    setTextCursor(cursor);
}

void QueryEditor::walkHistory(int step)
{
    const qsizetype next = m_historyAt + step;
    if (next < -1 || next >= m_history.size())
        return;
    if (m_historyAt == -1)
        m_draft = query();
    m_historyAt = next;
    setQuery(next == -1 ? m_draft : m_history[next]);
    moveCursor(QTextCursor::End);
}

bool QueryEditor::completionKey(QKeyEvent* event)
{
    const int row = m_popup->currentIndex().row();
    const int last = m_completionModel.rowCount() - 1;
    switch (event->key()) {
    case Qt::Key_Down:
    case Qt::Key_Up:
    case Qt::Key_PageDown:
    case Qt::Key_PageUp: {
        if (event->modifiers().testFlag(Qt::ControlModifier))
            return false;
        const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : event->key() == Qt::Key_PageDown ? kPopupRows : -kPopupRows;
        m_popup->setCurrentIndex(m_completionModel.index(std::clamp(row + step, 0, last)));
        return true;
    }
    case Qt::Key_Tab:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        acceptCompletion();
        return true;
    case Qt::Key_Escape:
        m_popup->hide();
        return true;
    default:
        return false;
    }
}

void QueryEditor::keyPressEvent(QKeyEvent* event)
{
    if (isCompleting() && completionKey(event))
        return;
    const bool control = event->modifiers().testFlag(Qt::ControlModifier);
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        m_popup->hide();
        if (event->modifiers().testFlag(Qt::ShiftModifier))
            insertPlainText(QStringLiteral("\n"));
        else
            Q_EMIT runRequested();
        return;
    }
    if (control && event->key() == Qt::Key_Space) {
        complete();
        return;
    }
    if (control && (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)) {
        walkHistory(event->key() == Qt::Key_Up ? 1 : -1);
        return;
    }
    const QString before = toPlainText();
    QPlainTextEdit::keyPressEvent(event);
    if (toPlainText() != before) {
        m_historyAt = -1;
        updateCompletion(false);
    } else {
        m_completionAwaited = false; // the cursor went elsewhere
        m_popup->hide();
    }
}

bool QueryEditor::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip && m_error) {
        QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), toQString(m_error->message), this);
        return true;
    }
    // Tab leaves the editor unless it accepts a completion.
    if (event->type() == QEvent::KeyPress && isCompleting() && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Tab) {
        acceptCompletion();
        return true;
    }
    return QPlainTextEdit::event(event);
}

void QueryEditor::focusInEvent(QFocusEvent* event)
{
    QPlainTextEdit::focusInEvent(event);
    update(); // the frame says who has the keyboard
}

void QueryEditor::focusOutEvent(QFocusEvent* event)
{
    m_completionAwaited = false;
    m_popup->hide();
    QPlainTextEdit::focusOutEvent(event);
    update();
}

void QueryEditor::resizeEvent(QResizeEvent* event)
{
    QPlainTextEdit::resizeEvent(event);
    fitHint();
    if (event->oldSize().width() != event->size().width())
        fitHeight(); // other lines break now
}

}
