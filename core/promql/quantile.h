#pragma once

#include "core/promql/columns.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace belvedere::promql {

/// NaN counts as smaller than every number.
[[nodiscard]] inline bool nanFirst(double a, double b) noexcept
{
    return std::isnan(a) ? !std::isnan(b) : a < b;
}

/// The quantile of values that are sorted by nanFirst(): a weighted average of the two neighbours of its rank.
[[nodiscard]] inline double quantileOfSorted(double q, std::span<const double> values) noexcept
{
    if (values.empty() || std::isnan(q))
        return kNaN;
    if (q < 0)
        return -kInfinity;
    if (q > 1)
        return kInfinity;
    const double rank = q * static_cast<double>(values.size() - 1);
    const auto lower = static_cast<std::size_t>(std::max(0.0, std::floor(rank)));
    const auto upper = std::min(values.size() - 1, lower + 1);
    const double weight = rank - std::floor(rank);
    return values[lower] * (1 - weight) + values[upper] * weight;
}

/// The same; reorders `values` only as far as it must.
[[nodiscard]] inline double quantileOf(double q, std::span<double> values) noexcept
{
    if (values.empty() || !(q >= 0 && q <= 1))
        return quantileOfSorted(q, values);
    const double rank = q * static_cast<double>(values.size() - 1);
    const auto lower = static_cast<std::ptrdiff_t>(std::floor(rank));
    const auto at = values.begin() + lower;
    std::nth_element(values.begin(), at, values.end(), nanFirst);
    const double weight = rank - std::floor(rank);
    const double upper = at + 1 == values.end() ? *at : *std::min_element(at + 1, values.end(), nanFirst);
    return *at * (1 - weight) + upper * weight;
}

}
