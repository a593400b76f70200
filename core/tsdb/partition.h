#pragma once

#include "core/base/result.h"
#include "core/kv/kv.h"
#include "core/tsdb/series_index.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace belvedere::tsdb {

/// Where a block is and what is in it. The series of a partition are numbered in the order in which they came to it.
struct BlockInfo {
    std::uint32_t segment = 0;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
    std::uint32_t firstSeries = 0;
    std::uint32_t lastSeries = 0;
    std::int64_t minMs = 0;
    std::int64_t maxMs = 0;
    /// The columns' series, increasing; null if they are firstSeries to lastSeries.
    std::shared_ptr<const std::vector<std::uint32_t>> series;

    [[nodiscard]] bool overlaps(std::int64_t fromMs, std::int64_t toMs) const noexcept { return minMs <= toMs && maxMs >= fromMs; }
    /// The column of a series, or kNone.
    [[nodiscard]] std::size_t column(std::uint32_t number) const;
    static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
};

/// Blocks of the same series, by time. Most series are in one lane for a whole partition.
struct BlockLane {
    std::uint32_t firstSeries = 0;
    std::uint32_t lastSeries = 0;
    std::uint32_t reach = 0; ///< greatest lastSeries of this lane and those before it
    std::vector<BlockInfo> blocks;
};
using BlockList = std::vector<BlockLane>; ///< sorted by firstSeries, lastSeries

/// Adds blocks to a copy of `list`.
[[nodiscard]] std::shared_ptr<const BlockList> withBlocks(const BlockList& list, std::span<const BlockInfo> added);

/// What the store knows of a partition without opening it; stored under its own key.
struct PartitionRecord {
    std::int64_t startMs = 0; ///< times of the partition: [startMs, endMs)
    std::int64_t endMs = 0;
    std::int64_t minMs = std::numeric_limits<std::int64_t>::max(); ///< of its samples
    std::int64_t maxMs = std::numeric_limits<std::int64_t>::min();
    std::uint64_t samples = 0;
    std::uint64_t series = 0;
    std::uint64_t bytes = 0;    ///< of its segments and series
    std::uint32_t parts = 0;    ///< its stored runs of series are [firstPart, parts)
    std::uint32_t segments = 0; ///< its segments are [firstSegment, segments)
    std::uint32_t firstPart = 0;
    std::uint32_t firstSegment = 0;
    std::uint64_t seals = 0;         ///< that its blocks come from; what a merge made counts as one
    std::uint64_t mergedSamples = 0; ///< samples that it had when it was merged last

    [[nodiscard]] std::string encode() const;
    [[nodiscard]] static Result<PartitionRecord> decode(std::int64_t startMs, kv::Bytes bytes);
    [[nodiscard]] bool overlaps(std::int64_t fromMs, std::int64_t toMs) const noexcept { return minMs <= toMs && maxMs >= fromMs; }
};

/// A partition and, once somebody asked for it, its index.
///
/// Threading: `record` and `content` are guarded by the store's state lock. Loading is done under loadMutex.
struct Partition {
    struct Content {
        std::vector<Handle> handles; ///< by number in the partition
        std::unordered_map<Handle, std::uint32_t> numbers;
        HandleSet members;
        std::shared_ptr<const BlockList> blocks = std::make_shared<const BlockList>();
    };
    PartitionRecord record;
    std::unique_ptr<Content> content;
    std::mutex loadMutex;
    /// What this one took the place of when its blocks were merged; somebody may still read the blocks of that.
    std::weak_ptr<const Partition> replaced;
};

/// Keys of the store's table; see docs/format/metrics.md.
namespace keys {

inline constexpr char kPartition = 'P';
inline constexpr char kSeries = 'I';
inline constexpr char kDirectory = 'D';
inline constexpr char kSegment = 'S';
inline constexpr char kMetadata = 'M';
inline constexpr char kFormat = 'F';

[[nodiscard]] std::string partition(std::int64_t startMs);
[[nodiscard]] std::string part(char kind, std::int64_t startMs, std::uint32_t number);
/// The number in a key that part() made.
[[nodiscard]] std::uint32_t numberOf(std::string_view key);
[[nodiscard]] std::string metadata(std::string_view metric);
/// The first key behind all that begin with `prefix`, whose last byte must not be 0xFF.
[[nodiscard]] std::string behind(std::string prefix);

}

/// The directory of a segment: its blocks in order.
[[nodiscard]] std::string encodeDirectory(std::int64_t partitionMs, std::span<const BlockInfo> blocks);
[[nodiscard]] Result<std::vector<BlockInfo>> decodeDirectory(kv::Bytes bytes, std::int64_t partitionMs, std::uint32_t segment);

/// Reads the index of a partition.
[[nodiscard]] Result<std::unique_ptr<Partition::Content>> loadPartition(const kv::Transaction& txn, kv::Table table, const PartitionRecord& record, SeriesIndex& index);

}
