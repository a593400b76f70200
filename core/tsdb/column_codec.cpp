#include "core/tsdb/column_codec.h"

#include "core/model/sample.h"

#include <cmath>
#include <optional>

namespace belvedere::tsdb {

namespace {

constexpr unsigned kKindMask = 3;
constexpr unsigned kConstant = 0;
constexpr unsigned kIntegers = 1;
constexpr unsigned kExclusiveOr = 2;
constexpr unsigned kSmallConstant = 3;
constexpr unsigned kGaps = 4;
constexpr unsigned kExponent = 8;
constexpr unsigned kExceptions = 16;
constexpr unsigned kDeltas = 32;
constexpr unsigned kDivisor = 64;

// 10^22 is the last power of ten that a double holds exactly; more than 15 digits behind the point do not occur in
// numbers that were decimal to begin with.
constexpr unsigned kMaxExponent = 15;
constexpr std::array<double, kMaxExponent + 1> kPowersOfTen = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };

// Values that are no decimal number, in one byte: those that occur, and an escape before the raw bits.
constexpr std::array<std::uint64_t, 6> kNamedValues = {
    model::kStaleNaNBits,
    model::kNormalNaNBits,
    0x7FF0000000000000ULL, // +Inf
    0xFFF0000000000000ULL, // -Inf
    0x8000000000000000ULL, // -0
    0x7FF8000000000000ULL, // the NaN that arithmetic gives
};
constexpr unsigned kRawValue = 255;

std::uint64_t bitsOf(double value) { return std::bit_cast<std::uint64_t>(value); }

// Exact for every double that is an integer and has an int64; -0 is not one of them, its sign would be lost.
bool toInteger(double value, std::int64_t& out)
{
    if (!(value > -9.2e18 && value < 9.2e18))
        return false;
    out = static_cast<std::int64_t>(value);
    return bitsOf(static_cast<double>(out)) == bitsOf(value);
}

bool toDecimal(double value, double power, std::int64_t& out)
{
    const double scaled = value * power;
    if (!(scaled > -2e15 && scaled < 2e15))
        return false;
    constexpr double kRound = 6755399441055744.0; // 2^52 + 2^51: adding it rounds to an integer
    out = static_cast<std::int64_t>((scaled + kRound) - kRound);
    return bitsOf(static_cast<double>(out) / power) == bitsOf(value);
}

std::optional<unsigned> exponentOf(double value)
{
    std::int64_t ignored = 0;
    for (unsigned e = 0; e <= kMaxExponent; ++e) {
        if (e == 0 ? toInteger(value, ignored) : toDecimal(value, kPowersOfTen[e], ignored))
            return e;
    }
    return std::nullopt;
}

// The exponent that a sample of the values at `positions` needs. Values that have none (NaN, infinities, binary
// fractions) do not count here; they become exceptions.
unsigned chooseExponent(std::span<const double> values, std::span<const std::uint32_t> positions)
{
    unsigned exponent = 0;
    constexpr std::size_t kSamples = 24;
    const auto step = std::max<std::size_t>(1, positions.size() / kSamples);
    for (std::size_t i = 0; i < positions.size(); i += step)
        exponent = std::max(exponent, exponentOf(values[positions[i]]).value_or(0));
    return exponent;
}

struct Decimals {
    std::vector<std::int64_t> integers; ///< an exception repeats the integer before it
    std::vector<std::uint32_t> exceptions;
};

void toDecimals(std::span<const double> values, unsigned exponent, Decimals& out)
{
    out.integers.resize(values.size());
    out.exceptions.clear();
    const double power = kPowersOfTen[exponent];
    std::int64_t last = 0;
    bool any = false;
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::int64_t integer = 0;
        if (exponent == 0 ? toInteger(values[i], integer) : toDecimal(values[i], power, integer)) {
            if (!any) {
                // Leading exceptions take the first integer, so that they do not widen its frame.
                std::fill_n(out.integers.begin(), i, integer);
                any = true;
            }
            last = integer;
        } else {
            out.exceptions.push_back(static_cast<std::uint32_t>(i));
        }
        out.integers[i] = last;
    }
}

void putExceptionValue(std::string& out, double value)
{
    const auto named = std::find(kNamedValues.begin(), kNamedValues.end(), bitsOf(value));
    if (named != kNamedValues.end()) {
        putByte(out, static_cast<unsigned>(named - kNamedValues.begin()));
    } else {
        putByte(out, kRawValue);
        putFixed(out, value);
    }
}

void encodeExclusiveOr(std::string& out, std::span<const double> values)
{
    std::array<std::uint64_t, kFrameSize> words;
    for (std::size_t begin = 0; begin < values.size(); begin += kFrameSize) {
        const auto frame = values.subspan(begin, std::min(kFrameSize, values.size() - begin));
        putFixed(out, frame[0]);
        if (frame.size() == 1)
            continue;
        std::uint64_t used = 0;
        for (std::size_t i = 1; i < frame.size(); ++i) {
            words[i - 1] = bitsOf(frame[i]) ^ bitsOf(frame[i - 1]);
            used |= words[i - 1];
        }
        const auto shift = used == 0 ? 0U : static_cast<unsigned>(std::countr_zero(used));
        const auto width = static_cast<unsigned>(std::bit_width(used >> shift));
        for (std::size_t i = 0; i + 1 < frame.size(); ++i)
            words[i] >>= shift;
        putByte(out, shift);
        putByte(out, width);
        packBits(out, words.data(), frame.size() - 1, width);
    }
}

