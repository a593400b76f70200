#include "core/promql/parser.h"

#include "core/base/text.h"
#include "core/promql/functions.h"
#include "core/promql/lexer.h"

#include <algorithm>
#include <cmath>
#include <expected>
#include <format>
#include <limits>
#include <optional>
#include <span>
#include <utility>

// Recursive descent over the tokens, precedence climbing for binary operators. Each node is type-checked when it is made,
// so that the first complaint is about the innermost mistake.

namespace belvedere::promql {

namespace {

/// Deeper trees are refused: the passes over the tree are recursive.
constexpr std::uint32_t kMaxDepth = 500;
/// The same for what the parser itself enters recursively: parentheses, arguments, signs, powers.
constexpr std::uint32_t kMaxNesting = 200;
constexpr double kMaxDurationSeconds = 9'223'372'036.0; // what fits in 64 bits of nanoseconds

struct Infix {
    BinaryOp op;
    int precedence;
};

constexpr int kUnaryOperand = 6; // a sign binds as * does: -2 ^ 2 is -(2 ^ 2), -2 * 2 is (-2) * 2
constexpr int kPower = 6;

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
    case TokenKind::pow: return Infix { BinaryOp::pow, kPower };
    default: return std::nullopt;
    }
}

/// Words that may stand where a metric name is expected.
bool canNameMetric(TokenKind kind)
{
    switch (kind) {
    case TokenKind::identifier:
    case TokenKind::metricIdentifier:
    case TokenKind::aggregator:
    case TokenKind::by:
    case TokenKind::without:
    case TokenKind::logicalAnd:
    case TokenKind::logicalOr:
    case TokenKind::unless:
    case TokenKind::offset:
    case TokenKind::start:
    case TokenKind::end_: return true;
    default: return false;
    }
}

bool canNameLabel(TokenKind kind)
{
    return kind == TokenKind::identifier || kind == TokenKind::aggregator || isKeyword(kind);
}

class Parser {
public:
    Parser(std::string_view text, const Features& features)
        : m_text(text)
        , m_features(features)
        , m_lexed(tokenize(text))
    {
        std::erase_if(m_lexed.tokens, [](const Token& token) { return token.kind == TokenKind::comment; });
    }

    Result<ExprPtr> query()
    {
        if (kind() == TokenKind::end)
            return fail(current().range, "no expression found in input");
        auto expr = binary(1);
        if (expr && kind() != TokenKind::end)
            return unexpected("");
        return expr;
    }

    Result<model::Matchers> selectorAlone()
    {
        auto expr = primary();
        if (!expr)
            return std::unexpected(std::move(expr.error()));
        auto* selector = (*expr)->as<VectorSelector>();
        if (!selector)
            return fail((*expr)->range, "expected a selector");
        if (kind() != TokenKind::end)
            return unexpected("");
        return std::move(selector->matchers);
    }

private:
    // Tokens.

    [[nodiscard]] const Token& current() const { return m_lexed.tokens[m_at]; }
    [[nodiscard]] TokenKind kind() const { return current().kind; }
    [[nodiscard]] TokenKind nextKind() const { return m_at + 1 < m_lexed.tokens.size() ? m_lexed.tokens[m_at + 1].kind : TokenKind::end; }
    [[nodiscard]] std::string_view text(const Token& token) const { return m_text.substr(token.range.begin, token.range.end - token.range.begin); }
    [[nodiscard]] std::string_view word() const { return text(current()); }
    Token take() { return m_lexed.tokens[m_at++]; }
    bool accept(TokenKind wanted)
    {
        if (kind() != wanted)
            return false;
        ++m_at;
        return true;
    }
    [[nodiscard]] std::size_t lastEnd() const { return m_at == 0 ? 0 : m_lexed.tokens[m_at - 1].range.end; }

    [[nodiscard]] std::unexpected<Error> fail(TextRange where, std::string_view message) const { return parseFailure(m_text, where, message); }

