#include "core/tsdb/merge_job.h"

#include "core/base/format.h"

#include <algorithm>
#include <limits>
#include <mutex>

namespace belvedere::tsdb {

namespace {

// Partitions that still grow are merged again and again, so only small ones are; the others wait until they are over.
constexpr std::uint64_t kMaxGrowingBytes = std::uint64_t { 256 } << 20;
// Segments that one transaction deletes.
constexpr std::uint32_t kDeletedAtOnce = 256;

}

MergeJob::MergeJob(StoreState& state, std::function<void()> finished, std::size_t stepBytes)
    : m_state(state)
    , m_finished(std::move(finished))
    , m_stepBytes(stepBytes)
{
}

MergeJob::~MergeJob() { waitForThread(); }

void MergeJob::waitForThread()
{
    m_stop.request_stop();
    if (m_thread.joinable())
        m_thread.join();
    m_stop = {};
}

// ------------------------------------------------------------------------------------------------------------- choosing

/// A partition that is over is merged once, when what was sealed to it since is worth it; one that grows each time it has doubled.
std::optional<std::int64_t> MergeJob::due() const
{
    auto newestMs = std::numeric_limits<std::int64_t>::min();
    for (const auto& [start, partition] : m_state.partitions)
        newestMs = std::max(newestMs, partition->record.maxMs);
    if (!m_state.head->empty())
        newestMs = std::max(newestMs, m_state.head->maxMs());
    newestMs = std::min(newestMs, m_state.clock.nowMs()); // one sample from the future does not end a partition
    for (const auto& [start, partition] : m_state.partitions) {
        const auto& record = partition->record;
        const auto added = record.samples - std::min(record.mergedSamples, record.samples);
        const bool over = record.endMs <= newestMs && newestMs - record.endMs >= m_state.options.outOfOrderWindowMs;
        const bool wanted = over ? record.seals >= 2 && added * 8 >= record.samples
                                 : record.seals >= m_state.options.mergeSeals && added * 2 >= record.samples && record.bytes <= kMaxGrowingBytes;
        if (wanted && !m_failed.contains(start) && !m_replaced.contains(start))
            return start;
    }
    return std::nullopt;
}

// ---------------------------------------------------------------------------------------------------------------- steps

Result<void> MergeJob::begin(std::int64_t startMs)
{
    const auto partition = m_state.partitions.at(startMs);
    if (auto done = m_state.ensureLoaded(*partition); !done)
        return done;
    m_work = std::make_unique<Work>();
    m_work->merger = std::make_unique<Merger>(*m_state.environment, m_state.table, m_state.index,
        Merger::Source { partition->record, partition->content->handles, partition->content->blocks });
    return {};
}

void MergeJob::runStep(Work& work, std::size_t bytes, const std::stop_token& stop)
{
    if (!work.planned) {
        const auto planned = work.merger->plan(stop);
        if (!planned) {
            work.result = std::unexpected(planned.error());
            return;
        }
        work.planned = true;
        work.worthIt = *planned;
    }
    if (work.worthIt)
        work.result = work.merger->step(bytes, stop);
}

void MergeJob::startStep()
{
    m_work->ready = false;
    m_thread = std::thread([this, work = m_work.get(), stop = m_stop.get_token()] {
        runStep(*work, m_stepBytes, stop);
        work->ready = true;
        m_finished();
    });
}

Result<void> MergeJob::advance()
{
    if (m_work) {
        if (!m_work->ready)
            return {};
        m_thread.join();
        const auto start = m_work->merger->startMs();
        if (auto done = takeStep(); !done) {
            m_failed.insert(start);
            (void)abandon(start);
            return withContext(std::move(done.error()), formatted("partition {}", start));
        }
        if (m_work) {
            startStep();
            return {};
        }
    }
    const auto next = due();
    if (!next)
        return {};
    if (auto done = begin(*next); !done) {
        m_failed.insert(*next);
        return done;
    }
    startStep();
    return {};
}

Result<void> MergeJob::mergeAll()
{
    if (m_work) {
        if (auto done = abandon(m_work->merger->startMs()); !done)
            return done;
    }
    if (auto done = removeReplaced(true); !done)
        return done;
    std::vector<std::int64_t> starts;
    for (const auto& [start, partition] : m_state.partitions) {
        if (partition->record.seals >= 2)
            starts.push_back(start);
    }
    for (const auto start : starts) {
        if (m_replaced.contains(start))
            continue; // somebody still reads what an earlier merge has replaced
        auto done = begin(start);
        while (done && m_work) {
            runStep(*m_work, m_stepBytes, {});
            done = takeStep();
        }
        if (!done) {
            (void)abandon(start);
            return done;
        }
    }
    return removeReplaced(true);
}

/// Stores what a step has made; the work is over when there is no more.
Result<void> MergeJob::takeStep()
{
    if (!m_work->result)
        return m_work->result;
    if (!m_work->worthIt)
        return leaveAsItIs();
    if (auto done = storeSegments(); !done)
        return done;
    return m_work->merger->done() ? exchange() : Result<void>();
}

/// Nothing refers to the new segments before the record of the partition counts them.
Result<void> MergeJob::storeSegments()
{
    auto& merger = *m_work->merger;
    auto& segments = merger.segments();
    const auto first = merger.sourceRecord().segments;
    const auto end = merger.completeSegments();
    auto done = m_state.environment->write([&](kv::Transaction& txn) -> Result<void> {
        for (auto s = m_work->stored; s < end; ++s) {
            const auto key = keys::part(keys::kSegment, merger.startMs(), first + static_cast<std::uint32_t>(s));
            if (auto put = txn.put(m_state.table, key, segments[s].bytes); !put)
                return put;
        }
        return {};
    });
    if (!done)
        return done;
    for (; m_work->stored < end; ++m_work->stored)
        std::string().swap(segments[m_work->stored].bytes); // gives the memory back
    return {};
}

/// From here on the new blocks count.
Result<void> MergeJob::exchange()
{
    auto& merger = *m_work->merger;
    const auto& before = merger.sourceRecord();
    const auto& after = merger.record();
    const auto start = merger.startMs();
    const auto& table = m_state.table;
    auto done = m_state.environment->write([&](kv::Transaction& txn) -> Result<void> {
        for (const auto kind : { keys::kSeries, keys::kDirectory }) {
            const auto end = kind == keys::kSeries ? before.parts : before.segments;
            if (auto removed = txn.removeRange(table, keys::part(kind, start, 0), keys::part(kind, start, end)); !removed)
                return std::unexpected(std::move(removed.error()));
        }
        Result<void> put = txn.put(table, keys::partition(start), after.encode());
        if (put)
            put = txn.put(table, keys::part(keys::kSeries, start, after.firstPart), merger.series());
        for (std::size_t s = 0; put && s < merger.segments().size(); ++s) {
            const auto number = after.firstSegment + static_cast<std::uint32_t>(s);
            put = txn.put(table, keys::part(keys::kDirectory, start, number), encodeDirectory(start, merger.segments()[s].blocks));
        }
        return put ? m_state.putNextVersion(txn) : put;
    });
    if (!done)
        return done;
    m_state.versionStored();
    auto partition = std::make_shared<Partition>();
    partition->record = after;
    partition->content = merger.takeContent();
    {
        const std::unique_lock lock(m_state.mutex);
        auto& known = m_state.partitions.at(start);
        partition->replaced = known;
        known = std::move(partition);
    }
    m_replaced[start] = Clock::now() + std::chrono::milliseconds(m_state.options.keepReplacedMs);
    m_work.reset();
    ++m_merges;
    return {};
}

/// Merging would gain too little; it is not tried again before more was sealed.
Result<void> MergeJob::leaveAsItIs()
{
    const auto start = m_work->merger->startMs();
    m_work.reset();
    auto& partition = *m_state.partitions.at(start);
    auto record = partition.record;
    record.seals = 1;
    record.mergedSamples = record.samples;
    auto done = m_state.environment->write([&](kv::Transaction& txn) { return txn.put(m_state.table, keys::partition(start), record.encode()); });
    if (!done)
        return done;
    const std::unique_lock lock(m_state.mutex);
    partition.record = record;
    return {};
}

Result<void> MergeJob::abandon(std::int64_t startMs)
{
    if (!m_work || m_work->merger->startMs() != startMs)
        return {};
    waitForThread();
    const bool stored = m_work->stored > 0;
    m_work.reset();
    return stored ? removeOutside(m_state.partitions.at(startMs)->record) : Result<void>();
}

// ------------------------------------------------------------------------------------------------------------ left over

/// Deletes segments and series of a partition whose numbers are not counted by its record.
Result<void> MergeJob::removeOutside(const PartitionRecord& record)
{
    constexpr auto kEnd = std::numeric_limits<std::uint32_t>::max();
    const auto removeRange = [&](char kind, std::uint32_t from, std::uint32_t to) -> Result<void> {
        for (bool more = true; more && from < to;) {
            auto until = to;
            auto done = m_state.environment->write([&](kv::Transaction& txn) -> Result<void> {
                auto cursor = txn.cursor(m_state.table);
                if (!cursor)
                    return std::unexpected(std::move(cursor.error()));
                const auto last = keys::part(kind, record.startMs, to);
                more = cursor->seek(keys::part(kind, record.startMs, from)) && cursor->key() < last;
                if (!more)
                    return {};
                const auto first = std::string(cursor->key());
                const auto number = keys::numberOf(first);
                until = to - number > kDeletedAtOnce ? number + kDeletedAtOnce : to;
                const auto removed = txn.removeRange(m_state.table, first, keys::part(kind, record.startMs, until));
                return removed ? Result<void>() : std::unexpected(removed.error());
            });
            if (!done)
                return done;
            from = until;
        }
        return {};
    };
    if (auto done = removeRange(keys::kSegment, 0, record.firstSegment); !done)
        return done;
    return removeRange(keys::kSegment, record.segments, kEnd);
}

Result<void> MergeJob::removeLeftOvers()
{
    std::vector<PartitionRecord> found;
    {
        const auto txn = m_state.environment->read();
        if (!txn)
            return std::unexpected(txn.error());
        auto cursor = txn->cursor(m_state.table);
        if (!cursor)
            return std::unexpected(std::move(cursor.error()));
        for (const auto& [start, partition] : m_state.partitions) {
            const auto& record = partition->record;
            const auto has = [&](std::uint32_t from, std::uint32_t to) {
                return cursor->seek(keys::part(keys::kSegment, start, from)) && cursor->key() < keys::part(keys::kSegment, start, to);
            };
            if (has(0, record.firstSegment) || has(record.segments, std::numeric_limits<std::uint32_t>::max()))
                found.push_back(record);
        }
    }
    for (const auto& record : found) {
        if (auto done = removeOutside(record); !done)
            return done;
    }
    return {};
}

Result<void> MergeJob::removeReplaced(bool now)
{
    for (auto at = m_replaced.begin(); at != m_replaced.end();) {
        const auto known = m_state.partitions.find(at->first);
        if (known == m_state.partitions.end()) {
            at = m_replaced.erase(at); // retention has deleted it as a whole
            continue;
        }
        if ((!now && Clock::now() < at->second) || !known->second->replaced.expired()) {
            ++at;
            continue;
        }
        // A merge of it that is going on has stored segments behind the counted ones.
        if (m_work && m_work->merger->startMs() == at->first) {
            ++at;
            continue;
        }
        if (auto done = removeOutside(known->second->record); !done)
            return done;
        at = m_replaced.erase(at);
    }
    return {};
}

}
