#include "core/promql/evaluator.h"

#include "core/base/format.h"
#include "core/promql/functions.h"
#include "core/promql/lexer.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace belvedere::promql {

namespace {

/// Gives the columns of a block; each is read at most once, so they are handed out as they are.
class BlockStream final : public SeriesStream {
public:
    explicit BlockStream(Block block)
        : m_block(std::move(block))
    {
        m_series = std::move(m_block.series);
    }

    Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) override
    {
        for (std::size_t i = begin; i < end; ++i)
            visitor(i, m_block.column(i));
        return {};
    }

private:
    Block m_block;
};

/// What does not depend on the step is computed once and repeated.
class RepeatedStream final : public SeriesStream {
public:
    RepeatedStream(StreamPtr once, std::size_t steps)
        : m_once(std::move(once))
        , m_steps(steps)
    {
        m_series = m_once->takeSeries();
    }

    Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) override
    {
        std::vector<double> column(m_steps);
        return m_once->read(begin, end, [&](std::size_t series, std::span<double> value) {
            std::ranges::fill(column, value.front());
            visitor(series, column);
        });
    }

private:
    StreamPtr m_once;
    std::size_t m_steps;
};

class NegatedStream final : public SeriesStream {
public:
    explicit NegatedStream(StreamPtr operand)
        : m_operand(std::move(operand))
    {
        m_series = m_operand->takeSeries();
    }

    Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) override
    {
        return m_operand->read(begin, end, [&](std::size_t series, std::span<double> column) {
            for (double& value : column)
                value = isAbsent(value) ? value : -value;
            visitor(series, column);
        });
    }

private:
    StreamPtr m_operand;
};

/// True if the value is the same at every step because every selector below has an @.
bool isStepInvariant(const Expr& expr)
{
    if (const auto* selector = expr.as<VectorSelector>())
        return selector->shift.at != TimeShift::At::none;
    if (const auto* matrix = expr.as<MatrixSelector>())
        return isStepInvariant(*matrix->selector);
    if (const auto* subquery = expr.as<Subquery>())
        return subquery->shift.at != TimeShift::At::none;
    if (const auto* paren = expr.as<Paren>())
        return isStepInvariant(*paren->expr);
    if (const auto* unary = expr.as<Unary>())
        return isStepInvariant(*unary->expr);
    if (const auto* binary = expr.as<Binary>())
        return isStepInvariant(*binary->lhs) && isStepInvariant(*binary->rhs);
    if (const auto* aggregate = expr.as<Aggregate>())
        return isStepInvariant(*aggregate->expr) && (!aggregate->parameter || isStepInvariant(*aggregate->parameter));
    if (const auto* call = expr.as<Call>()) {
        switch (call->function->id) {
        case FunctionId::daysInMonth:
        case FunctionId::dayOfMonth:
        case FunctionId::dayOfWeek:
        case FunctionId::dayOfYear:
        case FunctionId::hour:
        case FunctionId::minute:
        case FunctionId::month:
        case FunctionId::year:
        case FunctionId::predictLinear:
        case FunctionId::time:
        case FunctionId::timestamp: return false;
        default: return std::ranges::all_of(call->args, [](const ExprPtr& arg) { return isStepInvariant(*arg); });
        }
    }
    return true;
}

bool isLiteral(const Expr& expr)
{
    return expr.as<NumberLiteral>() || expr.as<StringLiteral>();
}

}

// Series and their labels.

std::string_view OutputSeries::get(std::string_view name) const noexcept
{
    return nameless && name == model::kMetricName ? std::string_view() : labels->get(name);
}

model::LabelsRef OutputSeries::effective() const
{
    if (!nameless || !labels->has(model::kMetricName))
        return labels;
    model::LabelsBuilder builder(*labels);
    builder.remove(model::kMetricName);
    return model::makeLabels(builder.build());
}

void dropNames(const QueryContext& context, std::vector<OutputSeries>& series)
{
    for (auto& one : series)
        (context.options.features.delayedNameRemoval ? one.dropAtEnd : one.nameless) = true;
}

LabelKey::LabelKey(bool only, std::vector<std::string> names)
    : m_only(only)
    , m_names(std::move(names))
{
    std::ranges::sort(m_names);
}