void putPresence(std::string& out, std::span<const std::uint8_t> present, std::size_t count)
{
    std::size_t first = 0;
    while (first < present.size() && !present[first])
        ++first;
    const bool isRun = std::all_of(present.begin() + static_cast<std::ptrdiff_t>(first), present.begin() + static_cast<std::ptrdiff_t>(first + count), [](auto flag) { return flag != 0; });
    if (isRun) {
        putVarint(out, first << 1);
        putVarint(out, count);
        return;
    }
    putVarint(out, 1);
    const auto begin = out.size();
    out.resize(begin + (present.size() + 7) / 8);
    for (std::size_t i = 0; i < present.size(); ++i) {
        if (present[i])
            out[begin + i / 8] = static_cast<char>(out[begin + i / 8] | 1 << (i % 8));
    }
}

}

void encodeColumn(std::string& out, std::span<const double> values, std::span<const std::uint8_t> present, Effort effort)
{
    const bool gaps = values.size() < present.size();
    const auto begin = [&](unsigned kind) {
        putByte(out, kind | (gaps ? kGaps : 0U));
        if (gaps)
            putPresence(out, present, values.size());
    };
    if (std::all_of(values.begin(), values.end(), [&](double value) { return bitsOf(value) == bitsOf(values[0]); })) {
        std::int64_t integer = 0;
        if (toInteger(values[0], integer) && varintSize(zigzag(integer)) < 8) {
            begin(kSmallConstant);
            putSigned(out, integer);
        } else {
            begin(kConstant);
            putFixed(out, values[0]);
        }
        return;
    }

    thread_local Decimals decimals;
    unsigned exponent = 0;
    toDecimals(values, 0, decimals);
    if (!decimals.exceptions.empty()) {
        exponent = chooseExponent(values, decimals.exceptions);
        if (exponent > 0)
            toDecimals(values, exponent, decimals);
    }
    thread_local std::string integers;
    integers.clear();
    const bool decimal = decimals.exceptions.size() <= values.size() / 4;
    if (decimal) {
        if (exponent > 0)
            putByte(integers, exponent);
        if (!decimals.exceptions.empty()) {
            putVarint(integers, decimals.exceptions.size());
            std::uint32_t last = 0;
            for (const auto position : decimals.exceptions) {
                putVarint(integers, position - last);
                putExceptionValue(integers, values[position]);
                last = position;
            }
        }
        const auto flags = encodeIntegers(integers, decimals.integers, effort);
        const unsigned kind = kIntegers | (exponent > 0 ? kExponent : 0U) | (decimals.exceptions.empty() ? 0U : kExceptions)
            | (flags.deltas ? kDeltas : 0U) | (flags.divisor ? kDivisor : 0U);
        // With neither exponent nor exceptions the integers are as good as it gets.
        if (exponent == 0 && decimals.exceptions.empty()) {
            begin(kind);
            out += integers;
            return;
        }
        thread_local std::string words;
        words.clear();
        encodeExclusiveOr(words, values);
        if (integers.size() <= words.size()) {
            begin(kind);
            out += integers;
        } else {
            begin(kExclusiveOr);
            out += words;
        }
        return;
    }
    begin(kExclusiveOr);
    encodeExclusiveOr(out, values);
}

