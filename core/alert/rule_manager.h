#pragma once

#include "core/alert/alerting_rule.h"
#include "core/alert/rule_file.h"
#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/base/task_pool.h"
#include "core/logql/engine.h"
#include "core/model/metric_source.h"
#include "core/model/query_value.h"
#include "core/model/rule_status.h"
#include "core/promql/engine.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace belvedere::alert {

/// Keeps alert states over restarts. Threading: calls come from pool threads, one at a time.
class AlertStateStore {
public:
    virtual ~AlertStateStore() = default;

    /// All alerts of the group with this key, as last saved.
    [[nodiscard]] virtual std::vector<StoredAlert> load(const std::string& groupKey) = 0;
    /// Replaces what is kept for the group.
    virtual void save(const std::string& groupKey, const std::vector<StoredAlert>& alerts) = 0;
    /// Adds to the history of state changes.
    virtual void recordChange(const model::AlertStatus& alert, std::int64_t timeMs) = 0;
};

struct RuleManagerOptions {
    std::int64_t defaultIntervalMs = 60'000; ///< global evaluation_interval
    model::Labels externalLabels;
    std::string externalUrl;
};

/// Evaluates rule groups in their intervals: rules of a group in order, groups side by side on the pool.
///
/// Results are written to the sink; a series that a rule no longer yields gets a stale marker. Evaluations that were
/// missed (sleep, a busy machine) are skipped, not caught up, so that waking up causes no storm.
/// Threading: setGroups() and status() from any thread; the callbacks come from pool threads.
class RuleManager {
public:
    /// An alert began to fire (state firing) or ended (state inactive).
    using AlertChanged = std::function<void(const model::AlertStatus&)>;
    using StatusChanged = std::function<void(std::shared_ptr<const std::vector<model::RuleGroupStatus>>)>;

    /// Evaluates an instant query in the data source `source`. Called on pool threads; may block, ends soon after a stop.
    using AskSource = std::function<Result<model::QueryValue>(const std::string& source, const std::string& expr, std::int64_t timeMs, std::stop_token stop)>;

    /// All references must outlive the manager; `logs` may be null when there is no log store. Series that rules make, and
    /// what their templates query, are those of the embedded store, whatever source the rules ask.
    struct Parts {
        const promql::Engine& metrics;
        const logql::Engine* logs;
        model::MetricSink& sink;
        AlertStateStore& states;
        TaskPool& pool;
        const Clock& clock;
        Logger& logger;
        AskSource askSource = {}; ///< without it, groups with a source fail
    };

    RuleManager(Parts parts, RuleManagerOptions options, AlertChanged alertChanged, StatusChanged statusChanged);
    ~RuleManager(); ///< ends running evaluations; each has saved its alerts

    RuleManager(const RuleManager&) = delete;
    RuleManager& operator=(const RuleManager&) = delete;

    /// Replaces all groups. Groups that did not change go on undisturbed; rules with an equal name and expression in a
    /// changed group keep their alerts.
    void setGroups(std::vector<RuleGroup> groups);

    /// Begins to evaluate in real time, on a thread that only keeps the schedule.
    void start();

    /// Evaluates every group once, as of `timeMs`, in the caller's thread; for tests and for replaying history. Not after
    /// start(): a group is evaluated by one thread at a time.
    void evaluateAll(std::int64_t timeMs);

    [[nodiscard]] std::shared_ptr<const std::vector<model::RuleGroupStatus>> status() const;

    struct Counters {
        std::uint64_t evaluations = 0;
        std::uint64_t failures = 0;
        std::uint64_t missed = 0; ///< whole intervals that were skipped
    };
    [[nodiscard]] Counters counters() const;

private:
    struct Group;
    struct Private;
    std::unique_ptr<Private> d;
};

}
