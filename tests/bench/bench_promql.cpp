// How long do the queries of conformance/promql/perf/baseline.py take in the engine alone?
//
// Workload: 10,000 series × 6 h × 15 s = 14.4 million samples as perf/gen_perf.cpp makes them (1,000 pods × 8 metrics, a
// histogram of 2,000 bucket series), decoded in memory, so that neither store nor HTTP count. Unit: milliseconds a query,
// real time, two query threads. Good: at most half of what Prometheus takes for the heavy range queries (its medians on
// the reference machine stand beside each query), at best what VictoriaMetrics takes.

#include "core/base/format.h"
#include "core/base/task_pool.h"
#include "core/promql/engine.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace belvedere {

namespace {

constexpr std::int64_t kStepMs = 15'000;
constexpr std::size_t kSamples = 1440;
constexpr std::int64_t kStartMs = 1'748'736'000'000;
constexpr std::int64_t kEndMs = kStartMs + kStepMs * static_cast<std::int64_t>(kSamples - 1);

/// All series share their timestamps, as scrapes of one target do.
class PerfSource final : public model::MetricSource {
public:
    PerfSource()
    {
        m_times.resize(kSamples);
        for (std::size_t i = 0; i < kSamples; ++i)
            m_times[i] = kStartMs + kStepMs * static_cast<std::int64_t>(i);
        addPods();
        addHistogram();
        std::ranges::sort(m_series, [](const Stored& a, const Stored& b) { return *a.labels < *b.labels; });
        for (std::size_t i = 0; i < m_series.size(); ++i)
            m_byName[std::string(m_series[i].labels->metricName())].push_back(i);
    }

    [[nodiscard]] Result<std::unique_ptr<model::MetricSelection>> select(const model::Matchers& matchers, model::TimeRange range, std::stop_token) const override
    {
        std::vector<std::size_t> found;
        const auto named = std::ranges::find_if(matchers, [](const model::Matcher& matcher) { return matcher.name() == model::kMetricName; });
        for (const auto& [name, indices] : m_byName) {
            if (named != matchers.end() && !named->matches(name))
                continue;
            for (const auto index : indices) {
                const auto agrees = [&](const model::Matcher& matcher) { return matcher.name() == model::kMetricName || matcher.matches(*m_series[index].labels); };
                if (std::ranges::all_of(matchers, agrees))
                    found.push_back(index);
            }
        }
        return std::make_unique<Selection>(*this, std::move(found), range);
    }

    [[nodiscard]] Result<std::vector<std::string>> labelNames(std::span<const model::Matchers>, model::TimeRange, std::size_t) const override { return {}; }
    [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string&, std::span<const model::Matchers>, model::TimeRange, std::size_t) const override { return {}; }
    [[nodiscard]] Result<std::vector<model::LabelsRef>> series(std::span<const model::Matchers>, model::TimeRange, std::size_t) const override { return {}; }
    [[nodiscard]] Result<std::vector<model::MetricMetadata>> metadata(const std::string&) const override { return {}; }

private:
    struct Stored {
        model::LabelsRef labels;
        std::vector<double> values;
    };

    class Selection final : public model::MetricSelection {
    public:
        Selection(const PerfSource& source, std::vector<std::size_t> series, model::TimeRange range)
            : m_source(source)
            , m_series(std::move(series))
            , m_from(static_cast<std::size_t>(std::ranges::lower_bound(source.m_times, range.fromMs) - source.m_times.begin()))
            , m_to(static_cast<std::size_t>(std::ranges::upper_bound(source.m_times, range.toMs) - source.m_times.begin()))
        {
        }

        [[nodiscard]] std::size_t size() const override { return m_series.size(); }
        [[nodiscard]] const model::LabelsRef& labels(std::size_t series) const override { return m_source.m_series[m_series[series]].labels; }
        [[nodiscard]] Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor, std::stop_token) const override
        {
            for (std::size_t i = begin; i < end && m_from < m_to; ++i)
                visitor(i, { std::span(m_source.m_times).subspan(m_from, m_to - m_from), std::span(m_source.m_series[m_series[i]].values).subspan(m_from, m_to - m_from) });
            return {};
        }

    private:
        const PerfSource& m_source;
        std::vector<std::size_t> m_series;
        std::size_t m_from;
        std::size_t m_to;
    };

    double random() { return std::uniform_real_distribution(0.0, 1.0)(m_random); }

    void addPods()
    {
        struct Metric {
            const char* name;
            bool counter;
            double rate;
        };
        constexpr Metric kMetrics[] = { { "pod_requests_total", true, 3 }, { "pod_errors_total", true, 0.05 }, { "pod_network_bytes_total", true, 52000 }, { "pod_cpu_seconds_total", true, 0.35 },
            { "pod_memory_bytes", false, 2.5e8 }, { "pod_open_connections", false, 40 }, { "pod_queue_depth", false, 12 }, { "pod_up", false, 1 } };
        for (const auto& metric : kMetrics) {
            for (int pod = 0; pod < 1000; ++pod) {
                auto labels = model::makeLabels({ { "__name__", metric.name }, { "job", formatted("job-{}", pod % 10) }, { "namespace", formatted("ns-{}", pod % 5) }, { "service", formatted("svc-{:02}", pod % 20) },
                    { "pod", formatted("pod-{:04}", pod) }, { "instance", formatted("10.0.{}.{}:9090", pod / 250, pod % 250) } });
                std::vector<double> values(kSamples);
                double value = std::floor(random() * 1e5);
                const auto reset = random() < 0.1 ? static_cast<std::size_t>(random() * kSamples) : kSamples;
                for (std::size_t i = 0; i < kSamples; ++i) {
                    if (metric.counter) {
                        value = (i == reset ? 0 : value) + std::floor(metric.rate * 15 * (0.6 + 0.8 * random()) + random());
                        values[i] = value;
                    } else {
                        values[i] = std::floor(metric.rate * (1 + 0.5 * std::sin(static_cast<double>(i) / 150.0 + pod)) + random() * metric.rate * 0.2);
                    }
                }
                m_series.push_back({ std::move(labels), std::move(values) });
            }
        }
    }

