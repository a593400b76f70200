#include "core/promql/printer.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/promql/functions.h"
#include "core/promql/parser.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

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
    std::vector<std::string> matchers;
    for (const auto& matcher : selector.matchers) {
        if (selector.name.empty() || matcher.name() != model::kMetricName || matcher.op() != model::Matcher::Op::equal)
            matchers.push_back(matcher.toString());
    }
    if (matchers.empty() && !selector.name.empty())
        return selector.name;
    std::ranges::sort(matchers);
    std::string out = selector.name + "{";
    for (const auto& matcher : matchers) {
        if (out.back() != '{')
            out += ',';
        out += matcher;
    }
    return out + "}";
}

std::string matchingText(const Binary& binary)
{
    if (!binary.matching)
        return "";
    const auto& matching = *binary.matching;
    const bool groups = matching.card == Matching::Card::manyToOne || matching.card == Matching::Card::oneToMany;
    if (matching.labels.empty() && !matching.on && !groups)
        return "";
    std::string out = formatted(" {} ({})", matching.on ? "on" : "ignoring", joined(matching.labels));
    if (groups)
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
bool isInfinityToAPower(const Binary& binary)
{
    const auto* base = binary.lhs->as<NumberLiteral>();
    return binary.op == BinaryOp::pow && base && base->value == std::numeric_limits<double>::infinity();
}

/// Writes expressions in one line, behind what `out` holds: so a chain of operators is written once and not once a level.
/// Leaves the rest out once `out` is longer than `enough`.
class OneLine {
public:
    explicit OneLine(std::string& out, std::size_t enough = std::string::npos)
        : m_out(out)
        , m_enough(enough)
    {
    }

    void write(const Expr& expr) const
    {
        if (m_out.size() <= m_enough)
            std::visit(*this, expr.node);
    }

    void operator()(const NumberLiteral& number) const { m_out += number.isDuration ? durationText(number.value) : positional(number.value); }
    void operator()(const StringLiteral& text) const { m_out += goQuoted(text.value); }
    void operator()(const VectorSelector& selector) const { m_out += selectorText(selector) + print(selector.shift); }
    void operator()(const MatrixSelector& matrix) const
    {
        const auto& selector = *matrix.selector->as<VectorSelector>();
        m_out += formatted("{}[{}]{}", selectorText(selector), print(matrix.rangeExpr, matrix.rangeMs), print(selector.shift));
    }
    void operator()(const Subquery& subquery) const
    {
        write(*subquery.expr);
        m_out += subqueryTail(subquery);
    }
    void operator()(const Paren& paren) const
    {
        m_out += '(';
        write(*paren.expr);
        m_out += ')';
    }
    void operator()(const Unary& unary) const
    {
        m_out += unary.negative ? '-' : '+';
        write(*unary.expr);
    }
    void operator()(const Binary& binary) const
    {
        if (isInfinityToAPower(binary))
            m_out += "Inf";
        else
            write(*binary.lhs);
        m_out += formatted(" {} ", operatorText(binary));
        write(*binary.rhs);
    }
    void operator()(const Aggregate& aggregate) const
    {
        m_out += aggregateHead(aggregate) + '(';
        if (aggregate.parameter) {
            write(*aggregate.parameter);
            m_out += ", ";
        }
        write(*aggregate.expr);
        m_out += ')';
    }
    void operator()(const Call& call) const
    {
        m_out += formatted("{}(", call.function->name);
        for (const auto& arg : call.args) {
            if (&arg != &call.args.front())
                m_out += ", ";
            write(*arg);
        }
        m_out += ')';
    }

private:
    std::string& m_out;
    std::size_t m_enough;
};

/// Writes expressions over as many lines as they need, behind what `out` holds.
class Layout {
public:
    explicit Layout(std::string& out)
        : m_out(out)
    {
    }

    void write(const Expr& expr, int level)
    {
        if (const auto* unary = expr.as<Unary>()) {
            indent(level);
            m_out += unary->negative ? '-' : '+';
            // The operand follows its sign at once, whatever it is indented by.
            const auto begin = m_out.size();
            write(*unary->expr, level);
            m_out.erase(begin, m_out.find_first_not_of(' ', begin) - begin);
            return;
        }
        std::string line;
        OneLine(line, kMaxLineLength).write(expr);
        if (line.size() <= kMaxLineLength) {
            indent(level);
            m_out += line;
            return;
        }
        if (const auto* binary = expr.as<Binary>()) {
            writeBase(*binary, level + 1);
            m_out += '\n';
            indent(level);
            m_out += operatorText(*binary) + '\n';
            write(*binary->rhs, level + 1);
        } else if (const auto* subquery = expr.as<Subquery>()) {
            write(*subquery->expr, level);
            m_out += subqueryTail(*subquery);
        } else if (const auto* aggregate = expr.as<Aggregate>()) {
            indent(level);
            m_out += aggregateHead(*aggregate);
            writeInParens(level, { aggregate->parameter.get(), aggregate->expr.get() });
        } else if (const auto* call = expr.as<Call>()) {
            std::vector<const Expr*> args;
            for (const auto& arg : call->args)
                args.push_back(arg.get());
            indent(level);
            m_out += call->function->name;
            writeInParens(level, args);
        } else if (const auto* paren = expr.as<Paren>()) {
            indent(level);
            writeInParens(level, { paren->expr.get() });
        } else {
            indent(level);
            OneLine(m_out).write(expr);
        }
    }

private:
    void indent(int level) { m_out.append(static_cast<std::size_t>(level) * 2, ' '); }

    void writeBase(const Binary& binary, int level)
    {
        if (!isInfinityToAPower(binary))
            return write(*binary.lhs, level);
        indent(level);
        m_out += "Inf";
    }

    /// Each of `parts` on a line of its own; those that are null are not there.
    void writeInParens(int level, const std::vector<const Expr*>& parts)
    {
        m_out += '(';
        bool first = true;
        for (const auto* part : parts) {
            if (!part)
                continue;
            m_out += first ? "\n" : ",\n";
            first = false;
            write(*part, level + 1);
        }
        m_out += '\n';
        indent(level);
        m_out += ')';
    }

    std::string& m_out;
};

}

std::string toString(const Expr& expr)
{
    std::string out;
    OneLine(out).write(expr);
    return out;
}

std::string prettify(const Expr& expr)
{
    std::string out;
    Layout(out).write(expr, 0);
    return out;
}

Result<std::string> format(std::string_view query, const Features& features)
{
    auto parsed = parse(query, features);
    if (!parsed)
        return std::unexpected(std::move(parsed.error()));
    return prettify(**parsed);
}

}
