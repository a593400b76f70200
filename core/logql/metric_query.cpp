#include "core/logql/metric_query.h"

#include "core/base/format.h"
#include "core/logql/expand_groups.h"
#include "core/logql/range_query.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <re2/re2.h>

namespace belvedere::logql {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double truth(bool value) { return value ? 1 : 0; }

double arithmetic(BinaryOp op, double left, double right)
{
    switch (op) {
    case BinaryOp::add: return left + right;
    case BinaryOp::subtract: return left - right;
    case BinaryOp::multiply: return left * right;
    // LogQL has no infinities here: what is divided by zero is no number.
    case BinaryOp::divide: return right == 0 ? kNaN : left / right;
    case BinaryOp::modulo: return right == 0 ? kNaN : std::fmod(left, right);
    case BinaryOp::power: return std::pow(left, right);
    case BinaryOp::equal: return truth(left == right);
    case BinaryOp::notEqual: return truth(left != right);
    case BinaryOp::greater: return truth(left > right);
    case BinaryOp::greaterOrEqual: return truth(left >= right);
    case BinaryOp::less: return truth(left < right);
    case BinaryOp::lessOrEqual: return truth(left <= right);
    default: return kNaN;
    }
}

/// The sample that a binary operation makes: absent where a comparison filters it out.
double combine(const BinaryExpr& expr, double left, double right, double kept)
{
    const double result = arithmetic(expr.op, left, right);
    if (!isComparison(expr.op) || expr.returnBool)
        return result;
    return result != 0 ? kept : absent();
}

model::Labels restricted(const model::Labels& labels, const std::vector<std::string>& names, bool keep)
{
    std::vector<model::Label> out;
    for (const auto& label : labels) {
        if ((std::ranges::find(names, label.name) != names.end()) == keep)
            out.push_back(label);
    }
    return model::Labels::fromSorted(std::move(out));
}

class Evaluator {
public:
    Evaluator(const Grid& grid, const model::LogSource& source, TaskPool& pool, std::stop_token stop)
        : m_grid(grid)
        , m_source(source)
        , m_pool(pool)
        , m_stop(std::move(stop))
    {
    }

    Result<MetricValue> evaluate(const Expr& expr)
    {
        if (m_stop.stop_requested())
            return failure(ErrorCode::cancelled, "the query was cancelled");
        auto value = std::visit([this](const auto& one) { return this->evaluate(one); }, expr.data);
        // The loops over groups end early when they are told to; what they made then is nothing to go on with.
        if (m_stop.stop_requested())
            return failure(ErrorCode::cancelled, "the query was cancelled");
        return value;
    }

private:
    Result<MetricValue> evaluate(const LogExpr&) { return failure(ErrorCode::invalidArgument, "a log query has no value"); }
    Result<MetricValue> evaluate(const Literal& literal) { return literal.value; }
    Result<MetricValue> evaluate(const VectorLiteral& literal)
    {
        Columns out;
        out.push_back({ model::makeLabels({}), std::vector<double>(m_grid.count, literal.value) });
        return out;
    }
    Result<MetricValue> evaluate(const RangeAggregation& aggregation)
    {
        if (aggregation.op == RangeOp::average && aggregation.grouping && !aggregation.grouping->without)
            return groupedAverage(aggregation);
        return widened(runRangeAggregation(aggregation, aggregation.op, nullptr, m_grid, m_source, m_pool, m_stop));
    }

    /// Loki divides the sum of the values by the number of all lines, with or without a value, as soon as the average is
    /// grouped with by. So do we: the same query must not answer differently.
    Result<MetricValue> groupedAverage(const RangeAggregation& aggregation)
    {
        Columns parts[2];
        for (const auto op : { RangeOp::sum, RangeOp::count }) {
            auto read = runRangeAggregation(aggregation, op, &*aggregation.grouping, m_grid, m_source, m_pool, m_stop);
            if (!read)
                return std::unexpected(read.error());
            parts[op == RangeOp::sum ? 0 : 1] = folded(*read, *aggregation.grouping, VectorOp::sum);
        }
        BinaryExpr divide;
        divide.op = BinaryOp::divide;
        return matched(divide, parts[0], parts[1]);
    }

