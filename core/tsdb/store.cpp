#include "core/tsdb/store.h"

#include "core/kv/kv.h"
#include "core/tsdb/head.h"
#include "core/tsdb/journal.h"
#include "core/tsdb/partition.h"
#include "core/tsdb/sealer.h"
#include "core/tsdb/selection.h"
#include "core/tsdb/series_index.h"
#include "core/tsdb/series_part.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <format>
#include <future>
#include <map>
#include <mutex>
#include <ranges>
#include <shared_mutex>
#include <thread>
#include <variant>

// How a batch travels: append() queues it; the writer thread takes all that is queued, decides about each sample, codes
// what it keeps into one journal record, commits that, then adds the samples to the head and answers. When a group has
// collected enough timestamps, or the head takes too much memory, the head is frozen, a new one takes its place, and a
// second thread turns the frozen one into blocks; the writer stores them and removes the part of the journal that they
// replace in one transaction. What readers see changes at two points only, both under the state lock: when a row is added,
// and when blocks take the place of a frozen head.

namespace belvedere::tsdb {

using model::AppendSummary;
using model::MetricBatch;
using std::chrono::steady_clock;

namespace {

constexpr std::uint64_t kFormatVersion = 1;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
constexpr auto kRetentionInterval = std::chrono::minutes(1);

struct QueuedBatch {
    MetricBatch batch;
    model::MetricSink::Committed committed;
};
struct QueuedFlush {
    std::promise<Result<void>> done;
};
struct QueuedSealed { }; ///< the sealing thread has finished
using Queued = std::variant<QueuedBatch, QueuedFlush, QueuedSealed>;

/// What waits for the writer. Bounded by batches and by samples; orders are always let in.
class WriterQueue {
public:
    WriterQueue(std::size_t maxBatches, std::size_t maxSamples)
        : m_maxBatches(maxBatches)
        , m_maxSamples(maxSamples)
    {
    }

    /// Waits for room. False if the queue is closed.
    [[nodiscard]] bool push(QueuedBatch item)
    {
        const auto samples = item.batch.series.size() + item.batch.timed.size();
        {
            std::unique_lock lock(m_mutex);
            // A batch larger than the limit goes in alone.
            m_room.wait(lock, [&] { return m_closed || (m_batches < m_maxBatches && (m_samples == 0 || m_samples + samples <= m_maxSamples)); });
            if (m_closed)
                return false;
            ++m_batches;
            m_samples += samples;
            m_items.emplace_back(std::move(item));
        }
        m_filled.notify_one();
        return true;
    }
    [[nodiscard]] bool pushOrder(Queued item)
    {
        {
            const std::scoped_lock lock(m_mutex);
            if (m_closed)
                return false;
            m_items.push_back(std::move(item));
            ++m_orders;
        }
        m_filled.notify_one();
        return true;
    }
    /// Takes everything, once something is there and either `notBefore` has come, there is an order, or the queue is half
    /// full. Empty when `wakeAt` comes first, or when the queue is closed and drained.
    [[nodiscard]] std::deque<Queued> takeAll(steady_clock::time_point notBefore, steady_clock::time_point wakeAt)
    {
        std::deque<Queued> out;
        {
            std::unique_lock lock(m_mutex);
            m_filled.wait_until(lock, wakeAt, [&] { return m_closed || !m_items.empty(); });
            const auto urgent = [&] { return m_closed || m_orders > 0 || m_batches * 2 > m_maxBatches || m_samples * 2 > m_maxSamples; };
            if (!m_items.empty())
                m_filled.wait_until(lock, notBefore, urgent);
            out.swap(m_items);
            m_batches = 0;
            m_samples = 0;
            m_orders = 0;
        }
        m_room.notify_all();
        return out;
    }
    void close()
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_closed = true;
        }
        m_filled.notify_all();
        m_room.notify_all();
    }
    [[nodiscard]] bool closed() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_closed;
    }
    [[nodiscard]] std::size_t batches() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_batches;
    }

private:
    const std::size_t m_maxBatches;
    const std::size_t m_maxSamples;
    mutable std::mutex m_mutex;
    std::condition_variable m_filled;
    std::condition_variable m_room;
    // Guarded by m_mutex:
    std::deque<Queued> m_items;
    std::size_t m_batches = 0;
    std::size_t m_samples = 0;
    std::size_t m_orders = 0;
    bool m_closed = false;
};

std::string journalKey(std::uint64_t sequence)
{
    std::string key;
    kv::appendKey64(key, sequence);
    return key;
}

std::string encodeMetadata(const model::MetricMetadata& metadata)
{
    std::string out;
    putText(out, metadata.metric);
    putText(out, metadata.type);
    putText(out, metadata.help);
    putText(out, metadata.unit);
    return out;
}

Result<model::MetricMetadata> decodeMetadata(kv::Bytes bytes)
{
    Reader in(bytes);
    model::MetricMetadata metadata;
    metadata.metric = in.text();
    metadata.type = in.text();
    metadata.help = in.text();
    metadata.unit = in.text();
    if (in.failed())
        return failure(ErrorCode::corrupt, "stored metadata is damaged");
    return metadata;
}

std::int64_t floorTo(std::int64_t timeMs, std::int64_t step)
{
    const auto remainder = timeMs % step;
    return timeMs - (remainder < 0 ? remainder + step : remainder);
}

}

struct Store::Private {
    StoreOptions options;
    const Clock& clock;
    Logger& logger;
    std::unique_ptr<kv::Environment> environment;
    kv::Table table;
    kv::Table journal;
    mutable SeriesIndex index;

    /// Guards what readers see. Content of partitions is read after it was loaded, under this lock or from the writer.
    mutable std::shared_mutex stateMutex;
    mutable std::map<std::int64_t, std::shared_ptr<Partition>> partitions; // guarded by stateMutex; by start
    mutable std::shared_ptr<Head> head = std::make_shared<Head>();         // guarded by stateMutex
    mutable std::shared_ptr<Head> frozen;                                  // guarded by stateMutex; being sealed

