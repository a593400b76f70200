#include "core/dashboard/reducers.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

namespace belvedere::dashboard {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

constexpr ReducerInfo kReducers[] = {
    { "lastNotNull", "Last *", true },
    { "last", "Last", true },
    { "firstNotNull", "First *", true },
    { "first", "First", true },
    { "min", "Min", true },
    { "max", "Max", true },
    { "mean", "Mean", true },
    { "median", "Median", true },
    { "variance", "Variance", false },
    { "stdDev", "StdDev", true },
    { "sum", "Total", true },
    { "count", "Count", false },
    { "range", "Range", true },
    { "delta", "Delta", true },
    { "step", "Step", true },
    { "diff", "Difference", true },
    { "logmin", "Min (above zero)", true },
    { "allIsZero", "All Zeros", false },
    { "allIsNull", "All Nulls", false },
    { "changeCount", "Change Count", false },
    { "distinctCount", "Distinct Count", false },
    { "diffperc", "Difference percent", false },
    { "countAll", "All values count", false },
};

/// One pass over the column. `previous…` follow the values that are not null.
struct Statistics {
    double sum = 0;
    double min = kNaN;
    double max = kNaN;
    double logMin = std::numeric_limits<double>::max();
    double step = kNaN;
    double delta = 0;
    Value firstNotNull;
    Value lastNotNull;
    std::size_t numbers = 0;
    std::size_t notNull = 0;
    bool allZero = true;
    bool previousUp = true;
};

Value cell(const model::Field& field, std::size_t row, NullHandling nulls)
{
    auto value = valueAt(field, row);
    if (isNull(value) && nulls == NullHandling::asZero)
        return 0.0;
    return value;
}

Statistics statisticsOf(const model::Field& field, NullHandling nulls)
{
    const bool isNumeric = field.type == model::Field::Type::number || field.type == model::Field::Type::time;
    Statistics s;
    for (std::size_t row = 0; row < field.size(); ++row) {
        const auto value = cell(field, row, nulls);
        if (!isNull(value))
            ++s.notNull;
        const double number = numberOf(value);
        if (isNull(value) || (std::holds_alternative<double>(value) && std::isnan(number)))
            continue;
        const bool isFirst = isNull(s.firstNotNull);
        if (isFirst)
            s.firstNotNull = value;
        if (isNumeric) {
            s.sum += number;
            ++s.numbers;
            if (!isFirst) {
                const double last = numberOf(s.lastNotNull);
                const double step = number - last;
                s.step = std::isnan(s.step) ? step : std::min(s.step, step);
                // A fall is a counter's reset: what it has counted since then is added with the next rise.
                if (last > number) {
                    s.previousUp = false;
                    if (row + 1 == field.size())
                        s.delta += number;
                } else {
                    s.delta += s.previousUp ? step : number;
                    s.previousUp = true;
                }
            }
            s.min = std::isnan(s.min) ? number : std::min(s.min, number);
            s.max = std::isnan(s.max) ? number : std::max(s.max, number);
            if (number > 0)
                s.logMin = std::min(s.logMin, number);
        }
        if (number != 0)
            s.allZero = false;
        s.lastNotNull = value;
    }
    return s;
}

Value orNull(double value)
{
    return std::isnan(value) ? Value() : Value(value);
}

std::vector<double> sortedNumbers(const model::Field& field, NullHandling nulls)
{
    std::vector<double> out;
    for (std::size_t row = 0; row < field.size(); ++row) {
        if (const double number = numberOf(cell(field, row, nulls)); !std::isnan(number))
            out.push_back(number);
    }
    std::ranges::sort(out);
    return out;
}

double varianceOf(const model::Field& field)
{
    double mean = 0;
    double squares = 0;
    double count = 0;
    for (std::size_t row = 0; row < field.size(); ++row) {
        const auto value = valueAt(field, row);
        if (isNull(value))
            continue;
        const double number = numberOf(value);
        const double before = mean;
        mean += (number - before) / ++count;
        squares += (number - before) * (number - mean);
    }
    return count > 0 ? squares / count : 0;
}

double medianOf(const std::vector<double>& sorted)
{
    if (sorted.empty())
        return kNaN;
    const auto half = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

std::size_t changesOf(const model::Field& field, NullHandling nulls)
{
    std::size_t changes = 0;
    std::optional<Value> last;
    for (std::size_t row = 0; row < field.size(); ++row) {
        auto value = cell(field, row, nulls);
        if (isNull(value) && nulls == NullHandling::ignore)
            continue;
        if (last && *last != value)
            ++changes;
        last = std::move(value);
    }
    return changes;
}

std::size_t distinctOf(const model::Field& field, NullHandling nulls)
{
    std::set<std::string> seen;
    for (std::size_t row = 0; row < field.size(); ++row) {
        const auto value = cell(field, row, nulls);
        if (!isNull(value) || nulls != NullHandling::ignore)
            seen.insert(std::to_string(value.index()) + textOf(value));
    }
    return seen.size();
}

Value percentileOf(std::string_view id, const model::Field& field, NullHandling nulls)
{
    int percent = 0;
    const auto [end, error] = std::from_chars(id.data() + 1, id.data() + id.size(), percent);
    if (error != std::errc() || end != id.data() + id.size())
        return {};
    const auto sorted = sortedNumbers(field, nulls);
    if (sorted.empty())
        return {};
    const auto index = std::floor(static_cast<double>(sorted.size() - 1) * percent / 100 + 0.5);
    return sorted[std::min(static_cast<std::size_t>(std::max(0.0, index)), sorted.size() - 1)];
}

Value reduceStatistics(std::string_view id, const model::Field& field, const Statistics& s, NullHandling nulls)
{
    const double first = numberOf(s.firstNotNull);
    const double last = numberOf(s.lastNotNull);
    const bool areNumbers = std::holds_alternative<double>(s.firstNotNull) && std::holds_alternative<double>(s.lastNotNull);
    if (id == "lastNotNull")
        return s.lastNotNull;
    if (id == "firstNotNull")
        return s.firstNotNull;
    if (id == "min")
        return orNull(s.min);
    if (id == "max")
        return orNull(s.max);
    if (id == "mean")
        return s.numbers > 0 ? Value(s.sum / static_cast<double>(s.numbers)) : Value();
    if (id == "sum")
        return s.sum;
    if (id == "count")
        return static_cast<double>(nulls == NullHandling::ignore ? s.notNull : field.size());
    if (id == "range")
        return s.numbers > 0 ? Value(s.max - s.min) : Value();
    if (id == "delta")
        return s.delta;
    if (id == "step")
        return orNull(s.step);
    if (id == "diff")
        return areNumbers ? Value(last - first) : Value();
    if (id == "diffperc")
        return areNumbers ? Value((last - first) / first * 100) : Value(0.0);
    if (id == "logmin")
        return s.logMin;
    if (id == "allIsNull")
        return s.numbers == 0;
    if (id == "allIsZero")
        return s.allZero && s.numbers > 0;
    return {};
}

}

Value reduce(std::string_view name, const model::Field& field, NullHandling nulls)
{
    const auto id = canonicalReducer(name);
    if (id == "last" || id == "first")
        return field.size() == 0 ? Value() : valueAt(field, id == "last" ? field.size() - 1 : 0);
    if (id == "countAll")
        return static_cast<double>(field.size());
    if (id == "median")
        return medianOf(sortedNumbers(field, nulls));
    if (id == "variance")
        return varianceOf(field);
    if (id == "stdDev")
        return std::sqrt(varianceOf(field));
    if (id == "changeCount")
        return static_cast<double>(changesOf(field, nulls));
    if (id == "distinctCount")
        return static_cast<double>(distinctOf(field, nulls));
    if (id.size() > 1 && id[0] == 'p' && id[1] >= '0' && id[1] <= '9')
        return percentileOf(id, field, nulls);
    return reduceStatistics(id, field, statisticsOf(field, nulls), nulls);
}

std::span<const ReducerInfo> reducers()
{
    return kReducers;
}

std::string canonicalReducer(std::string_view id)
{
    static constexpr std::pair<std::string_view, std::string_view> kOld[] = { { "current", "lastNotNull" }, { "avg", "mean" }, { "total", "sum" } };
    for (const auto& [old, now] : kOld) {
        if (id == old)
            return std::string(now);
    }
    return std::string(id);
}

std::string reducerName(std::string_view id)
{
    const auto canonical = canonicalReducer(id);
    const auto found = std::ranges::find(kReducers, std::string_view(canonical), &ReducerInfo::id);
    if (found != std::end(kReducers))
        return std::string(found->name);
    return canonical.size() > 1 && canonical[0] == 'p' ? canonical.substr(1) + "th %" : canonical;
}

bool reducerKeepsUnit(std::string_view id)
{
    const auto canonical = canonicalReducer(id);
    const auto found = std::ranges::find(kReducers, std::string_view(canonical), &ReducerInfo::id);
    return found == std::end(kReducers) || found->keepsUnit;
}

}
