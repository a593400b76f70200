#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace belvedere::logs {

inline void putVarint(std::string& out, std::uint64_t value)
{
    while (value >= 0x80) {
        out += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    out += static_cast<char>(value);
}

/// Little-endian, `bytes` of them.
inline void putFixed(std::string& out, std::uint64_t value, std::size_t bytes)
{
    for (std::size_t i = 0; i < bytes; ++i)
        out += static_cast<char>(value >> (8 * i));
}

inline void putText(std::string& out, std::string_view text)
{
    putVarint(out, text.size());
    out += text;
}

/// Reads what the functions above wrote. After the first read beyond the end ok() is false and all reads answer zero or
/// nothing, so a decoder may check once.
class ByteReader {
public:
    explicit ByteReader(std::string_view bytes)
        : m_rest(bytes)
    {
    }

    [[nodiscard]] bool ok() const noexcept { return m_ok; }
    [[nodiscard]] bool atEnd() const noexcept { return m_rest.empty(); }
    [[nodiscard]] std::string_view rest() const noexcept { return m_rest; }

    std::uint64_t varint()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !m_rest.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(m_rest.front());
            m_rest.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (byte < 0x80)
                return value;
        }
        fail();
        return 0;
    }

    std::uint64_t fixed(std::size_t bytes)
    {
        const auto text = take(bytes);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < text.size(); ++i)
            value |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i])) << (8 * i);
        return value;
    }

    std::string_view take(std::size_t count)
    {
        if (count > m_rest.size()) {
            fail();
            return {};
        }
        const auto taken = m_rest.substr(0, count);
        m_rest.remove_prefix(count);
        return taken;
    }

    std::string_view text() { return take(varint()); }

private:
    void fail()
    {
        m_ok = false;
        m_rest = {};
    }

    std::string_view m_rest;
    bool m_ok = true;
};

}