    [[nodiscard]] std::string describe(const Token& token) const
    {
        switch (token.kind) {
        case TokenKind::end: return "end of input";
        case TokenKind::identifier: return std::format("identifier \"{}\"", text(token));
        case TokenKind::metricIdentifier: return std::format("metric name \"{}\"", text(token));
        case TokenKind::number: return std::format("number \"{}\"", text(token));
        case TokenKind::duration: return std::format("duration \"{}\"", text(token));
        case TokenKind::string: return std::format("string {}", model::quoted(text(token)));
        default: break;
        }
        if (token.kind == TokenKind::aggregator)
            return std::format("<aggr:{}>", toLowerAscii(text(token)));
        if (isOperator(token.kind))
            return std::format("<op:{}>", toLowerAscii(text(token)));
        if (isKeyword(token.kind))
            return std::format("<{}>", toLowerAscii(text(token)));
        return std::format("\"{}\"", text(token));
    }

    /// Complains about the current token; `context` is like "in offset, expected a duration" or "".
    [[nodiscard]] std::unexpected<Error> unexpected(std::string_view context) const
    {
        if (kind() == TokenKind::error)
            return std::unexpected(*m_lexed.error);
        return fail(current().range, std::format("unexpected {}{}{}", describe(current()), context.empty() ? "" : " ", context));
    }

    // Nodes.

    [[nodiscard]] Result<ExprPtr> make(TextRange range, ValueType type, std::uint32_t childDepth, decltype(Expr::node) node) const
    {
        if (childDepth >= kMaxDepth)
            return fail(range, std::format("the query is nested more than {} levels deep", kMaxDepth));
        auto expr = std::make_unique<Expr>();
        expr->range = range;
        expr->type = type;
        expr->depth = childDepth + 1;
        expr->node = std::move(node);
        return expr;
    }

    [[nodiscard]] std::unexpected<Error> tooDeep() const
    {
        return fail(current().range, std::format("the query is nested more than {} levels deep", kMaxNesting));
    }

    Result<ExprPtr> binary(int minPrecedence)
    {
        auto lhs = unary();
        while (lhs) {
            const auto op = infix(kind());
            if (!op || op->precedence < minPrecedence)
                break;
            lhs = binaryTail(std::move(*lhs), *op);
        }
        return lhs;
    }

    Result<ExprPtr> binaryTail(ExprPtr lhs, Infix op)
    {
        Binary node;
        node.op = op.op;
        node.opRange = take().range;
        node.returnBool = accept(TokenKind::boolModifier);
        auto matching = matchingModifiers();
        if (!matching)
            return std::unexpected(std::move(matching.error()));

        if (++m_nesting > kMaxNesting)
            return tooDeep();
        auto rhs = binary(op.op == BinaryOp::pow ? op.precedence : op.precedence + 1);
        --m_nesting;
        if (!rhs)
            return rhs;
        const TextRange range { lhs->range.begin, (*rhs)->range.end };
        node.lhs = std::move(lhs);
        node.rhs = std::move(*rhs);
        if (auto checked = checkBinary(node, range, std::move(*matching)); !checked)
            return std::unexpected(std::move(checked.error()));
        const bool scalars = node.lhs->type == ValueType::scalar && node.rhs->type == ValueType::scalar;
        const auto depth = std::max(node.lhs->depth, node.rhs->depth);
        return make(range, scalars ? ValueType::scalar : ValueType::instantVector, depth, std::move(node));
    }

    Result<Matching> matchingModifiers()
    {
        Matching matching;
        if (kind() != TokenKind::on && kind() != TokenKind::ignoring)
            return matching;
        matching.on = take().kind == TokenKind::on;
        auto labels = labelList();
        if (!labels)
            return std::unexpected(std::move(labels.error()));
        matching.labels = std::move(*labels);
        if (kind() == TokenKind::groupLeft || kind() == TokenKind::groupRight) {
            matching.card = take().kind == TokenKind::groupLeft ? Matching::Card::manyToOne : Matching::Card::oneToMany;
            if (kind() == TokenKind::groupLeft || kind() == TokenKind::groupRight)
                return unexpected("in grouping opts, expected \"(\"");
            if (kind() == TokenKind::leftParen) {
                auto include = labelList();
                if (!include)
                    return std::unexpected(std::move(include.error()));
                matching.include = std::move(*include);
            }
        }
        return matching;
    }

