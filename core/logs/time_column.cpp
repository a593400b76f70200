#include "core/logs/time_column.h"

#include "core/logs/bytes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

namespace belvedere::logs {

namespace {

constexpr std::size_t kBlock = 128;
/// So many zero bits announce a difference in full instead of a quotient.
constexpr unsigned kEscape = 40;
constexpr std::array<std::uint64_t, 4> kUnits { 1, 1'000, 1'000'000, 1'000'000'000 };

/// Least significant bit first.
class BitWriter {
public:
    explicit BitWriter(std::string& out)
        : m_out(out)
    {
    }
    void put(std::uint64_t value, unsigned bits) // bits <= 32
    {
        m_pending |= value << m_used;
        m_used += bits;
        while (m_used >= 8) {
            m_out += static_cast<char>(m_pending);
            m_pending >>= 8;
            m_used -= 8;
        }
    }
    void putLong(std::uint64_t value, unsigned bits)
    {
        if (bits > 32) {
            put(value & 0xFFFF'FFFFU, 32);
            put(value >> 32, bits - 32);
        } else {
            put(value, bits);
        }
    }
    void align()
    {
        if (m_used > 0)
            put(0, 8 - m_used);
    }

private:
    std::string& m_out;
    std::uint64_t m_pending = 0;
    unsigned m_used = 0;
};

std::uint64_t zigzag(std::uint64_t difference) { return difference << 1 ^ (0 - (difference >> 63)); }
std::uint64_t unzigzag(std::uint64_t value) { return value >> 1 ^ (0 - (value & 1)); }

std::uint64_t cost(std::span<const std::uint64_t> values, unsigned k)
{
    std::uint64_t bits = values.size() * (k + 1);
    for (const auto value : values) {
        const auto quotient = value >> k;
        bits += quotient < kEscape ? quotient : kEscape + 64 - k;
    }
    return bits;
}

/// The parameter with the lowest cost. The cost has one valley, which lies near the logarithm of the median.
unsigned bestParameter(std::span<const std::uint64_t> values)
{
    std::array<std::uint64_t, kBlock> sorted;
    std::ranges::copy(values, sorted.begin());
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.begin() + static_cast<std::ptrdiff_t>(values.size()));
    auto k = std::min(static_cast<unsigned>(std::bit_width(*middle)), 63U);
    auto lowest = cost(values, k);
    while (k > 0) {
        const auto lower = cost(values, k - 1);
        if (lower > lowest)
            break;
        lowest = lower;
        --k;
    }
    while (k < 63) {
        const auto higher = cost(values, k + 1);
        if (higher >= lowest)
            break;
        lowest = higher;
        ++k;
    }
    return k;
}

/// Reads bits; the bytes must be followed by eight that may be read.
class BitReader {
public:
    BitReader(const char* bytes, std::size_t size)
        : m_bytes(bytes)
        , m_end(size * 8)
    {
    }
    [[nodiscard]] bool ok() const { return m_at <= m_end; }

