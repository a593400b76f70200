#pragma once

#include "core/base/result.h"
#include "core/tsdb/merger.h"
#include "core/tsdb/store_state.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <thread>

namespace belvedere::tsdb {

/// Has the blocks of partitions rewritten into fewer ones, one partition at a time and step by step on a thread of its own, and shows them in
/// place of the old ones. Those are deleted when nobody reads them any more.
///
/// The new segments and series get numbers behind the old ones; the record of the partition says from which on they count. So
/// one transaction exchanges them, and whatever is stored outside of the counted numbers is left over and may go.
///
/// Threading: used by the thread that changes the state.
class MergeJob {
public:
    /// What a step makes, and with that what a transaction stores and how long sealing may have to share the cores.
    static constexpr std::size_t kStepBytes = std::size_t { 4 } << 20;

    /// `state` must outlive the job. `finished` is called on the job's thread when a step is done.
    MergeJob(StoreState& state, std::function<void()> finished, std::size_t stepBytes = kStepBytes);
    ~MergeJob(); ///< stops the step at hand; what was made counts for nothing

    /// Deletes what an earlier process has left over. Call before anything is stored.
    [[nodiscard]] Result<void> removeLeftOvers();

    /// Takes over what a step has made, and goes on with the next one, or with the next partition that is worth it. Does nothing while
    /// a step is running. Call while no head is frozen.
    [[nodiscard]] Result<void> advance();
    /// Merges, here and now, all partitions that were sealed to more than once, and deletes what that replaces. Call while no head is frozen.
    [[nodiscard]] Result<void> mergeAll();
    /// Forgets what was made of a partition that is about to change. Call before anything of that is stored.
    [[nodiscard]] Result<void> abandon(std::int64_t startMs);
    /// Deletes the blocks that merged ones have replaced, those that were just replaced too if `now`. Those that a
    /// selection reads stay.
    [[nodiscard]] Result<void> removeReplaced(bool now);

    /// True while a partition is being merged.
    [[nodiscard]] bool working() const noexcept { return m_work != nullptr; }
    /// Also true while replaced blocks wait to be deleted.
    [[nodiscard]] bool busy() const noexcept { return working() || !m_replaced.empty(); }
    [[nodiscard]] std::uint64_t merges() const noexcept { return m_merges; } ///< any thread

private:
    using Clock = std::chrono::steady_clock;
    /// What the thread does; it has all of it to itself until `ready`.
    struct Work {
        std::unique_ptr<Merger> merger;
        bool planned = false;
        bool worthIt = true;
        std::size_t stored = 0; ///< of merger->segments()
        Result<void> result;
        std::atomic<bool> ready = false;
    };

    [[nodiscard]] std::optional<std::int64_t> due() const;
    [[nodiscard]] Result<void> begin(std::int64_t startMs);
    static void runStep(Work& work, std::size_t bytes, const std::stop_token& stop);
    void startStep();
    [[nodiscard]] Result<void> takeStep();
    [[nodiscard]] Result<void> storeSegments();
    [[nodiscard]] Result<void> exchange();
    [[nodiscard]] Result<void> leaveAsItIs();
    [[nodiscard]] Result<void> removeOutside(const PartitionRecord& record);
    void waitForThread();

    StoreState& m_state;
    std::function<void()> m_finished;
    const std::size_t m_stepBytes;
    std::unique_ptr<Work> m_work;
    std::thread m_thread;
    std::stop_source m_stop;
    std::set<std::int64_t> m_failed;                        ///< partitions that could not be merged
    std::map<std::int64_t, Clock::time_point> m_replaced; ///< partitions with left over blocks, and when those may go
    std::atomic<std::uint64_t> m_merges = 0;
};

}
