#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace belvedere {

/// Goes through the tokens of a query, one after another: what the parsers of the query languages have in common.
///
/// `Token` has a `kind`, with an enumerator `comment`, and a TextRange `range`. The last token ends the query: it is never
/// gone past, so that a parser can always look at one more.
template <class Token>
class TokenCursor {
public:
    TokenCursor(const TokenCursor&) = delete;
    TokenCursor& operator=(const TokenCursor&) = delete;

protected:
    using TokenKind = decltype(Token::kind);

    /// `query` must outlive the cursor; `tokens` has at least the last one. Comments are left out.
    TokenCursor(std::string_view query, std::vector<Token> tokens)
        : m_query(query)
        , m_tokens(std::move(tokens))
    {
        std::erase_if(m_tokens, [](const Token& token) { return token.kind == TokenKind::comment; });
    }
    ~TokenCursor() = default;

    [[nodiscard]] std::string_view query() const { return m_query; }

    /// The token that comes next, or one behind it.
    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const { return m_tokens[std::min(m_next + ahead, m_tokens.size() - 1)]; }
    [[nodiscard]] bool at(TokenKind kind, std::size_t ahead = 0) const { return peek(ahead).kind == kind; }
    const Token& take()
    {
        const auto& token = peek();
        if (m_next + 1 < m_tokens.size())
            ++m_next;
        return token;
    }
    /// Takes the token if it is of this kind.
    bool accept(TokenKind kind)
    {
        if (!at(kind))
            return false;
        take();
        return true;
    }
    /// Where the token ends that was taken last; 0 before the first.
    [[nodiscard]] std::size_t lastEnd() const { return m_next > 0 ? m_tokens[m_next - 1].range.end : 0; }

    /// Counts how deep the reading functions have called themselves, while it lives.
    class Nesting {
    public:
        explicit Nesting(TokenCursor& cursor)
            : m_depth(cursor.m_depth)
        {
            ++m_depth;
        }
        ~Nesting() { --m_depth; }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;

    private:
        std::size_t& m_depth;
    };
    [[nodiscard]] std::size_t depth() const { return m_depth; }

private:
    std::string_view m_query;
    std::vector<Token> m_tokens;
    std::size_t m_next = 0;
    std::size_t m_depth = 0;
};

}
