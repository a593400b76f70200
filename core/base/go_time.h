#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace belvedere {

/// Writes a time the way Go's `time.Time.Format` does. `layout` shows how the reference time
/// "Mon Jan 2 15:04:05 MST 2006" would look; `zone` is "UTC", "Local" (taken as UTC) or an IANA name.
[[nodiscard]] Result<std::string> formatGoTime(std::string_view layout, std::int64_t unixNs, std::string_view zone = "UTC");

/// The same for times beyond what nanoseconds can hold: Go's zero time is 62135596800 seconds before 1970.
[[nodiscard]] Result<std::string> formatGoTimeParts(std::string_view layout, std::int64_t unixSeconds, std::int64_t nanoseconds, std::string_view zone = "UTC");

/// Reads a time written in `layout`; in Unix nanoseconds. A time without an offset is taken in `zone`.
[[nodiscard]] Result<std::int64_t> parseGoTime(std::string_view layout, std::string_view text, std::string_view zone = "UTC");

/// Reads Go's durations, in nanoseconds: "1h15m30.918s", "-1.5h", "100us", "0".
[[nodiscard]] Result<std::int64_t> parseGoDuration(std::string_view text);

/// Writes a duration as Go does: "1h15m30.918s", "1.5ms", "0s".
[[nodiscard]] std::string formatGoDuration(std::int64_t nanoseconds);

}
