#pragma once

#include "core/base/result.h"
#include "core/base/task_pool.h"
#include "core/model/labels.h"
#include "core/model/metric_source.h"
#include "core/model/query_value.h"
#include "core/promql/ast.h"
#include "core/promql/columns.h"
#include "core/promql/engine.h"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

// How a query is evaluated.
//
// Each node of the tree that gives an instant vector becomes a SeriesStream: first it knows which series it will give, and
// only then, range by range and from several threads at once, it computes their columns. An operator that looks at one
// series at a time (selectors, functions, operators with a scalar) never holds more than the column it works on; an
// aggregation holds its groups; only operators that must see all series at once hold all columns (Block).

namespace belvedere::promql {

/// Identity of one series of an intermediate result. Removing the metric name is only noted, so that `sum by (job)
/// (rate(x[5m]))` copies no label set.
struct OutputSeries {
    model::LabelsRef labels;
    bool nameless = false;  ///< the metric name counts as removed
    bool dropAtEnd = false; ///< with delayed name removal: it still counts, but the answer will not have it

    [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
    /// The labels that count.
    [[nodiscard]] model::LabelsRef effective() const;
};

/// What a query was asked with.
struct QuerySetup {
    const model::MetricSource& source;
    TaskPool& pool;
    const EngineOptions& options;
    std::string_view query;
    Steps steps;            ///< of the whole query; start() is the first
    std::int64_t endMs = 0; ///< end(): what was asked for, which may lie behind the last step
    std::int64_t lookbackMs = 0;
    std::stop_token stop;
};

/// What all nodes of one running query share. Threading: any thread.
class QueryContext : public QuerySetup {
public:
    explicit QueryContext(QuerySetup setup)
        : QuerySetup(std::move(setup))
    {
    }

    void warn(TextRange where, std::string_view message) { remark(model::Remark::Kind::warning, where, message); }
    void inform(TextRange where, std::string_view message) { remark(model::Remark::Kind::info, where, message); }
    [[nodiscard]] std::vector<model::Remark> takeRemarks();

    /// Accounts for values held in memory; fails with limit when the query holds too many.
    [[nodiscard]] Result<void> hold(std::size_t values);
    void release(std::size_t values) noexcept { m_held -= values; }

    [[nodiscard]] Result<void> checkStop() const;
    /// The same for item `i` of a loop whose items are quick: looks now and then only.
    [[nodiscard]] Result<void> checkStop(std::size_t i) const { return i % kItemsBetweenStops == 0 ? checkStop() : Result<void>(); }

    /// Calls `body(begin, end)` for parts of [0, count), on several threads. The first error ends it.
    [[nodiscard]] Result<void> parallel(std::size_t count, const std::function<Result<void>(std::size_t, std::size_t)>& body) const;

private:
    static constexpr std::size_t kItemsBetweenStops = 1024;

    void remark(model::Remark::Kind kind, TextRange where, std::string_view message);

    std::mutex m_mutex;
    std::vector<model::Remark> m_remarks; // guarded by m_mutex
    std::atomic<std::size_t> m_held = 0;
};

/// The instant vector that a node gives, at all steps.
class SeriesStream {
public:
    /// The column may be changed by the visitor; it is valid during the call.
    using Visitor = std::function<void(std::size_t series, std::span<double> column)>;

    virtual ~SeriesStream() = default;

    /// Label sets that count are unique.
    [[nodiscard]] const std::vector<OutputSeries>& series() const noexcept { return m_series; }
    [[nodiscard]] std::vector<OutputSeries> takeSeries() noexcept { return std::move(m_series); }
    /// Puts label sets in place of those taken: as many, in the same order.
    void setSeries(std::vector<OutputSeries> series) noexcept { m_series = std::move(series); }

    /// Computes the series with indices [begin, end); some may be left out if they have no value. Each series is read at
    /// most once. Threading: several threads at once, for ranges that do not overlap. Ends early when the query is stopped.
    [[nodiscard]] virtual Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) = 0;

protected:
    std::vector<OutputSeries> m_series;
};

using StreamPtr = std::unique_ptr<SeriesStream>;

/// Columns of several series side by side.
class Block {
public:
    /// All absent.
    [[nodiscard]] static Result<Block> create(QueryContext& context, std::vector<OutputSeries> series, std::size_t steps);

    Block(Block&& other) noexcept;
    Block& operator=(Block&& other) noexcept;
    ~Block();

    std::vector<OutputSeries> series;

    [[nodiscard]] std::size_t steps() const noexcept { return m_steps; }
    [[nodiscard]] std::span<double> column(std::size_t index) noexcept { return { m_values.data() + index * m_steps, m_steps }; }
    [[nodiscard]] std::span<const double> column(std::size_t index) const noexcept { return { m_values.data() + index * m_steps, m_steps }; }

private:
    Block(QueryContext& context, std::vector<OutputSeries> outputs, std::size_t steps);