    // Of the writer thread, and of open() before it starts:
    struct LastSample {
        std::int64_t timeMs = kNever;
        double value = 0;
        std::int64_t sealedIn = kNever; ///< newest partition that stores the series
    };
    std::vector<LastSample> last; ///< by handle
    JournalEncoder encoder { index, [this](Handle series) { return needsLabels(series); } };
    std::uint64_t nextSequence = 1;
    std::uint64_t frozenSequence = 0; ///< the journal up to here belongs to `frozen`
    steady_clock::time_point lastCommit {};
    steady_clock::time_point nextRetention {};
    std::thread sealing;
    /// What the sealing thread made of `frozen`; kept when it cannot be stored yet.
    std::optional<Result<std::vector<SealedPartition>>> sealed;

    std::unique_ptr<WriterQueue> queue;
    std::thread writer;

    struct Counters {
        std::atomic<std::uint64_t> appended = 0;
        std::atomic<std::uint64_t> outOfOrder = 0;
        std::atomic<std::uint64_t> duplicate = 0;
        std::atomic<std::uint64_t> tooOld = 0;
        std::atomic<std::uint64_t> failedBatches = 0;
        std::atomic<std::uint64_t> commits = 0;
        std::atomic<std::uint64_t> seals = 0;
    };
    Counters counters;

    // Of a store that is open for reading only: how far it has followed the writer in the other process.
    mutable std::mutex followMutex;
    mutable std::unique_ptr<JournalDecoder> follower; // guarded by followMutex
    mutable std::uint64_t followedSequence = 0;       // guarded by followMutex
    mutable std::uint64_t followedVersion = 0;        // guarded by followMutex

    Private(StoreOptions o, const Clock& c, Logger& l)
        : options(o)
        , clock(c)
        , logger(l)
    {
    }

    // Opening and following
    Result<void> openTables(const std::filesystem::path& folder);
    Result<std::map<std::int64_t, std::shared_ptr<Partition>>> readPartitions(const kv::Transaction& txn) const;
    Result<std::uint64_t> readVersion(const kv::Transaction& txn) const;
    JournalDecoder makeDecoder(Head& target, bool trackLast) const;
    Result<void> replay();
    Result<void> follow() const;

    // Reading
    Result<void> ensureLoaded(Partition& partition) const;
    Result<void> ensureLoaded(model::TimeRange range) const;
    /// Runs `work(members of the range)` under the state lock, with every touched partition loaded.
    template <class Work>
    Result<void> withMembers(model::TimeRange range, Work&& work) const;
    Result<HandleSet> resolveAny(std::span<const model::Matchers> matcherSets, model::TimeRange range) const;

    // Writing
    struct Prepared {
        std::uint32_t group = Head::kNowhere;
        std::int64_t timeMs = 0;
        std::vector<std::uint32_t> slots; ///< empty: all in order
        std::vector<double> values;
        std::vector<HandleSample> timed;
        AppendSummary summary;
    };
    bool needsLabels(Handle series) const;
    LastSample& lastOf(Handle series);
    enum class Verdict : std::uint8_t { inOrder, late, dropped };
    Verdict judge(Handle series, std::int64_t timeMs, double value, std::int64_t oldestMs, AppendSummary& summary);
    Result<Prepared> prepare(MetricBatch& batch);
    Result<void> prepareRow(MetricBatch& batch, std::int64_t oldestMs, Prepared& out);
    void apply(Prepared& prepared);
    void forget(std::span<const Prepared> prepared);
    void run();
    void commit(std::deque<QueuedBatch>& batches);
    Result<Sealer::Target> findTarget(std::int64_t timeMs);
    bool sealWanted() const;
    void startSealing();
    Result<void> storeSegments(SealedPartition& partition);
    Result<void> finishSealing();
    Result<void> flush();
    bool worthCompacting() const;
    Result<void> applyRetention();
    std::int64_t oldestAllowedMs() const;
};

// ---------------------------------------------------------------------------------------------------------------- open

Result<void> Store::Private::openTables(const std::filesystem::path& folder)
{
    auto opened = kv::Environment::open(folder, { .readOnly = options.readOnly, .maxReaders = 120, .syncEveryCommit = options.syncEveryCommit });
    if (!opened)
        return std::unexpected(std::move(opened.error()));
    environment = std::move(*opened);
    auto first = environment->table("store");
    if (!first)
        return std::unexpected(std::move(first.error()));
    auto second = environment->table("journal");
    if (!second)
        return std::unexpected(std::move(second.error()));
    table = *first;
    journal = *second;
    std::string format;
    {
        const auto txn = environment->read();
        if (!txn)
            return std::unexpected(txn.error());
        const auto stored = txn->get(table, std::string(1, keys::kFormat));
        if (!stored)
            return std::unexpected(stored.error());
        if (*stored)
            format = std::string(**stored);
    }
    if (format.empty()) {
        if (options.readOnly)
            return failure(ErrorCode::notFound, std::format("there is no metrics store in {}", folder.string()));
        std::string value;
        putVarint(value, kFormatVersion);
        putVarint(value, 0);
        return environment->write([&](kv::Transaction& txn) { return txn.put(table, std::string(1, keys::kFormat), value); });
    }
    Reader in(format);
    if (const auto version = in.varint(); in.failed() || version != kFormatVersion)
        return failure(ErrorCode::corrupt, std::format("the metrics store in {} has format {}, this program knows {}; use a newer one", folder.string(), version, kFormatVersion));
    return {};
}

/// Counts seals and deletions, so that a reader in another process notices them.
Result<std::uint64_t> Store::Private::readVersion(const kv::Transaction& txn) const
{
    const auto stored = txn.get(table, std::string(1, keys::kFormat));
    if (!stored)
        return std::unexpected(stored.error());
    Reader in(stored->value_or(kv::Bytes()));
    (void)in.varint();
    const auto version = in.varint();
    if (in.failed())
        return failure(ErrorCode::corrupt, "the format record is damaged");
    return version;
}

