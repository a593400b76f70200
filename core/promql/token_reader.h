#pragma once

#include "core/base/result.h"
#include "core/promql/ast.h"
#include "core/promql/lexer.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace belvedere::promql {

/// The tokens of a query, read one after another. What the layers of the parser share.
class TokenReader {
public:
    /// `text` must outlive the reader. Comments are skipped.
    explicit TokenReader(std::string_view text);

    TokenReader(const TokenReader&) = delete;
    TokenReader& operator=(const TokenReader&) = delete;

protected:
    ~TokenReader() = default;

    [[nodiscard]] const Token& current() const { return m_lexed.tokens[m_at]; }
    [[nodiscard]] TokenKind kind() const { return current().kind; }
    [[nodiscard]] TokenKind nextKind() const { return m_at + 1 < m_lexed.tokens.size() ? m_lexed.tokens[m_at + 1].kind : TokenKind::end; }
    [[nodiscard]] std::string_view text(const Token& token) const { return m_text.substr(token.range.begin, token.range.end - token.range.begin); }
    [[nodiscard]] std::string_view word() const { return text(current()); }
    Token take();
    /// Takes the token if it is of this kind.
    bool accept(TokenKind wanted);
    /// Where the token ends that was taken last.
    [[nodiscard]] std::size_t lastEnd() const { return m_at == 0 ? 0 : m_lexed.tokens[m_at - 1].range.end; }
    [[nodiscard]] std::unexpected<Error> fail(TextRange where, std::string_view message) const { return parseFailure(m_text, where, message); }
    /// Complains about the current token; `context` is like "in offset, expected a duration" or "".
    [[nodiscard]] std::unexpected<Error> unexpected(std::string_view context) const;

    /// Counts how deep the reading functions have called themselves, while it lives: parentheses, arguments, signs, powers.
    class Nesting {
    public:
        explicit Nesting(TokenReader& reader)
            : m_depth(reader.m_depth)
        {
            ++m_depth;
        }
        ~Nesting() { --m_depth; }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;

        [[nodiscard]] bool tooDeep() const { return m_depth > kMaxNesting; }

    private:
        std::uint32_t& m_depth;
    };
    [[nodiscard]] std::unexpected<Error> nestingFailure() const;

private:
    static constexpr std::uint32_t kMaxNesting = 200;

    [[nodiscard]] std::string describe(const Token& token) const;

    std::string_view m_text;
    Lexed m_lexed;
    std::size_t m_at = 0;
    std::uint32_t m_depth = 0;
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
