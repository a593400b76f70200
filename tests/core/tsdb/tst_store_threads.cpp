#include "core/tsdb/store.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

using namespace belvedere;

// Values tell what they must be: series s has time / 1000 * (s + 1) at each time. Run under the thread sanitizer.
TEST(StoreThreads, readersSeeWholeBatchesWhileOthersWriteAndSeal)
{
    const test::TemporaryFolder folder;
    const SystemClock clock;
    NullLogger logger;
    auto store = tsdb::Store::open(folder.path(), { .partitionMs = 200'000, .commitIntervalMs = 0, .sealTimestamps = 40, .mergeSeals = 2, .keepReplacedMs = 0, .packSamples = 100 }, clock, logger).value();
    constexpr std::size_t kSeries = 60;
    constexpr std::int64_t kBatches = 300;
    std::atomic<int> writing = 2;
    std::atomic<std::int64_t> acknowledged[2] = { -1, -1 };

    std::vector<std::jthread> threads;
    for (std::size_t w = 0; w < 2; ++w) {
        threads.emplace_back([&, w] {
            const auto group = store->groupId("writer " + std::to_string(w)).value();
            for (std::int64_t i = 0; i < kBatches; ++i) {
                model::MetricBatch batch { .group = group, .timeMs = i * 1000, .series = {}, .values = {}, .timed = {}, .metadata = {} };
                for (std::size_t s = 0; s < kSeries; ++s) {
                    const model::Labels labels { { "__name__", "m" + std::to_string(s) }, { "writer", std::to_string(w) } };
                    batch.series.push_back(store->seriesId(labels).value());
                    batch.values.push_back(static_cast<double>(i * static_cast<std::int64_t>(s + 1)));
                }
                store->append(std::move(batch), [&acknowledged, w, i](const Result<model::AppendSummary>& done) {
                    EXPECT_TRUE(done);
                    acknowledged[w] = i;
                });
                if (i % 100 == 99) {
                    EXPECT_TRUE(store->flush());
                }
            }
            --writing;
        });
    }
    for (int r = 0; r < 2; ++r) {
        threads.emplace_back([&] {
            do {
                const std::int64_t known[2] = { acknowledged[0], acknowledged[1] };
                const auto selection = store->select({}, { 0, kBatches * 1000 }, {}).value();
                std::map<std::string, std::size_t> counts; // of the series of one writer: all the same
                const auto done = selection->read(0, selection->size(), [&](std::size_t series, model::SampleView view) {
                    const auto& labels = *selection->labels(series);
                    const auto factor = std::stoi(std::string(labels.metricName().substr(1))) + 1;
                    for (std::size_t i = 0; i < view.timesMs.size(); ++i)
                        EXPECT_EQ(view.values[i], static_cast<double>(view.timesMs[i] / 1000 * factor));
                    const std::string writer(labels.get("writer"));
                    EXPECT_GE(static_cast<std::int64_t>(view.timesMs.size()), known[writer == "0" ? 0 : 1] + 1);
                    EXPECT_EQ(counts.emplace(writer, view.timesMs.size()).first->second, view.timesMs.size());
                }, {});
                EXPECT_TRUE(done);
                (void)store->labelValues("__name__", {}, { 0, kBatches * 1000 }, 0);
                (void)store->stats();
            } while (writing > 0);
        });
    }
    threads.clear();
    ASSERT_TRUE(store->flush());
    EXPECT_EQ(store->stats().sealedSamples, 2 * kSeries * kBatches);
    EXPECT_GT(store->stats().merges, 0U);
}
