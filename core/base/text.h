#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere {

/// True if `text` is well-formed UTF-8 (no surrogates, no overlong forms).
[[nodiscard]] bool isValidUtf8(std::string_view text) noexcept;

/// Where the first control character other than tab, line feed and carriage return stands: a text file has none.
[[nodiscard]] std::optional<std::size_t> findControlCharacter(std::string_view text) noexcept;

/// `text` with each malformed byte replaced by U+FFFD.
[[nodiscard]] std::string toValidUtf8(std::string_view text);

/// Appends `code` as UTF-8; U+FFFD for what is not a character: surrogates, and numbers beyond U+10FFFF.
void appendUtf8(std::string& out, char32_t code);
/// The same to `out`, which has room for four bytes; how many were written.
std::size_t encodeUtf8(char* out, char32_t code) noexcept;

/// The shortest text that reads back as `value`, in the form Prometheus' API gives sample values: positional, with an
/// exponent only below 1e-6 and from 1e21 on; "NaN", "+Inf", "-Inf".
[[nodiscard]] std::string formatValue(double value);
void appendValue(std::string& out, double value);
/// The same without an exponent at any size.
void appendPositional(std::string& out, double value);

/// Reads a floating point number as Go's strconv.ParseFloat does: decimal, hexadecimal with `p` exponent, "inf",
/// "Infinity" and "nan" in any case with a sign; no underscores. The whole text must be used. Out of range is an error.
[[nodiscard]] Result<double> parseFloat(std::string_view text);

/// A Prometheus duration, in milliseconds: "1h30m", "5m", "100ms", units y w d h m s ms in this order; "0" is allowed.
[[nodiscard]] Result<std::int64_t> parseDurationMs(std::string_view text);

/// The way Prometheus writes a duration: "1h30m", "15s", "0s".
[[nodiscard]] std::string formatDurationMs(std::int64_t milliseconds);

/// RFC 3339 or Unix seconds with fraction, in milliseconds: what Prometheus' API takes as a time.
[[nodiscard]] Result<std::int64_t> parseTimeMs(std::string_view text);

/// RFC 3339 with up to nanoseconds, in Unix nanoseconds.
[[nodiscard]] Result<std::int64_t> parseRfc3339Ns(std::string_view text);

/// RFC 3339 in UTC with as many decimals as needed: "2025-06-01T00:00:00.5Z".
[[nodiscard]] std::string formatRfc3339Ns(std::int64_t nanoseconds);

/// Line and column of a byte, both from 1; columns count bytes.
struct TextPlace {
    std::size_t line = 1;
    std::size_t column = 1;
};
/// Where byte `offset` of `text` is; what is beyond the end is at the end.
[[nodiscard]] TextPlace placeOf(std::string_view text, std::size_t offset) noexcept;

/// `text` in double quotes with Go's escapes, as Prometheus prints label values.
[[nodiscard]] std::string goQuoted(std::string_view text);

/// As a form or a query string carries it: letters, digits and -_.~ as they are, a blank as `+`, all else as %XX.
[[nodiscard]] std::string formEncoded(std::string_view text);

/// Words of `text` between single occurrences of `separator`, empty ones included.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;
[[nodiscard]] std::string toLowerAscii(std::string_view text);

/// Bytes as people write them: "512KB", "1.5GiB", "100". Units are powers of 1024, as Prometheus reads them.
[[nodiscard]] Result<std::int64_t> parseBytes(std::string_view text);

}