namespace {

Result<void> bumpVersion(kv::Transaction& txn, kv::Table table, std::uint64_t version)
{
    std::string value;
    putVarint(value, kFormatVersion);
    putVarint(value, version);
    return txn.put(table, std::string(1, keys::kFormat), value);
}

}

Result<std::map<std::int64_t, std::shared_ptr<Partition>>> Store::Private::readPartitions(const kv::Transaction& txn) const
{
    std::map<std::int64_t, std::shared_ptr<Partition>> out;
    auto cursor = txn.cursor(table);
    if (!cursor)
        return std::unexpected(std::move(cursor.error()));
    for (bool more = cursor->seek(std::string(1, keys::kPartition)); more && cursor->key().front() == keys::kPartition; more = cursor->next()) {
        if (cursor->key().size() != 9)
            return failure(ErrorCode::corrupt, "a partition has a damaged key");
        const auto start = kv::readKeySigned64(cursor->key().substr(1));
        auto record = PartitionRecord::decode(start, cursor->value());
        if (!record)
            return std::unexpected(std::move(record.error()));
        auto partition = std::make_shared<Partition>();
        partition->record = *record;
        out.emplace(start, std::move(partition));
    }
    return out;
}

JournalDecoder Store::Private::makeDecoder(Head& target, bool trackLast) const
{
    auto* self = const_cast<Private*>(this); // opening fills the writer's own state
    const auto note = [self, trackLast](Handle series, std::int64_t timeMs, double value) {
        if (!trackLast)
            return;
        auto& seen = self->lastOf(series);
        if (timeMs > seen.timeMs) {
            seen.timeMs = timeMs;
            seen.value = value;
        }
    };
    JournalDecoder::Callbacks callbacks;
    callbacks.define = [self](const model::Labels& labels) { return self->index.intern(labels); };
    callbacks.resolve = [self](model::SeriesId id) -> Result<Handle> {
        if (const auto known = self->index.find(id))
            return *known;
        // Its labels are in a partition, most likely the newest. The caller has the state for itself.
        for (const auto& [start, partition] : self->partitions | std::views::reverse) {
            if (partition->content)
                continue;
            const auto txn = self->environment->read();
            if (!txn)
                return std::unexpected(txn.error());
            auto content = loadPartition(*txn, self->table, partition->record, self->index);
            if (!content)
                return std::unexpected(std::move(content.error()));
            partition->content = std::move(*content);
            if (const auto known = self->index.find(id))
                return *known;
        }
        return failure(ErrorCode::corrupt, std::format("the journal names series {:016x}, which is stored nowhere", static_cast<std::uint64_t>(id)));
    };
    callbacks.row = [&target, note](model::GroupId id, std::int64_t timeMs, std::span<const Handle> series, std::span<const double> values) {
        const auto number = target.group(id);
        auto& group = target.groupAt(number);
        // The journal may hold the records of a head that was being sealed and of the one after it. What each put into a
        // row need not fit behind the rows of the other.
        const bool later = timeMs > group.lastMs;
        if (later && !series.empty() && std::ranges::equal(series, group.members)) {
            for (std::size_t i = 0; i < series.size(); ++i)
                note(series[i], timeMs, values[i]);
            target.install(group, target.makeRoom(group));
            target.addRow(group, timeMs, {}, values);
            return;
        }
        std::vector<std::uint32_t> slots;
        std::vector<HandleSample> timed;
        std::vector<double> rowValues;
        slots.reserve(series.size());
        bool inOrder = true;
        for (std::size_t i = 0; i < series.size(); ++i) {
            note(series[i], timeMs, values[i]);
            const auto slot = later ? target.slot(number, series[i]) : Head::kNowhere;
            if (slot == Head::kNowhere) {
                timed.push_back({ series[i], timeMs, values[i] });
                continue;
            }
            inOrder = inOrder && slot == slots.size();
            slots.push_back(slot);
            rowValues.push_back(values[i]);
        }
        if (!slots.empty()) {
            target.install(group, target.makeRoom(group));
            if (inOrder && slots.size() == group.members.size())
                slots.clear();
            target.addRow(group, timeMs, slots, rowValues);
        }
        target.addTimed(timed);
    };
    callbacks.timed = [&target, note](std::span<const HandleSample> samples) {
        for (const auto& sample : samples)
            note(sample.series, sample.timeMs, sample.value);
        target.addTimed(samples);
    };
    return JournalDecoder(std::move(callbacks));
}

Result<void> Store::Private::replay()
{
    const auto txn = environment->read();
    if (!txn)
        return std::unexpected(txn.error());
    auto read = readPartitions(*txn);
    if (!read)
        return std::unexpected(std::move(read.error()));
    partitions = std::move(*read);
    const auto version = readVersion(*txn);
    if (!version)
        return std::unexpected(version.error());
    auto cursor = txn->cursor(journal);
    if (!cursor)
        return std::unexpected(std::move(cursor.error()));
    auto decoder = std::make_unique<JournalDecoder>(makeDecoder(*head, !options.readOnly));
    for (bool more = cursor->first(); more; more = cursor->next()) {
        const auto sequence = kv::readKey64(cursor->key());
        if (auto done = decoder->record(cursor->value()); !done)
            return withContext(std::move(done.error()), std::format("journal record {}", sequence));
        nextSequence = sequence + 1;
    }
    followedSequence = nextSequence - 1;
    followedVersion = *version;
    if (options.readOnly)
        follower = std::move(decoder);
    return {};
}

