#pragma once

#include "core/base/result.h"
#include "core/logql/ast.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::logql {

/// Reads a query. Everything that Loki refuses before it runs is refused here, with the place in the query.
[[nodiscard]] Result<ExprPtr> parse(std::string_view query);

/// One step of a path in a JSON expression: `.key`, `["key"]` or `[2]`.
struct JsonStep {
    std::string key;
    std::optional<std::size_t> index;
};

/// Reads the expression of `| json label="expression"`.
[[nodiscard]] Result<std::vector<JsonStep>> parseJsonPath(std::string_view expression);

}
