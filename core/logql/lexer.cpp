#include "core/logql/lexer.h"

#include "core/base/format.h"
#include "core/base/go_string.h"
#include "core/base/go_time.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace belvedere::logql {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isIdentifierStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isIdentifier(char c) { return isIdentifierStart(c) || isDigit(c); }
bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

constexpr std::array<std::string_view, 17> kSymbols { "|=", "|~", "|>", "!=", "!~", "!>", "=~", "==", ">=", "<=", "=", ">", "<", "|", "{", "}", "," };
constexpr std::string_view kSingles = "()+-*/%^";

class Lexer {
public:
    explicit Lexer(std::string_view query)
        : m_query(query)
    {
    }

    std::vector<Token> run()
    {
        while (skipSpace(), m_at < m_query.size())
            one();
        m_tokens.push_back({ TokenKind::end, { m_query.size(), m_query.size() }, {} });
        return std::move(m_tokens);
    }

private:
    void skipSpace()
    {
        while (m_at < m_query.size() && isSpace(m_query[m_at]))
            ++m_at;
    }

    void push(TokenKind kind, std::size_t length, std::string text)
    {
        m_tokens.push_back({ kind, { m_at, m_at + length }, std::move(text) });
        m_at += length;
    }

    void one()
    {
        const auto rest = m_query.substr(m_at);
        const char c = rest[0];
        if (c == '#') {
            const auto length = std::min(rest.find('\n'), rest.size());
            push(TokenKind::comment, length, std::string(rest.substr(0, length)));
        } else if (c == '"') {
            quoted(rest);
        } else if (c == '`') {
            const auto close = rest.find('`', 1);
            if (close == std::string_view::npos)
                push(TokenKind::error, rest.size(), "the string is not closed: ` is missing");
            else
                push(TokenKind::string, close + 1, std::string(rest.substr(1, close - 1)));
        } else if (c == '[') {
            const auto close = rest.find(']');
            if (close == std::string_view::npos)
                push(TokenKind::error, rest.size(), "the range is not closed: ] is missing");
            else
                push(TokenKind::range, close + 1, std::string(trim(rest.substr(1, close - 1))));
        } else if (isDigit(c) || (c == '.' && rest.size() > 1 && isDigit(rest[1]))) {
            number(rest);
        } else if (rest.starts_with("--") && rest.size() > 2 && isIdentifierStart(rest[2])) {
            std::size_t n = 2;
            while (n < rest.size() && (isIdentifier(rest[n]) || rest[n] == '-'))
                ++n;
            push(TokenKind::flag, n, std::string(rest.substr(2, n - 2)));
        } else if (c == '-' && rest.size() > 1 && isDigit(rest[1]) && durationLength(rest.substr(1)) > 0) {
            const auto length = 1 + durationLength(rest.substr(1));
            push(TokenKind::duration, length, std::string(rest.substr(0, length)));
        } else if (isIdentifierStart(c)) {
            word(rest);
        } else {
            for (const auto symbol : kSymbols) {
                if (rest.starts_with(symbol)) {
                    push(TokenKind::symbol, symbol.size(), std::string(symbol));
                    return;
                }
            }
            if (kSingles.contains(c)) {
                push(TokenKind::symbol, 1, std::string(1, c));
                return;
            }
            std::size_t length = 1; // of the whole character
            while (static_cast<signed char>(c) < 0 && length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0) == 0x80)
                ++length;
            push(TokenKind::error, length, formatted("'{}' means nothing here", toValidUtf8(rest.substr(0, length))));
        }
    }

    void quoted(std::string_view rest)
    {
        std::size_t n = 1;
        while (n < rest.size() && rest[n] != '"' && rest[n] != '\n')
            n += rest[n] == '\\' ? 2 : 1;
        if (n >= rest.size() || rest[n] != '"') {
            push(TokenKind::error, std::min(n, rest.size()), "the string is not closed: \" is missing");
            return;
        }
        if (auto value = unescapeGoString(rest.substr(1, n - 1), "\""))
            push(TokenKind::string, n + 1, std::move(*value));
        else
            push(TokenKind::error, n + 1, "the string has an unknown escape; write \\\\ for a backslash, or use `...`");
    }

    /// Length of the duration at the front of `rest`, 0 if it is none.
    static std::size_t durationLength(std::string_view rest)
    {
        std::size_t n = 0;
        while (n < rest.size() && (isDigit(rest[n]) || rest[n] == '.' || std::string_view("nsumhdwy\xC2\xB5\xCE\xBC").contains(rest[n])))
            ++n;
        const auto text = rest.substr(0, n);
        const bool plain = std::ranges::all_of(text, [](char c) { return isDigit(c) || c == '.'; });
        return !plain && parseDuration(text) ? n : 0;
    }

    void number(std::string_view rest)
    {
        if (const auto length = durationLength(rest)) {
            push(TokenKind::duration, length, std::string(rest.substr(0, length)));
            return;
        }
        std::size_t n = 0;
        while (n < rest.size() && (isDigit(rest[n]) || rest[n] == '.'))
            ++n;
        // "4e+37" is a number, not four exabytes and 37.
        const bool signedExponent = n + 2 < rest.size() && (rest[n] == 'e' || rest[n] == 'E') && (rest[n + 1] == '+' || rest[n + 1] == '-') && isDigit(rest[n + 2]);
        std::size_t unit = n;
        while (!signedExponent && unit < rest.size() && std::string_view("kmgtpezyibKMGTPEZYIB").contains(rest[unit]))
            ++unit;
        if (unit > n && (unit == rest.size() || !isIdentifier(rest[unit])) && parseByteSize(rest.substr(0, unit))) {
            push(TokenKind::bytes, unit, std::string(rest.substr(0, unit)));
            return;
        }
        if (n == 1 && rest[0] == '0' && rest.size() > 1 && (rest[1] == 'x' || rest[1] == 'X')) {
            n = 2;
            while (n < rest.size() && std::isxdigit(static_cast<unsigned char>(rest[n])))
                ++n;
        } else if (n < rest.size() && (rest[n] == 'e' || rest[n] == 'E')) {
            std::size_t e = n + 1;
            if (e < rest.size() && (rest[e] == '+' || rest[e] == '-'))
                ++e;
            if (e < rest.size() && isDigit(rest[e])) {
                while (e < rest.size() && isDigit(rest[e]))
                    ++e;
                n = e;
            }
        }
        push(TokenKind::number, n, std::string(rest.substr(0, n)));
    }

    void word(std::string_view rest)
    {
        std::size_t n = 0;
        while (n < rest.size() && isIdentifier(rest[n]))
            ++n;
        const auto text = rest.substr(0, n);
        auto lower = toLowerAscii(text);
        if (std::ranges::binary_search(functionNames(), lower) && beforeParenthesis(rest.substr(n)))
            push(TokenKind::function, n, std::move(lower));
        else if (std::ranges::binary_search(keywordNames(), lower))
            push(TokenKind::keyword, n, std::move(lower));
        else
            push(TokenKind::identifier, n, std::string(text));
    }

    /// A name is a function in front of `(`, `by (` and `without (`; elsewhere it may be a label.
    static bool beforeParenthesis(std::string_view rest)
    {
        rest = trim(rest);
        for (const std::string_view grouping : { "by", "without" }) {
            if (toLowerAscii(rest.substr(0, grouping.size())) == grouping) {
                rest = trim(rest.substr(grouping.size()));
                break;
            }
        }
        return rest.starts_with('(');
    }

    std::string_view m_query;
    std::size_t m_at = 0;
    std::vector<Token> m_tokens;
};

}

