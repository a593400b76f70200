#include "core/base/format.h"
#include "core/promql/evaluator.h"
#include "core/promql/quantile.h"

#include "core/base/text.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <unordered_map>
#include <utility>

// Most aggregations never see their input as a whole: each task adds the columns of its series to accumulators of its own,
// one column of cells for each group it meets, and the tasks' cells are merged at the end, always in the same order, so
// that a query gives the same answer every time. topk and bottomk keep k candidates a step in the same way.

namespace belvedere::promql {

namespace {

/// Which group each input series belongs to, found once.
struct Grouping {
    std::vector<std::uint32_t> of;
    std::vector<OutputSeries> groups; ///< in order of appearance
};

Result<Grouping> groupSeries(const QueryContext& context, const Aggregate& aggregate, const std::vector<OutputSeries>& series)
{
    LabelKey key(!aggregate.without, aggregate.grouping);
    Grouping out;
    out.of.reserve(series.size());
    std::unordered_map<std::string, std::uint32_t> numbers;
    for (const auto& one : series) {
        if (auto going = context.checkStop(out.of.size()); !going)
            return std::unexpected(std::move(going.error()));
        const auto [at, isNew] = numbers.try_emplace(key.of(one), static_cast<std::uint32_t>(out.groups.size()));
        if (isNew) {
            auto labels = key.labels(one);
            const bool keepsName = labels.has(model::kMetricName);
            out.groups.push_back({ model::makeLabels(std::move(labels)), false, keepsName && one.dropAtEnd });
        }
        out.of.push_back(at->second);
    }
    return out;
}

// Cells: what is known of one group at one step.

struct SumCell {
    Sum sum;
    bool any = false;

    void add(double value)
    {
        sum.add(value);
        any = true;
    }
    void merge(const SumCell& other)
    {
        if (other.any) {
            sum.add(other.sum);
            any = true;
        }
    }
    [[nodiscard]] double result() const { return any ? sum.value() : kAbsent; }
};

/// A sum that does not overflow: it continues scaled down when it would.
struct AvgCell {
    static constexpr double kScale = 0x1p-64;

    Sum sum;
    std::uint32_t count = 0;
    bool scaled = false;

    void add(double value)
    {
        ++count;
        put({ value, 0 }, false);
    }
    void merge(const AvgCell& other)
    {
        count += other.count;
        put(other.sum, other.scaled);
    }
    [[nodiscard]] double result() const
    {
        if (count == 0)
            return kAbsent;
        const double n = static_cast<double>(count) * (scaled ? kScale : 1.0);
        return sum.sum / n + sum.error / n;
    }

private:
    void put(Sum other, bool otherScaled)
    {
        if (scaled || otherScaled) {
            shrink(sum, scaled);
            shrink(other, otherScaled);
            scaled = true;
            sum.add(other);
            return;
        }
        if (std::isinf(sum.sum + other.sum) && !std::isinf(sum.sum) && !std::isinf(other.sum)) {
            shrink(other, false);
            return put(other, true);
        }
        sum.add(other);
    }
    static void shrink(Sum& value, bool alreadyDone)
    {
        if (!alreadyDone)
            value = { value.sum * kScale, value.error * kScale };
    }
};

struct CountCell {
    std::uint32_t count = 0;

    void add(double) { ++count; }
    void merge(const CountCell& other) { count += other.count; }
    [[nodiscard]] double result() const { return count == 0 ? kAbsent : static_cast<double>(count); }
};

struct GroupCell {
    bool any = false;

    void add(double) { any = true; }
    void merge(const GroupCell& other) { any = any || other.any; }
    [[nodiscard]] double result() const { return any ? 1 : kAbsent; }
};

struct MinCell {
    double value = kAbsent;

    void add(double other)
    {
        // kAbsent is a NaN too, so the first value replaces it.
        if (other < value || std::isnan(value))
            value = other;
    }
    void merge(const MinCell& other)
    {
        if (isPresent(other.value))
            add(other.value);
    }
    [[nodiscard]] double result() const { return value; }
};

struct MaxCell {
    double value = kAbsent;

