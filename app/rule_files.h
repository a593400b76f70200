#pragma once

#include "core/alert/rule_file.h"
#include "core/promql/engine.h"
#include "core/workspace/configuration.h"

#include <vector>

namespace belvedere::app {

struct LoadedRules {
    std::vector<alert::RuleGroup> groups; ///< of the files without faults
    workspace::Faults faults;
};

/// Reads the rule files that a configuration names: those of its own stores, and those of its data sources.
[[nodiscard]] LoadedRules readRules(const workspace::Configuration& configuration, const promql::Features& features);
/// The rules that come with the program, which the demo uses.
[[nodiscard]] LoadedRules shippedRules(const promql::Features& features);

}
