#pragma once

#include "core/ingest/exposition.h"
#include "core/ingest/relabel.h"
#include "core/ingest/scrape_config.h"
#include "core/model/metric_source.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
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
/// that followed last time. A series that was there in the last scrape and is not in this one ends with a stale marker.
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

    [[nodiscard]] std::size_t seriesCount() const noexcept { return m_live.size(); }

private:
    struct State { // of a series in the store
        model::SeriesId id {};
        std::uint64_t generation = 0; // of the scrape that had it last
    };
    struct Entry { // of a series text
        std::string_view text;
        State* state = nullptr; // null: relabelling dropped it
        std::uint64_t generation = 0;
        std::size_t position = 0; // in the order of the last scrape
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

    [[nodiscard]] Result<Entry*> entryFor(const ingest::ExpositionParser& parser);
    [[nodiscard]] Result<State*> stateFor(const ingest::ExpositionParser& parser);
    void takeMetadata(ingest::ExpositionParser::Event event, const ingest::ExpositionParser& parser);
    Family& familyNamed(std::string_view name);
    void forgetOld();

    model::MetricSink& m_sink;
    const model::Labels m_targetLabels;
    std::shared_ptr<const SampleRules> m_rules;

    ByText<Entry> m_entries;
    std::unordered_map<model::SeriesId, State> m_states;
    std::vector<Entry*> m_order; // as the last good scrape had them
    std::vector<Entry*> m_newOrder;
    std::vector<State*> m_live; // what the last scrape gave a sample without a time of its own
    std::vector<State*> m_newLive;
    std::uint64_t m_generation = 1;
    std::uint64_t m_lastGood = 0;
    std::vector<model::Label> m_labels; // reused
    ByText<Family> m_families;
    std::vector<Family*> m_changedFamilies;
    std::vector<model::SeriesId> m_reported; // ids of the five series; empty before the first report
};

}
