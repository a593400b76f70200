#include "core/logs/line_filter.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>

namespace belvedere::logs {

namespace {

constexpr unsigned kTrigramBits = 15;
constexpr unsigned kPieceBits = 19;
constexpr unsigned kSmallestBits = 6;
constexpr std::size_t kPieceBytes = 6;
constexpr std::size_t kWindow = 7;
/// Folding goes on while no more than this part of the bits would be set. Identifiers yield several pieces each, so
/// one in three false answers a piece is enough for them.
constexpr double kTrigramFill = 0.30;
constexpr double kPieceFill = 0.36;

std::uint64_t loadLittle(const char* p, std::size_t bytes)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(p[i])) << (8 * i);
    return value;
}

std::uint32_t trigramHash(const char* p)
{
    return (static_cast<std::uint32_t>(loadLittle(p, 3)) * 0x9E3779B1U) >> (32 - kTrigramBits);
}

std::int32_t pieceHash(std::uint64_t sixBytes)
{
    return static_cast<std::int32_t>((sixBytes * 0x9E3779B97F4A7C15ULL) >> 32);
}

/// Hashes that are worked on at once: they and their minima stay in the first-level cache.
constexpr std::size_t kSegment = 2048;

/// Calls `chosen(hash)` with the smallest hash of each window, left out where it is that of the window before. The text
/// is walked in segments, and the minima are made in steps (of two, of four, of seven) whose constant lengths let the
/// compiler vectorise them; behind a short last segment they work on leftovers, which nobody looks at.
template <class Chosen> void eachPiece(std::string_view text, Chosen&& chosen)
{
    constexpr std::size_t kOverlap = kWindow - 1;
    if (text.size() < kPieceBytes + kOverlap)
        return;
    std::array<std::int32_t, kSegment + 12> hashes{};
    std::array<std::int32_t, kSegment + 12> minima{};
    const std::size_t count = text.size() - kPieceBytes + 1;
    for (std::size_t begin = 0; begin + kOverlap < count; begin += kSegment) {
        const auto n = std::min(kSegment + kOverlap, count - begin);
        const char* const from = text.data() + begin;
        std::size_t i = 0;
        if constexpr (std::endian::native == std::endian::little) {
            for (const auto whole = std::min(n, text.size() - begin - 7); i < whole; ++i) {
                std::uint64_t eight;
                std::memcpy(&eight, from + i, 8);
                hashes[i] = pieceHash(eight & 0xFFFF'FFFF'FFFFULL);
            }
        }
        for (; i < n; ++i)
            hashes[i] = pieceHash(loadLittle(from + i, kPieceBytes));
        for (i = 0; i < kSegment + 8; ++i)
            minima[i] = std::min(hashes[i], hashes[i + 1]);
        for (i = 0; i < kSegment + 4; ++i)
            hashes[i] = std::min(minima[i], minima[i + 2]);
        for (i = 0; i < kSegment; ++i)
            minima[i] = std::min(hashes[i], hashes[i + 3]);
        const auto windows = n - kOverlap;
        // Without a branch, which would be guessed wrongly a quarter of the time.
        std::size_t kept = 1;
        hashes[0] = minima[0];
        for (i = 1; i < windows; ++i) {
            hashes[kept] = minima[i];
            kept += minima[i] != minima[i - 1] ? 1 : 0;
        }
        for (i = 0; i < kept; ++i)
            chosen(hashes[i]);
    }
}

/// Halves the bitmap while it stays no fuller than `fill`; appends log2 of its size in bits and its bytes.
void appendFolded(std::string& out, std::vector<std::uint64_t>& bits, unsigned log2Bits, double fill)
{
    const auto setBits = [&](std::size_t words) {
        std::size_t set = 0;
        for (std::size_t i = 0; i < words; ++i)
            set += static_cast<std::size_t>(std::popcount(bits[i]));
        return set;
    };
    std::size_t words = bits.size();
    for (auto set = setBits(words); log2Bits > kSmallestBits; --log2Bits) {
        // Folding loses few bits of a sparse map: do not even try when it would get too full for certain.
        if (static_cast<double>(set) * 0.75 > fill * static_cast<double>(words * 32))
            break;
        std::size_t folded = 0;
        for (std::size_t i = 0; i < words / 2; ++i)
            folded += static_cast<std::size_t>(std::popcount(bits[i] | bits[i + words / 2]));
        if (static_cast<double>(folded) > fill * static_cast<double>(words * 32))
            break;
        words /= 2;
        for (std::size_t i = 0; i < words; ++i)
            bits[i] |= bits[i + words];
        set = folded;
    }
    out += static_cast<char>(log2Bits);
    for (std::size_t i = 0; i < words; ++i) {
        for (unsigned shift = 0; shift < 64; shift += 8)
            out += static_cast<char>(bits[i] >> shift);
    }
}

