#include "core/tsdb/integer_codec.h"

#include <numeric>

// A frame stores numbers as offsets from a base in as many bits as most of them need. The few that do not fit are
// exceptions: a byte for the position and the offset as a signed varint. So a counter reset or a spike costs four bytes
// rather than widening 127 others. Headers of all frames come first, so that a reader of the last values steps over the
// rest without touching it.

namespace belvedere::tsdb {

namespace {

template <unsigned Width>
void unpackFixed(const unsigned char* in, std::size_t count, std::uint64_t* out)
{
    constexpr std::uint64_t kMask = Width == 64 ? ~0ULL : (1ULL << Width) - 1;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t bit = i * Width;
        std::uint64_t word;
        std::memcpy(&word, in + (bit >> 3), 8);
        out[i] = (word >> (bit & 7)) & kMask;
    }
}

// Up to 56 bits fit into one load whatever the bit they begin at.
void unpackWide(const unsigned char* in, std::size_t count, unsigned width, std::uint64_t* out)
{
    const std::uint64_t mask = width == 64 ? ~0ULL : (1ULL << width) - 1;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t bit = i * width;
        std::uint64_t word;
        std::memcpy(&word, in + (bit >> 3), 8);
        const unsigned shift = bit & 7;
        word >>= shift;
        if (shift + width > 64)
            word |= static_cast<std::uint64_t>(in[(bit >> 3) + 8]) << (64 - shift);
        out[i] = word & mask;
    }
}

using Unpack = void (*)(const unsigned char*, std::size_t, std::uint64_t*);

template <std::size_t... Width>
constexpr std::array<Unpack, sizeof...(Width)> unpackers(std::index_sequence<Width...>)
{
    return { &unpackFixed<Width>... };
}
constexpr auto kUnpackers = unpackers(std::make_index_sequence<57> {});

struct FramePlan {
    std::int64_t base = 0;
    unsigned width = 0;
    bool exceptions = false;
};

unsigned widthOf(std::int64_t low, std::int64_t high)
{
    return static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low)));
}

std::size_t exceptionSize(std::int64_t value, std::int64_t base) { return 1 + varintSize(zigzag(wrappingSub(value, base))); }

bool isException(std::int64_t value, const FramePlan& plan)
{
    const auto offset = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(plan.base);
    return plan.width < 64 && (offset >> plan.width) != 0;
}

// Takes the outermost numbers away one by one, always on the side where that narrows the range more, and keeps the
// cheapest of the ranges seen.
FramePlan planFrame(std::span<const std::int64_t> numbers, Effort effort)
{
    std::array<std::int64_t, kFrameSize> sorted;
    FramePlan best;
    const auto [least, greatest] = std::minmax_element(numbers.begin(), numbers.end());
    best.base = *least;
    best.width = widthOf(*least, *greatest);
    if (effort == Effort::fast || best.width < 2 || numbers.size() < 8)
        return best;

    const auto count = numbers.size();
    std::copy(numbers.begin(), numbers.end(), sorted.begin());
    std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count));
    std::size_t low = 0;
    std::size_t high = count - 1;
    std::size_t bestBits = best.width * count;
    std::size_t exceptionBits = 0;
    constexpr std::size_t kMaxExceptions = 40;
    for (std::size_t taken = 0; taken < kMaxExceptions && low < high; ++taken) {
        const auto gapLow = static_cast<std::uint64_t>(sorted[low + 1]) - static_cast<std::uint64_t>(sorted[low]);
        const auto gapHigh = static_cast<std::uint64_t>(sorted[high]) - static_cast<std::uint64_t>(sorted[high - 1]);
        const auto out = gapLow > gapHigh ? sorted[low++] : sorted[high--];
        exceptionBits += 8 * exceptionSize(out, sorted[low]);
        const auto width = widthOf(sorted[low], sorted[high]);
        const auto bits = width * count + exceptionBits + 8;
        if (bits < bestBits) {
            bestBits = bits;
            best = { sorted[low], width, true };
        }
    }
    if (!best.exceptions)
        return best;
    std::size_t bytes = 0;
    for (const auto number : numbers) {
        if (isException(number, best))
            bytes += exceptionSize(number, best.base);
    }
    if (bytes > 255)
        return { *least, widthOf(*least, *greatest), false };
    best.exceptions = bytes > 0;
    return best;
}

