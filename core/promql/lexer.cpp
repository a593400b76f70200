#include "core/promql/lexer.h"

#include "core/base/format.h"
#include "core/base/go_string.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

// One pass over the text with three modes: statements, inside braces (label matchers) and inside brackets (ranges).
// The mode decides what a word or a colon means; everything else is the same everywhere.

namespace belvedere::promql {

namespace {

struct Word {
    std::string_view text;
    TokenKind kind;
};

constexpr std::array kWords {
    Word { "and", TokenKind::logicalAnd },
    Word { "or", TokenKind::logicalOr },
    Word { "unless", TokenKind::unless },
    Word { "atan2", TokenKind::atan2 },
    Word { "sum", TokenKind::aggregator },
    Word { "avg", TokenKind::aggregator },
    Word { "count", TokenKind::aggregator },
    Word { "min", TokenKind::aggregator },
    Word { "max", TokenKind::aggregator },
    Word { "group", TokenKind::aggregator },
    Word { "stddev", TokenKind::aggregator },
    Word { "stdvar", TokenKind::aggregator },
    Word { "topk", TokenKind::aggregator },
    Word { "bottomk", TokenKind::aggregator },
    Word { "count_values", TokenKind::aggregator },
    Word { "quantile", TokenKind::aggregator },
    Word { "limitk", TokenKind::aggregator },
    Word { "limit_ratio", TokenKind::aggregator },
    Word { "by", TokenKind::by },
    Word { "without", TokenKind::without },
    Word { "on", TokenKind::on },
    Word { "ignoring", TokenKind::ignoring },
    Word { "group_left", TokenKind::groupLeft },
    Word { "group_right", TokenKind::groupRight },
    Word { "bool", TokenKind::boolModifier },
    Word { "offset", TokenKind::offset },
    Word { "start", TokenKind::start },
    Word { "end", TokenKind::end_ },
    Word { "inf", TokenKind::number },
    Word { "nan", TokenKind::number },
};

constexpr std::size_t kLongestWord = 12;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isAlphaNumeric(char c) { return isAlpha(c) || isDigit(c); }
bool isHexDigit(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

TokenKind wordKind(std::string_view word)
{
    if (word.size() > kLongestWord)
        return TokenKind::identifier;
    const auto lower = toLowerAscii(word);
    const auto found = std::ranges::find(kWords, std::string_view(lower), &Word::text);
    return found == kWords.end() ? TokenKind::identifier : found->kind;
}

class Lexer {
public:
    explicit Lexer(std::string_view text)
        : m_text(text)
    {
    }

    Lexed run()
    {
        while (!m_out.error) {
            while (m_at < m_text.size() && isSpace(m_text[m_at]))
                ++m_at;
            m_begin = m_at;
            if (m_at >= m_text.size()) {
                atEnd();
                break;
            }
            next();
        }
        return std::move(m_out);
    }

private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const { return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0'; }

    void emit(TokenKind kind)
    {
        m_out.tokens.push_back({ kind, { m_begin, m_at } });
    }
    void take(std::size_t length, TokenKind kind)
    {
        m_at += length;
        emit(kind);
    }
    void fail(TextRange where, const std::string& message)
    {
        m_out.error = parseFailure(m_text, where, message).error();
        m_out.tokens.push_back({ TokenKind::error, { std::min(where.begin, m_text.size()), m_text.size() } });
    }
    void failHere(const std::string& what)
    {
        fail({ m_at, m_at + characterLength() }, formatted("{}'{}'", what, m_text.substr(m_at, characterLength())));
    }
    [[nodiscard]] std::size_t characterLength() const
    {
        std::size_t length = 1;
        while (m_at + length < m_text.size() && (static_cast<unsigned char>(m_text[m_at + length]) & 0xC0) == 0x80)
            ++length;
        return length;
    }

    void atEnd()
    {
        if (m_inBraces)
            return fail({ m_at, m_at }, "unexpected end of input inside braces");
        if (m_inBrackets)
            return fail({ m_at, m_at }, "unexpected end of input in duration expression");
        if (m_parens > 0)
            return fail({ m_at, m_at }, "unclosed left parenthesis");
        emit(TokenKind::end);
    }

    void next()
    {
        const char c = peek();
        if (c == '#') {
            while (m_at < m_text.size() && m_text[m_at] != '\n')
                ++m_at;
            return emit(TokenKind::comment);
        }
        if (c == ',')
            return take(1, TokenKind::comma);
        if (m_inBraces)
            return nextInBraces(c);
        if (c == '"' || c == '\'' || c == '`')
            return quotedString(c);
        if (isDigit(c) || (c == '.' && isDigit(peek(1))))
            return numberOrDuration();
        switch (c) {
        case '(':
            ++m_parens;
            return take(1, TokenKind::leftParen);
        case ')':
            if (m_parens == 0)
                return fail({ m_at, m_at + 1 }, "unexpected right parenthesis ')'");
            --m_parens;
            return take(1, TokenKind::rightParen);
        case '+': return take(1, TokenKind::add);
        case '-': return take(1, TokenKind::sub);
        case '*': return take(1, TokenKind::mul);
        case '/': return take(1, TokenKind::div);
        case '%': return take(1, TokenKind::mod);
        case '^': return take(1, TokenKind::pow);
        default: break;
        }
        if (m_inBrackets)
            return nextInBrackets(c);
        nextInStatement(c);
    }

    void nextInStatement(char c)
    {
        switch (c) {
        case '=':
            return peek(1) == '=' ? take(2, TokenKind::equal) : peek(1) == '~' ? failAssign() : take(1, TokenKind::assign);
        case '!':
            if (peek(1) == '=')
                return take(2, TokenKind::notEqual);
            ++m_at;
            return m_at < m_text.size() ? fail({ m_begin, m_at }, formatted("unexpected character after '!': '{}'", m_text.substr(m_at, characterLength())))
                                        : fail({ m_begin, m_at }, "unexpected end of input after '!'");
        case '<': return peek(1) == '=' ? take(2, TokenKind::lessEqual) : take(1, TokenKind::less);
        case '>': return peek(1) == '=' ? take(2, TokenKind::greaterEqual) : take(1, TokenKind::greater);
        case '{':
            m_inBraces = true;
            return take(1, TokenKind::leftBrace);
        case '[':
            m_inBrackets = true;
            m_gotColon = false;
            return take(1, TokenKind::leftBracket);
        case ']': return fail({ m_at, m_at + 1 }, "unexpected right bracket ']'");
        case '@': return take(1, TokenKind::at);
        default: break;
        }
        if (!isAlpha(c) && c != ':')
            return failHere("unexpected character: ");
        while (isAlphaNumeric(peek()) || peek() == ':')
            ++m_at;
        const auto word = m_text.substr(m_begin, m_at - m_begin);
        if (word.find(':') != std::string_view::npos)
            return emit(TokenKind::metricIdentifier);
        emit(wordKind(word));
    }

    void failAssign() { fail({ m_at, m_at + 2 }, "unexpected character after '=': '~'"); }

    void nextInBraces(char c)
    {
        switch (c) {
        case '}':
            m_inBraces = false;
            return take(1, TokenKind::rightBrace);
        case '"':
        case '\'':
        case '`': return quotedString(c);
        case '=': return peek(1) == '~' ? take(2, TokenKind::regexMatch) : take(1, TokenKind::assign);
        case '!':
            if (peek(1) == '~')
                return take(2, TokenKind::regexNoMatch);
            if (peek(1) == '=')
                return take(2, TokenKind::notEqual);
            ++m_at;
            return m_at < m_text.size() ? failHere("unexpected character after '!' inside braces: ")
                                        : fail({ m_begin, m_at }, "unexpected end of input inside braces");
        case '{': return fail({ m_at, m_at + 1 }, "unexpected left brace '{'");
        default: break;
        }
        if (!isAlpha(c))
            return failHere("unexpected character inside braces: ");
        while (isAlphaNumeric(peek()))
            ++m_at;
        emit(TokenKind::identifier);
    }

    void nextInBrackets(char c)
    {
        if (c == ']') {
            m_inBrackets = false;
            m_gotColon = false;
            return take(1, TokenKind::rightBracket);
        }
        if (c == ':') {
            if (m_gotColon)
                return fail({ m_at, m_at + 1 }, "unexpected colon ':'");
            m_gotColon = true;
            return take(1, TokenKind::colon);
        }
        failHere("unexpected character in duration expression: ");
    }

    void quotedString(char quote)
    {
        ++m_at;
        for (; m_at < m_text.size(); ++m_at) {
            const char c = m_text[m_at];
            if (c == quote) {
                ++m_at;
                return emit(TokenKind::string);
            }
            if (quote == '`')
                continue;
            if (c == '\n')
                break;
            if (c == '\\')
                ++m_at;
        }
        m_at = std::min(m_at, m_text.size());
        fail({ m_begin, m_at }, quote == '`' ? "unterminated raw string" : "unterminated quoted string");
    }

    void numberOrDuration()
    {
        const bool hex = peek() == '0' && (peek(1) == 'x' || peek(1) == 'X');
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            const char before = m_at > m_begin ? m_text[m_at - 1] : '\0';
            const bool exponentSign = (c == '+' || c == '-') && (hex ? before == 'p' || before == 'P' : before == 'e' || before == 'E');
            if (!isAlphaNumeric(c) && c != '.' && !exponentSign)
                break;
            ++m_at;
        }
        const auto word = m_text.substr(m_begin, m_at - m_begin);
        if (readNumber(word))
            return emit(TokenKind::number);
        if (parseDurationMs(word))
            return emit(TokenKind::duration);
        fail({ m_begin, m_at }, formatted("bad number or duration syntax: {}", '"' + std::string(word) + '"'));
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::size_t m_begin = 0;
    std::size_t m_parens = 0;
    bool m_inBraces = false;
    bool m_inBrackets = false;
    bool m_gotColon = false;
    Lexed m_out;
};

/// Underscores stand between digits, or between the prefix and a digit.
bool underscoresAreFine(std::string_view text, bool hex)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_')
            continue;
        const bool afterDigit = i > 0 && (hex ? isHexDigit(text[i - 1]) || i == 2 : isDigit(text[i - 1]));
        const bool beforeDigit = i + 1 < text.size() && (hex ? isHexDigit(text[i + 1]) : isDigit(text[i + 1]));
        if (!afterDigit || !beforeDigit)
            return false;
    }
    return true;
}

/// A whole number in the given base, rounded to a double as a 64-bit integer would be.
std::optional<double> readInteger(std::string_view digits, int base)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error != std::errc() || end != digits.data() + digits.size() || digits.empty())
        return std::nullopt;
    return static_cast<double>(value);
}

}

