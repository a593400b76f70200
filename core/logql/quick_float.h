#pragma once

#include <optional>
#include <string_view>

namespace belvedere::logql {

/// A float as Go reads it, without the cost of an error message; nothing if `text` is none.
[[nodiscard]] std::optional<double> quickFloat(std::string_view text);

}
