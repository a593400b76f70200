#include "core/logql/range_query.h"

#include "core/base/format.h"
#include "core/base/go_time.h"
#include "core/logql/lexer.h"
#include "core/logql/pipeline.h"
#include "core/logql/quick_float.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace belvedere::logql {

namespace {

constexpr std::string_view kSampleError = "SampleExtractionErr";
/// A long line can cost a pipeline a tenth of a millisecond and more.
constexpr std::size_t kLinesBetweenStops = 64;
/// Longer ranges reach back further than any line; with times within the same bound no sum of them overflows.
constexpr std::int64_t kLongestNs = 1LL << 61;

// ---------------------------------------------------------------------------------------------------------- accumulators

/// What is kept of the samples of one bucket. add() sees them in order of time within a unit; merge() is associative, and
/// `other` is later than this.
struct CountSum {
    double sum = 0;
    std::uint64_t count = 0;
    void add(std::int64_t, double value)
    {
        sum += value;
        ++count;
    }
    void merge(const CountSum& other)
    {
        sum += other.sum;
        count += other.count;
    }
    bool empty() const { return count == 0; }
};

struct Extremes {
    double low = std::numeric_limits<double>::quiet_NaN();
    double high = std::numeric_limits<double>::quiet_NaN();
    bool any = false;
    void add(std::int64_t, double value)
    {
        low = !any || value < low || std::isnan(low) ? value : low;
        high = !any || value > high || std::isnan(high) ? value : high;
        any = true;
    }
    void merge(const Extremes& other)
    {
        if (!other.any)
            return;
        add(0, other.low);
        add(0, other.high);
    }
    bool empty() const { return !any; }
};

struct Ends {
    std::int64_t firstTime = 0;
    std::int64_t lastTime = 0;
    double first = 0;
    double last = 0;
    bool any = false;
    void add(std::int64_t time, double value) { merge({ time, time, value, value, true }); }
    void merge(const Ends& other)
    {
        if (!other.any)
            return;
        if (!any || other.firstTime < firstTime) {
            firstTime = other.firstTime;
            first = other.first;
        }
        if (!any || other.lastTime >= lastTime) {
            lastTime = other.lastTime;
            last = other.last;
        }
        any = true;
    }
    bool empty() const { return !any; }
};

/// Welford's method; merged as Chan, Golub and LeVeque do.
struct Variance {
    double count = 0;
    double mean = 0;
    double squares = 0;
    void add(std::int64_t, double value)
    {
        count += 1;
        const double delta = value - mean;
        mean += delta / count;
        squares += delta * (value - mean);
    }
    void merge(const Variance& other)
    {
        if (other.count == 0)
            return;
        const double total = count + other.count;
        const double delta = other.mean - mean;
        mean += delta * other.count / total;
        squares += other.squares + delta * delta * count * other.count / total;
        count = total;
    }
    bool empty() const { return count == 0; }
};

struct TimedValue {
    std::int64_t timeNs;
    double value;
};

// --------------------------------------------------------------------------------------------------------------- buckets

/// Cuts time at the edges of all windows, so that each window is a run of whole buckets.
class Buckets {
public:
    Buckets(const Grid& grid, std::int64_t rangeNs, std::int64_t offsetNs)
        : m_base(grid.startNs - offsetNs - rangeNs)
        , m_range(rangeNs)
        , m_step(grid.count > 1 ? grid.stepNs : std::max<std::int64_t>(rangeNs, 1))
        , m_steps(grid.count)
    {
        if (m_range <= m_step) {
            m_width = 1;
        } else {
            m_rest = m_range % m_step;
            m_stride = m_rest == 0 ? 1 : 2;
            m_width = static_cast<std::size_t>(m_range / m_step) * m_stride + (m_rest == 0 ? 0 : 1);
        }
    }

    /// Samples count in (from, to].
    std::int64_t from() const { return m_base; }
    std::int64_t to() const { return m_base + m_range + static_cast<std::int64_t>(m_steps - 1) * m_step; }

