#pragma once

#include "core/base/result.h"
#include "core/base/token_cursor.h"
#include "core/logql/lexer.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace belvedere::logql {

/// The tokens of a query, and the first error that was met. What the layers of the parser share.
///
/// Functions that read answer false once there is an error; the caller then does nothing but answer false itself.
class TokenReader : public TokenCursor<Token> {
public:
    /// `query` must outlive the reader.
    explicit TokenReader(std::string_view query);

protected:
    ~TokenReader() = default;

    [[nodiscard]] bool atEnd() const { return at(TokenKind::end); }
    [[nodiscard]] bool isSymbol(std::string_view text, std::size_t ahead = 0) const { return at(TokenKind::symbol, ahead) && peek(ahead).text == text; }
    [[nodiscard]] bool isKeyword(std::string_view text, std::size_t ahead = 0) const { return at(TokenKind::keyword, ahead) && peek(ahead).text == text; }
    [[nodiscard]] bool isFunction(std::string_view text, std::size_t ahead = 0) const { return at(TokenKind::function, ahead) && peek(ahead).text == text; }

    /// Takes the token if it is this one.
    bool accept(std::string_view symbol);
    bool acceptKeyword(std::string_view keyword);

    [[nodiscard]] bool expect(std::string_view symbol);
    [[nodiscard]] bool expectString(std::string& out, TextRange* where = nullptr);
    [[nodiscard]] bool expectIdentifier(std::string& out);
    /// A number with an optional sign.
    [[nodiscard]] bool expectNumber(double& out);

    /// From `begin` to the end of the token that was taken last.
    [[nodiscard]] TextRange since(std::size_t begin) const { return { begin, std::max(begin, lastEnd()) }; }

    /// These keep the error if it is the first and answer false. Messages begin with line and column.
    bool refuse(TextRange where, std::string_view message);
    bool unexpected(std::string_view wanted);

    /// Bounds for the tree, which every pass walks recursively. A chain of operators is a tree as deep as it is long.
    [[nodiscard]] bool tooDeep();
    [[nodiscard]] bool tooManyOperators();

    /// The value, or the error there was.
    template <class T>
    [[nodiscard]] Result<T> finish(T value)
    {
        if (m_error)
            return std::unexpected(std::move(*m_error));
        return value;
    }

private:
    int m_operators = 0;
    std::optional<Error> m_error;
};

/// A number as the lexer cuts it: decimal, or hexadecimal with 0x.
[[nodiscard]] Result<double> numberValue(const std::string& text);

}
