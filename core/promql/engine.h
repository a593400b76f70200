#pragma once

#include "core/base/result.h"
#include "core/base/task_pool.h"
#include "core/model/metric_source.h"
#include "core/model/query_value.h"

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

namespace belvedere::promql {

/// Experimental parts of the language, named as Prometheus' --enable-feature names them.
struct Features {
    bool experimentalFunctions = false; ///< promql-experimental-functions
    bool durationExpressions = false;   ///< promql-duration-expr
    bool delayedNameRemoval = false;    ///< promql-delayed-name-removal
};

struct EngineOptions {
    Features features;
    std::int64_t lookbackMs = 5 * 60 * 1000;
    /// Step of a subquery that gives none.
    std::int64_t defaultSubqueryStepMs = 60 * 1000;
    /// Samples that one query may hold at once; more is an error that says so.
    std::size_t maxSamples = 50'000'000;
};

/// A range query evaluates at startMs, startMs + stepMs, … ≤ endMs.
struct RangeRequest {
    std::int64_t startMs = 0;
    std::int64_t endMs = 0;
    std::int64_t stepMs = 0; ///< > 0
};

/// Evaluates PromQL as Prometheus 3 does, by columns: each node of the plan handles all steps at once.
///
/// Errors: parse (with the place in the query) for text that Prometheus answers with 400, execution for what it answers
/// with 422, cancelled when `stop` was requested.
/// Threading: every call from any thread; work is split over `pool`. `source` and `pool` must outlive the engine.
class Engine {
public:
    Engine(const model::MetricSource& source, TaskPool& pool, EngineOptions options);

    [[nodiscard]] const EngineOptions& options() const noexcept { return m_options; }

    /// Scalar, Text, Vector or Matrix. `lookbackMs` 0 means the engine's own.
    [[nodiscard]] Result<model::QueryValue> instant(std::string_view query, std::int64_t timeMs, std::stop_token stop = {}, std::int64_t lookbackMs = 0) const;
    /// Always a Matrix, sorted by labels; steps without a value have no sample.
    [[nodiscard]] Result<model::QueryValue> range(std::string_view query, RangeRequest request, std::stop_token stop = {}, std::int64_t lookbackMs = 0) const;

private:
    const model::MetricSource& m_source;
    TaskPool& m_pool;
    EngineOptions m_options;
};

/// Checks that `query` is well formed and typed. The error names the place.
[[nodiscard]] Result<void> check(std::string_view query, const Features& features);
/// The canonical spelling, as Prometheus' /api/v1/format_query answers it.
[[nodiscard]] Result<std::string> format(std::string_view query, const Features& features);
/// Reads `name{matchers}` without offset or range, as match[] parameters have it.
[[nodiscard]] Result<model::Matchers> parseSelector(std::string_view selector);

}
