#include "core/promql/printer.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/promql/functions.h"
#include "core/promql/parser.h"

#include <cmath>
#include <cstdlib>

namespace belvedere::promql {

namespace {

constexpr std::size_t kMaxLineLength = 100;

std::string positional(double value)
{
    std::string out;
    appendPositional(out, value);
    return out;
}

std::string durationText(std::int64_t ms)
{
    return ms < 0 ? "-" + formatDurationMs(-ms) : formatDurationMs(ms);
}

std::string durationText(double seconds)
{
    return durationText(static_cast<std::int64_t>(std::round(seconds * 1000)));
}

std::string labelText(std::string_view name)
{
    return model::isPlainLabelName(name) ? std::string(name) : goQuoted(name);
}

std::string joined(const std::vector<std::string>& labels)
{
    std::string out;
    for (const auto& label : labels) {
        if (!out.empty())
            out += ", ";
        out += labelText(label);
    }
    return out;
}

std::string print(const DurationExpr& expr)
{
    std::string out;
    if (expr.op == '\0')
        out = expr.isDuration ? durationText(expr.value) : positional(expr.value);
    else if (!expr.lhs)
        out = expr.op + print(*expr.rhs);
    else
        out = formatted("{} {} {}", print(*expr.lhs), expr.op, print(*expr.rhs));
    return expr.wrapped ? "(" + out + ")" : out;
}

std::string print(const std::unique_ptr<DurationExpr>& expr, std::int64_t ms)
{
    return expr ? print(*expr) : durationText(ms);
}

std::string print(const TimeShift& shift)
{
    std::string out;
    switch (shift.at) {
    case TimeShift::At::none: break;
    case TimeShift::At::start: out += " @ start()"; break;
    case TimeShift::At::end: out += " @ end()"; break;
    case TimeShift::At::time:
        out += formatted(" @ {}{}.{:03}", shift.atMs < 0 ? "-" : "", std::abs(shift.atMs / 1000), std::abs(shift.atMs % 1000));
        break;
    }
    if (shift.hasOffset && (shift.offsetExpr || shift.offsetMs != 0))
        out += " offset " + print(shift.offsetExpr, shift.offsetMs);
    return out;
}

std::string selectorText(const VectorSelector& selector)
{
    std::string inside;
    for (const auto& matcher : selector.matchers) {
        if (!selector.name.empty() && matcher.name() == model::kMetricName && matcher.op() == model::Matcher::Op::equal)
            continue;
        if (!inside.empty())
            inside += ',';
        inside += matcher.toString();
    }
    return inside.empty() && !selector.name.empty() ? selector.name : selector.name + "{" + inside + "}";
}

std::string matchingText(const Binary& binary)
{
    if (!binary.matching || (binary.matching->labels.empty() && !binary.matching->on))
        return "";
    const auto& matching = *binary.matching;
    std::string out = formatted(" {} ({})", matching.on ? "on" : "ignoring", joined(matching.labels));
    if (matching.card == Matching::Card::manyToOne || matching.card == Matching::Card::oneToMany)
        out += formatted(" group_{} ({})", matching.card == Matching::Card::manyToOne ? "left" : "right", joined(matching.include));
    return out;
}

std::string operatorText(const Binary& binary)
{
    return std::string(spelling(binary.op)) + (binary.returnBool ? " bool" : "") + matchingText(binary);
}

std::string aggregateHead(const Aggregate& aggregate)
{
    std::string out(spelling(aggregate.op));
    if (aggregate.without || !aggregate.grouping.empty())
        out += formatted(" {} ({}) ", aggregate.without ? "without" : "by", joined(aggregate.grouping));
    return out;
}

std::string subqueryTail(const Subquery& subquery)
{
    const bool hasStep = subquery.stepExpr || subquery.stepMs != 0;
    return formatted("[{}:{}]{}", print(subquery.rangeExpr, subquery.rangeMs), hasStep ? print(subquery.stepExpr, subquery.stepMs) : "", print(subquery.shift));
}

/// A sign binds less than `^`: "+Inf ^ x" would be read as +(Inf ^ x), so infinity stands without its sign there.
std::string leftOperand(const Binary& binary)
{
    auto text = toString(*binary.lhs);
    if (binary.op == BinaryOp::pow && binary.lhs->as<NumberLiteral>() && text.starts_with('+'))
        text.erase(0, 1);
    return text;
}

struct OneLine {
    std::string operator()(const NumberLiteral& number) const { return number.isDuration ? durationText(number.value) : positional(number.value); }
    std::string operator()(const StringLiteral& text) const { return goQuoted(text.value); }
    std::string operator()(const VectorSelector& selector) const { return selectorText(selector) + print(selector.shift); }
    std::string operator()(const MatrixSelector& matrix) const
    {
        const auto& selector = *matrix.selector->as<VectorSelector>();
        return formatted("{}[{}]{}", selectorText(selector), print(matrix.rangeExpr, matrix.rangeMs), print(selector.shift));
    }
    std::string operator()(const Subquery& subquery) const { return toString(*subquery.expr) + subqueryTail(subquery); }
    std::string operator()(const Paren& paren) const { return "(" + toString(*paren.expr) + ")"; }
    std::string operator()(const Unary& unary) const { return (unary.negative ? "-" : "+") + toString(*unary.expr); }
    std::string operator()(const Binary& binary) const
    {
        return formatted("{} {} {}", leftOperand(binary), operatorText(binary), toString(*binary.rhs));
    }
    std::string operator()(const Aggregate& aggregate) const
    {
        return formatted("{}({}{}{})", aggregateHead(aggregate), aggregate.parameter ? toString(*aggregate.parameter) : "", aggregate.parameter ? ", " : "",
            toString(*aggregate.expr));
    }
    std::string operator()(const Call& call) const
    {
        std::string args;
        for (const auto& arg : call.args)
            args += (args.empty() ? "" : ", ") + toString(*arg);
        return formatted("{}({})", call.function->name, args);
    }
};

std::string indent(int level)
{
    return std::string(static_cast<std::size_t>(level) * 2, ' ');
}

std::string pretty(const Expr& expr, int level)
{
    const auto line = toString(expr);
    const auto in = indent(level);
    if (const auto* unary = expr.as<Unary>())
        return in + (unary->negative ? "-" : "+") + std::string(trim(pretty(*unary->expr, level)));
    if (line.size() <= kMaxLineLength)
        return in + line;
    if (const auto* aggregate = expr.as<Aggregate>()) {
        const auto parameter = aggregate->parameter ? pretty(*aggregate->parameter, level + 1) + ",\n" : "";
        return formatted("{}{}(\n{}{}\n{})", in, aggregateHead(*aggregate), parameter, pretty(*aggregate->expr, level + 1), in);
    }
    if (const auto* binary = expr.as<Binary>())
        return formatted("{}\n{}{}\n{}", pretty(*binary->lhs, level + 1), in, operatorText(*binary), pretty(*binary->rhs, level + 1));
    if (const auto* call = expr.as<Call>()) {
        std::string args;
        for (const auto& arg : call->args)
            args += (args.empty() ? "" : ",\n") + pretty(*arg, level + 1);
        return formatted("{}{}(\n{}\n{})", in, call->function->name, args, in);
    }
    if (const auto* paren = expr.as<Paren>())
        return formatted("{}(\n{}\n{})", in, pretty(*paren->expr, level + 1), in);
    if (const auto* subquery = expr.as<Subquery>())
        return pretty(*subquery->expr, level) + subqueryTail(*subquery);
    return in + line;
}

}

std::string toString(const Expr& expr)
{
    return std::visit(OneLine {}, expr.node);
}

std::string prettify(const Expr& expr)
{
    return pretty(expr, 0);
}

Result<std::string> format(std::string_view query, const Features& features)
{
    auto parsed = parse(query, features);
    if (!parsed)
        return std::unexpected(std::move(parsed.error()));
    return prettify(**parsed);
}

}
