#include "core/promql/parser.h"

#include "core/base/format.h"
#include "core/promql/functions.h"
#include "core/promql/selector_parser.h"

#include <algorithm>
#include <expected>
#include <optional>
#include <utility>

// The parser is layers, each a class that adds to the one below: tokens (TokenReader), durations (DurationParser), selectors
// with what stands behind them (SelectorParser), and here operators, functions and aggregations. Recursive descent, with
// precedence climbing for binary operators. Each node is type-checked when it is made, so that the first complaint is about
// the innermost mistake.

namespace belvedere::promql {

namespace {

class Parser final : public SelectorParser {
public:
    using SelectorParser::SelectorParser;

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

        const Nesting nesting(*this);
        if (tooDeep())
            return nestingFailure();
        auto rhs = binary(op.op == BinaryOp::pow ? op.precedence : op.precedence + 1);
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
                    return fail(node.opRange, formatted("label \"{}\" must not occur in ON and GROUP clause at once", label));
            }
        }
        if (leftScalar || rightScalar) {
            if (!matching.labels.empty())
                return fail(range, "vector matching only allowed between instant vectors");
            if (isSetOperator(node.op))
                return fail(range, formatted("set operator \"{}\" not allowed in binary scalar expression", spelling(node.op)));
            return {};
        }
        if (isSetOperator(node.op)) {
            if (matching.card != Matching::Card::oneToOne)
                return fail(range, formatted("no grouping allowed for \"{}\" operation", spelling(node.op)));
            matching.card = Matching::Card::manyToMany;
        }
        node.matching = std::move(matching);
        return {};
    }

    Result<ExprPtr> unary()
    {
        if (kind() != TokenKind::add && kind() != TokenKind::sub)
            return postfix();
        const Nesting nesting(*this);
        if (tooDeep())
            return nestingFailure();
        const auto sign = take();
        auto operand = binary(kUnaryOperand);
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
            return fail(range, formatted("unary expression only allowed on expressions of type scalar or instant vector, got \"{}\"", typeName(type)));
        const auto depth = (*operand)->depth;
        return make(range, type, depth, Unary { negative, std::move(*operand) });
    }

    Result<ExprPtr> postfix()
    {
        const Nesting nesting(*this);
        if (tooDeep())
            return nestingFailure();
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
        return expr;
    }

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
            return fail(range, formatted("wrong number of arguments for aggregate expression provided, expected {}, got {}", wanted, args->size()));
        if ((node.op == AggregateOp::limitk || node.op == AggregateOp::limitRatio) && !m_features.experimentalFunctions)
            return fail(range, formatted("{}() is experimental and must be enabled with --enable-feature=promql-experimental-functions", spelling(node.op)));
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
            return fail(token.range, formatted("unknown function with name \"{}\"", name));
        if (function->experimental && !m_features.experimentalFunctions)
            return fail(token.range, formatted("function \"{}\" is not enabled; it needs the feature promql-experimental-functions", name));
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
                return fail(range, formatted("expected {} argument(s) in call to \"{}\", got {}", most, function.name, got));
        } else {
            const auto least = most - 1;
            if (got < least)
                return fail(range, formatted("expected at least {} argument(s) in call to \"{}\", got {}", least, function.name, got));
            if (function.variadic > 0 && got > least + static_cast<std::size_t>(function.variadic))
                return fail(range,
                    formatted("expected at most {} argument(s) in call to \"{}\", got {}", least + static_cast<std::size_t>(function.variadic), function.name, got));
        }
        for (std::size_t i = 0; i < got; ++i) {
            const auto type = function.args[std::min(i, most - 1)];
            if (args[i]->type != type)
                return typeFailure(*args[i], type, formatted("call to function \"{}\"", function.name));
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
        return fail(expr.range, formatted("expected type {} in {}, got {}", typeName(wanted), context, typeName(expr.type)));
    }
};

}

Result<ExprPtr> parse(std::string_view query, const Features& features)
{
    return Parser(query, features).query();
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
    const Features features;
    return Parser(selector, features).selectorAlone();
}

}
