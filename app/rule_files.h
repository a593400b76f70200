#pragma once

#include "core/alert/rule_file.h"
#include "core/base/result.h"
#include "core/promql/engine.h"
#include "core/workspace/configuration.h"

#include <filesystem>
#include <optional>
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
/// Copies the rule files that come with the program into `folder`, where they are the person's own from then on. A file that
/// is there is left as it is, and told of.
[[nodiscard]] Result<void> copyShippedRules(const std::filesystem::path& folder);
/// A folder of which every *.yml is read as rules; nothing if the configuration has none.
[[nodiscard]] std::optional<std::filesystem::path> rulesFolder(const workspace::Configuration& configuration);

}
