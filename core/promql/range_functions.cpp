#include "core/promql/range_functions.h"

#include "core/base/format.h"
#include "core/promql/quantile.h"

#include <algorithm>
#include <cmath>
#include <format>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

// One kernel a function. A kernel walks over the steps with two indices into the samples, [lo, hi), which only ever move
// forward. What can be computed from what entered and left the window is: counts by prefix sums, sums and extremes by a
// queue of two stacks (a running value for what came in, suffix values for what was there), which needs no subtraction and
// so loses no precision. What needs all samples of the window reads them, which is as good when windows do not overlap.

namespace belvedere::promql {

namespace {

/// Below this many steps a window, reading all its samples costs no more than sliding.
constexpr std::int64_t kSlidingPays = 4;
/// Work between two looks at the stop token, in samples.
constexpr std::size_t kStopInterval = 1 << 16;

/// Calls f(step, lo, hi) for each window; `out[step]` is what it answers, kAbsent for empty windows.
template <class F>
void eachWindow(const RangeInput& in, std::span<double> out, F&& f)
{
    const auto times = in.times;
    const auto firstEnd = in.windows.end(0);
    auto lo = static_cast<std::size_t>(std::ranges::upper_bound(times, firstEnd - in.windows.rangeMs) - times.begin());
    auto hi = static_cast<std::size_t>(std::upper_bound(times.begin() + static_cast<std::ptrdiff_t>(lo), times.end(), firstEnd) - times.begin());
    std::size_t work = 0;
    for (std::size_t step = 0; step < out.size(); ++step) {
        const auto end = in.windows.end(step);
        const auto begin = end - in.windows.rangeMs;
        while (hi < times.size() && times[hi] <= end)
            ++hi;
        while (lo < hi && times[lo] <= begin)
            ++lo;
        if (lo == hi) {
            out[step] = kAbsent;
            continue;
        }
        out[step] = f(step, lo, hi);
        work += hi - lo;
        if (work > kStopInterval) {
            work = 0;
            if (in.stop.stop_requested())
                return;
        }
    }
}

[[nodiscard]] bool shouldSlide(const RangeInput& in)
{
    return in.steps.count > 1 && in.windows.rangeMs >= kSlidingPays * in.windows.stepMs;
}

// Values of a window that are put together from its samples in order.

struct SumState {
    using State = Sum;
    static State of(double value) { return { value, 0 }; }
    static void append(State& state, double value) { state.add(value); }
    static State joined(State older, const State& newer)
    {
        older.add(newer);
        return older;
    }
};

struct MinState {
    using State = double;
    static State of(double value) { return value; }
    static void append(State& state, double value) { state = value < state || std::isnan(state) ? value : state; }
    static State joined(State older, State newer)
    {
        append(older, newer);
        return older;
    }
};

struct MaxState {
    using State = double;
    static State of(double value) { return value; }
    static void append(State& state, double value) { state = value > state || std::isnan(state) ? value : state; }
    static State joined(State older, State newer)
    {
        append(older, newer);
        return older;
    }
};

template <class Op>
std::vector<typename Op::State>& suffixes(Buffers& buffers)
{
    if constexpr (std::is_same_v<typename Op::State, Sum>)
        return buffers.sums;
    else
        return buffers.values;
}

/// Puts together `values[lo, hi)` for indices that only move forward.
template <class Op>
class Sliding {
public:
    using State = typename Op::State;

    Sliding(std::span<const double> values, std::vector<State>& suffixes)
        : m_values(values)
        , m_suffixes(suffixes)
    {
    }

