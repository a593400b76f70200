#pragma once

#include "core/logql/ast.h"

#include <optional>
#include <string_view>

namespace belvedere::logql {

/// What a word or sign stands for in front of, or between, metric queries; nothing if it is none of these.
[[nodiscard]] std::optional<RangeOp> rangeOp(std::string_view text);
[[nodiscard]] std::optional<VectorOp> vectorOp(std::string_view text);
[[nodiscard]] std::optional<BinaryOp> binaryOp(std::string_view text);

/// How tightly an operator binds: 1 (`or`) to 6 (`^`).
[[nodiscard]] int precedence(BinaryOp op);

}