void appendFrame(std::string& headers, std::string& data, std::span<const std::int64_t> numbers, const FramePlan& plan)
{
    std::array<std::uint64_t, kFrameSize> offsets;
    std::string exceptions;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (plan.exceptions && isException(numbers[i], plan)) {
            offsets[i] = 0;
            putByte(exceptions, static_cast<unsigned>(i));
            putSigned(exceptions, wrappingSub(numbers[i], plan.base));
        } else {
            offsets[i] = static_cast<std::uint64_t>(numbers[i]) - static_cast<std::uint64_t>(plan.base);
        }
    }
    putByte(headers, plan.width | (exceptions.empty() ? 0U : 0x80U));
    if (!exceptions.empty())
        putByte(headers, static_cast<unsigned>(exceptions.size()));
    packBits(data, offsets.data(), numbers.size(), plan.width);
    data += exceptions;
}

// A quick measure of what plain frames would take, to choose between values and differences.
std::size_t roughBits(std::span<const std::int64_t> numbers)
{
    std::size_t bits = 0;
    for (std::size_t begin = 0; begin < numbers.size(); begin += kFrameSize) {
        const auto frame = numbers.subspan(begin, std::min(kFrameSize, numbers.size() - begin));
        // The mean width rather than the greatest: exceptions will take care of outliers.
        const auto middle = frame[frame.size() / 2];
        for (const auto number : frame)
            bits += static_cast<std::size_t>(std::bit_width(zigzag(wrappingSub(number, middle))));
    }
    return bits;
}

}

void packBits(std::string& out, const std::uint64_t* values, std::size_t count, unsigned width)
{
    if (width == 0)
        return;
    const auto begin = out.size();
    out.resize(begin + packedSize(count, width) + kSlackBytes + 1);
    auto* bytes = reinterpret_cast<unsigned char*>(out.data() + begin);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t bit = i * width;
        const unsigned shift = bit & 7;
        auto* at = bytes + (bit >> 3);
        std::uint64_t word;
        std::memcpy(&word, at, 8);
        word |= values[i] << shift;
        std::memcpy(at, &word, 8);
        if (shift + width > 64)
            at[8] = static_cast<unsigned char>(at[8] | values[i] >> (64 - shift));
    }
    out.resize(begin + packedSize(count, width));
}

void unpackBits(const unsigned char* in, std::size_t count, unsigned width, std::uint64_t* out)
{
    if (width < kUnpackers.size())
        kUnpackers[width](in, count, out);
    else
        unpackWide(in, count, width, out);
}

IntegerFlags encodeIntegers(std::string& out, std::span<const std::int64_t> values, Effort effort)
{
    IntegerFlags flags;
    const auto count = values.size();
    // Values relative to the first, divided by what divides them all: bytes that come in pages, seconds in steps of 15.
    thread_local std::vector<std::int64_t> numbers;
    thread_local std::vector<std::int64_t> deltas;
    numbers.resize(count);
    deltas.resize(count);
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    std::int64_t divisor = 0;
    if (*least > std::numeric_limits<std::int64_t>::min() / 4 && *greatest < std::numeric_limits<std::int64_t>::max() / 4) {
        for (std::size_t i = 1; i < count && divisor != 1; ++i)
            divisor = std::gcd(divisor, values[i] - values[0]);
    }
    if (divisor > 1) {
        flags.divisor = true;
        for (std::size_t i = 0; i < count; ++i)
            numbers[i] = (values[i] - values[0]) / divisor;
    } else {
        for (std::size_t i = 0; i < count; ++i)
            numbers[i] = wrappingSub(values[i], values[0]);
    }
    deltas[0] = 0;
    for (std::size_t i = 1; i < count; ++i)
        deltas[i] = wrappingSub(numbers[i], numbers[i - 1]);
    flags.deltas = count > 1 && roughBits(std::span(deltas).subspan(1)) < roughBits(numbers);

    putSigned(out, values[0]);
    if (flags.divisor)
        putVarint(out, static_cast<std::uint64_t>(divisor));
    thread_local std::string data;
    data.clear();
    std::int64_t previous = 0;
    for (std::size_t begin = 0; begin < count; begin += kFrameSize) {
        const auto size = std::min(kFrameSize, count - begin);
        if (flags.deltas) {
            const auto frame = std::span(deltas).subspan(begin + 1, size - 1);
            if (!frame.empty()) {
                const auto plan = planFrame(frame, effort);
                appendFrame(out, data, frame, plan);
                putSigned(out, plan.base);
            }
            putSigned(out, wrappingSub(numbers[begin], previous));
            previous = numbers[begin];
        } else {
            const auto frame = std::span(numbers).subspan(begin, size);
            const auto plan = planFrame(frame, effort);
            appendFrame(out, data, frame, plan);
            putSigned(out, wrappingSub(plan.base, previous));
            previous = plan.base;
        }
    }
    out += data;
    return flags;
}

