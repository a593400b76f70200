#include "core/logql/parser.h"
#include "core/logql/engine.h"

#include "core/base/text.h"
#include "core/logql/lexer.h"
#include "core/logql/pipeline.h"

#include <algorithm>
#include <cmath>
#include <format>
#include <map>

namespace belvedere::logql {

namespace {

constexpr int kDeepest = 250;
constexpr std::size_t kLongest = 128 * 1024; ///< bytes of a query, as in Loki
constexpr int kMostOperators = 2000;        ///< a chain of them is a tree as deep as it is long

const std::map<std::string_view, RangeOp>& rangeOps()
{
    static const std::map<std::string_view, RangeOp> ops { { "count_over_time", RangeOp::count }, { "rate", RangeOp::rate },
        { "bytes_over_time", RangeOp::bytes }, { "bytes_rate", RangeOp::bytesRate }, { "absent_over_time", RangeOp::absent },
        { "rate_counter", RangeOp::rateCounter }, { "sum_over_time", RangeOp::sum }, { "avg_over_time", RangeOp::average },
        { "min_over_time", RangeOp::minimum }, { "max_over_time", RangeOp::maximum }, { "first_over_time", RangeOp::first },
        { "last_over_time", RangeOp::last }, { "stddev_over_time", RangeOp::stddev }, { "stdvar_over_time", RangeOp::stdvar },
        { "quantile_over_time", RangeOp::quantile } };
    return ops;
}

const std::map<std::string_view, VectorOp>& vectorOps()
{
    static const std::map<std::string_view, VectorOp> ops { { "sum", VectorOp::sum }, { "avg", VectorOp::average },
        { "max", VectorOp::maximum }, { "min", VectorOp::minimum }, { "count", VectorOp::count }, { "stddev", VectorOp::stddev },
        { "stdvar", VectorOp::stdvar }, { "bottomk", VectorOp::bottomk }, { "topk", VectorOp::topk },
        { "approx_topk", VectorOp::approxTopk }, { "sort", VectorOp::sort }, { "sort_desc", VectorOp::sortDesc } };
    return ops;
}

struct OperatorInfo {
    BinaryOp op;
    int precedence;
};

const std::map<std::string_view, OperatorInfo>& binaryOps()
{
    static const std::map<std::string_view, OperatorInfo> ops { { "or", { BinaryOp::logicalOr, 1 } }, { "and", { BinaryOp::logicalAnd, 2 } },
        { "unless", { BinaryOp::unless, 2 } }, { "==", { BinaryOp::equal, 3 } }, { "!=", { BinaryOp::notEqual, 3 } },
        { "<", { BinaryOp::less, 3 } }, { "<=", { BinaryOp::lessOrEqual, 3 } }, { ">", { BinaryOp::greater, 3 } },
        { ">=", { BinaryOp::greaterOrEqual, 3 } }, { "+", { BinaryOp::add, 4 } }, { "-", { BinaryOp::subtract, 4 } },
        { "*", { BinaryOp::multiply, 5 } }, { "/", { BinaryOp::divide, 5 } }, { "%", { BinaryOp::modulo, 5 } },
        { "^", { BinaryOp::power, 6 } } };
    return ops;
}

template <class Map, class Op>
std::string_view nameOf(const Map& map, Op op)
{
    for (const auto& [text, value] : map) {
        if (value == op)
            return text;
    }
    return {};
}

std::string describe(const Token& token)
{
    switch (token.kind) {
    case TokenKind::end: return "the end of the query";
    case TokenKind::string: return "a string";
    case TokenKind::identifier: return std::format("'{}'", token.text);
    case TokenKind::number: return std::format("the number {}", token.text);
    case TokenKind::range: return std::format("the range [{}]", token.text);
    case TokenKind::flag: return std::format("the flag --{}", token.text);
    default: return std::format("'{}'", token.text);
    }
}

/// Recursive descent; the first error ends it. Every function answers false once there is one.
class Parser {
public:
    explicit Parser(std::string_view query)
        : m_query(query)
        , m_tokens(tokenize(query))
    {
        std::erase_if(m_tokens, [](const Token& token) { return token.kind == TokenKind::comment; });
    }

