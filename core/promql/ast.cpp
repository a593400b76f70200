#include "core/promql/ast.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>

namespace belvedere::promql {

namespace {

constexpr std::array<std::string_view, 16> kBinaryOps { "+", "-", "*", "/", "%", "^", "atan2", "==", "!=", "<", "<=", ">", ">=", "and", "or", "unless" };
constexpr std::array<std::string_view, 14> kAggregateOps { "sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "topk", "bottomk",
    "count_values", "quantile", "limitk", "limit_ratio" };

}

std::string_view typeName(ValueType type) noexcept
{
    switch (type) {
    case ValueType::scalar: return "scalar";
    case ValueType::string: return "string";
    case ValueType::instantVector: return "instant vector";
    case ValueType::rangeVector: return "range vector";
    }
    return "";
}

std::string_view spelling(BinaryOp op) noexcept
{
    return kBinaryOps[static_cast<std::size_t>(op)];
}

std::string_view spelling(AggregateOp op) noexcept
{
    return kAggregateOps[static_cast<std::size_t>(op)];
}

std::optional<AggregateOp> aggregateOp(std::string_view word) noexcept
{
    const auto lower = toLowerAscii(word);
    const auto found = std::ranges::find(kAggregateOps, std::string_view(lower));
    if (found == kAggregateOps.end())
        return std::nullopt;
    return static_cast<AggregateOp>(found - kAggregateOps.begin());
}

const Expr& withoutParens(const Expr& expr) noexcept
{
    const Expr* at = &expr;
    while (const auto* paren = at->as<Paren>())
        at = paren->expr.get();
    return *at;
}

namespace {

void collectSelectors(const ExprPtr& expr, std::vector<const VectorSelector*>& out);

struct SelectorCollector {
    std::vector<const VectorSelector*>& out;

    void operator()(const NumberLiteral&) const { }
    void operator()(const StringLiteral&) const { }
    void operator()(const VectorSelector& selector) const { out.push_back(&selector); }
    void operator()(const MatrixSelector& matrix) const { collectSelectors(matrix.selector, out); }
    void operator()(const Subquery& subquery) const { collectSelectors(subquery.expr, out); }
    void operator()(const Paren& paren) const { collectSelectors(paren.expr, out); }
    void operator()(const Unary& unary) const { collectSelectors(unary.expr, out); }
    void operator()(const Binary& binary) const
    {
        collectSelectors(binary.lhs, out);
        collectSelectors(binary.rhs, out);
    }
    void operator()(const Aggregate& aggregate) const
    {
        collectSelectors(aggregate.parameter, out);
        collectSelectors(aggregate.expr, out);
    }
    void operator()(const Call& call) const
    {
        for (const auto& arg : call.args)
            collectSelectors(arg, out);
    }
};

void collectSelectors(const ExprPtr& expr, std::vector<const VectorSelector*>& out)
{
    if (expr)
        std::visit(SelectorCollector { out }, expr->node);
}

}

std::vector<const VectorSelector*> selectorsOf(const Expr& expr)
{
    std::vector<const VectorSelector*> out;
    std::visit(SelectorCollector { out }, expr.node);
    return out;
}

}
