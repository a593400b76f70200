#pragma once

#include "core/alert/rule_file.h"
#include "core/base/logger.h"
#include "core/base/result.h"
#include "core/model/labels.h"
#include "core/model/metric_source.h"

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace belvedere::alert {

/// What one evaluation of a rule yields: series with their values.
using RuleResults = std::vector<std::pair<model::Labels, double>>;

/// Writes what the rules of a group yield in one evaluation: in one batch, or in several where a rule reads what an earlier
/// one of its group wrote.
///
/// Threading: none of its own. Results of the last batch are committed some time after finish().
class RuleOutput {
public:
    /// Series that a rule wrote at its last evaluation.
    using Written = std::unordered_map<model::Labels, model::SeriesId>;

    /// `sink` and `logger` must outlive the output and what it appends. `timeMs` is that of all samples.
    RuleOutput(model::MetricSink& sink, Logger& logger, std::string groupKey, std::int64_t timeMs);

    /// Commits what was put so far if `expr` may read it, and waits for that.
    void prepareFor(const std::string& expr);
    /// Adds the results of a rule, and stale markers for what is in `previous` and not among them; `previous` is then what
    /// was written. Fails if a series could not be made; the others are written all the same.
    Result<void> put(const Rule& rule, RuleResults results, Written& previous);
    /// Appends the rest, without waiting.
    void finish() { write(false); }

private:
    void write(bool wait);
    void add(model::SeriesId series, double value);

    model::MetricSink& m_sink;
    Logger& m_logger;
    const std::string m_groupKey;
    const std::int64_t m_timeMs;
    model::MetricBatch m_batch;
    std::set<model::SeriesId> m_inBatch;
    std::set<std::string> m_unwritten; ///< metrics of m_batch
    int m_segment = 0;                 ///< number of the batch within the evaluation
};

}
