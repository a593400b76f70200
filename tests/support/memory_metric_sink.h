#pragma once

#include "core/model/metric_source.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace belvedere::test {

/// A MetricSink that keeps every batch as it came, for tests of what writes. Commits at once, on the caller's thread.
class MemoryMetricSink final : public model::MetricSink {
public:
    [[nodiscard]] Result<model::SeriesId> seriesId(const model::Labels& labels) override
    {
        const std::scoped_lock lock(m_mutex);
        ++m_lookups;
        const auto [at, isNew] = m_ids.emplace(labels, m_series.size());
        if (isNew)
            m_series.push_back(labels);
        return model::SeriesId(at->second);
    }
    [[nodiscard]] Result<model::GroupId> groupId(std::string_view name) override
    {
        const std::scoped_lock lock(m_mutex);
        const auto [at, isNew] = m_groups.emplace(std::string(name), m_groups.size() + 1);
        return model::GroupId(at->second);
    }
    void append(model::MetricBatch batch, Committed committed) override
    {
        const model::AppendSummary summary { .appended = batch.series.size() + batch.timed.size() };
        {
            const std::scoped_lock lock(m_mutex);
            m_batches.push_back(std::move(batch));
        }
        if (committed)
            committed(summary);
    }

    [[nodiscard]] std::vector<model::MetricBatch> batches() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_batches;
    }
    [[nodiscard]] model::Labels labels(model::SeriesId series) const
    {
        const std::scoped_lock lock(m_mutex);
        return m_series.at(static_cast<std::size_t>(series));
    }
    /// How often seriesId() was called.
    [[nodiscard]] std::size_t lookups() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_lookups;
    }
    [[nodiscard]] std::size_t groupCount() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_groups.size();
    }
    [[nodiscard]] std::vector<model::MetricMetadata> metadata() const
    {
        const std::scoped_lock lock(m_mutex);
        std::vector<model::MetricMetadata> out;
        for (const auto& batch : m_batches)
            out.insert(out.end(), batch.metadata.begin(), batch.metadata.end());
        return out;
    }

    /// All samples of a series, in the order in which they came.
    [[nodiscard]] std::vector<model::Sample> samples(const model::Labels& labels) const
    {
        const std::scoped_lock lock(m_mutex);
        std::vector<model::Sample> out;
        const auto id = m_ids.find(labels);
        if (id == m_ids.end())
            return out;
        for (const auto& batch : m_batches) {
            for (std::size_t i = 0; i < batch.series.size(); ++i) {
                if (batch.series[i] == model::SeriesId(id->second))
                    out.push_back({ batch.timeMs, batch.values[i] });
            }
            for (const auto& timed : batch.timed) {
                if (timed.series == model::SeriesId(id->second))
                    out.push_back(timed.sample);
            }
        }
        return out;
    }
    /// Each series that has samples, as `name{labels}`, with the newest value.
    [[nodiscard]] std::map<std::string, double> newest() const
    {
        const std::scoped_lock lock(m_mutex);
        std::map<std::string, double> out;
        for (const auto& batch : m_batches) {
            for (std::size_t i = 0; i < batch.series.size(); ++i)
                out[m_series[static_cast<std::size_t>(batch.series[i])].toString()] = batch.values[i];
            for (const auto& timed : batch.timed)
                out[m_series[static_cast<std::size_t>(timed.series)].toString()] = timed.sample.value;
        }
        return out;
    }

private:
    mutable std::mutex m_mutex;
    std::map<model::Labels, std::uint64_t> m_ids;           // guarded by m_mutex
    std::vector<model::Labels> m_series;                    // guarded by m_mutex
    std::map<std::string, std::uint64_t> m_groups;          // guarded by m_mutex
    std::vector<model::MetricBatch> m_batches;              // guarded by m_mutex
    std::size_t m_lookups = 0;                              // guarded by m_mutex
};

}