    [[nodiscard]] Result<void> checkBinary(Binary& node, TextRange range, Matching matching) const
    {
        const auto isOperand = [](const Expr& expr) { return expr.type == ValueType::scalar || expr.type == ValueType::instantVector; };
        if (node.returnBool && !isComparison(node.op))
            return fail(node.opRange, "bool modifier can only be used on comparison operators");
        for (const auto* side : { node.lhs.get(), node.rhs.get() }) {
            if (!isOperand(*side))
                return fail(side->range, "binary expression must contain only scalar and instant vector types");
        }
        const bool leftScalar = node.lhs->type == ValueType::scalar;
        const bool rightScalar = node.rhs->type == ValueType::scalar;
        if (isComparison(node.op) && !node.returnBool && leftScalar && rightScalar)
            return fail(node.opRange, "comparisons between scalars must use BOOL modifier");
        if (matching.on) {
            for (const auto& label : matching.labels) {
                if (std::ranges::find(matching.include, label) != matching.include.end())
                    return fail(node.opRange, std::format("label \"{}\" must not occur in ON and GROUP clause at once", label));
            }
        }
        if (leftScalar || rightScalar) {
            if (!matching.labels.empty())
                return fail(range, "vector matching only allowed between instant vectors");
            if (isSetOperator(node.op))
                return fail(range, std::format("set operator \"{}\" not allowed in binary scalar expression", spelling(node.op)));
            return {};
        }
        if (isSetOperator(node.op)) {
            if (matching.card != Matching::Card::oneToOne)
                return fail(range, std::format("no grouping allowed for \"{}\" operation", spelling(node.op)));
            matching.card = Matching::Card::manyToMany;
        }
        node.matching = std::move(matching);
        return {};
    }

    Result<ExprPtr> unary()
    {
        if (kind() != TokenKind::add && kind() != TokenKind::sub)
            return postfix();
        if (++m_nesting > kMaxNesting)
            return tooDeep();
        const auto sign = take();
        auto operand = binary(kUnaryOperand);
        --m_nesting;
        if (!operand)
            return operand;
        const bool negative = sign.kind == TokenKind::sub;
        const TextRange range { sign.range.begin, (*operand)->range.end };
        if (auto* number = (*operand)->as<NumberLiteral>()) {
            if (negative)
                number->value = -number->value;
            (*operand)->range = range;
            return operand;
        }
        const auto type = (*operand)->type;
        if (type != ValueType::scalar && type != ValueType::instantVector)
            return fail(range, std::format("unary expression only allowed on expressions of type scalar or instant vector, got \"{}\"", typeName(type)));
        const auto depth = (*operand)->depth;
        return make(range, type, depth, Unary { negative, std::move(*operand) });
    }

    // What stands behind an operand: ranges, offset, @.

    Result<ExprPtr> postfix()
    {
        if (++m_nesting > kMaxNesting)
            return tooDeep();
        auto expr = primary();
        while (expr) {
            if (kind() == TokenKind::leftBracket)
                expr = bracket(std::move(*expr));
            else if (kind() == TokenKind::offset)
                expr = offset(std::move(*expr));
            else if (kind() == TokenKind::at)
                expr = at(std::move(*expr));
            else
                break;
        }
        --m_nesting;
        return expr;
    }

