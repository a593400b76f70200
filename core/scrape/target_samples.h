#pragma once

#include "core/ingest/exposition.h"
#include "core/ingest/relabel.h"
#include "core/ingest/scrape_config.h"
#include "core/model/metric_source.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace belvedere::scrape {

/// What a job says about the samples of its targets.
struct SampleRules {
    bool honorLabels = false;
    bool honorTimestamps = true;
    ingest::ScrapeLimits limits = {};
    ingest::Relabeler relabelling = {};
};

/// Turns the bodies of one target into batches, and remembers what it saw.
///
/// The series text of a line leads to its id: only a series that was never seen is parsed, relabelled and looked up.
/// Series come in the same order each time, so that even the look-up is nearly always one comparison with the series
/// that followed last time. All that a repeated scrape touches lies in that order in memory: with a hundred thousand
/// series nothing stays in the caches from one scrape to the next, and walking is four times as fast as jumping.
///
/// A series that was there in the last scrape and is not in this one ends with a stale marker.
/// Threading: none of its own.
class TargetSamples {
public:
    /// `sink` must outlive this.
    TargetSamples(model::MetricSink& sink, model::Labels targetLabels, std::shared_ptr<const SampleRules> rules);

    /// Forgets what series texts lead to; series that do not come back under the new rules become stale.
    void setRules(std::shared_ptr<const SampleRules> rules);

    struct Outcome {
        std::string error;       ///< empty: the scrape is good
        std::size_t scraped = 0; ///< samples in the body, as far as it was read
        std::size_t kept = 0;    ///< of them after relabelling
        std::size_t added = 0;   ///< series that were not in the last good scrape
        std::size_t exemplars = 0; ///< read and not stored
        std::size_t tooNew = 0;  ///< left out: more than 10 minutes in the future
    };

    /// Adds the samples of a body to `batch`, whose time is the scrape's. On an error the batch holds stale markers
    /// instead: a scrape counts as a whole or not at all. Metadata that are new or changed are added in either case.
    [[nodiscard]] Outcome take(std::string_view body, ingest::ExpositionFormat format, model::MetricBatch& batch);

    /// Adds stale markers for all that the last scrape had: there was no answer.
    void takeNothing(model::MetricBatch& batch);

    /// Adds up, scrape_duration_seconds, scrape_samples_scraped, scrape_samples_post_metric_relabeling and
    /// scrape_series_added. Call it after take() or takeNothing() with the same batch.
    [[nodiscard]] Result<void> report(bool up, double durationSeconds, const Outcome& outcome, model::MetricBatch& batch);

    /// Adds stale markers for everything, the reported series too: the target is gone.
    void end(model::MetricBatch& batch);

    [[nodiscard]] std::size_t seriesCount() const noexcept { return m_liveCount; }

private:
    /// What is known of one series text.
    struct Slot {
        std::size_t textBegin = 0; // in m_texts
        std::uint32_t textSize = 0;
        bool dropped = false; // by relabelling
        bool shared = false;  // another text leads to the same series; see m_shared
        bool live = false;    // had a sample without a time of its own in the last scrape
        model::SeriesId id {};
        std::uint64_t generation = 0;      // of the scrape that had it last
        std::uint64_t plainGeneration = 0; // likewise, without a time of its own
    };
    /// A series to which several texts lead, which happens when relabelling takes labels away.
    struct Shared {
        std::uint64_t generation = 0;
        bool live = false;
    };
    struct Family {
        model::MetricMetadata metadata;
        std::string rawHelp;
        bool changed = false;
    };
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view> {}(text); }
    };
    template <class T>
    using ByText = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

    /// The slot of the parser's series; made if it is new.
    [[nodiscard]] Result<std::size_t> slotFor(const ingest::ExpositionParser& parser);
    /// The series' id; nothing if relabelling drops it.
    [[nodiscard]] Result<std::optional<model::SeriesId>> resolve(const ingest::ExpositionParser& parser);
    [[nodiscard]] std::string_view textOf(std::size_t slot) const;
    [[nodiscard]] bool isPartOf(model::SeriesId id, std::uint64_t generation) const;
    void endVanished(model::MetricBatch& batch);
    void putInOrder(bool keepUnseen);
    void takeMetadata(ingest::ExpositionParser::Event event, const ingest::ExpositionParser& parser);
    Family& familyNamed(std::string_view name);

    model::MetricSink& m_sink;
    const model::Labels m_targetLabels;
    std::shared_ptr<const SampleRules> m_rules;

    std::vector<Slot> m_slots; // in the order of the scrapes; newcomers stand at the end until putInOrder()
    std::string m_texts;       // of the slots, one after the other
    std::unordered_multimap<std::size_t, std::uint32_t> m_byText; // slots by the hash of their text
    std::size_t m_ordered = 0; // slots before the newcomers
    std::unordered_map<model::SeriesId, std::uint32_t> m_byId; // a slot of each series
    std::unordered_map<model::SeriesId, Shared> m_shared;
    std::vector<model::SeriesId> m_orphans; // live under earlier rules
    std::vector<std::uint32_t> m_seen;      // slots of this scrape in its order; reused
    std::size_t m_liveCount = 0;
    std::uint64_t m_generation = 1;
    std::uint64_t m_lastGood = 0;
    std::vector<model::Label> m_labels; // reused
    ByText<Family> m_families;
    std::vector<Family*> m_changedFamilies;
    std::vector<model::SeriesId> m_reported; // ids of the five series; empty before the first report
};

}
