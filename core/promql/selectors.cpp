#include "core/promql/range_source.h"

#include <algorithm>
#include <utility>

namespace belvedere::promql {

namespace {

/// Where a selector looks at each step, once its @ and offset are counted in: `at(step)`.
struct Shifted {
    std::int64_t firstMs = 0;
    std::int64_t stepMs = 0; ///< 0 with @

    [[nodiscard]] std::int64_t at(std::size_t step) const noexcept { return firstMs + stepMs * static_cast<std::int64_t>(step); }
};

Shifted shifted(const QueryContext& context, const TimeShift& shift, Steps steps)
{
    switch (shift.at) {
    case TimeShift::At::none: return { steps.startMs - shift.offsetMs, steps.stepMs };
    case TimeShift::At::time: return { shift.atMs - shift.offsetMs, 0 };
    case TimeShift::At::start: return { context.steps.startMs - shift.offsetMs, 0 };
    case TimeShift::At::end: return { context.endMs - shift.offsetMs, 0 };
    }
    return {};
}

std::vector<OutputSeries> seriesOf(const model::MetricSelection& selection)
{
    std::vector<OutputSeries> series;
    series.reserve(selection.size());
    for (std::size_t i = 0; i < selection.size(); ++i)
        series.push_back({ selection.labels(i) });
    return series;
}

/// At each step the newest sample within the lookback, unless that is a staleness marker.
class SelectorStream final : public SeriesStream {
public:
    SelectorStream(QueryContext& context, std::unique_ptr<model::MetricSelection> selection, Shifted times, std::size_t steps, bool timestamps)
        : m_context(context)
        , m_selection(std::move(selection))
        , m_times(times)
        , m_steps(steps)
        , m_timestamps(timestamps)
    {
        m_series = seriesOf(*m_selection);
    }

    Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) override
    {
        std::vector<double> column(m_steps);
        return m_selection->read(
            begin, end,
            [&](std::size_t series, model::SampleView samples) {
                if (fill(samples, column))
                    visitor(series, column);
            },
            m_context.stop);
    }

private:
    /// False if there is no value at any step.
    bool fill(model::SampleView samples, std::span<double> column) const
    {
        const auto times = samples.timesMs;
        const auto first = std::ranges::upper_bound(times, m_times.at(0));
        std::size_t next = static_cast<std::size_t>(first - times.begin()); // first sample after the step
        bool any = false;
        for (std::size_t step = 0; step < m_steps; ++step) {
            const auto at = m_times.at(step);
            while (next < times.size() && times[next] <= at)
                ++next;
            column[step] = kAbsent;
            if (next == 0 || times[next - 1] <= at - m_context.lookbackMs || model::isStale(samples.values[next - 1]))
                continue;
            column[step] = m_timestamps ? static_cast<double>(times[next - 1]) / 1000 : samples.values[next - 1];
            any = true;
        }
        return any;
    }

    QueryContext& m_context;
    std::unique_ptr<model::MetricSelection> m_selection;
    Shifted m_times;
    std::size_t m_steps;
    bool m_timestamps;
};

class SelectedRange final : public RangeSource {
public:
    SelectedRange(QueryContext& context, std::unique_ptr<model::MetricSelection> selection, Windows windows)
        : m_context(context)
        , m_selection(std::move(selection))
    {
        m_windows = windows;
        m_series = seriesOf(*m_selection);
    }

    Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) override
    {
        std::vector<std::int64_t> times;
        std::vector<double> values;
        return m_selection->read(
            begin, end,
            [&](std::size_t series, model::SampleView samples) {
                if (std::ranges::none_of(samples.values, model::isStale))
                    return visitor(series, samples);
                times.clear();
                values.clear();
                for (std::size_t i = 0; i < samples.values.size(); ++i) {
                    if (model::isStale(samples.values[i]))
                        continue;
                    times.push_back(samples.timesMs[i]);
                    values.push_back(samples.values[i]);
                }
                visitor(series, { times, values });
            },
            m_context.stop);
    }

private:
    QueryContext& m_context;
    std::unique_ptr<model::MetricSelection> m_selection;
};

class SubqueryRange final : public RangeSource {
public:
    SubqueryRange(StreamPtr inner, Steps innerSteps, Windows windows)
        : m_inner(std::move(inner))
        , m_steps(innerSteps)
    {
        m_windows = windows;
        m_series = m_inner->series();
        m_allTimes.resize(m_steps.count);
        for (std::size_t i = 0; i < m_steps.count; ++i)
            m_allTimes[i] = m_steps.at(i);
    }

    Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) override
    {
        std::vector<std::int64_t> times;
        return m_inner->read(begin, end, [&](std::size_t series, std::span<double> column) {
            if (std::ranges::none_of(column, isAbsent))
                return visitor(series, { m_allTimes, column });
            // Values are moved together in place; the column is ours to change.
            times.clear();
            for (std::size_t i = 0; i < column.size(); ++i) {
                if (isAbsent(column[i]))
                    continue;
                column[times.size()] = column[i];
                times.push_back(m_allTimes[i]);
            }
            if (!times.empty())
                visitor(series, { times, column.first(times.size()) });
        });
    }

