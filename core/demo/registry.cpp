#include "core/demo/registry.h"

#include "core/base/text.h"

namespace belvedere::demo {

void Registry::family(std::string name, std::string type, std::string help)
{
    m_families.push_back({ std::move(name), std::move(type), std::move(help), m_series.size() });
}

Registry::Handle Registry::add(std::vector<model::Label> labels, const std::string& suffix)
{
    labels.push_back({ std::string(model::kMetricName), m_families.back().name + suffix });
    m_series.push_back({ model::Labels(std::move(labels)), 0 });
    return m_series.size() - 1;
}

std::vector<model::MetricMetadata> Registry::metadata() const
{
    std::vector<model::MetricMetadata> out;
    out.reserve(m_families.size());
    for (const auto& family : m_families)
        out.push_back({ family.name, family.type, family.help, "" });
    return out;
}

std::string Registry::exposition() const
{
    std::string out;
    out.reserve(m_series.size() * 96);
    for (std::size_t f = 0; f < m_families.size(); ++f) {
        const auto& family = m_families[f];
        out += "# HELP " + family.name + " " + family.help + "\n# TYPE " + family.name + " " + family.type + "\n";
        const auto end = f + 1 < m_families.size() ? m_families[f + 1].firstSeries : m_series.size();
        for (auto i = family.firstSeries; i < end; ++i) {
            const auto text = m_series[i].labels.toString();
            out += text;
            out += ' ';
            appendValue(out, m_series[i].value);
            out += '\n';
        }
    }
    return out;
}

Histogram::Histogram(Registry& registry, std::vector<model::Label> labels, const std::vector<double>& bounds)
    : m_bounds(bounds)
{
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
        auto withBound = labels;
        // Prometheus 3 writes bounds in float form, and so do today's client libraries.
        auto text = i < bounds.size() ? formatValue(bounds[i]) : std::string("+Inf");
        if (i < bounds.size() && text.find_first_of(".e") == std::string::npos)
            text += ".0";
        withBound.push_back({ "le", text });
        m_buckets.push_back(registry.add(std::move(withBound), "_bucket"));
    }
    m_sum = registry.add(labels, "_sum");
    m_count = registry.add(std::move(labels), "_count");
}

void Histogram::observe(Registry& registry, double value) const
{
    for (std::size_t i = m_buckets.size(); i-- > 0;) {
        if (i < m_bounds.size() && value > m_bounds[i])
            break;
        registry.increase(m_buckets[i], 1);
    }
    registry.increase(m_sum, value);
    registry.increase(m_count, 1);
}

}
