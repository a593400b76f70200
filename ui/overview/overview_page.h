#pragma once

#include "ui/overview/service_tile.h"
#include "ui/page.h"
#include "ui/query_runner.h"

#include <vector>

class QGridLayout;
class QLabel;
class QScrollArea;

namespace belvedere::ui {

class NoticeBar;
class StateStack;

/// Is my stack well? One tile a service, the worst first.
class OverviewPage : public Page {
    Q_OBJECT

public:
    explicit OverviewPage(const PageServices& services, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return page::kOverview; }
    [[nodiscard]] QString title() const override { return tr("Overview"); }
    [[nodiscard]] QIcon icon() const override;

    [[nodiscard]] const std::vector<ServiceHealth>& healths() const { return m_healths; }

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void run();
    void showOutcome(const QueryOutcome& outcome);
    void update();
    void updateSummary();
    void arrangeTiles();
    void leadOn(const ServiceHealth& service, ServiceTile::Destination destination);

    PageServices m_services;
    QueryRunner m_runner;
    ServiceMetrics m_metrics;
    std::vector<ServiceHealth> m_healths;
    StateStack* m_stack;
    NoticeBar* m_notice;
    QLabel* m_icon;
    QLabel* m_headline;
    QLabel* m_subline;
    QScrollArea* m_scroll;
    QGridLayout* m_grid;
    std::vector<ServiceTile*> m_tiles;
    int m_columns = 0;
};

}
