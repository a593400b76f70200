#include "core/ingest/md5.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

namespace belvedere::ingest {

namespace {

/// floor(2^32 |sin(i + 1)|), RFC 1321 section 3.4.
const std::array<std::uint32_t, 64> kSines = [] {
    std::array<std::uint32_t, 64> out {};
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
    return out;
}();

constexpr std::array<std::array<int, 4>, 4> kShifts { { { 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 } } };

using State = std::array<std::uint32_t, 4>;

void addBlock(State& state, const unsigned char* block) noexcept
{
    std::array<std::uint32_t, 16> words;
    for (std::size_t i = 0; i < words.size(); ++i) {
        words[i] = static_cast<std::uint32_t>(block[i * 4]) | static_cast<std::uint32_t>(block[i * 4 + 1]) << 8
            | static_cast<std::uint32_t>(block[i * 4 + 2]) << 16 | static_cast<std::uint32_t>(block[i * 4 + 3]) << 24;
    }
    auto [a, b, c, d] = state;
    for (std::size_t i = 0; i < 64; ++i) {
        std::uint32_t mixed = 0;
        std::size_t word = 0;
        switch (i / 16) {
        case 0: mixed = (b & c) | (~b & d); word = i; break;
        case 1: mixed = (d & b) | (~d & c); word = (5 * i + 1) % 16; break;
        case 2: mixed = b ^ c ^ d; word = (3 * i + 5) % 16; break;
        default: mixed = c ^ (b | ~d); word = (7 * i) % 16; break;
        }
        const auto sum = a + mixed + kSines[i] + words[word];
        a = d;
        d = c;
        c = b;
        b += std::rotl(sum, kShifts[i / 16][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

}

std::uint64_t md5Tail(std::string_view text) noexcept
{
    State state { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t rest = text.size();
    for (; rest >= 64; rest -= 64, bytes += 64)
        addBlock(state, bytes);

    // A one bit, zeros, and the length in bits in the last 8 bytes.
    std::array<unsigned char, 128> tail {};
    for (std::size_t i = 0; i < rest; ++i)
        tail[i] = bytes[i];
    tail[rest] = 0x80;
    const std::size_t padded = rest < 56 ? 64 : 128;
    const std::uint64_t bits = static_cast<std::uint64_t>(text.size()) * 8;
    for (std::size_t i = 0; i < 8; ++i)
        tail[padded - 8 + i] = static_cast<unsigned char>(bits >> (8 * i));
    addBlock(state, tail.data());
    if (padded == 128)
        addBlock(state, tail.data() + 64);

    // The sum's bytes 8 to 15 are the words c and d in little-endian order.
    return static_cast<std::uint64_t>(std::byteswap(state[2])) << 32 | std::byteswap(state[3]);
}

}
