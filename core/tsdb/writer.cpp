#include "core/tsdb/writer.h"

#include "core/base/format.h"
#include "core/tsdb/metadata.h"
#include "core/tsdb/retention.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <mutex>
#include <string>
#include <utility>

// How a batch travels: append() queues it; the writer thread takes all that is queued, decides about each sample, codes
// what it keeps into one journal record, commits that, then adds the samples to the head and answers. When many rows have
// been journaled, those of each group are packed, and the packed form takes their place in the journal too. When a group has
// collected enough timestamps, or the head takes too much memory, the head is frozen, a new one takes its place, and a
// second thread turns the frozen one into blocks; the writer stores them and removes the part of the journal that they
// replace in one transaction. A partition that has collected blocks of several seals has them merged on a third thread. What readers
// see changes at three points only, all under the state lock: when a row is added, when blocks take the place of a frozen
// head, and when merged blocks take the place of those they were made from.

namespace belvedere::tsdb {

using model::AppendSummary;

namespace {

constexpr auto kRetentionInterval = std::chrono::minutes(1);

}

Writer::Writer(StoreState& state)
    : m_state(state)
    , m_queue(std::max<std::size_t>(1, state.options.queueBatches), std::max<std::size_t>(1, state.options.queueSamples))
    , m_merging(state, [this] { (void)m_queue.pushOrder(QueuedMerged {}); })
    , m_sealing(state, [this] { (void)m_queue.pushOrder(QueuedSealed {}); }, [this](std::int64_t startMs) { return m_merging.abandon(startMs); })
{
}

Writer::~Writer()
{
    m_queue.close();
    if (m_thread.joinable())
        m_thread.join();
}

Result<void> Writer::start()
{
    const auto& epochs = m_state.replay->epochs();
    m_nextSequence = m_state.replay->lastSequence() + 1;
    m_encoder.emplace(m_state.index, epochs.empty() ? JournalNames() : epochs.back().reader.names());
    for (const auto& epoch : epochs) {
        m_epoch = epoch.number;
        auto done = epoch.head->visitNewest([this](Handle series, std::int64_t timeMs, double value) {
            auto& last = lastOf(series);
            if (timeMs > last.timeMs)
                last = { timeMs, value };
        });
        if (!done)
            return done;
    }
    if (auto done = m_merging.removeLeftOvers(); !done)
        return done;
    if (m_state.frozen)
        m_sealing.start(epochs.front().number);
    m_state.replay.reset();
    m_nextRetention = Clock::now() + std::chrono::seconds(1);
    m_thread = std::thread([this] { run(); });
    return {};
}

// ------------------------------------------------------------------------------------------------------------- batches

Writer::LastSample& Writer::lastOf(Handle series)
{
    if (m_last.size() <= series)
        m_last.resize(std::max<std::size_t>(series + 1, m_last.size() * 3 / 2));
    return m_last[series];
}

Writer::Verdict Writer::judge(Handle series, std::int64_t timeMs, double value, std::int64_t oldestMs, model::AppendSummary& summary)
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
    if (timeMs < seen.timeMs - m_state.options.outOfOrderWindowMs) {
        ++summary.outOfOrder;
        return Verdict::dropped;
    }
    ++summary.appended;
    return Verdict::late;
}

