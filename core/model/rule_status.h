#pragma once

#include "core/model/labels.h"

#include <cstdint>
#include <string>
#include <vector>

namespace belvedere::model {

enum class AlertState : std::uint8_t { inactive, pending, firing };

/// One instance of an alerting rule.
struct AlertStatus {
    std::string rule;
    Labels labels;      ///< with alertname
    Labels annotations; ///< expanded
    AlertState state = AlertState::inactive;
    std::int64_t activeAtMs = 0;
    std::int64_t firedAtMs = 0;       ///< 0 unless firing
    std::int64_t resolvedAtMs = 0;    ///< set in the update that reports the end
    std::int64_t keepFiringSinceMs = 0;
    double value = 0;
};

/// An alert began to fire or ended, as the history keeps it.
struct AlertChange {
    std::int64_t timeMs = 0;
    std::string rule;
    Labels labels;
    AlertState state = AlertState::firing; ///< inactive: it ended
    double value = 0;

    bool operator==(const AlertChange&) const = default;
};

struct RuleStatus {
    enum class Kind : std::uint8_t { recording, alerting };

    Kind kind = Kind::alerting;
    std::string name;
    std::string expr;
    std::int64_t holdDurationMs = 0;
    std::int64_t keepFiringForMs = 0;
    Labels labels;
    Labels annotations; ///< as written, with their templates
    AlertState state = AlertState::inactive;
    std::vector<AlertStatus> alerts;
    std::string health; ///< ok, err, unknown
    std::string lastError;
    std::int64_t lastEvaluationMs = 0;
    double evaluationSeconds = 0;
};

struct RuleGroupStatus {
    std::string name;
    std::string file;
    std::int64_t intervalMs = 0;
    std::int64_t limit = 0;
    std::vector<RuleStatus> rules;
    std::int64_t lastEvaluationMs = 0;
    double evaluationSeconds = 0;
};

}
