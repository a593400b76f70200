#pragma once

#include "core/model/labels.h"
#include "core/model/metric_source.h"

#include <cstddef>
#include <string>
#include <vector>

namespace belvedere::demo {

/// The series of one pretend service with their present values, as a client library would keep them.
/// Threading: none of its own.
class Registry {
public:
    using Handle = std::size_t;

    /// Declares a family; what is added next belongs to it. `type` is counter, gauge or histogram.
    void family(std::string name, std::string type, std::string help);
    /// Adds a series of the current family; `suffix` is for the parts of a histogram: "_bucket", "_sum", "_count".
    Handle add(std::vector<model::Label> labels, const std::string& suffix = {});

    void set(Handle series, double value) { m_series[series].value = value; }
    void increase(Handle series, double by) { m_series[series].value += by; }
    [[nodiscard]] double value(Handle series) const { return m_series[series].value; }

    struct Series {
        model::Labels labels; ///< with the metric name
        double value = 0;
    };
    [[nodiscard]] const std::vector<Series>& series() const noexcept { return m_series; }
    [[nodiscard]] std::vector<model::MetricMetadata> metadata() const;

    /// The text exposition format, version 0.0.4.
    [[nodiscard]] std::string exposition() const;

private:
    struct Family {
        std::string name;
        std::string type;
        std::string help;
        std::size_t firstSeries = 0;
    };
    std::vector<Family> m_families;
    std::vector<Series> m_series;
};

/// A classic histogram in a registry.
class Histogram {
public:
    Histogram() = default;
    Histogram(Registry& registry, std::vector<model::Label> labels, const std::vector<double>& bounds);

    void observe(Registry& registry, double value) const;

private:
    std::vector<double> m_bounds;
    std::vector<Registry::Handle> m_buckets; ///< one more than bounds: +Inf
    Registry::Handle m_sum = 0;
    Registry::Handle m_count = 0;
};

}