    Result<ExprPtr> run()
    {
        if (m_query.size() > kLongest)
            return failure(ErrorCode::parse, std::format("the query has {} bytes; more than {} are not read", m_query.size(), kLongest), { kLongest, m_query.size() });
        ExprPtr root;
        if (expression(root, 1) && !atEnd())
            unexpected("an operator or the end");
        if (m_error)
            return std::unexpected(std::move(*m_error));
        return root;
    }

    Result<model::Matchers> runSelector()
    {
        model::Matchers matchers;
        if (selector(matchers) && !atEnd())
            fail(ErrorCode::parse, "only a selector is allowed here", peek().range);
        if (m_error)
            return std::unexpected(std::move(*m_error));
        return matchers;
    }

private:
    // -------------------------------------------------------------------------------------------------- tokens, errors
    const Token& peek(std::size_t ahead = 0) const { return m_tokens[std::min(m_next + ahead, m_tokens.size() - 1)]; }
    const Token& take()
    {
        const auto& token = peek();
        if (m_next + 1 < m_tokens.size())
            ++m_next;
        return token;
    }
    bool atEnd() const { return peek().kind == TokenKind::end; }
    bool isSymbol(std::string_view text, std::size_t ahead = 0) const { return peek(ahead).kind == TokenKind::symbol && peek(ahead).text == text; }
    bool isKeyword(std::string_view text, std::size_t ahead = 0) const { return peek(ahead).kind == TokenKind::keyword && peek(ahead).text == text; }
    bool isFunction(std::string_view text) const { return peek().kind == TokenKind::function && peek().text == text; }
    bool accept(std::string_view symbol)
    {
        if (!isSymbol(symbol))
            return false;
        take();
        return true;
    }
    bool acceptKeyword(std::string_view keyword)
    {
        if (!isKeyword(keyword))
            return false;
        take();
        return true;
    }

    bool fail(ErrorCode code, std::string message, TextRange where)
    {
        if (!m_error)
            m_error = Error { code, std::move(message), where };
        return false;
    }
    bool fail(Error error, TextRange where)
    {
        return fail(error.code, std::move(error.message), where);
    }
    bool unexpected(std::string_view wanted)
    {
        const auto& token = peek();
        if (token.kind == TokenKind::error)
            return fail(ErrorCode::parse, place(token.range.begin) + token.text, token.range);
        return fail(ErrorCode::parse, std::format("{}expected {}, found {}", place(token.range.begin), wanted, describe(token)), token.range);
    }
    /// "line 2, column 5: "; columns count bytes from 1.
    std::string place(std::size_t at) const
    {
        const auto before = m_query.substr(0, at);
        const auto lineStart = before.rfind('\n');
        return std::format("line {}, column {}: ", 1 + std::ranges::count(before, '\n'), lineStart == std::string_view::npos ? at + 1 : at - lineStart);
    }
    bool expect(std::string_view symbol) { return accept(symbol) || unexpected(std::format("'{}'", symbol)); }
    bool expectString(std::string& out, TextRange* where = nullptr)
    {
        if (peek().kind != TokenKind::string)
            return unexpected("a string");
        if (where)
            *where = peek().range;
        out = take().text;
        return true;
    }
    bool expectIdentifier(std::string& out)
    {
        if (peek().kind != TokenKind::identifier)
            return unexpected("a label name");
        out = take().text;
        return true;
    }
    TextRange since(std::size_t begin) const { return { begin, m_next > 0 ? m_tokens[m_next - 1].range.end : begin }; }

