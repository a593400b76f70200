#include "core/tsdb/store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_folder.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <thread>

// The metrics store alone, with 50 targets of 2,000 series that are scraped each second: 70 % counters, 20 % integer gauges, 10 %
// gauges with three decimals. Good on a 2.6 GHz core: appending 10 million samples/s (items), decoding 300 million.

using namespace belvedere;

namespace {

constexpr std::int64_t kStart = 1'748'736'000'000;

struct Size {
    std::size_t targets = 50;
    std::size_t series = 2000; ///< a target
    std::int64_t intervalMs = 1000;
};

class Stack {
public:
    explicit Stack(tsdb::StoreOptions options = {}, Size size = {})
        : m_size(size)
        , m_options(options)
        , m_store(tsdb::Store::open(m_folder.path(), options, m_clock, m_logger).value())
    {
        for (std::size_t t = 0; t < m_size.targets; ++t) {
            m_groups.push_back(m_store->groupId("target " + std::to_string(t)).value());
            auto& ids = m_ids.emplace_back();
            for (std::size_t s = 0; s < m_size.series; ++s) {
                ids.push_back(m_store->seriesId({ { "__name__", "metric_" + std::to_string(s / 20) }, { "instance", "127.0.0.1:" + std::to_string(t) }, { "job", "bench" }, { "path", "/resource/" + std::to_string(s % 20) } }).value());
            }
        }
        m_values.resize(m_size.series);
    }

