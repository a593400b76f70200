#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace belvedere::ui {

/// Times in Unix milliseconds and values, as a chart draws them; NaN is a gap.
struct ChartColumn {
    std::vector<double> timesMs;
    std::vector<double> values;
};

/// At most two samples for each of `pixels` columns of [fromMs, toMs]: the smallest and the largest value in it, in the
/// order in which they came, so that every spike stays visible. Gaps stay gaps. Runs in the worker, not in the window.
[[nodiscard]] ChartColumn reduceMinMax(std::span<const std::int64_t> timesMs, std::span<const double> values, std::int64_t fromMs, std::int64_t toMs, int pixels);

/// A distance between grid lines that people can count in, about `wanted` of them in [low, high]: 1, 2, 2.5 or 5 times a
/// power of ten, or powers of two for `binary`.
[[nodiscard]] double niceStep(double low, double high, int wanted, bool binary);

}
