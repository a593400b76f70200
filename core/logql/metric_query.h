#pragma once

#include "core/base/result.h"
#include "core/base/task_pool.h"
#include "core/logql/ast.h"
#include "core/logql/series.h"
#include "core/model/log_source.h"

#include <stop_token>
#include <variant>

namespace belvedere::logql {

/// A number, or series.
using MetricValue = std::variant<double, Columns>;

/// Evaluates a metric query for all steps of the grid at once.
[[nodiscard]] Result<MetricValue> runMetricQuery(const Expr& expr, const Grid& grid, const model::LogSource& source, TaskPool& pool, std::stop_token stop);

}
