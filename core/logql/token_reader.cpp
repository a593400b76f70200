#include "core/logql/token_reader.h"

#include "core/base/format.h"
#include "core/base/text.h"

// Everything that is about tokens and not about LogQL's grammar: looking ahead, insisting on a token, saying where something
// is wrong. A query is read to its first error only; later ones would be consequences.

namespace belvedere::logql {

namespace {

constexpr std::size_t kDeepest = 250;
constexpr int kMostOperators = 2000;
constexpr std::size_t kLongest = 128 * 1024; ///< bytes of a query, as in Loki

std::string describe(const Token& token)
{
    switch (token.kind) {
    case TokenKind::end: return "the end of the query";
    case TokenKind::string: return "a string";
    case TokenKind::identifier: return formatted("'{}'", token.text);
    case TokenKind::number: return formatted("the number {}", token.text);
    case TokenKind::range: return formatted("the range [{}]", token.text);
    case TokenKind::flag: return formatted("the flag --{}", token.text);
    default: return formatted("'{}'", token.text);
    }
}

}

TokenReader::TokenReader(std::string_view query)
    : TokenCursor(query, tokenize(query.substr(0, kLongest)))
{
    if (query.size() > kLongest)
        refuse({ kLongest, query.size() }, formatted("the query has {} bytes; more than {} are not read", query.size(), kLongest));
}

bool TokenReader::accept(std::string_view symbol)
{
    if (!isSymbol(symbol))
        return false;
    take();
    return true;
}

bool TokenReader::acceptKeyword(std::string_view keyword)
{
    if (!isKeyword(keyword))
        return false;
    take();
    return true;
}

bool TokenReader::expect(std::string_view symbol) { return accept(symbol) || unexpected(formatted("'{}'", symbol)); }

bool TokenReader::expectString(std::string& out, TextRange* where)
{
    if (!at(TokenKind::string))
        return unexpected("a string");
    if (where)
        *where = peek().range;
    out = take().text;
    return true;
}

bool TokenReader::expectIdentifier(std::string& out)
{
    if (!at(TokenKind::identifier))
        return unexpected("a label name");
    out = take().text;
    return true;
}

bool TokenReader::expectNumber(double& out)
{
    bool negative = false;
    if (isSymbol("-") || isSymbol("+"))
        negative = take().text == "-";
    if (!at(TokenKind::number))
        return unexpected("a number");
    const auto number = numberValue(peek().text);
    if (!number)
        return refuse(peek().range, number.error().message);
    take();
    out = negative ? -*number : *number;
    return true;
}

bool TokenReader::refuse(TextRange where, std::string_view message)
{
    if (!m_error) {
        const auto [line, column] = placeOf(query(), where.begin);
        m_error = Error { ErrorCode::parse, formatted("line {}, column {}: {}", line, column, message), where };
    }
    return false;
}

bool TokenReader::unexpected(std::string_view wanted)
{
    const auto& token = peek();
    if (token.kind == TokenKind::error)
        return refuse(token.range, token.text);
    return refuse(token.range, formatted("expected {}, found {}", wanted, describe(token)));
}

bool TokenReader::tooDeep() { return depth() > kDeepest && !refuse(peek().range, "the query is nested too deeply"); }
bool TokenReader::tooManyOperators() { return ++m_operators > kMostOperators && !refuse(peek().range, "the query has too many operators"); }

Result<double> numberValue(const std::string& text)
{
    if (!text.starts_with("0x") && !text.starts_with("0X"))
        return parseFloat(text);
    if (text.size() == 2)
        return failure(ErrorCode::parse, formatted("'{}' is not a number", text));
    double value = 0; // not an integer: any number of digits fits
    for (const char c : text.substr(2))
        value = value * 16 + (c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    return value;
}

}