/// Catches up with the process that writes.
Result<void> Store::Private::follow() const
{
    if (!options.readOnly)
        return {};
    const std::scoped_lock followLock(followMutex);
    const auto txn = environment->read();
    if (!txn)
        return std::unexpected(txn.error());
    const auto version = readVersion(*txn);
    if (!version)
        return std::unexpected(version.error());
    auto cursor = txn->cursor(journal);
    if (!cursor)
        return std::unexpected(std::move(cursor.error()));
    const bool sameBase = *version == followedVersion;
    if (sameBase && (!cursor->last() || kv::readKey64(cursor->key()) <= followedSequence))
        return {};
    if (!sameBase) {
        auto read = readPartitions(*txn);
        if (!read)
            return std::unexpected(std::move(read.error()));
        const std::unique_lock lock(stateMutex);
        partitions = std::move(*read);
        head = std::make_shared<Head>();
        follower = std::make_unique<JournalDecoder>(makeDecoder(*head, false));
        followedVersion = *version;
        followedSequence = 0;
    }
    std::vector<kv::Bytes> records;
    auto sequence = followedSequence;
    for (bool more = cursor->seek(journalKey(followedSequence + 1)); more; more = cursor->next()) {
        records.push_back(cursor->value());
        sequence = kv::readKey64(cursor->key());
    }
    const std::unique_lock lock(stateMutex);
    for (const auto record : records) {
        if (auto done = follower->record(record); !done)
            return done;
    }
    followedSequence = sequence;
    return {};
}

// ------------------------------------------------------------------------------------------------------------- reading

Result<void> Store::Private::ensureLoaded(Partition& partition) const
{
    const std::scoped_lock loadLock(partition.loadMutex);
    PartitionRecord record;
    {
        const std::shared_lock lock(stateMutex);
        if (partition.content)
            return {};
        record = partition.record;
    }
    const auto txn = environment->read();
    if (!txn)
        return std::unexpected(txn.error());
    auto content = loadPartition(*txn, table, record, index);
    if (!content)
        return std::unexpected(std::move(content.error()));
    const std::unique_lock lock(stateMutex);
    partition.content = std::move(*content);
    return {};
}

Result<void> Store::Private::ensureLoaded(model::TimeRange range) const
{
    std::vector<std::shared_ptr<Partition>> missing;
    {
        const std::shared_lock lock(stateMutex);
        for (const auto& [start, partition] : partitions) {
            if (!partition->content && partition->record.overlaps(range.fromMs, range.toMs))
                missing.push_back(partition);
        }
    }
    for (const auto& partition : missing) {
        if (auto done = ensureLoaded(*partition); !done)
            return done;
    }
    return {};
}

template <class Work>
Result<void> Store::Private::withMembers(model::TimeRange range, Work&& work) const
{
    if (auto done = follow(); !done)
        return done;
    for (;;) {
        if (auto done = ensureLoaded(range); !done)
            return done;
        const std::shared_lock lock(stateMutex);
        std::vector<const HandleSet*> sets;
        bool loaded = true;
        for (const auto& [start, partition] : partitions) {
            if (!partition->record.overlaps(range.fromMs, range.toMs))
                continue;
            if (!partition->content) {
                loaded = false; // sealed just now
                break;
            }
            sets.push_back(&partition->content->members);
        }
        if (!loaded)
            continue;
        for (const auto& some : { frozen, head }) {
            if (some && !some->empty() && some->minMs() <= range.toMs && some->maxMs() >= range.fromMs)
                sets.push_back(&some->members());
        }
        if (sets.empty())
            work(HandleSet());
        else if (sets.size() == 1)
            work(*sets.front());
        else
            work(HandleSet::fastunion(sets.size(), sets.data()));
        return {};
    }
}

Result<HandleSet> Store::Private::resolveAny(std::span<const model::Matchers> matcherSets, model::TimeRange range) const
{
    HandleSet out;
    auto done = withMembers(range, [&](const HandleSet& members) {
        if (matcherSets.empty())
            out = members;
        for (const auto& matchers : matcherSets)
            out |= index.resolve(matchers, members);
    });
    if (!done)
        return std::unexpected(std::move(done.error()));
    return out;
}

// ------------------------------------------------------------------------------------------------------------- writing

bool Store::Private::needsLabels(Handle series) const
{
    return series >= last.size() || last[series].sealedIn == kNever;
}

Store::Private::LastSample& Store::Private::lastOf(Handle series)
{
    if (last.size() <= series)
        last.resize(std::max<std::size_t>(series + 1, last.size() * 3 / 2));
    return last[series];
}

std::int64_t Store::Private::oldestAllowedMs() const
{
    return options.retentionMs > 0 ? clock.nowMs() - options.retentionMs : kNever;
}

Store::Private::Verdict Store::Private::judge(Handle series, std::int64_t timeMs, double value, std::int64_t oldestMs, AppendSummary& summary)
{
    auto& seen = lastOf(series);
    if (timeMs < oldestMs) {
        ++summary.tooOld;
        return Verdict::dropped;
    }
    if (timeMs > seen.timeMs) {
        seen.timeMs = timeMs;
        seen.value = value;
        ++summary.appended;
        return Verdict::inOrder;
    }
    if (timeMs == seen.timeMs) {
        // The very same sample once more is as good as appended; another value is refused.
        if (std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(seen.value))
            ++summary.appended;
        else
            ++summary.duplicate;
        return Verdict::dropped;
    }
    if (timeMs < seen.timeMs - options.outOfOrderWindowMs) {
        ++summary.outOfOrder;
        return Verdict::dropped;
    }
    ++summary.appended;
    return Verdict::late;
}

