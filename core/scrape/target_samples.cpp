#include "core/scrape/target_samples.h"

#include "core/model/sample.h"

#include <algorithm>
#include <format>
#include <optional>
#include <unordered_set>

namespace belvedere::scrape {

namespace {

constexpr std::int64_t kMostFutureMs = 10 * 60 * 1000;
constexpr std::array<std::string_view, 5> kReportNames { "up", "scrape_duration_seconds", "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling", "scrape_series_added" };

/// Adds the target's labels: they win over scraped ones, which move to exported_NAME, unless the job honours those.
model::LabelsBuilder withTargetLabels(const std::vector<model::Label>& scraped, const model::Labels& target, bool honorLabels)
{
    model::LabelsBuilder builder;
    for (const auto& label : scraped)
        builder.set(label.name, label.value);
    if (honorLabels) {
        // A scraped label with an empty value counts as there: it takes the target's label away.
        for (const auto& label : target) {
            if (std::ranges::find(scraped, label.name, &model::Label::name) == scraped.end())
                builder.set(label.name, label.value);
        }
        return builder;
    }
    std::vector<model::Label> conflicting;
    for (const auto& label : target) {
        if (const auto value = builder.get(label.name); !value.empty())
            conflicting.push_back({ label.name, std::string(value) });
        builder.set(label.name, label.value);
    }
    std::ranges::stable_sort(conflicting, {}, [](const model::Label& label) { return label.name.size(); });
    for (const auto& label : conflicting) {
        auto name = "exported_" + label.name;
        while (!builder.get(name).empty())
            name = "exported_" + name;
        builder.set(name, label.value);
    }
    return builder;
}

std::optional<std::string> exceededLimit(const model::Labels& labels, const ingest::ScrapeLimits& limits)
{
    const auto metric = labels.metricName().substr(0, 50);
    if (limits.labels != 0 && labels.size() > limits.labels)
        return std::format("label_limit exceeded (metric: {}, number of labels: {}, limit: {})", metric, labels.size(), limits.labels);
    for (const auto& label : labels) {
        if (limits.labelNameLength != 0 && label.name.size() > limits.labelNameLength) {
            return std::format("label_name_length_limit exceeded (metric: {}, label name: {}, length: {}, limit: {})", metric, label.name.substr(0, 50),
                label.name.size(), limits.labelNameLength);
        }
        if (limits.labelValueLength != 0 && label.value.size() > limits.labelValueLength) {
            return std::format("label_value_length_limit exceeded (metric: {}, label name: {}, value: {}, length: {}, limit: {})", metric, label.name.substr(0, 50),
                model::quoted(label.value.substr(0, 50)), label.value.size(), limits.labelValueLength);
        }
    }
    return std::nullopt;
}

}

TargetSamples::TargetSamples(model::MetricSink& sink, model::Labels targetLabels, std::shared_ptr<const SampleRules> rules)
    : m_sink(sink)
    , m_targetLabels(std::move(targetLabels))
    , m_rules(std::move(rules))
{
}

void TargetSamples::setRules(std::shared_ptr<const SampleRules> rules)
{
    m_rules = std::move(rules);
    m_entries.clear();
    m_order.clear();
}

Result<TargetSamples::State*> TargetSamples::stateFor(const ingest::ExpositionParser& parser)
{
    if (auto parsed = parser.labels(m_labels); !parsed)
        return std::unexpected(parsed.error());
    auto builder = withTargetLabels(m_labels, m_targetLabels, m_rules->honorLabels);
    if (!m_rules->relabelling.apply(builder) || builder.list().empty())
        return nullptr;
    const auto labels = builder.build();
    const auto context = [&] { return std::format("line {}: ", parser.line()); };
    if (labels.metricName().empty())
        return failure(ErrorCode::parse, context() + "metric_relabel_configs removed the metric name (__name__)");
    if (auto exceeded = exceededLimit(labels, m_rules->limits))
        return failure(ErrorCode::limit, std::move(*exceeded));
    const auto id = m_sink.seriesId(labels);
    if (!id)
        return withContext(id.error(), "store");
    auto& state = m_states[*id];
    state.id = *id;
    return &state;
}

Result<TargetSamples::Entry*> TargetSamples::entryFor(const ingest::ExpositionParser& parser)
{
    if (const auto at = m_entries.find(parser.series()); at != m_entries.end())
        return &at->second;
    const auto state = stateFor(parser);
    if (!state)
        return std::unexpected(state.error());
    const auto at = m_entries.emplace(parser.series(), Entry {}).first;
    at->second.text = at->first;
    at->second.state = *state;
    return &at->second;
}

TargetSamples::Outcome TargetSamples::take(std::string_view body, ingest::ExpositionFormat format, model::MetricBatch& batch)
{
    using Event = ingest::ExpositionParser::Event;
    Outcome out;
    ++m_generation;
    m_newOrder.clear();
    m_newLive.clear();
    batch.series.reserve(m_live.size() + m_live.size() / 8 + kReportNames.size());
    batch.values.reserve(m_live.size() + m_live.size() / 8 + kReportNames.size());

    ingest::ExpositionParser parser(body, format);
    std::size_t next = 0; // in m_order
    for (bool more = true; more && out.error.empty();) {
        const auto event = parser.next(next < m_order.size() ? m_order[next]->text : std::string_view());
        switch (event) {
        case Event::end: more = false; continue;
        case Event::error: out.error = parser.error().message; continue;
        case Event::type:
        case Event::help:
        case Event::unit: takeMetadata(event, parser); continue;
        case Event::sample: break;
        }
        ++out.scraped;
        Entry* entry = nullptr;
        if (parser.isExpected()) {
            entry = m_order[next];
        } else {
            const auto found = entryFor(parser);
            if (!found) {
                out.error = found.error().message;
                continue;
            }
            entry = *found;
        }
        const bool repeated = entry->generation == m_generation;
        const bool isNew = entry->generation < m_lastGood || entry->generation == 0;
        if (entry->position < m_order.size() && m_order[entry->position] == entry)
            next = entry->position + 1;
        entry->generation = m_generation;
        if (!repeated)
            m_newOrder.push_back(entry);
        if (!entry->state)
            continue;
        ++out.kept;
        const auto ownTime = m_rules->honorTimestamps ? parser.timestampMs() : std::nullopt;
        if (ownTime) {
            if (*ownTime > batch.timeMs + kMostFutureMs)
                ++out.tooNew;
            else
                batch.timed.push_back({ entry->state->id, { *ownTime, parser.value() } });
            out.added += isNew ? 1 : 0;
            continue;
        }
        // Of a repeated series, in the body or made by relabelling, the first sample counts.
        if (entry->state->generation == m_generation)
            continue;
        entry->state->generation = m_generation;
        m_newLive.push_back(entry->state);
        batch.series.push_back(entry->state->id);
        batch.values.push_back(parser.value());
        out.added += isNew ? 1 : 0;
    }
    if (out.error.empty() && m_rules->limits.samples != 0 && out.kept > m_rules->limits.samples)
        out.error = std::format("sample limit exceeded: {} samples after relabelling, sample_limit is {}", out.kept, m_rules->limits.samples);

    for (auto* const family : m_changedFamilies) {
        family->changed = false;
        batch.metadata.push_back(family->metadata);
    }
    m_changedFamilies.clear();
    if (!out.error.empty()) {
        batch.series.clear();
        batch.values.clear();
        batch.timed.clear();
        out.added = 0;
        takeNothing(batch);
        return out;
    }

    for (auto* const state : m_live) {
        if (state->generation != m_generation) {
            batch.series.push_back(state->id);
            batch.values.push_back(model::staleMarker());
        }
    }
    for (std::size_t i = 0; i < m_newOrder.size(); ++i)
        m_newOrder[i]->position = i;
    std::swap(m_order, m_newOrder);
    std::swap(m_live, m_newLive);
    m_lastGood = m_generation;
    forgetOld();
    return out;
}

void TargetSamples::takeNothing(model::MetricBatch& batch)
{
    ++m_generation;
    for (auto* const state : m_live) {
        state->generation = m_generation;
        batch.series.push_back(state->id);
        batch.values.push_back(model::staleMarker());
    }
    m_live.clear();
}

Result<void> TargetSamples::report(bool up, double durationSeconds, const Outcome& outcome, model::MetricBatch& batch)
{
    if (m_reported.empty()) {
        std::vector<model::SeriesId> ids;
        for (const auto name : kReportNames) {
            const auto id = m_sink.seriesId(model::LabelsBuilder(m_targetLabels).set(model::kMetricName, name).build());
            if (!id)
                return withContext(id.error(), "store");
            ids.push_back(*id);
        }
        m_reported = std::move(ids);
    }
    const std::array<double, kReportNames.size()> values { up ? 1.0 : 0.0, durationSeconds, static_cast<double>(outcome.scraped),
        static_cast<double>(outcome.kept), static_cast<double>(outcome.added) };
    for (std::size_t i = 0; i < values.size(); ++i) {
        // A target can serve a series that looks like one of these (honor_labels); what it says comes second.
        if (const auto served = m_states.find(m_reported[i]); served != m_states.end() && served->second.generation == m_generation) {
            const auto at = std::ranges::find(batch.series, m_reported[i]);
            batch.values[static_cast<std::size_t>(at - batch.series.begin())] = values[i];
            continue;
        }
        batch.series.push_back(m_reported[i]);
        batch.values.push_back(values[i]);
    }
    return {};
}

void TargetSamples::end(model::MetricBatch& batch)
{
    takeNothing(batch);
    for (const auto id : m_reported) {
        if (std::ranges::find(batch.series, id) == batch.series.end()) {
            batch.series.push_back(id);
            batch.values.push_back(model::staleMarker());
        }
    }
    m_reported.clear();
}

TargetSamples::Family& TargetSamples::familyNamed(std::string_view name)
{
    if (const auto at = m_families.find(name); at != m_families.end())
        return at->second;
    auto& family = m_families[std::string(name)];
    family.metadata.metric = name;
    family.metadata.type = "unknown";
    family.changed = true;
    m_changedFamilies.push_back(&family);
    return family;
}

void TargetSamples::takeMetadata(ingest::ExpositionParser::Event event, const ingest::ExpositionParser& parser)
{
    using Event = ingest::ExpositionParser::Event;
    auto& family = familyNamed(parser.family());
    const auto text = parser.text();
    auto& metadata = family.metadata;
    switch (event) {
    case Event::type:
        if (metadata.type == text)
            return;
        metadata.type = text;
        break;
    case Event::help:
        if (family.rawHelp == text)
            return;
        family.rawHelp = text;
        metadata.help = parser.helpText();
        break;
    default:
        if (metadata.unit == text)
            return;
        metadata.unit = text;
        break;
    }
    if (!family.changed) {
        family.changed = true;
        m_changedFamilies.push_back(&family);
    }
}

/// Bounds memory for targets whose series come and go: what the last scrape did not have is looked up again if it returns.
void TargetSamples::forgetOld()
{
    constexpr std::size_t kSpare = 1000;
    if (m_entries.size() <= m_order.size() + m_order.size() / 2 + kSpare)
        return;
    std::erase_if(m_entries, [this](const auto& item) { return item.second.generation != m_generation; });
    std::unordered_set<const State*> used;
    for (const auto* const entry : m_order)
        used.insert(entry->state);
    std::erase_if(m_states, [&](const auto& item) { return !used.contains(&item.second); });
}

}
