#pragma once

#include "core/model/labels.h"
#include "core/model/sample.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace belvedere::logql {

/// The times at which a metric query is evaluated.
struct Grid {
    std::int64_t startNs = 0;
    std::int64_t stepNs = 1;
    std::size_t count = 1;

    [[nodiscard]] std::int64_t time(std::size_t step) const { return startNs + static_cast<std::int64_t>(step) * stepNs; }
};

/// Stands for "no sample at this step" in a column.
inline double absent() { return model::staleMarker(); }
inline bool isAbsent(double value) { return model::isStale(value); }

/// One series of a metric query with a value for every step of the grid.
struct Column {
    model::LabelsRef labels;
    std::vector<double> values;
};
using Columns = std::vector<Column>;

}
