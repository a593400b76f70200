#include "core/tsdb/store.h"

#include "tests/support/fake_clock.h"
#include "tests/support/open_metrics_reader.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cstdio>

using namespace belvedere;

// The recorded data of a compose stack: 1,353 series, 814,029 samples over six hours. Everything in the folder counts.
TEST(StoreSize, recordedDataTakesLittleRoom)
{
    const auto file = test::sharedFile("conformance/promql/data.om.gz");
    if (file.empty()) {
        std::puts("skipped: conformance/promql/data.om.gz is not there");
        return;
    }
    const test::TemporaryFolder folder;
    const test::FakeClock clock(1748757600000);
    NullLogger logger;
    std::size_t samples = 0;
    std::vector<std::pair<model::Labels, std::vector<model::Sample>>> all;
    {
        auto store = tsdb::Store::open(folder.path(), {}, clock, logger).value();
        ASSERT_TRUE(test::readOpenMetrics(file, [&](const model::Labels& labels, std::span<const model::Sample> series) {
            all.emplace_back(labels, std::vector(series.begin(), series.end()));
            model::MetricBatch batch;
            const auto id = store->seriesId(labels).value();
            for (const auto& sample : series)
                batch.timed.push_back({ id, sample });
            samples += series.size();
            store->append(std::move(batch), [](const Result<model::AppendSummary>& done) { ASSERT_TRUE(done); });
        }));
        ASSERT_TRUE(store->flush());
    }
    EXPECT_EQ(samples, 814'029U);
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
        std::printf("%s %ju\n", entry.path().filename().c_str(), entry.file_size());
        bytes += entry.file_size();
    }
    const auto perSample = static_cast<double>(bytes) / static_cast<double>(samples);
    std::printf("%ju bytes, %.3f a sample\n", bytes, perSample);
    EXPECT_LT(perSample, 0.65);

    // And it is all there, bit by bit.
    auto store = tsdb::Store::open(folder.path(), { .readOnly = true }, clock, logger).value();
    auto selection = store->select({}, { 0, std::numeric_limits<std::int64_t>::max() }, {}).value();
    std::map<model::Labels, std::vector<model::Sample>> expected;
    for (auto& [labels, series] : all) {
        auto& into = expected[labels];
        into.insert(into.end(), series.begin(), series.end());
    }
    ASSERT_EQ(selection->size(), expected.size());
    std::size_t seen = 0;
    ASSERT_TRUE(selection->read(0, selection->size(), [&](std::size_t index, model::SampleView view) {
        const auto& series = expected.at(*selection->labels(index));
        ASSERT_EQ(view.timesMs.size(), series.size());
        for (std::size_t i = 0; i < series.size(); ++i) {
            ASSERT_EQ(view.timesMs[i], series[i].timeMs);
            ASSERT_EQ(std::bit_cast<std::uint64_t>(view.values[i]), std::bit_cast<std::uint64_t>(series[i].value));
        }
        seen += series.size();
    }, {}));
    EXPECT_EQ(seen, samples);
}
