#pragma once

#include "core/base/result.h"
#include "core/logql/ast.h"

#include <string_view>

namespace belvedere::logql {

/// Reads a query. Everything that Loki refuses before it runs is refused here, with the place in the query.
[[nodiscard]] Result<ExprPtr> parse(std::string_view query);

}
