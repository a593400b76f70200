#include "ui/chart/reduce.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace belvedere::ui {

ChartColumn reduceMinMax(std::span<const std::int64_t> timesMs, std::span<const double> values, std::int64_t fromMs, std::int64_t toMs, int pixels)
{
    ChartColumn out;
    const std::size_t count = std::min(timesMs.size(), values.size());
    if (pixels < 1 || toMs <= fromMs || count <= static_cast<std::size_t>(pixels) * 2) {
        out.timesMs.assign(timesMs.begin(), timesMs.begin() + static_cast<std::ptrdiff_t>(count));
        out.values.assign(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
        return out;
    }
    const double perMs = pixels / static_cast<double>(toMs - fromMs);
    const auto column = [&](std::size_t i) { return static_cast<std::int64_t>(static_cast<double>(timesMs[i] - fromMs) * perMs); };
    const auto add = [&](std::size_t i) {
        out.timesMs.push_back(static_cast<double>(timesMs[i]));
        out.values.push_back(values[i]);
    };
    for (std::size_t i = 0; i < count;) {
        const auto here = column(i);
        std::size_t low = count;
        std::size_t high = count;
        std::size_t gap = count;
        std::size_t end = i;
        for (; end < count && column(end) == here; ++end) {
            if (std::isnan(values[end])) {
                gap = end;
                continue;
            }
            if (low == count || values[end] < values[low])
                low = end;
            if (high == count || values[end] > values[high])
                high = end;
        }
        if (low == count) {
            add(gap); // nothing but a gap
        } else if (low == high) {
            add(low);
        } else {
            add(std::min(low, high));
            add(std::max(low, high));
        }
        i = end;
    }
    return out;
}

std::vector<std::size_t> pointsToDraw(std::span<const double> timesMs, std::span<const double> values, std::size_t begin, std::size_t end, double columnMs)
{
    std::vector<std::size_t> kept;
    kept.reserve(end - begin);
    if (!(columnMs > 0) || begin == end || static_cast<double>(end - begin) <= 2 * (timesMs[end - 1] - timesMs[begin]) / columnMs) {
        kept.resize(end - begin);
        std::iota(kept.begin(), kept.end(), begin);
        return kept;
    }
    const auto column = [&](std::size_t i) { return static_cast<std::int64_t>((timesMs[i] - timesMs[begin]) / columnMs); };
    for (std::size_t i = begin; i < end;) {
        const auto here = column(i);
        auto next = here;
        std::size_t low = i;
        std::size_t high = i;
        std::size_t after = i + 1;
        for (; after < end && (next = column(after)) == here; ++after) {
            if (values[after] < values[low])
                low = after;
            if (values[after] > values[high])
                high = after;
        }
        const auto [first, second] = std::minmax(low, high);
        kept.push_back(first);
        if (second != first)
            kept.push_back(second);
        // A line that goes on far away must leave from where it is.
        if (kept.back() != after - 1 && (after == end || next > here + 1))
            kept.push_back(after - 1);
        i = after;
    }
    return kept;
}

double niceStep(double low, double high, int wanted, bool binary)
{
    const double rough = (high - low) / std::max(wanted, 1);
    if (!(rough > 0) || !std::isfinite(rough))
        return 1;
    if (binary && rough >= 1)
        return std::exp2(std::ceil(std::log2(rough) - 1e-9));
    const double power = std::pow(10, std::floor(std::log10(rough)));
    for (const double factor : { 1.0, 2.0, 2.5, 5.0 }) {
        if (factor * power >= rough * (1 - 1e-9))
            return factor * power;
    }
    return 10 * power;
}

}