    /// lo < hi.
    State over(std::size_t lo, std::size_t hi)
    {
        if (lo >= m_middle) {
            // Everything older has left: what is in the window now becomes suffixes, from the back.
            m_suffixes.resize(hi - lo);
            State state = Op::of(m_values[hi - 1]);
            m_suffixes[hi - 1 - lo] = state;
            for (std::size_t i = hi - 1; i-- > lo;) {
                state = Op::joined(Op::of(m_values[i]), state);
                m_suffixes[i - lo] = state;
            }
            m_base = lo;
            m_middle = hi;
            m_end = hi;
            return m_suffixes.front();
        }
        for (; m_end < hi; ++m_end) {
            if (m_end == m_middle)
                m_newer = Op::of(m_values[m_end]);
            else
                Op::append(m_newer, m_values[m_end]);
        }
        const State& older = m_suffixes[lo - m_base];
        return m_end == m_middle ? older : Op::joined(older, m_newer);
    }

private:
    std::span<const double> m_values;
    std::vector<State>& m_suffixes; ///< of [m_base, m_middle)
    State m_newer {};               ///< of [m_middle, m_end)
    std::size_t m_base = 0;
    std::size_t m_middle = 0;
    std::size_t m_end = 0;
};

template <class Op>
typename Op::State direct(std::span<const double> values, std::size_t lo, std::size_t hi)
{
    auto state = Op::of(values[lo]);
    for (std::size_t i = lo + 1; i < hi; ++i)
        Op::append(state, values[i]);
    return state;
}

/// f(state, lo, hi) makes a step's value.
template <class Op, class F>
void fold(const RangeInput& in, std::span<double> out, F&& f)
{
    if (!shouldSlide(in))
        return eachWindow(in, out, [&](std::size_t, std::size_t lo, std::size_t hi) { return f(direct<Op>(in.values, lo, hi), lo, hi); });
    Sliding<Op> sliding(in.values, suffixes<Op>(in.buffers));
    eachWindow(in, out, [&](std::size_t, std::size_t lo, std::size_t hi) { return f(sliding.over(lo, hi), lo, hi); });
}

void sumOverTime(const RangeInput& in, std::span<double> out)
{
    fold<SumState>(in, out, [&](const Sum& sum, std::size_t lo, std::size_t hi) {
        // What a sum beyond the largest double comes to depends on the order: then it is the samples' own.
        return std::isfinite(sum.sum) ? sum.value() : direct<SumState>(in.values, lo, hi).value();
    });
}

/// The mean of values whose sum is too large for a double.
double incrementalMean(std::span<const double> values)
{
    Sum mean { values[0], 0 };
    for (std::size_t i = 1; i < values.size(); ++i) {
        const double count = static_cast<double>(i + 1);
        const double kept = static_cast<double>(i) / count;
        mean = { mean.sum * kept, mean.error * kept };
        mean.add(values[i] / count);
    }
    return mean.value();
}

void avgOverTime(const RangeInput& in, std::span<double> out)
{
    fold<SumState>(in, out, [&](const Sum& sum, std::size_t lo, std::size_t hi) {
        if (!std::isfinite(sum.sum))
            return incrementalMean(in.values.subspan(lo, hi - lo));
        const double count = static_cast<double>(hi - lo);
        return sum.sum / count + sum.error / count;
    });
}

void minOverTime(const RangeInput& in, std::span<double> out)
{
    fold<MinState>(in, out, [](double value, std::size_t, std::size_t) { return value; });
}

void maxOverTime(const RangeInput& in, std::span<double> out)
{
    fold<MaxState>(in, out, [](double value, std::size_t, std::size_t) { return value; });
}

void countOverTime(const RangeInput& in, std::span<double> out)
{
    eachWindow(in, out, [](std::size_t, std::size_t lo, std::size_t hi) { return static_cast<double>(hi - lo); });
}

void presentOverTime(const RangeInput& in, std::span<double> out)
{
    eachWindow(in, out, [](std::size_t, std::size_t, std::size_t) { return 1.0; });
}

void lastOverTime(const RangeInput& in, std::span<double> out)
{
    eachWindow(in, out, [&](std::size_t, std::size_t, std::size_t hi) { return in.values[hi - 1]; });
}

void firstOverTime(const RangeInput& in, std::span<double> out)
{
    eachWindow(in, out, [&](std::size_t, std::size_t lo, std::size_t) { return in.values[lo]; });
}

void tsOfLastOverTime(const RangeInput& in, std::span<double> out)
{
    eachWindow(in, out, [&](std::size_t, std::size_t, std::size_t hi) { return static_cast<double>(in.times[hi - 1]) / 1000; });
}

/// Of equal values the last one counts, as in Prometheus.
template <class Better>
void timeOfBest(const RangeInput& in, std::span<double> out, Better better)
{
    eachWindow(in, out, [&](std::size_t, std::size_t lo, std::size_t hi) {
        std::size_t best = lo;
        for (std::size_t i = lo + 1; i < hi; ++i) {
            if (better(in.values[i], in.values[best]) || std::isnan(in.values[best]))
                best = i;
        }
        return static_cast<double>(in.times[best]) / 1000;
    });
}

void tsOfMaxOverTime(const RangeInput& in, std::span<double> out)
{
    timeOfBest(in, out, [](double a, double b) { return a >= b; });
}

void tsOfMinOverTime(const RangeInput& in, std::span<double> out)
{
    timeOfBest(in, out, [](double a, double b) { return a <= b; });
}

/// Welford's method with compensated sums: slow, but it cannot overflow where the variance does not.
double carefulVariance(std::span<const double> values)
{
    Sum mean;
    Sum squares;
    double count = 0;
    for (const double value : values) {
        ++count;
        const double delta = value - mean.value();
        mean.add(delta / count);
        squares.add(delta * (value - mean.value()));
    }
    return squares.value() / count;
}

struct Deviations {
    double sum = 0;
    double squares = 0;
};

/// Of the distances from `centre`; four sums at a time, so that no addition waits for the one before.
Deviations deviationsFrom(double centre, std::span<const double> values)
{
    constexpr std::size_t kLanes = 4;
    double sums[kLanes] = {};
    double squares[kLanes] = {};
    std::size_t i = 0;
    for (; i + kLanes <= values.size(); i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const double distance = values[i + lane] - centre;
            sums[lane] += distance;
            squares[lane] += distance * distance;
        }
    }
    for (; i < values.size(); ++i) {
        const double distance = values[i] - centre;
        sums[0] += distance;
        squares[0] += distance * distance;
    }
    return { (sums[0] + sums[1]) + (sums[2] + sums[3]), (squares[0] + squares[1]) + (squares[2] + squares[3]) };
}

/// In two passes: the mean, as a distance from the first value (so that equal values give exactly 0), then the distances
/// from the mean, with what rounding left in their sum taken out (Chan, Golub and LeVeque 1983).
double variance(std::span<const double> values)
{
    const double count = static_cast<double>(values.size());
    const double mean = values.front() + deviationsFrom(values.front(), values).sum / count;
    const auto deviations = deviationsFrom(mean, values);
    const double result = (deviations.squares - deviations.sum * deviations.sum / count) / count;
    return std::isfinite(result) ? std::max(result, 0.0) : carefulVariance(values);
}

void stdvarOverTime(const RangeInput& in, std::span<double> out)
{
    eachWindow(in, out, [&](std::size_t, std::size_t lo, std::size_t hi) { return variance(in.values.subspan(lo, hi - lo)); });
}

void stddevOverTime(const RangeInput& in, std::span<double> out)
{
    eachWindow(in, out, [&](std::size_t, std::size_t lo, std::size_t hi) { return std::sqrt(variance(in.values.subspan(lo, hi - lo))); });
}

/// Keeps the window's values sorted while it slides.
class SortedWindow {
public:
    SortedWindow(std::span<const double> values, std::vector<double>& sorted)
        : m_values(values)
        , m_sorted(sorted)
    {
        m_sorted.clear();
    }

