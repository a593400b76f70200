#include "core/logql/pipeline_parser.h"

#include "core/base/format.h"
#include "core/logql/pipeline.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

// The half of LogQL's grammar that is about lines. It has no recursion but that of label filters in parentheses, so each
// stage is one function; what the grammar leaves open (whether an expression compiles) is asked of the pipeline itself.

namespace belvedere::logql {

// ----------------------------------------------------------------------------------------------------------- selector

bool PipelineParser::selector(model::Matchers& out)
{
    const auto begin = peek().range.begin;
    if (!expect("{"))
        return false;
    while (!isSymbol("}")) {
        std::optional<model::Matcher> matcher;
        if (!labelMatcher(matcher))
            return false;
        out.push_back(std::move(*matcher));
        if (!accept(",") && !isSymbol("}"))
            return unexpected("',' or '}'");
    }
    take();
    if (std::ranges::all_of(out, [](const model::Matcher& matcher) { return matcher.matchesEmpty(); }))
        return refuse(since(begin), "the selector would read every stream: at least one matcher must not match the empty string, as in {app=~\".+\"}");
    return true;
}

bool PipelineParser::labelMatcher(std::optional<model::Matcher>& out)
{
    std::string label;
    if (!expectIdentifier(label))
        return false;
    model::Matcher::Op op {};
    if (!matcherOperator(op))
        return unexpected("=, !=, =~ or !~");
    std::string value;
    TextRange where;
    return expectString(value, &where) && makeMatcher(op, std::move(label), std::move(value), where, out);
}

bool PipelineParser::matcherOperator(model::Matcher::Op& op)
{
    if (accept("="))
        op = model::Matcher::Op::equal;
    else if (accept("!="))
        op = model::Matcher::Op::notEqual;
    else if (accept("=~"))
        op = model::Matcher::Op::regexMatch;
    else if (accept("!~"))
        op = model::Matcher::Op::regexNoMatch;
    else
        return false;
    return true;
}

bool PipelineParser::makeMatcher(model::Matcher::Op op, std::string label, std::string value, TextRange where, std::optional<model::Matcher>& out)
{
    auto matcher = model::Matcher::create(op, std::move(label), std::move(value));
    if (!matcher)
        return refuse(where, matcher.error().message);
    out = std::move(*matcher);
    return true;
}

// ----------------------------------------------------------------------------------------------------------- pipeline

bool PipelineParser::pipeline(std::vector<Stage>& stages)
{
    for (;;) {
        const auto begin = peek().range.begin;
        Stage one;
        if (isLineFilterOperator()) {
            if (!lineFilter(one.data.emplace<LineFilter>()))
                return false;
        } else if (isSymbol("|") && !isUnwrap()) {
            take();
            if (!stage(one))
                return false;
        } else {
            return true;
        }
        one.where = since(begin);
        if (auto checked = checkStage(one); !checked)
            return refuse(one.where, checked.error().message);
        stages.push_back(std::move(one));
    }
}

bool PipelineParser::isLineFilterOperator() const
{
    if (isSymbol("|=") || isSymbol("|~") || isSymbol("|>") || isSymbol("!~") || isSymbol("!>"))
        return true;
    return isSymbol("!=") && (at(TokenKind::string, 1) || isFunction("ip", 1) || at(TokenKind::error, 1));
}

bool PipelineParser::lineFilter(LineFilter& out)
{
    const auto& op = take();
    out.op = op.text == "|=" ? LineFilter::Op::contains
        : op.text == "!="    ? LineFilter::Op::notContains
        : op.text == "|~"    ? LineFilter::Op::matches
        : op.text == "!~"    ? LineFilter::Op::notMatches
        : op.text == "|>"    ? LineFilter::Op::pattern
                             : LineFilter::Op::notPattern;
    do {
        LineFilter::Alternative one;
        if (isFunction("ip")) {
            const auto where = take().range;
            if (out.op != LineFilter::Op::contains && out.op != LineFilter::Op::notContains)
                return refuse(where, "ip() goes with |= and != only");
            one.ip = true;
            if (!expect("(") || !expectString(one.text) || !expect(")"))
                return false;
        } else if (!expectString(one.text)) {
            return false;
        }
        out.alternatives.push_back(std::move(one));
    } while (acceptKeyword("or"));
    return true;
}

bool PipelineParser::stage(Stage& out)
{
    if (startsLabelFilter())
        return labelFilter(out.data.emplace<LabelFilter>());
    struct Kind {
        std::string_view word;
        bool (PipelineParser::*read)(Stage&);
    };
    static constexpr Kind kKinds[] { { "json", &PipelineParser::json }, { "logfmt", &PipelineParser::logfmt }, { "regexp", &PipelineParser::regexp },
        { "pattern", &PipelineParser::pattern }, { "unpack", &PipelineParser::unpack }, { "decolorize", &PipelineParser::decolorize },
        { "line_format", &PipelineParser::lineFormat }, { "label_format", &PipelineParser::labelFormat }, { "drop", &PipelineParser::drop },
        { "keep", &PipelineParser::keep } };
    for (const auto& kind : kKinds) {
        if (acceptKeyword(kind.word))
            return (this->*kind.read)(out);
    }
    return unexpected("a parser, a format or a label filter");
}

bool PipelineParser::json(Stage& out)
{
    auto& stage = out.data.emplace<JsonStage>();
    return !at(TokenKind::identifier) || extractions(stage.extractions);
}

bool PipelineParser::logfmt(Stage& out)
{
    auto& stage = out.data.emplace<LogfmtStage>();
    for (; at(TokenKind::flag); take()) {
        const auto& flag = peek();
        if (flag.text == "strict")
            stage.strict = true;
        else if (flag.text == "keep-empty")
            stage.keepEmpty = true;
        else
            return refuse(flag.range, formatted("logfmt knows --strict and --keep-empty, not --{}", flag.text));
    }
    return !at(TokenKind::identifier) || extractions(stage.extractions);
}

bool PipelineParser::regexp(Stage& out) { return expectString(out.data.emplace<RegexpStage>().pattern); }

bool PipelineParser::pattern(Stage& out) { return expectString(out.data.emplace<PatternStage>().pattern); }

bool PipelineParser::lineFormat(Stage& out) { return expectString(out.data.emplace<LineFormatStage>().text); }

bool PipelineParser::unpack(Stage& out)
{
    out.data.emplace<UnpackStage>();
    return true;
}

bool PipelineParser::decolorize(Stage& out)
{
    out.data.emplace<DecolorizeStage>();
    return true;
}

bool PipelineParser::drop(Stage& out) { return labelChoices(out.data.emplace<LabelSelectStage>()); }

bool PipelineParser::keep(Stage& out)
{
    auto& stage = out.data.emplace<LabelSelectStage>();
    stage.keep = true;
    return labelChoices(stage);
}

bool PipelineParser::extractions(std::vector<Extraction>& out)
{
    do {
        Extraction one;
        if (!expectIdentifier(one.label))
            return false;
        one.expression = one.label;
        if (accept("=") && !expectString(one.expression))
            return false;
        out.push_back(std::move(one));
    } while (accept(","));
    return true;
}

bool PipelineParser::labelFormat(Stage& out)
{
    auto& stage = out.data.emplace<LabelFormatStage>();
    do {
        LabelFormatStage::Format one;
        if (!expectIdentifier(one.name) || !expect("="))
            return false;
        if (at(TokenKind::identifier))
            one.rename = true;
        else if (!at(TokenKind::string))
            return unexpected("a label name or a template");
        one.value = take().text;
        stage.formats.push_back(std::move(one));
    } while (accept(","));
    return true;
}

bool PipelineParser::labelChoices(LabelSelectStage& out)
{
    do {
        LabelSelectStage::Choice one;
        if (!expectIdentifier(one.name))
            return false;
        model::Matcher::Op op {};
        if (matcherOperator(op)) {
            std::string value;
            TextRange where;
            if (!expectString(value, &where) || !makeMatcher(op, one.name, std::move(value), where, one.matcher))
                return false;
        }
        out.choices.push_back(std::move(one));
    } while (accept(","));
    return true;
}

// ------------------------------------------------------------------------------------------------------ label filters

LabelFilter PipelineParser::join(LabelFilter::Kind kind, LabelFilter left, LabelFilter right)
{
    LabelFilter both;
    both.kind = kind;
    both.left = std::make_unique<LabelFilter>(std::move(left));
    both.right = std::make_unique<LabelFilter>(std::move(right));
    return both;
}

bool PipelineParser::labelFilter(LabelFilter& out)
{
    const Nesting nesting(*this);
    if (tooDeep() || !conjunction(out))
        return false;
    while (acceptKeyword("or")) {
        LabelFilter right;
        if (tooManyOperators() || !conjunction(right))
            return false;
        out = join(LabelFilter::Kind::either, std::move(out), std::move(right));
    }
    return true;
}

bool PipelineParser::conjunction(LabelFilter& out)
{
    if (!listed(out))
        return false;
    while (acceptKeyword("and")) {
        LabelFilter right;
        if (tooManyOperators() || !listed(right))
            return false;
        out = join(LabelFilter::Kind::both, std::move(out), std::move(right));
    }
    return true;
}

bool PipelineParser::listed(LabelFilter& out)
{
    if (!singleFilter(out))
        return false;
    if (accept(",") || startsLabelFilter()) {
        LabelFilter right;
        if (!labelFilter(right))
            return false;
        out = join(LabelFilter::Kind::both, std::move(out), std::move(right));
    }
    return true;
}

bool PipelineParser::singleFilter(LabelFilter& out)
{
    if (accept("("))
        return labelFilter(out) && expect(")");
    if (!expectIdentifier(out.name))
        return false;
    if (isSymbol("=~") || isSymbol("!~") || ((isSymbol("=") || isSymbol("!=")) && at(TokenKind::string, 1))) {
        model::Matcher::Op op {};
        std::string value;
        TextRange where;
        return matcherOperator(op) && expectString(value, &where) && makeMatcher(op, out.name, std::move(value), where, out.matcher);
    }
    const bool plainEqual = isSymbol("=");
    if (!comparison(out.comparison))
        return unexpected("a comparison such as =, != or >");
    return comparedValue(out, plainEqual);
}

bool PipelineParser::comparison(Comparison& out)
{
    if (accept("=") || accept("=="))
        out = Comparison::equal;
    else if (accept("!="))
        out = Comparison::notEqual;
    else if (accept(">="))
        out = Comparison::greaterOrEqual;
    else if (accept(">"))
        out = Comparison::greater;
    else if (accept("<="))
        out = Comparison::lessOrEqual;
    else if (accept("<"))
        out = Comparison::less;
    else
        return false;
    return true;
}

bool PipelineParser::comparedValue(LabelFilter& out, bool plainEqual)
{
    const auto& token = peek();
    if (isFunction("ip")) {
        if (!plainEqual && out.comparison != Comparison::notEqual)
            return refuse(token.range, "ip() goes with = and != only");
        take();
        out.kind = LabelFilter::Kind::ip;
        return expect("(") && expectString(out.text) && expect(")");
    }
    if (token.kind == TokenKind::duration) {
        const auto value = parseSignedDuration(token.text);
        if (!value)
            return refuse(token.range, value.error().message);
        out.kind = LabelFilter::Kind::duration;
        out.number = static_cast<double>(*value) / 1e9;
        out.text = take().text;
        return true;
    }
    if (token.kind == TokenKind::bytes) {
        const auto value = parseByteSize(token.text);
        if (!value)
            return refuse(token.range, value.error().message);
        out.kind = LabelFilter::Kind::bytes;
        out.number = *value;
        out.text = take().text;
        return true;
    }
    out.kind = LabelFilter::Kind::number;
    if (token.kind != TokenKind::number && !isSymbol("-") && !isSymbol("+"))
        return unexpected("a number, a duration such as 5s or a size such as 10KB");
    return expectNumber(out.number);
}

}
