#include "core/promql/selector_parser.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/promql/parser.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

// Selectors and their modifiers. The grammar lets a name stand in front of the braces, inside them in quotes, or both in one
// query but not in one selector; and it lets most keywords be names, since metrics called `offset` or `by` exist.

namespace belvedere::promql {

namespace {

/// Deeper trees are refused: the passes over the tree are recursive.
constexpr std::uint32_t kMaxDepth = 500;

bool canNameLabel(TokenKind kind)
{
    return kind == TokenKind::identifier || kind == TokenKind::aggregator || isKeyword(kind);
}

}

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

Result<ExprPtr> SelectorParser::make(TextRange range, ValueType type, std::uint32_t childDepth, decltype(Expr::node) node) const
{
    if (childDepth >= kMaxDepth)
        return fail(range, formatted("the query is nested more than {} levels deep", kMaxDepth));
    auto expr = std::make_unique<Expr>();
    expr->range = range;
    expr->type = type;
    expr->depth = childDepth + 1;
    expr->node = std::move(node);
    return expr;
}

Result<std::string> SelectorParser::stringValue(const Token& token) const
{
    auto value = unquote(text(token), token.range);
    if (!value)
        return fail(token.range, value.error().message);
    return value;
}

Result<ExprPtr> SelectorParser::vectorSelector()
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
                return fail(range, formatted("metric name must not be set twice: \"{}\" or \"{}\"", selector.name, matcher.value()));
        }
        if (auto added = addNameMatcher(selector, selector.name, range); !added)
            return std::unexpected(std::move(added.error()));
    }
    const bool allEmpty = std::ranges::all_of(selector.matchers, [](const model::Matcher& matcher) { return matcher.matchesEmpty(); });
    if (allEmpty && !m_mayBeEmpty)
        return fail(range, "vector selector must contain at least one non-empty matcher");
    return make(range, ValueType::instantVector, 0, std::move(selector));
}

Result<void> SelectorParser::labelMatcher(VectorSelector& selector, std::string& nameInBraces)
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
            return fail(token.range, formatted("invalid metric name {}", goQuoted(name)));
        const auto& already = selector.name.empty() ? nameInBraces : selector.name;
        if (!already.empty())
            return fail(token.range, formatted("metric name must not be set twice: \"{}\" or \"{}\"", already, name));
        if (auto added = addNameMatcher(selector, name, token.range); !added)
            return added;
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

Result<std::vector<std::string>> SelectorParser::labelList()
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
                return fail(token.range, formatted("invalid label name for grouping: {}", goQuoted(*name)));
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

Result<ExprPtr> SelectorParser::bracket(ExprPtr operand)
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
            return fail(range, formatted("subquery is only allowed on instant vector, got {} instead", typeName(operand->type)));
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

TimeShift* SelectorParser::shiftOf(Expr& expr)
{
    if (auto* selector = expr.as<VectorSelector>())
        return &selector->shift;
    if (auto* matrix = expr.as<MatrixSelector>())
        return &matrix->selector->as<VectorSelector>()->shift;
    if (auto* subquery = expr.as<Subquery>())
        return &subquery->shift;
    return nullptr;
}

Result<ExprPtr> SelectorParser::offset(ExprPtr operand)
{
    take();
    std::int64_t offsetMs = 0;
    auto kept = offsetDuration(offsetMs);
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

Result<ExprPtr> SelectorParser::at(ExprPtr operand)
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
        return fail({ begin, lastEnd() }, formatted("timestamp out of bounds for @ modifier: {}", formatValue(seconds)));
    shift->at = where;
    shift->atMs = static_cast<std::int64_t>(std::round(seconds * 1000));
    operand->range.end = lastEnd();
    return operand;
}

Result<void> SelectorParser::addNameMatcher(VectorSelector& selector, const std::string& name, TextRange where) const
{
    auto matcher = model::Matcher::create(model::Matcher::Op::equal, std::string(model::kMetricName), name);
    if (!matcher)
        return fail(where, matcher.error().message);
    selector.matchers.push_back(std::move(*matcher));
    return {};
}

}
