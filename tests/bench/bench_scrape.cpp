// What does scraping cost in the whole, with HTTP, parsing and look-up but without a store? 50 targets with 2,000 series
// each, every second, served by the simulator of the Prometheus baseline:
//
//     g++ -O2 -pthread -o sim_exporters sim_exporters.cpp && ./sim_exporters 19140 50 2000 &
//     BELVEDERE_SIM=127.0.0.1:19140 build/ci/bench/bench_scrape
//
// Good: at most 0.2 CPU s for a million samples. Skipped where BELVEDERE_SIM is not set.

#include "core/base/format.h"
#include "core/scrape/scrape_manager.h"
#include "tests/support/memory_metric_sink.h"

#include <benchmark/benchmark.h>

#include <QCoreApplication>

#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <thread>

using namespace belvedere;

namespace {

/// Takes everything and keeps nothing.
class NullSink final : public model::MetricSink {
public:
    Result<model::SeriesId> seriesId(const model::Labels& labels) override { return m_ids.seriesId(labels); }
    Result<model::GroupId> groupId(std::string_view name) override { return m_ids.groupId(name); }
    void append(model::MetricBatch, Committed committed) override
    {
        if (committed)
            committed(model::AppendSummary {});
    }

private:
    test::MemoryMetricSink m_ids;
};

double cpuSeconds()
{
    rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void scrapeEverySecond(benchmark::State& state)
{
    const char* const address = std::getenv("BELVEDERE_SIM");
    if (!address) {
        state.SkipWithError("skipped: BELVEDERE_SIM is not set");
        return;
    }
    int argc = 0;
    QCoreApplication application(argc, nullptr);
    NullSink sink;
    NullLogger logger;
    const SystemClock clock;
    scrape::ScrapeManager manager(sink, clock, logger);
    std::vector<ingest::ScrapeJob> jobs;
    for (int i = 0; i < 50; ++i) {
        jobs.push_back({ .name = formatted("sim{}", i), .intervalMs = 1000, .timeoutMs = 1000, .metricsPath = formatted("/t/{}/metrics", i),
            .staticTargets = { { .targets = { address } } } });
    }
    if (!manager.setConfig(std::move(jobs))) {
        state.SkipWithError("configuration");
        return;
    }
    std::this_thread::sleep_for(std::chrono::seconds(5));
    for (auto _ : state) {
        const auto samplesBefore = manager.counters().samples;
        const auto cpuBefore = cpuSeconds();
        std::this_thread::sleep_for(std::chrono::seconds(20));
        const auto samples = static_cast<double>(manager.counters().samples - samplesBefore);
        state.counters["samples_per_s"] = samples / 20;
        state.counters["cpu_s_per_million"] = (cpuSeconds() - cpuBefore) / samples * 1e6;
        state.counters["failed"] = static_cast<double>(manager.counters().failures);
    }
}
BENCHMARK(scrapeEverySecond)->Iterations(1)->UseRealTime();

}
