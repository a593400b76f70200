#include "core/tsdb/seal_job.h"

#include "core/tsdb/journal.h"
#include "core/tsdb/series_part.h"

#include <iterator>
#include <mutex>

namespace belvedere::tsdb {

SealJob::SealJob(StoreState& state, std::function<void()> finished, AboutToStore aboutToStore)
    : m_state(state)
    , m_finished(std::move(finished))
    , m_aboutToStore(std::move(aboutToStore))
{
}

SealJob::~SealJob()
{
    if (m_thread.joinable())
        m_thread.join();
}

void SealJob::start(std::uint64_t epoch)
{
    m_epoch = epoch;
    m_sealed.reset();
    m_thread = std::thread([this, source = m_state.frozen] {
        m_sealed = Sealer(m_state.index, [this](std::int64_t timeMs) { return m_state.sealTarget(timeMs); }).seal(*source);
        m_finished();
    });
}

Result<void> SealJob::finish()
{
    if (!m_state.frozen)
        return {};
    if (!m_thread.joinable() && (!m_sealed || !*m_sealed))
        start(m_epoch);
    if (m_thread.joinable())
        m_thread.join();
    if (!*m_sealed)
        return std::unexpected(m_sealed->error());
    std::vector<std::string> parts;
    for (auto& partition : **m_sealed) {
        if (auto done = m_aboutToStore(partition.record.startMs); !done)
            return done;
        if (auto done = storeSegments(partition); !done)
            return done;
        parts.push_back(partition.newSeries.empty() ? std::string() : encodeSeries(m_state.index, partition.newSeries));
    }
    if (auto done = storeIndex(parts); !done)
        return done;
    m_state.versionStored();
    show(parts);
    m_sealed.reset();
    return {};
}

/// Stores the segments, some at a time so that the transactions stay small. Nothing refers to them before the record of the
/// partition counts them; should the process end first, the next seal uses their numbers again.
Result<void> SealJob::storeSegments(SealedPartition& partition)
{
    constexpr std::size_t kBytesATransaction = std::size_t { 4 } << 20;
    auto& segments = partition.segments;
    for (std::size_t begin = 0; begin < segments.size();) {
        auto end = begin;
        for (std::size_t bytes = 0; end < segments.size() && bytes < kBytesATransaction; ++end)
            bytes += segments[end].bytes.size();
        const auto done = m_state.environment->write([&](kv::Transaction& txn) -> Result<void> {
            for (auto s = begin; s < end; ++s) {
                if (segments[s].bytes.empty())
                    continue; // stored by an earlier attempt
                const auto key = keys::part(keys::kSegment, partition.record.startMs, partition.firstSegment + static_cast<std::uint32_t>(s));
                if (auto put = txn.put(m_state.table, key, segments[s].bytes); !put)
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

/// From here on the blocks count, and the journal that they replace is gone.
Result<void> SealJob::storeIndex(const std::vector<std::string>& parts)
{
    return m_state.environment->write([&](kv::Transaction& txn) -> Result<void> {
        const auto& table = m_state.table;
        for (std::size_t i = 0; i < (*m_sealed)->size(); ++i) {
            const auto& partition = (**m_sealed)[i];
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
        const auto [from, to] = journalEpoch(m_epoch);
        if (auto removed = txn.removeRange(m_state.journal, from, to); !removed)
            return std::unexpected(std::move(removed.error()));
        return m_state.putNextVersion(txn);
    });
}

void SealJob::show(const std::vector<std::string>& parts)
{
    const std::unique_lock lock(m_state.mutex);
    for (std::size_t i = 0; i < (*m_sealed)->size(); ++i) {
        auto& partition = (**m_sealed)[i];
        auto& known = m_state.partitions[partition.record.startMs];
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
        std::vector<BlockInfo> blocks;
        for (auto& segment : partition.segments)
            std::move(segment.blocks.begin(), segment.blocks.end(), std::back_inserter(blocks));
        content.blocks = withBlocks(*content.blocks, blocks);
    }
    m_state.sealedLast = m_state.frozen->members();
    m_state.sealedLastMs = m_state.frozen->maxMs();
    m_state.frozen.reset();
}

}
