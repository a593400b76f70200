#pragma once

#include "core/tsdb/integer_codec.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Value columns: the samples of one series at the timestamps of its block. Every bit of every value survives.
///
/// Four encodings, the smallest wins: one value for all; integers; decimals as integers with a common exponent and
/// exceptions (Afroozeh, Kuffo, Boncz, "ALP: Adaptive Lossless floating-Point Compression", SIGMOD 2023, with a division
/// in place of the multiplication by a rounded factor, so that one exponent serves); XOR with the value before.
/// Byte layout: docs/format/metrics.md, "Value columns".
namespace belvedere::tsdb {

/// Appends a column. `present` has one flag for each timestamp of the block, and is empty if all are present; `values`
/// has one value for each that is. At least one value.
void encodeColumn(std::string& out, std::span<const double> values, std::span<const std::uint8_t> present, Effort effort);

/// Reads a column. kSlackBytes must be readable behind `bytes`. Any bytes are safe to pass.
class ColumnDecoder {
public:
    /// False if the bytes are not a column over `timestamps` timestamps.
    [[nodiscard]] bool open(Bytes bytes, std::size_t timestamps);

    /// Values that are present.
    [[nodiscard]] std::size_t count() const noexcept { return m_count; }
    /// True if the series has a value at every timestamp.
    [[nodiscard]] bool full() const noexcept { return m_count == m_timestamps; }
    /// How many values lie before timestamp number `index`.
    [[nodiscard]] std::size_t rank(std::size_t index) const;
    /// Copies the times of the values [from, to) out of `times`, the block's timestamps.
    void times(std::span<const std::int64_t> times, std::size_t from, std::size_t to, std::int64_t* out) const;
    /// Decodes the values [from, to), counted among those present. False if the bytes are damaged.
    [[nodiscard]] bool values(std::size_t from, std::size_t to, double* out) const;

private:
    enum class Presence : std::uint8_t { all, run, bitmap };
    enum class Kind : std::uint8_t { constant = 0, integers = 1, exclusiveOr = 2, smallConstant = 3 };
    struct Exception {
        std::uint32_t position;
        double value;
    };
    [[nodiscard]] bool exclusiveOr(std::size_t from, std::size_t to, double* out) const;

    Kind m_kind = Kind::constant;
    Presence m_presence = Presence::all;
    unsigned m_exponent = 0;
    std::size_t m_timestamps = 0;
    std::size_t m_count = 0;
    std::size_t m_runStart = 0;
    Bytes m_bitmap;
    double m_constant = 0;
    Bytes m_xor;
    std::vector<Exception> m_exceptions;
    IntegerDecoder m_integers;
};

}
