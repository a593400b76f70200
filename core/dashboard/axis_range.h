#pragma once

#include "core/dashboard/display.h"

#include <optional>

namespace belvedere::dashboard {

/// What a panel says of the ends of a value axis.
struct AxisRangeOptions {
    std::optional<double> min = {};
    std::optional<double> max = {};
    std::optional<double> softMin = {}; ///< the end unless the data go beyond
    std::optional<double> softMax = {};
    std::optional<int> decimals = {};   ///< ends are rounded outwards to so many
    bool centeredZero = false;
    bool percentStack = false;
    int logBase = 0; ///< 0: linear
};

/// The ends of an axis for data in [low, high], as Grafana chooses them: a tenth of air above and below, round to two digits,
/// and zero where the data come near it. Where nothing can be drawn, 0 to 100.
[[nodiscard]] ValueRange axisRange(double low, double high, const AxisRangeOptions& options);

}
