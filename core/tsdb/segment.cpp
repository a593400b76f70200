#include "core/tsdb/segment.h"

#include <algorithm>

namespace belvedere::tsdb {

namespace {

// Large enough that LMDB's page rounding and the block's own head do not show, small enough that a look at one series
// does not read much beside it.
constexpr std::size_t kBlockBytes = std::size_t { 64 } << 10;
constexpr std::size_t kSegmentBytes = std::size_t { 256 } << 10;

}

std::size_t seriesPerBlock(std::size_t timestamps) { return std::clamp<std::size_t>(kBlockBytes / timestamps, 8, 1024); }

bool Segment::full() const { return bytes.size() >= kSegmentBytes; }

std::size_t addBlock(std::vector<Segment>& segments, std::uint32_t firstSegment, const BlockBuilder& block, std::span<const std::int64_t> times, std::vector<std::uint32_t> numbers)
{
    if (segments.empty() || segments.back().full())
        segments.emplace_back();
    auto& segment = segments.back();
    BlockInfo info;
    info.segment = firstSegment + static_cast<std::uint32_t>(segments.size() - 1);
    info.offset = static_cast<std::uint32_t>(segment.bytes.size());
    block.finish(segment.bytes);
    info.size = static_cast<std::uint32_t>(segment.bytes.size() - info.offset);
    info.firstSeries = numbers.front();
    info.lastSeries = numbers.back();
    info.minMs = times.front();
    info.maxMs = times.back();
    if (info.lastSeries - info.firstSeries + 1 != numbers.size())
        info.series = std::make_shared<const std::vector<std::uint32_t>>(std::move(numbers));
    const auto size = info.size;
    segment.blocks.push_back(std::move(info));
    return size;
}

}