Result<void> Store::Private::prepareRow(MetricBatch& batch, std::int64_t oldestMs, Prepared& out)
{
    if (batch.series.size() != batch.values.size())
        return failure(ErrorCode::invalidArgument, "a batch needs one value for each series");
    const auto known = head->findGroup(batch.group);
    const bool asBefore = known && head->groupAt(*known).lastSeries == batch.series;
    if (!asBefore) {
        std::vector<Handle> handles;
        index.find(batch.series, handles);
        if (std::find(handles.begin(), handles.end(), SeriesIndex::kNoHandle) != handles.end())
            return failure(ErrorCode::notFound, "a batch names a series that the store does not know; ask for its id again");
        const std::unique_lock lock(stateMutex);
        const auto number = head->group(batch.group);
        auto& group = head->groupAt(number);
        group.lastSlots.clear();
        group.lastHandles = std::move(handles);
        group.lastInOrder = true;
        for (std::size_t i = 0; i < group.lastHandles.size(); ++i) {
            group.lastSlots.push_back(head->slot(number, group.lastHandles[i]));
            group.lastInOrder = group.lastInOrder && group.lastSlots.back() == i;
        }
        group.lastSeries = batch.series;
    }
    const auto number = *head->findGroup(batch.group);
    auto& group = head->groupAt(number);
    const bool later = batch.timeMs > group.preparedMs;
    bool all = later && group.lastInOrder && group.lastSlots.size() == group.members.size();
    for (std::size_t i = 0; i < batch.values.size(); ++i) {
        const auto series = group.lastHandles[i];
        const auto verdict = judge(series, batch.timeMs, batch.values[i], oldestMs, out.summary);
        const bool inRow = verdict == Verdict::inOrder && later && group.lastSlots[i] != Head::kNowhere;
        if (all && inRow)
            continue;
        if (all) {
            // The first that does not fit: what went before it was a row without gaps.
            all = false;
            for (std::size_t before = 0; before < i; ++before) {
                out.slots.push_back(group.lastSlots[before]);
                out.values.push_back(batch.values[before]);
            }
        }
        if (inRow) {
            out.slots.push_back(group.lastSlots[i]);
            out.values.push_back(batch.values[i]);
        } else if (verdict != Verdict::dropped) {
            out.timed.push_back({ series, batch.timeMs, batch.values[i] });
        }
    }
    if (all)
        out.values = std::move(batch.values);
    if (!out.values.empty()) {
        out.group = number;
        out.timeMs = batch.timeMs;
        group.preparedMs = batch.timeMs;
    }
    return {};
}

Result<Store::Private::Prepared> Store::Private::prepare(MetricBatch& batch)
{
    Prepared out;
    const auto oldestMs = oldestAllowedMs();
    std::vector<Handle> timedHandles;
    if (!batch.timed.empty()) {
        std::vector<model::SeriesId> ids;
        ids.reserve(batch.timed.size());
        for (const auto& timed : batch.timed)
            ids.push_back(timed.series);
        index.find(ids, timedHandles);
        if (std::find(timedHandles.begin(), timedHandles.end(), SeriesIndex::kNoHandle) != timedHandles.end())
            return failure(ErrorCode::notFound, "a batch names a series that the store does not know; ask for its id again");
    }
    if (!batch.series.empty()) {
        if (auto done = prepareRow(batch, oldestMs, out); !done)
            return std::unexpected(std::move(done.error()));
    }
    for (std::size_t i = 0; i < timedHandles.size(); ++i) {
        const auto& sample = batch.timed[i].sample;
        if (judge(timedHandles[i], sample.timeMs, sample.value, oldestMs, out.summary) != Verdict::dropped)
            out.timed.push_back({ timedHandles[i], sample.timeMs, sample.value });
    }
    if (out.group != Head::kNowhere)
        encoder.addRow(batch.group, head->groupAt(out.group).members, out.timeMs, out.slots, out.values);
    if (!out.timed.empty())
        encoder.addTimed(out.timed);
    return out;
}

void Store::Private::apply(Prepared& prepared)
{
    counters.appended += prepared.summary.appended;
    counters.outOfOrder += prepared.summary.outOfOrder;
    counters.duplicate += prepared.summary.duplicate;
    counters.tooOld += prepared.summary.tooOld;
    Head::Packed packed;
    if (prepared.group != Head::kNowhere)
        packed = head->makeRoom(head->groupAt(prepared.group));
    const std::unique_lock lock(stateMutex);
    if (prepared.group != Head::kNowhere) {
        auto& group = head->groupAt(prepared.group);
        head->install(group, std::move(packed));
        head->addRow(group, prepared.timeMs, prepared.slots, prepared.values);
    }
    if (!prepared.timed.empty())
        head->addTimed(prepared.timed);
}

/// After a commit that failed: nothing of it was stored, so the next samples must not be measured by it.
void Store::Private::forget(std::span<const Prepared> prepared)
{
    encoder.reset();
    for (const auto& one : prepared) {
        for (const auto& sample : one.timed)
            lastOf(sample.series).timeMs = kNever;
        if (one.group == Head::kNowhere)
            continue;
        auto& group = head->groupAt(one.group);
        group.preparedMs = group.lastMs;
        for (const auto member : group.members)
            lastOf(member).timeMs = kNever;
    }
}

void Store::Private::commit(std::deque<QueuedBatch>& batches)
{
    if (batches.empty())
        return;
    lastCommit = steady_clock::now();
    encoder.beginRecord();
    std::vector<Prepared> prepared;
    std::vector<std::size_t> batchOf;
    std::vector<model::MetricMetadata> metadata;
    prepared.reserve(batches.size());
    for (std::size_t i = 0; i < batches.size(); ++i) {
        auto one = prepare(batches[i].batch);
        if (!one) {
            ++counters.failedBatches;
            if (batches[i].committed)
                batches[i].committed(std::unexpected(std::move(one.error())));
            continue;
        }
        prepared.push_back(std::move(*one));
        batchOf.push_back(i);
        std::move(batches[i].batch.metadata.begin(), batches[i].batch.metadata.end(), std::back_inserter(metadata));
    }
    Result<void> done;
    if (!encoder.empty() || !metadata.empty()) {
        const auto record = encoder.empty() ? std::string() : encoder.takeRecord();
        done = environment->write([&](kv::Transaction& txn) -> Result<void> {
            for (const auto& one : metadata) {
                if (auto put = txn.put(table, keys::metadata(one.metric), encodeMetadata(one)); !put)
                    return put;
            }
            return record.empty() ? Result<void>() : txn.append(journal, journalKey(nextSequence), record);
        });
        if (done) {
            ++counters.commits;
            if (!record.empty())
                ++nextSequence;
        }
    }
    if (!done) {
        logger.log(Logger::Level::error, "tsdb", std::format("samples could not be stored: {}", done.error().message));
        forget(prepared);
    }
    for (std::size_t i = 0; i < prepared.size(); ++i) {
        if (done)
            apply(prepared[i]);
        else
            ++counters.failedBatches;
        const auto& committed = batches[batchOf[i]].committed;
        if (committed)
            committed(done ? Result<AppendSummary>(prepared[i].summary) : Result<AppendSummary>(std::unexpected(done.error())));
    }
}

