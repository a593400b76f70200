#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace belvedere::ingest {

/// Walks over the fields of one protobuf message without copying. Anything malformed ends the walk with ok() false;
/// no input makes it read outside its bytes.
///
///     for (ProtobufReader reader(bytes); reader.next();)
///         if (reader.is(1, Wire::bytes)) ... reader.bytes() ...
class ProtobufReader {
public:
    enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

    explicit ProtobufReader(std::string_view message) noexcept
        : m_at(message.data())
        , m_end(message.data() + message.size())
    {
    }

    /// Goes to the next field; false at the end, and where the message is damaged.
    bool next() noexcept
    {
        if (!m_ok || m_at == m_end)
            return false;
        m_fieldStart = m_at;
        std::uint64_t tag = 0;
        if (!readVarint(tag) || (tag >> 3) == 0 || (tag >> 3) > 0x1FFFFFFF)
            return m_ok = false;
        m_field = static_cast<std::uint32_t>(tag >> 3);
        m_wire = static_cast<Wire>(tag & 7);
        switch (m_wire) {
        case Wire::varint:
            return m_ok = readVarint(m_value);
        case Wire::fixed64:
            return m_ok = readFixed(8);
        case Wire::fixed32:
            return m_ok = readFixed(4);
        case Wire::bytes: {
            std::uint64_t length = 0;
            if (!readVarint(length) || length > static_cast<std::uint64_t>(m_end - m_at))
                return m_ok = false;
            m_bytes = { m_at, static_cast<std::size_t>(length) };
            m_at += length;
            return true;
        }
        }
        return m_ok = false; // groups, which no sender uses
    }

    [[nodiscard]] bool ok() const noexcept { return m_ok; }
    [[nodiscard]] bool is(std::uint32_t field, Wire wire) const noexcept { return m_field == field && m_wire == wire; }
    [[nodiscard]] std::uint64_t varint() const noexcept { return m_value; } ///< of varint, fixed64 and fixed32
    [[nodiscard]] std::int64_t int64() const noexcept { return std::bit_cast<std::int64_t>(m_value); }
    [[nodiscard]] double float64() const noexcept { return std::bit_cast<double>(m_value); }
    [[nodiscard]] std::string_view bytes() const noexcept { return m_bytes; }
    /// The field with its tag, as it was sent.
    [[nodiscard]] std::string_view encoded() const noexcept { return { m_fieldStart, static_cast<std::size_t>(m_at - m_fieldStart) }; }

private:
    bool readVarint(std::uint64_t& value) noexcept
    {
        value = 0;
        for (int shift = 0; shift < 64 && m_at != m_end; shift += 7) {
            const auto byte = static_cast<unsigned char>(*m_at++);
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80)
                return true;
        }
        return false;
    }
    bool readFixed(std::size_t size) noexcept
    {
        if (static_cast<std::size_t>(m_end - m_at) < size)
            return false;
        m_value = 0;
        for (std::size_t i = 0; i < size; ++i)
            m_value |= static_cast<std::uint64_t>(static_cast<unsigned char>(m_at[i])) << (8 * i);
        m_at += size;
        return true;
    }

    const char* m_at;
    const char* m_end;
    const char* m_fieldStart = nullptr;
    std::uint32_t m_field = 0;
    Wire m_wire = Wire::varint;
    std::uint64_t m_value = 0;
    std::string_view m_bytes;
    bool m_ok = true;
};

}
