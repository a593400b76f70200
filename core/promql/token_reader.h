#pragma once

#include "core/base/result.h"
#include "core/base/token_cursor.h"
#include "core/promql/ast.h"
#include "core/promql/lexer.h"

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace belvedere::promql {

/// The tokens of a query, and how complaints about them are worded. What the layers of the parser share.
class TokenReader : public TokenCursor<Token> {
public:
    /// `text` must outlive the reader.
    explicit TokenReader(std::string_view text)
        : TokenReader(text, tokenize(text))
    {
    }

protected:
    ~TokenReader() = default;

    [[nodiscard]] const Token& current() const { return peek(); }
    [[nodiscard]] TokenKind kind() const { return peek().kind; }
    [[nodiscard]] TokenKind nextKind() const { return peek(1).kind; }
    [[nodiscard]] std::string_view text(const Token& token) const { return query().substr(token.range.begin, token.range.end - token.range.begin); }
    [[nodiscard]] std::string_view word() const { return text(current()); }
    [[nodiscard]] std::unexpected<Error> fail(TextRange where, std::string_view message) const { return parseFailure(query(), where, message); }
    /// Complains about the current token; `context` is like "in offset, expected a duration" or "".
    [[nodiscard]] std::unexpected<Error> unexpected(std::string_view context) const;

    /// Parentheses, arguments, signs and powers inside of each other.
    [[nodiscard]] bool tooDeep() const { return depth() > kMaxNesting; }
    [[nodiscard]] std::unexpected<Error> nestingFailure() const;

private:
    static constexpr std::size_t kMaxNesting = 200;

    TokenReader(std::string_view text, Lexed lexed)
        : TokenCursor(text, std::move(lexed.tokens))
        , m_error(std::move(lexed.error))
    {
    }

    [[nodiscard]] std::string describe(const Token& token) const;

    std::optional<Error> m_error; ///< set when the last token is an error
};

/// An operator between two operands.
struct Infix {
    BinaryOp op;
    int precedence; ///< 1 (`or`) to kPower
};

inline constexpr int kSum = 4; ///< of + and -, the loosest that durations know
inline constexpr int kUnaryOperand = 6; ///< a sign binds as * does: -2 ^ 2 is -(2 ^ 2), -2 * 2 is (-2) * 2

/// Nothing if `kind` is no such operator.
[[nodiscard]] std::optional<Infix> infix(TokenKind kind);

}