    void add(double other)
    {
        if (other > value || std::isnan(value))
            value = other;
    }
    void merge(const MaxCell& other)
    {
        if (isPresent(other.value))
            add(other.value);
    }
    [[nodiscard]] double result() const { return value; }
};

/// Welford's method; merged after Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm" (1979).
struct VarianceCell {
    double count = 0;
    double mean = 0;
    double squares = 0;

    void add(double value)
    {
        ++count;
        const double delta = value - mean;
        mean += delta / count;
        squares += delta * (value - mean);
    }
    void merge(const VarianceCell& other)
    {
        if (other.count == 0)
            return;
        if (count == 0) {
            *this = other;
            return;
        }
        const double total = count + other.count;
        const double delta = other.mean - mean;
        mean += delta * other.count / total;
        squares += other.squares + delta * delta * count * other.count / total;
        count = total;
    }
    [[nodiscard]] double variance() const { return count == 0 ? kAbsent : squares / count; }
    [[nodiscard]] double result() const { return variance(); }
};

struct DeviationCell : VarianceCell {
    [[nodiscard]] double result() const { return count == 0 ? kAbsent : std::sqrt(variance()); }
};

/// Splits [0, count) in contiguous parts, one a task. The split depends on nothing but the numbers, so results repeat.
class Parts {
public:
    Parts(const QueryContext& context, std::size_t count)
        : m_count(count)
    {
        constexpr std::size_t kSmallestPart = 32;
        constexpr std::size_t kPartsPerThread = 2;
        m_parts = std::clamp<std::size_t>(count / kSmallestPart, 1, context.pool.threadCount() * kPartsPerThread);
    }

    [[nodiscard]] std::size_t size() const { return m_parts; }
    [[nodiscard]] std::size_t begin(std::size_t part) const { return m_count * part / m_parts; }
    [[nodiscard]] std::size_t end(std::size_t part) const { return m_count * (part + 1) / m_parts; }

    /// Reads each part on a task of its own; `add(part, series, column)`.
    template <class Add>
    Result<void> read(QueryContext& context, SeriesStream& stream, Add add) const
    {
        constexpr std::size_t kReadAtOnce = 256;
        std::vector<Result<void>> outcomes(m_parts);
        context.pool.parallelFor(m_parts, [&](std::size_t part) {
            auto& outcome = outcomes[part];
            for (std::size_t at = begin(part); at < end(part) && outcome; at += kReadAtOnce) {
                outcome = context.checkStop();
                if (outcome)
                    outcome = stream.read(at, std::min(end(part), at + kReadAtOnce), [&](std::size_t series, std::span<double> column) {
                        if (outcome)
                            outcome = add(part, series, column);
                    });
            }
        });
        for (auto& outcome : outcomes) {
            if (!outcome)
                return outcome;
        }
        return {};
    }

private:
    std::size_t m_count;
    std::size_t m_parts;
};

template <class Cell>
Result<StreamPtr> accumulate(QueryContext& context, SeriesStream& stream, Grouping grouping, std::size_t steps)
{
    const Parts parts(context, grouping.of.size());
    const auto groupCount = grouping.groups.size();
    std::vector<std::vector<std::vector<Cell>>> cells(parts.size());
    for (auto& part : cells)
        part.resize(groupCount);
    std::atomic<std::size_t> held = 0;
    auto done = parts.read(context, stream, [&](std::size_t part, std::size_t series, std::span<double> column) -> Result<void> {
        auto& group = cells[part][grouping.of[series]];
        if (group.empty()) {
            if (auto enough = context.hold(steps); !enough)
                return enough;
            held += steps;
            group.resize(steps);
        }
        for (std::size_t i = 0; i < steps; ++i) {
            if (isPresent(column[i]))
                group[i].add(column[i]);
        }
        return {};
    });
    context.release(held);
    if (!done)
        return std::unexpected(std::move(done.error()));
    auto out = Block::create(context, std::move(grouping.groups), steps);
    if (!out)
        return std::unexpected(std::move(out.error()));
    done = context.parallel(groupCount, [&](std::size_t begin, std::size_t end) -> Result<void> {
        for (std::size_t group = begin; group < end; ++group) {
            const auto column = out->column(group);
            std::vector<Cell> total(steps);
            for (const auto& part : cells) {
                if (part[group].empty())
                    continue;
                for (std::size_t i = 0; i < steps; ++i)
                    total[i].merge(part[group][i]);
            }
            for (std::size_t i = 0; i < steps; ++i)
                column[i] = total[i].result();
        }
        return {};
    });
    if (!done)
        return std::unexpected(std::move(done.error()));
    return streamOf(std::move(*out));
}

// topk and bottomk.

struct Candidate {
    double value;
    std::uint32_t series;
};

/// True if `a` comes before `b`: NaN last, of equal values the series that came first.
bool ranksBefore(const Candidate& a, const Candidate& b, bool largest)
{
    if (std::isnan(a.value) || std::isnan(b.value)) {
        if (std::isnan(a.value) != std::isnan(b.value))
            return std::isnan(b.value);
    } else if (a.value != b.value) {
        return largest ? a.value > b.value : a.value < b.value;
    }
    return a.series < b.series;
}

/// The best k candidates of one group at each step.
class Ranking {
public:
    Ranking(const std::vector<std::uint32_t>& k, std::size_t room, bool largest)
        : m_k(k)
        , m_room(room)
        , m_largest(largest)
        , m_candidates(k.size() * room)
        , m_counts(k.size())
    {
    }