    std::span<const double> over(std::size_t lo, std::size_t hi)
    {
        const auto entering = hi - std::max(lo, m_hi);
        const auto staying = lo < m_hi ? m_hi - lo : 0;
        if (staying < entering) {
            m_sorted.assign(m_values.begin() + static_cast<std::ptrdiff_t>(lo), m_values.begin() + static_cast<std::ptrdiff_t>(hi));
            std::ranges::sort(m_sorted, nanFirst);
        } else {
            for (std::size_t i = m_lo; i < lo; ++i)
                m_sorted.erase(std::ranges::lower_bound(m_sorted, m_values[i], nanFirst));
            for (std::size_t i = m_hi; i < hi; ++i)
                m_sorted.insert(std::ranges::upper_bound(m_sorted, m_values[i], nanFirst), m_values[i]);
        }
        m_lo = lo;
        m_hi = hi;
        return m_sorted;
    }

private:
    std::span<const double> m_values;
    std::vector<double>& m_sorted;
    std::size_t m_lo = 0;
    std::size_t m_hi = 0;
};

void quantileOverTime(const RangeInput& in, std::span<double> out)
{
    const auto& q = in.parameters[0];
    auto& buffer = in.buffers.values;
    if (!shouldSlide(in)) {
        return eachWindow(in, out, [&](std::size_t step, std::size_t lo, std::size_t hi) {
            buffer.assign(in.values.begin() + static_cast<std::ptrdiff_t>(lo), in.values.begin() + static_cast<std::ptrdiff_t>(hi));
            return quantileOf(q[step], buffer);
        });
    }
    SortedWindow window(in.values, buffer);
    eachWindow(in, out, [&](std::size_t step, std::size_t lo, std::size_t hi) { return quantileOfSorted(q[step], window.over(lo, hi)); });
}

void madOverTime(const RangeInput& in, std::span<double> out)
{
    auto& buffer = in.buffers.values;
    eachWindow(in, out, [&](std::size_t, std::size_t lo, std::size_t hi) {
        buffer.assign(in.values.begin() + static_cast<std::ptrdiff_t>(lo), in.values.begin() + static_cast<std::ptrdiff_t>(hi));
        const double median = quantileOf(0.5, buffer);
        for (double& value : buffer)
            value = std::fabs(value - median);
        return quantileOf(0.5, buffer);
    });
}

// Rates.

/// Restarts of a counter in `values`: the value before each, and where the next one after sample i is.
class Restarts {
public:
    Restarts(std::span<const double> values, Buffers& buffers, bool slide)
        : m_before(buffers.more)
        , m_places(buffers.places)
        , m_sums(buffers.sums)
        , m_slide(slide)
    {
        m_before.clear();
        m_places.clear();
        for (std::size_t i = 1; i < values.size(); ++i) {
            if (values[i] < values[i - 1]) {
                m_places.push_back(static_cast<std::uint32_t>(i));
                m_before.push_back(values[i - 1]);
            }
        }
        m_sliding.emplace(m_before, m_sums);
    }

