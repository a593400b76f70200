#include "core/scrape/target_samples.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/model/sample.h"

#include <algorithm>
#include <optional>
#include <utility>

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
        return formatted("label_limit exceeded (metric: {}, number of labels: {}, limit: {})", metric, labels.size(), limits.labels);
    for (const auto& label : labels) {
        if (limits.labelNameLength != 0 && label.name.size() > limits.labelNameLength) {
            return formatted("label_name_length_limit exceeded (metric: {}, label name: {}, length: {}, limit: {})", metric, label.name.substr(0, 50),
                label.name.size(), limits.labelNameLength);
        }
        if (limits.labelValueLength != 0 && label.value.size() > limits.labelValueLength) {
            return formatted("label_value_length_limit exceeded (metric: {}, label name: {}, value: {}, length: {}, limit: {})", metric, label.name.substr(0, 50),
                goQuoted(label.value.substr(0, 50)), label.value.size(), limits.labelValueLength);
        }
    }
    return std::nullopt;
}

void addStale(model::SeriesId id, model::MetricBatch& batch)
{
    batch.series.push_back(id);
    batch.values.push_back(model::staleMarker());
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
    for (const auto& slot : m_slots) {
        if (slot.live)
            m_orphans.push_back(slot.id);
    }
    for (const auto& [id, shared] : m_shared) {
        if (shared.live)
            m_orphans.push_back(id);
    }
    m_slots.clear();
    m_texts.clear();
    m_byText.clear();
    m_byId.clear();
    m_shared.clear();
    m_ordered = 0;
}

std::string_view TargetSamples::textOf(std::size_t slot) const
{
    return { m_texts.data() + m_slots[slot].textBegin, m_slots[slot].textSize };
}

Result<std::optional<model::SeriesId>> TargetSamples::resolve(const ingest::ExpositionParser& parser)
{
    if (auto parsed = parser.labels(m_labels); !parsed)
        return std::unexpected(parsed.error());
    auto builder = withTargetLabels(m_labels, m_targetLabels, m_rules->honorLabels);
    if (!m_rules->relabelling.apply(builder) || builder.list().empty())
        return std::nullopt;
    const auto labels = builder.build();
    if (labels.metricName().empty())
        return failure(ErrorCode::parse, formatted("line {}: metric_relabel_configs removed the metric name (__name__)", parser.line()));
    if (auto exceeded = exceededLimit(labels, m_rules->limits))
        return failure(ErrorCode::limit, std::move(*exceeded));
    const auto id = m_sink.seriesId(labels);
    if (!id)
        return withContext(id.error(), "store");
    return *id;
}

Result<std::size_t> TargetSamples::slotFor(const ingest::ExpositionParser& parser)
{
    const auto text = parser.series();
    const auto hash = std::hash<std::string_view> {}(text);
    const auto [first, last] = m_byText.equal_range(hash);
    for (auto at = first; at != last; ++at) {
        if (textOf(at->second) == text)
            return at->second;
    }
    const auto id = resolve(parser);
    if (!id)
        return std::unexpected(id.error());
    const auto index = static_cast<std::uint32_t>(m_slots.size());
    Slot slot;
    slot.textBegin = m_texts.size();
    slot.textSize = static_cast<std::uint32_t>(text.size());
    slot.dropped = !*id;
    if (*id) {
        slot.id = **id;
        const auto [known, isNew] = m_byId.emplace(slot.id, index);
        if (!isNew) {
            slot.shared = true;
            if (auto& other = m_slots[known->second]; !std::exchange(other.shared, true))
                m_shared[slot.id] = { other.plainGeneration, std::exchange(other.live, false) };
        }
    }
    m_texts += text;
    m_slots.push_back(slot);
    m_byText.emplace(hash, index);
    return index;
}

