// How fast lines get into the log store and are found again.
//
// Workload: the NDJSON push bodies of the LogQL corpus generator, named by BELVEDERE_LOG_BODIES (4.7 million lines,
// 1,024 MB of text for the recorded comparison); without it, 64 MB of made-up lines. One process, folder under TMPDIR.
// Good numbers: push 150 MB/s of line text a core or more; a rare word under 15 ms; on disk 150 MB or less.

#include "core/base/format.h"
#include "core/base/task_pool.h"
#include "core/ingest/loki_push.h"
#include "core/logs/store.h"

#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

namespace {

using namespace belvedere;

struct Loaded {
    SystemClock clock;
    NullLogger logger;
    std::filesystem::path folder;
    std::unique_ptr<logs::Store> store;
    std::string needle = "7f3d2c1b-90ab-4cde-8f12-3456789abcde";
    double textBytes = 0;
    double seconds = 0;    ///< of appending, decoding of the bodies left out

    Loaded();
    ~Loaded()
    {
        store = nullptr;
        std::filesystem::remove_all(folder);
    }
};

std::vector<model::LogPush> madeUpBody(std::mt19937_64& random, std::int64_t& timeNs, bool withNeedle, const std::string& needle)
{
    std::vector<model::LogPush> pushes(10);
    for (std::size_t s = 0; s < pushes.size(); ++s)
        pushes[s].labels = model::Labels({ { "service", formatted("service-{}", s) } });
    for (int i = 0; i < 4000; ++i) {
        auto& push = pushes[random() % pushes.size()];
        push.entries.push_back({ timeNs += 1'500'000, formatted("ts={} level=info caller=auth/login.go:{} msg=\"login ok\" request_id={:016x}{:016x} dur={}ms status=200", timeNs, random() % 300, random(), random(), random() % 1000), {} });
    }
    if (withNeedle)
        pushes[0].entries.push_back({ timeNs, "here it is: " + needle, {} });
    return pushes;
}

Loaded::Loaded()
{
    const auto* base = std::getenv("TMPDIR");
    folder = std::filesystem::path(base ? base : "/tmp") / formatted("belvedere-bench-logs-{}", std::random_device {}());
    store = *logs::Store::open(folder, {}, clock, logger);
    const auto take = [&](std::vector<model::LogPush> pushes) {
        for (const auto& push : pushes) {
            for (const auto& entry : push.entries)
                textBytes += static_cast<double>(entry.line.size());
        }
        const auto begin = std::chrono::steady_clock::now();
        if (!store->appendAndWait(std::move(pushes)))
            std::abort();
        seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    if (const auto* bodies = std::getenv("BELVEDERE_LOG_BODIES")) {
        std::ifstream in(bodies);
        for (std::string body; std::getline(in, body);) {
            auto pushes = ingest::decodeLokiPushJson(body);
            if (!pushes)
                std::abort();
            take(std::move(*pushes));
        }
    } else {
        std::mt19937_64 random(1);
        std::int64_t timeNs = 1'748'736'000'000'000'000;
        for (int i = 0; textBytes < 64e6; ++i)
            take(madeUpBody(random, timeNs, i == 50, needle));
    }
    const auto begin = std::chrono::steady_clock::now();
    if (!store->flush())
        std::abort();
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Loaded& loaded()
{
    static Loaded data;
    return data;
}

double residentMegabytes()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("RssAnon:"))
            return std::stod(line.substr(8)) / 1024;
    }
    return 0;
}

void push(benchmark::State& state)
{
    auto& data = loaded();
    for (auto _ : state) { }
    const auto stats = data.store->stats();
    state.counters["text_MB"] = data.textBytes / 1e6;
    state.counters["MB_per_s"] = data.textBytes / 1e6 / data.seconds;
    state.counters["disk_MB"] = static_cast<double>(stats.fileBytes) / 1e6;
    state.counters["chunks_MB"] = static_cast<double>(stats.chunkBytes) / 1e6;
    state.counters["filter_MB"] = static_cast<double>(stats.filterBytes) / 1e6;
    state.counters["chunks"] = static_cast<double>(stats.chunks);
    state.counters["anon_MB"] = residentMegabytes();
}

void search(benchmark::State& state, const std::string& literal, unsigned threads)
{
    auto& data = loaded();
    TaskPool pool(threads);
    model::LogRequest request;
    request.requiredLiterals = { { literal } };
    std::size_t units = 0;
    std::atomic<std::size_t> found = 0;
    for (auto _ : state) {
        auto selection = *data.store->select(request, {});
        units = selection->units().size();
        found = 0;
        pool.parallelFor(units, [&](std::size_t unit) {
            if (!selection->read(unit, [&](const model::LogBatchView& batch) { found += batch.timesNs.size(); }, {}))
                std::abort();
        });
    }
    state.counters["chunks_read"] = static_cast<double>(units);
    state.counters["found"] = static_cast<double>(found);
}

void rareWord(benchmark::State& state) { search(state, loaded().needle, 0); }
void halfOfAnIdentifier(benchmark::State& state) { search(state, loaded().needle.substr(0, 18), 0); }
void absentWord(benchmark::State& state) { search(state, "kernel panic", 0); }
void commonWord(benchmark::State& state) { search(state, "timeout", 0); }

void scanEverything(benchmark::State& state) { search(state, "", 0); }

BENCHMARK(push)->Iterations(1);
BENCHMARK(rareWord)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(halfOfAnIdentifier)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(absentWord)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(commonWord)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(scanEverything)->Unit(benchmark::kMillisecond)->UseRealTime();

}