    Result<ExprPtr> bracket(ExprPtr operand)
    {
        const auto open = take();
        std::int64_t rangeMs = 0;
        auto rangeExpr = rangeDuration("in subquery selector, expected number or duration", rangeMs);
        if (!rangeExpr)
            return std::unexpected(std::move(rangeExpr.error()));
        const bool isSubquery = accept(TokenKind::colon);
        std::int64_t stepMs = 0;
        std::unique_ptr<DurationExpr> stepExpr;
        if (isSubquery && kind() != TokenKind::rightBracket) {
            auto step = rangeDuration("in subquery selector, expected number or duration or \"]\"", stepMs);
            if (!step)
                return std::unexpected(std::move(step.error()));
            stepExpr = std::move(*step);
        }
        if (kind() != TokenKind::rightBracket)
            return unexpected(isSubquery ? "in subquery selector, expected \"]\"" : "in subquery or range, expected \":\" or \"]\"");
        take();
        const TextRange range { operand->range.begin, lastEnd() };
        const TextRange brackets { open.range.begin, lastEnd() };
        const auto depth = operand->depth;
        if (isSubquery) {
            if (operand->type != ValueType::instantVector)
                return fail(range, std::format("subquery is only allowed on instant vector, got {} instead", typeName(operand->type)));
            return make(range, ValueType::rangeVector, depth, Subquery { std::move(operand), rangeMs, std::move(*rangeExpr), stepMs, std::move(stepExpr), {} });
        }
        const auto* selector = operand->as<VectorSelector>();
        if (!selector)
            return fail(brackets, "ranges only allowed for vector selectors");
        if (selector->shift.hasOffset)
            return fail(brackets, "no offset modifiers allowed before range");
        if (selector->shift.at != TimeShift::At::none)
            return fail(brackets, "no @ modifiers allowed before range");
        return make(range, ValueType::rangeVector, depth, MatrixSelector { std::move(operand), rangeMs, std::move(*rangeExpr) });
    }

    /// The shift of a selector or subquery; null for anything else.
    static TimeShift* shiftOf(Expr& expr)
    {
        if (auto* selector = expr.as<VectorSelector>())
            return &selector->shift;
        if (auto* matrix = expr.as<MatrixSelector>())
            return &matrix->selector->as<VectorSelector>()->shift;
        if (auto* subquery = expr.as<Subquery>())
            return &subquery->shift;
        return nullptr;
    }

    Result<ExprPtr> offset(ExprPtr operand)
    {
        take();
        const auto begin = current().range.begin;
        std::unique_ptr<DurationExpr> expr;
        if (kind() == TokenKind::leftParen) {
            auto parsed = durationPrimary("in offset, expected number or duration");
            if (!parsed)
                return std::unexpected(std::move(parsed.error()));
            expr = std::move(*parsed);
        } else {
            const bool hasSign = kind() == TokenKind::add || kind() == TokenKind::sub;
            const bool negative = hasSign && take().kind == TokenKind::sub;
            auto leaf = durationLeaf("in offset, expected number or duration");
            if (!leaf)
                return std::unexpected(std::move(leaf.error()));
            expr = std::move(*leaf);
            if (negative)
                expr->value = -expr->value;
        }
        std::int64_t offsetMs = 0;
        auto kept = settle(std::move(expr), { begin, lastEnd() }, false, offsetMs);
        if (!kept)
            return std::unexpected(std::move(kept.error()));
        auto* shift = shiftOf(*operand);
        if (!shift)
            return fail(operand->range, "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery");
        if (shift->hasOffset)
            return fail(operand->range, "offset may not be set multiple times");
        shift->hasOffset = true;
        shift->offsetMs = offsetMs;
        shift->offsetExpr = std::move(*kept);
        operand->range.end = lastEnd();
        return operand;
    }

