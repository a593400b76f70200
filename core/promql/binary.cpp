#include "core/promql/evaluator.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>
#include <utility>

// Matching is decided once, on label sets, not at every step: series of both sides are put into groups by the labels that
// must agree. When no group holds two series that could collide, one side streams past the columns of the other. Otherwise
// (two series of a group that may exist at different times) every step is matched by itself, as the language defines it.

namespace belvedere::promql {

namespace {

/// kAbsent if a filtering comparison does not let the step through.
double combine(BinaryOp op, bool returnBool, double lhs, double rhs) noexcept
{
    const double value = applyOperator(op, lhs, rhs);
    if (!isComparison(op) || returnBool)
        return value;
    return value != 0 ? lhs : kAbsent;
}

bool dropsName(const Binary& binary)
{
    return !isComparison(binary.op) || binary.returnBool;
}

/// Calls `body` with a callable for `op`, so that inner loops are compiled for each operator.
template <class Body>
void withOperator(BinaryOp op, Body&& body)
{
    switch (op) {
    case BinaryOp::add: return body([](double a, double b) { return a + b; });
    case BinaryOp::sub: return body([](double a, double b) { return a - b; });
    case BinaryOp::mul: return body([](double a, double b) { return a * b; });
    case BinaryOp::div: return body([](double a, double b) { return a / b; });
    default: return body([op](double a, double b) { return applyOperator(op, a, b); });
    }
}

/// A vector and a scalar.
class WithScalarStream final : public SeriesStream {
public:
    WithScalarStream(StreamPtr vector, std::vector<double> scalar, const Binary& binary, bool scalarOnLeft)
        : m_vector(std::move(vector))
        , m_scalar(std::move(scalar))
        , m_op(binary.op)
        , m_returnBool(binary.returnBool)
        , m_scalarOnLeft(scalarOnLeft)
    {
        m_series = m_vector->takeSeries();
    }

    Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) override
    {
        return m_vector->read(begin, end, [&](std::size_t series, std::span<double> column) {
            withOperator(m_op, [&](auto apply) { compute(column, apply); });
            visitor(series, column);
        });
    }

private:
    template <class Apply>
    void compute(std::span<double> column, Apply apply) const
    {
        const bool filters = isComparison(m_op) && !m_returnBool;
        for (std::size_t i = 0; i < column.size(); ++i) {
            const double element = column[i];
            if (isAbsent(element))
                continue;
            const double value = m_scalarOnLeft ? apply(m_scalar[i], element) : apply(element, m_scalar[i]);
            column[i] = !filters ? value : value != 0 ? element : kAbsent;
        }
    }

    StreamPtr m_vector;
    std::vector<double> m_scalar;
    BinaryOp m_op;
    bool m_returnBool;
    bool m_scalarOnLeft;
};

/// Groups of one side: for each series its group's number.
struct Groups {
    std::vector<std::size_t> of;
};

/// Numbers groups over both sides.
class Grouper {
public:
    explicit Grouper(const Matching& matching)
        : m_key(matching.on, matching.labels)
    {
    }

    Groups group(const std::vector<OutputSeries>& series)
    {
        Groups groups;
        groups.of.reserve(series.size());
        for (const auto& one : series)
            groups.of.push_back(m_numbers.try_emplace(m_key.of(one), m_numbers.size()).first->second);
        return groups;
    }
    [[nodiscard]] std::size_t size() const { return m_numbers.size(); }
    [[nodiscard]] model::Labels labels(const OutputSeries& series) const { return m_key.labels(series); }

private:
    LabelKey m_key;
    std::unordered_map<std::string, std::size_t> m_numbers;
};

/// The label set of a result of `many` and `one`.
OutputSeries resultSeries(const QueryContext& context, const Binary& binary, const OutputSeries& many, const OutputSeries& one)
{
    const auto& matching = *binary.matching;
    const bool delayed = context.options.features.delayedNameRemoval && binary.returnBool && isComparison(binary.op);
    const bool nameGoes = dropsName(binary) && !delayed;
    if (matching.card != Matching::Card::oneToOne && matching.include.empty()) {
        OutputSeries out = many;
        out.nameless = out.nameless || nameGoes;
        out.dropAtEnd = out.dropAtEnd || delayed;
        return out;
    }
    model::LabelsBuilder builder(*many.labels);
    if (nameGoes || many.nameless)
        builder.remove(model::kMetricName);
    if (matching.card == Matching::Card::oneToOne) {
        if (matching.on) {
            for (const auto& label : *many.labels) {
                if (std::ranges::find(matching.labels, label.name) == matching.labels.end())
                    builder.remove(label.name);
            }
        } else {
            for (const auto& name : matching.labels)
                builder.remove(name);
        }
    }
    for (const auto& name : matching.include)
        builder.set(name, one.get(name));
    return { model::makeLabels(builder.build()), false, delayed };
}

/// Arithmetic and comparisons between two vectors, each group with at most one series on the `one` side.
class MatchedStream final : public SeriesStream {
public:
    struct Pair {
        std::size_t many;
        std::size_t one;
    };

