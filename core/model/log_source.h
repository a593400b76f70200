#pragma once

#include "core/base/result.h"
#include "core/model/labels.h"
#include "core/model/matcher.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::model {

/// One line of a stream. Time is Unix nanoseconds, UTC. `metadata` is Loki's structured metadata, sorted by name.
struct LogEntry {
    std::int64_t timeNs = 0;
    std::string line;
    std::vector<Label> metadata;
};

/// Names and values that live as long as the batch they came in.
using MetadataView = std::span<const std::pair<std::string_view, std::string_view>>;

/// Entries of one stream in columns, ordered by time, equal times in arrival order. Valid during the visitor's call.
struct LogBatchView {
    std::span<const std::int64_t> timesNs;
    std::span<const std::string_view> lines;       ///< empty if the request did not need lines
    std::span<const MetadataView> metadata;        ///< empty if no entry of the batch has any
};

/// What a query wants to see.
struct LogRequest {
    Matchers matchers;
    std::int64_t fromNs = 0;                                     ///< inclusive
    std::int64_t toNs = std::numeric_limits<std::int64_t>::max(); ///< exclusive
    bool needLines = true;    ///< false: times and metadata only
    /// A line can pass only if, for each group, it contains at least one of the group's literals. A hint: the source
    /// leaves out as many other lines as it cheaply can, and the engine tests what remains.
    std::vector<std::vector<std::string>> requiredLiterals;
};

/// One piece of a stream that is decoded at once. Pieces of the same stream may overlap in time.
struct LogUnit {
    std::size_t stream = 0; ///< index into LogSelection::streams()
    std::int64_t minNs = 0;
    std::int64_t maxNs = 0; ///< inclusive
    std::size_t entries = 0;
    std::size_t bytes = 0;  ///< of line text, uncompressed
    /// Entries of equal time in two units of a stream arrived in the order of this number.
    std::uint64_t sequence = 0;
};

/// The streams and pieces that a request touches. A consistent picture, as MetricSelection is.
/// Threading: read() is called from several threads at once.
class LogSelection {
public:
    using Visitor = std::function<void(const LogBatchView& batch)>;

    virtual ~LogSelection() = default;

    [[nodiscard]] virtual std::span<const LabelsRef> streams() const = 0;
    /// Units that can hold a line that passes; sorted by minNs, then sequence.
    [[nodiscard]] virtual std::span<const LogUnit> units() const = 0;
    /// Hands over the entries of one unit that lie in the request's time range, in one or more batches.
    [[nodiscard]] virtual Result<void> read(std::size_t unit, const Visitor& visitor, std::stop_token stop) const = 0;
};

/// Size of what matches, without decoding it.
struct LogVolume {
    std::size_t streams = 0;
    std::size_t chunks = 0;
    std::size_t entries = 0;
    std::size_t bytes = 0;
};

/// Where engines and pages read logs. Threading: every call from any thread.
class LogSource {
public:
    virtual ~LogSource() = default;

    [[nodiscard]] virtual Result<std::unique_ptr<LogSelection>> select(const LogRequest& request, std::stop_token stop) const = 0;

    /// Of streams that match any of `matcherSets` (all if it is empty) and have entries in [fromNs, toNs). Sorted.
    [[nodiscard]] virtual Result<std::vector<std::string>> labelNames(std::span<const Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const = 0;
    [[nodiscard]] virtual Result<std::vector<std::string>> labelValues(const std::string& name, std::span<const Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const = 0;
    [[nodiscard]] virtual Result<std::vector<LabelsRef>> series(std::span<const Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const = 0;
    [[nodiscard]] virtual Result<LogVolume> volume(const Matchers& matchers, std::int64_t fromNs, std::int64_t toNs) const = 0;

    /// Calls `listener` on the writer's thread with every committed push, for live tails, until the handle is destroyed.
    /// The listener must be quick and must not call back into the source.
    using Listener = std::function<void(const LabelsRef& stream, std::span<const LogEntry> entries)>;
    [[nodiscard]] virtual std::shared_ptr<void> listen(Listener listener) = 0;
};

/// Entries for one stream, in arrival order.
struct LogPush {
    Labels labels;
    std::vector<LogEntry> entries;
};

/// How far a collector has read its source; committed together with the lines it produced.
struct LogPosition {
    std::string source; ///< "docker/<container id>", "file/<path>"
    std::string value;  ///< the collector's own encoding; "" forgets the source
};

struct LogAppendSummary {
    std::size_t appended = 0;
    std::size_t duplicate = 0; ///< same stream, time and line as an entry already there
    std::size_t tooOld = 0;

    LogAppendSummary& operator+=(const LogAppendSummary& other)
    {
        appended += other.appended;
        duplicate += other.duplicate;
        tooOld += other.tooOld;
        return *this;
    }
};

/// Where lines are written. Threading: every call from any thread.
class LogSink {
public:
    /// Called on the writer's thread after the commit, or failed: then nothing of it was stored.
    using Committed = std::function<void(const Result<LogAppendSummary>&)>;

    virtual ~LogSink() = default;

    /// Queues pushes and positions for the same commit; waits for room if the queue is full.
    virtual void append(std::vector<LogPush> pushes, std::vector<LogPosition> positions, Committed committed) = 0;
    [[nodiscard]] Result<LogAppendSummary> appendAndWait(std::vector<LogPush> pushes, std::vector<LogPosition> positions = {});

    /// The committed position of a source; nothing if it was never read.
    [[nodiscard]] virtual Result<std::optional<std::string>> position(std::string_view source) const = 0;
};

}
