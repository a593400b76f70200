#pragma once

#include "core/base/result.h"

#include <filesystem>

namespace belvedere::app {

/// Copies the rule files that come with the program into `folder`, where they are the person's own from then on. A file that
/// is there is left as it is, and told of.
[[nodiscard]] Result<void> copyShippedRules(const std::filesystem::path& folder);

}
