#include "core/base/format.h"
#include "core/base/text.h"
#include "core/promql/evaluator.h"
#include "core/promql/functions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

// Classic histograms: series that differ only in `le`. The bounds are read and sorted once for each histogram; a step then
// only copies the counts that are there.

namespace belvedere::promql {

namespace {

struct Bucket {
    double upperBound;
    double count;
};

/// Buckets with the same bound ("1" and "1.0") count as one.
void mergeEqualBounds(std::vector<Bucket>& buckets)
{
    std::size_t last = 0;
    for (std::size_t i = 1; i < buckets.size(); ++i) {
        if (buckets[i].upperBound == buckets[last].upperBound)
            buckets[last].count += buckets[i].count;
        else
            buckets[++last] = buckets[i];
    }
    buckets.resize(last + 1);
}

bool almostEqual(double a, double b, double epsilon)
{
    constexpr double kSmallestNormal = 0x1p-1022;
    if (a == b || (std::isnan(a) && std::isnan(b)))
        return true;
    const double sum = std::fabs(a) + std::fabs(b);
    const double difference = std::fabs(a - b);
    if (a == 0 || b == 0 || sum < kSmallestNormal)
        return difference < epsilon * kSmallestNormal;
    return difference / std::min(sum, std::numeric_limits<double>::max()) < epsilon;
}

/// Counts never decrease in a sound histogram, but buckets may be scraped, aggregated or rounded apart. True if more than
/// rounding had to be mended.
bool makeMonotonic(std::vector<Bucket>& buckets)
{
    constexpr double kRounding = 1e-12;
    bool forced = false;
    double previous = buckets.front().count;
    for (std::size_t i = 1; i < buckets.size(); ++i) {
        double& count = buckets[i].count;
        if (count == previous)
            continue;
        if (almostEqual(previous, count, kRounding)) {
            count = previous;
        } else if (count < previous) {
            count = previous;
            forced = true;
        } else {
            previous = count;
        }
    }
    return forced;
}

double quantileOfBuckets(double q, std::vector<Bucket>& buckets, bool& forced)
{
    if (std::isnan(q))
        return kNaN;
    if (q < 0)
        return -kInfinity;
    if (q > 1)
        return kInfinity;
    if (buckets.back().upperBound != kInfinity)
        return kNaN;
    mergeEqualBounds(buckets);
    forced = makeMonotonic(buckets);
    const double observations = buckets.back().count;
    if (buckets.size() < 2 || observations == 0)
        return kNaN;
    double rank = q * observations;
    const auto end = buckets.end() - 1;
    const auto at = std::partition_point(buckets.begin(), end, [rank](const Bucket& bucket) { return !(bucket.count >= rank); });
    if (at == end)
        return (end - 1)->upperBound;
    if (at == buckets.begin() && at->upperBound <= 0)
        return at->upperBound;
    double start = 0;
    double count = at->count;
    if (at != buckets.begin()) {
        start = (at - 1)->upperBound;
        count -= (at - 1)->count;
        rank -= (at - 1)->count;
    }
    return start + (at->upperBound - start) * (rank / count);
}

double fractionOfBuckets(double lower, double upper, std::vector<Bucket>& buckets)
{
    if (buckets.back().upperBound != kInfinity)
        return kNaN;
    mergeEqualBounds(buckets);
    const double count = buckets.back().count;
    if (count == 0 || std::isnan(lower) || std::isnan(upper))
        return kNaN;
    if (lower >= upper)
        return 0;
    // Observations up to a bound, linear inside a bucket.
    const auto rankOf = [&](double bound) {
        double rank = 0;
        for (std::size_t i = 0; i < buckets.size(); ++i) {
            const double from = i > 0 ? buckets[i - 1].upperBound : buckets[i].upperBound <= 0 ? -kInfinity : 0;
            if (from >= bound)
                return rank;
            if (buckets[i].upperBound > bound) {
                const double width = buckets[i].upperBound - from;
                return std::isinf(width) && std::isinf(from) ? rank : rank + (buckets[i].count - rank) * ((bound - from) / width);
            }
            rank = buckets[i].count;
        }
        return rank;
    };
    return (std::min(rankOf(upper), count) - std::min(rankOf(lower), count)) / count;
}

/// One classic histogram: its bucket series in order of their bounds.
struct Histogram {
    struct Member {
        std::size_t series;
        double upperBound;
    };
    std::string metric;
    std::vector<Member> members;
};

/// Puts bucket series together: those that differ in nothing but `le`.
std::vector<Histogram> findHistograms(QueryContext& context, const std::vector<OutputSeries>& series, TextRange where, std::vector<OutputSeries>& outputs)
{
    LabelKey key(false, { "le" });
    std::unordered_map<std::string, std::size_t> numbers;
    std::vector<Histogram> histograms;
    for (std::size_t i = 0; i < series.size(); ++i) {
        const auto le = series[i].get("le");
        const auto bound = parseFloat(le);
        if (!bound) {
            context.warn(where, formatted("bucket label \"le\" is missing or has a malformed value of {} for metric name {}", goQuoted(le), goQuoted(series[i].get(model::kMetricName))));
            continue;
        }
        // The answer drops the metric name, but buckets of two metrics are not one histogram.
        auto identity = key.of(series[i]);
        identity += series[i].get(model::kMetricName);
        const auto [at, isNew] = numbers.try_emplace(std::move(identity), histograms.size());
        if (isNew) {
            histograms.push_back({ std::string(series[i].get(model::kMetricName)), {} });
            model::LabelsBuilder builder(*series[i].labels);
            builder.remove("le");
            const bool delayed = context.options.features.delayedNameRemoval;
            outputs.push_back({ model::makeLabels(builder.build()), !delayed || series[i].nameless, delayed });
        }
        histograms[at->second].members.push_back({ i, *bound });
    }
    for (auto& histogram : histograms)
        std::ranges::stable_sort(histogram.members, {}, &Histogram::Member::upperBound);
    return histograms;
}

Result<StreamPtr> nothing(QueryContext& context, Steps steps)
{
    auto block = Block::create(context, {}, steps.count);
    if (!block)
        return std::unexpected(std::move(block.error()));
    return streamOf(std::move(*block));
}

}

Result<StreamPtr> openHistogramFunction(Evaluator& evaluator, const Call& call, Steps steps)
{
    auto& context = evaluator.context();
    const auto id = call.function->id;
    const bool isQuantile = id == FunctionId::histogramQuantile;
    if (!isQuantile && id != FunctionId::histogramFraction) {
        // The others are about native histograms; samples that are plain numbers do not count.
        auto operand = evaluator.open(*call.args[0], steps);
        if (!operand)
            return operand;
        return nothing(context, steps);
    }
    std::vector<std::vector<double>> parameters;
    for (std::size_t i = 0; i + 1 < call.args.size(); ++i) {
        auto values = evaluator.scalar(*call.args[i], steps);
        if (!values)
            return std::unexpected(std::move(values.error()));
        parameters.push_back(std::move(*values));
    }
    if (isQuantile)
        warnOfQuantiles(context, parameters[0], call.args[0]->range);
    const auto& argument = *call.args.back();
    auto stream = evaluator.open(argument, steps);
    if (!stream)
        return stream;
    const auto input = collect(context, **stream, steps.count);
    if (!input)
        return std::unexpected(input.error());

    std::vector<OutputSeries> outputs;
    const auto histograms = findHistograms(context, input->series, argument.range, outputs);
    auto out = Block::create(context, std::move(outputs), steps.count);
    if (!out)
        return std::unexpected(std::move(out.error()));
    const auto done = context.parallel(histograms.size(), [&](std::size_t begin, std::size_t end) -> Result<void> {
        std::vector<Bucket> buckets;
        for (std::size_t i = begin; i < end; ++i) {
            const auto column = out->column(i);
            bool forced = false;
            for (std::size_t step = 0; step < steps.count; ++step) {
                buckets.clear();
                for (const auto& member : histograms[i].members) {
                    if (const double count = input->column(member.series)[step]; isPresent(count))
                        buckets.push_back({ member.upperBound, count });
                }
                if (buckets.empty())
                    continue;
                bool forcedHere = false;
                column[step] = isQuantile ? quantileOfBuckets(parameters[0][step], buckets, forcedHere)
                                          : fractionOfBuckets(parameters[0][step], parameters[1][step], buckets);
                forced = forced || forcedHere;
            }
            if (forced) {
                context.inform(argument.range,
                    formatted("input to histogram_quantile needed to be fixed for monotonicity (see "
                                "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name {}",
                        goQuoted(histograms[i].metric)));
            }
            if (auto going = context.checkStop(); !going)
                return going;
        }
        return {};
    });
    if (!done)
        return std::unexpected(done.error());
    return resolveDuplicates(context, streamOf(std::move(*out)), steps.count, DuplicateRule::sameStep);
}

}
