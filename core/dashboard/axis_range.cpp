#include "core/dashboard/axis_range.h"

#include <algorithm>
#include <cmath>

namespace belvedere::dashboard {
namespace {

constexpr double kAir = 0.1;
constexpr double kFallbackHigh = 100;
/// Differences that are so many powers of ten smaller than the values are rounding errors.
constexpr double kPrecisionPowers = 10;

double roundedDown(double value, double unit) { return std::floor(value / unit + 1e-9) * unit; }
double roundedUp(double value, double unit) { return std::ceil(value / unit - 1e-9) * unit; }

/// One end, seen as the lower one: the upper end is the same for negated values.
double lowerEnd(double data, double padded, std::optional<double> soft)
{
    if (soft)
        return data >= *soft ? *soft : padded;
    // Zero catches an end that would step over it for nothing but air.
    return data >= 0 && padded <= 0 ? 0 : padded;
}

ValueRange linearRange(double low, double high, const AxisRangeOptions& options)
{
    const double scale = std::max(std::abs(low), std::abs(high));
    double delta = high - low;
    if (delta <= 0 || (scale > 0 && std::log10(scale) - std::log10(delta) > kPrecisionPowers))
        delta = 0;
    if (delta == 0 && scale == 0)
        return { lowerEnd(0, 0, options.softMin), options.softMax && *options.softMax > 0 ? *options.softMax : kFallbackHigh };
    const double reach = delta > 0 ? delta : scale;
    const double unit = std::pow(10, std::floor(std::log10(reach))) / 10;
    const double air = delta > 0 ? reach * kAir : reach;
    const auto softMax = options.softMax ? std::optional(-*options.softMax) : std::nullopt;
    return { lowerEnd(low, roundedDown(low - air, unit), options.softMin), -lowerEnd(-high, -roundedUp(high + air, unit), softMax) };
}

/// Whole powers around the data; below zero the powers of the magnitude.
ValueRange logarithmicRange(double low, double high, double base)
{
    if (low == 0 && high == 0)
        return { 1, kFallbackHigh };
    const auto power = [base](double value, bool up) {
        if (value == 0)
            return 0.0;
        const double exponent = std::log(std::abs(value)) / std::log(base);
        return std::copysign(std::pow(base, up == (value > 0) ? std::ceil(exponent - 1e-9) : std::floor(exponent + 1e-9)), value);
    };
    return { power(low, false), power(high, true) };
}

}

ValueRange axisRange(double low, double high, const AxisRangeOptions& given)
{
    auto options = given;
    if (options.min && options.max && *options.min >= *options.max)
        return { 0, kFallbackHigh }; // nothing can lie between them
    if (options.percentStack) {
        options.softMin = options.softMin.value_or(0);
        options.softMax = options.softMax.value_or(1);
    }
    low = options.min.value_or(low);
    high = options.max.value_or(high);
    if (options.centeredZero && !options.min && !options.max) {
        high = std::max(std::abs(low), std::abs(high));
        low = -high;
    }
    if (options.logBase > 1)
        return logarithmicRange(low, high, options.logBase);
    auto range = linearRange(low, high, options);
    if (options.decimals) {
        const double unit = std::pow(10, -*options.decimals);
        range = { roundedDown(range.min, unit), roundedUp(range.max, unit) };
    }
    range.min = options.min.value_or(range.min);
    range.max = options.max.value_or(range.max);
    if (range.max <= range.min)
        range.max = std::max(kFallbackHigh, range.min + 1);
    return range;
}

}