    /// What the counter lost by restarts between samples lo and hi - 1.
    double lost(std::size_t lo, std::size_t hi)
    {
        if (m_places.empty())
            return 0;
        while (m_first < m_places.size() && m_places[m_first] <= lo)
            ++m_first;
        m_last = std::max(m_last, m_first);
        while (m_last < m_places.size() && m_places[m_last] < hi)
            ++m_last;
        if (m_first == m_last)
            return 0;
        if (m_slide)
            return m_sliding->over(m_first, m_last).value();
        double sum = 0;
        for (std::size_t i = m_first; i < m_last; ++i)
            sum += m_before[i];
        return sum;
    }

private:
    std::vector<double>& m_before;
    std::vector<std::uint32_t>& m_places;
    std::vector<Sum>& m_sums;
    bool m_slide;
    std::optional<Sliding<SumState>> m_sliding;
    std::size_t m_first = 0;
    std::size_t m_last = 0;
};

/// Extrapolates the difference of last and first sample to the window, as far as samples can be expected there: at most
/// half an average distance beyond the samples, unless the window's end is nearer than 1.1 distances. A counter is not
/// extrapolated below zero.
template <bool isCounter, bool isRate>
void extrapolated(const RangeInput& in, std::span<double> out)
{
    std::optional<Restarts> restarts;
    if constexpr (isCounter)
        restarts.emplace(in.values, in.buffers, shouldSlide(in));
    const double rangeSeconds = static_cast<double>(in.windows.rangeMs) / 1000;
    const auto factorOf = [&](double sampled, double toStart, double toEnd) {
        const double factor = (sampled + toStart + toEnd) / sampled;
        return isRate ? factor / rangeSeconds : factor;
    };
    // Regular scrapes give window after window of the same shape, so the divisions are made once.
    struct Shape {
        std::int64_t toStartMs = -1;
        std::int64_t toEndMs = -1;
        std::int64_t sampledMs = -1;
        std::size_t count = 0;
        bool operator==(const Shape&) const = default;
    } shape;
    double sampled = 0; // seconds, like all that follow
    double toStart = 0;
    double toEnd = 0;
    double factor = 0;
    eachWindow(in, out, [&](std::size_t step, std::size_t lo, std::size_t hi) {
        if (hi - lo < 2)
            return kAbsent;
        const auto rangeEnd = in.windows.end(step);
        const auto rangeStart = rangeEnd - in.windows.rangeMs;
        const Shape now { in.times[lo] - rangeStart, rangeEnd - in.times[hi - 1], in.times[hi - 1] - in.times[lo], hi - lo };
        if (now != shape) {
            shape = now;
            sampled = static_cast<double>(now.sampledMs) / 1000;
            toStart = static_cast<double>(now.toStartMs) / 1000;
            toEnd = static_cast<double>(now.toEndMs) / 1000;
            const double distance = sampled / static_cast<double>(now.count - 1);
            const double threshold = distance * 1.1;
            if (toStart >= threshold)
                toStart = distance / 2;
            if (toEnd >= threshold)
                toEnd = distance / 2;
            factor = factorOf(sampled, toStart, toEnd);
        }
        const double first = in.values[lo];
        double result = in.values[hi - 1] - first;
        if constexpr (isCounter) {
            result += restarts->lost(lo, hi);
            // Where the line through the samples crosses zero: sampled * (first / result) before the first sample. The
            // products, which cost less, tell most windows where that is too far away to count.
            constexpr double kSurely = 1 + 1e-9;
            if (result > 0 && first >= 0 && sampled * first < toStart * result * kSurely) {
                const double toZero = sampled * (first / result);
                if (toZero < toStart)
                    return result * factorOf(sampled, toZero, toEnd);
            }
        }
        return result * factor;
    });
}

template <bool isRate>
void instantRate(const RangeInput& in, std::span<double> out)
{
    eachWindow(in, out, [&](std::size_t, std::size_t lo, std::size_t hi) {
        if (hi - lo < 2)
            return kAbsent;
        const double last = in.values[hi - 1];
        const double previous = in.values[hi - 2];
        const double difference = isRate && last < previous ? last : last - previous;
        return isRate ? difference / (static_cast<double>(in.times[hi - 1] - in.times[hi - 2]) / 1000) : difference;
    });
}

/// Counts the samples that `differs` from the one before, by prefix sums.
template <class Differs>
void countTransitions(const RangeInput& in, std::span<double> out, Differs differs)
{
    auto& counts = in.buffers.counts;
    counts.resize(in.values.size());
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < in.values.size(); ++i) {
        count += i > 0 && differs(in.values[i - 1], in.values[i]) ? 1 : 0;
        counts[i] = count;
    }
    eachWindow(in, out, [&](std::size_t, std::size_t lo, std::size_t hi) { return static_cast<double>(counts[hi - 1] - counts[lo]); });
}