    static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
    std::size_t of(std::int64_t time) const
    {
        const auto since = time - m_base - 1;
        const auto period = since / m_step;
        const auto within = since - period * m_step;
        if (m_range <= m_step)
            return within < m_range ? static_cast<std::size_t>(period) : kNone;
        return static_cast<std::size_t>(period) * m_stride + (m_stride == 2 && within >= m_rest ? 1 : 0);
    }

    std::size_t first(std::size_t step) const { return step * m_stride; }
    std::size_t width() const { return m_width; }
    std::size_t count() const { return (m_steps - 1) * m_stride + m_width; }
    std::size_t steps() const { return m_steps; }

private:
    std::int64_t m_base;
    std::int64_t m_range;
    std::int64_t m_step;
    std::size_t m_steps;
    std::int64_t m_rest = 0;
    std::size_t m_stride = 1;
    std::size_t m_width = 1;
};

/// Accumulators of one series: a run of buckets that grows where samples fall.
template <class Accumulator>
class BucketRun {
public:
    using Output = Accumulator;

    void add(std::size_t bucket, std::int64_t time, double value) { at(bucket).add(time, value); }
    void merge(const BucketRun& later)
    {
        for (std::size_t i = 0; i < later.m_items.size(); ++i) {
            if (!later.m_items[i].empty())
                at(later.m_first + i).merge(later.m_items[i]);
        }
    }

    /// Calls `window(step, accumulator)` for each step whose window holds a sample. Every bucket is merged about twice,
    /// however long the window: runs from both sides of every multiple of its width are put together.
    template <class Window>
    void eachWindow(const Buckets& buckets, Window&& window)
    {
        const auto width = buckets.width();
        m_items.insert(m_items.begin(), m_first, Accumulator());
        m_items.resize(buckets.count());
        m_first = 0;
        if (width == 1) {
            for (std::size_t step = 0; step < buckets.steps(); ++step) {
                if (const auto& one = m_items[buckets.first(step)]; !one.empty())
                    window(step, one);
            }
            return;
        }
        std::vector<Accumulator> before = m_items; // of a block, up to and with this bucket
        std::vector<Accumulator> behind = m_items; // of a block, from this bucket on
        for (std::size_t i = 0; i < m_items.size(); ++i) {
            if (i % width != 0) {
                auto run = before[i - 1];
                run.merge(m_items[i]);
                before[i] = run;
            }
        }
        for (std::size_t i = m_items.size(); i-- > 0;) {
            if (i % width != width - 1 && i + 1 < m_items.size()) {
                auto run = m_items[i];
                run.merge(behind[i + 1]);
                behind[i] = run;
            }
        }
        for (std::size_t step = 0; step < buckets.steps(); ++step) {
            const auto first = buckets.first(step);
            auto all = behind[first];
            if (first % width != 0)
                all.merge(before[first + width - 1]);
            if (!all.empty())
                window(step, all);
        }
    }

private:
    Accumulator& at(std::size_t bucket)
    {
        if (m_items.empty()) {
            m_first = bucket;
            m_items.emplace_back();
        } else if (bucket < m_first) {
            m_items.insert(m_items.begin(), m_first - bucket, Accumulator());
            m_first = bucket;
        } else if (bucket >= m_first + m_items.size()) {
            m_items.resize(bucket - m_first + 1);
        }
        return m_items[bucket - m_first];
    }

    std::size_t m_first = 0;
    std::vector<Accumulator> m_items;
};

/// All samples of one series, for functions that need them in order.
class SampleRun {
public:
    using Output = std::span<const TimedValue>;

    void add(std::size_t, std::int64_t time, double value) { m_samples.push_back({ time, value }); }
    void merge(const SampleRun& later) { m_samples.insert(m_samples.end(), later.m_samples.begin(), later.m_samples.end()); }

