#pragma once

#include "core/promql/ast.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace belvedere::promql {

/// Every function of the language. The order is that of the table in functions.cpp.
enum class FunctionId : std::uint8_t {
    abs,
    absent,
    absentOverTime,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    avgOverTime,
    ceil,
    changes,
    clamp,
    clampMax,
    clampMin,
    cos,
    cosh,
    countOverTime,
    dayOfMonth,
    dayOfWeek,
    dayOfYear,
    daysInMonth,
    deg,
    delta,
    deriv,
    doubleExponentialSmoothing,
    exp,
    firstOverTime,
    floor,
    histogramAvg,
    histogramCount,
    histogramFraction,
    histogramQuantile,
    histogramStddev,
    histogramStdvar,
    histogramSum,
    hour,
    idelta,
    increase,
    info,
    irate,
    labelJoin,
    labelReplace,
    lastOverTime,
    ln,
    log10,
    log2,
    madOverTime,
    maxOverTime,
    minOverTime,
    minute,
    month,
    pi,
    predictLinear,
    presentOverTime,
    quantileOverTime,
    rad,
    rate,
    resets,
    round,
    scalar,
    sgn,
    sin,
    sinh,
    sort,
    sortByLabel,
    sortByLabelDesc,
    sortDesc,
    sqrt,
    stddevOverTime,
    stdvarOverTime,
    sumOverTime,
    tan,
    tanh,
    time,
    timestamp,
    tsOfLastOverTime,
    tsOfMaxOverTime,
    tsOfMinOverTime,
    vector,
    year,
};

struct Function {
    FunctionId id;
    std::string_view name;
    std::vector<ValueType> args;
    /// 0: exactly `args`; n: the last n may be left out; -1: the last one may be repeated or left out.
    int variadic = 0;
    ValueType returns = ValueType::instantVector;
    bool experimental = false;
    std::string_view help; ///< one sentence for the editor
};

/// Sorted by name.
[[nodiscard]] std::span<const Function> functions();
/// Null if there is none of this name. Names are case-sensitive.
[[nodiscard]] const Function* findFunction(std::string_view name);

}
