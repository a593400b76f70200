#pragma once

#include "core/alert/rule_file.h"
#include "core/model/query_value.h"
#include "core/model/rule_status.h"

#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace belvedere::alert {

/// An alert as it is kept over restarts.
struct StoredAlert {
    std::string rule;
    model::Labels labels;
    model::AlertState state = model::AlertState::pending;
    std::int64_t activeAtMs = 0;
    std::int64_t firedAtMs = 0;
    std::int64_t keepFiringSinceMs = 0;
    std::int64_t lastEvaluationMs = 0;
    model::Labels annotations = {}; ///< as last expanded: an alert that is over when rules are looked at again still says what it was about
    double value = 0;
};

/// Expands a template for one alert: text, the sample's labels, its value. Errors become the text, as in Prometheus.
using Expand = std::function<std::string(const std::string& text, const model::Labels& labels, double value)>;

/// The states of one alerting rule: inactive → pending → firing, as Prometheus' rules package defines them.
/// Threading: none of its own; its group owns it.
class AlertingRule {
public:
    /// An alert that was interrupted for longer starts its `for` again.
    static constexpr std::int64_t kOutageToleranceMs = 3600 * 1000;
    /// Ended alerts are shown for this long.
    static constexpr std::int64_t kResolvedRetentionMs = 15 * 60 * 1000;

    explicit AlertingRule(Rule rule);

    [[nodiscard]] const Rule& rule() const noexcept { return m_rule; }

    struct Outcome {
        /// `ALERTS` and `ALERTS_FOR_STATE` at the evaluation's time.
        std::vector<model::VectorSample> series;
        /// Alerts that began to fire or ended in this evaluation.
        std::vector<model::AlertStatus> changes;
    };

    /// Takes the expression's result at `timeMs`. Fails, and changes nothing, when two results get the same labels; fails,
    /// and forgets all alerts, when there are more than `limit` (0: no limit). Fails with cancelled, and changes nothing, when
    /// it is stopped while templates are expanded: these may ask queries.
    [[nodiscard]] Result<Outcome> evaluate(const model::Vector& result, std::int64_t timeMs, std::int64_t limit, const Expand& expand, std::stop_token stop = {});

    /// Takes over what was stored, unless it is older than the tolerance.
    void restore(const StoredAlert& alert, std::int64_t nowMs);
    [[nodiscard]] std::vector<StoredAlert> stored(std::int64_t timeMs) const;

    /// Pending and firing ones, sorted by labels.
    [[nodiscard]] std::vector<model::AlertStatus> active() const;
    [[nodiscard]] model::AlertState state() const;

private:
    Rule m_rule;
    std::map<model::Labels, model::AlertStatus> m_alerts;
};

}
