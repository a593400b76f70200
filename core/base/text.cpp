#include "core/base/text.h"

#include "core/base/format.h"
#include "core/base/write_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

namespace belvedere {

namespace {

/// Length of the well-formed sequence at the start of `text`, 0 if there is none.
std::size_t utf8Length(std::string_view text) noexcept
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    std::size_t length = 0;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    if (first >= 0xC2 && first <= 0xDF)
        length = 2;
    else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        if (first == 0xE0)
            low = 0xA0;
        if (first == 0xED)
            high = 0x9F; // surrogates
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        if (first == 0xF0)
            low = 0x90;
        if (first == 0xF4)
            high = 0x8F;
    }
    if (length == 0 || text.size() < length || byte(1) < low || byte(1) > high)
        return 0;
    for (std::size_t i = 2; i < length; ++i) {
        if (byte(i) < 0x80 || byte(i) > 0xBF)
            return 0;
    }
    return length;
}

bool equalsIgnoreCase(std::string_view a, std::string_view lower) noexcept
{
    return a.size() == lower.size() && std::equal(a.begin(), a.end(), lower.begin(), [](char x, char y) {
        return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + 32) : x) == y;
    });
}

}

bool isValidUtf8(std::string_view text) noexcept
{
    while (!text.empty()) {
        const auto ascii = std::find_if(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) < 0; });
        text.remove_prefix(static_cast<std::size_t>(ascii - text.begin()));
        if (text.empty())
            break;
        const auto length = utf8Length(text);
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

std::size_t encodeUtf8(char* out, char32_t code) noexcept
{
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        code = 0xFFFD;
    char* const begin = out;
    const auto continuation = [&](int shift) { *out++ = static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
        *out++ = static_cast<char>(code);
    } else if (code < 0x800) {
        *out++ = static_cast<char>(0xC0 | (code >> 6));
    } else if (code < 0x10000) {
        *out++ = static_cast<char>(0xE0 | (code >> 12));
    } else {
        *out++ = static_cast<char>(0xF0 | (code >> 18));
        continuation(12);
    }
    if (code >= 0x800)
        continuation(6);
    if (code >= 0x80)
        continuation(0);
    return static_cast<std::size_t>(out - begin);
}

void appendUtf8(std::string& out, char32_t code)
{
    std::array<char, 4> bytes;
    out.append(bytes.data(), encodeUtf8(bytes.data(), code));
}

std::optional<std::size_t> findControlCharacter(std::string_view text) noexcept
{
    const auto found = std::ranges::find_if(text, [](unsigned char c) { return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F; });
    return found == text.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - text.begin()));
}

std::string toValidUtf8(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto length = utf8Length(text);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
            text.remove_prefix(1);
        } else {
            out += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return out;
}

namespace {

constexpr std::size_t kMaxPositionalChars = 400;

/// The shortest digits without an exponent. `out` must have room for them; that is kMaxPositionalChars for any value.
char* writePositional(char* out, double value) noexcept
{
    // From 2^53 on, the fixed form spells all digits of the binary value; Go writes the shortest ones and fills with zeros.
    if (std::fabs(value) < 9007199254740992.0)
        return std::to_chars(out, out + kMaxPositionalChars, value, std::chars_format::fixed).ptr;
    char* const end = std::to_chars(out, out + kMaxValueChars, value, std::chars_format::scientific).ptr;
    char* const e = std::find(out, end, 'e');
    int power = 0;
    std::from_chars(e + 2, end, power); // behind "e+"
    char* const digits = std::remove(out, e, '.');
    return std::fill_n(digits, out + (value < 0 ? 1 : 0) + power + 1 - digits, '0');
}

char* writeText(char* out, std::string_view text) noexcept { return std::ranges::copy(text, out).out; }

/// Values with few decimals, which most samples are: true if `value` is a whole number of thousandths or millionths of at
/// most 15 digits. Two decimals of up to 15 digits are never the same double, so no shorter text reads back as `value`.
bool writeShortDecimal(char*& out, double value) noexcept
{
    constexpr double kMostDigits = 1e15;
    const double magnitude = std::fabs(value);
    for (const auto& [scale, decimals] : { std::pair(1e3, 3), std::pair(1e6, 6) }) {
        const double scaled = magnitude * scale + 0.5;
        if (!(scaled < kMostDigits))
            return false;
        const auto number = static_cast<std::uint64_t>(scaled);
        // The division is exact but for its one rounding, which is the rounding of reading the text back.
        if (static_cast<double>(number) / scale != magnitude)
            continue;
        const auto unit = static_cast<std::uint64_t>(scale);
        if (std::signbit(value))
            *out++ = '-';
        out = std::to_chars(out, out + kMaxValueChars, number / unit).ptr;
        auto rest = number % unit;
        if (rest == 0)
            return true;
        *out = '.';
        for (int place = decimals; place > 0; --place, rest /= 10)
            out[place] = static_cast<char>('0' + rest % 10);
        out += decimals + 1;
        while (out[-1] == '0')
            --out;
        return true;
    }
    return false;
}

}

