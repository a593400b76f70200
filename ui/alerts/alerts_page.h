#pragma once

#include "ui/alerts/alerts_model.h"
#include "ui/page.h"

#include <QSortFilterProxyModel>
#include <QTimer>

class QLabel;
class QLineEdit;
class QTabWidget;
class QTreeView;

namespace belvedere::ui {

class NoticeBar;
class StateStack;
class TableView;

/// What fires and why; and the rules behind it, with their health.
class AlertsPage : public Page {
    Q_OBJECT

public:
    explicit AlertsPage(const PageServices& services, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return page::kAlerts; }
    [[nodiscard]] QString title() const override { return tr("Alerts"); }
    [[nodiscard]] QIcon icon() const override;
    [[nodiscard]] QList<QAction*> pageActions() const override { return { m_filterAction, m_exploreAction, m_ruleAction, m_copyAction }; }
    [[nodiscard]] int badge() const override { return m_alerts.firing(); }
    [[nodiscard]] QJsonObject stateForSession() const override;
    void restoreState(const QJsonObject& state) override;
    void showFor(const QVariantMap& query) override;

private:
    void createActions();
    [[nodiscard]] QWidget* createAlerts();
    [[nodiscard]] QWidget* createRules();
    void update();
    void updateDetails();
    /// The rule that is chosen on the visible tab; null if none is.
    [[nodiscard]] const model::RuleStatus* chosenRule() const;
    void showRule(const QString& name);

    PageServices m_services;
    AlertsModel m_alerts;
    QSortFilterProxyModel m_sorted;
    RulesModel m_rules;
    QTabWidget* m_tabs = nullptr;
    StateStack* m_stack = nullptr;
    StateStack* m_alertStack = nullptr;
    QLineEdit* m_words = nullptr;
    TableView* m_table = nullptr;
    QTreeView* m_tree = nullptr;
    QLabel* m_detailTitle = nullptr;
    QLabel* m_detailText = nullptr;
    QLabel* m_detailExpr = nullptr;
    NoticeBar* m_ruleError = nullptr;
    QAction* m_filterAction = nullptr;
    QAction* m_exploreAction = nullptr;
    QAction* m_ruleAction = nullptr;
    QAction* m_copyAction = nullptr;
    QTimer m_clock;
    int m_firing = 0;
};

}