void changes(const RangeInput& in, std::span<double> out)
{
    countTransitions(in, out, [](double before, double now) { return now != before && !(std::isnan(now) && std::isnan(before)); });
}

void resets(const RangeInput& in, std::span<double> out)
{
    countTransitions(in, out, [](double before, double now) { return now < before; });
}

struct Line {
    double slope;
    double intercept;
};

/// Least squares through the samples; the intercept is the value at `interceptMs`.
Line regression(std::span<const std::int64_t> times, std::span<const double> values, std::int64_t interceptMs)
{
    const double first = values.front();
    if (std::ranges::all_of(values, [first](double value) { return value == first; }))
        return std::isinf(first) ? Line { kNaN, kNaN } : Line { 0, first };
    Sum x;
    Sum y;
    Sum xy;
    Sum xx;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double at = static_cast<double>(times[i] - interceptMs) / 1000;
        x.add(at);
        y.add(values[i]);
        xy.add(at * values[i]);
        xx.add(at * at);
    }
    const double n = static_cast<double>(values.size());
    const double covariance = xy.value() - x.value() * y.value() / n;
    const double spread = xx.value() - x.value() * x.value() / n;
    const double slope = covariance / spread;
    return { slope, y.value() / n - slope * x.value() / n };
}

void deriv(const RangeInput& in, std::span<double> out)
{
    eachWindow(in, out, [&](std::size_t, std::size_t lo, std::size_t hi) {
        if (hi - lo < 2)
            return kAbsent;
        return regression(in.times.subspan(lo, hi - lo), in.values.subspan(lo, hi - lo), in.times[lo]).slope;
    });
}

