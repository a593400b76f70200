#include "core/promql/duration_parser.h"

#include "core/base/text.h"

#include <cmath>
#include <utility>

// Durations are computed while the query is read: they hold nothing but numbers, so the tree needs their value only. That a
// range may be arithmetic is an experiment of Prometheus 3 behind a feature, hence settle() decides at the end.

namespace belvedere::promql {

namespace {

constexpr std::uint32_t kMaxOperators = 200; ///< a chain of them is a tree as deep as it is long
constexpr double kMaxDurationSeconds = 9'223'372'036.0; // what fits in 64 bits of nanoseconds

/// Seconds; fails on division by zero.
Result<double> evaluate(const DurationExpr& expr)
{
    if (expr.op == '\0')
        return expr.value;
    auto rhs = evaluate(*expr.rhs);
    if (!rhs)
        return rhs;
    if (!expr.lhs)
        return expr.op == '-' ? -*rhs : *rhs;
    auto lhs = evaluate(*expr.lhs);
    if (!lhs)
        return lhs;
    switch (expr.op) {
    case '+': return *lhs + *rhs;
    case '-': return *lhs - *rhs;
    case '*': return *lhs * *rhs;
    case '/':
        if (*rhs == 0)
            return failure(ErrorCode::parse, "division by zero");
        return *lhs / *rhs;
    case '%':
        if (*rhs == 0)
            return failure(ErrorCode::parse, "modulo by zero");
        return std::fmod(*lhs, *rhs);
    default: return std::pow(*lhs, *rhs);
    }
}

}

Result<std::unique_ptr<DurationExpr>> DurationParser::durationLeaf(std::string_view context)
{
    if (kind() != TokenKind::number && kind() != TokenKind::duration)
        return unexpected(context);
    const auto token = take();
    auto leaf = std::make_unique<DurationExpr>();
    leaf->isDuration = token.kind == TokenKind::duration;
    leaf->value = leaf->isDuration ? durationSeconds(token) : readNumber(text(token)).value_or(0);
    return leaf;
}

double DurationParser::durationSeconds(const Token& token) const
{
    return static_cast<double>(parseDurationMs(text(token)).value_or(0)) / 1000;
}

Result<std::unique_ptr<DurationExpr>> DurationParser::durationPrimary(std::string_view context)
{
    const Nesting nesting(*this);
    if (tooDeep())
        return nestingFailure();
    if (kind() == TokenKind::add || kind() == TokenKind::sub) {
        const bool negative = take().kind == TokenKind::sub;
        auto operand = durationBinary(kUnaryOperand, context);
        if (!operand)
            return operand;
        if ((*operand)->op == '\0' && !(*operand)->wrapped) {
            if (negative)
                (*operand)->value = -(*operand)->value;
            return operand;
        }
        auto sign = std::make_unique<DurationExpr>();
        sign->op = negative ? '-' : '+';
        sign->rhs = std::move(*operand);
        return sign;
    }
    if (accept(TokenKind::leftParen)) {
        auto inside = durationBinary(kSum, context);
        if (!inside)
            return inside;
        if (!accept(TokenKind::rightParen))
            return unexpected("in duration expression, expected \")\"");
        (*inside)->wrapped = true;
        return inside;
    }
    return durationLeaf(context);
}

Result<std::unique_ptr<DurationExpr>> DurationParser::durationBinary(int minPrecedence, std::string_view context)
{
    auto lhs = durationPrimary(context);
    while (lhs) {
        const auto op = infix(kind());
        if (!op || op->op > BinaryOp::pow || op->precedence < minPrecedence)
            break;
        if (++m_operators > kMaxOperators)
            return fail(current().range, "the duration expression is too long");
        take();
        auto rhs = durationBinary(op->op == BinaryOp::pow ? op->precedence : op->precedence + 1, context);
        if (!rhs)
            return rhs;
        auto node = std::make_unique<DurationExpr>();
        node->op = spelling(op->op).front();
        node->lhs = std::move(*lhs);
        node->rhs = std::move(*rhs);
        lhs = std::move(node);
    }
    return lhs;
}

Result<std::unique_ptr<DurationExpr>> DurationParser::rangeDuration(std::string_view context, std::int64_t& ms)
{
    const auto begin = current().range.begin;
    auto expr = durationBinary(kSum, context);
    if (!expr)
        return expr;
    return settle(std::move(*expr), { begin, lastEnd() }, true, ms);
}

Result<std::unique_ptr<DurationExpr>> DurationParser::settle(std::unique_ptr<DurationExpr> expr, TextRange where, bool mustBePositive, std::int64_t& ms) const
{
    const bool plain = expr->op == '\0' && !expr->wrapped;
    if (!plain && !m_features.durationExpressions)
        return fail(where, "arithmetic in durations is experimental and needs the feature promql-duration-expr");
    const auto seconds = evaluate(*expr);
    if (!seconds)
        return fail(where, seconds.error().message);
    if (mustBePositive && !(*seconds > 0))
        return fail(where, "duration must be greater than 0");
    if (!(std::fabs(*seconds) < kMaxDurationSeconds))
        return fail(where, "duration out of range");
    ms = static_cast<std::int64_t>(std::round(*seconds * 1000));
    if (mustBePositive && ms == 0)
        return fail(where, "duration must be greater than 0");
    return plain ? nullptr : std::move(expr);
}

Result<std::unique_ptr<DurationExpr>> DurationParser::offsetDuration(std::int64_t& ms)
{
    constexpr std::string_view kContext = "in offset, expected number or duration";
    const auto begin = current().range.begin;
    const bool hasSign = kind() == TokenKind::add || kind() == TokenKind::sub;
    const bool negative = hasSign && take().kind == TokenKind::sub;
    auto expr = kind() == TokenKind::leftParen ? durationPrimary(kContext) : durationLeaf(kContext);
    if (!expr)
        return expr;
    if (negative && (*expr)->wrapped) {
        auto sign = std::make_unique<DurationExpr>();
        sign->op = '-';
        sign->rhs = std::move(*expr);
        expr = std::move(sign);
    } else if (negative) {
        (*expr)->value = -(*expr)->value;
    }
    return settle(std::move(*expr), { begin, lastEnd() }, false, ms);
}

}