    static Result<MetricValue> widened(Result<Columns> columns)
    {
        if (!columns)
            return std::unexpected(columns.error());
        return MetricValue(std::move(*columns));
    }

    Result<Columns> series(const Expr& expr)
    {
        auto value = evaluate(expr);
        if (!value)
            return std::unexpected(value.error());
        if (auto* columns = std::get_if<Columns>(&*value))
            return std::move(*columns);
        // A number where series are needed acts as a vector without labels.
        Columns out;
        out.push_back({ model::makeLabels({}), std::vector<double>(m_grid.count, std::get<double>(*value)) });
        return out;
    }

    // ---------------------------------------------------------------------------------------------- vector aggregations
    /// A sum of these may be grouped while lines are read.
    static bool sumsWhileReading(RangeOp op)
    {
        return op == RangeOp::count || op == RangeOp::rate || op == RangeOp::bytes || op == RangeOp::bytesRate || op == RangeOp::sum;
    }

    Result<MetricValue> evaluate(const VectorAggregation& aggregation)
    {
        const Grouping grouping = aggregation.grouping.value_or(Grouping());
        const auto* range = std::get_if<RangeAggregation>(&aggregation.inner->data);
        const bool reads = range && aggregation.op == VectorOp::sum && !range->grouping && sumsWhileReading(range->op);
        auto input = reads ? runRangeAggregation(*range, range->op, &grouping, m_grid, m_source, m_pool, m_stop) : series(*aggregation.inner);
        if (!input)
            return std::unexpected(input.error());
        switch (aggregation.op) {
        case VectorOp::sort:
        case VectorOp::sortDesc: return sorted(std::move(*input), aggregation.op == VectorOp::sortDesc);
        case VectorOp::topk:
        case VectorOp::approxTopk: return ranked(std::move(*input), grouping, aggregation.parameter, true);
        case VectorOp::bottomk: return ranked(std::move(*input), grouping, aggregation.parameter, false);
        default: return folded(*input, grouping, aggregation.op);
        }
    }

    static model::Labels groupLabels(const model::Labels& labels, const Grouping& grouping) { return restricted(labels, grouping.labels, !grouping.without); }

    Columns folded(const Columns& input, const Grouping& grouping, VectorOp op) const
    {
        std::map<model::Labels, std::vector<const Column*>> groups;
        for (const auto& column : input)
            groups[groupLabels(*column.labels, grouping)].push_back(&column);
        Columns out;
        for (const auto& [labels, members] : groups) {
            if (m_stop.stop_requested())
                break;
            Column column { model::makeLabels(labels), std::vector<double>(m_grid.count, absent()) };
            for (std::size_t step = 0; step < m_grid.count && !m_stop.stop_requested(); ++step)
                column.values[step] = fold(members, step, op);
            out.push_back(std::move(column));
        }
        return out;
    }

    static double fold(const std::vector<const Column*>& members, std::size_t step, VectorOp op)
    {
        double count = 0, sum = 0, mean = 0, squares = 0, extreme = kNaN;
        for (const auto* member : members) {
            const double value = member->values[step];
            if (isAbsent(value))
                continue;
            count += 1;
            sum += value;
            const double delta = value - mean;
            mean += delta / count;
            squares += delta * (value - mean);
            if (count == 1 || std::isnan(extreme) || (op == VectorOp::maximum ? value > extreme : value < extreme))
                extreme = value;
        }
        if (count == 0)
            return absent();
        switch (op) {
        case VectorOp::sum: return sum;
        case VectorOp::average: return std::isfinite(sum) ? mean : sum / count;
        case VectorOp::count: return count;
        case VectorOp::stddev: return std::sqrt(squares / count);
        case VectorOp::stdvar: return squares / count;
        default: return extreme;
        }
    }

