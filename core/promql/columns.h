#pragma once

#include "core/model/sample.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace belvedere::promql {

/// The times at which a query is evaluated.
struct Steps {
    std::int64_t startMs = 0;
    std::int64_t stepMs = 1;
    std::size_t count = 1;

    [[nodiscard]] std::int64_t at(std::size_t step) const noexcept { return startMs + stepMs * static_cast<std::int64_t>(step); }
    [[nodiscard]] std::int64_t lastMs() const noexcept { return at(count - 1); }
};

// A column holds one value for each step of one series. A step without a value holds kAbsent: the bits of the staleness
// marker, which no sample and no result can have. (A column of histograms would stand beside it, with a second NaN
// of this kind for "see there".) Arithmetic on kAbsent gives an ordinary NaN, so every operator asks isAbsent() first.

inline constexpr std::uint64_t kAbsentBits = model::kStaleNaNBits;
inline const double kAbsent = model::staleMarker();

[[nodiscard]] inline bool isAbsent(double value) noexcept { return std::bit_cast<std::uint64_t>(value) == kAbsentBits; }
[[nodiscard]] inline bool isPresent(double value) noexcept { return !isAbsent(value); }

/// The NaN that results carry.
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

[[nodiscard]] inline bool hasValue(std::span<const double> column) noexcept
{
    for (const double value : column) {
        if (isPresent(value))
            return true;
    }
    return false;
}

/// A sum with the error of its additions kept apart (Neumaier 1974; the error term is Knuth's TwoSum, which needs no
/// comparison).
struct Sum {
    double sum = 0;
    double error = 0;

    void add(double value) noexcept
    {
        const double total = sum + value;
        if (std::isinf(total)) {
            error = 0;
        } else {
            const double part = total - sum;
            error += (sum - (total - part)) + (value - part);
        }
        sum = total;
    }
    void add(const Sum& other) noexcept
    {
        add(other.sum);
        if (!std::isinf(sum))
            error += other.error;
    }
    [[nodiscard]] double value() const noexcept { return sum + error; }
};

}
