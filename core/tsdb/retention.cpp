#include "core/tsdb/retention.h"

#include "core/base/format.h"

#include <limits>
#include <mutex>

namespace belvedere::tsdb {

std::vector<std::int64_t> expiredPartitions(const StoreState& state)
{
    const auto oldest = state.oldestAllowedMs();
    const auto limit = state.options.retentionBytes;
    std::vector<std::int64_t> expired;
    std::uint64_t bytes = 0;
    for (const auto& [start, partition] : state.partitions)
        bytes += partition->record.bytes;
    for (const auto& [start, partition] : state.partitions) {
        const bool tooOld = partition->record.endMs <= oldest;
        const bool tooMuch = limit > 0 && bytes > limit && start != state.partitions.rbegin()->first;
        if (!tooOld && !tooMuch)
            break;
        bytes -= partition->record.bytes;
        if (partition.use_count() == 1 && partition->replaced.expired())
            expired.push_back(start);
    }
    return expired;
}

Result<void> deletePartitions(StoreState& state, std::span<const std::int64_t> starts)
{
    // Out of sight first, so that no new selection finds what is about to go.
    StoreState::Partitions doomed;
    {
        const std::unique_lock lock(state.mutex);
        for (const auto start : starts)
            doomed.insert(state.partitions.extract(start));
    }
    const auto done = state.environment->write([&](kv::Transaction& txn) -> Result<void> {
        for (const auto& [start, partition] : doomed) {
            if (auto removed = txn.remove(state.table, keys::partition(start)); !removed)
                return std::unexpected(std::move(removed.error()));
            for (const auto kind : { keys::kSeries, keys::kDirectory, keys::kSegment }) {
                const auto from = keys::part(kind, start, 0);
                const auto to = keys::part(kind, start, std::numeric_limits<std::uint32_t>::max());
                if (auto removed = txn.removeRange(state.table, from, to); !removed)
                    return std::unexpected(std::move(removed.error()));
            }
        }
        return state.putNextVersion(txn);
    });
    if (!done) {
        const std::unique_lock lock(state.mutex);
        state.partitions.merge(doomed);
        return done;
    }
    state.versionStored();
    state.logger.log(Logger::Level::info, "tsdb", formatted("deleted {} partitions by retention", doomed.size()));
    return {};
}

}