bool LabelKey::keeps(const model::Label& label) const
{
    const bool listed = std::ranges::binary_search(m_names, label.name);
    return m_only ? listed : !listed && label.name != model::kMetricName;
}

const std::string& LabelKey::of(const OutputSeries& series)
{
    m_key.clear();
    if (m_only) {
        // The names are the same in every key, so values are enough; 0xFF occurs in no UTF-8 text.
        for (const auto& name : m_names) {
            m_key += series.get(name);
            m_key += '\xFF';
        }
        return m_key;
    }
    for (const auto& label : *series.labels) {
        if (!keeps(label))
            continue;
        m_key += label.name;
        m_key += '\xFF';
        m_key += label.value;
        m_key += '\xFF';
    }
    return m_key;
}

model::Labels LabelKey::labels(const OutputSeries& series) const
{
    std::vector<model::Label> kept;
    for (const auto& label : *series.labels) {
        if (keeps(label) && !(series.nameless && label.name == model::kMetricName))
            kept.push_back(label);
    }
    return model::Labels::fromSorted(std::move(kept));
}

// The query's context.

std::vector<model::Remark> QueryContext::takeRemarks()
{
    const std::scoped_lock lock(m_mutex);
    std::ranges::sort(m_remarks, {}, [](const model::Remark& remark) { return std::tuple(remark.kind, remark.where ? remark.where->begin : 0, remark.message); });
    return std::move(m_remarks);
}

void QueryContext::remark(model::Remark::Kind kind, TextRange where, std::string_view message)
{
    model::Remark remark;
    remark.kind = kind;
    remark.message = formatted("PromQL {}: {} ({})", kind == model::Remark::Kind::warning ? "warning" : "info", message, lineAndColumn(query, where.begin));
    remark.where = where;
    const std::scoped_lock lock(m_mutex);
    if (std::ranges::find(m_remarks, remark) == m_remarks.end())
        m_remarks.push_back(std::move(remark));
}

Result<void> QueryContext::hold(std::size_t values)
{
    if (m_held.fetch_add(values) + values > options.maxSamples) {
        m_held -= values;
        return failure(ErrorCode::execution,
            formatted("query processing would load too many samples into memory: more than {}; narrow the selector, shorten the range or widen the step", options.maxSamples));
    }
    return {};
}

Result<void> QueryContext::checkStop() const
{
    if (stop.stop_requested())
        return failure(ErrorCode::cancelled, "query was cancelled");
    return {};
}

Result<void> QueryContext::parallel(std::size_t count, const std::function<Result<void>(std::size_t, std::size_t)>& body) const
{
    if (count == 0)
        return checkStop();
    constexpr std::size_t kPartsPerThread = 4;
    constexpr std::size_t kLargestPart = 512;
    const auto grain = std::clamp<std::size_t>(count / (kPartsPerThread * pool.threadCount()), 1, kLargestPart);
    const auto parts = (count + grain - 1) / grain;
    std::mutex mutex;
    std::optional<Error> error; // guarded by mutex
    std::atomic<bool> failed = false;
    pool.parallelFor(parts, [&](std::size_t part) {
        if (failed.load(std::memory_order_relaxed))
            return;
        auto done = checkStop();
        if (done)
            done = body(part * grain, std::min(count, (part + 1) * grain));
        if (done)
            return;
        failed = true;
        const std::scoped_lock lock(mutex);
        if (!error)
            error = std::move(done.error());
    });
    if (error)
        return std::unexpected(std::move(*error));
    return {};
}

// Blocks.

Result<Block> Block::create(QueryContext& context, std::vector<OutputSeries> series, std::size_t steps)
{
    if (auto held = context.hold(series.size() * steps); !held)
        return std::unexpected(std::move(held.error()));
    return Block(context, std::move(series), steps);
}

Block::Block(QueryContext& context, std::vector<OutputSeries> outputs, std::size_t steps)
    : series(std::move(outputs))
    , m_context(&context)
    , m_steps(steps)
    , m_values(series.size() * steps, kAbsent)
{
}

Block::Block(Block&& other) noexcept
    : series(std::move(other.series))
    , m_context(std::exchange(other.m_context, nullptr))
    , m_steps(other.m_steps)
    , m_values(std::move(other.m_values))
{
}

