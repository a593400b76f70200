#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/base/result.h"
#include "core/model/metric_source.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::tsdb {

struct StoreOptions {
    /// Looks at what has been committed, also while another process writes. Everything that would write fails.
    bool readOnly = false;
    /// Partitions that end longer ago than this are deleted, and samples older than this refused. 0 keeps all.
    std::int64_t retentionMs = 0;
    /// The oldest partitions are deleted while the data takes more room than this. 0 means no limit.
    std::uint64_t retentionBytes = 0;
    /// How much older than the newest sample of its series a sample may be. The newest sample is known for series that
    /// were written since the store was opened, or are in the journal.
    std::int64_t outOfOrderWindowMs = 60 * 60 * 1000;
    /// Length of the partitions made from now on; partitions start at multiples of it.
    std::int64_t partitionMs = 24 * 60 * 60 * 1000;
    /// While batches keep coming, commits are at least this far apart; a batch after a pause is committed at once.
    std::int64_t commitIntervalMs = 50;
    /// Batches and samples that wait for the writer before append() blocks.
    std::size_t queueBatches = 4096;
    std::size_t queueSamples = 1'000'000;
    /// Timestamps that a group collects in the head before it is sealed.
    std::size_t sealTimestamps = 240;
    /// Samples in the head take at most about this much memory; more is sealed early.
    std::size_t headBytes = std::size_t { 32 } << 20;
    /// True: an acknowledged write survives a crash of the machine too, not only of the process.
    bool syncEveryCommit = false;
};

/// What a store holds and what it did since it was opened.
struct StoreStats {
    std::uint64_t activeSeries = 0; ///< with samples in the head, or written to lately
    std::uint64_t headSamples = 0;
    std::uint64_t headBytes = 0;      ///< memory for them
    std::uint64_t sealedSamples = 0;
    std::uint64_t partitions = 0;
    std::optional<std::int64_t> oldestMs; ///< of all samples; nothing while the store is empty
    std::optional<std::int64_t> newestMs;

    std::uint64_t usedBytes = 0; ///< of the file, without free pages
    std::uint64_t fileBytes = 0;

    // Since the store was opened:
    std::uint64_t appended = 0;
    std::uint64_t outOfOrder = 0;
    std::uint64_t duplicate = 0;
    std::uint64_t tooOld = 0;
    std::uint64_t failedBatches = 0;
    std::uint64_t commits = 0;
    std::uint64_t seals = 0;
    std::uint64_t queuedBatches = 0; ///< now waiting
};

/// The metrics store of one workspace: a folder with one LMDB file. Layout: docs/format/metrics.md.
///
/// A batch is acknowledged when the LMDB transaction that journals it has committed; opening replays the journal and
/// reads nothing else. Samples of a group share their timestamps. Time is cut in partitions with an index each.
///
/// Threading: every call from any thread. One writer thread of its own does all writing.
class Store final : public model::MetricSource, public model::MetricSink {
public:
    using Stats = StoreStats;

    /// `clock` and `logger` must outlive the store. Fails with alreadyExists if the folder is open for writing
    /// elsewhere, with notFound if `readOnly` and there is no store, with corrupt if the journal cannot be read.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const std::filesystem::path& folder, StoreOptions options, const Clock& clock, Logger& logger);
    ~Store() override; ///< commits what is queued

    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    // model::MetricSource
    [[nodiscard]] Result<std::unique_ptr<model::MetricSelection>> select(const model::Matchers& matchers, model::TimeRange range, std::stop_token stop) const override;
    [[nodiscard]] Result<std::vector<std::string>> labelNames(std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const override;
    [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string& name, std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const override;
    [[nodiscard]] Result<std::vector<model::LabelsRef>> series(std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const override;
    [[nodiscard]] Result<std::vector<model::MetricMetadata>> metadata(const std::string& metric) const override;

    // model::MetricSink
    /// Ids are valid as long as the store is open, and nearly always the same when it is opened again: they are the hash of
    /// the label set, and only a second label set with the same hash gets another number.
    [[nodiscard]] Result<model::SeriesId> seriesId(const model::Labels& labels) override;
    [[nodiscard]] Result<model::GroupId> groupId(std::string_view name) override;
    void append(model::MetricBatch batch, Committed committed) override;

    /// Seals the whole head, so that the journal is empty, and gives free pages back to the file system where that is
    /// worth it. Waits until done.
    [[nodiscard]] Result<void> flush();
    /// A consistent copy, without free pages, into `folder`, while others read and write.
    [[nodiscard]] Result<void> copyTo(const std::filesystem::path& folder) const;
    [[nodiscard]] Stats stats() const;

private:
    struct Private;
    explicit Store(std::unique_ptr<Private> d);

    std::unique_ptr<Private> d;
};

}
