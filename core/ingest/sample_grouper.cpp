#include "core/ingest/sample_grouper.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace belvedere::ingest {

namespace {

/// Below this a batch costs more than it saves.
constexpr std::ptrdiff_t kLeastShared = 4;

}

std::vector<model::MetricBatch> SampleGrouper::take()
{
    std::ranges::stable_sort(m_rows, {}, [](const Row& row) { return std::tuple(row.group, row.timeMs); });
    std::vector<model::MetricBatch> out;
    model::MetricBatch singles;
    const auto flushSingles = [&] {
        if (!singles.timed.empty())
            out.push_back(std::exchange(singles, {}));
    };
    for (auto first = m_rows.begin(); first != m_rows.end();) {
        const auto last = std::find_if(first, m_rows.end(), [&](const Row& row) { return row.group != first->group || row.timeMs != first->timeMs; });
        if (singles.group != first->group)
            flushSingles();
        singles.group = first->group;
        if (last - first < kLeastShared) {
            for (auto row = first; row != last; ++row)
                singles.timed.push_back({ row->series, { row->timeMs, row->value } });
        } else {
            model::MetricBatch batch;
            batch.group = first->group;
            batch.timeMs = first->timeMs;
            // A series may stand only once in a column; repetitions go along as single samples and are counted there.
            std::stable_sort(first, last, [](const Row& a, const Row& b) { return a.series < b.series; });
            batch.series.reserve(static_cast<std::size_t>(last - first));
            batch.values.reserve(static_cast<std::size_t>(last - first));
            for (auto row = first; row != last; ++row) {
                if (!batch.series.empty() && batch.series.back() == row->series) {
                    batch.timed.push_back({ row->series, { row->timeMs, row->value } });
                    continue;
                }
                batch.series.push_back(row->series);
                batch.values.push_back(row->value);
            }
            out.push_back(std::move(batch));
        }
        first = last;
    }
    flushSingles();
    m_rows.clear();
    return out;
}

}
