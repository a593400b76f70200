#pragma once

#include "core/tsdb/block.h"
#include "core/tsdb/partition.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace belvedere::tsdb {

/// Timestamps that a sealed block has at the most.
constexpr std::size_t kMaxBlockTimestamps = 2048;

/// How many series of so many timestamps share a block.
[[nodiscard]] std::size_t seriesPerBlock(std::size_t timestamps);

/// Blocks one behind the other, and their directory.
struct Segment {
    std::string bytes;
    std::vector<BlockInfo> blocks;
    [[nodiscard]] bool full() const;
};

/// Adds a block to the last of `segments`, or to a new one if that is full; they are numbered from `firstSegment` on. `times` are the block's,
/// `numbers` the series of its columns, increasing. Answers the size of the block.
std::size_t addBlock(std::vector<Segment>& segments, std::uint32_t firstSegment, const BlockBuilder& block, std::span<const std::int64_t> times, std::vector<std::uint32_t> numbers);

}
