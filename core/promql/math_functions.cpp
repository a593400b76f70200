#include "core/promql/evaluator.h"
#include "core/promql/functions.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace belvedere::promql {

namespace {

constexpr double kPi = 3.14159265358979323846;

using Map = double (*)(double value);

/// A time on the calendar as Go's package time counts it, for every whole number of seconds.
struct CalendarTime {
    std::uint64_t secondOfDay;
    std::int64_t year;
    unsigned month; ///< 1 to 12
    unsigned day;   ///< 1 to 31
    unsigned dayOfYear;
    unsigned weekday; ///< Sunday is 0
    unsigned daysInMonth;
};

/// What is no number of seconds (NaN, infinities, beyond 64 bits) counts as the earliest, which is what Prometheus' conversion
/// gives on x86-64. Sums wrap around like its own.
CalendarTime calendarTime(double value)
{
    constexpr double kInt64Limit = 9223372036854775808.0;
    constexpr std::int64_t kFirstYear = -292'277'022'400; // days are counted from its first of March
    constexpr std::uint64_t kEpochSeconds = 9'223'372'028'741'760'000U;
    const auto seconds = std::fabs(value) < kInt64Limit ? static_cast<std::int64_t>(value) : std::numeric_limits<std::int64_t>::min();
    const auto counted = static_cast<std::uint64_t>(seconds) + kEpochSeconds;
    const auto days = counted / 86'400;
    // Years begin in March, so that the leap day is the last of its year, century and cycle of 400 years.
    auto rest = days % 146'097;
    const auto century = std::min<std::uint64_t>(rest / 36'524, 3);
    rest -= century * 36'524;
    const auto fourYears = std::min<std::uint64_t>(rest / 1461, 24);
    rest -= fourYears * 1461;
    const auto yearOfFour = std::min<std::uint64_t>(rest / 365, 3);
    const auto dayFromMarch = static_cast<unsigned>(rest - yearOfFour * 365);
    const auto monthFromMarch = (5 * dayFromMarch + 2) / 153;

    CalendarTime time {};
    time.secondOfDay = counted % 86'400;
    time.day = dayFromMarch - (153 * monthFromMarch + 2) / 5 + 1;
    time.month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    time.year = kFirstYear + static_cast<std::int64_t>(days / 146'097 * 400 + century * 100 + fourYears * 4 + yearOfFour) + (time.month <= 2 ? 1 : 0);
    time.weekday = static_cast<unsigned>((days + 3) % 7);
    const unsigned leap = time.year % 4 == 0 && (time.year % 100 != 0 || time.year % 400 == 0) ? 1 : 0;
    time.dayOfYear = time.month <= 2 ? dayFromMarch - 305 : dayFromMarch + 60 + leap;
    time.daysInMonth = time.month == 2 ? 28 + leap : 30 + ((time.month + time.month / 8) & 1);
    return time;
}

double sign(double value)
{
    return value < 0 ? -1 : value > 0 ? 1 : value;
}

/// Null for functions that need more than the value.
Map mapOf(FunctionId id)
{
    switch (id) {
    case FunctionId::abs: return [](double v) { return std::fabs(v); };
    case FunctionId::acos: return [](double v) { return std::acos(v); };
    case FunctionId::acosh: return [](double v) { return std::acosh(v); };
    case FunctionId::asin: return [](double v) { return std::asin(v); };
    case FunctionId::asinh: return [](double v) { return std::asinh(v); };
    case FunctionId::atan: return [](double v) { return std::atan(v); };
    case FunctionId::atanh: return [](double v) { return std::atanh(v); };
    case FunctionId::ceil: return [](double v) { return std::ceil(v); };
    case FunctionId::cos: return [](double v) { return std::cos(v); };
    case FunctionId::cosh: return [](double v) { return std::cosh(v); };
    case FunctionId::deg: return [](double v) { return v * 180 / kPi; };
    case FunctionId::exp: return [](double v) { return std::exp(v); };
    case FunctionId::floor: return [](double v) { return std::floor(v); };
    case FunctionId::ln: return [](double v) { return std::log(v); };
    case FunctionId::log10: return [](double v) { return std::log10(v); };
    case FunctionId::log2: return [](double v) { return std::log2(v); };
    case FunctionId::rad: return [](double v) { return v * kPi / 180; };
    case FunctionId::sgn: return sign;
    case FunctionId::sin: return [](double v) { return std::sin(v); };
    case FunctionId::sinh: return [](double v) { return std::sinh(v); };
    case FunctionId::sqrt: return [](double v) { return std::sqrt(v); };
    case FunctionId::tan: return [](double v) { return std::tan(v); };
    case FunctionId::tanh: return [](double v) { return std::tanh(v); };
    case FunctionId::minute: return [](double v) { return static_cast<double>(calendarTime(v).secondOfDay % 3600 / 60); };
    case FunctionId::hour: return [](double v) { return static_cast<double>(calendarTime(v).secondOfDay / 3600); };
    case FunctionId::dayOfWeek: return [](double v) { return static_cast<double>(calendarTime(v).weekday); };
    case FunctionId::dayOfMonth: return [](double v) { return static_cast<double>(calendarTime(v).day); };
    case FunctionId::dayOfYear: return [](double v) { return static_cast<double>(calendarTime(v).dayOfYear); };
    case FunctionId::daysInMonth: return [](double v) { return static_cast<double>(calendarTime(v).daysInMonth); };
    case FunctionId::month: return [](double v) { return static_cast<double>(calendarTime(v).month); };
    case FunctionId::year: return [](double v) { return static_cast<double>(calendarTime(v).year); };
    default: return nullptr;
    }
}

/// A function of one value and scalars, series by series.
class MathStream final : public SeriesStream {
public:
    MathStream(StreamPtr operand, FunctionId id, std::vector<std::vector<double>> parameters, Steps steps)
        : m_operand(std::move(operand))
        , m_id(id)
        , m_map(mapOf(id))
        , m_parameters(std::move(parameters))
        , m_steps(steps)
    {
        m_series = m_operand->takeSeries();
    }

    Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) override
    {
        return m_operand->read(begin, end, [&](std::size_t series, std::span<double> column) {
            for (std::size_t i = 0; i < column.size(); ++i) {
                if (isPresent(column[i]))
                    column[i] = m_map ? m_map(column[i]) : compute(i, column[i]);
            }
            visitor(series, column);
        });
    }

private:
    [[nodiscard]] double compute(std::size_t step, double value) const
    {
        switch (m_id) {
        case FunctionId::clamp: {
            const double low = m_parameters[0][step];
            const double high = m_parameters[1][step];
            if (high < low)
                return kAbsent;
            return std::isnan(low) || std::isnan(high) ? kNaN : std::isnan(value) ? value : std::max(low, std::min(high, value));
        }
        case FunctionId::clampMin: {
            const double low = m_parameters[0][step];
            return std::isnan(low) || std::isnan(value) ? kNaN : std::max(low, value);
        }
        case FunctionId::clampMax: {
            const double high = m_parameters[0][step];
            return std::isnan(high) || std::isnan(value) ? kNaN : std::min(high, value);
        }
        case FunctionId::round: {
            // Ties go up. The inverse is used because 1/x is exact for more of the usual x than x is.
            const double inverse = 1.0 / (m_parameters.empty() ? 1.0 : m_parameters[0][step]);
            return std::floor(value * inverse + 0.5) / inverse;
        }
        case FunctionId::timestamp: return static_cast<double>(m_steps.at(step)) / 1000;
        default: return kNaN;
        }
    }

    StreamPtr m_operand;
    FunctionId m_id;
    Map m_map;
    std::vector<std::vector<double>> m_parameters;
    Steps m_steps;
};

}

Result<StreamPtr> openMathFunction(Evaluator& evaluator, const Call& call, Steps steps)
{
    auto& context = evaluator.context();
    const auto id = call.function->id;
    if (call.args.empty()) {
        // hour() and its like without an argument: of the evaluation time.
        auto block = Block::create(context, { { model::makeLabels({}) } }, steps.count);
        if (!block)
            return std::unexpected(std::move(block.error()));
        for (std::size_t i = 0; i < steps.count; ++i)
            block->column(0)[i] = mapOf(id)(static_cast<double>(steps.at(i)) / 1000);
        return streamOf(std::move(*block));
    }
    std::vector<std::vector<double>> parameters;
    for (std::size_t i = 1; i < call.args.size(); ++i) {
        auto values = evaluator.scalar(*call.args[i], steps);
        if (!values)
            return std::unexpected(std::move(values.error()));
        parameters.push_back(std::move(*values));
    }
    auto operand = evaluator.open(*call.args[0], steps);
    if (!operand)
        return operand;
    auto stream = std::make_unique<MathStream>(std::move(*operand), id, std::move(parameters), steps);
    auto series = stream->takeSeries();
    dropNames(context, series);
    stream->setSeries(std::move(series));
    return resolveDuplicates(context, std::move(stream), steps.count, DuplicateRule::sameStep);
}

}
