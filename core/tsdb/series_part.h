#pragma once

#include "core/base/result.h"
#include "core/tsdb/bytes.h"
#include "core/tsdb/series_index.h"

#include <span>
#include <string>
#include <vector>

/// The stored label sets of a partition, by columns: a dictionary for each label name, and for each series a number in it.
/// Postings are not stored; they are made from these columns when a partition is first looked at. Byte layout:
/// docs/format/metrics.md, "Series".
namespace belvedere::tsdb {

[[nodiscard]] std::string encodeSeries(const SeriesIndex& index, std::span<const Handle> series);

/// Interns every series of a part, in its order. Any bytes are safe to pass.
[[nodiscard]] Result<std::vector<Handle>> decodeSeries(Bytes part, SeriesIndex& index);

}