    /// Calls `window(step, samples)` for each step whose window holds a sample, on several threads: the windows of one
    /// series overlap and can be all the work there is.
    template <class Window>
    void eachWindow(const Grid& grid, std::int64_t rangeNs, std::int64_t offsetNs, TaskPool& pool, const std::stop_token& stop, Window&& window)
    {
        sort(stop);
        if (stop.stop_requested())
            return;
        std::vector<std::pair<std::size_t, std::span<const TimedValue>>> windows;
        std::size_t begin = 0;
        std::size_t end = 0;
        for (std::size_t step = 0; step < grid.count; ++step) {
            const auto to = grid.time(step) - offsetNs;
            while (end < m_samples.size() && m_samples[end].timeNs <= to)
                ++end;
            while (begin < end && m_samples[begin].timeNs <= to - rangeNs)
                ++begin;
            if (begin < end)
                windows.emplace_back(step, std::span<const TimedValue>(m_samples).subspan(begin, end - begin));
        }
        pool.parallelFor(windows.size(), [&](std::size_t i) { window(windows[i].first, windows[i].second); });
    }

private:
    /// By time, equal times in the order they came. In runs that are merged, so that it can end in between: millions of
    /// samples take longer than a stop may.
    void sort(const std::stop_token& stop)
    {
        constexpr std::size_t kRun = std::size_t { 1 } << 16;
        if (std::ranges::is_sorted(m_samples, {}, &TimedValue::timeNs))
            return;
        const auto at = [this](std::size_t i) { return m_samples.begin() + static_cast<std::ptrdiff_t>(std::min(i, m_samples.size())); };
        for (std::size_t begin = 0; begin < m_samples.size() && !stop.stop_requested(); begin += kRun)
            std::ranges::stable_sort(at(begin), at(begin + kRun), {}, &TimedValue::timeNs);
        for (auto width = kRun; width < m_samples.size(); width *= 2) {
            for (std::size_t begin = 0; begin + width < m_samples.size() && !stop.stop_requested(); begin += 2 * width)
                std::ranges::inplace_merge(at(begin), at(begin + width), at(begin + 2 * width), {}, &TimedValue::timeNs);
        }
    }

    std::vector<TimedValue> m_samples;
};

double quantile(double q, std::span<const TimedValue> samples)
{
    if (q < 0)
        return -std::numeric_limits<double>::infinity();
    if (q > 1)
        return std::numeric_limits<double>::infinity();
    std::vector<double> values;
    values.reserve(samples.size());
    for (const auto& sample : samples)
        values.push_back(sample.value);
    // NaN sorts in front, as in Prometheus. Only the two values around the rank are wanted, so nothing is sorted for good.
    const auto numbers = std::ranges::partition(values, [](double value) { return std::isnan(value); }).begin();
    const auto count = static_cast<double>(values.size());
    const double rank = q * (count - 1);
    const double lower = std::max(0.0, std::floor(rank));
    const double weight = rank - std::floor(rank);
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(lower);
    if (at >= numbers)
        std::nth_element(numbers, at, values.end());
    double upper = *at;
    if (at + 1 != values.end())
        upper = at + 1 < numbers ? *(at + 1) : *std::ranges::min_element(at + 1, values.end());
    return *at * (1 - weight) + upper * weight;
}

/// Prometheus' extrapolated rate of a counter, but counted from the first sample's own range and with the units that
/// Loki mixes (sample times in nanoseconds, the range in milliseconds): its answers are what is compared with.
double counterRate(std::span<const TimedValue> samples, std::int64_t rangeNs)
{
    if (samples.size() < 2)
        return 0;
    double result = samples.back().value - samples.front().value;
    double last = 0;
    for (const auto& sample : samples) {
        if (sample.value < last)
            result += last;
        last = sample.value;
    }
    double toStart = static_cast<double>(rangeNs / 1'000'000) / 1000;
    const double interval = static_cast<double>(samples.back().timeNs - samples.front().timeNs) / 1000;
    const double average = interval / static_cast<double>(samples.size() - 1);
    if (result > 0 && samples.front().value >= 0)
        toStart = std::min(toStart, interval * (samples.front().value / result));
    const double extrapolated = interval + (toStart < average * 1.1 ? toStart : average / 2);
    return result * (extrapolated / interval) / (static_cast<double>(rangeNs) / 1e9);
}

// ---------------------------------------------------------------------------------------------------------------- reading

struct KeyHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// Series of one part of the units, with what was gathered for each.
template <class Run>
struct Partial {
    std::unordered_map<std::string, std::size_t, KeyHash, std::equal_to<>> index;
    std::vector<model::Labels> labels;
    std::vector<Run> runs;
};

/// How the labels of a sample are chosen.
struct LabelRule {
    enum class Kind : std::uint8_t { all, none, by, without };
    Kind kind = Kind::all;
    std::vector<std::string> labels; ///< sorted
};

template <class Run>
class RangeReader {
public:
    RangeReader(RangeOp op, const Unwrap* unwrap, LabelRule rule, const Buckets& buckets, const Pipeline& pipeline, std::vector<std::unique_ptr<StageRunner>> after)
        : m_unwrap(unwrap)
        , m_rule(std::move(rule))
        , m_buckets(buckets)
        , m_pipeline(pipeline)
        , m_after(std::move(after))
        , m_ofBytes(op == RangeOp::bytes || op == RangeOp::bytesRate)
    {
    }

