#pragma once

#include "core/base/json.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace belvedere::dashboard {

/// A whole number as documents have it: a number, or a text that holds one. Decimals are cut off; beyond what an int holds it
/// is the nearest end. Nothing for all else.
[[nodiscard]] inline std::optional<int> looseInt(const Json& json) noexcept
{
    const auto number = json.looseNumber();
    if (!number || std::isnan(*number))
        return std::nullopt;
    return static_cast<int>(std::clamp(*number, static_cast<double>(std::numeric_limits<int>::min()), static_cast<double>(std::numeric_limits<int>::max())));
}

/// Milliseconds of a cell; 0 for what is no number.
[[nodiscard]] inline std::int64_t wholeMs(double milliseconds) noexcept
{
    constexpr double kMost = 9.0e18;
    return std::isnan(milliseconds) ? 0 : static_cast<std::int64_t>(std::clamp(milliseconds, -kMost, kMost));
}

}
