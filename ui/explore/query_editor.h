#pragma once

#include "core/base/result.h"
#include "ui/explore/completion.h"

#include <QPlainTextEdit>
#include <QTimer>

#include <memory>
#include <optional>

class QListView;

namespace KSyntaxHighlighting {
class Repository;
class SyntaxHighlighter;
}

namespace belvedere::ui {

class Theme;

/// An editor for one query: highlighting, brackets, completion, errors underlined at their place once typing rests.
///
/// Enter runs, Shift+Enter breaks the line, Ctrl+Space completes, Ctrl+Up and Ctrl+Down walk through the history. It
/// grows with the text up to eight lines.
class QueryEditor : public QPlainTextEdit {
    Q_OBJECT

public:
    /// Everything borrowed outlives the editor.
    QueryEditor(const Theme& theme, KSyntaxHighlighting::Repository& syntax, TaskPool& pool, QWidget* parent = nullptr);
    ~QueryEditor() override;

    void setLanguage(QueryLanguage language);
    [[nodiscard]] QueryLanguage language() const { return m_language; }
    /// Who checks the text and offers names.
    void setSource(std::shared_ptr<const datasource::DataSource> source, qint64 fromMs, qint64 toMs);
    void setHistory(const QStringList& newestFirst);

    [[nodiscard]] QString query() const { return toPlainText(); }
    void setQuery(const QString& query);
    /// Underlines the error's place, and shows its message on hover; nothing is underlined without.
    void setError(const std::optional<Error>& error);
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    [[nodiscard]] const CompletionData& completionData() const { return *m_completionData; }

    void complete();
    [[nodiscard]] bool isCompleting() const;
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void runRequested();
    /// The text is not a query, and nobody has typed for a moment.
    void faultFound(const belvedere::Error& error);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void applyTheme();
    void fitHeight();
    void fitHint();
    void check();
    void mark(const std::optional<Error>& error);
    void updateMarks();
    void appendBracketMarks(QList<QTextEdit::ExtraSelection>& marks) const;
    void updateCompletion(bool forced);
    void acceptCompletion();
    void walkHistory(int step);
    bool completionKey(QKeyEvent* event);

    const Theme& m_theme;
    KSyntaxHighlighting::Repository& m_syntax;
    TaskPool& m_pool;
    std::unique_ptr<KSyntaxHighlighting::SyntaxHighlighter> m_highlighter;
    QueryLanguage m_language = QueryLanguage::promql;
    std::shared_ptr<const datasource::DataSource> m_source;
    CompletionData* m_completionData;
    CompletionModel m_completionModel;
    QListView* m_popup;
    bool m_completionForced = false;
    bool m_completionAwaited = false; ///< wanted where the cursor is, but what there is had yet to be asked for
    QString m_hint;                   ///< shown in the empty editor as far as it fits
    QStringList m_history;
    qsizetype m_historyAt = -1; // -1: what is being typed
    QString m_draft;
    std::optional<Error> m_error;
    QTimer m_checkDelay;
    quint64 m_checkId = 0;
};

/// Place in UTF-16 for a place in UTF-8 bytes.
[[nodiscard]] qsizetype utf16Offset(const QString& text, std::size_t byteOffset);

}
