#pragma once

#include "ui/containers/containers_model.h"
#include "ui/page.h"

#include <QSortFilterProxyModel>

class QFormLayout;
class QLabel;
class QLineEdit;

namespace belvedere::ui {

class LabelChips;
class NoticeBar;
class StateStack;
class TableView;

/// What runs under Docker: state, health, image, ports, and the way to its logs. A container's environment is never shown:
/// it holds secrets.
class ContainersPage : public Page {
    Q_OBJECT

public:
    explicit ContainersPage(const PageServices& services, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return page::kContainers; }
    [[nodiscard]] QString title() const override { return tr("Containers"); }
    [[nodiscard]] QIcon icon() const override;
    [[nodiscard]] QList<QAction*> pageActions() const override { return { m_filterAction, m_logsAction, m_serviceLogsAction, m_copyAction }; }
    [[nodiscard]] int badge() const override { return m_failing; }
    [[nodiscard]] QJsonObject stateForSession() const override;
    void restoreState(const QJsonObject& state) override;
    void showFor(const QVariantMap& query) override;
    [[nodiscard]] std::vector<PaletteEntry> paletteEntries(const QString& text) const override;

private:
    void createActions();
    [[nodiscard]] QWidget* createList();
    [[nodiscard]] QWidget* createDetails();
    void connectSignals();
    void update();
    void updateDetails();
    void showLogs(const char* label, const std::string& value);
    [[nodiscard]] const model::ContainerStatus* selected() const;

    PageServices m_services;
    ContainersModel m_model;
    QSortFilterProxyModel m_filter;
    QLineEdit* m_words = nullptr;
    QLabel* m_count = nullptr;
    NoticeBar* m_notice = nullptr;
    TableView* m_table = nullptr;
    StateStack* m_stack = nullptr;
    QLabel* m_detailTitle = nullptr;
    QLabel* m_detailState = nullptr;
    NoticeBar* m_detailNotice = nullptr;
    QFormLayout* m_facts = nullptr;
    std::vector<QLabel*> m_factValues; // in the order of the rows
    LabelChips* m_ports = nullptr;
    QAction* m_filterAction = nullptr;
    QAction* m_logsAction = nullptr;
    QAction* m_serviceLogsAction = nullptr;
    QAction* m_copyAction = nullptr;
    bool m_updating = false;
    int m_failing = 0;
};

}
