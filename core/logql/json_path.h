#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::logql {

/// One step of a path in a JSON expression: `.key`, `["key"]` or `[2]`.
struct JsonStep {
    std::string key;
    std::optional<std::size_t> index;
};

/// Reads the expression of `| json label="expression"`; at least one step.
[[nodiscard]] Result<std::vector<JsonStep>> parseJsonPath(std::string_view expression);

}