    Result<ExprPtr> at(ExprPtr operand)
    {
        take();
        auto where = TimeShift::At::time;
        double seconds = 0;
        const auto begin = current().range.begin;
        if (kind() == TokenKind::start || kind() == TokenKind::end_) {
            where = take().kind == TokenKind::start ? TimeShift::At::start : TimeShift::At::end;
            if (!accept(TokenKind::leftParen) || !accept(TokenKind::rightParen))
                return unexpected("in @, expected timestamp");
        } else {
            const bool hasSign = kind() == TokenKind::add || kind() == TokenKind::sub;
            const bool negative = hasSign && take().kind == TokenKind::sub;
            if (kind() != TokenKind::number && kind() != TokenKind::duration)
                return unexpected("in @, expected timestamp");
            const auto token = take();
            seconds = token.kind == TokenKind::duration ? durationSeconds(token) : readNumber(text(token)).value_or(0);
            if (negative)
                seconds = -seconds;
        }
        auto* shift = shiftOf(*operand);
        if (!shift)
            return fail(operand->range, "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery");
        if (shift->at != TimeShift::At::none)
            return fail(operand->range, "@ <timestamp> may not be set multiple times");
        if (!(std::fabs(seconds * 1000) < static_cast<double>(kLatestMs)))
            return fail({ begin, lastEnd() }, std::format("timestamp out of bounds for @ modifier: {}", formatValue(seconds)));
        shift->at = where;
        shift->atMs = static_cast<std::int64_t>(std::round(seconds * 1000));
        operand->range.end = lastEnd();
        return operand;
    }

    // Durations.

    Result<std::unique_ptr<DurationExpr>> durationLeaf(std::string_view context)
    {
        if (kind() != TokenKind::number && kind() != TokenKind::duration)
            return unexpected(context);
        const auto token = take();
        auto leaf = std::make_unique<DurationExpr>();
        leaf->isDuration = token.kind == TokenKind::duration;
        leaf->value = leaf->isDuration ? durationSeconds(token) : readNumber(text(token)).value_or(0);
        return leaf;
    }

    [[nodiscard]] double durationSeconds(const Token& token) const
    {
        return static_cast<double>(parseDurationMs(text(token)).value_or(0)) / 1000;
    }

    Result<std::unique_ptr<DurationExpr>> durationPrimary(std::string_view context)
    {
        if (++m_nesting > kMaxNesting)
            return tooDeep();
        auto out = durationPrimaryInside(context);
        --m_nesting;
        return out;
    }

