#pragma once

#include "ui/containers/containers_model.h"
#include "ui/page.h"

#include <QSortFilterProxyModel>

class QLabel;
class QLineEdit;

namespace belvedere::ui {

class NoticeBar;
class StateStack;
class TableView;

/// What runs under Docker: state, health, image, ports, and the way to its logs.
class ContainersPage : public Page {
    Q_OBJECT

public:
    explicit ContainersPage(const PageServices& services, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return page::kContainers; }
    [[nodiscard]] QString title() const override { return tr("Containers"); }
    [[nodiscard]] QIcon icon() const override;
    [[nodiscard]] QList<QAction*> pageActions() const override { return { m_filterAction, m_logsAction, m_copyAction }; }
    [[nodiscard]] int badge() const override { return m_failing; }
    [[nodiscard]] QJsonObject stateForSession() const override;
    void restoreState(const QJsonObject& state) override;
    void showFor(const QVariantMap& query) override;

private:
    void createActions();
    void update();
    [[nodiscard]] const model::ContainerStatus* selected() const;

    PageServices m_services;
    ContainersModel m_model;
    QSortFilterProxyModel m_filter;
    QLineEdit* m_words = nullptr;
    QLabel* m_count = nullptr;
    NoticeBar* m_notice = nullptr;
    TableView* m_table = nullptr;
    StateStack* m_stack = nullptr;
    QAction* m_filterAction = nullptr;
    QAction* m_logsAction = nullptr;
    QAction* m_copyAction = nullptr;
    int m_failing = 0;
};

}