// ------------------------------------------------------------------------------------------------------------- sealing

Result<Sealer::Target> Store::Private::findTarget(std::int64_t timeMs)
{
    Sealer::Target target;
    std::shared_ptr<Partition> existing;
    {
        const std::shared_lock lock(stateMutex);
        const auto after = partitions.upper_bound(timeMs);
        target.record.startMs = floorTo(timeMs, options.partitionMs);
        target.record.endMs = target.record.startMs + options.partitionMs;
        if (after != partitions.begin()) {
            const auto& before = std::prev(after)->second;
            if (timeMs < before->record.endMs)
                existing = before;
            // Partitions of another length may be in the way of a new one.
            target.record.startMs = std::max(target.record.startMs, before->record.endMs);
        }
        if (after != partitions.end())
            target.record.endMs = std::min(target.record.endMs, after->second->record.startMs);
    }
    if (!existing)
        return target;
    if (auto done = ensureLoaded(*existing); !done)
        return std::unexpected(std::move(done.error()));
    const std::shared_lock lock(stateMutex);
    target.record = existing->record;
    target.numbers = &existing->content->numbers;
    return target;
}

bool Store::Private::sealWanted() const
{
    return !frozen && (head->longestGroup() >= options.sealTimestamps || head->bytes() >= options.headBytes);
}

/// Freezes the head and has it turned into blocks on another thread, which then wakes the writer.
void Store::Private::startSealing()
{
    if (!frozen) {
        const std::unique_lock lock(stateMutex);
        frozen = std::exchange(head, std::make_shared<Head>());
        frozenSequence = nextSequence - 1;
        encoder.reset();
    }
    sealed.reset();
    sealing = std::thread([this, source = frozen] {
        sealed = Sealer(index, [this](std::int64_t timeMs) { return findTarget(timeMs); }).seal(*source);
        (void)queue->pushOrder(QueuedSealed {});
    });
}

/// Stores the segments, some at a time so that the transactions stay small. Nothing refers to them before the record of the
/// partition counts them; should the process end first, the next seal uses their numbers again.
Result<void> Store::Private::storeSegments(SealedPartition& partition)
{
    constexpr std::size_t kBytesATransaction = std::size_t { 4 } << 20;
    auto& segments = partition.segments;
    for (std::size_t begin = 0; begin < segments.size();) {
        auto end = begin;
        for (std::size_t bytes = 0; end < segments.size() && bytes < kBytesATransaction; ++end)
            bytes += segments[end].bytes.size();
        const auto done = environment->write([&](kv::Transaction& txn) -> Result<void> {
            for (auto s = begin; s < end; ++s) {
                if (segments[s].bytes.empty())
                    continue; // stored by an earlier attempt
                const auto key = keys::part(keys::kSegment, partition.record.startMs, partition.firstSegment + static_cast<std::uint32_t>(s));
                if (auto put = txn.put(table, key, segments[s].bytes); !put)
                    return put;
            }
            return {};
        });
        if (!done)
            return done;
        for (; begin < end; ++begin)
            std::string().swap(segments[begin].bytes); // gives the memory back
    }
    return {};
}

/// Stores what the sealing thread made, drops the journal that it replaces, and shows the blocks instead of the frozen head.
/// After a failure the frozen head stays readable, its journal stays, and the next call tries again.
Result<void> Store::Private::finishSealing()
{
    if (!frozen)
        return {};
    if (sealing.joinable()) {
        sealing.join();
    } else if (!*sealed) {
        startSealing();
        sealing.join();
    }
    if (!*sealed)
        return std::unexpected(sealed->error());
    for (auto& partition : **sealed) {
        if (auto done = storeSegments(partition); !done)
            return done;
    }
    std::vector<std::string> parts;
    for (auto& partition : **sealed) {
        parts.push_back(partition.newSeries.empty() ? std::string() : encodeSeries(index, partition.newSeries));
    }
    const auto done = environment->write([&](kv::Transaction& txn) -> Result<void> {
        for (std::size_t i = 0; i < (*sealed)->size(); ++i) {
            const auto& partition = (**sealed)[i];
            const auto start = partition.record.startMs;
            auto record = partition.record;
            record.bytes += parts[i].size();
            Result<void> put = txn.put(table, keys::partition(start), record.encode());
            if (put && !parts[i].empty())
                put = txn.put(table, keys::part(keys::kSeries, start, partition.part), parts[i]);
            for (std::size_t s = 0; put && s < partition.segments.size(); ++s) {
                const auto number = partition.firstSegment + static_cast<std::uint32_t>(s);
                put = txn.put(table, keys::part(keys::kDirectory, start, number), encodeDirectory(start, partition.segments[s].blocks));
            }
            if (!put)
                return put;
        }
        if (auto removed = txn.removeRange(journal, journalKey(0), journalKey(frozenSequence + 1)); !removed)
            return std::unexpected(std::move(removed.error()));
        return bumpVersion(txn, table, followedVersion + 1);
    });
    if (!done)
        return done;
    ++followedVersion;
    ++counters.seals;
    const std::unique_lock lock(stateMutex);
    for (std::size_t i = 0; i < (*sealed)->size(); ++i) {
        auto& partition = (**sealed)[i];
        auto& known = partitions[partition.record.startMs];
        if (!known) {
            known = std::make_shared<Partition>();
            known->content = std::make_unique<Partition::Content>();
        }
        known->record = partition.record;
        known->record.bytes += parts[i].size();
        auto& content = *known->content;
        for (const auto handle : partition.newSeries) {
            content.numbers.emplace(handle, static_cast<std::uint32_t>(content.handles.size()));
            content.handles.push_back(handle);
            content.members.add(handle);
        }
        for (const auto handle : frozen->members()) {
            if (content.numbers.contains(handle))
                lastOf(handle).sealedIn = std::max(lastOf(handle).sealedIn, partition.record.startMs);
        }
        std::vector<BlockInfo> blocks;
        for (auto& segment : partition.segments)
            std::move(segment.blocks.begin(), segment.blocks.end(), std::back_inserter(blocks));
        content.blocks = withBlocks(*content.blocks, blocks);
    }
    frozen.reset();
    sealed.reset();
    return {};
}

