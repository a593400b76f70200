#pragma once

#include "core/tsdb/bytes.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Columns of 64-bit integers in frames of 128: patched frame-of-reference over the values or over their differences,
/// whichever is smaller. Zukowski, Heman, Nes, Boncz, "Super-Scalar RAM-CPU Cache Compression", ICDE 2006, without its
/// linked exceptions. A frame can be decoded alone. Byte layout: docs/format/metrics.md, "Integers".
namespace belvedere::tsdb {

inline constexpr std::size_t kFrameSize = 128;
/// Decoders load eight bytes at a time: as many must be readable behind every encoded column.
inline constexpr std::size_t kSlackBytes = 8;

enum class Effort : std::uint8_t {
    fast, ///< no exceptions: for the head, which is encoded once more when it is sealed
    full,
};

/// How the frames are to be read; stored by the caller.
struct IntegerFlags {
    bool deltas = false;  ///< frames hold differences
    bool divisor = false; ///< all values are the first one plus multiples of a number, which is stored
};

/// Appends `values` (at least one) to `out`.
IntegerFlags encodeIntegers(std::string& out, std::span<const std::int64_t> values, Effort effort);

/// Reads a column written by encodeIntegers. `bytes` may extend beyond the column; kSlackBytes must be readable behind
/// `bytes`. Any bytes are safe to pass.
class IntegerDecoder {
public:
    /// False if the bytes are not a column of `count` values.
    [[nodiscard]] bool open(Bytes bytes, IntegerFlags flags, std::size_t count);

    /// Hands the values [from, to) to `sink(index of the first, values, how many)` a frame at a time.
    template <class Sink>
    void decode(std::size_t from, std::size_t to, Sink&& sink) const
    {
        std::array<std::int64_t, kFrameSize> frame;
        for (auto f = from / kFrameSize; f * kFrameSize < to; ++f) {
            decodeFrame(f, frame.data());
            const auto begin = std::max(from, f * kFrameSize);
            const auto end = std::min(to, (f + 1) * kFrameSize);
            sink(begin, frame.data() + (begin - f * kFrameSize), end - begin);
        }
    }

private:
    struct Frame {
        std::uint8_t width = 0;
        std::uint8_t exceptionBytes = 0;
        std::uint32_t offset = 0; ///< of its packed bits in m_data
        std::int64_t base = 0;    ///< least value or difference
        std::int64_t start = 0;   ///< first value, where differences are stored
    };
    void decodeFrame(std::size_t index, std::int64_t* out) const;

    static constexpr std::size_t kInlineFrames = 16;

    IntegerFlags m_flags;
    std::size_t m_count = 0;
    std::int64_t m_first = 0;
    std::int64_t m_divisor = 1;
    const unsigned char* m_data = nullptr;
    std::array<Frame, kInlineFrames> m_inline;
    std::vector<Frame> m_more; ///< all frames, when there are more than kInlineFrames
    [[nodiscard]] const Frame* frames() const { return m_more.empty() ? m_inline.data() : m_more.data(); }
};

/// Packs `count` numbers below 2^width, low bits first.
void packBits(std::string& out, const std::uint64_t* values, std::size_t count, unsigned width);
/// Unpacks `count` numbers; kSlackBytes must be readable behind the packed bytes.
void unpackBits(const unsigned char* in, std::size_t count, unsigned width, std::uint64_t* out);
[[nodiscard]] constexpr std::size_t packedSize(std::size_t count, unsigned width) noexcept { return (count * width + 7) / 8; }

}