    struct Depth {
        explicit Depth(int& depth)
            : value(depth)
        {
            ++value;
        }
        ~Depth() { --value; }
        int& value;
    };
    bool tooManyOperators() { return ++m_operators > kMostOperators && !fail(ErrorCode::parse, "the query has too many operators", peek().range); }
    bool tooDeep() { return m_depth > kDeepest && !fail(ErrorCode::parse, "the query is nested too deeply", peek().range); }

    // ----------------------------------------------------------------------------------------------------- expressions
    bool expression(ExprPtr& out, int precedence)
    {
        const Depth depth(m_depth);
        if (tooDeep() || !primary(out))
            return false;
        for (;;) {
            const auto& token = peek();
            if (token.kind != TokenKind::symbol && token.kind != TokenKind::keyword)
                return true;
            const auto info = binaryOps().find(token.text);
            if (info == binaryOps().end() || info->second.precedence < precedence)
                return true;
            take();
            BinaryExpr binary;
            binary.op = info->second.op;
            if (tooManyOperators() || !modifiers(binary))
                return false;
            // `^` associates to the right.
            ExprPtr right;
            if (!expression(right, info->second.precedence + (binary.op == BinaryOp::power ? 0 : 1)))
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
                return fail(ErrorCode::parse, place(peek().range.begin) + "bool goes with comparisons only", peek().range);
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
        while (peek(ahead).kind == TokenKind::identifier || isSymbol(",", ahead))
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
                return fail(ErrorCode::parse, std::format("{}'{}' needs metric queries on both sides, and this is a log query", place((*leg)->where.begin), name(binary.op)), (*leg)->where);
            if (isSetOperator(binary.op) && std::holds_alternative<Literal>((*leg)->data))
                return fail(ErrorCode::parse, std::format("{}a number cannot stand beside '{}'; use vector(...)", place((*leg)->where.begin), name(binary.op)), (*leg)->where);
        }
        return true;
    }

    bool primary(ExprPtr& out)
    {
        const Depth depth(m_depth);
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
                return fail(ErrorCode::parse, place(peek(1).range.begin) + "unwrap belongs inside a range aggregation such as sum_over_time(... [5m])", peek(1).range);
            out = std::make_unique<Expr>(Expr { std::move(log), since(begin) });
            return true;
        }
        if (token.kind == TokenKind::number || ((isSymbol("-") || isSymbol("+")) && peek(1).kind == TokenKind::number)) {
            double value = 0;
            if (!signedNumber(value))
                return false;
            out = std::make_unique<Expr>(Expr { Literal { value }, since(begin) });
            return true;
        }
        if (token.kind == TokenKind::function) {
            if (const auto range = rangeOps().find(token.text); range != rangeOps().end())
                return rangeAggregation(out, range->second);
            if (const auto vector = vectorOps().find(token.text); vector != vectorOps().end())
                return vectorAggregation(out, vector->second);
            if (token.text == "vector")
                return vectorLiteral(out);
            if (token.text == "label_replace")
                return labelReplace(out);
        }
        return unexpected("a selector such as {app=\"api\"}, a function or a number");
    }

    bool signedNumber(double& value)
    {
        bool negative = false;
        if (isSymbol("-") || isSymbol("+"))
            negative = take().text == "-";
        if (peek().kind != TokenKind::number)
            return unexpected("a number");
        const auto number = numberValue(peek().text);
        if (!number)
            return fail(number.error(), peek().range);
        take();
        value = negative ? -*number : *number;
        return true;
    }

    static Result<double> numberValue(const std::string& text)
    {
        if (text.starts_with("0x") || text.starts_with("0X")) {
            std::uint64_t value = 0;
            for (const char c : text.substr(2))
                value = value * 16 + static_cast<std::uint64_t>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
            return static_cast<double>(value);
        }
        return parseFloat(text);
    }

    bool vectorLiteral(ExprPtr& out)
    {
        const auto begin = take().range.begin;
        double value = 0;
        if (!expect("(") || !signedNumber(value) || !expect(")"))
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
            return fail(regex.error(), patternAt);
        out = std::make_unique<Expr>(Expr { std::move(replace), since(begin) });
        return true;
    }