    /// At least 57 bits from here on; zeros beyond the end.
    [[nodiscard]] std::uint64_t peek() const
    {
        if (m_at >= m_end)
            return 0;
        std::uint64_t value = 0;
        if constexpr (std::endian::native == std::endian::little) {
            std::memcpy(&value, m_bytes + m_at / 8, 8);
        } else {
            for (unsigned i = 0; i < 8; ++i)
                value |= static_cast<std::uint64_t>(static_cast<unsigned char>(m_bytes[m_at / 8 + i])) << (8 * i);
        }
        return value >> (m_at % 8);
    }
    void skip(unsigned bits) { m_at += bits; }
    [[nodiscard]] std::uint64_t take(unsigned bits) // bits <= 32
    {
        const auto value = peek() & ((std::uint64_t { 1 } << bits) - 1);
        skip(bits);
        return value;
    }
    [[nodiscard]] std::uint64_t takeLong(unsigned bits)
    {
        if (bits <= 32)
            return take(bits);
        const auto low = take(32);
        return low | take(bits - 32) << 32;
    }
    void align() { m_at = (m_at + 7) / 8 * 8; }

private:
    const char* m_bytes;
    std::size_t m_at = 0;
    std::size_t m_end;
};

}

void appendTimes(std::string& out, std::span<const std::int64_t> timesNs)
{
    bool sorted = true;
    std::size_t unit = kUnits.size() - 1;
    for (std::size_t i = 1; i < timesNs.size(); ++i) {
        sorted = sorted && timesNs[i] >= timesNs[i - 1];
        // Wraps only where the exact difference does not fit; such differences are stored in units of 1.
        const auto difference = static_cast<std::uint64_t>(timesNs[i]) - static_cast<std::uint64_t>(timesNs[i - 1]);
        const auto size = timesNs[i] >= timesNs[i - 1] ? difference : 0 - difference;
        while (size % kUnits[unit] != 0)
            --unit;
    }
    if (!sorted)
        unit = 0;
    out += static_cast<char>(unit | (sorted ? 0 : 4));
    putFixed(out, static_cast<std::uint64_t>(timesNs.empty() ? 0 : timesNs.front()), 8);
    std::array<std::uint64_t, kBlock> differences;
    for (std::size_t at = 1; at < timesNs.size(); at += kBlock) {
        const auto count = std::min(kBlock, timesNs.size() - at);
        for (std::size_t i = 0; i < count; ++i) {
            const auto difference = static_cast<std::uint64_t>(timesNs[at + i]) - static_cast<std::uint64_t>(timesNs[at + i - 1]);
            differences[i] = sorted ? difference / kUnits[unit] : zigzag(difference);
        }
        const auto values = std::span(differences).first(count);
        const auto k = bestParameter(values);
        out += static_cast<char>(k);
        BitWriter bits(out);
        for (const auto value : values) {
            const auto quotient = value >> k;
            if (quotient < kEscape) {
                bits.putLong(std::uint64_t { 1 } << quotient, static_cast<unsigned>(quotient) + 1);
                bits.putLong(value & ((std::uint64_t { 1 } << k) - 1), k);
            } else {
                bits.putLong(std::uint64_t { 1 } << kEscape, kEscape + 1);
                bits.putLong(value, 64);
            }
        }
        bits.align();
    }
}

bool readTimes(std::string_view bytes, std::size_t count, std::vector<std::int64_t>& timesNs)
{
    timesNs.clear();
    ByteReader reader(bytes);
    const auto form = reader.fixed(1);
    auto time = reader.fixed(8);
    if (!reader.ok() || form > 7)
        return false;
    if (count == 0)
        return reader.atEnd();
    const bool sorted = (form & 4) == 0;
    const auto unit = kUnits[form & 3];
    // A difference takes at least one bit.
    if (count - 1 > reader.rest().size() * 8)
        return false;
    std::string padded(reader.rest());
    padded.append(8, '\0');
    BitReader bits(padded.data(), padded.size() - 8);
    timesNs.reserve(count);
    timesNs.push_back(static_cast<std::int64_t>(time));
    while (timesNs.size() < count) {
        const auto inBlock = std::min(kBlock, count - timesNs.size());
        const auto k = static_cast<unsigned>(bits.take(8));
        if (k > 63)
            return false;
        for (std::size_t i = 0; i < inBlock; ++i) {
            const auto ahead = bits.peek();
            const auto quotient = static_cast<unsigned>(std::countr_zero(ahead));
            if (quotient > kEscape)
                return false;
            bits.skip(quotient + 1);
            const auto value = quotient == kEscape ? bits.takeLong(64) : static_cast<std::uint64_t>(quotient) << k | bits.takeLong(k);
            time += sorted ? value * unit : unzigzag(value);
            timesNs.push_back(static_cast<std::int64_t>(time));
        }
        bits.align();
        if (!bits.ok())
            return false;
    }
    return true;
}

}
