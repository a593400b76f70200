#pragma once

#include "core/base/task_pool.h"
#include "core/datasource/data_source.h"
#include "core/model/rule_status.h"
#include "core/model/target_status.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace belvedere::ui {

/// Numbers for the status bar, a second's worth.
struct SessionStats {
    double samplesPerSecond = 0;
    double linesPerSecond = 0;
    std::uint64_t metricSeries = 0;
    std::uint64_t metricBytes = 0;
    std::uint64_t logBytes = 0;
    std::uint64_t diskFreeBytes = 0;
    std::uint64_t droppedSamples = 0; ///< since the start; each with a reason in the problem list
    std::uint64_t droppedLines = 0;
};

/// Something a person should know of and can mend; kept until it is resolved.
struct Problem {
    QString id;      ///< stable: the same problem reported again replaces itself
    QString area;    ///< "scrape", "docker", "rules", "disk", ...
    QString message; ///< what, where and the remedy; English from core, shown as it is
    bool resolved = false;
};

/// What the window sees of the session. The session in `app` implements it; tests have one of their own.
///
/// Lives in the window's thread. Every value arrives by a signal in that thread; the getters answer the last one that
/// arrived, never wait and never do I/O.
class Backend : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] virtual std::shared_ptr<const datasource::Registry> dataSources() const = 0;
    /// Where pages run their queries.
    [[nodiscard]] virtual TaskPool& queryPool() const = 0;

    [[nodiscard]] virtual std::shared_ptr<const model::TargetList> targets() const = 0;
    [[nodiscard]] virtual std::shared_ptr<const std::vector<model::ContainerStatus>> containers() const = 0;
    [[nodiscard]] virtual QString dockerState() const = 0; ///< "" when connected, else why not and the remedy
    [[nodiscard]] virtual std::shared_ptr<const std::vector<model::RuleGroupStatus>> rules() const = 0;
    /// Alerts that began to fire or ended, newest first, at most kAlertChangesShown.
    [[nodiscard]] virtual std::shared_ptr<const std::vector<model::AlertChange>> alertChanges() const = 0;
    static constexpr int kAlertChangesShown = 1000;
    [[nodiscard]] virtual SessionStats stats() const = 0;
    [[nodiscard]] virtual std::vector<Problem> problems() const = 0;

    /// Folder with the workspace's dashboards (plain Grafana JSON), and the read-only ones shipped with the program.
    [[nodiscard]] virtual QString dashboardFolder() const = 0;
    [[nodiscard]] virtual QString shippedDashboardFolder() const = 0;
    [[nodiscard]] virtual QString workspaceFolder() const = 0;
    /// The file that says what is watched; it is read again when it has changed.
    [[nodiscard]] virtual QString workspaceFile() const = 0;
    [[nodiscard]] virtual bool isDemo() const = 0;

    /// True if the workspace reads rules from a folder into which addShippedRules() can put them.
    [[nodiscard]] virtual bool takesShippedRules() const = 0;
    /// Copies the rules that come with the program to the workspace's, and tells by shippedRulesAdded() how that went.
    virtual void addShippedRules() = 0;
    /// Opens the demo in a process of its own; false if it cannot be started.
    virtual bool startDemo() = 0;

    /// Queries that were run in Explore, newest first, each once; the workspace keeps them. `language` is promql or logql.
    [[nodiscard]] virtual QStringList queryHistory(const QString& language) const = 0;
    virtual void addToQueryHistory(const QString& language, const QString& sourceUid, const QString& query) = 0;

Q_SIGNALS:
    /// `failure` is what went wrong and the remedy; "" if they are there.
    void shippedRulesAdded(const QString& failure);
    void queryHistoryChanged(const QString& language);
    void dataSourcesChanged();
    void targetsChanged();
    void containersChanged();
    void rulesChanged();
    void alertChangesChanged();
    void statsChanged();
    void problemsChanged();
    /// An alert began to fire or ended; for notifications.
    void alertChanged(const belvedere::model::AlertStatus& alert);
    /// The person clicked on an alert's notification.
    void alertActivated(const QString& ruleName, const belvedere::model::Labels& labels);
};

}
