#include "core/logql/engine.h"

#include "core/base/format.h"
#include "core/logql/log_query.h"
#include "core/logql/metric_query.h"
#include "core/logql/parser.h"

#include <algorithm>

namespace belvedere::logql {

namespace {

constexpr std::int64_t kMostSteps = 11'000;
/// Times beyond ± this, and longer steps, are refused, so that arithmetic on times cannot overflow; 73 years.
constexpr std::int64_t kLatestNs = 1LL << 61;

bool isFar(std::int64_t timeNs) { return timeNs > kLatestNs || timeNs < -kLatestNs; }

std::int64_t floorTo(std::int64_t value, std::int64_t unit)
{
    const auto rest = value % unit;
    return value - (rest < 0 ? rest + unit : rest);
}

void sortByLabels(Columns& columns)
{
    std::ranges::sort(columns, {}, [](const Column& column) -> const model::Labels& { return *column.labels; });
}

/// True if the order of the answer was asked for.
bool isSorted(const Expr& expr)
{
    const auto* aggregation = std::get_if<VectorAggregation>(&expr.data);
    return aggregation && (aggregation->op == VectorOp::sort || aggregation->op == VectorOp::sortDesc);
}

/// Keeps the first `limit` series; says in `value` how many were left out.
void cut(Columns& columns, std::size_t limit, model::QueryValue& value)
{
    if (limit == 0 || columns.size() <= limit)
        return;
    value.incomplete = formatted("{} of {} series were left out", columns.size() - limit, columns.size());
    columns.resize(limit);
}

}

Engine::Engine(const model::LogSource& source, TaskPool& pool, EngineOptions options)
    : m_source(source)
    , m_pool(pool)
    , m_options(options)
{
}

Result<model::QueryValue> Engine::range(std::string_view query, RangeRequest request, std::stop_token stop) const
{
    const auto expr = parse(query);
    if (!expr)
        return std::unexpected(expr.error());
    if (request.endNs < request.startNs)
        return failure(ErrorCode::invalidArgument, "the end lies before the start");
    model::QueryValue out;
    if (const auto* log = std::get_if<LogExpr>(&(*expr)->data)) {
        if (request.endNs == request.startNs)
            return failure(ErrorCode::invalidArgument, "the end must lie behind the start");
        if (request.limit == 0)
            return failure(ErrorCode::invalidArgument, "the limit must be greater than 0");
        auto streams = runLogQuery(*log, request, m_source, m_pool, stop);
        if (!streams)
            return std::unexpected(streams.error());
        out.data = std::move(*streams);
        return out;
    }
    if (request.stepNs <= 0)
        return failure(ErrorCode::invalidArgument, "the step must be greater than 0");
    if (isFar(request.startNs) || isFar(request.endNs) || isFar(request.stepNs))
        return failure(ErrorCode::invalidArgument, "the range or its step is too far from now");
    Grid grid;
    grid.startNs = floorTo(request.startNs, request.stepNs);
    grid.stepNs = request.stepNs;
    const auto last = floorTo(request.endNs + request.stepNs - 1, request.stepNs);
    const auto steps = (last - grid.startNs) / request.stepNs + 1;
    if (steps > kMostSteps)
        return failure(ErrorCode::limit, formatted("{} points a series are more than {}; use a longer step", steps, kMostSteps));
    grid.count = static_cast<std::size_t>(steps);

    auto value = runMetricQuery(**expr, grid, m_source, m_pool, stop);
    if (!value)
        return std::unexpected(value.error());
    if (const auto* number = std::get_if<double>(&*value)) {
        // A number over a range is a series without labels.
        Columns columns;
        columns.push_back({ model::makeLabels({}), std::vector<double>(grid.count, *number) });
        *value = std::move(columns);
    }
    auto& columns = std::get<Columns>(*value);
    sortByLabels(columns);
    cut(columns, m_options.maxSeries, out);
    model::Matrix matrix;
    for (const auto& column : columns) {
        if (stop.stop_requested())
            return failure(ErrorCode::cancelled, "the query was cancelled");
        model::Series series { column.labels, {}, {} };
        for (std::size_t step = 0; step < grid.count; ++step) {
            if (isAbsent(column.values[step]))
                continue;
            series.timesMs.push_back(grid.time(step) / 1'000'000);
            series.values.push_back(column.values[step]);
        }
        if (!series.timesMs.empty())
            matrix.push_back(std::move(series));
    }
    out.data = std::move(matrix);
    return out;
}

Result<model::QueryValue> Engine::instant(std::string_view query, std::int64_t timeNs, std::stop_token stop) const
{
    const auto expr = parse(query);
    if (!expr)
        return std::unexpected(expr.error());
    if ((*expr)->isLog())
        return failure(ErrorCode::invalidArgument, "a log query needs a time range; an instant has no lines");
    if (isFar(timeNs))
        return failure(ErrorCode::invalidArgument, "the time is too far from now");
    const Grid grid { timeNs, 1, 1 };
    auto value = runMetricQuery(**expr, grid, m_source, m_pool, stop);
    if (!value)
        return std::unexpected(value.error());
    model::QueryValue out;
    if (const auto* number = std::get_if<double>(&*value)) {
        out.data = model::Scalar { timeNs / 1'000'000, *number };
        return out;
    }
    auto& columns = std::get<Columns>(*value);
    std::erase_if(columns, [](const Column& column) { return isAbsent(column.values[0]); });
    if (!isSorted(**expr))
        sortByLabels(columns);
    cut(columns, m_options.maxSeries, out);
    model::Vector vector;
    for (const auto& column : columns)
        vector.push_back({ column.labels, timeNs / 1'000'000, column.values[0] });
    out.data = std::move(vector);
    return out;
}

}
