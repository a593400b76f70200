#pragma once

#include "core/base/result.h"
#include "core/kv/kv.h"
#include "core/tsdb/block.h"
#include "core/tsdb/column_codec.h"
#include "core/tsdb/partition.h"
#include "core/tsdb/segment.h"
#include "core/tsdb/series_index.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace belvedere::tsdb {

/// Rewrites the blocks of one partition into as few as hold the same samples. Changes nothing: the caller stores what it made, and
/// then shows it in place of the partition.
///
/// Memory: about 200 bytes for each block there is and will be, 60 for each series, up to 4 for each column, and what one step makes.
/// Threading: one thread at a time.
class Merger {
public:
    /// What there is. `environment`, `table` and `index` must outlive the merger.
    struct Source {
        PartitionRecord record;
        std::vector<Handle> handles; ///< by number
        std::shared_ptr<const BlockList> blocks;
    };
    Merger(const kv::Environment& environment, kv::Table table, const SeriesIndex& index, Source source);

    /// Finds out what the new blocks will be; answers whether they are worth the work. Call first.
    [[nodiscard]] Result<bool> plan(std::stop_token stop);
    /// Makes blocks until there are about so many bytes of them, or all are made. Fails with cancelled when stopped.
    [[nodiscard]] Result<void> step(std::size_t bytes, std::stop_token stop);

    [[nodiscard]] bool done() const noexcept { return m_finished; }
    [[nodiscard]] std::int64_t startMs() const noexcept { return m_source.record.startMs; }
    /// What it was made for; if the partition has got more meanwhile, the work was for nothing.
    [[nodiscard]] const PartitionRecord& sourceRecord() const noexcept { return m_source.record; }

    /// What was made, the first one being number sourceRecord().segments. The caller may take the bytes of those that
    /// are complete: all but the last until done().
    [[nodiscard]] std::vector<Segment>& segments() noexcept { return m_segments; }
    [[nodiscard]] std::size_t completeSegments() const noexcept { return m_finished || m_segments.empty() ? m_segments.size() : m_segments.size() - 1; }

    // Once done:
    /// The partition as it will be.
    [[nodiscard]] const PartitionRecord& record() const noexcept { return m_record; }
    [[nodiscard]] const std::string& series() const noexcept { return m_series; }
    [[nodiscard]] std::unique_ptr<Partition::Content> takeContent() noexcept { return std::move(m_content); }

private:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    /// Columns of blocks that follow each other in time and have about the same series: what was scraped from one target, or a
    /// part of that.
    struct Chain {
        std::uint32_t id = 0;
        std::vector<std::uint32_t> blocks; ///< numbers in m_blocks
        std::int64_t maxMs = 0;
        std::size_t timestamps = 0;
        std::size_t newestSeries = 0;      ///< series that the last block has for it
        std::vector<std::uint32_t> series; ///< old numbers, in the order of their columns
        [[nodiscard]] std::size_t pieces() const { return (timestamps + kMaxBlockTimestamps - 1) / kMaxBlockTimestamps; }
        [[nodiscard]] std::size_t pieceEnd(std::size_t piece) const { return timestamps * (piece + 1) / pieces(); }
    };
    /// The chains in which a series was last.
    struct Candidates {
        std::uint32_t newest = kNone;
        std::uint32_t before = kNone;
    };
    struct Block {
        const BlockInfo* info = nullptr;
        std::size_t timestamps = 0;
        std::vector<std::uint32_t> chains; ///< by column; one for all if there is one
        [[nodiscard]] std::uint32_t chain(std::size_t column) const { return chains.size() == 1 ? chains.front() : chains[column]; }
    };
    /// A block that is being read, and where it is in the chain.
    struct OpenBlock {
        const Block* block = nullptr;
        BlockReader reader;
        std::size_t begin = 0; ///< its first timestamp, counted in the chain
    };

    [[nodiscard]] Result<BlockReader> open(const kv::Transaction& txn, const BlockInfo& info) const;
    [[nodiscard]] Result<void> findBlocks(const kv::Transaction& txn, std::stop_token stop);
    void findChains();
    void join(std::uint32_t number, std::vector<Candidates>& chainsOf);
    void numberSeries();
    [[nodiscard]] bool worthIt() const;
    [[nodiscard]] Result<void> openPiece(const kv::Transaction& txn);
    [[nodiscard]] Result<void> makeBlock(const kv::Transaction& txn);
    [[nodiscard]] bool readColumn(std::uint32_t series);
    [[nodiscard]] Result<void> removeDoubles(const kv::Transaction& txn, std::uint32_t series);
    void advance();
    void finish();

    const kv::Environment& m_environment;
    kv::Table m_table;
    const SeriesIndex& m_index;
    Source m_source;

    // The plan:
    std::vector<Block> m_blocks; ///< oldest first
    std::vector<Chain> m_chains;
    std::unordered_set<std::uint32_t> m_contested; ///< series some of whose blocks overlap
    std::vector<std::uint32_t> m_numbers;          ///< new ones, by old ones
    std::vector<Handle> m_handles;                 ///< by new number
    std::size_t m_columns = 0;                     ///< of all blocks

    // How far it is:
    std::size_t m_chain = 0;
    std::size_t m_piece = 0;
    std::size_t m_at = 0; ///< the next of the chain's series
    std::vector<OpenBlock> m_open;       ///< of the piece; empty if none is open
    std::vector<std::int64_t> m_times;   ///< of the piece
    std::size_t m_timesBegin = 0;        ///< the first of them, counted in the chain
    ColumnDecoder m_decoder;
    std::vector<double> m_values; ///< of a series, by timestamp
    std::vector<std::uint8_t> m_present;
    std::vector<std::uint64_t> m_ages; ///< of the blocks that the values are from

    std::vector<Segment> m_segments;
    PartitionRecord m_record;
    std::string m_series;
    std::unique_ptr<Partition::Content> m_content;
    bool m_finished = false;
};

}