    Result<Partial<Run>> run(const model::LogSelection& selection, TaskPool& pool, const std::stop_token& stop)
    {
        const auto units = selection.units();
        // Neighbours in time go together: they share series, and runs stay short.
        const std::size_t parts = std::min<std::size_t>(units.size(), (pool.threadCount() + 1) * 4);
        std::vector<Partial<Run>> partials(parts);
        pool.parallelFor(parts, [&](std::size_t part) {
            const auto begin = units.size() * part / parts;
            const auto end = units.size() * (part + 1) / parts;
            Worker worker { *this, partials[part], stop, {}, {}, {} };
            for (auto unit = begin; unit < end && !m_failed.load(std::memory_order_relaxed) && !stop.stop_requested(); ++unit)
                worker.read(selection, unit);
        });
        if (m_error)
            return std::unexpected(std::move(*m_error));
        if (stop.stop_requested())
            return failure(ErrorCode::cancelled, "the query was cancelled");
        if (partials.empty())
            return Partial<Run> {};
        auto& all = partials.front();
        for (std::size_t part = 1; part < partials.size(); ++part) {
            if (stop.stop_requested())
                return failure(ErrorCode::cancelled, "the query was cancelled");
            auto& later = partials[part];
            for (auto& [key, index] : later.index) {
                const auto [at, added] = all.index.try_emplace(key, all.runs.size());
                if (added) {
                    all.labels.push_back(std::move(later.labels[index]));
                    all.runs.push_back(std::move(later.runs[index]));
                } else {
                    all.runs[at->second].merge(later.runs[index]);
                }
            }
            later = {};
        }
        return std::move(all);
    }

private:
    struct Worker {
        RangeReader& reader;
        Partial<Run>& out;
        const std::stop_token& stop;
        LineState state;
        std::string key;
        std::vector<LineState::Cell> cells;

        void read(const model::LogSelection& selection, std::size_t unit)
        {
            const auto& stream = *selection.streams()[selection.units()[unit].stream];
            std::size_t streamSeries = Buckets::kNone; // the series of lines that keep their stream's labels
            const auto done = selection.read(unit, [&](const model::LogBatchView& batch) { this->batch(batch, stream, streamSeries); }, stop);
            if (!done)
                reader.fail(done.error());
        }

