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

/// Indexes of the finite values in [begin, end) that draw the same line as all of them, give or take a pixel, where
/// `columnMs` fall on one column: of each column the lowest and the highest value, and the last one where the next lies
/// beyond the next column. In the order of time.
[[nodiscard]] std::vector<std::size_t> pointsToDraw(std::span<const double> timesMs, std::span<const double> values, std::size_t begin, std::size_t end, double columnMs);

/// A distance between grid lines that people can count in, about `wanted` of them in [low, high]: 1, 2, 2.5 or 5 times a
/// power of ten, or powers of two for `binary`.
[[nodiscard]] double niceStep(double low, double high, int wanted, bool binary);

}
