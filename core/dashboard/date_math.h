#pragma once

#include "core/dashboard/time_format.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace belvedere::dashboard {

struct DateMathOptions {
    std::int64_t nowMs = 0;
    TimeZone zone;
    bool roundUp = false; ///< `/d` means the day's end: for the end of a range
    int fiscalYearStartMonth = 0; ///< 0 January
    int weekStart = 0;            ///< 0 Sunday
    TimeZone absoluteZone;        ///< for ISO texts without an offset
};

/// "now-6h", "now-1d/d", "now/fQ", "2024-01-15||+1d", ISO 8601. Null for what is none of it.
[[nodiscard]] std::optional<std::int64_t> parseDateMath(std::string_view text, const DateMathOptions& options);

/// Unix milliseconds.
struct TimeRangeMs {
    std::int64_t fromMs = 0;
    std::int64_t toMs = 0;

    [[nodiscard]] std::int64_t spanMs() const { return toMs - fromMs; }
    bool operator==(const TimeRangeMs&) const = default;
};

/// A range as dashboards keep it: date math, ISO 8601, or Unix milliseconds.
[[nodiscard]] std::optional<TimeRangeMs> parseTimeRange(std::string_view from, std::string_view to, DateMathOptions options);

/// No interval is longer, either way; some thirty thousand years.
inline constexpr double kLongestIntervalMs = 1e15;

/// "15s", "1h", "2d", "1.5h" in milliseconds; units y M w d h m s ms, the first one counts; a bare number is seconds. Null for another text.
[[nodiscard]] std::optional<double> intervalToMs(std::string_view text);
/// "1d", "5m", "10ms": the largest unit that is in it, the rest is dropped.
[[nodiscard]] std::string intervalText(std::int64_t milliseconds);
/// The next round step: 10 ms … 1 y.
[[nodiscard]] std::int64_t roundInterval(double milliseconds);
/// The step for a range on `resolution` points, not below `lowLimitMs`.
[[nodiscard]] std::int64_t calculateInterval(std::int64_t spanMs, double resolution, std::int64_t lowLimitMs = 1);

}
