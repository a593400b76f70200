#pragma once

#include "core/base/result.h"
#include "core/model/labels.h"
#include "core/model/matcher.h"
#include "core/model/sample.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace belvedere::model {

/// The series that a selector chose; their labels are known, their samples not yet decoded.
///
/// A selection is a consistent picture: what is written later does not show. It holds no open read transaction between
/// calls. Threading: read() is called from several threads at once, for ranges that do not overlap.
class MetricSelection {
public:
    /// Called once for each series of the range that has samples, in any order; the view is valid during the call.
    using Visitor = std::function<void(std::size_t series, SampleView samples)>;

    virtual ~MetricSelection() = default;

    [[nodiscard]] virtual std::size_t size() const = 0;
    /// Each label set occurs once.
    [[nodiscard]] virtual const LabelsRef& labels(std::size_t series) const = 0;
    /// Decodes the series with indices [begin, end) and hands each to `visitor`. Neighbours share storage, so ranges
    /// of some hundreds are cheaper than single ones. Ends early with cancelled when `stop` is requested.
    [[nodiscard]] virtual Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor, std::stop_token stop) const = 0;
};

/// What a metric is, as its exposition said.
struct MetricMetadata {
    std::string metric; ///< family name
    std::string type;   ///< counter, gauge, histogram, summary, gaugehistogram, info, stateset, unknown
    std::string help;
    std::string unit;

    bool operator==(const MetricMetadata&) const = default;
};

/// Where engines and pages read metrics: the embedded store, a vector of samples in a test.
/// Threading: every call from any thread.
class MetricSource {
public:
    virtual ~MetricSource() = default;

    /// Series that match all of `matchers` and may have samples in `range`.
    [[nodiscard]] virtual Result<std::unique_ptr<MetricSelection>> select(const Matchers& matchers, TimeRange range, std::stop_token stop) const = 0;

    /// Names, values and label sets of series that match any of `matcherSets` (all series if it is empty) and have
    /// samples in `range`. Sorted, unique. `limit` 0 means no limit.
    [[nodiscard]] virtual Result<std::vector<std::string>> labelNames(std::span<const Matchers> matcherSets, TimeRange range, std::size_t limit) const = 0;
    [[nodiscard]] virtual Result<std::vector<std::string>> labelValues(const std::string& name, std::span<const Matchers> matcherSets, TimeRange range, std::size_t limit) const = 0;
    [[nodiscard]] virtual Result<std::vector<LabelsRef>> series(std::span<const Matchers> matcherSets, TimeRange range, std::size_t limit) const = 0;

    /// Metadata of `metric`, or of all metrics if it is "". Sorted by metric.
    [[nodiscard]] virtual Result<std::vector<MetricMetadata>> metadata(const std::string& metric) const = 0;
};

/// A series in the store. Never reused for another label set.
enum class SeriesId : std::uint64_t {};

/// Series whose samples arrive together and share their timestamps: one target, one rule group, one push connection.
enum class GroupId : std::uint64_t {};

/// One scrape of one target, or anything else that arrives at once.
struct MetricBatch {
    struct Timed {
        SeriesId series;
        Sample sample;
    };

    GroupId group {};
    std::int64_t timeMs = 0;        ///< of `series`/`values`
    std::vector<SeriesId> series;   ///< each at most once
    std::vector<double> values;     ///< one for each of `series`
    std::vector<Timed> timed;       ///< samples with timestamps of their own, in any order
    std::vector<MetricMetadata> metadata; ///< only what is new or changed
};

/// What became of a batch. Nothing is dropped without being counted here.
struct AppendSummary {
    std::size_t appended = 0;
    std::size_t outOfOrder = 0; ///< older than the series' newest sample by more than the out-of-order window
    std::size_t duplicate = 0;  ///< another value for a time that the series already has; the first is kept
    std::size_t tooOld = 0;     ///< outside of retention

    AppendSummary& operator+=(const AppendSummary& other)
    {
        appended += other.appended;
        outOfOrder += other.outOfOrder;
        duplicate += other.duplicate;
        tooOld += other.tooOld;
        return *this;
    }
};

/// Where samples are written. Threading: every call from any thread.
class MetricSink {
public:
    /// Called on the writer's thread after the batch was committed, or failed: then nothing of it was stored.
    using Committed = std::function<void(const Result<AppendSummary>&)>;

    virtual ~MetricSink() = default;

    /// The id of a label set, made if it is new. The label set must have a metric name and be sorted.
    [[nodiscard]] virtual Result<SeriesId> seriesId(const Labels& labels) = 0;
    /// The id of a group, made if it is new. `name` identifies it over restarts (a target's job and address).
    [[nodiscard]] virtual Result<GroupId> groupId(std::string_view name) = 0;

    /// Queues a batch for the next commit; waits for room if the queue is full. `committed` may be empty.
    virtual void append(MetricBatch batch, Committed committed) = 0;
    /// Appends and waits for the commit.
    [[nodiscard]] Result<AppendSummary> appendAndWait(MetricBatch batch);
};

}
