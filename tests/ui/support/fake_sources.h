#pragma once

#include "core/datasource/data_source.h"

#include <memory>
#include <vector>

namespace belvedere::test {

/// A "prometheus" and a "loki" source that answer like a small web shop: smooth, repeatable curves for any expression,
/// a stream of log lines. Expressions with "nothing" in them answer nothing, with "broken" an error with its place,
/// with "slow" only after their stop is requested.
[[nodiscard]] std::vector<std::shared_ptr<const datasource::DataSource>> makeShopSources(std::int64_t nowMs);

}
