#pragma once

#include "core/model/query_value.h"
#include "core/model/rule_status.h"
#include "core/model/target_status.h"
#include "ui/theme.h"

#include <QString>
#include <QStringList>

#include <map>
#include <optional>
#include <vector>

namespace belvedere::ui {

/// Everything that is known of one service, and what follows from it.
struct ServiceHealth {
    QString name;
    QString job; ///< of its targets; "" if it has none
    int containers = 0;
    QString containerText;               ///< state of the worst one
    std::optional<State> containerState; ///< of the worst one
    QString worstContainer;
    int targets = 0;
    int targetsUp = 0;
    int targetsDown = 0;
    std::optional<double> requestsPerSecond;
    std::optional<double> errorRatio;
    std::optional<double> p95Seconds;
    std::optional<double> logErrors; ///< in the last five minutes
    QStringList firing;              ///< rule names
    bool firingCritical = false;
    std::vector<double> rateTimesMs;
    std::vector<double> rates; ///< requests a second over the range

    State state = State::unknown;
    QString reason; ///< the first thing that is wrong; "" if nothing is
};

/// Answers to the page's queries; each by job or service. Absent ones leave the fact out.
struct ServiceMetrics {
    model::Matrix requestRate;
    model::Matrix errorRatio;
    model::Matrix p95;
    model::Vector logErrors;
};

/// One entry a service: containers by their compose service, targets by their labels or address, else their job, alerts and series by their labels
/// service, job or compose_service; those that have the same name are one. Worst first, then by name.
[[nodiscard]] std::vector<ServiceHealth> assembleServices(const model::TargetList& targets, const std::vector<model::ContainerStatus>& containers, const std::vector<model::RuleGroupStatus>& rules, const ServiceMetrics& metrics);

/// From more than this share of failing requests on a service deserves a warning, and is critical.
inline constexpr double kErrorRatioWarning = 0.01;
inline constexpr double kErrorRatioCritical = 0.05;

}
