#include "core/tsdb/store.h"

#include "tests/support/fake_clock.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <random>

using namespace belvedere;
using model::Matcher;
using model::MetricBatch;

namespace {

constexpr std::int64_t kStart = 1'748'736'000'000;
constexpr model::TimeRange kAlways { std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max() };

/// Every sample that was accepted, by series and time: what a store must give back.
using Contents = std::map<std::string, std::map<std::int64_t, std::uint64_t>>;

Contents contentsOf(const tsdb::Store& store, model::TimeRange range = kAlways, const model::Matchers& matchers = {})
{
    Contents out;
    const auto selection = store.select(matchers, range, {}).value();
    // In pieces, as several threads would.
    for (std::size_t begin = 0; begin < selection->size(); begin += 7) {
        const auto done = selection->read(begin, std::min(begin + 7, selection->size()), [&](std::size_t series, model::SampleView view) {
            auto& into = out[selection->labels(series)->toString()];
            EXPECT_TRUE(into.empty()) << "a series came twice";
            for (std::size_t i = 0; i < view.timesMs.size(); ++i) {
                EXPECT_TRUE(i == 0 || view.timesMs[i] > view.timesMs[i - 1]);
                into[view.timesMs[i]] = std::bit_cast<std::uint64_t>(view.values[i]);
            }
        }, {});
        EXPECT_TRUE(done) << (done ? "" : done.error().message);
    }
    return out;
}

Contents cut(const Contents& contents, model::TimeRange range)
{
    Contents out;
    for (const auto& [series, samples] : contents) {
        for (auto at = samples.lower_bound(range.fromMs); at != samples.end() && at->first <= range.toMs; ++at)
            out[series].insert(*at);
    }
    return out;
}

model::Labels labelsOf(const std::string& name, const std::string& instance) { return { { "__name__", name }, { "instance", instance } }; }

class StoreTest : public testing::Test {
protected:
    std::unique_ptr<tsdb::Store> open(tsdb::StoreOptions options = {})
    {
        options.commitIntervalMs = 0;
        return tsdb::Store::open(folder.path(), options, clock, logger).value();
    }

    test::TemporaryFolder folder;
    test::FakeClock clock { kStart };
    NullLogger logger;
};

}