Lexed tokenize(std::string_view query)
{
    return Lexer(query).run();
}

bool isKeyword(TokenKind kind) noexcept
{
    return kind >= TokenKind::atan2 && kind != TokenKind::aggregator;
}

bool isOperator(TokenKind kind) noexcept
{
    return (kind >= TokenKind::add && kind <= TokenKind::greaterEqual) || (kind >= TokenKind::atan2 && kind <= TokenKind::unless);
}

Result<std::string> unquote(std::string_view token, TextRange where)
{
    if (token.size() < 2)
        return failure(ErrorCode::parse, "unterminated quoted string", where);
    const char quote = token.front();
    const auto inside = token.substr(1, token.size() - 2);
    if (quote == '`')
        return std::string(inside);
    auto value = unescapeGoString(inside, { &quote, 1 });
    if (!value)
        value.error().where = where;
    return value;
}

std::optional<double> readNumber(std::string_view token)
{
    const auto lower = toLowerAscii(token);
    if (lower == "inf")
        return std::numeric_limits<double>::infinity();
    if (lower == "nan")
        return std::numeric_limits<double>::quiet_NaN();
    const bool hex = lower.starts_with("0x");
    if (!underscoresAreFine(lower, hex))
        return std::nullopt;
    std::string digits;
    std::ranges::copy_if(lower, std::back_inserter(digits), [](char c) { return c != '_'; });
    if (digits.empty() || !(isDigit(digits.front()) || digits.front() == '.'))
        return std::nullopt;
    if (hex) {
        if (const auto whole = readInteger(std::string_view(digits).substr(2), 16))
            return whole;
    } else if (digits.size() > 1 && digits.front() == '0') {
        if (const auto whole = readInteger(std::string_view(digits).substr(1), 8))
            return whole;
    }
    const auto value = parseFloat(digits);
    return value ? std::optional(*value) : std::nullopt;
}

std::string lineAndColumn(std::string_view query, std::size_t offset)
{
    const auto [line, column] = placeOf(query, offset);
    return formatted("{}:{}", line, column);
}

std::unexpected<Error> parseFailure(std::string_view query, TextRange where, std::string_view message)
{
    return failure(ErrorCode::parse, formatted("{}: parse error: {}", lineAndColumn(query, where.begin), message), where);
}

}
