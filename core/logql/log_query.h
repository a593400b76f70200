#pragma once

#include "core/base/task_pool.h"
#include "core/logql/ast.h"
#include "core/logql/engine.h"
#include "core/model/log_source.h"
#include "core/model/query_value.h"

#include <stop_token>

namespace belvedere::logql {

/// Reads the lines of a log query, newest or oldest first, and no further than the limit needs.
[[nodiscard]] Result<model::Streams> runLogQuery(const LogExpr& expr, const RangeRequest& request, const model::LogSource& source, TaskPool& pool, std::stop_token stop);

}
