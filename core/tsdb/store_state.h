#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/base/result.h"
#include "core/kv/kv.h"
#include "core/tsdb/head.h"
#include "core/tsdb/journal_replay.h"
#include "core/tsdb/partition.h"
#include "core/tsdb/sealer.h"
#include "core/tsdb/series_index.h"
#include "core/tsdb/store_options.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>

namespace belvedere::tsdb {

/// What a store holds, as readers see it: the environment, the index of series, partitions, and the heads.
///
/// Threading: `mutex` guards partitions (records and content) and both heads. Only one thread changes them: the writer's, or in a
/// store that is open for reading only the one that follows, under a mutex of its own. That thread may read without the lock.
class StoreState {
public:
    using Partitions = std::map<std::int64_t, std::shared_ptr<Partition>>; ///< by start

    /// `clock` and `logger` must outlive the state.
    StoreState(StoreOptions options, const Clock& clock, Logger& logger);

    /// Opens the file and reads the list of partitions and the journal. Fails as Store::open() does.
    [[nodiscard]] Result<void> open(const std::filesystem::path& folder);
    /// Catches up with the process that writes, if this one only reads.
    [[nodiscard]] Result<void> follow();

    /// Runs `work(members of the range)` under the lock, with every touched partition loaded. `members` are the series that
    /// may have samples there.
    [[nodiscard]] Result<void> withMembers(model::TimeRange range, const std::function<void(const HandleSet& members)>& work);
    /// Series that match any of the sets (all if there are none) and may have samples in the range.
    [[nodiscard]] Result<HandleSet> resolveAny(std::span<const model::Matchers> matcherSets, model::TimeRange range);
    /// Where samples of that time are to be sealed to.
    [[nodiscard]] Result<Sealer::Target> sealTarget(std::int64_t timeMs);
    /// Reads the partition's content if it was not yet. Fails with unavailable if another process has replaced it.
    [[nodiscard]] Result<void> ensureLoaded(Partition& partition);

    /// Samples older than this are refused, partitions that end before it deleted.
    [[nodiscard]] std::int64_t oldestAllowedMs() const;

    /// For the thread that changes the state: puts the next version into a transaction that seals, packs or deletes, so that
    /// readers in other processes notice; versionStored() once it was committed.
    [[nodiscard]] Result<void> putNextVersion(kv::Transaction& txn) const;
    void versionStored() { ++m_version; }

    const StoreOptions options;
    const Clock& clock;
    Logger& logger;
    std::unique_ptr<kv::Environment> environment;
    kv::Table table;
    kv::Table journal;
    SeriesIndex index;

    mutable std::shared_mutex mutex;
    Partitions partitions;                                 // guarded by mutex
    std::shared_ptr<Head> head = std::make_shared<Head>(); // guarded by mutex
    std::shared_ptr<Head> frozen;                          // guarded by mutex; being sealed
    HandleSet sealedLast;                                  // guarded by mutex; the series of the head that was sealed last
    std::int64_t sealedLastMs = 0;                         // guarded by mutex; and its newest sample

    /// The journal as it was read last; the writer goes on from there.
    std::unique_ptr<JournalReplay> replay;

private:
    [[nodiscard]] Result<void> openTables(const std::filesystem::path& folder);
    [[nodiscard]] Result<std::uint64_t> readVersion(const kv::Transaction& txn) const;
    [[nodiscard]] Result<Partitions> readPartitions(const kv::Transaction& txn) const;
    [[nodiscard]] Result<void> readAll(const kv::Transaction& txn, std::uint64_t version);
    void takeHeads();
    [[nodiscard]] Result<void> ensureLoaded(model::TimeRange range);

    std::mutex m_followMutex;
    std::uint64_t m_version = 0; // of a store that only reads: guarded by m_followMutex
};

}
