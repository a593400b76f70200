#include "core/logql/operators.h"

#include <algorithm>
#include <span>
#include <utility>

// The spellings of LogQL's functions and operators, once for reading and for printing.

namespace belvedere::logql {

namespace {

template <class Op>
using Spelling = std::pair<std::string_view, Op>;

constexpr Spelling<RangeOp> kRangeOps[] {
    { "count_over_time", RangeOp::count },
    { "rate", RangeOp::rate },
    { "bytes_over_time", RangeOp::bytes },
    { "bytes_rate", RangeOp::bytesRate },
    { "absent_over_time", RangeOp::absent },
    { "rate_counter", RangeOp::rateCounter },
    { "sum_over_time", RangeOp::sum },
    { "avg_over_time", RangeOp::average },
    { "min_over_time", RangeOp::minimum },
    { "max_over_time", RangeOp::maximum },
    { "first_over_time", RangeOp::first },
    { "last_over_time", RangeOp::last },
    { "stddev_over_time", RangeOp::stddev },
    { "stdvar_over_time", RangeOp::stdvar },
    { "quantile_over_time", RangeOp::quantile },
};

constexpr Spelling<VectorOp> kVectorOps[] {
    { "sum", VectorOp::sum },
    { "avg", VectorOp::average },
    { "max", VectorOp::maximum },
    { "min", VectorOp::minimum },
    { "count", VectorOp::count },
    { "stddev", VectorOp::stddev },
    { "stdvar", VectorOp::stdvar },
    { "bottomk", VectorOp::bottomk },
    { "topk", VectorOp::topk },
    { "approx_topk", VectorOp::approxTopk },
    { "sort", VectorOp::sort },
    { "sort_desc", VectorOp::sortDesc },
};

constexpr Spelling<BinaryOp> kBinaryOps[] {
    { "or", BinaryOp::logicalOr },
    { "and", BinaryOp::logicalAnd },
    { "unless", BinaryOp::unless },
    { "==", BinaryOp::equal },
    { "!=", BinaryOp::notEqual },
    { "<", BinaryOp::less },
    { "<=", BinaryOp::lessOrEqual },
    { ">", BinaryOp::greater },
    { ">=", BinaryOp::greaterOrEqual },
    { "+", BinaryOp::add },
    { "-", BinaryOp::subtract },
    { "*", BinaryOp::multiply },
    { "/", BinaryOp::divide },
    { "%", BinaryOp::modulo },
    { "^", BinaryOp::power },
};

template <class Op>
std::optional<Op> find(std::span<const Spelling<Op>> spellings, std::string_view text)
{
    const auto found = std::ranges::find(spellings, text, &Spelling<Op>::first);
    return found == spellings.end() ? std::nullopt : std::optional(found->second);
}

template <class Op>
std::string_view nameOf(std::span<const Spelling<Op>> spellings, Op op)
{
    return std::ranges::find(spellings, op, &Spelling<Op>::second)->first;
}

}

std::optional<RangeOp> rangeOp(std::string_view text) { return find<RangeOp>(kRangeOps, text); }
std::optional<VectorOp> vectorOp(std::string_view text) { return find<VectorOp>(kVectorOps, text); }
std::optional<BinaryOp> binaryOp(std::string_view text) { return find<BinaryOp>(kBinaryOps, text); }

std::string_view name(RangeOp op) { return nameOf<RangeOp>(kRangeOps, op); }
std::string_view name(VectorOp op) { return nameOf<VectorOp>(kVectorOps, op); }
std::string_view name(BinaryOp op) { return nameOf<BinaryOp>(kBinaryOps, op); }

int precedence(BinaryOp op)
{
    switch (op) {
    case BinaryOp::logicalOr: return 1;
    case BinaryOp::logicalAnd:
    case BinaryOp::unless: return 2;
    case BinaryOp::equal:
    case BinaryOp::notEqual:
    case BinaryOp::greater:
    case BinaryOp::greaterOrEqual:
    case BinaryOp::less:
    case BinaryOp::lessOrEqual: return 3;
    case BinaryOp::add:
    case BinaryOp::subtract: return 4;
    case BinaryOp::multiply:
    case BinaryOp::divide:
    case BinaryOp::modulo: return 5;
    case BinaryOp::power: break;
    }
    return 6;
}

}