    MatchedStream(StreamPtr many, Block one, std::vector<Pair> pairs, std::vector<OutputSeries> series, const Binary& binary, bool swapped)
        : m_many(std::move(many))
        , m_one(std::move(one))
        , m_pairs(std::move(pairs))
        , m_op(binary.op)
        , m_returnBool(binary.returnBool)
        , m_swapped(swapped)
    {
        m_series = std::move(series);
    }

    Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) override
    {
        // Pairs are in the order of the many side, with gaps where nothing matches.
        for (std::size_t i = begin; i < end;) {
            std::size_t next = i + 1;
            while (next < end && m_pairs[next].many == m_pairs[next - 1].many + 1)
                ++next;
            const auto first = m_pairs[i].many;
            auto done = m_many->read(first, first + (next - i), [&](std::size_t series, std::span<double> column) {
                const auto pair = i + (series - first);
                const auto other = std::as_const(m_one).column(m_pairs[pair].one);
                withOperator(m_op, [&](auto apply) { compute(column, other, apply); });
                visitor(pair, column);
            });
            if (!done)
                return done;
            i = next;
        }
        return {};
    }

private:
    template <class Apply>
    void compute(std::span<double> column, std::span<const double> other, Apply apply) const
    {
        const bool filters = isComparison(m_op) && !m_returnBool;
        for (std::size_t i = 0; i < column.size(); ++i) {
            if (isAbsent(column[i]))
                continue;
            if (isAbsent(other[i])) {
                column[i] = kAbsent;
                continue;
            }
            const double lhs = m_swapped ? other[i] : column[i];
            const double rhs = m_swapped ? column[i] : other[i];
            const double value = apply(lhs, rhs);
            column[i] = !filters ? value : value != 0 ? lhs : kAbsent;
        }
    }

    StreamPtr m_many;
    Block m_one;
    std::vector<Pair> m_pairs;
    BinaryOp m_op;
    bool m_returnBool;
    bool m_swapped;
};

std::string listing(const OutputSeries& series)
{
    const auto labels = series.effective(); // nobody else may hold it
    std::string out = "{";
    for (const auto& label : *labels)
        out += formatted("{}{}={}", out.size() > 1 ? ", " : "", model::isPlainLabelName(label.name) ? label.name : goQuoted(label.name), goQuoted(label.value));
    return out + "}";
}

/// Matches every step by itself: for groups with several series on the `one` side, or several that may clash.
class StepwiseMatch {
public:
    StepwiseMatch(QueryContext& context, const Expr& expr, const Binary& binary, const Grouper& grouper, Block many, Groups manyGroups, Block one, Groups oneGroups)
        : m_context(context)
        , m_expr(expr)
        , m_binary(binary)
        , m_grouper(grouper)
        , m_many(std::move(many))
        , m_manyGroups(std::move(manyGroups))
        , m_one(std::move(one))
        , m_oneGroups(std::move(oneGroups))
        , m_swapped(binary.matching->card == Matching::Card::oneToMany)
    {
    }

    Result<StreamPtr> run()
    {
        for (std::size_t step = 0; step < m_many.steps(); ++step) {
            if (auto going = m_context.checkStop(); !going)
                return std::unexpected(std::move(going.error()));
            if (auto done = match(step); !done)
                return std::unexpected(std::move(done.error()));
        }
        auto block = Block::create(m_context, std::move(m_results), m_many.steps());
        if (!block)
            return std::unexpected(std::move(block.error()));
        for (const auto& cell : m_cells)
            block->column(cell.result)[cell.step] = cell.value;
        return streamOf(std::move(*block));
    }

private:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    struct Cell {
        std::size_t result;
        std::size_t step;
        double value;
    };

