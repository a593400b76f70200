#pragma once

#include "core/base/result.h"
#include "core/base/task_pool.h"
#include "core/logql/ast.h"
#include "core/logql/series.h"
#include "core/model/log_source.h"

#include <stop_token>

namespace belvedere::logql {

/// Evaluates a range aggregation for all steps at once. Lines are read once and leave only numbers behind.
///
/// `outer` is the grouping of a sum around it, if there is one and it may be applied while reading. `op` may differ from
/// the expression's: an average is made of a sum and a count. Counting ignores unwrap.
[[nodiscard]] Result<Columns> runRangeAggregation(const RangeAggregation& expr, RangeOp op, const Grouping* outer, const Grid& grid, const model::LogSource& source, TaskPool& pool, std::stop_token stop);

}