    void scrape()
    {
        for (std::size_t i = 0; i < m_size.series; ++i) {
            const auto kind = i % 10;
            if (kind < 7)
                m_values[i] += static_cast<double>(m_random() % 20);
            else
                m_values[i] = kind < 9 ? static_cast<double>(m_random() % 1000) : static_cast<double>(m_random() % 100'000) / 1000;
        }
        for (std::size_t t = 0; t < m_size.targets; ++t)
            m_store->append({ .group = m_groups[t], .timeMs = m_now, .series = m_ids[t], .values = m_values, .timed = {}, .metadata = {} }, {});
        m_now += m_size.intervalMs;
        m_clock.setMs(m_now);
    }
    /// Ends the store without sealing, as kill -9 would once everything is committed, and opens it again.
    void close() { m_store.reset(); }
    void open() { m_store = tsdb::Store::open(m_folder.path(), m_options, m_clock, m_logger).value(); }
    [[nodiscard]] tsdb::Store& store() { return *m_store; }
    [[nodiscard]] std::int64_t now() const { return m_now; }

private:
    test::TemporaryFolder m_folder;
    test::FakeClock m_clock { kStart };
    NullLogger m_logger;
    Size m_size;
    tsdb::StoreOptions m_options;
    std::unique_ptr<tsdb::Store> m_store;
    std::vector<model::GroupId> m_groups;
    std::vector<std::vector<model::SeriesId>> m_ids;
    std::vector<double> m_values;
    std::mt19937_64 m_random { 1 };
    std::int64_t m_now = kStart;
};

/// From append() to sealed blocks, journal and commits included.
void appendAndSeal(benchmark::State& state)
{
    Stack stack;
    for (auto _ : state)
        stack.scrape();
    (void)stack.store().flush();
    const auto stats = stack.store().stats();
    state.SetItemsProcessed(static_cast<std::int64_t>(stats.sealedSamples));
    state.counters["bytes a sample"] = static_cast<double>(stats.fileBytes) / static_cast<double>(stats.sealedSamples);
}
BENCHMARK(appendAndSeal)->Iterations(480)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

/// All samples of all series, from blocks in the page cache.
void decodeSealed(benchmark::State& state)
{
    Stack stack;
    for (int i = 0; i < 240; ++i)
        stack.scrape();
    (void)stack.store().flush();
    std::size_t samples = 0;
    for (auto _ : state) {
        const auto selection = stack.store().select({}, { kStart, stack.now() }, {}).value();
        const auto done = selection->read(0, selection->size(), [&](std::size_t, model::SampleView view) {
            samples += view.values.size();
            benchmark::DoNotOptimize(view.values.data());
        }, {});
        if (!done)
            state.SkipWithError(done.error().message.c_str());
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(samples));
}
BENCHMARK(decodeSealed)->Unit(benchmark::kMillisecond);

/// What the file takes a sample while scraping goes on every 15 seconds, after so many hours: blocks, index, journal and free
/// pages. Work in the background is waited for, as it has time enough in 15 seconds.
void scrapeEvery15Seconds(benchmark::State& state)
{
    const auto series = static_cast<std::size_t>(state.range(0));
    const auto hours = static_cast<std::size_t>(state.range(1));
    for (auto _ : state) {
        Stack stack({ .commitIntervalMs = 0, .keepReplacedMs = 0 }, { .targets = 10, .series = series / 10, .intervalMs = 15'000 });
        std::uint64_t most = 0;
        for (std::size_t i = 0; i < hours * 240; ++i) {
            stack.scrape();
            (void)stack.store().appendAndWait({}); // a commit a scrape
            most = std::max(most, stack.store().stats().fileBytes);
            while (stack.store().stats().settling)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            (void)stack.store().appendAndWait({});
        }
        const auto stats = stack.store().stats();
        state.counters["at most"] = static_cast<double>(most) / static_cast<double>(stats.headSamples + stats.sealedSamples);
        state.counters["bytes a sample"] = static_cast<double>(stats.fileBytes) / static_cast<double>(stats.headSamples + stats.sealedSamples);
        state.counters["seals"] = static_cast<double>(stats.seals);
        state.counters["merges"] = static_cast<double>(stats.merges);
        state.SetItemsProcessed(static_cast<std::int64_t>(stats.appended));
    }
}
BENCHMARK(scrapeEvery15Seconds)
    ->ArgsProduct({ { 500, 5000 }, { 1, 6, 24 } })
    ->ArgNames({ "series", "hours" })
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();

/// A week of scrapes every 15 seconds of which two days are kept: the file has to stop growing when the first partition goes. Good:
/// what it takes after a week is what it took after three days, when three are there: two that are whole, one that ends.
void weekWithRetention(benchmark::State& state)
{
    constexpr std::size_t kDay = 24 * 240;
    const auto series = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        Stack stack({ .retentionMs = 2 * 86'400'000LL, .commitIntervalMs = 0, .keepReplacedMs = 0 }, { .targets = 10, .series = series / 10, .intervalMs = 15'000 });
        for (std::size_t i = 1; i <= 7 * kDay; ++i) {
            stack.scrape();
            (void)stack.store().appendAndWait({});
            while (stack.store().stats().settling)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            if (i % kDay == 0)
                state.counters["MB " + std::to_string(i / kDay) + "d"] = static_cast<double>(stack.store().stats().fileBytes) / 1e6;
        }
        const auto stats = stack.store().stats();
        state.counters["bytes a sample"] = static_cast<double>(stats.fileBytes) / static_cast<double>(stats.headSamples + stats.sealedSamples);
        state.SetItemsProcessed(static_cast<std::int64_t>(stats.appended));
    }
}
BENCHMARK(weekWithRetention)->Arg(2'000)->Arg(20'000)->ArgName("series")->Iterations(1)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

/// Ids for series of one metric whose label has another value in each, in no order, as pods and requests have. Good: 2 µs each, and
/// hardly more for ten times as many.
void newValues(benchmark::State& state)
{
    for (auto _ : state) {
        const test::TemporaryFolder folder;
        const SystemClock clock;
        NullLogger logger;
        const auto store = tsdb::Store::open(folder.path(), {}, clock, logger).value();
        std::mt19937_64 random(1);
        for (std::int64_t i = 0; i < state.range(0); ++i)
            benchmark::DoNotOptimize(store->seriesId({ { "__name__", "up" }, { "id", std::to_string(random()) } }));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(newValues)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->ArgName("values")->Iterations(1)->Unit(benchmark::kMillisecond);

/// What the status bar and /metrics ask once a second. Good: well below a millisecond for any number of series.
void stats(benchmark::State& state)
{
    constexpr std::size_t kTargets = 50;
    Stack stack({}, { .targets = kTargets, .series = static_cast<std::size_t>(state.range(0)) / kTargets, .intervalMs = 15'000 });
    stack.scrape();
    (void)stack.store().flush();
    stack.scrape();
    (void)stack.store().appendAndWait({});
    for (auto _ : state)
        benchmark::DoNotOptimize(stack.store().stats());
}
BENCHMARK(stats)->Arg(10'000)->Arg(1'000'000)->ArgName("series")->Unit(benchmark::kMicrosecond);

/// Opening with so many million samples that are not sealed, until the newest sample of 2,000 series is read. Good: 0.5 s for
/// 100,000 series, most of it their labels, and hardly more for more samples.
void openUnsealed(benchmark::State& state)
{
    Stack stack({ .sealTimestamps = 100'000, .headBytes = std::size_t { 1 } << 30 });
    for (std::int64_t i = 0; i < state.range(0) * 10; ++i)
        stack.scrape();
    const auto matcher = model::Matcher::create(model::Matcher::Op::equal, "__name__", "metric_7").value();
    stack.close();
    for (auto _ : state) {
        stack.open();
        const auto selection = stack.store().select({ matcher }, { stack.now() - 5000, stack.now() }, {}).value();
        (void)selection->read(0, selection->size(), [&](std::size_t, model::SampleView view) { benchmark::DoNotOptimize(view.values.back()); }, {});
        state.PauseTiming();
        state.counters["unsealed samples"] = static_cast<double>(stack.store().stats().headSamples);
        state.counters["file MB"] = static_cast<double>(stack.store().stats().fileBytes) / 1e6;
        stack.close();
        state.ResumeTiming();
    }
}
BENCHMARK(openUnsealed)->Arg(2)->Arg(8)->Arg(33)->ArgName("million")->Iterations(3)->Unit(benchmark::kMillisecond);

/// The newest sample of 2,000 series, one metric of each target, as an instant query wants it.
void readNewest(benchmark::State& state)
{
    Stack stack;
    for (int i = 0; i < 240; ++i)
        stack.scrape();
    if (state.range(0) == 1)
        (void)stack.store().flush();
    const auto matcher = model::Matcher::create(model::Matcher::Op::equal, "__name__", "metric_7").value();
    for (auto _ : state) {
        const auto selection = stack.store().select({ matcher }, { stack.now() - 5000, stack.now() }, {}).value();
        (void)selection->read(0, selection->size(), [&](std::size_t, model::SampleView view) { benchmark::DoNotOptimize(view.values.back()); }, {});
    }
}
BENCHMARK(readNewest)->Arg(0)->Arg(1)->ArgName("sealed")->Unit(benchmark::kMicrosecond);

}
