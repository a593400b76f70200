#pragma once

#include "core/base/json_writer.h"
#include "core/model/metric_source.h"
#include "core/model/rule_status.h"
#include "core/model/target_status.h"
#include "core/receive/http.h"

#include <cstdint>
#include <vector>

namespace belvedere::receive {

using RuleGroups = std::vector<model::RuleGroupStatus>;

// The answers of Prometheus' API about the program instead of about samples. `parameters` are those of the request.

[[nodiscard]] Response targetsStatus(const Parameters& parameters, const model::TargetList& targets);
[[nodiscard]] Response scrapePoolsStatus(const model::TargetList& targets);
[[nodiscard]] Response rulesStatus(const Parameters& parameters, const RuleGroups& ruleGroups);
[[nodiscard]] Response alertsStatus(const RuleGroups& ruleGroups);
/// Type, help and unit of metrics.
[[nodiscard]] Response metadataStatus(const Parameters& parameters, const model::MetricSource& source);
/// The labels with most series among those with samples in the last hours.
[[nodiscard]] Response tsdbStatus(const Parameters& parameters, const model::MetricSource& source, std::int64_t nowMs);
/// RFC 3339; Go's zero time for 0.
void writeTime(JsonWriter& json, std::int64_t timeMs);

}
