#pragma once

#include "core/base/result.h"
#include "core/model/metric_source.h"
#include "core/tsdb/journal.h"
#include "core/tsdb/merge_job.h"
#include "core/tsdb/seal_job.h"
#include "core/tsdb/store_state.h"
#include "core/tsdb/writer_queue.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <span>
#include <thread>
#include <vector>

namespace belvedere::tsdb {

/// What a writer did since it was made. Threading: any.
struct WriterCounters {
    std::atomic<std::uint64_t> appended = 0;
    std::atomic<std::uint64_t> outOfOrder = 0;
    std::atomic<std::uint64_t> duplicate = 0;
    std::atomic<std::uint64_t> tooOld = 0;
    std::atomic<std::uint64_t> failedBatches = 0;
    std::atomic<std::uint64_t> commits = 0;
    std::atomic<std::uint64_t> seals = 0;
};

/// The one thread that changes a store: it decides about samples, journals and packs them, has the head sealed and blocks merged,
/// and deletes what is too old. Its owner talks to it through the queue.
class Writer {
public:
    /// Goes on where the journal that `state` has read ends. `state` must outlive the writer.
    explicit Writer(StoreState& state);
    ~Writer(); ///< commits what is queued

    /// Takes over what the journal tells of each series' newest sample, then starts the thread. Call once.
    [[nodiscard]] Result<void> start();

    [[nodiscard]] WriterQueue& queue() noexcept { return m_queue; }
    [[nodiscard]] const WriterQueue& queue() const noexcept { return m_queue; }
    [[nodiscard]] const WriterCounters& counters() const noexcept { return m_counters; }
    [[nodiscard]] bool settling() const noexcept { return m_settling; }
    [[nodiscard]] std::uint64_t merges() const noexcept { return m_merging.merges(); }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

    struct LastSample {
        std::int64_t timeMs = kNever;
        double value = 0;
    };
    /// A batch of which it is decided what will be kept.
    struct Prepared {
        std::uint32_t group = Head::kNowhere;
        std::int64_t timeMs = 0;
        std::vector<std::uint32_t> slots; ///< empty: all in order
        std::vector<double> values;
        std::vector<HandleSample> timed;
        model::AppendSummary summary;
    };
    enum class Verdict : std::uint8_t { inOrder, late, dropped };

    [[nodiscard]] Head& head() const noexcept { return *m_state.head; }
    LastSample& lastOf(Handle series);
    Verdict judge(Handle series, std::int64_t timeMs, double value, std::int64_t oldestMs, model::AppendSummary& summary);
    [[nodiscard]] Result<Prepared> prepare(model::MetricBatch& batch);
    [[nodiscard]] Result<void> prepareRow(model::MetricBatch& batch, std::int64_t oldestMs, Prepared& out);
    [[nodiscard]] Result<void> store(std::span<const model::MetricMetadata> metadata);
    void apply(Prepared& prepared);
    void forget(std::span<const Prepared> prepared);
    void commit(std::deque<QueuedBatch>& batches);
    [[nodiscard]] bool packWanted() const;
    [[nodiscard]] Result<void> pack();
    [[nodiscard]] bool sealWanted() const;
    void startSealing();
    [[nodiscard]] Result<void> finishSealing();
    [[nodiscard]] Result<void> sealAll();
    [[nodiscard]] Result<void> applyRetention();
    [[nodiscard]] bool worthCompacting(std::uint64_t maxBytes, std::uint64_t spareParts) const;
    [[nodiscard]] Result<void> compactAfterWork();
    [[nodiscard]] Result<void> flush();
    void report(const Result<void>& result, const char* what) const;
    void run();

    StoreState& m_state;
    WriterQueue m_queue;
    WriterCounters m_counters;
    std::atomic<bool> m_settling = false;

    // Of the thread:
    std::vector<LastSample> m_last; ///< by handle
    std::uint64_t m_epoch = 1;      ///< of the head
    std::optional<JournalEncoder> m_encoder;
    std::uint64_t m_nextSequence = 1;
    Clock::time_point m_lastCommit {};
    Clock::time_point m_nextRetention {};
    bool m_pagesFreed = false; ///< by a seal or a merge, since it was last looked at whether to compact
    MergeJob m_merging;
    SealJob m_sealing;
    std::thread m_thread;
};

}