    MetricValue ranked(Columns input, const Grouping& grouping, std::int64_t limit, bool largest) const
    {
        std::map<model::Labels, std::vector<std::size_t>> groups;
        for (std::size_t i = 0; i < input.size(); ++i)
            groups[groupLabels(*input[i].labels, grouping)].push_back(i);
        // NaN ranks below every number, for topk and bottomk alike.
        const auto better = [&](double a, double b) {
            if (std::isnan(a) || std::isnan(b))
                return !std::isnan(a) && std::isnan(b);
            return largest ? a > b : a < b;
        };
        std::vector<std::size_t> members;
        for (const auto& [labels, indices] : groups) {
            for (std::size_t step = 0; step < m_grid.count && !m_stop.stop_requested(); ++step) {
                members.clear();
                std::ranges::copy_if(indices, std::back_inserter(members), [&](std::size_t i) { return !isAbsent(input[i].values[step]); });
                if (members.size() <= static_cast<std::size_t>(limit))
                    continue;
                std::ranges::stable_sort(members, [&](std::size_t a, std::size_t b) { return better(input[a].values[step], input[b].values[step]); });
                for (auto i = static_cast<std::size_t>(limit); i < members.size(); ++i)
                    input[members[i]].values[step] = absent();
            }
        }
        std::erase_if(input, [](const Column& column) { return std::ranges::all_of(column.values, isAbsent); });
        return input;
    }

    /// By value; only an instant query has one.
    MetricValue sorted(Columns input, bool descending) const
    {
        if (m_grid.count == 1) {
            std::ranges::stable_sort(input, [&](const Column& a, const Column& b) {
                const double x = a.values[0], y = b.values[0];
                if (std::isnan(x) || std::isnan(y))
                    return !std::isnan(x) && std::isnan(y);
                return descending ? x > y : x < y;
            });
        }
        return input;
    }

    // ----------------------------------------------------------------------------------------------------- label_replace
    Result<MetricValue> evaluate(const LabelReplace& replace)
    {
        auto input = series(*replace.inner);
        if (!input)
            return std::unexpected(input.error());
        RE2::Options options;
        options.set_log_errors(false);
        options.set_dot_nl(true);
        const RE2 re("^(?:" + replace.pattern + ")$", options);
        if (!re.ok())
            return failure(ErrorCode::execution, formatted("label_replace: {}", re.error()));
        std::vector<re2::StringPiece> groups(static_cast<std::size_t>(re.NumberOfCapturingGroups()) + 1);
        for (auto& column : *input) {
            if (m_stop.stop_requested())
                break;
            const std::string source(column.labels->get(replace.source));
            if (!re.Match(source, 0, source.size(), RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size())))
                continue;
            std::string value;
            expandGroups(value, replace.replacement, re, groups);
            model::LabelsBuilder labels(*column.labels);
            labels.set(replace.target, value);
            column.labels = model::makeLabels(labels.build());
        }
        return MetricValue(std::move(*input));
    }

    // -------------------------------------------------------------------------------------------------- binary operators
    Result<MetricValue> evaluate(const BinaryExpr& expr)
    {
        auto left = evaluate(*expr.left);
        if (!left)
            return left;
        auto right = evaluate(*expr.right);
        if (!right)
            return right;
        const auto* leftNumber = std::get_if<double>(&*left);
        const auto* rightNumber = std::get_if<double>(&*right);
        if (leftNumber && rightNumber)
            return arithmetic(expr.op, *leftNumber, *rightNumber);
        if (isSetOperator(expr.op)) {
            if (leftNumber || rightNumber)
                return failure(ErrorCode::execution, formatted("a number cannot stand beside '{}'", name(expr.op)));
            return combineSets(expr, std::get<Columns>(std::move(*left)), std::get<Columns>(std::move(*right)));
        }
        if (leftNumber)
            return withNumber(expr, std::get<Columns>(std::move(*right)), *leftNumber, true);
        if (rightNumber)
            return withNumber(expr, std::get<Columns>(std::move(*left)), *rightNumber, false);
        return matched(expr, std::get<Columns>(*left), std::get<Columns>(*right));
    }

