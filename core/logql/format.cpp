#include "core/logql/ast.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/logql/engine.h"
#include "core/logql/parser.h"

namespace belvedere::logql {

namespace {

template <class... Lambdas>
struct Overloaded : Lambdas... {
    using Lambdas::operator()...;
};

std::string joined(const std::vector<std::string>& names)
{
    std::string out;
    for (const auto& name : names)
        out += (out.empty() ? "" : ", ") + name;
    return out;
}

std::string selectorText(const model::Matchers& matchers)
{
    std::string out = "{";
    for (const auto& matcher : matchers)
        out += (out.size() > 1 ? ", " : "") + matcher.toString();
    return out + "}";
}

std::string_view symbol(Comparison comparison)
{
    switch (comparison) {
    case Comparison::equal: return "=";
    case Comparison::notEqual: return "!=";
    case Comparison::greater: return ">";
    case Comparison::greaterOrEqual: return ">=";
    case Comparison::less: return "<";
    case Comparison::lessOrEqual: return "<=";
    }
    return "";
}

std::string durationText(std::int64_t ns)
{
    if (ns < 0)
        return "-" + durationText(-ns);
    if (ns % 1'000'000 == 0)
        return formatDurationMs(ns / 1'000'000);
    return formatted("{}ns", ns);
}

std::string text(const LabelFilter& filter)
{
    switch (filter.kind) {
    case LabelFilter::Kind::matcher: return filter.matcher->toString();
    case LabelFilter::Kind::number: return formatted("{} {} {}", filter.name, symbol(filter.comparison), formatValue(filter.number));
    case LabelFilter::Kind::duration:
    case LabelFilter::Kind::bytes: return formatted("{} {} {}", filter.name, symbol(filter.comparison), filter.text);
    case LabelFilter::Kind::ip: return formatted("{} {} ip({})", filter.name, symbol(filter.comparison), goQuoted(filter.text));
    case LabelFilter::Kind::both: return formatted("({} and {})", text(*filter.left), text(*filter.right));
    case LabelFilter::Kind::either: return formatted("({} or {})", text(*filter.left), text(*filter.right));
    }
    return {};
}

std::string extractionText(const std::vector<Extraction>& extractions)
{
    std::string out;
    for (const auto& one : extractions)
        out += formatted("{}{}={}", out.empty() ? " " : ", ", one.label, goQuoted(one.expression));
    return out;
}

std::string text(const LineFilter& filter)
{
    static constexpr std::string_view kOps[] { "|=", "!=", "|~", "!~", "|>", "!>" };
    std::string out(kOps[static_cast<std::size_t>(filter.op)]);
    for (std::size_t i = 0; i < filter.alternatives.size(); ++i) {
        const auto& one = filter.alternatives[i];
        out += i == 0 ? " " : " or ";
        out += one.ip ? formatted("ip({})", goQuoted(one.text)) : goQuoted(one.text);
    }
    return out;
}

std::string text(const Stage& stage)
{
    return std::visit(
        Overloaded {
            [](const LineFilter& one) { return text(one); },
            [](const JsonStage& one) { return "| json" + extractionText(one.extractions); },
            [](const LogfmtStage& one) {
                return formatted("| logfmt{}{}{}", one.strict ? " --strict" : "", one.keepEmpty ? " --keep-empty" : "", extractionText(one.extractions));
            },
            [](const RegexpStage& one) { return "| regexp " + goQuoted(one.pattern); },
            [](const PatternStage& one) { return "| pattern " + goQuoted(one.pattern); },
            [](const UnpackStage&) { return std::string("| unpack"); },
            [](const DecolorizeStage&) { return std::string("| decolorize"); },
            [](const LineFormatStage& one) { return "| line_format " + goQuoted(one.text); },
            [](const LabelFormatStage& one) {
                std::string out = "| label_format";
                for (const auto& format : one.formats)
                    out += formatted("{}{}={}", &format == &one.formats.front() ? " " : ", ", format.name, format.rename ? format.value : goQuoted(format.value));
                return out;
            },
            [](const LabelSelectStage& one) {
                std::string out = one.keep ? "| keep" : "| drop";
                for (const auto& choice : one.choices)
                    out += formatted("{}{}", &choice == &one.choices.front() ? " " : ", ", choice.matcher ? choice.matcher->toString() : choice.name);
                return out;
            },
            [](const LabelFilter& one) { return "| " + text(one); },
        },
        stage.data);
}

std::string text(const Grouping& grouping) { return formatted("{} ({})", grouping.without ? "without" : "by", joined(grouping.labels)); }

std::string text(const RangeAggregation& one)
{
    std::string out = formatted("{}({}{}", name(one.op), one.op == RangeOp::quantile ? formatValue(one.parameter) + ", " : "", toString(one.log));
    if (one.unwrap) {
        static constexpr std::string_view kConversions[] { "", "bytes", "duration", "duration_seconds" };
        const auto conversion = kConversions[static_cast<std::size_t>(one.unwrap->conversion)];
        out += conversion.empty() ? " | unwrap " + one.unwrap->label : formatted(" | unwrap {}({})", conversion, one.unwrap->label);
        for (const auto& filter : one.unwrap->filters)
            out += " | " + text(filter);
    }
    out += formatted(" [{}]", durationText(one.rangeNs));
    if (one.offsetNs != 0)
        out += " offset " + durationText(one.offsetNs);
    out += ")";
    if (one.grouping)
        out += " " + text(*one.grouping);
    return out;
}

std::string text(const VectorAggregation& one)
{
    return formatted("{}{}({}{})", name(one.op), one.grouping ? " " + text(*one.grouping) + " " : "", one.parameter > 0 ? formatted("{}, ", one.parameter) : "", toString(*one.inner));
}

std::string operand(const Expr& expr)
{
    return std::holds_alternative<BinaryExpr>(expr.data) ? "(" + toString(expr) + ")" : toString(expr);
}

std::string text(const BinaryExpr& one)
{
    std::string out = operand(*one.left) + " " + std::string(name(one.op));
    if (one.returnBool)
        out += " bool";
    if (one.hasMatching)
        out += formatted(" {} ({})", one.on ? "on" : "ignoring", joined(one.matchingLabels));
    if (one.group != BinaryExpr::Group::none)
        out += formatted(" {} ({})", one.group == BinaryExpr::Group::left ? "group_left" : "group_right", joined(one.include));
    return out + " " + operand(*one.right);
}

}

std::string toString(const LogExpr& expr)
{
    auto out = selectorText(expr.matchers);
    for (const auto& stage : expr.stages)
        out += " " + text(stage);
    return out;
}

std::string toString(const Expr& expr)
{
    return std::visit(
        Overloaded {
            [](const LogExpr& one) { return toString(one); },
            [](const RangeAggregation& one) { return text(one); },
            [](const VectorAggregation& one) { return text(one); },
            [](const BinaryExpr& one) { return text(one); },
            [](const Literal& one) { return formatValue(one.value); },
            [](const VectorLiteral& one) { return formatted("vector({})", formatValue(one.value)); },
            [](const LabelReplace& one) {
                return formatted("label_replace({}, {}, {}, {}, {})", toString(*one.inner), goQuoted(one.target), goQuoted(one.replacement), goQuoted(one.source), goQuoted(one.pattern));
            },
        },
        expr.data);
}

Result<std::string> format(std::string_view query)
{
    const auto parsed = parse(query);
    if (!parsed)
        return std::unexpected(parsed.error());
    return toString(**parsed);
}

Result<bool> checkIsMetric(std::string_view query)
{
    const auto parsed = parse(query);
    if (!parsed)
        return std::unexpected(parsed.error());
    return !(*parsed)->isLog();
}

}