bool ColumnDecoder::open(Bytes bytes, std::size_t timestamps)
{
    Reader in(bytes);
    const auto head = in.byte();
    m_kind = static_cast<Kind>(head & kKindMask);
    m_timestamps = timestamps;
    m_count = timestamps;
    m_presence = Presence::all;
    m_exponent = 0;
    m_exceptions.clear();
    if (head & kGaps) {
        const auto first = in.varint();
        if (first == 1) {
            m_presence = Presence::bitmap;
            m_bitmap = in.take((timestamps + 7) / 8);
            if (in.failed())
                return false;
            m_count = 0;
            for (std::size_t i = 0; i < m_bitmap.size(); ++i) {
                auto flags = static_cast<unsigned char>(m_bitmap[i]);
                if (i + 1 == m_bitmap.size() && timestamps % 8 != 0)
                    flags = static_cast<unsigned char>(flags & ((1U << (timestamps % 8)) - 1));
                m_count += static_cast<std::size_t>(std::popcount(flags));
            }
        } else {
            m_presence = Presence::run;
            m_runStart = static_cast<std::size_t>(first >> 1);
            m_count = in.count(timestamps);
            if (in.failed() || (first & 1) != 0 || m_runStart > timestamps - m_count)
                return false;
        }
    }
    if (in.failed() || m_count == 0)
        return false;
    switch (m_kind) {
    case Kind::constant:
        m_constant = in.fixed<double>();
        return !in.failed();
    case Kind::smallConstant:
        m_constant = static_cast<double>(in.signedVarint());
        return !in.failed();
    case Kind::exclusiveOr:
        m_xor = in.take(in.left());
        return true;
    case Kind::integers:
        break;
    }
    if (head & kExponent) {
        m_exponent = in.byte();
        if (m_exponent > kMaxExponent)
            return false;
    }
    if (head & kExceptions) {
        const auto count = in.count(std::min(m_count, in.left()));
        m_exceptions.reserve(count);
        std::uint64_t position = 0;
        for (std::size_t i = 0; i < count; ++i) {
            position += in.varint();
            const auto name = in.byte();
            double value = 0;
            if (name == kRawValue)
                value = in.fixed<double>();
            else if (name < kNamedValues.size())
                value = std::bit_cast<double>(kNamedValues[name]);
            else
                return false;
            if (in.failed() || position >= m_count)
                return false;
            m_exceptions.push_back({ static_cast<std::uint32_t>(position), value });
        }
    }
    if (in.failed())
        return false;
    return m_integers.open(in.take(in.left()), { (head & kDeltas) != 0, (head & kDivisor) != 0 }, m_count);
}

std::size_t ColumnDecoder::rank(std::size_t index) const
{
    switch (m_presence) {
    case Presence::all:
        return index;
    case Presence::run:
        return index <= m_runStart ? 0 : std::min(index - m_runStart, m_count);
    case Presence::bitmap:
        break;
    }
    std::size_t rank = 0;
    for (std::size_t i = 0; i < index / 8; ++i)
        rank += static_cast<std::size_t>(std::popcount(static_cast<unsigned char>(m_bitmap[i])));
    if (index % 8 != 0)
        rank += static_cast<std::size_t>(std::popcount(static_cast<unsigned char>(static_cast<unsigned char>(m_bitmap[index / 8]) & ((1U << (index % 8)) - 1))));
    return rank;
}

void ColumnDecoder::times(std::span<const std::int64_t> times, std::size_t from, std::size_t to, std::int64_t* out) const
{
    switch (m_presence) {
    case Presence::all:
        std::copy_n(times.data() + from, to - from, out);
        return;
    case Presence::run:
        std::copy_n(times.data() + m_runStart + from, to - from, out);
        return;
    case Presence::bitmap:
        break;
    }
    std::size_t rank = 0;
    for (std::size_t i = 0; i < m_timestamps && rank < to; ++i) {
        if ((static_cast<unsigned char>(m_bitmap[i / 8]) >> (i % 8) & 1U) == 0)
            continue;
        if (rank >= from)
            out[rank - from] = times[i];
        ++rank;
    }
}

bool ColumnDecoder::exclusiveOr(std::size_t from, std::size_t to, double* out) const
{
    Reader in(m_xor);
    std::array<std::uint64_t, kFrameSize> words;
    for (std::size_t begin = 0; begin < to; begin += kFrameSize) {
        const auto size = std::min(kFrameSize, m_count - begin);
        auto value = in.fixed<std::uint64_t>();
        unsigned shift = 0;
        unsigned width = 0;
        if (size > 1) {
            shift = in.byte();
            width = in.byte();
        }
        if (in.failed() || shift > 63 || width > 64)
            return false;
        const auto packed = in.take(packedSize(size - 1, width));
        if (in.failed())
            return false;
        if (begin + size <= from)
            continue;
        unpackBits(reinterpret_cast<const unsigned char*>(packed.data()), size - 1, width, words.data());
        for (std::size_t i = 0; i < size; ++i) {
            if (i > 0)
                value ^= words[i - 1] << shift;
            if (begin + i >= from && begin + i < to)
                out[begin + i - from] = std::bit_cast<double>(value);
        }
    }
    return true;
}

bool ColumnDecoder::values(std::size_t from, std::size_t to, double* out) const
{
    switch (m_kind) {
    case Kind::constant:
    case Kind::smallConstant:
        std::fill_n(out, to - from, m_constant);
        return true;
    case Kind::exclusiveOr:
        return exclusiveOr(from, to, out);
    case Kind::integers:
        break;
    }
    if (m_exponent == 0) {
        m_integers.decode(from, to, [&](std::size_t index, const std::int64_t* integers, std::size_t count) {
            for (std::size_t i = 0; i < count; ++i)
                out[index - from + i] = static_cast<double>(integers[i]);
        });
    } else {
        const double power = kPowersOfTen[m_exponent];
        m_integers.decode(from, to, [&](std::size_t index, const std::int64_t* integers, std::size_t count) {
            for (std::size_t i = 0; i < count; ++i)
                out[index - from + i] = static_cast<double>(integers[i]) / power;
        });
    }
    for (const auto& exception : m_exceptions) {
        if (exception.position >= from && exception.position < to)
            out[exception.position - from] = exception.value;
    }
    return true;
}

}
