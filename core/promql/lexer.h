#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::promql {

enum class TokenKind : std::uint8_t {
    end,
    error, ///< everything from the first character that cannot be read to the end of the text
    comment,

    identifier,
    metricIdentifier, ///< an identifier with a colon
    number,
    duration,
    string, ///< with its quotes

    leftParen,
    rightParen,
    leftBrace,
    rightBrace,
    leftBracket,
    rightBracket,
    comma,
    colon,
    at,

    add,
    sub,
    mul,
    div,
    mod,
    pow,
    equal,       ///< `==`
    notEqual,    ///< `!=`, as comparison and in matchers
    less,
    lessEqual,
    greater,
    greaterEqual,
    assign,      ///< `=`
    regexMatch,  ///< `=~`
    regexNoMatch, ///< `!~`

    // Words, in any case.
    atan2,
    logicalAnd,
    logicalOr,
    unless,
    aggregator,
    by,
    without,
    on,
    ignoring,
    groupLeft,
    groupRight,
    boolModifier,
    offset,
    start,
    end_, ///< the word `end`
};

struct Token {
    TokenKind kind = TokenKind::end;
    TextRange range;

    bool operator==(const Token&) const = default;
};

/// The tokens of a query, comments included, closed by one of kind end or error.
struct Lexed {
    std::vector<Token> tokens;
    std::optional<Error> error; ///< set when the last token is an error
};

/// Reads `query` as far as it can be read. Ranges are bytes.
[[nodiscard]] Lexed tokenize(std::string_view query);

/// True for words of the language that are written between or before operands (`by`, `offset`, `and`).
[[nodiscard]] bool isKeyword(TokenKind kind) noexcept;
[[nodiscard]] bool isOperator(TokenKind kind) noexcept;

/// The text between the quotes with its escapes resolved; `where` is the token's place, for the error.
[[nodiscard]] Result<std::string> unquote(std::string_view token, TextRange where = {});

/// Reads a number token: decimal, hexadecimal, octal with a leading 0, underscores, Inf and NaN.
[[nodiscard]] std::optional<double> readNumber(std::string_view token);

/// "2:7", line and column (both from 1, in bytes) of a place in `query`.
[[nodiscard]] std::string lineAndColumn(std::string_view query, std::size_t offset);

/// The form of all complaints about a query's text: "1:7: parse error: …".
[[nodiscard]] std::unexpected<Error> parseFailure(std::string_view query, TextRange where, std::string_view message);

}