void predictLinear(const RangeInput& in, std::span<double> out)
{
    const auto& seconds = in.parameters[0];
    eachWindow(in, out, [&](std::size_t step, std::size_t lo, std::size_t hi) {
        if (hi - lo < 2)
            return kAbsent;
        const auto line = regression(in.times.subspan(lo, hi - lo), in.values.subspan(lo, hi - lo), in.steps.at(step));
        return line.slope * seconds[step] + line.intercept;
    });
}

/// Holt's linear method.
void doubleExponentialSmoothing(const RangeInput& in, std::span<double> out)
{
    eachWindow(in, out, [&](std::size_t step, std::size_t lo, std::size_t hi) {
        if (hi - lo < 2)
            return kAbsent;
        const double smoothing = in.parameters[0][step];
        const double trendFactor = in.parameters[1][step];
        double before = 0;
        double level = in.values[lo];
        double trend = in.values[lo + 1] - in.values[lo];
        for (std::size_t i = lo + 1; i < hi; ++i) {
            if (i > lo + 1)
                trend = trendFactor * (level - before) + (1 - trendFactor) * trend;
            before = std::exchange(level, smoothing * in.values[i] + (1 - smoothing) * (level + trend));
        }
        return level;
    });
}

/// A range function over all series.
class RangeFunctionStream final : public SeriesStream {
public:
    RangeFunctionStream(QueryContext& context, std::unique_ptr<RangeSource> source, RangeKernel kernel, Steps steps, std::vector<std::vector<double>> parameters)
        : m_context(context)
        , m_source(std::move(source))
        , m_kernel(kernel)
        , m_steps(steps)
        , m_parameters(std::move(parameters))
    {
        m_series = m_source->series();
    }

    /// rate() and increase() remark on metrics that do not look like counters.
    void remarkOnNames(TextRange where)
    {
        m_remarkOnNames = true;
        m_where = where;
    }

    Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) override
    {
        Buffers buffers;
        std::vector<double> column(m_steps.count);
        auto done = m_source->read(begin, end, [&](std::size_t series, model::SampleView samples) {
            if (m_context.stop.stop_requested())
                return;
            m_kernel({ samples.timesMs, samples.values, m_source->windows(), m_steps, m_parameters, buffers, m_context.stop }, column);
            if (!hasValue(column))
                return;
            if (m_remarkOnNames)
                remark(series);
            visitor(series, column);
        });
        if (done)
            done = m_context.checkStop();
        return done;
    }

private:
    void remark(std::size_t series) const
    {
        const auto name = m_source->series()[series].get(model::kMetricName);
        const auto ends = [name](std::string_view suffix) { return name.ends_with(suffix); };
        if (name.empty() || ends("_total") || ends("_sum") || ends("_count") || ends("_bucket"))
            return;
        m_context.inform(m_where, formatted("metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"{}\"", name));
    }

    QueryContext& m_context;
    std::unique_ptr<RangeSource> m_source;
    RangeKernel m_kernel;
    Steps m_steps;
    std::vector<std::vector<double>> m_parameters;
    bool m_remarkOnNames = false;
    TextRange m_where;
};

