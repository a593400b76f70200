#include "core/base/go_string.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace belvedere {

namespace {

std::unexpected<Error> bad(std::string message) { return failure(ErrorCode::parse, std::move(message)); }

/// The escape whose number begins at `at`, behind its letter if it has one; `at` is moved behind the number.
Result<void> readNumber(std::string_view inside, std::size_t& at, char letter, std::string& out)
{
    const bool octal = letter == '\0';
    const std::size_t length = octal ? 3 : letter == 'x' ? 2 : letter == 'u' ? 4 : 8;
    const auto digits = inside.substr(std::min(at, inside.size()), length);
    const auto written = octal ? std::string(digits) : letter + std::string(digits);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, octal ? 8 : 16);
    if (digits.size() < length || error != std::errc() || end != digits.data() + digits.size())
        return bad(formatted("illegal character in escape sequence '\\{}'", written));
    at += length;
    if (octal || letter == 'x') {
        if (code > 255)
            return bad(formatted("escape sequence '\\{}' is out of range", written));
        out += static_cast<char>(static_cast<unsigned char>(code));
        return {};
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        return bad(formatted("escape sequence '\\{}' is no Unicode character", written));
    appendUtf8(out, code);
    return {};
}

}

Result<std::string> unescapeGoString(std::string_view inside, std::string_view quotes)
{
    constexpr std::string_view kLetters = "abfnrtv\\";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\";
    std::string out;
    out.reserve(inside.size());
    for (std::size_t i = 0; i < inside.size();) {
        if (inside[i] != '\\') {
            out += inside[i++];
            continue;
        }
        if (++i == inside.size())
            return bad("unterminated quoted string");
        const char c = inside[i];
        if (const auto letter = kLetters.find(c); letter != std::string_view::npos) {
            out += kMeanings[letter];
            ++i;
        } else if (quotes.contains(c)) {
            out += c;
            ++i;
        } else if (c == 'x' || c == 'u' || c == 'U' || (c >= '0' && c <= '7')) {
            const bool octal = c <= '7';
            if (!octal)
                ++i;
            if (auto done = readNumber(inside, i, octal ? '\0' : c, out); !done)
                return std::unexpected(std::move(done.error()));
        } else {
            return bad(formatted("unknown escape sequence '\\{}'", c));
        }
    }
    return out;
}

}
