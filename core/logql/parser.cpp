#include "core/logql/parser.h"

#include "core/base/format.h"
#include "core/logql/engine.h"
#include "core/logql/operators.h"
#include "core/logql/pipeline_parser.h"

#include <cmath>
#include <utility>

// The parser is three layers, each a class that adds to the one below: tokens (TokenReader), selectors and stages
// (PipelineParser), and here what makes metrics of lines. Recursive descent, with precedence climbing for operators.

namespace belvedere::logql {

namespace {

class Parser final : public PipelineParser {
public:
    using PipelineParser::PipelineParser;

    Result<ExprPtr> query()
    {
        ExprPtr root;
        if (expression(root, 1) && !atEnd())
            unexpected("an operator or the end");
        return finish(std::move(root));
    }

    Result<model::Matchers> selectorAlone()
    {
        model::Matchers matchers;
        if (selector(matchers) && !atEnd())
            refuse(peek().range, "only a selector is allowed here");
        return finish(std::move(matchers));
    }

private:
    // ----------------------------------------------------------------------------------------------------- expressions
    /// An expression of operators that bind at least as tightly as `least`.
    bool expression(ExprPtr& out, int least)
    {
        const Nesting nesting(*this);
        if (tooDeep() || !primary(out))
            return false;
        for (;;) {
            const auto& token = peek();
            if (token.kind != TokenKind::symbol && token.kind != TokenKind::keyword)
                return true;
            const auto op = binaryOp(token.text);
            if (!op || precedence(*op) < least)
                return true;
            take();
            BinaryExpr binary;
            binary.op = *op;
            if (tooManyOperators() || !modifiers(binary))
                return false;
            // `^` associates to the right.
            ExprPtr right;
            if (!expression(right, precedence(*op) + (*op == BinaryOp::power ? 0 : 1)))
                return false;
            binary.left = std::move(out);
            binary.right = std::move(right);
            const TextRange where { binary.left->where.begin, binary.right->where.end };
            if (!checkBinary(binary))
                return false;
            out = std::make_unique<Expr>(Expr { std::move(binary), where });
        }
    }

    bool modifiers(BinaryExpr& binary)
    {
        if (isKeyword("bool")) {
            if (!isComparison(binary.op))
                return refuse(peek().range, "bool goes with comparisons only");
            take();
            binary.returnBool = true;
        }
        if (!isKeyword("on") && !isKeyword("ignoring"))
            return true;
        binary.hasMatching = true;
        binary.on = take().text == "on";
        if (!labelList(binary.matchingLabels))
            return false;
        if (!isKeyword("group_left") && !isKeyword("group_right"))
            return true;
        binary.group = take().text == "group_left" ? BinaryExpr::Group::left : BinaryExpr::Group::right;
        return !isSymbol("(") || startsExpressionAfterList() || labelList(binary.include);
    }

    /// After group_left a parenthesis opens its labels if only names stand in it, else the right-hand side.
    bool startsExpressionAfterList() const
    {
        std::size_t ahead = 1;
        while (at(TokenKind::identifier, ahead) || isSymbol(",", ahead))
            ++ahead;
        return !isSymbol(")", ahead);
    }

    bool labelList(std::vector<std::string>& labels)
    {
        if (!expect("("))
            return false;
        while (!isSymbol(")")) {
            std::string label;
            if (!expectIdentifier(label))
                return false;
            labels.push_back(std::move(label));
            if (!accept(",") && !isSymbol(")"))
                return unexpected("',' or ')'");
        }
        take();
        return true;
    }

    bool checkBinary(const BinaryExpr& binary)
    {
        for (const auto* leg : { &binary.left, &binary.right }) {
            if ((*leg)->isLog())
                return refuse((*leg)->where, formatted("'{}' needs metric queries on both sides, and this is a log query", name(binary.op)));
            if (isSetOperator(binary.op) && std::holds_alternative<Literal>((*leg)->data))
                return refuse((*leg)->where, formatted("a number cannot stand beside '{}'; use vector(...)", name(binary.op)));
        }
        return true;
    }