Result<void> Store::Private::flush()
{
    if (auto done = finishSealing(); !done)
        return done;
    if (!head->empty()) {
        startSealing();
        if (auto done = finishSealing(); !done)
            return done;
    }
    return {};
}

/// True if giving free pages back makes the file clearly smaller, and the copy is a matter of a moment.
bool Store::Private::worthCompacting() const
{
    constexpr std::uint64_t kMaxBytes = std::uint64_t { 1 } << 30;
    std::uint64_t needed = 0;
    for (const auto& [start, partition] : partitions)
        needed += partition->record.bytes;
    const auto file = environment->usage().fileBytes;
    return needed < kMaxBytes && file > needed + std::max<std::uint64_t>(needed / 8, 64 << 10);
}

/// Deletes whole partitions. The journal refers to series by what partitions store, so it is emptied first.
Result<void> Store::Private::applyRetention()
{
    const auto oldest = oldestAllowedMs();
    const auto choose = [&] {
        std::vector<std::int64_t> doomed;
        std::uint64_t bytes = 0;
        for (const auto& [start, partition] : partitions)
            bytes += partition->record.bytes;
        for (const auto& [start, partition] : partitions) {
            const bool tooOld = partition->record.endMs <= oldest;
            const bool tooMuch = options.retentionBytes > 0 && bytes > options.retentionBytes && start != partitions.rbegin()->first;
            if (!tooOld && !tooMuch)
                break;
            bytes -= partition->record.bytes;
            // A selection that is still read keeps its partition until next time.
            if (partition.use_count() == 1)
                doomed.push_back(start);
        }
        return doomed;
    };
    if (choose().empty())
        return {};
    if (auto done = flush(); !done)
        return done;
    // Out of sight first, so that no new selection finds what is about to go.
    std::map<std::int64_t, std::shared_ptr<Partition>> doomed;
    {
        const std::unique_lock lock(stateMutex);
        for (const auto start : choose())
            doomed.insert(partitions.extract(start));
    }
    const auto done = environment->write([&](kv::Transaction& txn) -> Result<void> {
        for (const auto& [start, partition] : doomed) {
            if (auto removed = txn.remove(table, keys::partition(start)); !removed)
                return std::unexpected(std::move(removed.error()));
            for (const auto kind : { keys::kSeries, keys::kDirectory, keys::kSegment }) {
                const auto from = keys::part(kind, start, 0);
                const auto to = keys::part(kind, start, std::numeric_limits<std::uint32_t>::max());
                if (auto removed = txn.removeRange(table, from, to); !removed)
                    return std::unexpected(std::move(removed.error()));
            }
        }
        return bumpVersion(txn, table, followedVersion + 1);
    });
    if (!done) {
        const std::unique_lock lock(stateMutex);
        partitions.merge(doomed);
        return done;
    }
    ++followedVersion;
    for (auto& series : last) {
        if (doomed.contains(series.sealedIn))
            series.sealedIn = kNever; // others may store it too; naming it once more does no harm
    }
    logger.log(Logger::Level::info, "tsdb", std::format("deleted {} partitions by retention", doomed.size()));
    return {};
}

void Store::Private::run()
{
    const auto report = [this](const Result<void>& result, std::string_view what) {
        if (!result)
            logger.log(Logger::Level::error, "tsdb", std::format("{}: {}", what, result.error().message));
    };
    for (;;) {
        const auto notBefore = lastCommit + std::chrono::milliseconds(options.commitIntervalMs);
        auto items = queue->takeAll(notBefore, nextRetention);
        if (items.empty() && queue->closed())
            break;
        std::deque<QueuedBatch> batches;
        std::vector<std::promise<Result<void>>> flushes;
        bool sealedNow = false;
        for (auto& item : items) {
            if (auto* batch = std::get_if<QueuedBatch>(&item))
                batches.push_back(std::move(*batch));
            else if (auto* order = std::get_if<QueuedFlush>(&item))
                flushes.push_back(std::move(order->done));
            else
                sealedNow = true;
        }
        commit(batches);
        if (sealedNow)
            report(finishSealing(), "sealing");
        if (sealWanted())
            startSealing();
        for (auto& promise : flushes) {
            auto done = flush();
            if (done)
                done = applyRetention();
            if (done)
                done = worthCompacting() ? environment->compact() : environment->sync();
            promise.set_value(std::move(done));
        }
        if (steady_clock::now() >= nextRetention) {
            nextRetention = steady_clock::now() + kRetentionInterval;
            if (frozen && !sealing.joinable())
                report(finishSealing(), "sealing again");
            report(applyRetention(), "retention");
        }
    }
    // What was being sealed stays in the journal.
    if (sealing.joinable())
        sealing.join();
}

// ------------------------------------------------------------------------------------------------------- the public side

Store::Store(std::unique_ptr<Private> p)
    : d(std::move(p))
{
}

Store::~Store()
{
    if (!d->queue)
        return;
    d->queue->close();
    d->writer.join();
}

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& folder, StoreOptions options, const Clock& clock, Logger& logger)
{
    auto p = std::make_unique<Private>(options, clock, logger);
    if (auto done = p->openTables(folder); !done)
        return std::unexpected(std::move(done.error()));
    if (auto done = p->replay(); !done)
        return withContext(std::move(done.error()), std::format("open the metrics store in {}", folder.string()));
    auto* raw = p.get();
    auto store = std::unique_ptr<Store>(new Store(std::move(p)));
    if (!options.readOnly) {
        raw->nextRetention = steady_clock::now() + std::chrono::seconds(1);
        raw->queue = std::make_unique<WriterQueue>(std::max<std::size_t>(1, options.queueBatches), std::max<std::size_t>(1, options.queueSamples));
        raw->writer = std::thread([raw] { raw->run(); });
    }
    return store;
}

