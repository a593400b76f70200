#pragma once

#include "core/model/metric_source.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::test {

/// A line of series notation: `up{job="x"} 1 2 _ 4+1x3 stale`.
struct SeriesLine {
    model::Labels labels;
    std::vector<std::optional<double>> values; ///< nothing where the notation has `_`
};

/// Reads series notation. `_` is no sample, `_x3` three of them; `a+bx3` is a and three more, each b higher; `ax3` four
/// times a; `stale` a staleness marker.
[[nodiscard]] Result<SeriesLine> parseSeriesLine(std::string_view line);

/// Metrics in vectors. Threading: fill it before it is queried; then every call from any thread.
class MemoryMetricSource final : public model::MetricSource {
public:
    /// Appends to the series; times must increase.
    void add(const model::Labels& labels, std::int64_t timeMs, double value);
    void add(const model::Labels& labels, std::vector<std::int64_t> timesMs, std::vector<double> values);
    /// Samples at 0, interval, 2 × interval, … for each line of series notation. Replaces what was at the same times.
    [[nodiscard]] Result<void> load(std::int64_t intervalMs, std::span<const std::string> lines);
    void setMetadata(model::MetricMetadata metadata);

    [[nodiscard]] std::size_t seriesCount() const { return m_series.size(); }

    [[nodiscard]] Result<std::unique_ptr<model::MetricSelection>> select(const model::Matchers& matchers, model::TimeRange range, std::stop_token stop) const override;
    [[nodiscard]] Result<std::vector<std::string>> labelNames(std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const override;
    [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string& name, std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const override;
    [[nodiscard]] Result<std::vector<model::LabelsRef>> series(std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const override;
    [[nodiscard]] Result<std::vector<model::MetricMetadata>> metadata(const std::string& metric) const override;

private:
    struct Stored {
        model::LabelsRef labels;
        std::vector<std::int64_t> timesMs;
        std::vector<double> values;

        [[nodiscard]] bool hasSamplesIn(model::TimeRange range) const;
    };
    class Selection;

    Stored& stored(const model::Labels& labels);
    /// Calls `visit` for each series that matches any of the sets.
    template <class Visit>
    void eachMatching(std::span<const model::Matchers> matcherSets, model::TimeRange range, Visit visit) const;

    std::map<model::Labels, Stored> m_series;
    std::map<std::string, std::vector<const Stored*>, std::less<>> m_byName;
    std::map<std::string, model::MetricMetadata> m_metadata;
};

}