    MetricValue withNumber(const BinaryExpr& expr, Columns columns, double number, bool numberIsLeft) const
    {
        for (auto& column : columns) {
            if (m_stop.stop_requested())
                break;
            for (auto& value : column.values) {
                if (!isAbsent(value))
                    value = numberIsLeft ? combine(expr, number, value, value) : combine(expr, value, number, value);
            }
        }
        return columns;
    }

    static model::Labels signature(const BinaryExpr& expr, const model::Labels& labels)
    {
        return expr.hasMatching ? restricted(labels, expr.matchingLabels, expr.on) : labels;
    }

    struct Sides {
        std::vector<const Column*> left;
        std::vector<const Column*> right;
    };
    static std::map<model::Labels, Sides> bySignature(const BinaryExpr& expr, const Columns& left, const Columns& right)
    {
        std::map<model::Labels, Sides> groups;
        for (const auto& column : left)
            groups[signature(expr, *column.labels)].left.push_back(&column);
        for (const auto& column : right)
            groups[signature(expr, *column.labels)].right.push_back(&column);
        return groups;
    }

    static bool anyAt(const std::vector<const Column*>& columns, std::size_t step)
    {
        return std::ranges::any_of(columns, [&](const Column* column) { return !isAbsent(column->values[step]); });
    }

    /// Columns by their labels, made when they are first needed. Labels are looked up once a series and not once a step:
    /// callers keep the places.
    class ColumnsByLabels {
    public:
        explicit ColumnsByLabels(std::size_t steps)
            : m_steps(steps)
        {
        }
        std::size_t place(const model::Labels& labels)
        {
            const auto [at, added] = m_index.try_emplace(labels, m_columns.size());
            if (added)
                m_columns.push_back({ model::makeLabels(labels), std::vector<double>(m_steps, absent()) });
            return at->second;
        }
        Column& operator[](std::size_t place) { return m_columns[place]; }
        Columns take() { return std::move(m_columns); }

    private:
        std::size_t m_steps;
        std::map<model::Labels, std::size_t> m_index;
        Columns m_columns;
    };

    static constexpr std::size_t kNoPlace = std::numeric_limits<std::size_t>::max();

    /// Copies the samples of `from` at one step under their own labels.
    static void copyStep(const std::vector<const Column*>& from, std::vector<std::size_t>& places, std::size_t step, ColumnsByLabels& out)
    {
        for (std::size_t i = 0; i < from.size(); ++i) {
            const double value = from[i]->values[step];
            if (isAbsent(value))
                continue;
            if (places[i] == kNoPlace)
                places[i] = out.place(*from[i]->labels);
            out[places[i]].values[step] = value;
        }
    }

    MetricValue combineSets(const BinaryExpr& expr, const Columns& left, const Columns& right) const
    {
        ColumnsByLabels out(m_grid.count);
        for (const auto& [key, sides] : bySignature(expr, left, right)) {
            std::vector<std::size_t> leftPlaces(sides.left.size(), kNoPlace);
            std::vector<std::size_t> rightPlaces(sides.right.size(), kNoPlace);
            for (std::size_t step = 0; step < m_grid.count && !m_stop.stop_requested(); ++step) {
                const bool rightHas = anyAt(sides.right, step);
                if (expr.op == BinaryOp::logicalOr || rightHas == (expr.op == BinaryOp::logicalAnd))
                    copyStep(sides.left, leftPlaces, step, out);
                if (expr.op == BinaryOp::logicalOr && rightHas && !anyAt(sides.left, step))
                    copyStep(sides.right, rightPlaces, step, out);
            }
        }
        return out.take();
    }

