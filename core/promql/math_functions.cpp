#include "core/promql/evaluator.h"
#include "core/promql/functions.h"

#include <chrono>
#include <cmath>
#include <utility>

namespace belvedere::promql {

namespace {

constexpr double kPi = 3.14159265358979323846;

using Map = double (*)(double value);

std::chrono::sys_days dayOf(double seconds)
{
    return std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(seconds))));
}

std::chrono::year_month_day dateOf(double seconds)
{
    return std::chrono::year_month_day(dayOf(seconds));
}

double secondOfDay(double seconds)
{
    const auto time = std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
    return static_cast<double>((time - dayOf(seconds)).count());
}

/// Times outside of the calendar's reach (about the years ±32,767) have no date.
template <Map map>
double onCalendar(double seconds)
{
    constexpr double kReach = 1e12;
    return std::fabs(seconds) < kReach ? map(seconds) : kNaN;
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
    case FunctionId::minute: return onCalendar<[](double v) { return std::floor(std::fmod(secondOfDay(v), 3600) / 60); }>;
    case FunctionId::hour: return onCalendar<[](double v) { return std::floor(secondOfDay(v) / 3600); }>;
    case FunctionId::dayOfWeek: return onCalendar<[](double v) { return static_cast<double>(std::chrono::weekday(dayOf(v)).c_encoding()); }>;
    case FunctionId::dayOfMonth: return onCalendar<[](double v) { return static_cast<double>(static_cast<unsigned>(dateOf(v).day())); }>;
    case FunctionId::dayOfYear:
        return onCalendar<[](double v) {
            const auto newYear = std::chrono::sys_days(dateOf(v).year() / std::chrono::January / 1);
            return static_cast<double>((dayOf(v) - newYear).count() + 1);
        }>;
    case FunctionId::daysInMonth:
        return onCalendar<[](double v) {
            const auto date = dateOf(v);
            return static_cast<double>(static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day()));
        }>;
    case FunctionId::month: return onCalendar<[](double v) { return static_cast<double>(static_cast<unsigned>(dateOf(v).month())); }>;
    case FunctionId::year: return onCalendar<[](double v) { return static_cast<double>(static_cast<int>(dateOf(v).year())); }>;
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
