#pragma once

#include "core/promql/columns.h"
#include "core/promql/functions.h"
#include "core/promql/range_source.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace belvedere::promql {

/// What a kernel works on: the samples of one series, its windows, and buffers that live from series to series.
struct RangeInput {
    std::span<const std::int64_t> times;
    std::span<const double> values;
    const Windows& windows;
    Steps steps;
    std::span<const std::vector<double>> parameters; ///< one column for each scalar argument
    struct Buffers& buffers;
    const std::stop_token& stop;
};

/// Fills one value a step, kAbsent where the window gives none. All steps of one series in one call, so that the window
/// can slide. Leaves early, with `out` unfinished, when stop is requested.
using RangeKernel = void (*)(const RangeInput& input, std::span<double> out);

/// Null if `id` takes no range vector (or is absent_over_time, which looks at all series at once).
[[nodiscard]] RangeKernel rangeKernel(FunctionId id) noexcept;

/// Reused by the kernels of one task.
struct Buffers {
    std::vector<double> values;
    std::vector<double> more;
    std::vector<std::uint32_t> counts;
    std::vector<std::uint32_t> places;
    std::vector<Sum> sums;
};

}
