#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/base/result.h"
#include "core/model/metric_source.h"
#include "core/tsdb/store_options.h"

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
    std::uint64_t merges = 0; ///< of the blocks of a partition
    std::uint64_t queuedBatches = 0; ///< now waiting
    bool settling = false;           ///< a head is being sealed, blocks are being merged, or replaced ones wait to be deleted
};

/// The metrics store of one workspace: a folder with one LMDB file. Layout: docs/format/metrics.md.
///
/// A batch is acknowledged when the LMDB transaction that journals it has committed; opening reads the journal, whose
/// older part is packed and taken over as it is, and nothing else. Samples of a group share their timestamps. Time is cut in partitions with an index each.
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

    /// Seals the whole head, so that the journal is empty, merges blocks, and gives free pages back to the file system where
    /// that is worth it. Waits until done.
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
