#pragma once

#include "tests/support/fake_clock.h"
#include "tests/support/folders.h"
#include "ui/backend.h"

#include <QHash>

namespace belvedere::test {

/// A session that a test fills: a small web shop with targets, containers, alerts and data sources that compute
/// plausible answers. Every setter emits the matching signal.
class FakeBackend : public ui::Backend {
    Q_OBJECT

public:
    /// Empty; fillWithShop() makes it lively. `nowMs` is the time of everything in it.
    explicit FakeBackend(std::int64_t nowMs, QObject* parent = nullptr);
    ~FakeBackend() override;

    void fillWithShop();

    void setTargets(model::TargetList targets);
    void setContainers(std::vector<model::ContainerStatus> containers);
    void setDockerState(const QString& state);
    void setRules(std::vector<model::RuleGroupStatus> rules);
    void setDataSources(std::vector<std::shared_ptr<const datasource::DataSource>> sources);
    void setAlertChanges(std::vector<model::AlertChange> changes);
    void setStats(const ui::SessionStats& stats);
    void setProblems(std::vector<ui::Problem> problems);

    [[nodiscard]] std::shared_ptr<const datasource::Registry> dataSources() const override { return m_sources; }
    [[nodiscard]] TaskPool& queryPool() const override { return m_pool; }
    [[nodiscard]] std::shared_ptr<const model::TargetList> targets() const override { return m_targets; }
    [[nodiscard]] std::shared_ptr<const std::vector<model::ContainerStatus>> containers() const override { return m_containers; }
    [[nodiscard]] QString dockerState() const override { return m_dockerState; }
    [[nodiscard]] std::shared_ptr<const std::vector<model::RuleGroupStatus>> rules() const override { return m_rules; }
    [[nodiscard]] std::shared_ptr<const std::vector<model::AlertChange>> alertChanges() const override { return m_alertChanges; }
    [[nodiscard]] ui::SessionStats stats() const override { return m_stats; }
    [[nodiscard]] std::vector<ui::Problem> problems() const override { return m_problems; }
    [[nodiscard]] QString dashboardFolder() const override { return QStringLiteral("/home/me/shop/dashboards"); }
    [[nodiscard]] QString shippedDashboardFolder() const override { return QString::fromStdString((test::sourceFolder() / "dashboards").string()); }
    [[nodiscard]] QString workspaceFolder() const override { return QStringLiteral("/home/me/shop"); }
    [[nodiscard]] QString workspaceFile() const override { return QStringLiteral("/home/me/shop/workspace.yml"); }
    [[nodiscard]] bool isDemo() const override { return false; }
    [[nodiscard]] bool takesShippedRules() const override { return true; }
    void addShippedRules() override
    {
        ++shippedRulesWanted;
        Q_EMIT shippedRulesAdded({});
    }
    bool startDemo() override
    {
        ++demosStarted;
        return true;
    }
    int shippedRulesWanted = 0;
    int demosStarted = 0;
    [[nodiscard]] QStringList queryHistory(const QString& language) const override { return m_queries.value(language); }
    void addToQueryHistory(const QString& language, const QString&, const QString& query) override
    {
        m_queries[language].removeAll(query);
        m_queries[language].prepend(query);
        Q_EMIT queryHistoryChanged(language);
    }

private:
    std::int64_t m_nowMs;
    std::shared_ptr<const datasource::Registry> m_sources = std::make_shared<const datasource::Registry>();
    std::shared_ptr<const model::TargetList> m_targets = std::make_shared<const model::TargetList>();
    std::shared_ptr<const std::vector<model::ContainerStatus>> m_containers = std::make_shared<const std::vector<model::ContainerStatus>>();
    std::shared_ptr<const std::vector<model::RuleGroupStatus>> m_rules = std::make_shared<const std::vector<model::RuleGroupStatus>>();
    std::shared_ptr<const std::vector<model::AlertChange>> m_alertChanges = std::make_shared<const std::vector<model::AlertChange>>();
    QString m_dockerState;
    QHash<QString, QStringList> m_queries;
    ui::SessionStats m_stats;
    std::vector<ui::Problem> m_problems;
    mutable TaskPool m_pool { 2 }; // last: what it runs uses the rest
};

}