    bool metric(ExprPtr& out)
    {
        if (!expression(out, 1))
            return false;
        if (out->isLog())
            return fail(ErrorCode::parse, place(out->where.begin) + "a metric query is needed here; wrap the selector, for example in count_over_time(... [5m])", out->where);
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
        if (peek().kind == TokenKind::number && isSymbol(",", 1)) {
            const auto& token = take();
            if (!takesCount)
                return fail(ErrorCode::parse, std::format("{}{} takes no parameter", place(token.range.begin), name(op)), token.range);
            const auto value = numberValue(token.text);
            if (!value || *value < 1 || *value != std::floor(*value) || token.text.find_first_not_of("0123456789") != std::string::npos || *value > 1e15)
                return fail(ErrorCode::parse, std::format("{}{} needs a whole number greater than 0, not {}", place(token.range.begin), name(op), token.text), token.range);
            aggregation.parameter = static_cast<std::int64_t>(*value);
            take();
        }
        if (!metric(aggregation.inner) || !expect(")"))
            return false;
        if (takesCount && aggregation.parameter == 0)
            return fail(ErrorCode::parse, std::format("{}{} needs to know how many: {}(10, ...)", place(functionAt.begin), name(op), name(op)), functionAt);
        if (!aggregation.grouping && !grouping(aggregation.grouping))
            return false;
        const bool noGrouping = op == VectorOp::sort || op == VectorOp::sortDesc || op == VectorOp::approxTopk;
        if (noGrouping && aggregation.grouping)
            return fail(ErrorCode::parse, std::format("{}{} cannot be grouped with by or without", place(functionAt.begin), name(op)), functionAt);
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
        if (peek().kind == TokenKind::number) {
            const auto at = peek().range;
            if (!signedNumber(aggregation.parameter) || !expect(","))
                return false;
            if (op != RangeOp::quantile)
                return fail(ErrorCode::parse, std::format("{}{} takes no parameter", place(at.begin), name(op)), at);
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
            return fail(ErrorCode::parse, std::format("{}{} cannot be grouped; use sum by (...) ({}(...))", place(functionAt.begin), name(op), name(op)), functionAt);
        const bool ofLines = op == RangeOp::count || op == RangeOp::bytes || op == RangeOp::bytesRate;
        if (aggregation.unwrap && ofLines)
            return fail(ErrorCode::parse, std::format("{}{} works on lines, not on unwrapped values", place(functionAt.begin), name(op)), functionAt);
        const bool either = op == RangeOp::rate || op == RangeOp::absent;
        if (!aggregation.unwrap && !ofLines && !either)
            return fail(ErrorCode::parse, std::format("{}{} needs a value: add '| unwrap label' in front of the range", place(functionAt.begin), name(op)), functionAt);
        return true;
    }

    // -------------------------------------------------------------------------------------------------------- log range
    bool isUnwrap() const { return isSymbol("|") && isKeyword("unwrap", 1); }

    /// A selector, its pipeline, an unwrap and the range, in any of the orders that Loki takes.
    bool logRange(RangeAggregation& out)
    {
        const Depth depth(m_depth);
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
            if (peek().kind == TokenKind::range) {
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
        if (peek().kind != TokenKind::range)
            return unexpected("a range such as [5m]");
        const auto& token = take();
        const auto range = parseDuration(token.text);
        if (!range)
            return fail(ErrorCode::parse, place(token.range.begin) + range.error().message, token.range);
        out.rangeNs = *range;
        if (!acceptKeyword("offset"))
            return true;
        if (peek().kind != TokenKind::duration)
            return unexpected("a duration after offset");
        const auto offset = parseSignedDuration(peek().text);
        if (!offset)
            return fail(offset.error(), peek().range);
        take();
        out.offsetNs = *offset;
        return true;
    }

    static Result<std::int64_t> parseSignedDuration(std::string_view text)
    {
        if (!text.starts_with('-'))
            return parseDuration(text);
        auto value = parseDuration(text.substr(1));
        if (value)
            *value = -*value;
        return value;
    }

    bool unwrap(RangeAggregation& out)
    {
        take();
        take();
        Unwrap one;
        if (peek().kind == TokenKind::function && (peek().text == "bytes" || peek().text == "duration" || peek().text == "duration_seconds")) {
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
            if (peek().kind != TokenKind::identifier && !isSymbol("("))
                return unexpected("a label filter; parsers and formats belong in front of unwrap");
            if (!labelFilter(filter))
                return false;
            one.filters.push_back(std::move(filter));
        }
        out.unwrap = std::move(one);
        return true;
    }

    // --------------------------------------------------------------------------------------------------------- selector
    bool selector(model::Matchers& out)
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
            return fail(ErrorCode::parse, "the selector would read every stream: at least one matcher must not match the empty string, as in {app=~\".+\"}", since(begin));
        return true;
    }

    bool labelMatcher(std::optional<model::Matcher>& out)
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

    bool matcherOperator(model::Matcher::Op& op)
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

    bool makeMatcher(model::Matcher::Op op, std::string label, std::string value, TextRange where, std::optional<model::Matcher>& out)
    {
        auto matcher = model::Matcher::create(op, std::move(label), std::move(value));
        if (!matcher)
            return fail(ErrorCode::parse, place(where.begin) + matcher.error().message, where);
        out = std::move(*matcher);
        return true;
    }

    // --------------------------------------------------------------------------------------------------------- pipeline
    bool pipeline(std::vector<Stage>& stages)
    {
        for (;;) {
            const auto begin = peek().range.begin;
            Stage one;
            if (isLineFilterOperator()) {
                LineFilter filter;
                if (!lineFilter(filter))
                    return false;
                one.data = std::move(filter);
            } else if (isSymbol("|") && !isUnwrap()) {
                take();
                if (!stage(one))
                    return false;
            } else {
                return true;
            }
            one.where = since(begin);
            if (auto checked = checkStage(one); !checked)
                return fail(ErrorCode::parse, place(one.where.begin) + checked.error().message, one.where);
            stages.push_back(std::move(one));
        }
    }

    bool isLineFilterOperator() const
    {
        if (isSymbol("|=") || isSymbol("|~") || isSymbol("|>") || isSymbol("!~") || isSymbol("!>"))
            return true;
        return isSymbol("!=") && (peek(1).kind == TokenKind::string || (peek(1).kind == TokenKind::function && peek(1).text == "ip") || peek(1).kind == TokenKind::error);
    }

    bool lineFilter(LineFilter& out)
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
                const auto at = take().range;
                if (out.op != LineFilter::Op::contains && out.op != LineFilter::Op::notContains)
                    return fail(ErrorCode::parse, place(at.begin) + "ip() goes with |= and != only", at);
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

    bool stage(Stage& out)
    {
        const auto& token = peek();
        if (token.kind == TokenKind::identifier || isSymbol("(")) {
            LabelFilter filter;
            if (!labelFilter(filter))
                return false;
            out.data = std::move(filter);
            return true;
        }
        if (token.kind != TokenKind::keyword)
            return unexpected("a parser, a format or a label filter");
        const auto word = token.text;
        if (word == "json") {
            take();
            JsonStage json;
            if (peek().kind == TokenKind::identifier && !extractions(json.extractions))
                return false;
            out.data = std::move(json);
        } else if (word == "logfmt") {
            take();
            LogfmtStage logfmt;
            while (peek().kind == TokenKind::flag) {
                const auto& flag = peek();
                if (flag.text == "strict")
                    logfmt.strict = true;
                else if (flag.text == "keep-empty")
                    logfmt.keepEmpty = true;
                else
                    return fail(ErrorCode::parse, std::format("{}logfmt knows --strict and --keep-empty, not --{}", place(flag.range.begin), flag.text), flag.range);
                take();
            }
            if (peek().kind == TokenKind::identifier && !extractions(logfmt.extractions))
                return false;
            out.data = std::move(logfmt);
        } else if (word == "regexp") {
            take();
            RegexpStage regexp;
            if (!expectString(regexp.pattern))
                return false;
            out.data = std::move(regexp);
        } else if (word == "pattern") {
            take();
            PatternStage pattern;
            if (!expectString(pattern.pattern))
                return false;
            out.data = std::move(pattern);
        } else if (word == "unpack") {
            take();
            out.data = UnpackStage {};
        } else if (word == "decolorize") {
            take();
            out.data = DecolorizeStage {};
        } else if (word == "line_format") {
            take();
            LineFormatStage format;
            if (!expectString(format.text))
                return false;
            out.data = std::move(format);
        } else if (word == "label_format") {
            take();
            LabelFormatStage format;
            if (!labelFormats(format))
                return false;
            out.data = std::move(format);
        } else if (word == "drop" || word == "keep") {
            take();
            LabelSelectStage select;
            select.keep = word == "keep";
            if (!labelChoices(select))
                return false;
            out.data = std::move(select);
        } else {
            return unexpected("a parser, a format or a label filter");
        }
        return true;
    }

    bool extractions(std::vector<Extraction>& out)
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

    bool labelFormats(LabelFormatStage& out)
    {
        do {
            LabelFormatStage::Format one;
            if (!expectIdentifier(one.name) || !expect("="))
                return false;
            if (peek().kind == TokenKind::identifier)
                one.rename = true;
            else if (peek().kind != TokenKind::string)
                return unexpected("a label name or a template");
            one.value = take().text;
            out.formats.push_back(std::move(one));
        } while (accept(","));
        return true;
    }

    bool labelChoices(LabelSelectStage& out)
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

    // ---------------------------------------------------------------------------------------------------- label filters
    bool startsLabelFilter() const { return peek().kind == TokenKind::identifier || isSymbol("("); }

    static LabelFilter join(LabelFilter::Kind kind, LabelFilter left, LabelFilter right)
    {
        LabelFilter both;
        both.kind = kind;
        both.left = std::make_unique<LabelFilter>(std::move(left));
        both.right = std::make_unique<LabelFilter>(std::move(right));
        return both;
    }

    bool labelFilter(LabelFilter& out)
    {
        const Depth depth(m_depth);
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

    bool conjunction(LabelFilter& out)
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

    /// A comma or a blank takes everything that follows as its right side, as Loki's grammar does.
    bool listed(LabelFilter& out)
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

    bool singleFilter(LabelFilter& out)
    {
        if (accept("("))
            return labelFilter(out) && expect(")");
        if (!expectIdentifier(out.name))
            return false;
        if (isSymbol("=~") || isSymbol("!~") || ((isSymbol("=") || isSymbol("!=")) && peek(1).kind == TokenKind::string)) {
            model::Matcher::Op op {};
            std::string value;
            TextRange where;
            return matcherOperator(op) && expectString(value, &where) && makeMatcher(op, out.name, std::move(value), where, out.matcher);
        }
        const bool plainEqual = isSymbol("=");
        if (accept("=") || accept("=="))
            out.comparison = Comparison::equal;
        else if (accept("!="))
            out.comparison = Comparison::notEqual;
        else if (accept(">="))
            out.comparison = Comparison::greaterOrEqual;
        else if (accept(">"))
            out.comparison = Comparison::greater;
        else if (accept("<="))
            out.comparison = Comparison::lessOrEqual;
        else if (accept("<"))
            out.comparison = Comparison::less;
        else
            return unexpected("a comparison such as =, != or >");
        const auto& token = peek();
        if (isFunction("ip")) {
            if (!plainEqual && out.comparison != Comparison::notEqual)
                return fail(ErrorCode::parse, place(token.range.begin) + "ip() goes with = and != only", token.range);
            take();
            out.kind = LabelFilter::Kind::ip;
            return expect("(") && expectString(out.text) && expect(")");
        }
        if (token.kind == TokenKind::duration) {
            const auto value = parseSignedDuration(token.text);
            if (!value)
                return fail(value.error(), token.range);
            out.kind = LabelFilter::Kind::duration;
            out.number = static_cast<double>(*value) / 1e9;
            out.text = take().text;
            return true;
        }
        if (token.kind == TokenKind::bytes) {
            const auto value = parseByteSize(token.text);
            if (!value)
                return fail(value.error(), token.range);
            out.kind = LabelFilter::Kind::bytes;
            out.number = *value;
            out.text = take().text;
            return true;
        }
        out.kind = LabelFilter::Kind::number;
        if (token.kind != TokenKind::number && !isSymbol("-") && !isSymbol("+"))
            return unexpected("a number, a duration such as 5s or a size such as 10KB");
        return signedNumber(out.number);
    }

    std::string_view m_query;
    std::vector<Token> m_tokens;
    std::size_t m_next = 0;
    int m_depth = 0;
    int m_operators = 0;
    std::optional<Error> m_error;
};

}

std::string_view name(RangeOp op) { return nameOf(rangeOps(), op); }
std::string_view name(VectorOp op) { return nameOf(vectorOps(), op); }
std::string_view name(BinaryOp op)
{
    for (const auto& [text, info] : binaryOps()) {
        if (info.op == op)
            return text;
    }
    return {};
}

Result<ExprPtr> parse(std::string_view query) { return Parser(query).run(); }

Result<model::Matchers> parseSelector(std::string_view selector) { return Parser(selector).runSelector(); }

Result<std::vector<JsonStep>> parseJsonPath(std::string_view expression)
{
    const auto bad = [&](std::string_view why) {
        return failure(ErrorCode::parse, std::format("cannot read the JSON expression '{}': {}", expression, why));
    };
    std::vector<JsonStep> steps;
    auto rest = trim(expression);
    while (!rest.empty()) {
        if (rest.front() == '[') {
            rest = trim(rest.substr(1));
            if (rest.starts_with('"')) {
                std::size_t n = 1;
                while (n < rest.size() && rest[n] != '"')
                    n += rest[n] == '\\' ? 2 : 1;
                if (n >= rest.size())
                    return bad("the key in brackets is not closed");
                auto key = tokenize(rest.substr(0, n + 1)).front();
                if (key.kind != TokenKind::string)
                    return bad(key.text);
                steps.push_back({ std::move(key.text), std::nullopt });
                rest = trim(rest.substr(n + 1));
            } else {
                std::size_t value = 0;
                std::size_t n = 0;
                for (; n < rest.size() && n < 9 && rest[n] >= '0' && rest[n] <= '9'; ++n)
                    value = value * 10 + static_cast<std::size_t>(rest[n] - '0');
                if (n == 0)
                    return bad("brackets hold an index or a quoted key");
                steps.push_back({ {}, value });
                rest = trim(rest.substr(n));
            }
            if (!rest.starts_with(']'))
                return bad("']' is missing");
            rest.remove_prefix(1);
            continue;
        }
        if (rest.front() == '.') {
            if (steps.empty())
                return bad("it begins with a dot");
            rest.remove_prefix(1);
        } else if (!steps.empty()) {
            return bad("keys are joined with dots");
        }
        std::size_t n = 0;
        while (n < rest.size() && !std::string_view(".[]\"= ").contains(rest[n]))
            ++n;
        if (n == 0)
            return bad("a key is missing");
        steps.push_back({ std::string(rest.substr(0, n)), std::nullopt });
        rest.remove_prefix(n);
    }
    if (steps.empty())
        return bad("it is empty");
    return steps;
}

}
