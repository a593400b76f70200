#pragma once

#include "core/datasource/data_source.h"
#include "core/logql/engine.h"
#include "core/model/log_source.h"
#include "core/model/metric_source.h"
#include "core/promql/engine.h"

#include <memory>

namespace belvedere::datasource {

/// The embedded metrics store behind the interface of data sources. `engine` and `source` must outlive what is answered.
[[nodiscard]] std::shared_ptr<const DataSource> makeEmbeddedMetrics(Info info, const promql::Engine& engine, const model::MetricSource& source);

/// The embedded log store. `engine`, `source` and `pool` must outlive what is answered and every tail of it. Log queries
/// answer each stream's own labels; live tails run the whole pipeline over what is committed.
[[nodiscard]] std::shared_ptr<const DataSource> makeEmbeddedLogs(Info info, const logql::Engine& engine, model::LogSource& source, TaskPool& pool);

}