    Result<void> match(std::size_t step)
    {
        std::vector<std::size_t> oneOf(m_grouper.size(), kNone);
        const bool anyMany = anyAt(m_many, step);
        if (!anyMany || !anyAt(m_one, step))
            return {};
        for (std::size_t i = 0; i < m_one.series.size(); ++i) {
            if (isAbsent(m_one.column(i)[step]))
                continue;
            auto& holder = oneOf[m_oneGroups.of[i]];
            if (holder != kNone) {
                return executionFailure(
                    formatted("found duplicate series for the match group {} on the {} hand-side of the operation: [{}, {}];many-to-many matching not allowed: matching "
                                "labels must be unique on one side",
                        listing({ model::makeLabels(m_grouper.labels(m_one.series[i])) }), m_swapped ? "left" : "right", listing(m_one.series[i]), listing(m_one.series[holder])),
                    m_expr.range);
            }
            holder = i;
        }
        std::unordered_set<std::size_t> matchedGroups;
        std::unordered_set<std::size_t> matchedResults;
        for (std::size_t i = 0; i < m_many.series.size(); ++i) {
            const double manyValue = m_many.column(i)[step];
            const auto group = m_manyGroups.of[i];
            if (isAbsent(manyValue) || oneOf[group] == kNone)
                continue;
            const double oneValue = m_one.column(oneOf[group])[step];
            const double value
                = m_swapped ? combine(m_binary.op, m_binary.returnBool, oneValue, manyValue) : combine(m_binary.op, m_binary.returnBool, manyValue, oneValue);
            if (isAbsent(value))
                continue;
            const auto result = resultOf(i, oneOf[group]);
            if (m_binary.matching->card == Matching::Card::oneToOne) {
                if (!matchedGroups.insert(group).second)
                    return executionFailure("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)", m_expr.range);
            } else if (matchedResults.contains(result)) {
                return executionFailure("multiple matches for labels: grouping labels must ensure unique matches", m_expr.range);
            }
            if (!matchedResults.insert(result).second)
                return executionFailure("vector cannot contain metrics with the same labelset", m_expr.range);
            m_cells.push_back({ result, step, value });
        }
        return {};
    }

    static bool anyAt(const Block& block, std::size_t step)
    {
        for (std::size_t i = 0; i < block.series.size(); ++i) {
            if (isPresent(block.column(i)[step]))
                return true;
        }
        return false;
    }

    std::size_t resultOf(std::size_t many, std::size_t one)
    {
        const auto known = m_resultOfPair.try_emplace(many * m_one.series.size() + one, 0);
        if (known.second) {
            auto series = resultSeries(m_context, m_binary, m_many.series[many], m_one.series[one]);
            const auto [at, isNew] = m_resultOfLabels.try_emplace(*series.effective(), m_results.size());
            if (isNew)
                m_results.push_back(std::move(series));
            known.first->second = at->second;
        }
        return known.first->second;
    }

    QueryContext& m_context;
    const Expr& m_expr;
    const Binary& m_binary;
    const Grouper& m_grouper;
    Block m_many;
    Groups m_manyGroups;
    Block m_one;
    Groups m_oneGroups;
    bool m_swapped;
    std::vector<OutputSeries> m_results;
    std::vector<Cell> m_cells;
    std::unordered_map<std::size_t, std::size_t> m_resultOfPair;
    std::unordered_map<model::Labels, std::size_t> m_resultOfLabels;
};

Result<StreamPtr> openMatched(Evaluator& evaluator, const Expr& expr, const Binary& binary, StreamPtr lhs, StreamPtr rhs, Steps steps)
{
    auto& context = evaluator.context();
    const auto& matching = *binary.matching;
    const bool swapped = matching.card == Matching::Card::oneToMany;
    auto& many = swapped ? rhs : lhs;
    auto& one = swapped ? lhs : rhs;

    Grouper grouper(matching);
    auto manyGroups = grouper.group(many->series());
    auto oneGroups = grouper.group(one->series());
    constexpr auto kNone = static_cast<std::size_t>(-1);
    std::vector<std::size_t> oneOf(grouper.size(), kNone);
    bool unique = true;
    for (std::size_t i = 0; i < oneGroups.of.size(); ++i)
        unique = std::exchange(oneOf[oneGroups.of[i]], i) == kNone && unique;
    if (matching.card == Matching::Card::oneToOne) {
        std::vector<bool> seen(grouper.size());
        for (const auto group : manyGroups.of) {
            unique = unique && !seen[group];
            seen[group] = true;
        }
    }

    std::vector<MatchedStream::Pair> pairs;
    std::vector<OutputSeries> results;
    if (unique) {
        for (std::size_t i = 0; i < manyGroups.of.size(); ++i) {
            if (auto going = context.checkStop(i); !going)
                return std::unexpected(std::move(going.error()));
            const auto partner = oneOf[manyGroups.of[i]];
            if (partner == kNone)
                continue;
            pairs.push_back({ i, partner });
            results.push_back(resultSeries(context, binary, many->series()[i], one->series()[partner]));
        }
        if (matching.card != Matching::Card::oneToOne || dropsName(binary)) {
            LabelKey key(false, {});
            std::unordered_set<std::string> labels;
            for (const auto& series : results)
                unique = unique && labels.insert(key.of(series) + std::string(series.get(model::kMetricName))).second;
        }
    }
    auto ones = collect(context, *one, steps.count);
    if (!ones)
        return std::unexpected(std::move(ones.error()));
    if (unique)
        return std::make_unique<MatchedStream>(std::move(many), std::move(*ones), std::move(pairs), std::move(results), binary, swapped);
    auto manies = collect(context, *many, steps.count);
    if (!manies)
        return std::unexpected(std::move(manies.error()));
    return StepwiseMatch(context, expr, binary, grouper, std::move(*manies), std::move(manyGroups), std::move(*ones), std::move(oneGroups)).run();
}