Block& Block::operator=(Block&& other) noexcept
{
    std::swap(series, other.series);
    std::swap(m_context, other.m_context);
    std::swap(m_steps, other.m_steps);
    std::swap(m_values, other.m_values);
    return *this;
}

Block::~Block()
{
    if (m_context)
        m_context->release(m_values.size());
}

Result<Block> collect(QueryContext& context, SeriesStream& stream, std::size_t steps)
{
    const auto count = stream.series().size();
    auto block = Block::create(context, stream.takeSeries(), steps);
    if (!block)
        return block;
    const auto done = context.parallel(count, [&](std::size_t begin, std::size_t end) {
        return stream.read(begin, end, [&](std::size_t series, std::span<double> column) { std::ranges::copy(column, block->column(series).begin()); });
    });
    if (!done)
        return std::unexpected(done.error());
    return block;
}

StreamPtr streamOf(Block block)
{
    return std::make_unique<BlockStream>(std::move(block));
}

// Duplicates and absence.

Result<StreamPtr> resolveDuplicates(QueryContext& context, StreamPtr stream, std::size_t steps, DuplicateRule rule)
{
    const auto& series = stream->series();
    // Label sets were unique with their names. If all names are equal, they are unique without.
    const auto nameOf = [](const OutputSeries& one) { return one.labels->metricName(); };
    const bool onlyNamesWent = std::ranges::all_of(series, [](const OutputSeries& one) { return one.nameless; });
    if (onlyNamesWent && std::ranges::all_of(series, [&](const OutputSeries& one) { return nameOf(one) == nameOf(series.front()); }))
        return stream;

    LabelKey key(false, {});
    std::unordered_map<std::string, std::size_t> seen;
    std::vector<std::size_t> target(series.size());
    for (std::size_t i = 0; i < series.size(); ++i) {
        if (auto going = context.checkStop(i); !going)
            return std::unexpected(std::move(going.error()));
        auto text = key.of(series[i]);
        text += series[i].get(model::kMetricName);
        target[i] = seen.try_emplace(std::move(text), seen.size()).first->second;
    }
    if (seen.size() == series.size())
        return stream;

    auto all = collect(context, *stream, steps);
    if (!all)
        return std::unexpected(std::move(all.error()));
    std::vector<OutputSeries> merged(seen.size());
    for (std::size_t i = target.size(); i-- > 0;)
        merged[target[i]] = all->series[i];
    auto out = Block::create(context, std::move(merged), steps);
    if (!out)
        return std::unexpected(std::move(out.error()));
    std::vector<bool> filled(seen.size());
    for (std::size_t i = 0; i < target.size(); ++i) {
        if (auto going = context.checkStop(); !going)
            return std::unexpected(std::move(going.error()));
        const auto from = std::as_const(*all).column(i);
        if (!hasValue(from))
            continue;
        const auto to = out->column(target[i]);
        bool clash = rule == DuplicateRule::bothHaveValues && filled[target[i]];
        filled[target[i]] = true;
        for (std::size_t step = 0; step < steps; ++step) {
            if (isAbsent(from[step]))
                continue;
            clash = clash || isPresent(to[step]);
            to[step] = from[step];
        }
        if (clash)
            return failure(ErrorCode::execution, "vector cannot contain metrics with the same labelset");
    }
    return streamOf(std::move(*out));
}

model::Labels labelsOfAbsence(const Expr& argument)
{
    const auto* matrix = argument.as<MatrixSelector>();
    const auto* selector = matrix ? matrix->selector->as<VectorSelector>() : argument.as<VectorSelector>();
    if (!selector)
        return {};
    const auto& matchers = selector->matchers;
    // Prometheus' storage puts matchers that only take series away behind the others before this is asked, and so decides
    // what is left of a label with several matchers.
    const auto onlyTakesAway = [&](const model::Matcher& matcher) {
        const bool mustBeSet = std::ranges::any_of(matchers, [&](const model::Matcher& one) { return one.name() == matcher.name() && !one.matchesEmpty(); });
        const bool negative = matcher.op() == model::Matcher::Op::notEqual || matcher.op() == model::Matcher::Op::regexNoMatch;
        return !mustBeSet || (negative && matcher.matchesEmpty());
    };
    model::LabelsBuilder builder;
    std::vector<std::string_view> has;
    for (const bool takingAway : { false, true }) {
        for (const auto& matcher : matchers) {
            if (matcher.name() == model::kMetricName || onlyTakesAway(matcher) != takingAway)
                continue;
            if (matcher.op() == model::Matcher::Op::equal && std::ranges::find(has, matcher.name()) == has.end()) {
                builder.set(matcher.name(), matcher.value());
                has.emplace_back(matcher.name());
            } else {
                builder.remove(matcher.name());
            }
        }
    }
    return builder.build();
}