    Result<std::unique_ptr<DurationExpr>> durationPrimaryInside(std::string_view context)
    {
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
            auto inside = durationBinary(4, context);
            if (!inside)
                return inside;
            if (!accept(TokenKind::rightParen))
                return unexpected("in duration expression, expected \")\"");
            (*inside)->wrapped = true;
            return inside;
        }
        return durationLeaf(context);
    }

    Result<std::unique_ptr<DurationExpr>> durationBinary(int minPrecedence, std::string_view context)
    {
        auto lhs = durationPrimary(context);
        while (lhs) {
            const auto op = infix(kind());
            if (!op || op->op > BinaryOp::pow || op->precedence < minPrecedence)
                break;
            if (++m_durationOperators > kMaxNesting)
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

    /// Range or step inside brackets. The expression is returned only if it is more than one number or duration.
    Result<std::unique_ptr<DurationExpr>> rangeDuration(std::string_view context, std::int64_t& ms)
    {
        const auto begin = current().range.begin;
        auto expr = durationBinary(4, context);
        if (!expr)
            return expr;
        return settle(std::move(*expr), { begin, lastEnd() }, true, ms);
    }

    /// Computes `expr` into `ms`; gives it back only if it must be remembered for printing.
    Result<std::unique_ptr<DurationExpr>> settle(std::unique_ptr<DurationExpr> expr, TextRange where, bool mustBePositive, std::int64_t& ms) const
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

    // Operands.

    Result<ExprPtr> primary()
    {
        const auto token = current();
        switch (token.kind) {
        case TokenKind::number:
            take();
            return make(token.range, ValueType::scalar, 0, NumberLiteral { readNumber(text(token)).value_or(0), false });
        case TokenKind::duration:
            take();
            return make(token.range, ValueType::scalar, 0, NumberLiteral { durationSeconds(token), true });
        case TokenKind::string: {
            take();
            auto value = stringValue(token);
            if (!value)
                return std::unexpected(std::move(value.error()));
            return make(token.range, ValueType::string, 0, StringLiteral { std::move(*value) });
        }
        case TokenKind::leftParen: {
            take();
            auto inside = binary(1);
            if (!inside)
                return inside;
            if (kind() != TokenKind::rightParen)
                return unexpected("");
            take();
            const auto type = (*inside)->type;
            const auto depth = (*inside)->depth;
            return make({ token.range.begin, lastEnd() }, type, depth, Paren { std::move(*inside) });
        }
        case TokenKind::leftBrace: return vectorSelector();
        case TokenKind::aggregator:
            if (nextKind() == TokenKind::leftParen || nextKind() == TokenKind::by || nextKind() == TokenKind::without)
                return aggregate();
            return vectorSelector();
        case TokenKind::identifier:
            if (nextKind() == TokenKind::leftParen)
                return call();
            return vectorSelector();
        default:
            if (canNameMetric(token.kind))
                return vectorSelector();
            return unexpected("");
        }
    }

    [[nodiscard]] Result<std::string> stringValue(const Token& token) const
    {
        auto value = unquote(text(token), token.range);
        if (!value)
            return fail(token.range, value.error().message);
        return value;
    }

    Result<ExprPtr> vectorSelector()
    {
        const auto begin = current().range.begin;
        VectorSelector selector;
        if (kind() != TokenKind::leftBrace)
            selector.name = text(take());
        std::string nameInBraces;
        if (kind() == TokenKind::leftBrace) {
            take();
            while (kind() != TokenKind::rightBrace) {
                if (auto matcher = labelMatcher(selector, nameInBraces); !matcher)
                    return std::unexpected(std::move(matcher.error()));
                if (kind() == TokenKind::comma)
                    take();
                else if (kind() != TokenKind::rightBrace)
                    return unexpected("in label matching, expected \",\" or \"}\"");
            }
            take();
        }
        const TextRange range { begin, lastEnd() };
        if (!selector.name.empty()) {
            for (const auto& matcher : selector.matchers) {
                if (matcher.name() == model::kMetricName)
                    return fail(range, std::format("metric name must not be set twice: \"{}\" or \"{}\"", selector.name, matcher.value()));
            }
            auto matcher = model::Matcher::create(model::Matcher::Op::equal, std::string(model::kMetricName), selector.name);
            if (!matcher)
                return fail(range, matcher.error().message);
            selector.matchers.push_back(std::move(*matcher));
        }
        const bool allEmpty = std::ranges::all_of(selector.matchers, [](const model::Matcher& matcher) { return matcher.matchesEmpty(); });
        if (allEmpty && !m_mayBeEmpty)
            return fail(range, "vector selector must contain at least one non-empty matcher");
        return make(range, ValueType::instantVector, 0, std::move(selector));
    }

    Result<void> labelMatcher(VectorSelector& selector, std::string& nameInBraces)
    {
        if (kind() != TokenKind::identifier && kind() != TokenKind::string)
            return unexpected("in label matching, expected identifier or \"}\"");
        const auto token = take();
        std::string name(text(token));
        if (token.kind == TokenKind::string) {
            auto value = stringValue(token);
            if (!value)
                return std::unexpected(std::move(value.error()));
            name = std::move(*value);
        }
        std::optional<model::Matcher::Op> op;
        switch (kind()) {
        case TokenKind::assign: op = model::Matcher::Op::equal; break;
        case TokenKind::notEqual: op = model::Matcher::Op::notEqual; break;
        case TokenKind::regexMatch: op = model::Matcher::Op::regexMatch; break;
        case TokenKind::regexNoMatch: op = model::Matcher::Op::regexNoMatch; break;
        default: break;
        }
        if (!op) {
            if (token.kind != TokenKind::string || (kind() != TokenKind::comma && kind() != TokenKind::rightBrace))
                return unexpected("in label matching, expected label matching operator");
            if (name.empty() || !isValidUtf8(name))
                return fail(token.range, std::format("invalid metric name {}", model::quoted(name)));
            const auto& already = selector.name.empty() ? nameInBraces : selector.name;
            if (!already.empty())
                return fail(token.range, std::format("metric name must not be set twice: \"{}\" or \"{}\"", already, name));
            auto matcher = model::Matcher::create(model::Matcher::Op::equal, std::string(model::kMetricName), name);
            if (!matcher)
                return fail(token.range, matcher.error().message);
            selector.matchers.push_back(std::move(*matcher));
            nameInBraces = std::move(name);
            return {};
        }
        take();
        if (kind() != TokenKind::string)
            return unexpected("in label matching, expected string");
        auto value = stringValue(take());
        if (!value)
            return std::unexpected(std::move(value.error()));
        auto matcher = model::Matcher::create(*op, std::move(name), std::move(*value));
        if (!matcher)
            return fail({ token.range.begin, lastEnd() }, matcher.error().message);
        selector.matchers.push_back(std::move(*matcher));
        return {};
    }

    Result<std::vector<std::string>> labelList()
    {
        if (kind() != TokenKind::leftParen)
            return unexpected("in grouping opts, expected \"(\"");
        take();
        std::vector<std::string> labels;
        while (kind() != TokenKind::rightParen) {
            const auto token = current();
            if (token.kind == TokenKind::string) {
                take();
                auto name = stringValue(token);
                if (!name)
                    return std::unexpected(std::move(name.error()));
                if (name->empty() || !isValidUtf8(*name))
                    return fail(token.range, std::format("invalid label name for grouping: {}", model::quoted(*name)));
                labels.push_back(std::move(*name));
            } else if (canNameLabel(token.kind)) {
                take();
                labels.emplace_back(text(token));
            } else {
                return unexpected("in grouping opts, expected label");
            }
            if (kind() == TokenKind::comma)
                take();
            else if (kind() != TokenKind::rightParen)
                return unexpected("in grouping opts, expected \",\" or \")\"");
        }
        take();
        return labels;
    }

    Result<std::vector<ExprPtr>> arguments(const Function* function)
    {
        if (kind() != TokenKind::leftParen)
            return unexpected("in aggregation");
        take();
        std::vector<ExprPtr> args;
        if (accept(TokenKind::rightParen))
            return args;
        for (;;) {
            const bool mayBeEmpty = std::exchange(m_mayBeEmpty, function && function->id == FunctionId::info && args.size() == 1);
            auto arg = binary(1);
            m_mayBeEmpty = mayBeEmpty;
            if (!arg)
                return std::unexpected(std::move(arg.error()));
            args.push_back(std::move(*arg));
            if (accept(TokenKind::rightParen))
                return args;
            if (kind() != TokenKind::comma)
                return unexpected("");
            take();
            if (kind() == TokenKind::rightParen)
                return fail(current().range, "trailing commas not allowed in function call args");
        }
    }

    Result<ExprPtr> aggregate()
    {
        const auto token = take();
        Aggregate node;
        node.op = *aggregateOp(text(token));
        bool grouped = false;
        const auto grouping = [&]() -> Result<void> {
            node.without = take().kind == TokenKind::without;
            grouped = true;
            auto labels = labelList();
            if (!labels)
                return std::unexpected(std::move(labels.error()));
            node.grouping = std::move(*labels);
            return {};
        };
        const auto atGrouping = [this] { return kind() == TokenKind::by || kind() == TokenKind::without; };
        if (atGrouping()) {
            if (auto done = grouping(); !done)
                return std::unexpected(std::move(done.error()));
        }
        auto args = arguments(nullptr);
        if (!args)
            return std::unexpected(std::move(args.error()));
        if (atGrouping() && !grouped) {
            if (auto done = grouping(); !done)
                return std::unexpected(std::move(done.error()));
        }
        const TextRange range { token.range.begin, lastEnd() };
        if (args->empty())
            return fail(range, "no arguments for aggregate expression provided");
        const std::size_t wanted = takesParameter(node.op) ? 2 : 1;
        if (args->size() != wanted)
            return fail(range, std::format("wrong number of arguments for aggregate expression provided, expected {}, got {}", wanted, args->size()));
        if ((node.op == AggregateOp::limitk || node.op == AggregateOp::limitRatio) && !m_features.experimentalFunctions)
            return fail(range, std::format("{}() is experimental and must be enabled with --enable-feature=promql-experimental-functions", spelling(node.op)));
        node.expr = std::move(args->back());
        auto depth = node.expr->depth;
        if (wanted == 2) {
            node.parameter = std::move(args->front());
            depth = std::max(depth, node.parameter->depth);
        }
        if (node.expr->type != ValueType::instantVector)
            return typeFailure(*node.expr, ValueType::instantVector, "aggregation expression");
        if (node.parameter) {
            const auto type = node.op == AggregateOp::countValues ? ValueType::string : ValueType::scalar;
            if (node.parameter->type != type)
                return typeFailure(*node.parameter, type, "aggregation parameter");
        }
        return make(range, ValueType::instantVector, depth, std::move(node));
    }

    Result<ExprPtr> call()
    {
        const auto token = take();
        const auto name = text(token);
        const auto* function = findFunction(name);
        if (!function)
            return fail(token.range, std::format("unknown function with name \"{}\"", name));
        if (function->experimental && !m_features.experimentalFunctions)
            return fail(token.range, std::format("function \"{}\" is not enabled; it needs the feature promql-experimental-functions", name));
        auto args = arguments(function);
        if (!args)
            return std::unexpected(std::move(args.error()));
        const TextRange range { token.range.begin, lastEnd() };
        if (auto checked = checkArguments(*function, *args, range); !checked)
            return std::unexpected(std::move(checked.error()));
        std::uint32_t depth = 0;
        for (const auto& arg : *args)
            depth = std::max(depth, arg->depth);
        return make(range, function->returns, depth, Call { function, std::move(*args) });
    }

    [[nodiscard]] Result<void> checkArguments(const Function& function, const std::vector<ExprPtr>& args, TextRange range) const
    {
        const auto most = function.args.size();
        const auto got = args.size();
        if (function.variadic == 0) {
            if (got != most)
                return fail(range, std::format("expected {} argument(s) in call to \"{}\", got {}", most, function.name, got));
        } else {
            const auto least = most - 1;
            if (got < least)
                return fail(range, std::format("expected at least {} argument(s) in call to \"{}\", got {}", least, function.name, got));
            if (function.variadic > 0 && got > least + static_cast<std::size_t>(function.variadic))
                return fail(range,
                    std::format("expected at most {} argument(s) in call to \"{}\", got {}", least + static_cast<std::size_t>(function.variadic), function.name, got));
        }
        for (std::size_t i = 0; i < got; ++i) {
            const auto type = function.args[std::min(i, most - 1)];
            if (args[i]->type != type)
                return typeFailure(*args[i], type, std::format("call to function \"{}\"", function.name));
        }
        if (function.id == FunctionId::info && got == 2) {
            const auto* selector = args[1]->as<VectorSelector>();
            if (!selector)
                return fail(args[1]->range, "expected label matchers in braces as second argument of info");
            if (!selector->name.empty())
                return fail(args[1]->range, "expected label matchers only, without a metric name in front");
        }
        return {};
    }

    [[nodiscard]] std::unexpected<Error> typeFailure(const Expr& expr, ValueType wanted, std::string_view context) const
    {
        return fail(expr.range, std::format("expected type {} in {}, got {}", typeName(wanted), context, typeName(expr.type)));
    }

    std::string_view m_text;
    const Features& m_features;
    Lexed m_lexed;
    std::size_t m_at = 0;
    std::uint32_t m_nesting = 0;
    std::uint32_t m_durationOperators = 0;
    bool m_mayBeEmpty = false; ///< inside info()'s second argument
};

}

Result<ExprPtr> parse(std::string_view query, const Features& features)
{
    return Parser(query, features).query();
}

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

Result<void> check(std::string_view query, const Features& features)
{
    auto parsed = parse(query, features);
    if (!parsed)
        return std::unexpected(std::move(parsed.error()));
    return {};
}

Result<model::Matchers> parseSelector(std::string_view selector)
{
    return Parser(selector, Features {}).selectorAlone();
}

}
