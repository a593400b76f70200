#pragma once

#include "core/base/result.h"
#include "core/promql/ast.h"
#include "core/promql/engine.h"

#include <cstdint>
#include <string_view>

namespace belvedere::promql {

/// Times beyond ± this are refused, so that arithmetic on times cannot overflow.
inline constexpr std::int64_t kLatestMs = 1LL << 61;

/// Reads and type-checks a query. Errors carry the place in `query`.
[[nodiscard]] Result<ExprPtr> parse(std::string_view query, const Features& features);

}