    void add(std::size_t step, Candidate candidate)
    {
        const auto limit = std::min<std::size_t>(m_k[step], m_room);
        auto& count = m_counts[step];
        const auto first = m_candidates.begin() + static_cast<std::ptrdiff_t>(step * m_room);
        const auto before = [this](const Candidate& a, const Candidate& b) { return ranksBefore(a, b, m_largest); };
        if (count < limit) {
            first[count++] = candidate;
            std::push_heap(first, first + count, before); // the last in rank on top
        } else if (limit > 0 && before(candidate, *first)) {
            std::pop_heap(first, first + count, before);
            first[count - 1] = candidate;
            std::push_heap(first, first + count, before);
        }
    }

    /// In rank order.
    std::span<Candidate> sorted(std::size_t step)
    {
        const auto all = at(step);
        std::ranges::sort(all, [this](const Candidate& a, const Candidate& b) { return ranksBefore(a, b, m_largest); });
        return all;
    }
    [[nodiscard]] std::span<Candidate> at(std::size_t step) { return std::span(m_candidates).subspan(step * m_room, m_counts[step]); }

private:
    const std::vector<std::uint32_t>& m_k;
    std::size_t m_room;
    bool m_largest;
    std::vector<Candidate> m_candidates;
    std::vector<std::uint32_t> m_counts;
};

/// A scalar parameter as a whole number of series, at most `most`.
Result<std::vector<std::uint32_t>> readLimits(const std::vector<double>& parameter, std::size_t most, TextRange where)
{
    constexpr double kInt64Limit = 9223372036854775808.0;
    std::vector<std::uint32_t> limits;
    limits.reserve(parameter.size());
    for (const double value : parameter) {
        if (!(value >= -kInt64Limit && value < kInt64Limit))
            return executionFailure(formatted("Scalar value {} overflows int64", std::isnan(value) ? "NaN" : formatted("{:g}", value)), where);
        limits.push_back(static_cast<std::uint32_t>(std::clamp(std::trunc(value), 0.0, static_cast<double>(most))));
    }
    return limits;
}

Result<StreamPtr> rank(QueryContext& context, SeriesStream& stream, const Grouping& grouping, std::size_t steps, const std::vector<std::uint32_t>& limits, bool largest)
{
    const Parts parts(context, grouping.of.size());
    const auto groupCount = grouping.groups.size();
    std::vector<std::uint32_t> sizes(groupCount);
    for (const auto group : grouping.of)
        ++sizes[group];
    const auto most = limits.empty() ? 0 : *std::ranges::max_element(limits);
    std::vector<std::vector<std::unique_ptr<Ranking>>> rankings(parts.size());
    for (auto& part : rankings)
        part.resize(groupCount);
    std::atomic<std::size_t> held = 0;
    const auto make = [&](std::size_t group) -> Result<std::unique_ptr<Ranking>> {
        const auto room = std::min<std::size_t>(most, sizes[group]);
        if (auto enough = context.hold(steps * room); !enough)
            return std::unexpected(std::move(enough.error()));
        held += steps * room;
        return std::make_unique<Ranking>(limits, room, largest);
    };
    auto done = parts.read(context, stream, [&](std::size_t part, std::size_t series, std::span<double> column) -> Result<void> {
        auto& ranking = rankings[part][grouping.of[series]];
        if (!ranking) {
            auto made = make(grouping.of[series]);
            if (!made)
                return std::unexpected(std::move(made.error()));
            ranking = std::move(*made);
        }
        for (std::size_t i = 0; i < steps; ++i) {
            if (isPresent(column[i]))
                ranking->add(i, { column[i], static_cast<std::uint32_t>(series) });
        }
        return {};
    });
    context.release(held);
    if (!done)
        return std::unexpected(std::move(done.error()));

    // The best of all parts are gathered in the first one that has any.
    std::vector<std::unique_ptr<Ranking>> totals(groupCount);
    for (auto& part : rankings) {
        for (std::size_t group = 0; group < groupCount; ++group) {
            if (!part[group])
                continue;
            if (auto going = context.checkStop(); !going)
                return std::unexpected(std::move(going.error()));
            if (!totals[group]) {
                totals[group] = std::move(part[group]);
                continue;
            }
            for (std::size_t i = 0; i < steps; ++i) {
                for (const auto& candidate : part[group]->at(i))
                    totals[group]->add(i, candidate);
            }
        }
    }
    // In order of group and rank, which is what an instant query shows.
    constexpr auto kNone = static_cast<std::size_t>(-1);
    std::vector<std::size_t> outputOf(grouping.of.size(), kNone);
    std::vector<OutputSeries> series;
    const auto& inputs = stream.series();
    for (const auto& total : totals) {
        if (auto going = context.checkStop(); !going)
            return std::unexpected(std::move(going.error()));
        for (std::size_t i = 0; total && i < steps; ++i) {
            for (const auto& candidate : total->sorted(i)) {
                if (outputOf[candidate.series] != kNone)
                    continue;
                outputOf[candidate.series] = series.size();
                series.push_back(inputs[candidate.series]);
            }
        }
    }
    auto out = Block::create(context, std::move(series), steps);
    if (!out)
        return std::unexpected(std::move(out.error()));
    for (const auto& total : totals) {
        if (auto going = context.checkStop(); !going)
            return std::unexpected(std::move(going.error()));
        for (std::size_t i = 0; total && i < steps; ++i) {
            for (const auto& candidate : total->at(i))
                out->column(outputOf[candidate.series])[i] = candidate.value;
        }
    }
    return streamOf(std::move(*out));
}

// Aggregations that see all series at once.

Result<StreamPtr> quantile(QueryContext& context, SeriesStream& stream, Grouping grouping, std::size_t steps, const std::vector<double>& q)
{
    const auto input = collect(context, stream, steps);
    if (!input)
        return std::unexpected(input.error());
    std::vector<std::vector<std::size_t>> members(grouping.groups.size());
    for (std::size_t i = 0; i < grouping.of.size(); ++i)
        members[grouping.of[i]].push_back(i);
    auto out = Block::create(context, std::move(grouping.groups), steps);
    if (!out)
        return std::unexpected(std::move(out.error()));
    for (std::size_t group = 0; group < members.size(); ++group) {
        const auto column = out->column(group);
        const auto done = context.parallel(steps, [&](std::size_t begin, std::size_t end) -> Result<void> {
            std::vector<double> values;
            for (std::size_t step = begin; step < end; ++step) {
                values.clear();
                for (const auto member : members[group]) {
                    if (const double value = input->column(member)[step]; isPresent(value))
                        values.push_back(value);
                }
                if (!values.empty())
                    column[step] = quantileOf(q[step], values);
            }
            return {};
        });
        if (!done)
            return std::unexpected(done.error());
    }
    return streamOf(std::move(*out));
}

Result<StreamPtr> countValues(QueryContext& context, SeriesStream& stream, const Grouping& grouping, std::size_t steps, const std::string& label)
{
    const auto input = collect(context, stream, steps);
    if (!input)
        return std::unexpected(input.error());
    struct Counted {
        std::size_t output;
        std::size_t step;
    };
    std::vector<OutputSeries> outputs;
    std::unordered_map<model::Labels, std::size_t> outputOf;
    std::vector<std::unordered_map<std::uint64_t, std::size_t>> outputOfValue(grouping.groups.size());
    std::vector<Counted> counted;
    for (std::size_t i = 0; i < grouping.of.size(); ++i) {
        if (auto going = context.checkStop(); !going)
            return std::unexpected(std::move(going.error()));
        const auto column = input->column(i);
        const auto& group = grouping.groups[grouping.of[i]];
        for (std::size_t step = 0; step < steps; ++step) {
            if (isAbsent(column[step]))
                continue;
            const auto [at, isNew] = outputOfValue[grouping.of[i]].try_emplace(std::bit_cast<std::uint64_t>(column[step]), 0);
            if (isNew) {
                model::LabelsBuilder builder(*group.labels);
                std::string text;
                appendPositional(text, column[step]);
                builder.set(label, text);
                auto labels = builder.build();
                const auto known = outputOf.try_emplace(labels, outputs.size());
                if (known.second)
                    outputs.push_back({ model::makeLabels(std::move(labels)), false, group.dropAtEnd });
                at->second = known.first->second;
            }
            counted.push_back({ at->second, step });
        }
    }
    auto out = Block::create(context, std::move(outputs), steps);
    if (!out)
        return std::unexpected(std::move(out.error()));
    for (std::size_t i = 0; i < counted.size(); ++i) {
        if (auto going = context.checkStop(i); !going)
            return std::unexpected(std::move(going.error()));
        const auto& one = counted[i];
        double& cell = out->column(one.output)[one.step];
        cell = isAbsent(cell) ? 1 : cell + 1;
    }
    return streamOf(std::move(*out));
}

/// The first k series of each group that have a value at the step.
Result<StreamPtr> limit(QueryContext& context, SeriesStream& stream, const Grouping& grouping, std::size_t steps, const std::vector<std::uint32_t>& limits)
{
    auto all = collect(context, stream, steps);
    if (!all)
        return std::unexpected(std::move(all.error()));
    std::vector<std::vector<std::uint32_t>> taken(grouping.groups.size(), std::vector<std::uint32_t>(steps));
    for (std::size_t i = 0; i < grouping.of.size(); ++i) {
        if (auto going = context.checkStop(); !going)
            return std::unexpected(std::move(going.error()));
        auto& counts = taken[grouping.of[i]];
        const auto column = all->column(i);
        for (std::size_t step = 0; step < steps; ++step) {
            if (isPresent(column[step]) && ++counts[step] > limits[step])
                column[step] = kAbsent;
        }
    }
    return streamOf(std::move(*all));
}

/// A sample of the series, chosen by their labels' hash: the same ones at every step and in every query, and the ones that
/// r takes are exactly those that r - 1 leaves.
class RatioStream final : public SeriesStream {
public:
    RatioStream(StreamPtr operand, std::vector<double> ratios)
        : m_operand(std::move(operand))
        , m_ratios(std::move(ratios))
    {
        m_series = m_operand->takeSeries();
        m_places.reserve(m_series.size());
        for (const auto& one : m_series)
            m_places.push_back(static_cast<double>(one.effective()->hash()) * 0x1p-64);
    }

    Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) override
    {
        return m_operand->read(begin, end, [&](std::size_t series, std::span<double> column) {
            const double place = m_places[series];
            for (std::size_t i = 0; i < column.size(); ++i) {
                const double ratio = m_ratios[i];
                const bool taken = ratio >= 0 ? place < ratio : place >= 1 + ratio;
                if (!taken)
                    column[i] = kAbsent;
            }
            visitor(series, column);
        });
    }

private:
    StreamPtr m_operand;
    std::vector<double> m_ratios;
    std::vector<double> m_places; ///< in [0, 1]
};

Result<StreamPtr> openRatio(QueryContext& context, StreamPtr input, std::vector<double> ratios, TextRange where)
{
    for (double& ratio : ratios) {
        if (std::isnan(ratio))
            return executionFailure("Ratio value NaN is not a number", where);
        if (std::fabs(ratio) > 1) {
            const double capped = std::clamp(ratio, -1.0, 1.0);
            context.warn(where, formatted("ratio value should be between -1 and 1, got {:g}, capping to {:g}", ratio, capped));
            ratio = capped;
        }
    }
    return std::make_unique<RatioStream>(std::move(input), std::move(ratios));
}

}

