#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/base/result.h"
#include "core/model/log_source.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace belvedere::logs {

struct StoreOptions {
    /// Reads beside a live writer in another process; every append fails.
    bool readOnly = false;
    /// Entries older than this are removed, partition by partition, and refused as too old. 0: kept for ever.
    std::int64_t retentionMs = 0;
    /// The oldest partitions are removed while the chunks take more room than this. 0: no limit.
    std::uint64_t retentionBytes = 0;
    /// Text of one stream that is sealed into one chunk.
    std::size_t chunkBytes = std::size_t { 1 } << 20;
    /// Text of all streams that waits in memory and journal before the largest streams are sealed.
    std::size_t headBytes = std::size_t { 48 } << 20;
    /// Text that may wait for being packed into chunks before the writer waits.
    std::size_t packingBytes = std::size_t { 24 } << 20;
    /// Text that may wait for the writer before append() waits.
    std::size_t queueBytes = std::size_t { 32 } << 20;
    /// True: each commit waits for the disk; see kv::Environment::Options.
    bool syncEveryCommit = false;
};

/// What the store is made of and has done; counters since it was opened.
struct Stats {
    std::uint64_t streams = 0;        ///< known, with or without entries in the head
    std::uint64_t chunks = 0;
    std::uint64_t chunkEntries = 0;
    std::uint64_t chunkTextBytes = 0; ///< line text inside chunks, uncompressed
    std::uint64_t chunkBytes = 0;     ///< what the chunks take, filters included
    std::uint64_t filterBytes = 0;    ///< the filters' part of chunkBytes
    std::uint64_t headStreams = 0;
    std::uint64_t headEntries = 0;
    std::uint64_t headTextBytes = 0;
    std::uint64_t usedBytes = 0; ///< of the file
    std::uint64_t fileBytes = 0;

    std::uint64_t appendedEntries = 0;
    std::uint64_t appendedTextBytes = 0;
    std::uint64_t duplicateEntries = 0;
    std::uint64_t tooOldEntries = 0;
    std::uint64_t commits = 0;
    std::uint64_t failedCommits = 0;
    std::uint64_t queuedTextBytes = 0;
};

/// The log store: streams of entries in one LMDB environment. Byte layout: docs/format/logs.md.
///
/// New entries go to the head (memory) and the journal (LMDB); a commit acknowledges them together with the positions of
/// their collectors. A stream whose head is large enough is sealed: its entries move into a compressed chunk with a
/// filter of the texts it contains, and its journal is dropped, in one transaction.
///
/// Threading: every call from any thread; one thread of its own writes, others pack chunks. Selections and listen() handles must not outlive
/// the store.
class Store final : public model::LogSource, public model::LogSink {
public:
    /// `clock` and `logger` must outlive the store.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const std::filesystem::path& folder, StoreOptions options, const Clock& clock, Logger& logger);
    ~Store() override; ///< commits what is queued
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    [[nodiscard]] Result<std::unique_ptr<model::LogSelection>> select(const model::LogRequest& request, std::stop_token stop) const override;
    [[nodiscard]] Result<std::vector<std::string>> labelNames(std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const override;
    [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string& name, std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const override;
    [[nodiscard]] Result<std::vector<model::LabelsRef>> series(std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const override;
    /// Pieces that lie only partly in the range count in proportion to their time.
    [[nodiscard]] Result<model::LogVolume> volume(const model::Matchers& matchers, std::int64_t fromNs, std::int64_t toNs) const override;
    [[nodiscard]] std::shared_ptr<void> listen(Listener listener) override;

    void append(std::vector<model::LogPush> pushes, std::vector<model::LogPosition> positions, Committed committed) override;
    [[nodiscard]] Result<std::optional<std::string>> position(std::string_view source) const override;

    /// Seals every head, applies retention and forces all to the disk. Appends need no flush to be safe.
    [[nodiscard]] Result<void> flush();
    /// A consistent copy without free pages, while others read and write.
    [[nodiscard]] Result<void> copyTo(const std::filesystem::path& folder) const;
    [[nodiscard]] Stats stats() const;

private:
    struct Private;
    explicit Store(std::unique_ptr<Private> d);

    std::unique_ptr<Private> d;
};

}
