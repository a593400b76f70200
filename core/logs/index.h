#pragma once

#include "core/base/result.h"
#include "core/kv/kv.h"
#include "core/model/labels.h"
#include "core/model/matcher.h"

#include <roaring/roaring.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace belvedere::logs {

enum class StreamId : std::uint32_t { };

/// Time is cut in partitions of this length; each has its own index, so that retention removes key ranges.
inline constexpr std::int64_t kPartitionNs = 6LL * 3600 * 1'000'000'000;

[[nodiscard]] constexpr std::int64_t partitionOf(std::int64_t timeNs) noexcept
{
    return timeNs / kPartitionNs - (timeNs % kPartitionNs < 0 ? 1 : 0);
}

/// A set of stream ids.
class StreamSet {
public:
    StreamSet()
        : m_bitmap(roaring_bitmap_create())
    {
    }
    StreamSet(StreamSet&& other) noexcept
        : m_bitmap(std::exchange(other.m_bitmap, nullptr))
    {
    }
    StreamSet& operator=(StreamSet&& other) noexcept
    {
        std::swap(m_bitmap, other.m_bitmap);
        return *this;
    }
    ~StreamSet()
    {
        if (m_bitmap)
            roaring_bitmap_free(m_bitmap);
    }

    /// Malformed bytes give an empty set.
    [[nodiscard]] static StreamSet parse(std::string_view bytes);
    [[nodiscard]] std::string bytes() const;

    void add(StreamId id) { roaring_bitmap_add(m_bitmap, static_cast<std::uint32_t>(id)); }
    [[nodiscard]] bool contains(StreamId id) const { return roaring_bitmap_contains(m_bitmap, static_cast<std::uint32_t>(id)); }
    [[nodiscard]] bool empty() const { return roaring_bitmap_is_empty(m_bitmap); }
    void unite(const StreamSet& other) { roaring_bitmap_or_inplace(m_bitmap, other.m_bitmap); }
    void intersect(const StreamSet& other) { roaring_bitmap_and_inplace(m_bitmap, other.m_bitmap); }
    void subtract(const StreamSet& other) { roaring_bitmap_andnot_inplace(m_bitmap, other.m_bitmap); }
    [[nodiscard]] std::vector<StreamId> list() const;

private:
    roaring_bitmap_t* m_bitmap;
};

/// One chunk's row in the index.
struct ChunkRow {
    std::int64_t partition = 0;
    StreamId stream {};
    std::uint64_t sequence = 0;
    std::int64_t minNs = 0;
    std::int64_t maxNs = 0; ///< inclusive
    std::size_t entries = 0;
    std::size_t textBytes = 0;

    [[nodiscard]] std::string key() const;
};

/// Sums over the chunks of one partition.
struct PartitionTotals {
    std::uint64_t chunks = 0;
    std::uint64_t entries = 0;
    std::uint64_t textBytes = 0;
    std::uint64_t chunkBytes = 0;
    std::uint64_t filterBytes = 0;
};

/// A stream as it stands in the store.
struct StreamRow {
    StreamId id {};
    model::LabelsRef labels;
    std::int64_t maxSealedNs = std::numeric_limits<std::int64_t>::min(); ///< newest time inside chunks
};

/// The tables of the log store and what is done with them inside a transaction. Layout: docs/format/logs.md.
/// Threading: const calls from any thread with a transaction each.
class Index {
public:
    [[nodiscard]] static Result<std::unique_ptr<Index>> open(kv::Environment& environment, bool readOnly);

    // Counters and positions.
    [[nodiscard]] Result<std::uint64_t> counter(const kv::Transaction& txn, std::string_view name) const;
    [[nodiscard]] Result<void> setCounter(kv::Transaction& txn, std::string_view name, std::uint64_t value) const;
    [[nodiscard]] Result<std::optional<std::string>> position(const kv::Transaction& txn, std::string_view source) const;
    [[nodiscard]] Result<void> setPosition(kv::Transaction& txn, std::string_view source, std::string_view value) const;

    // Streams.
    [[nodiscard]] Result<std::optional<StreamRow>> findStream(const kv::Transaction& txn, const model::Labels& labels) const;
    [[nodiscard]] Result<std::optional<StreamRow>> stream(const kv::Transaction& txn, StreamId id) const;
    [[nodiscard]] Result<void> putStream(kv::Transaction& txn, const StreamRow& row, bool isNew) const;
    /// From a cache where possible; nothing if there is no such stream.
    [[nodiscard]] Result<model::LabelsRef> labels(const kv::Transaction& txn, StreamId id) const;
    [[nodiscard]] Result<std::size_t> streamCount(const kv::Transaction& txn) const { return txn.count(m_streams); }

    // Chunks.
    [[nodiscard]] Result<void> putChunk(kv::Transaction& txn, const ChunkRow& row, const model::Labels& labels, std::string_view chunk, std::size_t filterBytes) const;
    [[nodiscard]] Result<std::optional<kv::Bytes>> chunk(const kv::Transaction& txn, std::string_view key) const { return txn.get(m_chunks, key); }
    /// Calls `visit` for each chunk of `stream` that touches [fromNs, toNs] inside the partition.
    [[nodiscard]] Result<void> chunksOf(const kv::Transaction& txn, std::int64_t partition, StreamId stream, std::int64_t fromNs, std::int64_t toNs, const std::function<void(const ChunkRow&)>& visit) const;
    [[nodiscard]] Result<std::map<std::int64_t, PartitionTotals>> partitions(const kv::Transaction& txn) const;
    /// The streams of the partition that match all matchers.
    [[nodiscard]] Result<StreamSet> matching(const kv::Transaction& txn, std::int64_t partition, const model::Matchers& matchers) const;
    /// Removes the partition, and the streams that are then nowhere any more and for which `inHead` is false.
    [[nodiscard]] Result<void> removePartition(kv::Transaction& txn, std::int64_t partition, const std::function<bool(StreamId)>& inHead) const;

    // Journal.
    [[nodiscard]] Result<void> putJournal(kv::Transaction& txn, StreamId stream, std::uint64_t number, std::string_view record) const;
    /// Removes the stream's records with numbers below `end`.
    [[nodiscard]] Result<void> dropJournal(kv::Transaction& txn, StreamId stream, std::uint64_t end) const;
    /// Streams in order of their ids, records of each in order of their numbers; only of streams that `wanted` accepts.
    [[nodiscard]] Result<void> journal(const kv::Transaction& txn, const std::function<bool(StreamId)>& wanted, const std::function<void(StreamId, std::uint64_t number, kv::Bytes record)>& visit) const;

private:
    Index() = default;

    [[nodiscard]] Result<StreamSet> posting(const kv::Transaction& txn, std::int64_t partition, std::string_view name, std::string_view value) const;
    [[nodiscard]] Result<StreamSet> posted(const kv::Transaction& txn, std::int64_t partition, std::string_view name, const std::function<bool(std::string_view)>& accepts) const;
    [[nodiscard]] Result<void> addPosting(kv::Transaction& txn, std::int64_t partition, std::string_view name, std::string_view value, StreamId id) const;

    kv::Table m_meta;
    kv::Table m_positions;
    kv::Table m_streams;
    kv::Table m_streamHashes;
    kv::Table m_partitions;
    kv::Table m_postings;
    kv::Table m_rows;
    kv::Table m_chunks;
    kv::Table m_journal;

    mutable std::mutex m_mutex;
    mutable std::unordered_map<StreamId, model::LabelsRef> m_labels; // guarded by m_mutex
};

}