Result<StreamPtr> openAggregate(Evaluator& evaluator, const Expr& expr, const Aggregate& aggregate, Steps steps)
{
    auto& context = evaluator.context();
    std::vector<double> parameter;
    if (aggregate.parameter && aggregate.op != AggregateOp::countValues) {
        auto values = evaluator.scalar(*aggregate.parameter, steps);
        if (!values)
            return std::unexpected(std::move(values.error()));
        parameter = std::move(*values);
    }
    auto input = evaluator.open(*aggregate.expr, steps);
    if (!input)
        return input;
    if (aggregate.op == AggregateOp::limitRatio)
        return openRatio(context, std::move(*input), std::move(parameter), aggregate.parameter->range);

    auto& stream = **input;
    auto grouped = groupSeries(context, aggregate, stream.series());
    if (!grouped)
        return std::unexpected(std::move(grouped.error()));
    auto& grouping = *grouped;
    switch (aggregate.op) {
    case AggregateOp::sum: return accumulate<SumCell>(context, stream, std::move(grouping), steps.count);
    case AggregateOp::avg: return accumulate<AvgCell>(context, stream, std::move(grouping), steps.count);
    case AggregateOp::count: return accumulate<CountCell>(context, stream, std::move(grouping), steps.count);
    case AggregateOp::min: return accumulate<MinCell>(context, stream, std::move(grouping), steps.count);
    case AggregateOp::max: return accumulate<MaxCell>(context, stream, std::move(grouping), steps.count);
    case AggregateOp::group: return accumulate<GroupCell>(context, stream, std::move(grouping), steps.count);
    case AggregateOp::stddev: return accumulate<DeviationCell>(context, stream, std::move(grouping), steps.count);
    case AggregateOp::stdvar: return accumulate<VarianceCell>(context, stream, std::move(grouping), steps.count);
    case AggregateOp::quantile:
        warnOfQuantiles(context, parameter, aggregate.parameter->range);
        return quantile(context, stream, std::move(grouping), steps.count, parameter);
    case AggregateOp::countValues: {
        const auto& label = withoutParens(*aggregate.parameter).as<StringLiteral>()->value;
        if (label.empty() || !isValidUtf8(label))
            return executionFailure(formatted("invalid label name {}", goQuoted(label)), expr.range);
        return countValues(context, stream, grouping, steps.count, label);
    }
    case AggregateOp::topk:
    case AggregateOp::bottomk:
    case AggregateOp::limitk: {
        const auto limits = readLimits(parameter, stream.series().size(), aggregate.parameter->range);
        if (!limits)
            return std::unexpected(limits.error());
        if (aggregate.op == AggregateOp::limitk)
            return limit(context, stream, grouping, steps.count, *limits);
        return rank(context, stream, grouping, steps.count, *limits, aggregate.op == AggregateOp::topk);
    }
    case AggregateOp::limitRatio: break;
    }
    return executionFailure("unknown aggregation", expr.range);
}

}
