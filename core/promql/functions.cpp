#include "core/promql/functions.h"

#include <algorithm>

namespace belvedere::promql {

std::span<const Function> functions()
{
    using enum ValueType;
    static const std::vector<Function> kTable {
        { FunctionId::abs, "abs", { instantVector }, 0, instantVector, false, "absolute value" },
        { FunctionId::absent, "absent", { instantVector }, 0, instantVector, false, "1 if the vector is empty, nothing otherwise" },
        { FunctionId::absentOverTime, "absent_over_time", { rangeVector }, 0, instantVector, false, "1 if the range vector is empty, nothing otherwise" },
        { FunctionId::acos, "acos", { instantVector }, 0, instantVector, false, "arc cosine, in radians" },
        { FunctionId::acosh, "acosh", { instantVector }, 0, instantVector, false, "inverse hyperbolic cosine" },
        { FunctionId::asin, "asin", { instantVector }, 0, instantVector, false, "arc sine, in radians" },
        { FunctionId::asinh, "asinh", { instantVector }, 0, instantVector, false, "inverse hyperbolic sine" },
        { FunctionId::atan, "atan", { instantVector }, 0, instantVector, false, "arc tangent, in radians" },
        { FunctionId::atanh, "atanh", { instantVector }, 0, instantVector, false, "inverse hyperbolic tangent" },
        { FunctionId::avgOverTime, "avg_over_time", { rangeVector }, 0, instantVector, false, "average of the values in the range" },
        { FunctionId::ceil, "ceil", { instantVector }, 0, instantVector, false, "rounds up to a whole number" },
        { FunctionId::changes, "changes", { rangeVector }, 0, instantVector, false, "how often the value changed in the range" },
        { FunctionId::clamp, "clamp", { instantVector, scalar, scalar }, 0, instantVector, false, "limits values to lie between two bounds" },
        { FunctionId::clampMax, "clamp_max", { instantVector, scalar }, 0, instantVector, false, "limits values from above" },
        { FunctionId::clampMin, "clamp_min", { instantVector, scalar }, 0, instantVector, false, "limits values from below" },
        { FunctionId::cos, "cos", { instantVector }, 0, instantVector, false, "cosine of radians" },
        { FunctionId::cosh, "cosh", { instantVector }, 0, instantVector, false, "hyperbolic cosine" },
        { FunctionId::countOverTime, "count_over_time", { rangeVector }, 0, instantVector, false, "number of samples in the range" },
        { FunctionId::dayOfMonth, "day_of_month", { instantVector }, 1, instantVector, false, "day of the month in UTC, 1 to 31" },
        { FunctionId::dayOfWeek, "day_of_week", { instantVector }, 1, instantVector, false, "day of the week in UTC, 0 is Sunday" },
        { FunctionId::dayOfYear, "day_of_year", { instantVector }, 1, instantVector, false, "day of the year in UTC, 1 to 366" },
        { FunctionId::daysInMonth, "days_in_month", { instantVector }, 1, instantVector, false, "number of days of the month in UTC" },
        { FunctionId::deg, "deg", { instantVector }, 0, instantVector, false, "radians to degrees" },
        { FunctionId::delta, "delta", { rangeVector }, 0, instantVector, false, "difference of last and first value of a gauge, extrapolated to the range" },
        { FunctionId::deriv, "deriv", { rangeVector }, 0, instantVector, false, "change a second of a gauge, by linear regression" },
        { FunctionId::doubleExponentialSmoothing, "double_exponential_smoothing", { rangeVector, scalar, scalar }, 0, instantVector, true, "smoothed value of a gauge (Holt's linear method)" },
        { FunctionId::exp, "exp", { instantVector }, 0, instantVector, false, "e to the power of the value" },
        { FunctionId::firstOverTime, "first_over_time", { rangeVector }, 0, instantVector, true, "oldest value in the range" },
        { FunctionId::floor, "floor", { instantVector }, 0, instantVector, false, "rounds down to a whole number" },
        { FunctionId::histogramAvg, "histogram_avg", { instantVector }, 0, instantVector, false, "average of the observations of a native histogram" },
        { FunctionId::histogramCount, "histogram_count", { instantVector }, 0, instantVector, false, "number of observations of a native histogram" },
        { FunctionId::histogramFraction, "histogram_fraction", { scalar, scalar, instantVector }, 0, instantVector, false, "share of the observations between two bounds" },
        { FunctionId::histogramQuantile, "histogram_quantile", { scalar, instantVector }, 0, instantVector, false, "quantile estimated from the buckets of a histogram" },
        { FunctionId::histogramStddev, "histogram_stddev", { instantVector }, 0, instantVector, false, "standard deviation of the observations of a native histogram" },
        { FunctionId::histogramStdvar, "histogram_stdvar", { instantVector }, 0, instantVector, false, "variance of the observations of a native histogram" },
        { FunctionId::histogramSum, "histogram_sum", { instantVector }, 0, instantVector, false, "sum of the observations of a native histogram" },
        { FunctionId::hour, "hour", { instantVector }, 1, instantVector, false, "hour in UTC, 0 to 23" },
        { FunctionId::idelta, "idelta", { rangeVector }, 0, instantVector, false, "difference of the last two values" },
        { FunctionId::increase, "increase", { rangeVector }, 0, instantVector, false, "increase of a counter over the range, extrapolated" },
        { FunctionId::info, "info", { instantVector, instantVector }, 1, instantVector, true, "adds the labels of matching info series" },
        { FunctionId::irate, "irate", { rangeVector }, 0, instantVector, false, "increase a second of a counter between the last two values" },
        { FunctionId::labelJoin, "label_join", { instantVector, string, string, string }, -1, instantVector, false, "joins label values into another label" },
        { FunctionId::labelReplace, "label_replace", { instantVector, string, string, string, string }, 0, instantVector, false, "sets a label from a regular expression on another one" },
        { FunctionId::lastOverTime, "last_over_time", { rangeVector }, 0, instantVector, false, "newest value in the range" },
        { FunctionId::ln, "ln", { instantVector }, 0, instantVector, false, "natural logarithm" },
        { FunctionId::log10, "log10", { instantVector }, 0, instantVector, false, "decimal logarithm" },
        { FunctionId::log2, "log2", { instantVector }, 0, instantVector, false, "binary logarithm" },
        { FunctionId::madOverTime, "mad_over_time", { rangeVector }, 0, instantVector, true, "median absolute deviation of the values in the range" },
        { FunctionId::maxOverTime, "max_over_time", { rangeVector }, 0, instantVector, false, "largest value in the range" },
        { FunctionId::minOverTime, "min_over_time", { rangeVector }, 0, instantVector, false, "smallest value in the range" },
        { FunctionId::minute, "minute", { instantVector }, 1, instantVector, false, "minute of the hour in UTC" },
        { FunctionId::month, "month", { instantVector }, 1, instantVector, false, "month in UTC, 1 to 12" },
        { FunctionId::pi, "pi", {}, 0, scalar, false, "the number pi" },
        { FunctionId::predictLinear, "predict_linear", { rangeVector, scalar }, 0, instantVector, false, "value of a gauge some seconds from now, by linear regression" },
        { FunctionId::presentOverTime, "present_over_time", { rangeVector }, 0, instantVector, false, "1 if there is a sample in the range" },
        { FunctionId::quantileOverTime, "quantile_over_time", { scalar, rangeVector }, 0, instantVector, false, "quantile of the values in the range" },
        { FunctionId::rad, "rad", { instantVector }, 0, instantVector, false, "degrees to radians" },
        { FunctionId::rate, "rate", { rangeVector }, 0, instantVector, false, "increase a second of a counter over the range, extrapolated" },
        { FunctionId::resets, "resets", { rangeVector }, 0, instantVector, false, "how often a counter restarted in the range" },
        { FunctionId::round, "round", { instantVector, scalar }, 1, instantVector, false, "rounds to the nearest multiple of the second argument, by default 1" },
        { FunctionId::scalar, "scalar", { instantVector }, 0, scalar, false, "the value of a vector with one element as a scalar, NaN otherwise" },
        { FunctionId::sgn, "sgn", { instantVector }, 0, instantVector, false, "1, 0 or -1 after the sign" },
        { FunctionId::sin, "sin", { instantVector }, 0, instantVector, false, "sine of radians" },
        { FunctionId::sinh, "sinh", { instantVector }, 0, instantVector, false, "hyperbolic sine" },
        { FunctionId::sort, "sort", { instantVector }, 0, instantVector, false, "orders an instant query's answer by value" },
        { FunctionId::sortByLabel, "sort_by_label", { instantVector, string }, -1, instantVector, true, "orders an instant query's answer by labels" },
        { FunctionId::sortByLabelDesc, "sort_by_label_desc", { instantVector, string }, -1, instantVector, true, "orders an instant query's answer by labels, descending" },
        { FunctionId::sortDesc, "sort_desc", { instantVector }, 0, instantVector, false, "orders an instant query's answer by value, descending" },
        { FunctionId::sqrt, "sqrt", { instantVector }, 0, instantVector, false, "square root" },
        { FunctionId::stddevOverTime, "stddev_over_time", { rangeVector }, 0, instantVector, false, "standard deviation of the values in the range" },
        { FunctionId::stdvarOverTime, "stdvar_over_time", { rangeVector }, 0, instantVector, false, "variance of the values in the range" },
        { FunctionId::sumOverTime, "sum_over_time", { rangeVector }, 0, instantVector, false, "sum of the values in the range" },
        { FunctionId::tan, "tan", { instantVector }, 0, instantVector, false, "tangent of radians" },
        { FunctionId::tanh, "tanh", { instantVector }, 0, instantVector, false, "hyperbolic tangent" },
        { FunctionId::time, "time", {}, 0, scalar, false, "the evaluation time in Unix seconds" },
        { FunctionId::timestamp, "timestamp", { instantVector }, 0, instantVector, false, "time of each sample in Unix seconds" },
        { FunctionId::tsOfLastOverTime, "ts_of_last_over_time", { rangeVector }, 0, instantVector, true, "time of the newest sample in the range" },
        { FunctionId::tsOfMaxOverTime, "ts_of_max_over_time", { rangeVector }, 0, instantVector, true, "time of the largest value in the range" },
        { FunctionId::tsOfMinOverTime, "ts_of_min_over_time", { rangeVector }, 0, instantVector, true, "time of the smallest value in the range" },
        { FunctionId::vector, "vector", { scalar }, 0, instantVector, false, "a scalar as a vector with one element and no labels" },
        { FunctionId::year, "year", { instantVector }, 1, instantVector, false, "year in UTC" },
    };
    return kTable;
}

const Function* findFunction(std::string_view name)
{
    const auto table = functions();
    const auto at = std::ranges::lower_bound(table, name, {}, &Function::name);
    return at != table.end() && at->name == name ? &*at : nullptr;
}

}