char* writeValue(char* out, double value) noexcept
{
    if (std::isnan(value))
        return writeText(out, "NaN");
    if (std::isinf(value))
        return writeText(out, value > 0 ? "+Inf" : "-Inf");
    if (writeShortDecimal(out, value))
        return out;
    const double magnitude = std::fabs(value);
    if (magnitude < 1e-6 || magnitude >= 1e21)
        return std::to_chars(out, out + kMaxValueChars, value, std::chars_format::scientific).ptr;
    return writePositional(out, value);
}

void appendValue(std::string& out, double value)
{
    std::array<char, kMaxValueChars> buffer;
    out.append(buffer.data(), writeValue(buffer.data(), value));
}

void appendPositional(std::string& out, double value)
{
    if (!std::isfinite(value)) {
        appendValue(out, value);
        return;
    }
    std::array<char, kMaxPositionalChars> buffer;
    out.append(buffer.data(), writePositional(buffer.data(), value));
}

std::string formatValue(double value)
{
    std::string out;
    appendValue(out, value);
    return out;
}

Result<double> parseFloat(std::string_view text)
{
    const auto bad = [&] { return failure(ErrorCode::parse, formatted("'{}' is not a number", text)); };
    std::string_view rest = text;
    bool negative = false;
    if (!rest.empty() && (rest.front() == '+' || rest.front() == '-')) {
        negative = rest.front() == '-';
        rest.remove_prefix(1);
    }
    if (rest.empty() || rest.front() == '+' || rest.front() == '-')
        return bad();
    double value = 0;
    if (equalsIgnoreCase(rest, "inf") || equalsIgnoreCase(rest, "infinity")) {
        value = std::numeric_limits<double>::infinity();
    } else if (equalsIgnoreCase(rest, "nan")) {
        return std::numeric_limits<double>::quiet_NaN();
    } else {
        auto format = std::chars_format::general;
        if (rest.size() > 2 && rest[0] == '0' && (rest[1] == 'x' || rest[1] == 'X')) {
            format = std::chars_format::hex;
            rest.remove_prefix(2);
            if (rest.find_first_of("pP") == std::string_view::npos)
                return bad();
        } else if (!(rest.front() == '.' || (rest.front() >= '0' && rest.front() <= '9'))) {
            return bad();
        }
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value, format);
        if (error == std::errc::result_out_of_range && end == rest.data() + rest.size()) {
            // Too small is zero, as in Go; too large is an error.
            const auto e = rest.find_first_of(format == std::chars_format::hex ? "pP" : "eE");
            const bool tiny = e != std::string_view::npos ? rest.substr(e + 1).starts_with('-') : rest.starts_with("0") || rest.starts_with(".");
            if (!tiny)
                return failure(ErrorCode::parse, formatted("'{}' is out of the range of a double", text));
            value = 0;
        } else if (error != std::errc() || end != rest.data() + rest.size()) {
            return bad();
        }
    }
    return negative ? -value : value;
}