/// One bitmap of an encoded filter.
struct Bitmap {
    std::string_view bytes;
    std::uint32_t mask = 0;

    [[nodiscard]] bool has(std::uint32_t hash) const
    {
        const auto bit = hash & mask;
        return (static_cast<unsigned char>(bytes[bit / 8]) >> (bit % 8) & 1) != 0;
    }
};

/// Takes the next bitmap from `filter`. False if it is malformed.
bool takeBitmap(std::string_view& filter, Bitmap& bitmap)
{
    if (filter.empty())
        return false;
    const auto log2Bits = static_cast<unsigned char>(filter.front());
    if (log2Bits < kSmallestBits || log2Bits > 30)
        return false;
    const auto bytes = std::size_t{ 1 } << (log2Bits - 3);
    if (filter.size() < 1 + bytes)
        return false;
    bitmap.bytes = filter.substr(1, bytes);
    bitmap.mask = (1U << log2Bits) - 1;
    filter.remove_prefix(1 + bytes);
    return true;
}

}

void LineFilterBuilder::append(std::string& out, std::string_view text)
{
    m_trigrams.assign(std::size_t{ 1 } << kTrigramBits, 0);
    if (text.size() >= 4) {
        std::size_t i = 0;
        if constexpr (std::endian::native == std::endian::little) {
            for (; i + 4 <= text.size(); ++i) {
                std::uint32_t four;
                std::memcpy(&four, text.data() + i, 4);
                m_trigrams[((four & 0xFF'FFFFU) * 0x9E3779B1U) >> (32 - kTrigramBits)] = 1;
            }
        }
        for (; i + 3 <= text.size(); ++i)
            m_trigrams[trigramHash(text.data() + i)] = 1;
    } else if (text.size() == 3) {
        m_trigrams[trigramHash(text.data())] = 1;
    }
    m_pieces.assign((std::size_t{ 1 } << kTrigramBits) / 64, 0);
    for (std::size_t i = 0; i < m_trigrams.size(); ++i)
        m_pieces[i / 64] |= static_cast<std::uint64_t>(m_trigrams[i]) << (i % 64);
    appendFolded(out, m_pieces, kTrigramBits, kTrigramFill);

    m_pieces.assign((std::size_t{ 1 } << kPieceBits) / 64, 0);
    eachPiece(text, [&](std::int32_t hash) {
        const auto bit = static_cast<std::uint32_t>(hash) & ((1U << kPieceBits) - 1);
        m_pieces[bit / 64] |= std::uint64_t{ 1 } << (bit % 64);
    });
    appendFolded(out, m_pieces, kPieceBits, kPieceFill);
}

LineProbe::LineProbe(std::string_view literal)
{
    for (std::size_t i = 0; i + 3 <= literal.size(); ++i)
        m_trigrams.push_back(trigramHash(literal.data() + i));
    eachPiece(literal, [&](std::int32_t hash) { m_pieces.push_back(static_cast<std::uint32_t>(hash)); });
}

bool LineProbe::mayContain(std::string_view filter) const
{
    Bitmap trigrams;
    Bitmap pieces;
    if (!takeBitmap(filter, trigrams) || !takeBitmap(filter, pieces))
        return true;
    const auto hasAll = [](const Bitmap& bitmap, const std::vector<std::uint32_t>& hashes) {
        return std::ranges::all_of(hashes, [&](std::uint32_t hash) { return bitmap.has(hash); });
    };
    return hasAll(pieces, m_pieces) && hasAll(trigrams, m_trigrams);
}

}
