#include "core/tsdb/partition.h"

#include "core/base/format.h"
#include "core/tsdb/bytes.h"
#include "core/tsdb/series_part.h"

#include <algorithm>

namespace belvedere::tsdb {

std::size_t BlockInfo::column(std::uint32_t number) const
{
    if (number < firstSeries || number > lastSeries)
        return kNone;
    if (!series)
        return number - firstSeries;
    const auto at = std::lower_bound(series->begin(), series->end(), number);
    return at == series->end() || *at != number ? kNone : static_cast<std::size_t>(at - series->begin());
}

std::shared_ptr<const BlockList> withBlocks(const BlockList& list, std::span<const BlockInfo> added)
{
    auto out = std::make_shared<BlockList>(list);
    for (const auto& block : added) {
        const auto key = std::pair(block.firstSeries, block.lastSeries);
        auto lane = std::lower_bound(out->begin(), out->end(), key, [](const BlockLane& a, const auto& wanted) {
            return std::pair(a.firstSeries, a.lastSeries) < wanted;
        });
        if (lane == out->end() || std::pair(lane->firstSeries, lane->lastSeries) != key)
            lane = out->insert(lane, BlockLane { block.firstSeries, block.lastSeries, 0, {} });
        const auto place = std::upper_bound(lane->blocks.begin(), lane->blocks.end(), block, [](const BlockInfo& a, const BlockInfo& b) { return a.minMs < b.minMs; });
        lane->blocks.insert(place, block);
    }
    std::uint32_t reach = 0;
    for (auto& lane : *out) {
        reach = std::max(reach, lane.lastSeries);
        lane.reach = reach;
    }
    return out;
}

std::string PartitionRecord::encode() const
{
    std::string out;
    putSigned(out, wrappingSub(endMs, startMs));
    putSigned(out, wrappingSub(minMs, startMs));
    putSigned(out, wrappingSub(maxMs, startMs));
    putVarint(out, samples);
    putVarint(out, series);
    putVarint(out, bytes);
    putVarint(out, parts);
    putVarint(out, segments);
    putVarint(out, firstPart);
    putVarint(out, firstSegment);
    putVarint(out, seals);
    putVarint(out, mergedSamples);
    return out;
}

Result<PartitionRecord> PartitionRecord::decode(std::int64_t startMs, kv::Bytes bytes)
{
    Reader in(bytes);
    PartitionRecord record;
    record.startMs = startMs;
    record.endMs = wrappingAdd(startMs, in.signedVarint());
    record.minMs = wrappingAdd(startMs, in.signedVarint());
    record.maxMs = wrappingAdd(startMs, in.signedVarint());
    record.samples = in.varint();
    record.series = in.varint();
    record.bytes = in.varint();
    record.parts = static_cast<std::uint32_t>(in.count(std::numeric_limits<std::uint32_t>::max()));
    record.segments = static_cast<std::uint32_t>(in.count(std::numeric_limits<std::uint32_t>::max()));
    if (in.atEnd()) {
        record.seals = record.segments; // format 2 did not merge; as many seals at most
    } else {
        record.firstPart = static_cast<std::uint32_t>(in.count(record.parts));
        record.firstSegment = static_cast<std::uint32_t>(in.count(record.segments));
        record.seals = in.varint();
        record.mergedSamples = in.varint();
    }
    if (in.failed())
        return failure(ErrorCode::corrupt, "a partition record is damaged");
    return record;
}

namespace keys {

std::string partition(std::int64_t startMs)
{
    std::string key(1, kPartition);
    kv::appendKeySigned64(key, startMs);
    return key;
}

std::string part(char kind, std::int64_t startMs, std::uint32_t number)
{
    std::string key(1, kind);
    kv::appendKeySigned64(key, startMs);
    for (int shift = 24; shift >= 0; shift -= 8)
        key += static_cast<char>(number >> shift);
    return key;
}

std::uint32_t numberOf(std::string_view key)
{
    std::uint32_t number = 0;
    for (const auto c : key.substr(key.size() - 4))
        number = number << 8 | static_cast<unsigned char>(c);
    return number;
}

std::string metadata(std::string_view metric)
{
    // LMDB keys have at most 511 bytes; a longer name is cut and told apart by its hash. The value has it in full.
    constexpr std::size_t kMaxName = 480;
    std::string key(1, kMetadata);
    key += metric.substr(0, kMaxName);
    if (metric.size() > kMaxName)
        key += formatted("{:016x}", model::Labels({ { std::string(model::kMetricName), std::string(metric) } }).hash());
    return key;
}

std::string behind(std::string prefix)
{
    prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
    return prefix;
}

}

std::string encodeDirectory(std::int64_t partitionMs, std::span<const BlockInfo> blocks)
{
    std::string out;
    std::int64_t lastMin = partitionMs;
    std::int64_t lastSeries = 0;
    for (const auto& block : blocks) {
        putVarint(out, block.size);
        putSigned(out, wrappingSub(block.minMs, lastMin));
        putVarint(out, static_cast<std::uint64_t>(block.maxMs - block.minMs));
        putSigned(out, static_cast<std::int64_t>(block.firstSeries) - lastSeries);
        lastMin = block.minMs;
        lastSeries = block.lastSeries;
        // Twice the number of series behind the first, plus one if there are gaps between them.
        if (!block.series) {
            putVarint(out, static_cast<std::uint64_t>(block.lastSeries - block.firstSeries) << 1);
            continue;
        }
        putVarint(out, (block.series->size() - 1) << 1 | 1);
        for (std::size_t i = 1; i < block.series->size(); ++i)
            putVarint(out, (*block.series)[i] - (*block.series)[i - 1] - 1);
    }
    return out;
}

Result<std::vector<BlockInfo>> decodeDirectory(kv::Bytes bytes, std::int64_t partitionMs, std::uint32_t segment)
{
    Reader in(bytes);
    std::vector<BlockInfo> blocks;
    std::uint64_t offset = 0;
    std::int64_t lastMin = partitionMs;
    std::int64_t lastSeries = 0;
    constexpr std::size_t kMax32 = std::numeric_limits<std::uint32_t>::max();
    while (!in.atEnd()) {
        BlockInfo block;
        block.segment = segment;
        block.offset = static_cast<std::uint32_t>(offset);
        block.size = static_cast<std::uint32_t>(in.count(kMax32));
        offset += block.size;
        block.minMs = wrappingAdd(lastMin, in.signedVarint());
        block.maxMs = wrappingAdd(block.minMs, static_cast<std::int64_t>(in.varint()));
        block.firstSeries = static_cast<std::uint32_t>(wrappingAdd(lastSeries, in.signedVarint()));
        const auto more = in.varint();
        if (in.failed() || offset > kMax32 || more >> 1 > kMax32)
            return failure(ErrorCode::corrupt, formatted("the directory of segment {} is damaged", segment));
        if ((more & 1) == 0) {
            block.lastSeries = block.firstSeries + static_cast<std::uint32_t>(more >> 1);
        } else {
            auto series = std::make_shared<std::vector<std::uint32_t>>();
            series->push_back(block.firstSeries);
            for (std::uint64_t i = 0; i < more >> 1 && !in.failed(); ++i)
                series->push_back(series->back() + static_cast<std::uint32_t>(in.varint()) + 1);
            block.lastSeries = series->back();
            block.series = std::move(series);
        }
        if (in.failed() || block.lastSeries < block.firstSeries)
            return failure(ErrorCode::corrupt, formatted("the directory of segment {} is damaged", segment));
        lastMin = block.minMs;
        lastSeries = block.lastSeries;
        blocks.push_back(std::move(block));
    }
    return blocks;
}

Result<std::unique_ptr<Partition::Content>> loadPartition(const kv::Transaction& txn, kv::Table table, const PartitionRecord& record, SeriesIndex& index)
{
    auto content = std::make_unique<Partition::Content>();
    const auto missing = [&](const char* what, std::uint32_t number) {
        return failure(ErrorCode::corrupt, formatted("partition {}: {} {} is missing", record.startMs, what, number));
    };
    for (auto number = record.firstPart; number < record.parts; ++number) {
        const auto bytes = txn.get(table, keys::part(keys::kSeries, record.startMs, number));
        if (!bytes)
            return std::unexpected(bytes.error());
        if (!*bytes)
            return missing("series part", number);
        auto handles = decodeSeries(**bytes, index);
        if (!handles)
            return withContext(std::move(handles.error()), formatted("partition {}", record.startMs));
        content->handles.insert(content->handles.end(), handles->begin(), handles->end());
    }
    content->numbers.reserve(content->handles.size());
    for (std::size_t i = 0; i < content->handles.size(); ++i)
        content->numbers.emplace(content->handles[i], static_cast<std::uint32_t>(i));
    content->members.addMany(content->handles.size(), content->handles.data());
    std::vector<BlockInfo> blocks;
    for (auto number = record.firstSegment; number < record.segments; ++number) {
        const auto bytes = txn.get(table, keys::part(keys::kDirectory, record.startMs, number));
        if (!bytes)
            return std::unexpected(bytes.error());
        if (!*bytes)
            return missing("directory", number);
        auto some = decodeDirectory(**bytes, record.startMs, number);
        if (!some)
            return withContext(std::move(some.error()), formatted("partition {}", record.startMs));
        blocks.insert(blocks.end(), std::make_move_iterator(some->begin()), std::make_move_iterator(some->end()));
    }
    content->blocks = withBlocks({}, blocks);
    return content;
}

}