    bool primary(ExprPtr& out)
    {
        const Nesting nesting(*this);
        if (tooDeep())
            return false;
        const auto begin = peek().range.begin;
        const auto& token = peek();
        if (accept("(")) {
            if (!expression(out, 1) || !expect(")"))
                return false;
            // `({a="b"}) | json` is no log query in Loki either: a pipeline belongs inside the parentheses.
            out->where = since(begin);
            return true;
        }
        if (isSymbol("{")) {
            LogExpr log;
            if (!selector(log.matchers) || !pipeline(log.stages))
                return false;
            if (isUnwrap())
                return refuse(peek(1).range, "unwrap belongs inside a range aggregation such as sum_over_time(... [5m])");
            out = std::make_unique<Expr>(Expr { std::move(log), since(begin) });
            return true;
        }
        if (token.kind == TokenKind::number || ((isSymbol("-") || isSymbol("+")) && at(TokenKind::number, 1))) {
            double value = 0;
            if (!expectNumber(value))
                return false;
            out = std::make_unique<Expr>(Expr { Literal { value }, since(begin) });
            return true;
        }
        if (token.kind == TokenKind::function) {
            if (const auto op = rangeOp(token.text))
                return rangeAggregation(out, *op);
            if (const auto op = vectorOp(token.text))
                return vectorAggregation(out, *op);
            if (token.text == "vector")
                return vectorLiteral(out);
            if (token.text == "label_replace")
                return labelReplace(out);
        }
        return unexpected("a selector such as {app=\"api\"}, a function or a number");
    }

    bool vectorLiteral(ExprPtr& out)
    {
        const auto begin = take().range.begin;
        double value = 0;
        if (!expect("(") || !expectNumber(value) || !expect(")"))
            return false;
        out = std::make_unique<Expr>(Expr { VectorLiteral { value }, since(begin) });
        return true;
    }

    bool labelReplace(ExprPtr& out)
    {
        const auto begin = take().range.begin;
        LabelReplace replace;
        TextRange patternAt;
        if (!expect("(") || !metric(replace.inner) || !expect(",") || !expectString(replace.target) || !expect(",") || !expectString(replace.replacement)
            || !expect(",") || !expectString(replace.source) || !expect(",") || !expectString(replace.pattern, &patternAt) || !expect(")"))
            return false;
        if (auto regex = model::AnchoredRegex::compile(replace.pattern); !regex)
            return refuse(patternAt, regex.error().message);
        out = std::make_unique<Expr>(Expr { std::move(replace), since(begin) });
        return true;
    }

    bool metric(ExprPtr& out)
    {
        if (!expression(out, 1))
            return false;
        if (out->isLog())
            return refuse(out->where, "a metric query is needed here; wrap the selector, for example in count_over_time(... [5m])");
        return true;
    }

    bool grouping(std::optional<Grouping>& out)
    {
        if (!isKeyword("by") && !isKeyword("without"))
            return true;
        Grouping one;
        one.without = take().text == "without";
        if (!labelList(one.labels))
            return false;
        out = std::move(one);
        return true;
    }

    bool vectorAggregation(ExprPtr& out, VectorOp op)
    {
        const auto functionAt = take().range;
        VectorAggregation aggregation;
        aggregation.op = op;
        if (!grouping(aggregation.grouping) || !expect("("))
            return false;
        const bool takesCount = op == VectorOp::topk || op == VectorOp::bottomk || op == VectorOp::approxTopk;
        if (at(TokenKind::number) && isSymbol(",", 1)) {
            const auto& token = take();
            if (!takesCount)
                return refuse(token.range, formatted("{} takes no parameter", name(op)));
            const auto value = numberValue(token.text);
            if (!value || *value < 1 || *value != std::floor(*value) || token.text.find_first_not_of("0123456789") != std::string::npos || *value > 1e15)
                return refuse(token.range, formatted("{} needs a whole number greater than 0, not {}", name(op), token.text));
            aggregation.parameter = static_cast<std::int64_t>(*value);
            take();
        }
        if (!metric(aggregation.inner) || !expect(")"))
            return false;
        if (takesCount && aggregation.parameter == 0)
            return refuse(functionAt, formatted("{} needs to know how many: {}(10, ...)", name(op), name(op)));
        if (!aggregation.grouping && !grouping(aggregation.grouping))
            return false;
        const bool noGrouping = op == VectorOp::sort || op == VectorOp::sortDesc || op == VectorOp::approxTopk;
        if (noGrouping && aggregation.grouping)
            return refuse(functionAt, formatted("{} cannot be grouped with by or without", name(op)));
        out = std::make_unique<Expr>(Expr { std::move(aggregation), since(functionAt.begin) });
        return true;
    }

    bool rangeAggregation(ExprPtr& out, RangeOp op)
    {
        const auto functionAt = take().range;
        RangeAggregation aggregation;
        aggregation.op = op;
        if (!expect("("))
            return false;
        if (at(TokenKind::number)) {
            const auto parameterAt = peek().range;
            if (!expectNumber(aggregation.parameter) || !expect(","))
                return false;
            if (op != RangeOp::quantile)
                return refuse(parameterAt, formatted("{} takes no parameter", name(op)));
        } else if (op == RangeOp::quantile) {
            return unexpected("the quantile: quantile_over_time(0.95, ...)");
        }
        if (!logRange(aggregation) || !expect(")") || !grouping(aggregation.grouping))
            return false;
        return checkRange(aggregation, functionAt) && (out = std::make_unique<Expr>(Expr { std::move(aggregation), since(functionAt.begin) }));
    }

