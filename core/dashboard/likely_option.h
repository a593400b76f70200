#pragma once

#include "core/dashboard/variables.h"

#include <stop_token>
#include <vector>

namespace belvedere::dashboard {

/// The option that a person would most probably choose: the one for which most of the dashboard's metrics have series. Null
/// if no query narrows to the variable, or none has data for any option.
///
/// A foreign dashboard's `instance` offers whatever is up, in the order of the alphabet; the first of them is seldom what the
/// dashboard is about, and all of its panels would be empty. Asks the source once a metric, kMetricsAsked at most.
[[nodiscard]] const VariableOption* likelyOption(const Variable& variable, const std::vector<Panel>& panels, const datasource::DataSource& source, TimeRangeMs range, const std::stop_token& stop);

}