Result<void> Writer::prepareRow(model::MetricBatch& batch, std::int64_t oldestMs, Prepared& out)
{
    if (batch.series.size() != batch.values.size())
        return failure(ErrorCode::invalidArgument, "a batch needs one value for each series");
    const auto known = head().findGroup(batch.group);
    const bool asBefore = known && head().groupAt(*known).lastSeries == batch.series;
    if (!asBefore) {
        std::vector<Handle> handles;
        m_state.index.find(batch.series, handles);
        if (std::find(handles.begin(), handles.end(), SeriesIndex::kNoHandle) != handles.end())
            return failure(ErrorCode::notFound, "a batch names a series that the store does not know; ask for its id again");
        const std::unique_lock lock(m_state.mutex);
        const auto number = head().group(batch.group);
        auto& group = head().groupAt(number);
        group.lastSlots.clear();
        group.lastHandles = std::move(handles);
        group.lastInOrder = true;
        for (std::size_t i = 0; i < group.lastHandles.size(); ++i) {
            group.lastSlots.push_back(head().slot(number, group.lastHandles[i]));
            group.lastInOrder = group.lastInOrder && group.lastSlots.back() == i;
        }
        group.lastSeries = batch.series;
    }
    const auto number = *head().findGroup(batch.group);
    auto& group = head().groupAt(number);
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

Result<Writer::Prepared> Writer::prepare(model::MetricBatch& batch)
{
    Prepared out;
    const auto oldestMs = m_state.oldestAllowedMs();
    std::vector<Handle> timedHandles;
    if (!batch.timed.empty()) {
        std::vector<model::SeriesId> ids;
        ids.reserve(batch.timed.size());
        for (const auto& timed : batch.timed)
            ids.push_back(timed.series);
        m_state.index.find(ids, timedHandles);
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
        m_encoder->addRow(batch.group, head().groupAt(out.group).members, out.timeMs, out.slots, out.values);
    if (!out.timed.empty())
        m_encoder->addTimed(out.timed);
    return out;
}

void Writer::apply(Prepared& prepared)
{
    m_counters.appended += prepared.summary.appended;
    m_counters.outOfOrder += prepared.summary.outOfOrder;
    m_counters.duplicate += prepared.summary.duplicate;
    m_counters.tooOld += prepared.summary.tooOld;
    Head::Packed packed;
    if (prepared.group != Head::kNowhere)
        packed = head().makeRoom(head().groupAt(prepared.group));
    const std::unique_lock lock(m_state.mutex);
    if (prepared.group != Head::kNowhere) {
        auto& group = head().groupAt(prepared.group);
        head().install(group, std::move(packed));
        head().addRow(group, prepared.timeMs, prepared.slots, prepared.values);
    }
    if (!prepared.timed.empty())
        head().addTimed(prepared.timed);
}

/// After a commit that failed: nothing of it was stored, so the next samples must not be measured by it.
void Writer::forget(std::span<const Prepared> prepared)
{
    m_encoder->undoRecords();
    for (const auto& one : prepared) {
        for (const auto& sample : one.timed)
            lastOf(sample.series).timeMs = kNever;
        if (one.group == Head::kNowhere)
            continue;
        auto& group = head().groupAt(one.group);
        group.preparedMs = group.lastMs;
        for (const auto member : group.members)
            lastOf(member).timeMs = kNever;
    }
}

/// Journals the samples prepared last, in one transaction with the metadata.
Result<void> Writer::store(std::span<const model::MetricMetadata> metadata)
{
    if (m_encoder->empty() && metadata.empty())
        return {};
    const auto records = m_encoder->takeRecords();
    const auto sequence = m_nextSequence;
    auto done = m_state.environment->write([&](kv::Transaction& txn) -> Result<void> {
        for (const auto& one : metadata) {
            if (auto put = txn.put(m_state.table, keys::metadata(one.metric), encodeMetadata(one)); !put)
                return put;
        }
        if (!records.definitions.empty()) {
            if (auto put = txn.put(m_state.journal, JournalKey { m_epoch, JournalKind::definitions, sequence }.encode(), records.definitions); !put)
                return put;
        }
        return records.rows.empty() ? Result<void>() : txn.append(m_state.journal, JournalKey { m_epoch, JournalKind::rows, sequence }.encode(), records.rows);
    });
    if (done) {
        ++m_counters.commits;
        ++m_nextSequence;
    }
    return done;
}

void Writer::commit(std::deque<QueuedBatch>& batches)
{
    if (batches.empty())
        return;
    m_lastCommit = Clock::now();
    m_encoder->beginRecord();
    std::vector<Prepared> prepared;
    std::vector<std::size_t> batchOf;
    std::vector<model::MetricMetadata> metadata;
    prepared.reserve(batches.size());
    for (std::size_t i = 0; i < batches.size(); ++i) {
        auto one = prepare(batches[i].batch);
        if (!one) {
            ++m_counters.failedBatches;
            if (batches[i].committed)
                batches[i].committed(std::unexpected(std::move(one.error())));
            continue;
        }
        prepared.push_back(std::move(*one));
        batchOf.push_back(i);
        std::move(batches[i].batch.metadata.begin(), batches[i].batch.metadata.end(), std::back_inserter(metadata));
    }
    const auto done = store(metadata);
    if (!done) {
        m_state.logger.log(Logger::Level::error, "tsdb", formatted("samples could not be stored: {}", done.error().message));
        forget(prepared);
    }
    for (std::size_t i = 0; i < prepared.size(); ++i) {
        if (done)
            apply(prepared[i]);
        else
            ++m_counters.failedBatches;
        const auto& committed = batches[batchOf[i]].committed;
        if (committed)
            committed(done ? Result<AppendSummary>(prepared[i].summary) : Result<AppendSummary>(std::unexpected(done.error())));
    }
}

// ------------------------------------------------------------------------------------------------------------- packing

bool Writer::packWanted() const
{
    // Rows of all series should be worth packing; but a million series must not make opening slow.
    constexpr std::uint64_t kMostSamples = 8'000'000;
    const auto rows = std::min<std::uint64_t>(HeadRows::kRows * head().members().cardinality(), kMostSamples);
    return head().unstoredSamples() >= std::max<std::uint64_t>(m_state.options.packSamples, rows);
}

/// Packs the rows of all groups, and puts packed records in the place of their rows in the journal.
Result<void> Writer::pack()
{
    for (const auto& group : head().groups()) {
        if (auto packed = head().packAll(*group); packed.chunk) {
            const std::unique_lock lock(m_state.mutex);
            head().install(*group, std::move(packed));
        }
    }
    constexpr std::size_t kRecordBytes = std::size_t { 256 } << 10;
    std::vector<std::string> records(1);
    const auto record = [&]() -> std::string& { return records.back().size() < kRecordBytes ? records.back() : records.emplace_back(); };
    for (const auto& group : head().groups()) {
        for (auto i = group->storedChunks; i < group->chunks.size(); ++i)
            m_encoder->putPacked(record(), group->id, *group->chunks[i]);
    }
    for (const auto& [series, column] : head().timed()) {
        if (column.stored < column.timesMs.size())
            m_encoder->putPackedTimed(record(), series, std::span(column.timesMs).subspan(column.stored), std::span(column.values).subspan(column.stored));
    }
    const auto done = m_state.environment->write([&](kv::Transaction& txn) -> Result<void> {
        const auto [from, to] = journalRows(m_epoch);
        if (auto removed = txn.removeRange(m_state.journal, from, to); !removed)
            return std::unexpected(std::move(removed.error()));
        for (std::size_t i = 0; i < records.size(); ++i) {
            if (auto put = txn.append(m_state.journal, JournalKey { m_epoch, JournalKind::packed, m_nextSequence + i }.encode(), records[i]); !put)
                return put;
        }
        return m_state.putNextVersion(txn);
    });
    if (!done)
        return done;
    m_state.versionStored();
    m_nextSequence += records.size();
    head().markStored();
    m_encoder->forgetValues();
    return {};
}

// ------------------------------------------------------------------------------------------------------------- sealing

bool Writer::sealWanted() const
{
    return !m_state.frozen && (head().longestGroup() >= m_state.options.sealTimestamps || head().bytes() >= m_state.options.headBytes);
}

/// Freezes the head and has it turned into blocks on another thread, which then wakes the writer.
void Writer::startSealing()
{
    {
        const std::unique_lock lock(m_state.mutex);
        m_state.frozen = std::exchange(m_state.head, std::make_shared<Head>());
    }
    m_sealing.start(m_epoch);
    ++m_epoch;
    m_encoder.emplace(m_state.index);
}

Result<void> Writer::finishSealing()
{
    if (!m_state.frozen)
        return {};
    auto done = m_sealing.finish();
    if (done) {
        ++m_counters.seals;
        m_pagesFreed = true;
    }
    return done;
}

/// Seals everything, so that the journal is empty.
Result<void> Writer::sealAll()
{
    if (auto done = finishSealing(); !done)
        return done;
    if (head().empty())
        return {};
    startSealing();
    return finishSealing();
}

Result<void> Writer::applyRetention()
{
    if (expiredPartitions(m_state).empty())
        return {};
    // What is being sealed may go to a partition that is to be deleted.
    if (auto done = finishSealing(); !done)
        return done;
    const auto expired = expiredPartitions(m_state);
    for (const auto start : expired) {
        if (auto done = m_merging.abandon(start); !done)
            return done;
    }
    return deletePartitions(m_state, expired);
}

/// True if giving free pages back makes the file smaller by a part of what it needs (one in `spareParts`), and not more than
/// `maxBytes` have to be copied for that.
bool Writer::worthCompacting(std::uint64_t maxBytes, std::uint64_t spareParts) const
{
    std::uint64_t needed = 0;
    for (const auto& [start, partition] : m_state.partitions)
        needed += partition->record.bytes;
    const auto file = m_state.environment->usage().fileBytes;
    return needed < maxBytes && file > needed + std::max<std::uint64_t>(needed / spareParts, 64 << 10);
}

/// Pages that seals and merges leave free are used again, but long values find few that lie together. So a file of which a
/// quarter is free is copied, when the journal is nearly empty and as long as that is a matter of a moment.
Result<void> Writer::compactAfterWork()
{
    constexpr std::uint64_t kMaxBytes = std::uint64_t { 256 } << 20;
    if (m_state.frozen || m_merging.busy() || !std::exchange(m_pagesFreed, false) || !worthCompacting(kMaxBytes, 4))
        return {};
    return m_state.environment->compact();
}

Result<void> Writer::flush()
{
    if (auto done = sealAll(); !done)
        return done;
    if (auto done = applyRetention(); !done)
        return done;
    if (auto done = m_merging.mergeAll(); !done)
        return done;
    constexpr std::uint64_t kMaxBytes = std::uint64_t { 1 } << 30;
    return worthCompacting(kMaxBytes, 8) ? m_state.environment->compact() : m_state.environment->sync();
}

void Writer::report(const Result<void>& result, const char* what) const
{
    if (!result)
        m_state.logger.log(Logger::Level::error, "tsdb", formatted("{}: {}", what, result.error().message));
}

void Writer::run()
{
    for (;;) {
        const auto notBefore = m_lastCommit + std::chrono::milliseconds(m_state.options.commitIntervalMs);
        auto items = m_queue.takeAll(notBefore, m_nextRetention);
        if (items.empty() && m_queue.closed())
            break;
        std::deque<QueuedBatch> batches;
        std::vector<std::promise<Result<void>>> flushes;
        bool sealedNow = false;
        for (auto& item : items) {
            if (auto* batch = std::get_if<QueuedBatch>(&item))
                batches.push_back(std::move(*batch));
            else if (auto* order = std::get_if<QueuedFlush>(&item))
                flushes.push_back(std::move(order->done));
            else if (std::holds_alternative<QueuedSealed>(item))
                sealedNow = true;
        }
        commit(batches);
        if (sealedNow)
            report(finishSealing(), "sealing");
        if (sealWanted())
            startSealing();
        else if (packWanted())
            report(pack(), "packing");
        for (auto& promise : flushes) {
            auto done = flush();
            m_settling = m_state.frozen || m_merging.busy();
            promise.set_value(std::move(done));
        }
        if (Clock::now() >= m_nextRetention) {
            m_nextRetention = Clock::now() + kRetentionInterval;
            if (m_sealing.stuck())
                report(finishSealing(), "sealing again");
            report(applyRetention(), "retention");
        }
        if (!m_state.frozen) {
            report(m_merging.advance(), "merging");
            report(m_merging.removeReplaced(false), "deleting replaced blocks");
            report(compactAfterWork(), "compacting");
        }
        m_settling = m_state.frozen || m_merging.busy();
    }
    // What was being sealed stays in the journal.
}

}