        void batch(const model::LogBatchView& batch, const model::Labels& stream, std::size_t& streamSeries)
        {
            const auto count = batch.timesNs.size();
            const bool plain = reader.m_pipeline.empty() && !reader.m_unwrap && (batch.metadata.empty() || reader.m_rule.kind == LabelRule::Kind::none);
            for (std::size_t i = 0; i < count; ++i) {
                if (i % kLinesBetweenStops == 0 && (stop.stop_requested() || reader.m_failed.load(std::memory_order_relaxed)))
                    return;
                const auto time = batch.timesNs[i];
                const auto bucket = reader.m_buckets.of(time);
                if (bucket == Buckets::kNone)
                    continue;
                const auto line = batch.lines.empty() ? std::string_view() : batch.lines[i];
                if (plain) {
                    if (streamSeries == Buckets::kNone) {
                        state.begin(stream, time, line, {});
                        streamSeries = series();
                    }
                    out.runs[streamSeries].add(bucket, time, reader.m_ofBytes ? static_cast<double>(line.size()) : 1);
                    continue;
                }
                state.begin(stream, time, line, batch.metadata.empty() ? model::MetadataView() : batch.metadata[i]);
                if (!reader.m_pipeline.run(state))
                    continue;
                double value = 1;
                if (reader.m_unwrap) {
                    if (!unwrap(value))
                        continue;
                } else if (reader.m_ofBytes) {
                    value = static_cast<double>(state.line.size());
                }
                if (state.hasError() && !state.preserveError) {
                    reader.fail(pipelineError());
                    return;
                }
                std::size_t at = 0;
                if (sameAsStream()) {
                    if (streamSeries == Buckets::kNone)
                        streamSeries = series();
                    at = streamSeries;
                } else {
                    at = series();
                }
                out.runs[at].add(bucket, time, value);
            }
        }

        bool unwrap(double& value)
        {
            const auto& unwrap = *reader.m_unwrap;
            const auto text = state.get(unwrap.label);
            if (!text)
                return false;
            std::optional<double> converted;
            switch (unwrap.conversion) {
            case Unwrap::Conversion::number: converted = quickFloat(*text); break;
            case Unwrap::Conversion::bytes:
                if (const auto bytes = parseByteSize(*text))
                    converted = *bytes;
                break;
            case Unwrap::Conversion::duration:
            case Unwrap::Conversion::durationSeconds:
                if (const auto duration = parseGoDuration(*text))
                    converted = static_cast<double>(*duration / 1'000'000'000) + static_cast<double>(*duration % 1'000'000'000) / 1e9;
                break;
            }
            if (!converted)
                state.setError(kSampleError, formatted("cannot convert '{}'", *text));
            value = converted.value_or(0);
            return std::ranges::all_of(reader.m_after, [&](const auto& filter) { return filter->run(state); });
        }

        /// True if the series is that of every line of the stream that keeps its labels.
        bool sameAsStream() const
        {
            if (state.unchanged() || reader.m_rule.kind == LabelRule::Kind::none)
                return !state.hasError();
            if (reader.m_rule.kind != LabelRule::Kind::by || state.hasError())
                return false;
            return std::ranges::all_of(reader.m_rule.labels, [&](const std::string& name) { return state.keepsStreamLabel(name); });
        }

        void chooseLabels()
        {
            cells.clear();
            const auto& rule = reader.m_rule;
            if (state.hasError() || rule.kind == LabelRule::Kind::all) {
                state.appendAll(cells);
            } else if (rule.kind == LabelRule::Kind::by) {
                for (const auto& name : rule.labels) {
                    if (const auto value = state.get(name))
                        cells.push_back({ name, *value });
                }
            } else if (rule.kind == LabelRule::Kind::without) {
                state.appendAll(cells);
                std::erase_if(cells, [&](const LineState::Cell& cell) { return std::ranges::binary_search(rule.labels, cell.name); });
            }
        }

        std::size_t series()
        {
            chooseLabels();
            key.clear();
            for (const auto& cell : cells) {
                key += cell.name;
                key += '\0';
                key += cell.value;
                key += '\0';
            }
            if (const auto known = out.index.find(std::string_view(key)); known != out.index.end())
                return known->second;
            std::vector<model::Label> labels;
            for (const auto& cell : cells)
                labels.push_back({ std::string(cell.name), std::string(cell.value) });
            out.index.emplace(key, out.runs.size());
            out.labels.push_back(model::Labels::fromSorted(std::move(labels)));
            out.runs.emplace_back();
            return out.runs.size() - 1;
        }

        Error pipelineError()
        {
            cells.clear();
            state.appendAll(cells);
            std::vector<model::Label> labels;
            for (const auto& cell : cells)
                labels.push_back({ std::string(cell.name), std::string(cell.value) });
            return { ErrorCode::execution,
                formatted("pipeline error: '{}' for series: '{}'; leave such lines out with | __error__=\"\", after unwrap if the value is at fault", state.error(),
                    model::Labels::fromSorted(std::move(labels)).toString()),
                std::nullopt };
        }
    };