namespace {

struct Unit {
    std::string_view name;
    std::int64_t ms;
};
constexpr std::array<Unit, 7> kUnits { { { "y", 365LL * 24 * 3600 * 1000 }, { "w", 7LL * 24 * 3600 * 1000 },
    { "d", 24LL * 3600 * 1000 }, { "h", 3600LL * 1000 }, { "m", 60LL * 1000 }, { "s", 1000 }, { "ms", 1 } } };

}

Result<std::int64_t> parseDurationMs(std::string_view text)
{
    const auto bad = [&] {
        return failure(ErrorCode::parse, formatted("'{}' is not a duration; write it like 30s, 5m or 1h30m", text));
    };
    if (text == "0")
        return 0;
    if (text.empty())
        return bad();
    std::int64_t total = 0;
    std::size_t nextUnit = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
        if (error != std::errc() || number < 0 || rest.front() == '-')
            return bad();
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        const auto length = std::min(rest.find_first_of("0123456789"), rest.size());
        const auto name = rest.substr(0, length);
        const auto unit = std::find_if(kUnits.begin() + static_cast<std::ptrdiff_t>(nextUnit), kUnits.end(), [&](const Unit& u) { return u.name == name; });
        if (unit == kUnits.end())
            return bad();
        std::int64_t part = 0;
        if (__builtin_mul_overflow(number, unit->ms, &part) || __builtin_add_overflow(total, part, &total))
            return failure(ErrorCode::parse, formatted("duration '{}' is too long", text));
        nextUnit = static_cast<std::size_t>(unit - kUnits.begin()) + 1;
        rest.remove_prefix(length);
    }
    return total;
}

std::string formatDurationMs(std::int64_t milliseconds)
{
    if (milliseconds == 0)
        return "0s";
    std::string out;
    auto rest = static_cast<std::uint64_t>(milliseconds);
    if (milliseconds < 0) {
        out = "-";
        rest = 0 - rest;
    }
    // Years, weeks and days only when they come out even, as Prometheus does: 25h stays 1d1h, 8d stays 8d.
    for (const auto& unit : kUnits) {
        const auto size = static_cast<std::uint64_t>(unit.ms);
        const bool exactOnly = unit.name == "y" || unit.name == "w";
        if (exactOnly ? (rest != 0 && rest % size == 0) : rest >= size) {
            out += formatted("{}{}", rest / size, unit.name);
            rest %= size;
        }
    }
    return out;
}

