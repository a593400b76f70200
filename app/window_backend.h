#pragma once

#include "app/session.h"
#include "ui/backend.h"

#include <QElapsedTimer>
#include <QHash>
#include <QTimer>

#include <cstdint>
#include <deque>

namespace belvedere::app {

/// The session as the window sees it: asks it for its newest values four times a second and tells what changed.
/// Lives in the window's thread. `session` must outlive it.
class WindowBackend final : public ui::Backend {
    Q_OBJECT

public:
    explicit WindowBackend(Session& session, QObject* parent = nullptr);
    ~WindowBackend() override;

    [[nodiscard]] std::shared_ptr<const datasource::Registry> dataSources() const override { return m_dataSources; }
    [[nodiscard]] TaskPool& queryPool() const override { return m_session.queryPool(); }
    [[nodiscard]] std::shared_ptr<const model::TargetList> targets() const override { return m_targets; }
    [[nodiscard]] std::shared_ptr<const std::vector<model::ContainerStatus>> containers() const override { return m_containers; }
    [[nodiscard]] QString dockerState() const override { return m_dockerState; }
    [[nodiscard]] std::shared_ptr<const std::vector<model::RuleGroupStatus>> rules() const override { return m_rules; }
    [[nodiscard]] std::shared_ptr<const std::vector<model::AlertChange>> alertChanges() const override { return m_alertChanges; }
    [[nodiscard]] ui::SessionStats stats() const override { return m_stats; }
    [[nodiscard]] std::vector<ui::Problem> problems() const override { return m_problems; }
    [[nodiscard]] QString dashboardFolder() const override;
    [[nodiscard]] QString shippedDashboardFolder() const override { return QStringLiteral(":/dashboards"); }
    [[nodiscard]] QString workspaceFolder() const override;
    [[nodiscard]] QString workspaceFile() const override;
    [[nodiscard]] bool isDemo() const override { return m_session.options().demo; }
    [[nodiscard]] bool takesShippedRules() const override;
    void addShippedRules() override;
    bool startDemo() override;
    [[nodiscard]] QStringList queryHistory(const QString& language) const override { return m_queries.value(language); }
    void addToQueryHistory(const QString& language, const QString& sourceUid, const QString& query) override;

private:
    void readQueryHistory();
    void refresh();
    void refreshStats();
    void refreshProblems();
    void readAlertChanges();

    /// What had come by then; `atMs` counts from the start of this object.
    struct Totals {
        qint64 atMs = 0;
        std::uint64_t samples = 0;
        std::uint64_t lines = 0;
    };

    Session& m_session;
    QTimer m_timer;
    QTimer m_historyTimer; ///< one reading for alerts that change together
    std::uint64_t m_alertChangeCount = 0; ///< when it was read last, or will be
    QElapsedTimer m_clock;
    std::deque<Totals> m_totals; ///< of the time that rates are told of, oldest first; never empty
    ui::SessionStats m_stats;
    std::shared_ptr<const datasource::Registry> m_dataSources;
    std::shared_ptr<const model::TargetList> m_targets;
    std::shared_ptr<const std::vector<model::ContainerStatus>> m_containers;
    std::shared_ptr<const std::vector<model::RuleGroupStatus>> m_rules;
    std::shared_ptr<const std::vector<model::AlertChange>> m_alertChanges = std::make_shared<const std::vector<model::AlertChange>>();
    QString m_dockerState;
    QHash<QString, QStringList> m_queries; ///< by language, newest first
    std::vector<ui::Problem> m_problems;
};

}