// Set operators.

/// For each group, at which steps any series of it has a value.
Result<std::vector<std::vector<std::uint8_t>>> presence(QueryContext& context, SeriesStream& stream, const Groups& groups, std::size_t groupCount, std::size_t steps)
{
    // A byte a step for each group, held until the query ends.
    if (auto enough = context.hold(groups.of.size() * steps / sizeof(double)); !enough)
        return std::unexpected(std::move(enough.error()));
    std::vector<std::vector<std::uint8_t>> present(groupCount);
    for (const auto group : groups.of)
        present[group].resize(steps);
    std::mutex mutex;
    const auto done = context.parallel(groups.of.size(), [&](std::size_t begin, std::size_t end) {
        return stream.read(begin, end, [&](std::size_t series, std::span<double> column) {
            const std::scoped_lock lock(mutex);
            auto& marks = present[groups.of[series]];
            for (std::size_t i = 0; i < steps; ++i)
                marks[i] |= static_cast<std::uint8_t>(isPresent(column[i]));
        });
    });
    if (!done)
        return std::unexpected(done.error());
    return present;
}

/// The left side where the right one has (and) or lacks (unless) a value.
class FilteredStream final : public SeriesStream {
public:
    FilteredStream(StreamPtr operand, Groups groups, std::vector<std::vector<std::uint8_t>> present, bool keepPresent)
        : m_operand(std::move(operand))
        , m_groups(std::move(groups))
        , m_present(std::move(present))
        , m_keepPresent(keepPresent)
    {
        m_series = m_operand->takeSeries();
    }

    Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) override
    {
        return m_operand->read(begin, end, [&](std::size_t series, std::span<double> column) {
            const auto& marks = m_present[m_groups.of[series]];
            for (std::size_t i = 0; i < column.size(); ++i) {
                const bool present = !marks.empty() && marks[i] != 0;
                if (present != m_keepPresent)
                    column[i] = kAbsent;
            }
            visitor(series, column);
        });
    }

private:
    StreamPtr m_operand;
    Groups m_groups;
    std::vector<std::vector<std::uint8_t>> m_present; ///< by group; empty: nowhere
    bool m_keepPresent;
};

