#include "core/tsdb/block.h"

namespace belvedere::tsdb {

namespace {

// More than any block has: bounds what damaged bytes can make a reader allocate.
constexpr std::size_t kMaxTimestamps = std::size_t { 1 } << 22;
constexpr std::size_t kMaxColumns = std::size_t { 1 } << 24;

constexpr unsigned kTimesDeltas = 1;
constexpr unsigned kTimesDivisor = 2;

}

BlockBuilder::BlockBuilder(std::span<const std::int64_t> times, Effort effort)
    : m_effort(effort)
    , m_timestamps(times.size())
{
    std::string encoded;
    const auto flags = encodeIntegers(encoded, times, effort);
    putByte(m_times, (flags.deltas ? kTimesDeltas : 0U) | (flags.divisor ? kTimesDivisor : 0U));
    putText(m_times, encoded);
}

void BlockBuilder::add(std::span<const double> values, std::span<const std::uint8_t> present)
{
    const auto begin = m_columns.size();
    if (!values.empty())
        encodeColumn(m_columns, values, present, m_effort);
    m_sizes.push_back(m_columns.size() - begin);
}

void BlockBuilder::finish(std::string& out) const
{
    std::uint64_t largest = 0;
    for (const auto size : m_sizes)
        largest = std::max(largest, size);
    putVarint(out, m_timestamps);
    putVarint(out, m_sizes.size());
    out += m_times;
    const auto width = static_cast<unsigned>(std::bit_width(largest));
    putByte(out, width);
    packBits(out, m_sizes.data(), m_sizes.size(), width);
    out += m_columns;
    out.append(kSlackBytes, '\0');
}

bool BlockReader::open(Bytes block)
{
    if (block.size() < kSlackBytes)
        return false;
    Reader in(block.substr(0, block.size() - kSlackBytes));
    const auto timestamps = in.count(kMaxTimestamps);
    m_columns = in.count(kMaxColumns);
    const auto flags = in.byte();
    const auto timeBytes = in.text();
    if (in.failed() || timestamps == 0)
        return false;
    IntegerDecoder decoder;
    if (!decoder.open(timeBytes, { (flags & kTimesDeltas) != 0, (flags & kTimesDivisor) != 0 }, timestamps))
        return false;
    m_times.resize(timestamps);
    decoder.decode(0, timestamps, [&](std::size_t index, const std::int64_t* values, std::size_t count) {
        std::copy_n(values, count, m_times.data() + index);
    });
    const unsigned width = in.byte();
    if (in.failed() || width > 32)
        return false;
    const auto packed = in.take(packedSize(m_columns, width));
    if (in.failed())
        return false;
    m_data = in.take(in.left());
    m_offsets.resize(m_columns + 1);
    std::array<std::uint64_t, kFrameSize> sizes;
    std::uint64_t offset = 0;
    const auto* at = reinterpret_cast<const unsigned char*>(packed.data());
    for (std::size_t begin = 0; begin < m_columns; begin += kFrameSize) {
        const auto count = std::min(kFrameSize, m_columns - begin);
        unpackBits(at + begin / 8 * width, count, width, sizes.data());
        for (std::size_t i = 0; i < count; ++i) {
            m_offsets[begin + i] = static_cast<std::uint32_t>(offset);
            offset += sizes[i];
            if (offset > m_data.size())
                return false;
        }
    }
    m_offsets[m_columns] = static_cast<std::uint32_t>(offset);
    return true;
}

Bytes BlockReader::column(std::size_t index) const
{
    return m_data.substr(m_offsets[index], m_offsets[index + 1] - m_offsets[index]);
}

}