    void addHistogram()
    {
        constexpr const char* kBounds[] = { "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "+Inf" };
        constexpr double kShares[] = { .1, .25, .45, .62, .78, .9, .96, .99, .998, 1 };
        for (int group = 0; group < 200; ++group) {
            for (std::size_t bucket = 0; bucket < 10; ++bucket) {
                auto labels = model::makeLabels({ { "__name__", "http_request_duration_seconds_bucket" }, { "job", "web" }, { "service", formatted("svc-{:02}", group % 20) },
                    { "method", (group / 20) % 2 ? "GET" : "POST" }, { "pod", formatted("web-{}", group / 40) }, { "le", kBounds[bucket] } });
                std::vector<double> values(kSamples);
                double value = 0;
                for (std::size_t i = 0; i < kSamples; ++i)
                    values[i] = value += std::floor((2 + group % 7) * 15 * kShares[bucket]);
                m_series.push_back({ std::move(labels), std::move(values) });
            }
        }
    }

    std::mt19937_64 m_random { 88172645463325252ULL };
    std::vector<std::int64_t> m_times;
    std::vector<Stored> m_series;
    std::map<std::string, std::vector<std::size_t>> m_byName;
};

struct Question {
    const char* name;
    const char* query;
    std::int64_t stepMs; ///< 0: instant, at the end
    std::int64_t startMs;
    double prometheusMs; ///< over HTTP, from its own store
};

constexpr Question kQuestions[] = {
    { "instant_sum_by", "sum by (job) (pod_memory_bytes)", 0, 0, 3.44 },
    { "range_sum_by_rate_6h_30s", "sum by (job) (rate(pod_requests_total[5m]))", 30'000, kStartMs, 99.95 },
    { "range_sum_by_rate_1h_15s", "sum by (job) (rate(pod_requests_total[5m]))", 15'000, kEndMs - 3'600'000, 23.64 },
    { "range_one_series_rate_6h_15s", "rate(pod_requests_total{pod=\"pod-0123\"}[5m])", 15'000, kStartMs, 0.50 },
    { "range_50_series_raw_6h_15s", "pod_cpu_seconds_total{service=\"svc-01\"}", 15'000, kStartMs, 7.05 },
    { "range_histogram_quantile_6h_30s", "histogram_quantile(0.95, sum by (le, service) (rate(http_request_duration_seconds_bucket[5m])))", 30'000, kStartMs, 209.62 },
    { "instant_histogram_quantile", "histogram_quantile(0.95, sum by (le, service) (rate(http_request_duration_seconds_bucket[5m])))", 0, 0, 6.84 },
    { "instant_topk_rate", "topk(10, rate(pod_requests_total[5m]))", 0, 0, 3.32 },
    { "range_topk_rate_6h_5m", "topk(10, rate(pod_requests_total[5m]))", 300'000, kStartMs, 59.93 },
    { "instant_regex_selector", "pod_requests_total{pod=~\"pod-0[0-4].*\",namespace!~\"ns-[34]\"}", 0, 0, 1.39 },
    { "instant_regex_name", "count by (__name__) ({__name__=~\"pod_.*\",service=~\"svc-0[1-3]\"})", 0, 0, 4.40 },
    { "instant_count_all", "count({__name__=~\".+\"})", 0, 0, 31.74 },
    { "instant_max_over_time_subquery", "max_over_time(pod_memory_bytes[1h:1m])", 0, 0, 9.56 },
    { "instant_rate_6h_window", "sum(rate(pod_requests_total[6h]))", 0, 0, 52.67 },
    { "instant_quantile_over_time_6h", "quantile_over_time(0.9, pod_queue_depth[6h])", 0, 0, 103.58 },
    { "range_error_ratio_6h_30s", "sum by (service) (rate(pod_errors_total[5m])) / sum by (service) (rate(pod_requests_total[5m]))", 30'000, kStartMs, 194.43 },
    { "range_avg_over_time_6h_1m", "max by (namespace) (avg_over_time(pod_queue_depth[10m]))", 60'000, kStartMs, 116.33 },
    { "range_quantile_over_time_6h_1m", "quantile_over_time(0.9, pod_queue_depth[10m])", 60'000, kStartMs, 0 },
    { "range_stddev_over_time_6h_1m", "sum(stddev_over_time(pod_queue_depth[10m]))", 60'000, kStartMs, 0 },
};

const PerfSource& perfSource()
{
    static const PerfSource source;
    return source;
}

void ask(benchmark::State& state, const Question& question)
{
    TaskPool pool(2);
    const promql::Engine engine(perfSource(), pool, {});
    for (auto _ : state) {
        const auto answer = question.stepMs == 0 ? engine.instant(question.query, kEndMs) : engine.range(question.query, { question.startMs, kEndMs, question.stepMs });
        if (!answer)
            state.SkipWithError(answer.error().message.c_str());
        benchmark::DoNotOptimize(answer);
    }
    state.counters["prometheus_ms"] = question.prometheusMs;
}

const int kRegistered = [] {
    for (const auto& question : kQuestions)
        benchmark::RegisterBenchmark(question.name, [&question](benchmark::State& state) { ask(state, question); })->Unit(benchmark::kMillisecond)->UseRealTime();
    return 0;
}();

}

}
