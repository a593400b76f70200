#pragma once

#include "core/model/frame.h"

#include <cstddef>
#include <string>
#include <variant>

namespace belvedere::dashboard {

/// One cell. Times are numbers (Unix milliseconds), as in a dashboard's own terms.
using Value = std::variant<std::monostate, bool, double, std::string>;

[[nodiscard]] inline bool isNull(const Value& value) { return value.index() == 0; }
[[nodiscard]] Value valueAt(const model::Field& field, std::size_t row);
/// NaN for what is null or no number; booleans are 0 and 1, texts are read as numbers.
[[nodiscard]] double numberOf(const Value& value);
/// The way it is shown without any unit; "" for null.
[[nodiscard]] std::string textOf(const Value& value);

}