    bool checkRange(const RangeAggregation& aggregation, TextRange functionAt)
    {
        const auto op = aggregation.op;
        const bool groups = op == RangeOp::average || op == RangeOp::stddev || op == RangeOp::stdvar || op == RangeOp::quantile || op == RangeOp::maximum
            || op == RangeOp::minimum || op == RangeOp::first || op == RangeOp::last;
        if (aggregation.grouping && !groups)
            return refuse(functionAt, formatted("{} cannot be grouped; use sum by (...) ({}(...))", name(op), name(op)));
        const bool ofLines = op == RangeOp::count || op == RangeOp::bytes || op == RangeOp::bytesRate;
        if (aggregation.unwrap && ofLines)
            return refuse(functionAt, formatted("{} works on lines, not on unwrapped values", name(op)));
        const bool either = op == RangeOp::rate || op == RangeOp::absent;
        if (!aggregation.unwrap && !ofLines && !either)
            return refuse(functionAt, formatted("{} needs a value: add '| unwrap label' in front of the range", name(op)));
        return true;
    }

    // -------------------------------------------------------------------------------------------------------- log range
    /// A selector, its pipeline, an unwrap and the range, in any of the orders that Loki takes.
    bool logRange(RangeAggregation& out)
    {
        const Nesting nesting(*this);
        if (tooDeep())
            return false;
        if (accept("(")) {
            // Either the whole in parentheses, or only what stands in front of the range.
            if (isSymbol("(")) {
                if (!logRange(out) || !expect(")"))
                    return false;
                return true;
            }
            if (!logPart(out))
                return false;
            if (at(TokenKind::range)) {
                if (!rangeAndOffset(out) || !logTail(out))
                    return false;
                return expect(")");
            }
            if (!expect(")") || !rangeAndOffset(out))
                return false;
            return logTail(out);
        }
        if (!logPart(out) || !rangeAndOffset(out))
            return false;
        return logTail(out);
    }

    bool logPart(RangeAggregation& out)
    {
        if (!isSymbol("{"))
            return unexpected("a selector such as {app=\"api\"}");
        return selector(out.log.matchers) && pipeline(out.log.stages) && (!isUnwrap() || unwrap(out));
    }

    /// Stages after the range: `{...}[5m] | json | unwrap x`.
    bool logTail(RangeAggregation& out)
    {
        if (out.unwrap || !out.log.stages.empty())
            return true;
        return pipeline(out.log.stages) && (!isUnwrap() || unwrap(out));
    }

    bool rangeAndOffset(RangeAggregation& out)
    {
        if (!at(TokenKind::range))
            return unexpected("a range such as [5m]");
        const auto& token = take();
        const auto range = parseDuration(token.text);
        if (!range)
            return refuse(token.range, range.error().message);
        out.rangeNs = *range;
        if (!acceptKeyword("offset"))
            return true;
        if (!at(TokenKind::duration))
            return unexpected("a duration after offset");
        const auto offset = parseSignedDuration(peek().text);
        if (!offset)
            return refuse(peek().range, offset.error().message);
        take();
        out.offsetNs = *offset;
        return true;
    }

    bool unwrap(RangeAggregation& out)
    {
        take();
        take();
        Unwrap one;
        if (at(TokenKind::function) && (peek().text == "bytes" || peek().text == "duration" || peek().text == "duration_seconds")) {
            const auto conversion = take().text;
            one.conversion = conversion == "bytes" ? Unwrap::Conversion::bytes
                : conversion == "duration"         ? Unwrap::Conversion::duration
                                                   : Unwrap::Conversion::durationSeconds;
            if (!expect("(") || !expectIdentifier(one.label) || !expect(")"))
                return false;
        } else if (!expectIdentifier(one.label)) {
            return false;
        }
        while (accept("|")) {
            LabelFilter filter;
            if (!at(TokenKind::identifier) && !isSymbol("("))
                return unexpected("a label filter; parsers and formats belong in front of unwrap");
            if (!labelFilter(filter))
                return false;
            one.filters.push_back(std::move(filter));
        }
        out.unwrap = std::move(one);
        return true;
    }
};

}

Result<ExprPtr> parse(std::string_view query) { return Parser(query).query(); }

Result<model::Matchers> parseSelector(std::string_view selector) { return Parser(selector).selectorAlone(); }

}
