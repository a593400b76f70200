#include "core/promql/token_reader.h"

#include "core/base/format.h"
#include "core/base/text.h"

// Says in Prometheus' words what was found where something else was expected.

namespace belvedere::promql {

std::string TokenReader::describe(const Token& token) const
{
    switch (token.kind) {
    case TokenKind::end: return "end of input";
    case TokenKind::identifier: return formatted("identifier \"{}\"", text(token));
    case TokenKind::metricIdentifier: return formatted("metric name \"{}\"", text(token));
    case TokenKind::number: return formatted("number \"{}\"", text(token));
    case TokenKind::duration: return formatted("duration \"{}\"", text(token));
    case TokenKind::string: return formatted("string {}", goQuoted(text(token)));
    default: break;
    }
    if (token.kind == TokenKind::aggregator)
        return formatted("<aggr:{}>", toLowerAscii(text(token)));
    if (isOperator(token.kind))
        return formatted("<op:{}>", toLowerAscii(text(token)));
    if (isKeyword(token.kind))
        return formatted("<{}>", toLowerAscii(text(token)));
    return formatted("\"{}\"", text(token));
}

std::unexpected<Error> TokenReader::unexpected(std::string_view context) const
{
    if (kind() == TokenKind::error)
        return std::unexpected(*m_error);
    return fail(current().range, formatted("unexpected {}{}{}", describe(current()), context.empty() ? "" : " ", context));
}

std::unexpected<Error> TokenReader::nestingFailure() const
{
    return fail(current().range, formatted("the query is nested more than {} levels deep", kMaxNesting));
}

std::optional<Infix> infix(TokenKind kind)
{
    switch (kind) {
    case TokenKind::logicalOr: return Infix { BinaryOp::logicalOr, 1 };
    case TokenKind::logicalAnd: return Infix { BinaryOp::logicalAnd, 2 };
    case TokenKind::unless: return Infix { BinaryOp::unless, 2 };
    case TokenKind::equal: return Infix { BinaryOp::equal, 3 };
    case TokenKind::notEqual: return Infix { BinaryOp::notEqual, 3 };
    case TokenKind::less: return Infix { BinaryOp::less, 3 };
    case TokenKind::lessEqual: return Infix { BinaryOp::lessEqual, 3 };
    case TokenKind::greater: return Infix { BinaryOp::greater, 3 };
    case TokenKind::greaterEqual: return Infix { BinaryOp::greaterEqual, 3 };
    case TokenKind::add: return Infix { BinaryOp::add, 4 };
    case TokenKind::sub: return Infix { BinaryOp::sub, 4 };
    case TokenKind::mul: return Infix { BinaryOp::mul, 5 };
    case TokenKind::div: return Infix { BinaryOp::div, 5 };
    case TokenKind::mod: return Infix { BinaryOp::mod, 5 };
    case TokenKind::atan2: return Infix { BinaryOp::atan2, 5 };
    case TokenKind::pow: return Infix { BinaryOp::pow, 6 };
    default: return std::nullopt;
    }
}

}
