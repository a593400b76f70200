#pragma once

#include "core/base/result.h"
#include "core/tsdb/sealer.h"
#include "core/tsdb/store_state.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace belvedere::tsdb {

/// Turns the frozen head into blocks on a thread of its own, stores them, and shows them in its place.
/// Threading: used by the thread that changes the state.
class SealJob {
public:
    /// Is told the start of each partition to which something is about to be stored, in the thread that calls finish().
    using AboutToStore = std::function<Result<void>(std::int64_t startMs)>;

    /// `state` must outlive the job. `finished` is called on the job's thread when the blocks are ready to be stored.
    SealJob(StoreState& state, std::function<void()> finished, AboutToStore aboutToStore);
    ~SealJob(); ///< waits for the thread; what it made is not stored

    /// Starts with `state.frozen`, whose journal is that of epoch `epoch`.
    void start(std::uint64_t epoch);
    /// Waits for the blocks, stores them together with the removal of the journal that they replace, and shows them. After a
    /// failure the frozen head stays readable, its journal stays, and the next call tries again. Nothing to do if no head is frozen.
    [[nodiscard]] Result<void> finish();
    /// True if a head is frozen and no thread works on it: finish() failed before.
    [[nodiscard]] bool stuck() const { return m_state.frozen && !m_thread.joinable(); }

private:
    [[nodiscard]] Result<void> storeSegments(SealedPartition& partition);
    [[nodiscard]] Result<void> storeIndex(const std::vector<std::string>& parts);
    void show(const std::vector<std::string>& parts);

    StoreState& m_state;
    std::function<void()> m_finished;
    AboutToStore m_aboutToStore;
    std::thread m_thread;
    std::uint64_t m_epoch = 0;
    /// What the thread made of the frozen head; kept when it cannot be stored yet.
    std::optional<Result<std::vector<SealedPartition>>> m_sealed;
};

}
