#pragma once

#include "core/base/result.h"
#include "core/model/metric_source.h"
#include "core/receive/http.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace belvedere::receive {

/// The widest range that "everything" stands for: wide enough for every sample, narrow enough to calculate with.
inline constexpr model::TimeRange kAllTime { -9'000'000'000'000'000, 9'000'000'000'000'000 };
inline constexpr std::int64_t kMaxPointsPerSeries = 11'000;

/// A time in seconds or RFC 3339; `fallback` where the parameter is absent or empty and `required` is false.
/// Errors read as Prometheus' do: `invalid parameter "start": cannot parse "x" to a valid timestamp`.
[[nodiscard]] Result<std::int64_t> timeParameter(const Parameters& parameters, std::string_view name, std::int64_t fallbackMs);
[[nodiscard]] Result<std::int64_t> requiredTimeParameter(const Parameters& parameters, std::string_view name);
/// Seconds, also fractions, or a duration; in milliseconds.
[[nodiscard]] Result<std::int64_t> durationParameter(const Parameters& parameters, std::string_view name);
/// A whole number that is not negative; 0 where the parameter is absent.
[[nodiscard]] Result<std::size_t> limitParameter(const Parameters& parameters, std::string_view name);

/// Undoes the escaping of UTF-8 names in paths, `U__http_2e_server` for `http.server`; other names stay as they are.
[[nodiscard]] std::string unescapedName(std::string_view name);

}
