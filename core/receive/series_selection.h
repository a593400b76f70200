#pragma once

#include "core/base/result.h"
#include "core/model/matcher.h"
#include "core/model/metric_source.h"
#include "core/receive/http.h"

#include <cstddef>
#include <vector>

namespace belvedere::receive {

/// Which series a request for labels or series is about: its match[], start, end and limit.
struct SeriesSelection {
    std::vector<model::Matchers> matcherSets;
    model::TimeRange range;
    std::size_t limit = 0; ///< 0: none

    /// What to ask the source for: one more than the limit tells whether something was cut.
    [[nodiscard]] std::size_t asked() const { return limit == 0 ? 0 : limit + 1; }
    template <class T>
    [[nodiscard]] bool truncate(std::vector<T>& list) const
    {
        if (limit == 0 || list.size() <= limit)
            return false;
        list.resize(limit);
        return true;
    }
};

[[nodiscard]] Result<SeriesSelection> seriesSelection(const Parameters& parameters);
/// Every match[] of a request; each must restrict something.
[[nodiscard]] Result<std::vector<model::Matchers>> matcherSets(const Parameters& parameters);

}
