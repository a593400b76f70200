#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace belvedere::model {

/// Time is Unix milliseconds, UTC.
struct Sample {
    std::int64_t timeMs = 0;
    double value = 0;
};

/// The NaN that marks a series as gone from this time on; its bits are those of Prometheus' remote write.
inline constexpr std::uint64_t kStaleNaNBits = 0x7ff0000000000002ULL;
/// The NaN that Prometheus writes for an ordinary "not a number".
inline constexpr std::uint64_t kNormalNaNBits = 0x7ff8000000000001ULL;

[[nodiscard]] inline double staleMarker() noexcept { return std::bit_cast<double>(kStaleNaNBits); }
[[nodiscard]] inline bool isStale(double value) noexcept { return std::bit_cast<std::uint64_t>(value) == kStaleNaNBits; }

/// Inclusive on both ends; Unix milliseconds.
struct TimeRange {
    std::int64_t fromMs = 0;
    std::int64_t toMs = 0;
};

/// Samples of one series, decoded: two columns of the same length, times strictly increasing.
/// Stale markers are included.
struct SampleView {
    std::span<const std::int64_t> timesMs;
    std::span<const double> values;
};

}