bool IntegerDecoder::open(Bytes bytes, IntegerFlags flags, std::size_t count)
{
    Reader in(bytes);
    m_flags = flags;
    m_count = count;
    m_first = in.signedVarint();
    m_divisor = flags.divisor ? static_cast<std::int64_t>(in.varint()) : 1;
    const auto frameCount = (count + kFrameSize - 1) / kFrameSize;
    m_more.clear();
    if (in.failed() || frameCount > in.left() + 1)
        return false;
    if (frameCount > kInlineFrames)
        m_more.resize(frameCount);
    auto* list = m_more.empty() ? m_inline.data() : m_more.data();
    std::size_t offset = 0;
    std::int64_t previous = 0;
    for (std::size_t f = 0; f < frameCount; ++f) {
        auto& frame = list[f];
        const auto size = std::min(kFrameSize, count - f * kFrameSize);
        const auto packed = flags.deltas ? size - 1 : size;
        frame = {};
        if (packed > 0) {
            const auto head = in.byte();
            frame.width = head & 0x7F;
            if (head & 0x80)
                frame.exceptionBytes = in.byte();
            if (frame.width > 64)
                return false;
            frame.base = in.signedVarint();
        }
        if (flags.deltas) {
            frame.start = wrappingAdd(previous, in.signedVarint());
            previous = frame.start;
        } else {
            frame.base = wrappingAdd(previous, frame.base);
            previous = frame.base;
        }
        frame.offset = static_cast<std::uint32_t>(offset);
        offset += packedSize(packed, frame.width) + frame.exceptionBytes;
    }
    if (in.failed() || offset > in.left())
        return false;
    m_data = reinterpret_cast<const unsigned char*>(in.position());
    return true;
}

void IntegerDecoder::decodeFrame(std::size_t index, std::int64_t* out) const
{
    const auto& frame = frames()[index];
    const auto size = std::min(kFrameSize, m_count - index * kFrameSize);
    const auto packed = m_flags.deltas ? size - 1 : size;
    const auto* in = m_data + frame.offset;
    std::array<std::uint64_t, kFrameSize> offsets;
    unpackBits(in, packed, frame.width, offsets.data());
    if (frame.exceptionBytes > 0) {
        Reader exceptions(Bytes(reinterpret_cast<const char*>(in) + packedSize(packed, frame.width), frame.exceptionBytes));
        while (!exceptions.atEnd()) {
            const auto position = exceptions.byte();
            const auto offset = exceptions.signedVarint();
            if (exceptions.failed() || position >= packed)
                break;
            offsets[position] = static_cast<std::uint64_t>(offset);
        }
    }
    const auto first = static_cast<std::uint64_t>(m_first);
    const auto divisor = static_cast<std::uint64_t>(m_divisor);
    const auto base = static_cast<std::uint64_t>(frame.base);
    if (m_flags.deltas) {
        auto value = first + divisor * static_cast<std::uint64_t>(frame.start);
        const auto step = divisor * base;
        out[0] = static_cast<std::int64_t>(value);
        if (divisor == 1) {
            for (std::size_t i = 0; i < packed; ++i) {
                value += step + offsets[i];
                out[i + 1] = static_cast<std::int64_t>(value);
            }
        } else {
            for (std::size_t i = 0; i < packed; ++i) {
                value += step + divisor * offsets[i];
                out[i + 1] = static_cast<std::int64_t>(value);
            }
        }
    } else {
        const auto value = first + divisor * base;
        for (std::size_t i = 0; i < packed; ++i)
            out[i] = static_cast<std::int64_t>(value + divisor * offsets[i]);
    }
}

}
