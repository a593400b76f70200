#pragma once

#include "core/base/result.h"
#include "core/base/task_pool.h"
#include "core/model/log_source.h"
#include "core/model/query_value.h"

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

namespace belvedere::logql {

enum class Direction : std::uint8_t { backward, forward };

struct RangeRequest {
    std::int64_t startNs = 0; ///< inclusive
    std::int64_t endNs = 0;   ///< exclusive for lines
    std::int64_t stepNs = 0;  ///< metric queries only; start is rounded down and end up to its multiples, as Loki does
    std::size_t limit = 100;  ///< log queries only
    Direction direction = Direction::backward;
};

struct EngineOptions {
    /// Series that a metric query may answer with; more are cut, and the answer says how many. 0: no limit.
    std::size_t maxSeries = 0;
};

/// Evaluates LogQL as Loki 3 does.
///
/// A log query answers Streams whose `labels` are those of the stream alone, less what stages dropped or replaced; each
/// line carries its structured metadata and what parsers and formatters made of its labels, so that a caller can merge
/// them (mergeLabels(): Loki's plain answer) or keep them apart (Loki's "categorize-labels"). A metric query answers Vector or Matrix (times in milliseconds), or Scalar.
/// Errors: parse (with the place in the query), execution (e.g. a pipeline error inside a metric query), cancelled.
/// Threading: every call from any thread. `source` and `pool` must outlive the engine.
class Engine {
public:
    Engine(const model::LogSource& source, TaskPool& pool, EngineOptions options);

    [[nodiscard]] Result<model::QueryValue> range(std::string_view query, RangeRequest request, std::stop_token stop = {}) const;
    /// Metric queries only.
    [[nodiscard]] Result<model::QueryValue> instant(std::string_view query, std::int64_t timeNs, std::stop_token stop = {}) const;

private:
    const model::LogSource& m_source;
    TaskPool& m_pool;
    EngineOptions m_options;
};

/// Loki's plain answer: metadata and parsed labels become labels of the stream, and lines with the same labels meet.
[[nodiscard]] model::Streams mergeLabels(model::Streams streams);

/// Checks that `query` is well formed. The error names the place. Answers whether it is a metric query.
[[nodiscard]] Result<bool> checkIsMetric(std::string_view query);
/// The canonical spelling.
[[nodiscard]] Result<std::string> format(std::string_view query);
/// Reads `{matchers}`, of which one at least must not match the empty string.
[[nodiscard]] Result<model::Matchers> parseSelector(std::string_view selector);

}
