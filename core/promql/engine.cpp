#include "core/promql/engine.h"

#include "core/promql/evaluator.h"
#include "core/promql/parser.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <utility>

namespace belvedere::promql {

namespace {

/// The labels that the answer shows.
model::LabelsRef finalLabels(OutputSeries series)
{
    series.nameless = series.nameless || series.dropAtEnd;
    return series.effective();
}

/// Answers carry one kind of NaN, whatever computed it.
double finalValue(double value)
{
    return std::isnan(value) ? kNaN : value;
}

Result<void> checkUnique(const QueryContext& context, const std::vector<const model::Labels*>& labels)
{
    if (!context.options.features.delayedNameRemoval)
        return {}; // every node has seen to it
    std::unordered_set<model::Labels> seen;
    for (const auto* one : labels) {
        if (!seen.insert(*one).second)
            return failure(ErrorCode::execution, "vector cannot contain metrics with the same labelset");
    }
    return {};
}

Result<model::Vector> instantVector(QueryContext& context, const Expr& expr, Steps steps)
{
    auto stream = Evaluator(context).open(expr, steps);
    if (!stream)
        return std::unexpected(std::move(stream.error()));
    auto block = collect(context, **stream, 1);
    if (!block)
        return std::unexpected(std::move(block.error()));
    model::Vector out;
    for (std::size_t i = 0; i < block->series.size(); ++i) {
        const double value = block->column(i).front();
        if (isPresent(value))
            out.push_back({ finalLabels(std::move(block->series[i])), steps.startMs, finalValue(value) });
    }
    std::vector<const model::Labels*> labels;
    for (const auto& sample : out)
        labels.push_back(sample.labels.get());
    if (auto unique = checkUnique(context, labels); !unique)
        return std::unexpected(std::move(unique.error()));
    return out;
}

Result<model::Matrix> rangeMatrix(QueryContext& context, const Expr& expr, Steps steps)
{
    auto stream = Evaluator(context).open(expr, steps);
    if (!stream)
        return std::unexpected(std::move(stream.error()));
    const auto series = (*stream)->takeSeries();
    model::Matrix out(series.size());
    const auto done = context.parallel(series.size(), [&](std::size_t begin, std::size_t end) -> Result<void> {
        Result<void> enough;
        auto read = (*stream)->read(begin, end, [&](std::size_t index, std::span<double> column) {
            const auto count = column.size() - static_cast<std::size_t>(std::ranges::count_if(column, isAbsent));
            if (!enough || count == 0)
                return;
            enough = context.hold(count);
            if (!enough)
                return;
            auto& one = out[index];
            one.labels = finalLabels(series[index]);
            one.timesMs.reserve(count);
            one.values.reserve(count);
            for (std::size_t i = 0; i < column.size(); ++i) {
                if (isAbsent(column[i]))
                    continue;
                one.timesMs.push_back(steps.at(i));
                one.values.push_back(finalValue(column[i]));
            }
        });
        return enough ? read : enough;
    });
    if (!done)
        return std::unexpected(done.error());
    std::erase_if(out, [](const model::Series& one) { return one.timesMs.empty(); });
    std::ranges::sort(out, [](const model::Series& a, const model::Series& b) { return *a.labels < *b.labels; });
    std::vector<const model::Labels*> labels;
    for (const auto& one : out)
        labels.push_back(one.labels.get());
    if (auto unique = checkUnique(context, labels); !unique)
        return std::unexpected(std::move(unique.error()));
    return out;
}

bool isOutOfReach(std::int64_t timeMs)
{
    return timeMs > kLatestMs || timeMs < -kLatestMs;
}

}

Engine::Engine(const model::MetricSource& source, TaskPool& pool, EngineOptions options)
    : m_source(source)
    , m_pool(pool)
    , m_options(options)
{
}

Result<model::QueryValue> Engine::instant(std::string_view query, std::int64_t timeMs, std::stop_token stop, std::int64_t lookbackMs) const
{
    if (isOutOfReach(timeMs))
        return failure(ErrorCode::invalidArgument, "the time of the query is out of range");
    const auto expr = parse(query, m_options.features);
    if (!expr)
        return std::unexpected(expr.error());
    const Steps steps { timeMs, 1, 1 };
    QueryContext context({ m_source, m_pool, m_options, query, steps, timeMs, lookbackMs > 0 ? lookbackMs : m_options.lookbackMs, std::move(stop) });
    model::QueryValue value;
    switch ((*expr)->type) {
    case ValueType::string: value.data = model::Text { timeMs, withoutParens(**expr).as<StringLiteral>()->value }; break;
    case ValueType::scalar: {
        const auto number = Evaluator(context).scalar(**expr, steps);
        if (!number)
            return std::unexpected(number.error());
        value.data = model::Scalar { timeMs, finalValue(number->front()) };
        break;
    }
    case ValueType::instantVector: {
        auto vector = instantVector(context, **expr, steps);
        if (!vector)
            return std::unexpected(std::move(vector.error()));
        value.data = std::move(*vector);
        break;
    }
    case ValueType::rangeVector: {
        auto matrix = Evaluator(context).rangeVector(**expr, timeMs);
        if (!matrix)
            return std::unexpected(std::move(matrix.error()));
        std::ranges::sort(*matrix, [](const model::Series& a, const model::Series& b) { return *a.labels < *b.labels; });
        value.data = std::move(*matrix);
        break;
    }
    }
    value.remarks = context.takeRemarks();
    return value;
}

Result<model::QueryValue> Engine::range(std::string_view query, RangeRequest request, std::stop_token stop, std::int64_t lookbackMs) const
{
    if (request.stepMs <= 0)
        return failure(ErrorCode::invalidArgument, "the step of a range query must be greater than zero");
    if (isOutOfReach(request.startMs) || isOutOfReach(request.endMs))
        return failure(ErrorCode::invalidArgument, "the times of the query are out of range");
    if (request.endMs < request.startMs)
        return failure(ErrorCode::invalidArgument, "the end of a range query must not be before its start");
    const auto expr = parse(query, m_options.features);
    if (!expr)
        return std::unexpected(expr.error());
    const auto type = (*expr)->type;
    if (type != ValueType::scalar && type != ValueType::instantVector) {
        return failure(ErrorCode::parse, std::string("invalid expression type \"") + std::string(typeName(type)) + "\" for range query, must be Scalar or instant Vector", (*expr)->range);
    }
    const Steps steps { request.startMs, request.stepMs, static_cast<std::size_t>((request.endMs - request.startMs) / request.stepMs) + 1 };
    QueryContext context({ m_source, m_pool, m_options, query, steps, request.endMs, lookbackMs > 0 ? lookbackMs : m_options.lookbackMs, std::move(stop) });
    if (auto enough = context.hold(steps.count); !enough)
        return std::unexpected(std::move(enough.error()));
    model::QueryValue value;
    if (type == ValueType::scalar) {
        auto numbers = Evaluator(context).scalar(**expr, steps);
        if (!numbers)
            return std::unexpected(std::move(numbers.error()));
        model::Series series { model::makeLabels({}), {}, std::move(*numbers) };
        for (std::size_t i = 0; i < steps.count; ++i)
            series.timesMs.push_back(steps.at(i));
        std::ranges::transform(series.values, series.values.begin(), finalValue);
        value.data = model::Matrix { std::move(series) };
    } else {
        auto matrix = rangeMatrix(context, **expr, steps);
        if (!matrix)
            return std::unexpected(std::move(matrix.error()));
        value.data = std::move(*matrix);
    }
    value.remarks = context.takeRemarks();
    return value;
}

}
