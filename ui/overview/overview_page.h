#pragma once

#include "ui/alerts/alert_history.h"
#include "ui/overview/service_tile.h"
#include "ui/page.h"
#include "ui/query_runner.h"

#include <set>
#include <vector>

class QBoxLayout;
class QGridLayout;
class QLabel;
class QScrollArea;

namespace belvedere::ui {

class FirstSteps;
class NoticeBar;

/// Is my stack well? One tile a service, the worst first, and what fired lately. While there is none, what to do first.
class OverviewPage : public Page {
    Q_OBJECT

public:
    explicit OverviewPage(const PageServices& services, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return page::kOverview; }
    [[nodiscard]] QString title() const override { return tr("Overview"); }
    [[nodiscard]] QIcon icon() const override;
    [[nodiscard]] std::vector<PaletteEntry> paletteEntries(const QString& text) const override;

    [[nodiscard]] const std::vector<ServiceHealth>& healths() const { return m_healths; }

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* object, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void createContent();
    void connectSignals();
    void run();
    [[nodiscard]] std::ptrdiff_t targetsUp() const;
    /// Nothing but this program itself.
    [[nodiscard]] bool watchesNothing() const;
    void showOutcome(const QueryOutcome& outcome);
    void update();
    void updateSummary();
    void updateFirstSteps();
    void updateRecent();
    void arrangeTiles();
    void leadOn(const ServiceHealth& service, ServiceTile::Destination destination);

    PageServices m_services;
    QueryRunner m_runner;
    std::set<std::size_t> m_kinds;           ///< of serviceKinds(), that some target is of
    std::vector<const FigureSpec*> m_asked; ///< in the order of the running queries
    std::ptrdiff_t m_targetsAsked = 0;      ///< how many were up when the queries began
    ServiceMetrics m_metrics;
    std::vector<ServiceHealth> m_healths;
    AlertHistoryModel m_recent;
    NoticeBar* m_notice = nullptr;
    QLabel* m_icon = nullptr;
    QLabel* m_headline = nullptr;
    QLabel* m_subline = nullptr;
    QBoxLayout* m_body = nullptr;
    QScrollArea* m_scroll = nullptr;
    QGridLayout* m_grid = nullptr;
    FirstSteps* m_firstSteps = nullptr;
    bool m_settled = false; ///< containers and targets had the time to be found
    QWidget* m_recentBox = nullptr;
    QLabel* m_recentTitle = nullptr;
    QLabel* m_recentEmpty = nullptr;
    RecentAlerts* m_recentList = nullptr;
    std::vector<ServiceTile*> m_tiles;
};

}
