#pragma once

#include "core/base/result.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

/// Reading and writing of the byte formats in docs/format/metrics.md. All integers are little-endian.
namespace belvedere::tsdb {

static_assert(std::endian::native == std::endian::little, "the stored formats are little-endian and read in place");

using Bytes = std::string_view;

[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) noexcept
{
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t value) noexcept
{
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}
/// Differences and sums that wrap around, so that every pair of numbers can be coded.
[[nodiscard]] constexpr std::int64_t wrappingSub(std::int64_t a, std::int64_t b) noexcept
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
[[nodiscard]] constexpr std::int64_t wrappingAdd(std::int64_t a, std::int64_t b) noexcept
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

inline void putByte(std::string& out, unsigned value) { out += static_cast<char>(value); }

/// LEB128: seven bits a byte, low ones first.
inline void putVarint(std::string& out, std::uint64_t value)
{
    while (value >= 0x80) {
        out += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    out += static_cast<char>(value);
}
inline void putSigned(std::string& out, std::int64_t value) { putVarint(out, zigzag(value)); }
inline void putText(std::string& out, std::string_view text)
{
    putVarint(out, text.size());
    out += text;
}
template <class T>
void putFixed(std::string& out, T value)
{
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    out.append(raw, sizeof(T));
}
[[nodiscard]] inline std::size_t varintSize(std::uint64_t value) noexcept
{
    return value == 0 ? 1 : (static_cast<std::size_t>(std::bit_width(value)) + 6) / 7;
}

/// Reads forward over bytes. A read beyond the end gives zeros and sets failed(); check it once after a run of reads,
/// and before a count that was read is used to size anything.
class Reader {
public:
    explicit Reader(Bytes bytes)
        : m_at(bytes.data())
        , m_end(bytes.data() + bytes.size())
    {
    }

    [[nodiscard]] bool failed() const noexcept { return m_failed; }
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(m_end - m_at); }
    [[nodiscard]] bool atEnd() const noexcept { return m_at == m_end; }
    [[nodiscard]] const char* position() const noexcept { return m_at; }

    std::uint8_t byte()
    {
        if (m_at == m_end) {
            m_failed = true;
            return 0;
        }
        return static_cast<std::uint8_t>(*m_at++);
    }
    std::uint64_t varint()
    {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const std::uint64_t b = byte();
            value |= (b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
        m_failed = true;
        return 0;
    }
    std::int64_t signedVarint() { return unzigzag(varint()); }
    /// A varint that must not be above `limit`.
    std::size_t count(std::size_t limit)
    {
        const auto value = varint();
        if (value > limit) {
            m_failed = true;
            return 0;
        }
        return static_cast<std::size_t>(value);
    }
    template <class T>
    T fixed()
    {
        T value {};
        if (left() < sizeof(T)) {
            m_failed = true;
            m_at = m_end;
            return value;
        }
        std::memcpy(&value, m_at, sizeof(T));
        m_at += sizeof(T);
        return value;
    }
    Bytes take(std::size_t size)
    {
        if (left() < size) {
            m_failed = true;
            m_at = m_end;
            return {};
        }
        const Bytes taken(m_at, size);
        m_at += size;
        return taken;
    }
    Bytes text() { return take(count(std::numeric_limits<std::size_t>::max() / 2)); }
    void fail() { m_failed = true; }

private:
    const char* m_at;
    const char* m_end;
    bool m_failed = false;
};

}