TEST_F(StoreTest, givesBackWhatWasAppendedAtOnceAndAfterReopeningAndSealing)
{
    Contents expected;
    {
        auto store = open();
        const auto group = store->groupId("job/a:1").value();
        const auto a = store->seriesId(labelsOf("up", "a")).value();
        const auto b = store->seriesId(labelsOf("requests_total", "a")).value();
        for (std::int64_t i = 0; i < 40; ++i) {
            MetricBatch batch { .group = group, .timeMs = kStart + i * 15'000, .series = { a, b }, .values = { 1, static_cast<double>(i * 3) }, .timed = {}, .metadata = {} };
            const auto summary = store->appendAndWait(std::move(batch)).value();
            EXPECT_EQ(summary.appended, 2U);
            expected["up{instance=\"a\"}"][kStart + i * 15'000] = std::bit_cast<std::uint64_t>(1.0);
            expected["requests_total{instance=\"a\"}"][kStart + i * 15'000] = std::bit_cast<std::uint64_t>(static_cast<double>(i * 3));
        }
        EXPECT_EQ(contentsOf(*store), expected);
    }
    {
        auto store = open();
        EXPECT_EQ(contentsOf(*store), expected);
        ASSERT_TRUE(store->flush());
        EXPECT_EQ(contentsOf(*store), expected);
        EXPECT_EQ(store->stats().headSamples, 0U);
    }
    EXPECT_EQ(contentsOf(*open()), expected);
}

TEST_F(StoreTest, agreesWithAnObviousModelOverRandomBatches)
{
    const auto* wanted = std::getenv("BELVEDERE_SEED");
    const auto seed = wanted ? std::strtoull(wanted, nullptr, 10) : std::random_device()();
    std::printf("BELVEDERE_SEED=%llu\n", static_cast<unsigned long long>(seed));
    std::mt19937_64 random(seed);

    const tsdb::StoreOptions options { .outOfOrderWindowMs = 600'000, .partitionMs = 3'600'000, .sealTimestamps = 50 };
    auto store = open(options);
    Contents expected;
    std::map<std::string, std::int64_t> newest;
    std::int64_t now = kStart;
    constexpr std::size_t kGroups = 4;
    std::array<std::size_t, kGroups> sizes { 3, 10, 40, 1 };
    std::size_t outOfOrder = 0;
    std::size_t duplicate = 0;
    std::size_t counted = 0;
    std::size_t countedDuplicate = 0;

    const auto value = [&](std::size_t series) {
        switch (series % 6) {
        case 0: return static_cast<double>(now / 1000 % 100'000 * static_cast<std::int64_t>(series));
        case 1: return static_cast<double>(random() % 100) / 10;
        case 2: return random() % 20 == 0 ? model::staleMarker() : 5.0;
        case 3: return std::bit_cast<double>(static_cast<std::uint64_t>(random()));
        case 4: return -0.0;
        default: return static_cast<double>(random() % 3);
        }
    };
    const auto expect = [&](const model::Labels& labels, std::int64_t timeMs, double v) {
        const auto name = labels.toString();
        const auto last = newest.find(name);
        auto& samples = expected[name];
        if (last != newest.end() && timeMs < last->second - options.outOfOrderWindowMs) {
            ++outOfOrder;
            return;
        }
        if (last != newest.end() && timeMs == last->second) {
            if (samples.at(timeMs) != std::bit_cast<std::uint64_t>(v))
                ++duplicate;
            return;
        }
        samples.emplace(timeMs, std::bit_cast<std::uint64_t>(v));
        auto& latest = newest[name];
        latest = std::max(latest, timeMs);
    };

    for (int step = 0; step < 400; ++step) {
        now += 1000 * static_cast<std::int64_t>(random() % 30);
        clock.setMs(now);
        MetricBatch batch;
        const auto group = random() % kGroups;
        batch.group = store->groupId("group" + std::to_string(group)).value();
        batch.timeMs = random() % 15 == 0 ? now - static_cast<std::int64_t>(random() % 900'000) : now;
        if (random() % 20 == 0)
            sizes[group] += random() % 3;
        for (std::size_t i = 0; i < sizes[group]; ++i) {
            if (random() % 40 == 0)
                continue;
            const auto labels = labelsOf("m" + std::to_string(i), "g" + std::to_string(group));
            batch.series.push_back(store->seriesId(labels).value());
            batch.values.push_back(value(i));
            expect(labels, batch.timeMs, batch.values.back());
        }
        for (std::size_t i = random() % 12; i > 0; --i) {
            // Some with timestamps of their own, some of those to series of the groups.
            const auto labels = random() % 3 == 0 ? labelsOf("m" + std::to_string(random() % 3), "g1") : labelsOf("t" + std::to_string(random() % 5), "x");
            const auto timeMs = now - static_cast<std::int64_t>(random() % 700'000);
            const auto v = value(i);
            batch.timed.push_back({ store->seriesId(labels).value(), { timeMs, v } });
            expect(labels, timeMs, v);
        }
        const auto summary = store->appendAndWait(std::move(batch)).value();
        counted += summary.outOfOrder;
        countedDuplicate += summary.duplicate;
        if (random() % 40 == 0) {
            ASSERT_TRUE(store->flush());
        }
        if (random() % 60 == 0) {
            ASSERT_EQ(counted, outOfOrder);
            ASSERT_EQ(countedDuplicate, duplicate);
            store.reset();
            store = open(options);
            ASSERT_EQ(contentsOf(*store), expected) << "after reopening in step " << step;
            // Which of the series are known to have newer samples depends on what is still in the journal, so from here
            // on only new series are written.
            break;
        }
        if (random() % 10 == 0) {
            const auto from = kStart + static_cast<std::int64_t>(random() % 4'000'000);
            const model::TimeRange range { from, from + static_cast<std::int64_t>(random() % 2'000'000) };
            ASSERT_EQ(contentsOf(*store, range), cut(expected, range)) << "step " << step;
        }
    }
    EXPECT_EQ(contentsOf(*store), expected);
    ASSERT_TRUE(store->flush());
    EXPECT_EQ(contentsOf(*store), expected);
}
