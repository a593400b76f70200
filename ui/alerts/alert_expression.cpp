#include "ui/alerts/alert_expression.h"

#include "core/logql/parser.h"
#include "core/promql/parser.h"

#include <utility>

namespace belvedere::ui {

namespace {

    std::optional<double> numberIn(const promql::Expr& expr)
    {
        const auto& inner = promql::withoutParens(expr);
        if (const auto* literal = inner.as<promql::NumberLiteral>())
            return literal->value;
        if (const auto* sign = inner.as<promql::Unary>()) {
            const auto value = numberIn(*sign->expr);
            return value && sign->negative ? std::optional(-*value) : value;
        }
        return std::nullopt;
    }

    std::optional<double> numberIn(const logql::Expr& expr)
    {
        const auto* literal = std::get_if<logql::Literal>(&expr.data);
        return literal ? std::optional(literal->value) : std::nullopt;
    }

    /// "0.5 < x" is "x > 0.5".
    std::string mirrored(std::string_view comparison)
    {
        std::string out(comparison);
        if (out.starts_with('<'))
            out.front() = '>';
        else if (out.starts_with('>'))
            out.front() = '<';
        return out;
    }

}

AlertExpression takeApart(const std::string& expr)
{
    const promql::Features all { .experimentalFunctions = true, .durationExpressions = true, .delayedNameRemoval = true };
    if (const auto tree = promql::parse(expr, all)) {
        AlertExpression out { .language = "promql", .value = expr, .threshold = {}, .comparison = {} };
        const auto* binary = promql::withoutParens(**tree).as<promql::Binary>();
        if (!binary || !promql::isComparison(binary->op))
            return out;
        const bool right = numberIn(*binary->rhs).has_value();
        out.threshold = right ? numberIn(*binary->rhs) : numberIn(*binary->lhs);
        if (out.threshold) {
            const auto range = (right ? binary->lhs : binary->rhs)->range;
            out.value = expr.substr(range.begin, range.end - range.begin);
            out.comparison = right ? std::string(promql::spelling(binary->op)) : mirrored(promql::spelling(binary->op));
        }
        return out;
    }
    AlertExpression out { .language = "logql", .value = expr, .threshold = {}, .comparison = {} };
    const auto tree = logql::parse(expr);
    const auto* binary = tree ? std::get_if<logql::BinaryExpr>(&(*tree)->data) : nullptr;
    if (!binary || !logql::isComparison(binary->op))
        return out;
    const bool right = numberIn(*binary->right).has_value();
    out.threshold = right ? numberIn(*binary->right) : numberIn(*binary->left);
    if (out.threshold) {
        out.value = logql::toString(right ? *binary->left : *binary->right);
        out.comparison = right ? std::string(logql::name(binary->op)) : mirrored(logql::name(binary->op));
    }
    return out;
}

}