    void fail(Error error)
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_failed.exchange(true))
            m_error = std::move(error);
    }

    const Unwrap* const m_unwrap;
    const LabelRule m_rule;
    const Buckets& m_buckets;
    const Pipeline& m_pipeline;
    const std::vector<std::unique_ptr<StageRunner>> m_after;
    const bool m_ofBytes;
    std::atomic<bool> m_failed = false;
    std::mutex m_mutex;
    std::optional<Error> m_error; // guarded by m_mutex
};

/// Labels of an absent_over_time answer: those that the selector fixes.
model::Labels absentLabels(const model::Matchers& matchers)
{
    model::LabelsBuilder labels;
    std::vector<std::string> ambiguous;
    for (const auto& matcher : matchers) {
        if (matcher.op() == model::Matcher::Op::equal && labels.get(matcher.name()).empty())
            labels.set(matcher.name(), matcher.value());
        else
            ambiguous.push_back(matcher.name());
    }
    for (const auto& name : ambiguous)
        labels.remove(name);
    return labels.build();
}

}

Result<Columns> runRangeAggregation(const RangeAggregation& expr, RangeOp op, const Grouping* outer, const Grid& grid, const model::LogSource& source, TaskPool& pool, std::stop_token stop)
{
    const Unwrap* unwrap = expr.unwrap && op != RangeOp::count ? &*expr.unwrap : nullptr;
    LabelRule rule;
    Pipeline::Wants wants;
    wants.metric = true;
    const Grouping* grouping = outer ? outer : expr.grouping ? &*expr.grouping : nullptr;
    if (grouping) {
        rule.labels = grouping->labels;
        rule.kind = grouping->without ? (rule.labels.empty() ? LabelRule::Kind::all : LabelRule::Kind::without)
            : rule.labels.empty()     ? LabelRule::Kind::none
                                      : LabelRule::Kind::by;
    }
    if (op == RangeOp::absent)
        rule.kind = LabelRule::Kind::none;
    if (rule.kind == LabelRule::Kind::by)
        wants.labels = rule.labels;
    if (unwrap) {
        // The unwrapped label is no part of the series.
        wants.labels.push_back(unwrap->label);
        if (rule.kind == LabelRule::Kind::all || rule.kind == LabelRule::Kind::without) {
            rule.kind = LabelRule::Kind::without;
            rule.labels.push_back(unwrap->label);
        }
    }
    std::ranges::sort(rule.labels);
    rule.labels.erase(std::ranges::unique(rule.labels).begin(), rule.labels.end());
    wants.by = rule.kind == LabelRule::Kind::by;
    wants.noLabels = rule.kind == LabelRule::Kind::none;

    std::vector<std::unique_ptr<StageRunner>> after;
    if (unwrap) {
        for (const auto& filter : unwrap->filters) {
            auto compiled = compileLabelFilter(filter);
            if (!compiled)
                return std::unexpected(compiled.error());
            after.push_back(std::move(*compiled));
        }
    }
    const auto pipeline = Pipeline::compile(expr.log.stages, wants, unwrap ? std::span<const LabelFilter>(unwrap->filters) : std::span<const LabelFilter>());
    if (!pipeline)
        return std::unexpected(pipeline.error());
    if (expr.rangeNs <= 0)
        return Columns {};

    if (expr.offsetNs > kLongestNs || expr.offsetNs < -kLongestNs)
        return failure(ErrorCode::limit, "the offset is too long");
    const auto rangeNs = std::min(expr.rangeNs, kLongestNs);
    const Buckets buckets(grid, rangeNs, expr.offsetNs);
    if (buckets.count() > 10'000'000)
        return failure(ErrorCode::limit, "the range is too long for so small a step");
    model::LogRequest request;
    request.matchers = expr.log.matchers;
    request.fromNs = buckets.from() + 1;
    request.toNs = buckets.to() + 1;
    request.needLines = pipeline->readsLine() || op == RangeOp::bytes || op == RangeOp::bytesRate;
    request.requiredLiterals = pipeline->requiredLiterals();
    const auto selection = source.select(request, stop);
    if (!selection)
        return std::unexpected(selection.error());

    Columns out;
    /// Reads with runs of one kind and makes a column of each series; `value` makes a number of a window.
    const auto evaluate = [&]<class Run>(std::type_identity<Run>, auto value) -> Result<void> {
        auto gathered = RangeReader<Run>(op, unwrap, rule, buckets, *pipeline, std::move(after)).run(**selection, pool, stop);
        if (!gathered)
            return std::unexpected(gathered.error());
        out.resize(gathered->runs.size());
        pool.parallelFor(out.size(), [&](std::size_t i) {
            if (stop.stop_requested())
                return;
            out[i].labels = model::makeLabels(std::move(gathered->labels[i]));
            out[i].values.assign(grid.count, absent());
            const auto window = [&](std::size_t step, const auto& one) {
                if (!stop.stop_requested())
                    out[i].values[step] = value(one);
            };
            if constexpr (std::is_same_v<Run, SampleRun>)
                gathered->runs[i].eachWindow(grid, rangeNs, expr.offsetNs, pool, stop, window);
            else
                gathered->runs[i].eachWindow(buckets, window);
        });
        if (stop.stop_requested())
            return failure(ErrorCode::cancelled, "the query was cancelled");
        return {};
    };

    using Sums = std::type_identity<BucketRun<CountSum>>;
    const double seconds = static_cast<double>(expr.rangeNs) / 1e9;
    Result<void> done;
    switch (op) {
    case RangeOp::count:
    case RangeOp::absent: done = evaluate(Sums(), [](const CountSum& one) { return static_cast<double>(one.count); }); break;
    case RangeOp::bytes:
    case RangeOp::sum: done = evaluate(Sums(), [](const CountSum& one) { return one.sum; }); break;
    case RangeOp::rate:
    case RangeOp::bytesRate: done = evaluate(Sums(), [&](const CountSum& one) { return one.sum / seconds; }); break;
    case RangeOp::average: done = evaluate(Sums(), [](const CountSum& one) { return one.sum / static_cast<double>(one.count); }); break;
    case RangeOp::minimum: done = evaluate(std::type_identity<BucketRun<Extremes>>(), [](const Extremes& one) { return one.low; }); break;
    case RangeOp::maximum: done = evaluate(std::type_identity<BucketRun<Extremes>>(), [](const Extremes& one) { return one.high; }); break;
    case RangeOp::first: done = evaluate(std::type_identity<BucketRun<Ends>>(), [](const Ends& one) { return one.first; }); break;
    case RangeOp::last: done = evaluate(std::type_identity<BucketRun<Ends>>(), [](const Ends& one) { return one.last; }); break;
    case RangeOp::stdvar: done = evaluate(std::type_identity<BucketRun<Variance>>(), [](const Variance& one) { return one.squares / one.count; }); break;
    case RangeOp::stddev: done = evaluate(std::type_identity<BucketRun<Variance>>(), [](const Variance& one) { return std::sqrt(one.squares / one.count); }); break;
    case RangeOp::quantile: done = evaluate(std::type_identity<SampleRun>(), [&](std::span<const TimedValue> samples) { return quantile(expr.parameter, samples); }); break;
    case RangeOp::rateCounter: done = evaluate(std::type_identity<SampleRun>(), [&](std::span<const TimedValue> samples) { return counterRate(samples, expr.rangeNs); }); break;
    }
    if (!done)
        return std::unexpected(done.error());

    if (op == RangeOp::absent) {
        Column column { model::makeLabels(absentLabels(expr.log.matchers)), std::vector<double>(grid.count, 1.0) };
        for (const auto& present : out) {
            for (std::size_t step = 0; step < grid.count; ++step) {
                if (!isAbsent(present.values[step]))
                    column.values[step] = absent();
            }
        }
        out.clear();
        out.push_back(std::move(column));
    }
    return out;
}

}
