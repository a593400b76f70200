#pragma once

#include "ui/explore/completion.h"
#include "ui/explore/log_volume.h"
#include "ui/page.h"
#include "ui/query_runner.h"

#include <QElapsedTimer>

#include <functional>
#include <map>
#include <memory>

class QActionGroup;
class QComboBox;
class QLabel;
class QMenu;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QToolButton;

namespace KSyntaxHighlighting {
class Repository;
}

namespace belvedere::ui {

class FiringSpans;
class LiveTail;
class LogView;
class MetricResults;
class NoticeBar;
class QueryEditor;
class StateStack;
class TimeSeriesView;

/// Ask anything: PromQL with a graph and a table, LogQL with lines, their volume over time and a live tail.
class ExplorePage : public Page {
    Q_OBJECT

public:
    explicit ExplorePage(const PageServices& services, QWidget* parent = nullptr);
    ~ExplorePage() override;

    [[nodiscard]] QString id() const override { return page::kExplore; }
    [[nodiscard]] QString title() const override { return tr("Explore"); }
    [[nodiscard]] QIcon icon() const override;
    [[nodiscard]] QList<QAction*> pageActions() const override;
    [[nodiscard]] QJsonObject stateForSession() const override;
    void restoreState(const QJsonObject& state) override;
    void showFor(const QVariantMap& query) override;
    [[nodiscard]] std::vector<PaletteEntry> paletteEntries(const QString& text) const override;

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void createActions();
    [[nodiscard]] QWidget* createQueryRow();
    [[nodiscard]] QWidget* createLogsView();
    void connectSignals();
    void connectTail();

    void setLanguage(QueryLanguage language);
    void updateSources();
    void updateHistory();
    [[nodiscard]] std::shared_ptr<const datasource::DataSource> source() const;
    [[nodiscard]] int chartPixels() const;
    /// The query that stands in the editor.
    void run();
    /// A query over the present range.
    void ask(const QString& query);
    void stop();
    void showOutcome(const QueryOutcome& outcome);
    void showMatrix(const QueryOutcome& outcome);
    void showFiring();
    void showStreams(const QueryOutcome& outcome);
    void showRemarks(const model::QueryValue& value);
    void showError(const Error& error);
    void showWelcome();
    /// In place of the answer: what to know, and what its button does.
    void showMessage(const QString& icon, const QString& title, const QString& text, const QString& action, std::function<void()> remedy);
    void forgetFault();
    void drawVolume();
    void addToDashboard();
    void updateTail();

    PageServices m_services;
    std::unique_ptr<KSyntaxHighlighting::Repository> m_syntax;
    QueryRunner m_runner;
    LiveTail* m_tail;
    QueryLanguage m_language = QueryLanguage::promql;
    std::map<QueryLanguage, QString> m_queries; ///< of the language that is not shown
    std::map<QueryLanguage, QString> m_sourceUids;

    QActionGroup* m_languageGroup = nullptr;
    QAction* m_metricsAction = nullptr;
    QAction* m_logsAction = nullptr;
    QAction* m_runAction = nullptr;
    QAction* m_stopAction = nullptr;
    QAction* m_editAction = nullptr;
    QAction* m_completeAction = nullptr;
    QAction* m_historyAction = nullptr;
    QAction* m_detailsAction = nullptr;
    QAction* m_copyAction = nullptr;
    QAction* m_pauseAction = nullptr;
    QAction* m_addAction = nullptr;
    QComboBox* m_sources = nullptr;
    QToolButton* m_historyButton = nullptr;
    QMenu* m_historyMenu = nullptr;
    QPushButton* m_runButton = nullptr;
    QueryEditor* m_editor = nullptr;
    NoticeBar* m_notice = nullptr;
    QLabel* m_summary = nullptr;
    StateStack* m_stack = nullptr;
    QStackedWidget* m_views = nullptr;
    MetricResults* m_metrics = nullptr;
    FiringSpans* m_firing = nullptr;
    TimeSeriesView* m_volume = nullptr;
    LogView* m_logs = nullptr;

    std::function<void()> m_remedy; ///< what the button of a message in place of the answer does
    bool m_failed = false;          ///< that message is about a query that failed
    LogVolume m_logVolume;          ///< kept, since its colours are the theme's
    QElapsedTimer m_elapsed;
    QString m_ranQuery;
    qint64 m_ranFromMs = 0;
    qint64 m_ranToMs = 0;
    qint64 m_ranStepMs = 0;
};

}
