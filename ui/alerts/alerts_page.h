#pragma once

#include "ui/alerts/alert_history.h"
#include "ui/alerts/alerts_model.h"
#include "ui/page.h"

#include <QSortFilterProxyModel>
#include <QTimer>
#include <QUrl>

class QLineEdit;
class QTabWidget;
class QTreeView;

namespace belvedere::ui {

class AlertDetails;
class NoticeBar;
class StateStack;
class TableView;

/// What fires and why, what fired before, and the rules behind it with their health.
class AlertsPage : public Page {
    Q_OBJECT

public:
    explicit AlertsPage(const PageServices& services, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return page::kAlerts; }
    [[nodiscard]] QString title() const override { return tr("Alerts"); }
    [[nodiscard]] QIcon icon() const override;
    [[nodiscard]] QList<QAction*> pageActions() const override;
    [[nodiscard]] int badge() const override { return m_alerts.firing(); }
    [[nodiscard]] QJsonObject stateForSession() const override;
    void restoreState(const QJsonObject& state) override;
    void showFor(const QVariantMap& query) override;
    [[nodiscard]] std::vector<PaletteEntry> paletteEntries(const QString& text) const override;

private:
    enum Tab { AlertsTab, HistoryTab, RulesTab };
    void createActions();
    [[nodiscard]] QWidget* createAlerts();
    [[nodiscard]] QWidget* createHistory();
    [[nodiscard]] QWidget* createRules();
    void update();
    void updateHistory();
    void updateDetails();
    /// The rule that is chosen on the visible tab; null if none is, or it is there no more.
    [[nodiscard]] const model::RuleStatus* chosenRule() const;
    /// Null unless one is chosen on the first tab.
    [[nodiscard]] const AlertsModel::Row* chosenAlert() const;
    [[nodiscard]] QUrl runbook() const;
    [[nodiscard]] QString logQuery() const; ///< of what the chosen alert names; "" if it names nothing with logs
    void showRule(const QString& name);

    PageServices m_services;
    AlertsModel m_alerts;
    QSortFilterProxyModel m_sorted;
    AlertHistoryModel m_history;
    QSortFilterProxyModel m_historySorted;
    RulesModel m_rules;
    QTabWidget* m_tabs = nullptr;
    StateStack* m_stack = nullptr;
    StateStack* m_alertStack = nullptr;
    QLineEdit* m_words = nullptr;
    TableView* m_table = nullptr;
    QTreeView* m_tree = nullptr;
    StateStack* m_historyStack = nullptr;
    QLineEdit* m_historyWords = nullptr;
    TableView* m_historyTable = nullptr;
    AlertDetails* m_details = nullptr;
    NoticeBar* m_ruleError = nullptr;
    QAction* m_filterAction = nullptr;
    QAction* m_exploreAction = nullptr;
    QAction* m_ruleAction = nullptr;
    QAction* m_logsAction = nullptr;
    QAction* m_runbookAction = nullptr;
    QAction* m_copyAction = nullptr;
    QTimer m_clock;
    int m_firing = 0;
    bool m_updating = false;
};

}
