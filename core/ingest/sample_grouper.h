#pragma once

#include "core/model/metric_source.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace belvedere::ingest {

/// Turns samples that come series by series into what the store likes: batches of series that share a group and a time.
/// Times that only a few series share travel as single samples, in one batch a group.
class SampleGrouper {
public:
    void add(model::GroupId group, model::SeriesId series, model::Sample sample)
    {
        m_rows.push_back({ group, sample.timeMs, series, sample.value });
    }
    [[nodiscard]] std::size_t size() const noexcept { return m_rows.size(); }

    /// Gives the batches, by group and time; of two samples of a series with the same time the one added first comes
    /// first. Then it is empty, and keeps its memory.
    [[nodiscard]] std::vector<model::MetricBatch> take();

private:
    struct Row {
        model::GroupId group;
        std::int64_t timeMs;
        model::SeriesId series;
        double value;
    };
    std::vector<Row> m_rows;
};

}