private:
    StreamPtr m_inner;
    Steps m_steps;
    std::vector<std::int64_t> m_allTimes;
};

/// No series: a subquery in which no step falls.
class EmptyRange final : public RangeSource {
public:
    explicit EmptyRange(Windows windows) { m_windows = windows; }
    Result<void> read(std::size_t, std::size_t, const Visitor&) override { return {}; }
};

}

Result<StreamPtr> openSelector(Evaluator& evaluator, const VectorSelector& selector, Steps steps, bool timestamps)
{
    auto& context = evaluator.context();
    const auto times = shifted(context, selector.shift, steps);
    const model::TimeRange range { times.at(0) - context.lookbackMs + 1, times.at(steps.count - 1) };
    auto selection = context.source.select(selector.matchers, range, context.stop);
    if (!selection)
        return std::unexpected(std::move(selection.error()));
    return std::make_unique<SelectorStream>(context, std::move(*selection), times, steps.count, timestamps);
}

Result<std::unique_ptr<RangeSource>> openRange(Evaluator& evaluator, const Expr& expr, Steps steps)
{
    auto& context = evaluator.context();
    const auto& node = withoutParens(expr);
    if (const auto* matrix = node.as<MatrixSelector>()) {
        const auto& selector = *matrix->selector->as<VectorSelector>();
        const auto times = shifted(context, selector.shift, steps);
        const Windows windows { times.firstMs, times.stepMs, matrix->rangeMs };
        const model::TimeRange range { windows.end(0) - windows.rangeMs + 1, windows.end(steps.count - 1) };
        auto selection = context.source.select(selector.matchers, range, context.stop);
        if (!selection)
            return std::unexpected(std::move(selection.error()));
        return std::make_unique<SelectedRange>(context, std::move(*selection), windows);
    }
    const auto& subquery = *node.as<Subquery>();
    const auto times = shifted(context, subquery.shift, steps);
    const Windows windows { times.firstMs, times.stepMs, subquery.rangeMs };
    // Inner steps are multiples of the step, whatever the outer time: the first one inside the first window.
    const auto step = subquery.stepMs != 0 ? subquery.stepMs : context.options.defaultSubqueryStepMs;
    const auto begin = windows.end(0) - windows.rangeMs;
    auto first = step * (begin / step);
    if (first <= begin)
        first += step;
    const auto last = windows.end(steps.count - 1);
    if (first > last)
        return std::make_unique<EmptyRange>(windows);
    const Steps inner { first, step, static_cast<std::size_t>((last - first) / step) + 1 };
    if (auto held = context.hold(inner.count); !held)
        return std::unexpected(std::move(held.error()));
    context.release(inner.count);
    auto stream = evaluator.open(*subquery.expr, inner);
    if (!stream)
        return std::unexpected(std::move(stream.error()));
    return std::make_unique<SubqueryRange>(std::move(*stream), inner, windows);
}

Result<model::Matrix> Evaluator::rangeVector(const Expr& expr, std::int64_t timeMs)
{
    auto range = openRange(*this, expr, { timeMs, 1, 1 });
    if (!range)
        return std::unexpected(std::move(range.error()));
    const auto end = (*range)->windows().end(0);
    const auto begin = end - (*range)->windows().rangeMs;
    const auto& series = (*range)->series();
    model::Matrix all(series.size());
    const auto done = m_context.parallel(series.size(), [&](std::size_t from, std::size_t to) -> Result<void> {
        Result<void> enough;
        auto read = (*range)->read(from, to, [&](std::size_t index, model::SampleView samples) {
            const auto lo = std::ranges::upper_bound(samples.timesMs, begin) - samples.timesMs.begin();
            const auto hi = std::ranges::upper_bound(samples.timesMs, end) - samples.timesMs.begin();
            if (!enough || lo >= hi)
                return;
            enough = m_context.hold(static_cast<std::size_t>(hi - lo));
            if (!enough)
                return;
            all[index].labels = series[index].effective();
            all[index].timesMs.assign(samples.timesMs.begin() + lo, samples.timesMs.begin() + hi);
            all[index].values.assign(samples.values.begin() + lo, samples.values.begin() + hi);
        });
        return enough ? read : enough;
    });
    if (!done)
        return std::unexpected(done.error());
    std::erase_if(all, [](const model::Series& one) { return one.timesMs.empty(); });
    return all;
}

}