Result<StreamPtr> absence(QueryContext& context, SeriesStream& stream, std::size_t steps, model::Labels labels)
{
    std::vector<std::atomic<bool>> present(steps);
    const auto done = context.parallel(stream.series().size(), [&](std::size_t begin, std::size_t end) {
        return stream.read(begin, end, [&](std::size_t, std::span<double> column) {
            for (std::size_t step = 0; step < steps; ++step) {
                if (isPresent(column[step]))
                    present[step].store(true, std::memory_order_relaxed);
            }
        });
    });
    if (!done)
        return std::unexpected(done.error());
    auto out = Block::create(context, { { model::makeLabels(std::move(labels)) } }, steps);
    if (!out)
        return std::unexpected(std::move(out.error()));
    for (std::size_t step = 0; step < steps; ++step) {
        if (!present[step].load(std::memory_order_relaxed))
            out->column(0)[step] = 1;
    }
    return streamOf(std::move(*out));
}

void warnOfQuantiles(QueryContext& context, std::span<const double> quantiles, TextRange where)
{
    const auto bad = std::ranges::find_if_not(quantiles, [](double q) { return q >= 0 && q <= 1; });
    if (bad != quantiles.end())
        context.warn(where, formatted("quantile value should be between 0 and 1, got {}", std::isnan(*bad) ? "NaN" : formatted("{:g}", *bad)));
}

// Nodes.

Result<StreamPtr> Evaluator::open(const Expr& expr, Steps steps)
{
    if (auto going = m_context.checkStop(); !going)
        return std::unexpected(std::move(going.error()));
    if (steps.count > 1 && isStepInvariant(expr)) {
        auto once = openOnce(expr, { steps.startMs, steps.stepMs, 1 });
        if (!once)
            return once;
        return std::make_unique<RepeatedStream>(std::move(*once), steps.count);
    }
    return openOnce(expr, steps);
}

Result<StreamPtr> Evaluator::openOnce(const Expr& expr, Steps steps)
{
    if (const auto* selector = expr.as<VectorSelector>())
        return openSelector(*this, *selector, steps, false);
    if (const auto* paren = expr.as<Paren>())
        return open(*paren->expr, steps);
    if (const auto* unary = expr.as<Unary>()) {
        auto operand = open(*unary->expr, steps);
        if (!operand || !unary->negative)
            return operand;
        auto negated = std::make_unique<NegatedStream>(std::move(*operand));
        auto series = negated->takeSeries();
        dropNames(m_context, series);
        negated->setSeries(std::move(series));
        return resolveDuplicates(m_context, std::move(negated), steps.count, DuplicateRule::bothHaveValues);
    }
    if (const auto* binary = expr.as<Binary>())
        return openBinary(*this, expr, *binary, steps);
    if (const auto* aggregate = expr.as<Aggregate>())
        return openAggregate(*this, expr, *aggregate, steps);
    return openCall(expr, *expr.as<Call>(), steps);
}

