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

/// The first difference; the whole contents are too much to read.
std::string describe(const Contents& found, const Contents& expected)
{
    for (const auto& [series, samples] : expected) {
        const auto at = found.find(series);
        if (at == found.end())
            return series + " is missing";
        for (const auto& [time, bits] : samples) {
            const auto sample = at->second.find(time);
            if (sample == at->second.end())
                return series + " lacks the sample at " + std::to_string(time);
            if (sample->second != bits)
                return series + " has another value at " + std::to_string(time);
        }
        if (at->second.size() != samples.size())
            return series + " has more samples than it should";
    }
    return "there are series that should not be";
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

    const tsdb::StoreOptions options { .outOfOrderWindowMs = 600'000, .partitionMs = 3'600'000, .sealTimestamps = 50, .mergeSeals = 2, .keepReplacedMs = 0, .packSamples = 100 };
    auto store = open(options);
    Contents expected;
    std::map<std::string, std::int64_t> newest; // of the series that the store remembers
    std::int64_t now = kStart;
    std::array<std::size_t, 4> sizes { 3, 10, 40, 1 };
    std::size_t outOfOrder = 0;
    std::size_t counted = 0;
    int lifetime = 0;
    std::uint64_t merges = 0;

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
        if (last != newest.end() && timeMs < last->second - options.outOfOrderWindowMs) {
            ++outOfOrder;
            return;
        }
        expected[name].emplace(timeMs, std::bit_cast<std::uint64_t>(v)); // the first stays
        auto& latest = newest[name];
        latest = last == newest.end() ? timeMs : std::max(latest, timeMs);
    };

    for (int step = 0; step < 600; ++step) {
        now += 1000 * static_cast<std::int64_t>(random() % 30);
        MetricBatch batch;
        const auto group = random() % sizes.size();
        batch.group = store->groupId("group" + std::to_string(group)).value();
        batch.timeMs = random() % 15 == 0 ? now - static_cast<std::int64_t>(random() % 900'000) : now;
        if (random() % 20 == 0)
            sizes[group] += random() % 3;
        // What a store has forgotten by being reopened must not decide here, so each lifetime writes series of its own,
        // beside which those of all lifetimes are read.
        const auto life = std::to_string(lifetime);
        for (std::size_t i = 0; i < sizes[group]; ++i) {
            if (random() % 40 == 0)
                continue;
            const auto labels = labelsOf("m" + std::to_string(i), "g" + std::to_string(group) + "-" + life);
            batch.series.push_back(store->seriesId(labels).value());
            batch.values.push_back(value(i));
            expect(labels, batch.timeMs, batch.values.back());
        }
        for (std::size_t i = random() % 12; i > 0; --i) {
            // Some with timestamps of their own, some of those to series of the groups.
            const auto labels = random() % 3 == 0 ? labelsOf("m" + std::to_string(random() % 3), "g1-" + life) : labelsOf("t" + std::to_string(random() % 5), "x-" + life);
            const auto timeMs = now - static_cast<std::int64_t>(random() % 700'000);
            const auto v = value(i);
            batch.timed.push_back({ store->seriesId(labels).value(), { timeMs, v } });
            expect(labels, timeMs, v);
        }
        counted += store->appendAndWait(std::move(batch)).value().outOfOrder;
        ASSERT_EQ(counted, outOfOrder) << "step " << step;
        if (random() % 40 == 0) {
            ASSERT_TRUE(store->flush());
        }
        if (random() % 60 == 0) {
            merges += store->stats().merges;
            store.reset();
            store = open(options);
            ++lifetime;
            ASSERT_TRUE(contentsOf(*store) == expected) << "after reopening in step " << step << ", " << describe(contentsOf(*store), expected);
        }
        if (random() % 10 == 0) {
            const auto from = kStart + static_cast<std::int64_t>(random() % 9'000'000);
            const model::TimeRange range { from, from + static_cast<std::int64_t>(random() % 2'000'000) };
            ASSERT_TRUE(contentsOf(*store, range) == cut(expected, range)) << "step " << step << ", " << describe(contentsOf(*store, range), cut(expected, range));
        }
    }
    EXPECT_EQ(contentsOf(*store), expected);
    ASSERT_TRUE(store->flush());
    EXPECT_EQ(contentsOf(*store), expected);
    EXPECT_GT(merges + store->stats().merges, 0U);
    store.reset();
    EXPECT_EQ(contentsOf(*open(options)), expected);
}

// Rows that were packed are taken over by the next process as they are; what it has to know of them is the newest sample of each series.
TEST_F(StoreTest, packedRowsComeBackAndNewSamplesAreMeasuredByThem)
{
    const tsdb::StoreOptions options { .outOfOrderWindowMs = 60'000, .packSamples = 1 };
    const auto labels = labelsOf("up", "a");
    const auto gone = labelsOf("gone", "a");
    const auto timed = labelsOf("pushed", "a");
    Contents expected;
    const auto appendRow = [&](tsdb::Store& store, std::int64_t row) {
        const auto timeMs = kStart + row * 15'000;
        MetricBatch batch { .group = store.groupId("g").value(), .timeMs = timeMs, .series = { store.seriesId(labels).value() }, .values = { static_cast<double>(row) }, .timed = {}, .metadata = {} };
        expected["up{instance=\"a\"}"][timeMs] = std::bit_cast<std::uint64_t>(static_cast<double>(row));
        if (row < 5) {
            batch.series.push_back(store.seriesId(gone).value());
            batch.values.push_back(0.5);
            expected["gone{instance=\"a\"}"][timeMs] = std::bit_cast<std::uint64_t>(0.5);
        }
        batch.timed.push_back({ store.seriesId(timed).value(), { timeMs + 1, 7 } });
        expected["pushed{instance=\"a\"}"][timeMs + 1] = std::bit_cast<std::uint64_t>(7.0);
        EXPECT_EQ(store.appendAndWait(std::move(batch)).value().appended, row < 5 ? 3U : 2U);
    };
    {
        auto store = open(options);
        for (std::int64_t row = 0; row < 100; ++row)
            appendRow(*store, row);
        EXPECT_EQ(contentsOf(*store), expected);
        const auto reader = open({ .readOnly = true });
        EXPECT_EQ(contentsOf(*reader), expected);
        for (std::int64_t row = 100; row < 140; ++row)
            appendRow(*store, row);
        EXPECT_EQ(contentsOf(*reader), expected);
        EXPECT_EQ(store->stats().seals, 0U);
    }
    auto store = open(options);
    EXPECT_EQ(contentsOf(*store), expected);
    const auto append = [&](const model::Labels& series, std::int64_t timeMs, double value) {
        return store->appendAndWait({ .group = store->groupId("g").value(), .timeMs = timeMs, .series = { store->seriesId(series).value() }, .values = { value }, .timed = {}, .metadata = {} }).value();
    };
    EXPECT_EQ(append(gone, kStart + 4 * 15'000, 0.25).duplicate, 1U);
    EXPECT_EQ(append(gone, kStart + 4 * 15'000 - 60'001, 0.25).outOfOrder, 1U);
    EXPECT_EQ(append(labels, kStart + 139 * 15'000, 1).duplicate, 1U);
    EXPECT_EQ(append(timed, kStart + 139 * 15'000 + 1, 1).duplicate, 1U);
    for (std::int64_t row = 140; row < 200; ++row)
        appendRow(*store, row);
    EXPECT_EQ(contentsOf(*store), expected);
    ASSERT_TRUE(store->flush());
    EXPECT_EQ(contentsOf(*store), expected);
    store.reset();
    EXPECT_EQ(contentsOf(*open(options)), expected);
}

TEST_F(StoreTest, aSealDoesNotMakeSeriesSeemGone)
{
    auto store = open();
    const auto append = [&](const char* instance, std::int64_t timeMs) {
        ASSERT_TRUE(store->appendAndWait({ .group = store->groupId(instance).value(), .timeMs = timeMs, .series = { store->seriesId(labelsOf("up", instance)).value() }, .values = { 1 }, .timed = {}, .metadata = {} }));
    };
    append("a", kStart);
    append("b", kStart + 1'000);
    ASSERT_TRUE(store->flush());
    append("a", kStart + 15'000);
    EXPECT_EQ(store->stats().activeSeries, 2U);
    append("a", kStart + 400'000);
    EXPECT_EQ(store->stats().activeSeries, 1U);
}

TEST_F(StoreTest, sameTimeAgainIsCountedAndTheFirstValueStays)
{
    auto store = open();
    const auto id = store->seriesId(labelsOf("up", "a")).value();
    const auto group = store->groupId("g").value();
    const auto append = [&](double value) {
        return store->appendAndWait({ .group = group, .timeMs = kStart, .series = { id }, .values = { value }, .timed = {}, .metadata = {} }).value();
    };
    EXPECT_EQ(append(1).appended, 1U);
    EXPECT_EQ(append(2).duplicate, 1U);
    const auto same = append(1);
    EXPECT_EQ(same.appended, 1U);
    EXPECT_EQ(same.duplicate, 0U);
    EXPECT_EQ(contentsOf(*store).at("up{instance=\"a\"}"), (std::map<std::int64_t, std::uint64_t> { { kStart, std::bit_cast<std::uint64_t>(1.0) } }));
    EXPECT_EQ(store->stats().duplicate, 1U);
}

TEST_F(StoreTest, matchersChooseSeriesAcrossHeadAndPartitions)
{
    auto store = open({ .partitionMs = 60'000 });
    const auto group = store->groupId("g").value();
    const auto add = [&](std::int64_t timeMs, const model::Labels& labels) {
        MetricBatch batch { .group = group, .timeMs = timeMs, .series = { store->seriesId(labels).value() }, .values = { 1 }, .timed = {}, .metadata = {} };
        ASSERT_TRUE(store->appendAndWait(std::move(batch)));
    };
    add(kStart, { { "__name__", "http" }, { "code", "200" }, { "job", "a" } });
    add(kStart + 1, { { "__name__", "http" }, { "code", "500" }, { "job", "a" } });
    ASSERT_TRUE(store->flush());
    add(kStart + 120'000, { { "__name__", "http" }, { "code", "200" }, { "job", "b" } });
    add(kStart + 120'001, { { "__name__", "queue" }, { "job", "b" } });

    const auto found = [&](std::vector<std::tuple<Matcher::Op, const char*, const char*>> matchers, model::TimeRange range = kAlways) {
        model::Matchers list;
        for (const auto& [op, name, value] : matchers)
            list.push_back(Matcher::create(op, name, value).value());
        std::vector<std::string> out;
        const auto series = store->series(std::span(&list, 1), range, 0).value();
        for (const auto& labels : series)
            out.push_back(std::string(labels->get("__name__")) + std::string(labels->get("code")) + std::string(labels->get("job")));
        return out;
    };
    using Op = Matcher::Op;
    using Texts = std::vector<std::string>;
    EXPECT_EQ(found({ { Op::equal, "__name__", "http" } }), (Texts { "http200a", "http200b", "http500a" }));
    EXPECT_EQ(found({ { Op::equal, "__name__", "http" } }, { kStart + 100'000, kStart + 200'000 }), (Texts { "http200b" }));
    EXPECT_EQ(found({ { Op::notEqual, "code", "200" } }), (Texts { "http500a", "queueb" }));
    EXPECT_EQ(found({ { Op::equal, "code", "" } }), (Texts { "queueb" }));
    EXPECT_EQ(found({ { Op::notEqual, "code", "" }, { Op::equal, "job", "b" } }), (Texts { "http200b" }));
    EXPECT_EQ(found({ { Op::regexMatch, "code", "2..|5.." }, { Op::equal, "job", "a" } }), (Texts { "http200a", "http500a" }));
    EXPECT_EQ(found({ { Op::regexMatch, "code", "200|" } }), (Texts { "http200a", "http200b", "queueb" }));
    EXPECT_EQ(found({ { Op::regexMatch, "code", ".*" } }), (Texts { "http200a", "http200b", "http500a", "queueb" }));
    EXPECT_EQ(found({ { Op::regexMatch, "code", ".+" } }), (Texts { "http200a", "http200b", "http500a" }));
    EXPECT_EQ(found({ { Op::regexNoMatch, "code", "2.*" } }), (Texts { "http500a", "queueb" }));
    EXPECT_EQ(found({ { Op::regexNoMatch, "code", "200|500" } }), (Texts { "queueb" }));
    EXPECT_EQ(found({ { Op::regexNoMatch, "code", ".*" } }), Texts {});
    EXPECT_EQ(found({ { Op::equal, "nothing", "x" } }), Texts {});
    EXPECT_EQ(found({ { Op::notEqual, "nothing", "x" }, { Op::equal, "__name__", "queue" } }), (Texts { "queueb" }));

    EXPECT_EQ(store->labelNames({}, kAlways, 0).value(), (Texts { "__name__", "code", "job" }));
    EXPECT_EQ(store->labelValues("job", {}, kAlways, 0).value(), (Texts { "a", "b" }));
    EXPECT_EQ(store->labelValues("job", {}, kAlways, 1).value(), (Texts { "a" }));
    EXPECT_EQ(store->labelValues("code", {}, { kStart + 100'000, kStart + 200'000 }, 0).value(), (Texts { "200" }));
}

TEST_F(StoreTest, retentionDeletesWholePartitionsAndRefusesOldSamples)
{
    const tsdb::StoreOptions options { .retentionMs = 3 * 3'600'000, .partitionMs = 3'600'000 };
    auto store = open(options);
    const auto group = store->groupId("g").value();
    const auto append = [&](std::int64_t timeMs) {
        clock.setMs(std::max(clock.nowMs(), timeMs));
        return store->appendAndWait({ .group = group, .timeMs = timeMs, .series = { store->seriesId(labelsOf("up", "a")).value() }, .values = { 1 }, .timed = {}, .metadata = {} }).value();
    };
    for (std::int64_t i = 0; i < 10; ++i)
        EXPECT_EQ(append(kStart + i * 1'800'000).appended, 1U);
    EXPECT_EQ(append(kStart).tooOld, 1U);
    ASSERT_TRUE(store->flush());
    // It is 4:30; the hour from 0:00 ended 3:30 ago.
    EXPECT_EQ(contentsOf(*store).begin()->second.begin()->first, kStart + 3'600'000);
    EXPECT_EQ(store->stats().oldestMs, kStart + 3'600'000);
    // A series whose partitions are all gone can be written and comes back after a restart.
    clock.advanceMs(20 * 3'600'000);
    ASSERT_TRUE(store->flush());
    EXPECT_TRUE(contentsOf(*store).empty());
    EXPECT_EQ(append(clock.nowMs()).appended, 1U);
    store.reset();
    store = open(options);
    EXPECT_EQ(contentsOf(*store).size(), 1U);
}

TEST_F(StoreTest, retentionBySizeKeepsTheNewest)
{
    auto store = open({ .retentionBytes = 20'000, .partitionMs = 3'600'000 });
    std::mt19937_64 random(1);
    for (std::int64_t hour = 0; hour < 6; ++hour) {
        MetricBatch batch;
        for (std::int64_t i = 0; i < 1000; ++i)
            batch.timed.push_back({ store->seriesId(labelsOf("noise", "a")).value(), { kStart + hour * 3'600'000 + i * 1000, std::bit_cast<double>(random() >> 2) } });
        ASSERT_TRUE(store->appendAndWait(std::move(batch)));
        ASSERT_TRUE(store->flush());
    }
    EXPECT_EQ(store->stats().partitions, 2U);
    EXPECT_EQ(store->stats().newestMs, kStart + 5 * 3'600'000 + 999'000);
}

TEST_F(StoreTest, selectionStaysAsItWasWhileTheStoreGoesOn)
{
    auto store = open({ .retentionMs = 3'600'000, .partitionMs = 60'000 });
    const auto group = store->groupId("g").value();
    const auto id = store->seriesId(labelsOf("up", "a")).value();
    const auto append = [&](std::int64_t timeMs) {
        ASSERT_TRUE(store->appendAndWait({ .group = group, .timeMs = timeMs, .series = { id }, .values = { 1 }, .timed = {}, .metadata = {} }));
    };
    append(kStart);
    ASSERT_TRUE(store->flush());
    append(kStart + 70'000);
    const auto selection = store->select({}, kAlways, {}).value();
    append(kStart + 71'000);
    ASSERT_TRUE(store->flush());
    clock.advanceMs(7'200'000);
    ASSERT_TRUE(store->flush()); // retention; the partition that the selection reads has to wait
    std::vector<std::int64_t> times;
    ASSERT_TRUE(selection->read(0, 1, [&](std::size_t, model::SampleView view) { times.assign(view.timesMs.begin(), view.timesMs.end()); }, {}));
    EXPECT_EQ(times, (std::vector<std::int64_t> { kStart, kStart + 70'000 }));
}

TEST_F(StoreTest, selectionReadsWhatMergedBlocksHaveReplaced)
{
    auto store = open();
    const auto group = store->groupId("g").value();
    std::int64_t now = kStart;
    const auto appendAndSeal = [&] {
        for (int i = 0; i < 50; ++i, now += 1000)
            ASSERT_TRUE(store->appendAndWait({ .group = group, .timeMs = now, .series = { store->seriesId(labelsOf("up", "a")).value(), store->seriesId(labelsOf("up", "b")).value() }, .values = { 1, static_cast<double>(i) }, .timed = {}, .metadata = {} }));
        ASSERT_TRUE(store->flush());
    };
    appendAndSeal();
    const auto reader = open({ .readOnly = true });
    const auto expected = contentsOf(*reader);
    const auto before = store->select({}, kAlways, {}).value();
    appendAndSeal();
    EXPECT_EQ(store->stats().merges, 1U);
    EXPECT_TRUE(store->stats().settling); // the blocks of the selection stay
    std::size_t samples = 0;
    ASSERT_TRUE(before->read(0, 2, [&](std::size_t, model::SampleView view) { samples += view.timesMs.size(); }, {}));
    EXPECT_EQ(samples, 100U);
    const auto follower = open({ .readOnly = true });
    EXPECT_EQ(contentsOf(*follower), contentsOf(*store));
    EXPECT_EQ(cut(contentsOf(*store), { kStart, kStart + 49'000 }), expected);
}

TEST_F(StoreTest, metadataIsReplacedAndKept)
{
    {
        auto store = open();
        ASSERT_TRUE(store->appendAndWait({ .group = {}, .timeMs = 0, .series = {}, .values = {}, .timed = {}, .metadata = { { "b", "gauge", "old", "" }, { "a", "counter", "first", "seconds" } } }));
        ASSERT_TRUE(store->appendAndWait({ .group = {}, .timeMs = 0, .series = {}, .values = {}, .timed = {}, .metadata = { { "b", "gauge", "new", "" } } }));
    }
    const auto store = open();
    EXPECT_EQ(store->metadata("").value(), (std::vector<model::MetricMetadata> { { "a", "counter", "first", "seconds" }, { "b", "gauge", "new", "" } }));
    EXPECT_EQ(store->metadata("b").value().size(), 1U);
    EXPECT_TRUE(store->metadata("c").value().empty());
}

TEST_F(StoreTest, readerFollowsTheWriter)
{
    auto store = open();
    const auto group = store->groupId("g").value();
    const auto append = [&](std::int64_t timeMs, const char* instance) {
        ASSERT_TRUE(store->appendAndWait({ .group = group, .timeMs = timeMs, .series = { store->seriesId(labelsOf("up", instance)).value() }, .values = { 1 }, .timed = {}, .metadata = {} }));
    };
    append(kStart, "a");
    auto reader = open({ .readOnly = true });
    EXPECT_EQ(contentsOf(*reader), contentsOf(*store));
    append(kStart + 1000, "b");
    EXPECT_EQ(contentsOf(*reader), contentsOf(*store));
    ASSERT_TRUE(store->flush());
    append(kStart + 2000, "a");
    append(kStart + 2000, "c");
    EXPECT_EQ(contentsOf(*reader), contentsOf(*store));
    EXPECT_FALSE(reader->flush());
    EXPECT_FALSE(reader->appendAndWait({}));
    EXPECT_FALSE(reader->seriesId(labelsOf("up", "a")));
}

TEST_F(StoreTest, copyIsAStoreOfItsOwn)
{
    auto store = open();
    const auto group = store->groupId("g").value();
    const auto id = store->seriesId(labelsOf("up", "a")).value();
    ASSERT_TRUE(store->appendAndWait({ .group = group, .timeMs = kStart, .series = { id }, .values = { 1 }, .timed = {}, .metadata = {} }));
    const test::TemporaryFolder other;
    ASSERT_TRUE(store->copyTo(other.path() / "copy"));
    const auto copy = tsdb::Store::open(other.path() / "copy", {}, clock, logger).value();
    EXPECT_EQ(contentsOf(*copy), contentsOf(*store));
}

TEST_F(StoreTest, refusesBatchesThatMakeNoSenseAndGoesOn)
{
    auto store = open();
    EXPECT_EQ(store->seriesId(model::Labels { { "job", "x" } }).error().code, ErrorCode::invalidArgument);
    const auto id = store->seriesId(labelsOf("up", "a")).value();
    EXPECT_EQ(store->appendAndWait({ .group = {}, .timeMs = kStart, .series = { id }, .values = {}, .timed = {}, .metadata = {} }).error().code, ErrorCode::invalidArgument);
    EXPECT_EQ(store->appendAndWait({ .group = {}, .timeMs = kStart, .series = { model::SeriesId(7) }, .values = { 1 }, .timed = {}, .metadata = {} }).error().code, ErrorCode::notFound);
    EXPECT_TRUE(store->appendAndWait({ .group = {}, .timeMs = kStart, .series = { id }, .values = { 1 }, .timed = {}, .metadata = {} }));
    EXPECT_EQ(store->stats().failedBatches, 2U);
}

TEST_F(StoreTest, stopsWhenAsked)
{
    auto store = open();
    std::stop_source stop;
    const auto id = store->seriesId(labelsOf("up", "a")).value();
    ASSERT_TRUE(store->appendAndWait({ .group = {}, .timeMs = kStart, .series = { id }, .values = { 1 }, .timed = {}, .metadata = {} }));
    const auto selection = store->select({}, kAlways, stop.get_token()).value();
    stop.request_stop();
    EXPECT_EQ(selection->read(0, 1, [](std::size_t, model::SampleView) { FAIL(); }, stop.get_token()).error().code, ErrorCode::cancelled);
    EXPECT_EQ(store->select({}, kAlways, stop.get_token()).error().code, ErrorCode::cancelled);
}