Result<StreamPtr> openOr(QueryContext& context, Grouper& grouper, SeriesStream& lhs, SeriesStream& rhs, std::size_t steps)
{
    const auto leftGroups = grouper.group(lhs.series());
    const auto rightGroups = grouper.group(rhs.series());
    auto left = collect(context, lhs, steps);
    if (!left)
        return std::unexpected(std::move(left.error()));
    auto right = collect(context, rhs, steps);
    if (!right)
        return std::unexpected(std::move(right.error()));

    std::vector<std::vector<std::uint8_t>> present(grouper.size());
    for (std::size_t i = 0; i < left->series.size(); ++i) {
        if (auto going = context.checkStop(); !going)
            return std::unexpected(std::move(going.error()));
        auto& marks = present[leftGroups.of[i]];
        marks.resize(steps);
        const auto column = std::as_const(*left).column(i);
        for (std::size_t step = 0; step < steps; ++step)
            marks[step] |= static_cast<std::uint8_t>(isPresent(column[step]));
    }

    // A series of the right side with the labels of one of the left side continues it.
    LabelKey key(false, {});
    const auto textOf = [&key](const OutputSeries& series) { return key.of(series) + std::string(series.get(model::kMetricName)); };
    std::unordered_map<std::string, std::size_t> numbers;
    auto series = left->series;
    for (std::size_t i = 0; i < series.size(); ++i)
        numbers.emplace(textOf(series[i]), i);
    std::vector<std::size_t> target;
    for (const auto& one : right->series) {
        const auto [at, isNew] = numbers.try_emplace(textOf(one), series.size());
        if (isNew)
            series.push_back(one);
        target.push_back(at->second);
    }
    auto out = Block::create(context, std::move(series), steps);
    if (!out)
        return std::unexpected(std::move(out.error()));
    for (std::size_t i = 0; i < left->series.size(); ++i)
        std::ranges::copy(left->column(i), out->column(i).begin());
    for (std::size_t i = 0; i < right->series.size(); ++i) {
        if (auto going = context.checkStop(); !going)
            return std::unexpected(std::move(going.error()));
        const auto& marks = present[rightGroups.of[i]];
        const auto from = std::as_const(*right).column(i);
        const auto to = out->column(target[i]);
        for (std::size_t step = 0; step < steps; ++step) {
            if (isPresent(from[step]) && (marks.empty() || marks[step] == 0))
                to[step] = from[step];
        }
    }
    return streamOf(std::move(*out));
}

}

double applyOperator(BinaryOp op, double lhs, double rhs) noexcept
{
    switch (op) {
    case BinaryOp::add: return lhs + rhs;
    case BinaryOp::sub: return lhs - rhs;
    case BinaryOp::mul: return lhs * rhs;
    case BinaryOp::div: return lhs / rhs;
    case BinaryOp::mod: return std::fmod(lhs, rhs);
    case BinaryOp::pow: return std::pow(lhs, rhs);
    case BinaryOp::atan2: return std::atan2(lhs, rhs);
    case BinaryOp::equal: return lhs == rhs ? 1 : 0;
    case BinaryOp::notEqual: return lhs != rhs ? 1 : 0;
    case BinaryOp::less: return lhs < rhs ? 1 : 0;
    case BinaryOp::lessEqual: return lhs <= rhs ? 1 : 0;
    case BinaryOp::greater: return lhs > rhs ? 1 : 0;
    case BinaryOp::greaterEqual: return lhs >= rhs ? 1 : 0;
    case BinaryOp::logicalAnd:
    case BinaryOp::logicalOr:
    case BinaryOp::unless: break;
    }
    return kNaN;
}

Result<StreamPtr> openBinary(Evaluator& evaluator, const Expr& expr, const Binary& binary, Steps steps)
{
    auto& context = evaluator.context();
    if (!binary.matching) {
        const bool scalarOnLeft = binary.lhs->type == ValueType::scalar;
        auto scalar = evaluator.scalar(scalarOnLeft ? *binary.lhs : *binary.rhs, steps);
        if (!scalar)
            return std::unexpected(std::move(scalar.error()));
        auto vector = evaluator.open(scalarOnLeft ? *binary.rhs : *binary.lhs, steps);
        if (!vector)
            return vector;
        auto stream = std::make_unique<WithScalarStream>(std::move(*vector), std::move(*scalar), binary, scalarOnLeft);
        if (!dropsName(binary))
            return stream;
        auto series = stream->takeSeries();
        dropNames(context, series);
        stream->setSeries(std::move(series));
        return resolveDuplicates(context, std::move(stream), steps.count, DuplicateRule::sameStep);
    }

    auto lhs = evaluator.open(*binary.lhs, steps);
    if (!lhs)
        return lhs;
    auto rhs = evaluator.open(*binary.rhs, steps);
    if (!rhs)
        return rhs;
    if (!isSetOperator(binary.op))
        return openMatched(evaluator, expr, binary, std::move(*lhs), std::move(*rhs), steps);

    Grouper grouper(*binary.matching);
    if (binary.op == BinaryOp::logicalOr)
        return openOr(context, grouper, **lhs, **rhs, steps.count);
    auto leftGroups = grouper.group((*lhs)->series());
    const auto rightGroups = grouper.group((*rhs)->series());
    auto present = presence(context, **rhs, rightGroups, grouper.size(), steps.count);
    if (!present)
        return std::unexpected(std::move(present.error()));
    return std::make_unique<FilteredStream>(std::move(*lhs), std::move(leftGroups), std::move(*present), binary.op == BinaryOp::logicalAnd);
}

}