Result<std::unique_ptr<model::MetricSelection>> Store::select(const model::Matchers& matchers, model::TimeRange range, std::stop_token stop) const
{
    if (stop.stop_requested())
        return failure(ErrorCode::cancelled, "the query was stopped");
    std::unique_ptr<Selection> selection;
    auto done = d->withMembers(range, [&](const HandleSet& members) {
        const auto found = d->index.resolve(matchers, members);
        std::vector<Handle> series(found.cardinality());
        found.toUint32Array(series.data());
        auto labels = d->index.labels(series);
        selection = std::make_unique<Selection>(*d->environment, d->table, range, std::move(series), std::move(labels));
        for (const auto& [start, partition] : d->partitions) {
            if (partition->record.overlaps(range.fromMs, range.toMs))
                selection->addPartition(partition);
        }
        if (d->frozen)
            selection->addHead(*d->frozen);
        selection->addHead(*d->head);
    });
    if (!done)
        return std::unexpected(std::move(done.error()));
    return selection;
}

Result<std::vector<std::string>> Store::labelNames(std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const
{
    const auto series = d->resolveAny(matcherSets, range);
    if (!series)
        return std::unexpected(series.error());
    return d->index.names(*series, limit);
}

Result<std::vector<std::string>> Store::labelValues(const std::string& name, std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const
{
    const auto series = d->resolveAny(matcherSets, range);
    if (!series)
        return std::unexpected(series.error());
    return d->index.values(name, *series, limit);
}

Result<std::vector<model::LabelsRef>> Store::series(std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const
{
    const auto found = d->resolveAny(matcherSets, range);
    if (!found)
        return std::unexpected(found.error());
    std::vector<Handle> handles(found->cardinality());
    found->toUint32Array(handles.data());
    auto out = d->index.labels(handles);
    std::sort(out.begin(), out.end(), [](const model::LabelsRef& a, const model::LabelsRef& b) { return *a < *b; });
    if (limit > 0 && out.size() > limit)
        out.resize(limit);
    return out;
}

Result<std::vector<model::MetricMetadata>> Store::metadata(const std::string& metric) const
{
    const auto txn = d->environment->read();
    if (!txn)
        return std::unexpected(txn.error());
    auto cursor = txn->cursor(d->table);
    if (!cursor)
        return std::unexpected(std::move(cursor.error()));
    std::vector<model::MetricMetadata> out;
    for (bool more = cursor->seek(keys::metadata(metric)); more && cursor->key().front() == keys::kMetadata; more = cursor->next()) {
        auto one = decodeMetadata(cursor->value());
        if (!one)
            return std::unexpected(std::move(one.error()));
        if (!metric.empty() && one->metric != metric)
            break;
        out.push_back(std::move(*one));
    }
    return out;
}

Result<model::SeriesId> Store::seriesId(const model::Labels& labels)
{
    if (d->options.readOnly)
        return failure(ErrorCode::invalidArgument, "the store is open for reading only");
    if (labels.metricName().empty())
        return failure(ErrorCode::invalidArgument, "a series needs a metric name");
    return d->index.id(d->index.intern(labels));
}

Result<model::GroupId> Store::groupId(std::string_view name)
{
    // Like the ids of series, those of groups come from what they stand for and need no table.
    return model::GroupId(XXH3_64bits(name.data(), name.size()));
}

void Store::append(model::MetricBatch batch, Committed committed)
{
    const auto refuse = [&](ErrorCode code, const char* why) {
        if (committed)
            committed(failure(code, why));
    };
    if (d->options.readOnly)
        return refuse(ErrorCode::invalidArgument, "the store is open for reading only");
    QueuedBatch item { std::move(batch), std::move(committed) };
    auto callback = item.committed;
    if (!d->queue->push(std::move(item)) && callback)
        callback(failure(ErrorCode::cancelled, "the store is being closed"));
}

Result<void> Store::flush()
{
    if (d->options.readOnly)
        return failure(ErrorCode::invalidArgument, "the store is open for reading only");
    QueuedFlush order;
    auto done = order.done.get_future();
    if (!d->queue->pushOrder(std::move(order)))
        return failure(ErrorCode::cancelled, "the store is being closed");
    return done.get();
}

Result<void> Store::copyTo(const std::filesystem::path& folder) const { return d->environment->copyTo(folder); }

Store::Stats Store::stats() const
{
    Stats stats;
    (void)d->follow();
    const auto usage = d->environment->usage();
    stats.usedBytes = usage.usedBytes;
    stats.fileBytes = usage.fileBytes;
    stats.appended = d->counters.appended;
    stats.outOfOrder = d->counters.outOfOrder;
    stats.duplicate = d->counters.duplicate;
    stats.tooOld = d->counters.tooOld;
    stats.failedBatches = d->counters.failedBatches;
    stats.commits = d->counters.commits;
    stats.seals = d->counters.seals;
    if (d->queue)
        stats.queuedBatches = d->queue->batches();
    const std::shared_lock lock(d->stateMutex);
    HandleSet active;
    const auto saw = [&](std::int64_t fromMs, std::int64_t toMs) {
        stats.oldestMs = std::min(stats.oldestMs.value_or(fromMs), fromMs);
        stats.newestMs = std::max(stats.newestMs.value_or(toMs), toMs);
    };
    for (const auto& some : { d->frozen, d->head }) {
        if (!some || some->empty())
            continue;
        active |= some->members();
        stats.headSamples += some->samples();
        stats.headBytes += some->bytes();
        saw(some->minMs(), some->maxMs());
    }
    stats.activeSeries = active.cardinality();
    stats.partitions = d->partitions.size();
    for (const auto& [start, partition] : d->partitions) {
        stats.sealedSamples += partition->record.samples;
        saw(partition->record.minMs, partition->record.maxMs);
    }
    return stats;
}

}