Result<StreamPtr> Evaluator::openCall(const Expr& expr, const Call& call, Steps steps)
{
    if (call.function->id == FunctionId::absentOverTime)
        return openAbsentOverTime(*this, call, steps);
    if (isRangeFunction(*call.function))
        return openRangeFunction(*this, call, steps);
    switch (call.function->id) {
    case FunctionId::absent: {
        auto operand = open(*call.args[0], steps);
        if (!operand)
            return operand;
        return absence(m_context, **operand, steps.count, labelsOfAbsence(*call.args[0]));
    }
    case FunctionId::vector: {
        auto values = scalar(*call.args[0], steps);
        if (!values)
            return std::unexpected(std::move(values.error()));
        auto block = Block::create(m_context, { { model::makeLabels({}) } }, steps.count);
        if (!block)
            return std::unexpected(std::move(block.error()));
        std::ranges::copy(*values, block->column(0).begin());
        return streamOf(std::move(*block));
    }
    case FunctionId::timestamp: {
        const auto& arg = withoutParens(*call.args[0]);
        const auto* selector = arg.as<VectorSelector>();
        if (!selector)
            return openMathFunction(*this, call, steps);
        auto times = openSelector(*this, *selector, steps, true);
        if (!times)
            return times;
        auto series = (*times)->takeSeries();
        dropNames(m_context, series);
        (*times)->setSeries(std::move(series));
        return resolveDuplicates(m_context, std::move(*times), steps.count, DuplicateRule::sameStep);
    }
    case FunctionId::histogramAvg:
    case FunctionId::histogramCount:
    case FunctionId::histogramSum:
    case FunctionId::histogramStddev:
    case FunctionId::histogramStdvar:
    case FunctionId::histogramFraction:
    case FunctionId::histogramQuantile: return openHistogramFunction(*this, call, steps);
    case FunctionId::labelJoin:
    case FunctionId::labelReplace: return openLabelFunction(*this, call, steps);
    case FunctionId::info: return openInfo(*this, expr, call, steps);
    case FunctionId::sort:
    case FunctionId::sortDesc:
    case FunctionId::sortByLabel:
    case FunctionId::sortByLabelDesc: return openSort(*this, call, steps);
    default: return openMathFunction(*this, call, steps);
    }
}

Result<std::vector<double>> Evaluator::scalar(const Expr& expr, Steps steps)
{
    if (const auto* number = expr.as<NumberLiteral>())
        return std::vector<double>(steps.count, number->value);
    if (const auto* paren = expr.as<Paren>())
        return scalar(*paren->expr, steps);
    if (steps.count > 1 && !isLiteral(expr) && isStepInvariant(expr)) {
        auto once = scalar(expr, { steps.startMs, steps.stepMs, 1 });
        if (!once)
            return once;
        return std::vector<double>(steps.count, once->front());
    }
    if (const auto* unary = expr.as<Unary>()) {
        auto values = scalar(*unary->expr, steps);
        if (values && unary->negative) {
            for (double& value : *values)
                value = -value;
        }
        return values;
    }
    if (const auto* binary = expr.as<Binary>()) {
        auto lhs = scalar(*binary->lhs, steps);
        if (!lhs)
            return lhs;
        const auto rhs = scalar(*binary->rhs, steps);
        if (!rhs)
            return rhs;
        for (std::size_t i = 0; i < steps.count; ++i)
            (*lhs)[i] = applyOperator(binary->op, (*lhs)[i], (*rhs)[i]);
        return lhs;
    }
    const auto& call = *expr.as<Call>();
    switch (call.function->id) {
    case FunctionId::pi: return std::vector<double>(steps.count, 3.14159265358979323846);
    case FunctionId::time: {
        std::vector<double> values(steps.count);
        for (std::size_t i = 0; i < steps.count; ++i)
            values[i] = static_cast<double>(steps.at(i)) / 1000;
        return values;
    }
    default: break;
    }
    // scalar(): the value where there is exactly one.
    auto stream = open(*call.args[0], steps);
    if (!stream)
        return std::unexpected(std::move(stream.error()));
    std::vector<double> values(steps.count, kNaN);
    std::vector<std::uint8_t> counts(steps.count);
    std::mutex mutex;
    const auto done = m_context.parallel((*stream)->series().size(), [&](std::size_t begin, std::size_t end) {
        return (*stream)->read(begin, end, [&](std::size_t, std::span<double> column) {
            const std::scoped_lock lock(mutex);
            for (std::size_t i = 0; i < steps.count; ++i) {
                if (isAbsent(column[i]))
                    continue;
                values[i] = counts[i] == 0 ? column[i] : kNaN;
                counts[i] = 1;
            }
        });
    });
    if (!done)
        return std::unexpected(done.error());
    return values;
}

}
