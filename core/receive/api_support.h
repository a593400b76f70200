#pragma once

#include "core/base/result.h"
#include "core/model/metric_source.h"
#include "core/model/query_value.h"
#include "core/receive/http.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// The HTTP status and Prometheus' word for an error.
struct ErrorForm {
    int status;
    std::string_view errorType;
};
[[nodiscard]] ErrorForm errorForm(ErrorCode code) noexcept;
[[nodiscard]] Response errorResponse(const Error& error);

/// `1748743200.125`, without decimals where there are none.
void appendSeconds(std::string& out, std::int64_t timeMs);
/// `{"name":"value",…}`.
void appendLabels(std::string& out, const model::Labels& labels);
/// `[time,"value"]`.
void appendSample(std::string& out, std::int64_t timeMs, double value);
/// `{"metric":{…},"values":[…]}`.
void appendSeries(std::string& out, const model::Series& series);

/// The remarks of a value, warnings apart from infos, as Prometheus puts them beside `data`; places in `query` are added.
void appendRemarks(std::string& out, const model::QueryValue& value, std::string_view query);

/// `"resultType":…,"result":…` of anything but streams.
void appendResult(std::string& out, const model::QueryValue& value);
/// The same, written to `writer` in pieces of bounded size; what is left is in `pending`.
void writeResult(BodyWriter& writer, std::string& pending, const model::QueryValue& value);
/// Samples that a value holds.
[[nodiscard]] std::size_t sampleCount(const model::QueryValue& value);

}