Result<std::int64_t> parseRfc3339Ns(std::string_view text)
{
    const auto bad = [&] {
        return failure(ErrorCode::parse, formatted("'{}' is not a time; write it like 2025-06-01T12:00:00Z", text));
    };
    const auto number = [&](std::size_t at, std::size_t length) -> int {
        int value = 0;
        if (at + length > text.size())
            return -1;
        for (std::size_t i = at; i < at + length; ++i) {
            if (text[i] < '0' || text[i] > '9')
                return -1;
            value = value * 10 + (text[i] - '0');
        }
        return value;
    };
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't' && text[10] != ' ') || text[13] != ':' || text[16] != ':')
        return bad();
    const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
    const int hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
    if (year < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return bad();
    const std::chrono::year_month_day date { std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)), std::chrono::day(static_cast<unsigned>(day)) };
    if (month < 1 || day < 1 || !date.ok())
        return bad();
    std::size_t at = 19;
    std::int64_t fraction = 0;
    if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
        std::int64_t scale = 100'000'000;
        const auto start = ++at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
            fraction += (text[at] - '0') * scale;
        if (at == start)
            return bad();
    }
    std::int64_t offset = 0;
    if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) {
        offset = 0;
    } else if (at + 6 == text.size() && (text[at] == '+' || text[at] == '-') && text[at + 3] == ':') {
        const int offsetHour = number(at + 1, 2), offsetMinute = number(at + 4, 2);
        if (offsetHour < 0 || offsetHour > 23 || offsetMinute < 0 || offsetMinute > 59)
            return bad();
        offset = (offsetHour * 60 + offsetMinute) * (text[at] == '-' ? -60 : 60);
    } else {
        return bad();
    }
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    const std::int64_t seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset;
    std::int64_t result = 0;
    if (__builtin_mul_overflow(seconds, std::int64_t { 1'000'000'000 }, &result) || __builtin_add_overflow(result, fraction, &result))
        return failure(ErrorCode::parse, formatted("the time '{}' is outside the years 1678 to 2261", text));
    return result;
}

std::string formatRfc3339Ns(std::int64_t nanoseconds)
{
    using namespace std::chrono;
    const auto floorDiv = [](std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); };
    const std::int64_t seconds = floorDiv(nanoseconds, 1'000'000'000);
    const std::int64_t fraction = nanoseconds - seconds * 1'000'000'000;
    const std::int64_t days = floorDiv(seconds, 86400);
    const year_month_day date { sys_days { std::chrono::days { days } } };
    const auto rest = seconds - days * 86400;
    std::string out = formatted("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()), rest / 3600, rest / 60 % 60, rest % 60);
    if (fraction != 0) {
        auto digits = formatted(".{:09}", fraction);
        digits.erase(digits.find_last_not_of('0') + 1);
        out += digits;
    }
    return out + "Z";
}

Result<std::int64_t> parseTimeMs(std::string_view text)
{
    if (const auto seconds = parseFloat(text)) {
        if (!std::isfinite(*seconds) || std::fabs(*seconds) > 9.2e15)
            return failure(ErrorCode::parse, formatted("'{}' is not a time", text));
        return std::llround(*seconds * 1000);
    }
    const auto ns = parseRfc3339Ns(text);
    if (!ns)
        return failure(ErrorCode::parse, formatted("'{}' is not a time; give Unix seconds or RFC 3339 like 2025-06-01T12:00:00Z", text));
    return *ns / 1'000'000;
}

TextPlace placeOf(std::string_view text, std::size_t offset) noexcept
{
    const auto before = text.substr(0, std::min(offset, text.size()));
    const auto lineBreak = before.rfind('\n');
    const auto lineStart = lineBreak == std::string_view::npos ? 0 : lineBreak + 1;
    return { static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1, before.size() - lineStart + 1 };
}

std::string goQuoted(std::string_view text)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
                out += "\\x";
                out += kHex[static_cast<unsigned char>(c) >> 4];
                out += kHex[static_cast<unsigned char>(c) & 15];
            } else {
                out += c;
            }
        }
    }
    return out + '"';
}

std::string formEncoded(std::string_view text)
{
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~') {
            out += c;
        } else if (c == ' ') {
            out += '+';
        } else {
            out += '%';
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        }
    }
    return out;
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (;;) {
        const auto at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos)
            return parts;
        text.remove_prefix(at + 1);
    }
}

std::string_view trim(std::string_view text) noexcept
{
    constexpr std::string_view kBlank = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string toLowerAscii(std::string_view text)
{
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + 32);
    }
    return out;
}

Result<std::int64_t> parseBytes(std::string_view text)
{
    const auto bad = [&] { return failure(ErrorCode::parse, formatted("'{}' is not a size; write it like 512MB or 2GiB", text)); };
    const auto unitAt = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = parseFloat(text.substr(0, unitAt));
    if (!number)
        return bad();
    auto unit = toLowerAscii(trim(text.substr(unitAt)));
    if (unit.ends_with("ib"))
        unit.erase(unit.size() - 2);
    else if (unit.ends_with('b'))
        unit.pop_back();
    constexpr std::string_view kPrefixes = "kmgtpe";
    double factor = 1;
    if (!unit.empty()) {
        const auto power = kPrefixes.find(unit.front());
        if (unit.size() != 1 || power == std::string_view::npos)
            return bad();
        factor = std::pow(1024.0, static_cast<double>(power + 1));
    }
    const double bytes = *number * factor;
    if (!(bytes < 9.2e18))
        return bad();
    return static_cast<std::int64_t>(bytes);
}

}