    Result<MetricValue> matched(const BinaryExpr& expr, const Columns& left, const Columns& right) const
    {
        const bool manyRight = expr.group == BinaryExpr::Group::right;
        ColumnsByLabels out(m_grid.count);
        for (const auto& [key, sides] : bySignature(expr, left, right)) {
            const auto& many = manyRight ? sides.right : sides.left;
            const auto& ones = manyRight ? sides.left : sides.right;
            if (many.empty() || ones.empty())
                continue;
            std::vector<Target> targets(many.size());
            for (std::size_t step = 0; step < m_grid.count && !m_stop.stop_requested(); ++step) {
                const auto one = theOne(expr, ones, step);
                if (!one)
                    return std::unexpected(one.error());
                if (!*one)
                    continue;
                if (auto done = matchStep(expr, many, **one, step, targets, out); !done)
                    return std::unexpected(std::move(done.error()));
            }
        }
        return out.take();
    }

    /// The column of the side that must be unique which has a sample at this step; null if none has.
    static Result<const Column*> theOne(const BinaryExpr& expr, const std::vector<const Column*>& ones, std::size_t step)
    {
        const Column* one = nullptr;
        for (const auto* column : ones) {
            if (isAbsent(column->values[step]))
                continue;
            if (one)
                return failure(ErrorCode::execution,
                    formatted("found duplicate series on the {}-hand side for '{}': {} and {}; matching labels must be unique on one side",
                        expr.group == BinaryExpr::Group::right ? "left" : "right", name(expr.op), one->labels->toString(), column->labels->toString()));
            one = column;
        }
        return one;
    }

    /// Where the result of one series of the many goes; the labels depend on its partner too.
    struct Target {
        const Column* one = nullptr;
        std::size_t place = kNoPlace;
    };

    static Result<void> matchStep(const BinaryExpr& expr, const std::vector<const Column*>& many, const Column& one, std::size_t step, std::vector<Target>& targets, ColumnsByLabels& out)
    {
        const bool manyRight = expr.group == BinaryExpr::Group::right;
        bool taken = false;
        for (std::size_t i = 0; i < many.size(); ++i) {
            const double value = many[i]->values[step];
            if (isAbsent(value))
                continue;
            const double leftValue = manyRight ? one.values[step] : value;
            const double rightValue = manyRight ? value : one.values[step];
            const double result = combine(expr, leftValue, rightValue, leftValue);
            if (isAbsent(result))
                continue;
            if (expr.group == BinaryExpr::Group::none && std::exchange(taken, true))
                return failure(ErrorCode::execution, formatted("several series on the left match {}; say so with group_left or group_right", one.labels->toString()));
            auto& target = targets[i];
            if (target.one != &one)
                target = { &one, out.place(resultLabels(expr, *many[i]->labels, *one.labels)) };
            auto& column = out[target.place];
            if (!isAbsent(column.values[step]) && expr.group != BinaryExpr::Group::none)
                return failure(ErrorCode::execution, formatted("several series would become {}: the grouping labels must tell them apart", column.labels->toString()));
            column.values[step] = result;
        }
        return {};
    }

    static model::Labels resultLabels(const BinaryExpr& expr, const model::Labels& many, const model::Labels& one)
    {
        auto labels = expr.group == BinaryExpr::Group::none && expr.hasMatching ? restricted(many, expr.matchingLabels, expr.on) : many;
        if (expr.include.empty())
            return labels;
        model::LabelsBuilder builder(labels);
        for (const auto& name : expr.include)
            builder.set(name, one.get(name));
        return builder.build();
    }

    const Grid& m_grid;
    const model::LogSource& m_source;
    TaskPool& m_pool;
    std::stop_token m_stop;
};

}

Result<MetricValue> runMetricQuery(const Expr& expr, const Grid& grid, const model::LogSource& source, TaskPool& pool, std::stop_token stop)
{
    return Evaluator(grid, source, pool, std::move(stop)).evaluate(expr);
}

}