std::vector<Token> tokenize(std::string_view query) { return Lexer(query).run(); }

const std::vector<std::string>& keywordNames()
{
    static const std::vector<std::string> names { "and", "bool", "by", "decolorize", "drop", "group_left", "group_right",
        "ignoring", "json", "keep", "label_format", "label_replace", "line_format", "logfmt", "offset", "on", "or", "pattern",
        "regexp", "unless", "unpack", "unwrap", "without" };
    return names;
}

const std::vector<std::string>& functionNames()
{
    static const std::vector<std::string> names { "absent_over_time", "approx_topk", "avg", "avg_over_time", "bottomk", "bytes",
        "bytes_over_time", "bytes_rate", "count", "count_over_time", "duration", "duration_seconds", "first_over_time", "ip",
        "label_replace", "last_over_time", "max", "max_over_time", "min", "min_over_time", "quantile_over_time", "rate",
        "rate_counter", "sort", "sort_desc", "stddev", "stddev_over_time", "stdvar", "stdvar_over_time", "sum", "sum_over_time",
        "topk", "vector" };
    return names;
}

Result<std::int64_t> parseDuration(std::string_view text)
{
    // Prometheus' form first: whole numbers, units y w d h m s ms in this order, each once.
    static constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> kUnits { { { "y", 31'536'000'000 }, { "w", 604'800'000 },
        { "d", 86'400'000 }, { "h", 3'600'000 }, { "m", 60'000 }, { "s", 1'000 }, { "ms", 1 } } };
    if (text.empty())
        return failure(ErrorCode::parse, "empty duration string");
    const auto prometheus = [&]() -> Result<std::int64_t> {
        const auto bad = [&] { return failure(ErrorCode::parse, formatted("'{}' is not a duration; write for example 5m, 1h30m or 1.5s", text)); };
        auto rest = text;
        if (rest == "0")
            return 0;
        std::size_t unitFrom = 0;
        std::int64_t total = 0;
        while (!rest.empty()) {
            std::int64_t value = 0;
            const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
            if (failed != std::errc() || value < 0)
                return bad();
            rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
            std::size_t n = 0;
            while (n < rest.size() && !isDigit(rest[n]))
                ++n;
            const auto unit = std::find_if(kUnits.begin() + static_cast<std::ptrdiff_t>(unitFrom), kUnits.end(), [&](const auto& one) { return one.first == rest.substr(0, n); });
            std::int64_t product = 0;
            if (unit == kUnits.end() || __builtin_mul_overflow(value, unit->second * 1'000'000, &product) || __builtin_add_overflow(total, product, &total))
                return bad();
            unitFrom = static_cast<std::size_t>(unit - kUnits.begin()) + 1;
            rest.remove_prefix(n);
        }
        return total;
    };
    auto result = prometheus();
    if (!result) {
        if (const auto go = parseGoDuration(text))
            return *go;
    }
    return result;
}

Result<std::int64_t> parseSignedDuration(std::string_view text)
{
    if (!text.starts_with('-'))
        return parseDuration(text);
    auto value = parseDuration(text.substr(1));
    if (value)
        *value = -*value;
    return value;
}

Result<double> parseByteSize(std::string_view text)
{
    const auto whole = text;
    std::size_t n = 0;
    bool comma = false;
    while (n < text.size() && (isDigit(text[n]) || text[n] == '.' || text[n] == ',')) {
        comma = comma || text[n] == ',';
        ++n;
    }
    std::string digits(text.substr(0, n));
    if (comma)
        std::erase(digits, ',');
    double value = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failed != std::errc() || end != digits.data() + digits.size())
        return failure(ErrorCode::parse, formatted("'{}' is no number of bytes", whole));
    const auto unit = toLowerAscii(trim(text.substr(n)));
    if (unit.empty() || unit == "b")
        return std::trunc(value);
    constexpr std::string_view kPrefixes = "kmgtpe";
    const auto power = kPrefixes.find(unit[0]);
    const auto suffix = std::string_view(unit).substr(1);
    if (power == std::string_view::npos || (!suffix.empty() && suffix != "b" && suffix != "i" && suffix != "ib"))
        return failure(ErrorCode::parse, formatted("'{}' has an unknown unit of bytes; write for example 10KB or 1.5MiB", whole));
    const double base = suffix.starts_with('i') ? 1024 : 1000;
    const double bytes = value * std::pow(base, static_cast<double>(power + 1));
    if (bytes >= 18446744073709551616.0)
        return failure(ErrorCode::parse, formatted("'{}' is too large", whole));
    return std::trunc(bytes);
}

}