TargetSamples::Outcome TargetSamples::take(std::string_view body, ingest::ExpositionFormat format, model::MetricBatch& batch)
{
    using Event = ingest::ExpositionParser::Event;
    Outcome out;
    ++m_generation;
    m_seen.clear();
    batch.series.reserve(m_liveCount + m_liveCount / 8 + kReportNames.size());
    batch.values.reserve(m_liveCount + m_liveCount / 8 + kReportNames.size());

    ingest::ExpositionParser parser(body, format);
    std::size_t next = 0; // slot that is expected
    std::size_t misses = 0;
    for (bool more = true; more && out.error.empty();) {
        const auto event = parser.next(next < m_ordered ? textOf(next) : std::string_view());
        switch (event) {
        case Event::end: more = false; continue;
        case Event::error: out.error = parser.error().message; continue;
        case Event::type:
        case Event::help:
        case Event::unit: takeMetadata(event, parser); continue;
        case Event::sample: break;
        }
        ++out.scraped;
        out.exemplars += parser.hasExemplar() ? 1 : 0;
        std::size_t index = next;
        if (!parser.isExpected()) {
            const auto found = slotFor(parser);
            if (!found) {
                out.error = found.error().message;
                continue;
            }
            index = *found;
            ++misses;
        }
        if (index < m_ordered) // behind a newcomer the order goes on where it was
            next = index + 1;
        auto& slot = m_slots[index];
        const bool isNew = slot.generation == 0 || slot.generation < m_lastGood;
        if (slot.generation != m_generation)
            m_seen.push_back(static_cast<std::uint32_t>(index));
        slot.generation = m_generation;
        if (slot.dropped)
            continue;
        ++out.kept;
        if (const auto ownTime = m_rules->honorTimestamps ? parser.timestampMs() : std::nullopt) {
            if (*ownTime > batch.timeMs + kMostFutureMs)
                ++out.tooNew;
            else
                batch.timed.push_back({ slot.id, { *ownTime, parser.value() } });
            out.added += isNew ? 1 : 0;
            continue;
        }
        // Of a repeated series, in the body or made by relabelling, the first sample counts.
        auto& plainGeneration = slot.shared ? m_shared[slot.id].generation : slot.plainGeneration;
        if (plainGeneration == m_generation)
            continue;
        plainGeneration = m_generation;
        batch.series.push_back(slot.id);
        batch.values.push_back(parser.value());
        out.added += isNew ? 1 : 0;
    }
    if (out.error.empty() && m_rules->limits.samples != 0 && out.kept > m_rules->limits.samples)
        out.error = formatted("sample limit exceeded: {} samples after relabelling, sample_limit is {}", out.kept, m_rules->limits.samples);

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

    endVanished(batch);
    m_lastGood = m_generation;
    // Some misses are cheaper than a new order. Series that do not come back are forgotten when they are many.
    const bool manyGone = m_slots.size() > m_seen.size() + m_seen.size() / 2 + 1000;
    if (manyGone || misses > 8 + m_slots.size() / 64)
        putInOrder(!manyGone);
    return out;
}

bool TargetSamples::isPartOf(model::SeriesId id, std::uint64_t generation) const
{
    const auto at = m_byId.find(id);
    if (at == m_byId.end())
        return false;
    const auto& slot = m_slots[at->second];
    return (slot.shared ? m_shared.at(id).generation : slot.plainGeneration) == generation;
}

void TargetSamples::endVanished(model::MetricBatch& batch)
{
    m_liveCount = 0;
    const auto update = [&](model::SeriesId id, bool& live, bool now) {
        if (live && !now)
            addStale(id, batch);
        live = now;
        m_liveCount += now ? 1 : 0;
    };
    for (auto& slot : m_slots) {
        if (!slot.shared && !slot.dropped)
            update(slot.id, slot.live, slot.plainGeneration == m_generation);
    }
    for (auto& [id, shared] : m_shared)
        update(id, shared.live, shared.generation == m_generation);
    for (const auto id : m_orphans) {
        if (!isPartOf(id, m_generation))
            addStale(id, batch);
    }
    m_orphans.clear();
}

void TargetSamples::takeNothing(model::MetricBatch& batch)
{
    for (auto& slot : m_slots) {
        if (std::exchange(slot.live, false))
            addStale(slot.id, batch);
    }
    for (auto& [id, shared] : m_shared) {
        if (std::exchange(shared.live, false))
            addStale(id, batch);
    }
    for (const auto id : m_orphans)
        addStale(id, batch);
    m_orphans.clear();
    m_liveCount = 0;
}

/// Lays the slots of this scrape, and their texts, one behind the other as they came; unseen ones stand behind them.
void TargetSamples::putInOrder(bool keepUnseen)
{
    std::vector<Slot> slots;
    std::string texts;
    slots.reserve(keepUnseen ? m_slots.size() : m_seen.size());
    texts.reserve(m_texts.size());
    m_byText.clear();
    m_byId.clear();
    const auto move = [&](std::size_t from) {
        const auto text = textOf(from);
        const auto to = static_cast<std::uint32_t>(slots.size());
        auto& slot = slots.emplace_back(m_slots[from]);
        slot.textBegin = texts.size();
        texts += text;
        m_byText.emplace(std::hash<std::string_view> {}(text), to);
        if (!slot.dropped)
            m_byId.emplace(slot.id, to);
    };
    for (const auto index : m_seen)
        move(index);
    m_ordered = slots.size();
    for (std::size_t index = 0; keepUnseen && index < m_slots.size(); ++index) {
        if (m_slots[index].generation != m_generation)
            move(index);
    }
    m_slots = std::move(slots);
    m_texts = std::move(texts);
    std::erase_if(m_shared, [this](const auto& item) { return !m_byId.contains(item.first); });
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
        if (m_byId.contains(m_reported[i])) {
            if (const auto at = std::ranges::find(batch.series, m_reported[i]); at != batch.series.end()) {
                batch.values[static_cast<std::size_t>(at - batch.series.begin())] = values[i];
                continue;
            }
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

}
