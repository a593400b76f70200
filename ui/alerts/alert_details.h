#pragma once

#include "core/model/rule_status.h"
#include "ui/alerts/alert_expression.h"
#include "ui/alerts/alert_history.h"
#include "ui/page.h"
#include "ui/query_runner.h"
#include "ui/time_context.h"

class QLabel;

namespace belvedere::ui {

class LabelChips;
class NoticeBar;
class TimeSeriesView;
struct ChartData;

/// One alert in full: what it says, its labels, its value against the threshold over time, and when it fired before.
class AlertDetails : public QWidget {
    Q_OBJECT

public:
    /// `actions` are offered as buttons beside the title.
    AlertDetails(const PageServices& services, const QList<QAction*>& actions, QWidget* parent = nullptr);

    /// The same alert again only renews what is said; another one is asked for anew.
    void setAlert(const model::AlertStatus& alert, const model::RuleStatus& rule);
    void clear();
    /// Asks for the graph again.
    void run();

    [[nodiscard]] const std::shared_ptr<const ChartData>& chart() const;
    [[nodiscard]] const AlertHistoryModel& history() const { return m_history; }

Q_SIGNALS:
    void ruleChosen(const QString& rule);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void createLayout(const QList<QAction*>& actions);
    [[nodiscard]] QLabel* makeText();
    void showTexts();
    void showHistory();
    void showOutcome(const QueryOutcome& outcome);

    PageServices m_services;
    QueryRunner m_runner;
    model::AlertStatus m_alert;
    AlertExpression m_expression;
    std::string m_ruleExpr;
    qint64 m_holdMs = 0;
    bool m_any = false;
    TimeContext::Range m_range; ///< of the running query
    AlertHistoryModel m_history;
    QLabel* m_icon = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_since = nullptr;
    QLabel* m_summary = nullptr;
    QLabel* m_text = nullptr;
    QLabel* m_expr = nullptr;
    QLabel* m_graphTitle = nullptr;
    QLabel* m_historyTitle = nullptr;
    LabelChips* m_chips = nullptr;
    NoticeBar* m_notice = nullptr;
    TimeSeriesView* m_graph = nullptr;
    RecentAlerts* m_historyList = nullptr;
};

}
