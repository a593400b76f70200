#pragma once

#include "core/base/result.h"
#include "core/model/matcher.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace belvedere::promql {

struct Function;
struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

enum class ValueType : std::uint8_t { scalar, string, instantVector, rangeVector };

/// "instant vector", as messages name it.
[[nodiscard]] std::string_view typeName(ValueType type) noexcept;

enum class BinaryOp : std::uint8_t {
    add,
    sub,
    mul,
    div,
    mod,
    pow,
    atan2,
    equal,
    notEqual,
    less,
    lessEqual,
    greater,
    greaterEqual,
    logicalAnd,
    logicalOr,
    unless,
};

[[nodiscard]] std::string_view spelling(BinaryOp op) noexcept;
[[nodiscard]] constexpr bool isComparison(BinaryOp op) noexcept { return op >= BinaryOp::equal && op <= BinaryOp::greaterEqual; }
[[nodiscard]] constexpr bool isSetOperator(BinaryOp op) noexcept { return op >= BinaryOp::logicalAnd; }

enum class AggregateOp : std::uint8_t { sum, avg, count, min, max, group, stddev, stdvar, topk, bottomk, countValues, quantile, limitk, limitRatio };

[[nodiscard]] std::string_view spelling(AggregateOp op) noexcept;
[[nodiscard]] std::optional<AggregateOp> aggregateOp(std::string_view word) noexcept; ///< word in any case
[[nodiscard]] constexpr bool takesParameter(AggregateOp op) noexcept { return op >= AggregateOp::topk; }

/// Arithmetic on durations, in seconds; `op` '\0' marks a leaf.
struct DurationExpr {
    char op = '\0';
    bool wrapped = false;    ///< in parentheses
    bool isDuration = false; ///< leaf written as 5m, not as 300
    double value = 0;        ///< of a leaf
    std::unique_ptr<DurationExpr> lhs; ///< null for a sign
    std::unique_ptr<DurationExpr> rhs;
};

/// `offset` and `@` behind a selector or subquery.
struct TimeShift {
    enum class At : std::uint8_t { none, time, start, end };

    std::int64_t offsetMs = 0;
    std::unique_ptr<DurationExpr> offsetExpr; ///< set if written as an expression
    bool hasOffset = false;
    At at = At::none;
    std::int64_t atMs = 0; ///< if At::time
};

struct NumberLiteral {
    double value = 0;
    bool isDuration = false; ///< written as 5m
};

struct StringLiteral {
    std::string value;
};

struct VectorSelector {
    std::string name; ///< written before or without braces; "" if none
    model::Matchers matchers; ///< the name's included
    TimeShift shift;
};

struct MatrixSelector {
    ExprPtr selector; ///< a VectorSelector, which carries the shift
    std::int64_t rangeMs = 0;
    std::unique_ptr<DurationExpr> rangeExpr;
};

struct Subquery {
    ExprPtr expr;
    std::int64_t rangeMs = 0;
    std::unique_ptr<DurationExpr> rangeExpr;
    std::int64_t stepMs = 0; ///< 0: the engine's default
    std::unique_ptr<DurationExpr> stepExpr;
    TimeShift shift;
};

struct Paren {
    ExprPtr expr;
};

struct Unary {
    bool negative = true;
    ExprPtr expr;
};

struct Matching {
    enum class Card : std::uint8_t { oneToOne, manyToOne, oneToMany, manyToMany };

    Card card = Card::oneToOne;
    bool on = false;
    std::vector<std::string> labels;
    std::vector<std::string> include; ///< of group_left/group_right
};

struct Binary {
    BinaryOp op = BinaryOp::add;
    ExprPtr lhs;
    ExprPtr rhs;
    bool returnBool = false;
    std::optional<Matching> matching; ///< set between vectors
    TextRange opRange;
};

struct Aggregate {
    AggregateOp op = AggregateOp::sum;
    ExprPtr expr;
    ExprPtr parameter;
    bool without = false;
    std::vector<std::string> grouping;
};

struct Call {
    const Function* function = nullptr;
    std::vector<ExprPtr> args;
};

/// A node of the tree of one query.
struct Expr {
    TextRange range;
    std::variant<NumberLiteral, StringLiteral, VectorSelector, MatrixSelector, Subquery, Paren, Unary, Binary, Aggregate, Call> node;

    ValueType type = ValueType::scalar; ///< what `node` evaluates to
    std::uint32_t depth = 1;            ///< levels below and including this one

    template <class T>
    [[nodiscard]] const T* as() const noexcept { return std::get_if<T>(&node); }
    template <class T>
    [[nodiscard]] T* as() noexcept { return std::get_if<T>(&node); }
};

/// `expr` without the parentheses around it.
[[nodiscard]] const Expr& withoutParens(const Expr& expr) noexcept;

/// Every vector selector in `expr`, those inside of range selectors and subqueries too, in the order of the text. Valid as long
/// as `expr`.
[[nodiscard]] std::vector<const VectorSelector*> selectorsOf(const Expr& expr);

}