    QueryContext* m_context;
    std::size_t m_steps = 0;
    std::vector<double> m_values;
};

/// Reads everything.
[[nodiscard]] Result<Block> collect(QueryContext& context, SeriesStream& stream, std::size_t steps);
/// A stream over columns that are already there.
[[nodiscard]] StreamPtr streamOf(Block block);

/// Evaluates trees. One object serves one query.
class Evaluator {
public:
    explicit Evaluator(QueryContext& context)
        : m_context(context)
    {
    }

    [[nodiscard]] QueryContext& context() const noexcept { return m_context; }

    /// For nodes of type instant vector.
    [[nodiscard]] Result<StreamPtr> open(const Expr& expr, Steps steps);
    /// For nodes of type scalar: one value a step.
    [[nodiscard]] Result<std::vector<double>> scalar(const Expr& expr, Steps steps);
    /// For nodes of type range vector, at one time: the samples of each series.
    [[nodiscard]] Result<model::Matrix> rangeVector(const Expr& expr, std::int64_t timeMs);

private:
    [[nodiscard]] Result<StreamPtr> openOnce(const Expr& expr, Steps steps);
    [[nodiscard]] Result<StreamPtr> openCall(const Expr& expr, const Call& call, Steps steps);

    QueryContext& m_context;
};

// Parts of the evaluator that have a file of their own.

[[nodiscard]] Result<StreamPtr> openSelector(Evaluator& evaluator, const VectorSelector& selector, Steps steps, bool timestamps);
[[nodiscard]] Result<StreamPtr> openAggregate(Evaluator& evaluator, const Expr& expr, const Aggregate& aggregate, Steps steps);
[[nodiscard]] Result<StreamPtr> openBinary(Evaluator& evaluator, const Expr& expr, const Binary& binary, Steps steps);
[[nodiscard]] Result<StreamPtr> openRangeFunction(Evaluator& evaluator, const Call& call, Steps steps);
[[nodiscard]] Result<StreamPtr> openAbsentOverTime(Evaluator& evaluator, const Call& call, Steps steps);
[[nodiscard]] Result<StreamPtr> openHistogramFunction(Evaluator& evaluator, const Call& call, Steps steps);
[[nodiscard]] Result<StreamPtr> openLabelFunction(Evaluator& evaluator, const Call& call, Steps steps);
[[nodiscard]] Result<StreamPtr> openInfo(Evaluator& evaluator, const Expr& expr, const Call& call, Steps steps);
[[nodiscard]] Result<StreamPtr> openSort(Evaluator& evaluator, const Call& call, Steps steps);
[[nodiscard]] Result<StreamPtr> openMathFunction(Evaluator& evaluator, const Call& call, Steps steps);
/// The function takes a range vector.
[[nodiscard]] bool isRangeFunction(const Function& function) noexcept;

/// Computes `lhs op rhs` for arithmetic operators; comparisons answer 1 or 0.
[[nodiscard]] double applyOperator(BinaryOp op, double lhs, double rhs) noexcept;

// Helpers for label sets.

/// Notes on each series that its metric name is to go: at once, or at the end with delayed name removal.
void dropNames(const QueryContext& context, std::vector<OutputSeries>& series);

enum class DuplicateRule : std::uint8_t {
    bothHaveValues, ///< two series with the same labels are an error if both have any value
    sameStep,       ///< they are merged, and are an error if both have a value at the same step
};
/// Makes label sets unique after names were dropped or labels rewritten; cheap if they are unique already.
[[nodiscard]] Result<StreamPtr> resolveDuplicates(QueryContext& context, StreamPtr stream, std::size_t steps, DuplicateRule rule);

/// Labels of absent() for the argument: from its equality matchers.
[[nodiscard]] model::Labels labelsOfAbsence(const Expr& argument);

/// A column of ones where no series of `stream` has a value.
[[nodiscard]] Result<StreamPtr> absence(QueryContext& context, SeriesStream& stream, std::size_t steps, model::Labels labels);

/// Bytes that are equal exactly for equal labels: only `names` (on) or all but `names` and the metric name.
class LabelKey {
public:
    LabelKey(bool only, std::vector<std::string> names);

    /// Valid until the next call.
    [[nodiscard]] const std::string& of(const OutputSeries& series);
    /// The labels themselves.
    [[nodiscard]] model::Labels labels(const OutputSeries& series) const;

private:
    [[nodiscard]] bool keeps(const model::Label& label) const;

    bool m_only;
    std::vector<std::string> m_names; // sorted
    std::string m_key;
};

/// Warns of the first of `quantiles`, one a step, that is not between 0 and 1.
void warnOfQuantiles(QueryContext& context, std::span<const double> quantiles, TextRange where);

[[nodiscard]] inline std::unexpected<Error> executionFailure(std::string message, TextRange where)
{
    return failure(ErrorCode::execution, std::move(message), where);
}

}