Result<void> checkParameters(QueryContext& context, const Call& call, const std::vector<std::vector<double>>& parameters)
{
    const auto outside = [](double value) { return value <= 0 || value >= 1; }; // NaN is let through
    if (call.function->id == FunctionId::doubleExponentialSmoothing) {
        constexpr const char* kMessages[] = { "invalid smoothing factor. Expected: 0 < sf < 1, got: {:f}", "invalid trend factor. Expected: 0 < tf < 1, got: {:f}" };
        for (std::size_t i = 0; i < 2; ++i) {
            const auto bad = std::ranges::find_if(parameters[i], outside);
            if (bad != parameters[i].end())
                return executionFailure(vformatted(kMessages[i], std::make_format_args(*bad)), call.args[i + 1]->range);
        }
    }
    if (call.function->id == FunctionId::quantileOverTime)
        warnOfQuantiles(context, parameters[0], call.args[0]->range);
    return {};
}

}

RangeKernel rangeKernel(FunctionId id) noexcept
{
    switch (id) {
    case FunctionId::avgOverTime: return avgOverTime;
    case FunctionId::changes: return changes;
    case FunctionId::countOverTime: return countOverTime;
    case FunctionId::delta: return extrapolated<false, false>;
    case FunctionId::deriv: return deriv;
    case FunctionId::doubleExponentialSmoothing: return doubleExponentialSmoothing;
    case FunctionId::firstOverTime: return firstOverTime;
    case FunctionId::idelta: return instantRate<false>;
    case FunctionId::increase: return extrapolated<true, false>;
    case FunctionId::irate: return instantRate<true>;
    case FunctionId::lastOverTime: return lastOverTime;
    case FunctionId::madOverTime: return madOverTime;
    case FunctionId::maxOverTime: return maxOverTime;
    case FunctionId::minOverTime: return minOverTime;
    case FunctionId::predictLinear: return predictLinear;
    case FunctionId::presentOverTime: return presentOverTime;
    case FunctionId::quantileOverTime: return quantileOverTime;
    case FunctionId::rate: return extrapolated<true, true>;
    case FunctionId::resets: return resets;
    case FunctionId::stddevOverTime: return stddevOverTime;
    case FunctionId::stdvarOverTime: return stdvarOverTime;
    case FunctionId::sumOverTime: return sumOverTime;
    case FunctionId::tsOfLastOverTime: return tsOfLastOverTime;
    case FunctionId::tsOfMaxOverTime: return tsOfMaxOverTime;
    case FunctionId::tsOfMinOverTime: return tsOfMinOverTime;
    default: return nullptr;
    }
}

bool isRangeFunction(const Function& function) noexcept
{
    return rangeKernel(function.id) != nullptr;
}

Result<StreamPtr> openRangeFunction(Evaluator& evaluator, const Call& call, Steps steps)
{
    auto& context = evaluator.context();
    std::vector<std::vector<double>> parameters;
    const Expr* range = nullptr;
    for (const auto& arg : call.args) {
        if (arg->type == ValueType::rangeVector) {
            range = arg.get();
            continue;
        }
        auto values = evaluator.scalar(*arg, steps);
        if (!values)
            return std::unexpected(std::move(values.error()));
        parameters.push_back(std::move(*values));
    }
    if (auto checked = checkParameters(context, call, parameters); !checked)
        return std::unexpected(std::move(checked.error()));
    auto source = openRange(evaluator, *range, steps);
    if (!source)
        return std::unexpected(std::move(source.error()));
    auto stream = std::make_unique<RangeFunctionStream>(context, std::move(*source), rangeKernel(call.function->id), steps, std::move(parameters));
    const auto id = call.function->id;
    if (id == FunctionId::rate || id == FunctionId::increase)
        stream->remarkOnNames(range->range);
    if (id == FunctionId::lastOverTime || id == FunctionId::firstOverTime)
        return stream;
    auto series = stream->takeSeries();
    dropNames(context, series);
    stream->setSeries(std::move(series));
    return resolveDuplicates(context, std::move(stream), steps.count, DuplicateRule::bothHaveValues);
}

Result<StreamPtr> openAbsentOverTime(Evaluator& evaluator, const Call& call, Steps steps)
{
    auto& context = evaluator.context();
    auto source = openRange(evaluator, *call.args[0], steps);
    if (!source)
        return std::unexpected(std::move(source.error()));
    RangeFunctionStream present(context, std::move(*source), presentOverTime, steps, {});
    return absence(context, present, steps.count, labelsOfAbsence(withoutParens(*call.args[0])));
}

}
