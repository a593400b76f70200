#include "core/tsdb/merge_job.h"
#include "core/tsdb/retention.h"
#include "core/tsdb/seal_job.h"
#include "core/tsdb/store.h"

#include "tests/support/fake_clock.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <map>
#include <random>
#include <semaphore>

using namespace belvedere;
using namespace belvedere::tsdb;

namespace {

constexpr std::int64_t kHourMs = 3'600'000;
using Contents = std::map<std::string, std::map<std::int64_t, std::uint64_t>>;

Contents contentsOf(const model::MetricSelection& selection)
{
    Contents out;
    const auto done = selection.read(0, selection.size(), [&](std::size_t series, model::SampleView view) {
        for (std::size_t i = 0; i < view.timesMs.size(); ++i)
            out[selection.labels(series)->toString()][view.timesMs[i]] = std::bit_cast<std::uint64_t>(view.values[i]);
    }, {});
    EXPECT_TRUE(done) << (done ? "" : done.error().message);
    return out;
}

/// A store without its writer, so that each step of sealing and merging can be looked at.
class MergeTest : public testing::Test {
protected:
    MergeTest() { EXPECT_TRUE(state.open(folder.path())); }

    /// Seals samples of `count` series every 10 s from `fromMs` on, as rows of one group and some with times of their own; some
    /// samples are left out, some come twice with another value, of which the first counts.
    void seal(std::int64_t fromMs, std::size_t rows, std::size_t count, bool withLate = true)
    {
        state.frozen = std::make_shared<Head>();
        auto& head = *state.frozen;
        const auto group = head.group(model::GroupId(7));
        std::vector<Handle> handles;
        for (std::size_t s = 0; s < count; ++s)
            handles.push_back(state.index.intern(model::Labels { { "__name__", "m" + std::to_string(s) }, { "instance", "a" } }));
        for (const auto handle : handles)
            (void)head.slot(group, handle);
        for (std::size_t row = 0; row < rows; ++row) {
            const auto timeMs = fromMs + static_cast<std::int64_t>(row) * 10'000;
            std::vector<std::uint32_t> slots;
            std::vector<double> values;
            for (std::uint32_t s = 0; s < count; ++s) {
                if (random() % 10 != 0) {
                    slots.push_back(s);
                    values.push_back(note(handles[s], timeMs, value(s, timeMs)));
                }
            }
            if (slots.empty())
                continue;
            head.install(head.groupAt(group), head.makeRoom(head.groupAt(group)));
            head.addRow(head.groupAt(group), timeMs, slots, values);
        }
        std::vector<HandleSample> timed;
        for (std::size_t i = 0; withLate && i < count; ++i) {
            // Late ones, some of them at times at which there is a sample already.
            const auto late = handles[random() % count];
            const auto timeMs = std::max<std::int64_t>(fromMs - static_cast<std::int64_t>(random() % 50) * 10'000, 0);
            timed.push_back({ late, timeMs, note(late, timeMs, 1e6 + static_cast<double>(i)) });
        }
        head.addTimed(timed);
        sealing.start(++epoch);
        const auto done = sealing.finish();
        EXPECT_TRUE(done) << (done ? "" : done.error().message);
    }

    double note(Handle series, std::int64_t timeMs, double value)
    {
        expected[state.index.labels(series)->toString()].emplace(timeMs, std::bit_cast<std::uint64_t>(value));
        return value;
    }
    double value(std::size_t series, std::int64_t timeMs)
    {
        switch (series % 5) {
        case 0: return static_cast<double>(timeMs / 1000 * static_cast<std::int64_t>(series + 1));
        case 1: return random() % 20 == 0 ? model::staleMarker() : 5.0;
        case 2: return std::bit_cast<double>(static_cast<std::uint64_t>(random()));
        case 3: return -0.0;
        default: return static_cast<double>(random() % 100) / 10;
        }
    }

    /// What a process finds that opens the store after this one was killed now.
    [[nodiscard]] Contents afterKill()
    {
        const test::TemporaryFolder copy;
        EXPECT_TRUE(state.environment->copyTo(copy.path() / "copy"));
        const auto store = Store::open(copy.path() / "copy", options, clock, logger).value();
        return contentsOf(*store->select({}, { 0, std::numeric_limits<std::int64_t>::max() }, {}).value());
    }
    /// One step of the merge, and waits until its thread has done what the step began.
    void advance()
    {
        const auto done = merging.advance();
        EXPECT_TRUE(done) << (done ? "" : done.error().message);
        if (merging.working())
            stepDone.acquire();
    }
    [[nodiscard]] std::size_t storedSegments()
    {
        const auto txn = state.environment->read().value();
        auto cursor = txn.cursor(state.table).value();
        std::size_t count = 0;
        for (bool more = cursor.seek("S"); more && cursor.key().front() == 'S'; more = cursor.next())
            ++count;
        return count;
    }
    [[nodiscard]] const PartitionRecord& record() { return state.partitions.begin()->second->record; }

    const StoreOptions options { .outOfOrderWindowMs = kHourMs, .partitionMs = 100 * kHourMs, .mergeSeals = 3, .keepReplacedMs = 0 };
    test::TemporaryFolder folder;
    test::FakeClock clock { 1000 * kHourMs };
    NullLogger logger;
    std::mt19937_64 random { 20 };
    Contents expected;
    std::uint64_t epoch = 0;
    std::counting_semaphore<> stepDone { 0 };
    StoreState state { options, clock, logger };
    MergeJob merging { state, [this] { stepDone.release(); }, 20'000 };
    SealJob sealing { state, [] {}, [this](std::int64_t startMs) { return merging.abandon(startMs); } };
};

}

TEST_F(MergeTest, killedAtAnyStepEverySampleIsThereOnce)
{
    for (std::int64_t i = 0; i < 4; ++i)
        seal(i * kHourMs, 300, 40 + static_cast<std::size_t>(i) * 7);
    EXPECT_EQ(afterKill(), expected);
    const auto before = record();
    std::size_t steps = 0;
    do {
        advance();
        ++steps;
        ASSERT_EQ(afterKill(), expected) << "step " << steps;
    } while (merging.working());
    EXPECT_GT(steps, 3U);
    EXPECT_EQ(merging.merges(), 1U);
    EXPECT_EQ(record().parts - record().firstPart, 1U);
    EXPECT_EQ(record().seals, 1U);
    EXPECT_LT(record().samples, before.samples) << "of two samples with one time only the first is kept";
    ASSERT_TRUE(merging.removeReplaced(false));
    EXPECT_EQ(storedSegments(), record().segments - record().firstSegment);
    EXPECT_EQ(afterKill(), expected);
    EXPECT_FALSE(merging.busy());
}

TEST_F(MergeTest, whatIsSealedMeanwhileStays)
{
    for (std::int64_t i = 0; i < 3; ++i)
        seal(i * kHourMs, 300, 40);
    advance();
    advance();
    ASSERT_TRUE(merging.working());
    seal(3 * kHourMs, 20, 45);
    EXPECT_FALSE(merging.working());
    EXPECT_EQ(merging.merges(), 0U);
    EXPECT_EQ(afterKill(), expected);
    EXPECT_EQ(storedSegments(), record().segments);
    do
        advance();
    while (merging.working());
    EXPECT_EQ(merging.merges(), 1U);
    seal(4 * kHourMs, 20, 45);
    EXPECT_EQ(afterKill(), expected);
}

TEST_F(MergeTest, whatAKilledMergeHasStoredIsDeleted)
{
    for (std::int64_t i = 0; i < 3; ++i)
        seal(i * kHourMs, 900, 150);
    while (storedSegments() == record().segments)
        advance();
    ASSERT_TRUE(merging.working());
    MergeJob next(state, [] {});
    ASSERT_TRUE(next.removeLeftOvers());
    EXPECT_EQ(storedSegments(), record().segments);
    EXPECT_EQ(afterKill(), expected);
}

TEST_F(MergeTest, retentionMayDeleteWhatIsBeingMerged)
{
    for (std::int64_t i = 0; i < 3; ++i)
        seal(i * kHourMs, 900, 150);
    while (storedSegments() == record().segments)
        advance();
    const auto start = record().startMs;
    ASSERT_TRUE(merging.abandon(start));
    ASSERT_TRUE(deletePartitions(state, std::span(&start, 1)));
    EXPECT_EQ(storedSegments(), 0U);
    advance();
    EXPECT_FALSE(merging.busy());
    EXPECT_TRUE(afterKill().empty());
}

TEST_F(MergeTest, partitionsThatEndedAreMergedWhenTheyHaveTwoSeals)
{
    seal(0, 300, 40);
    seal(kHourMs, 300, 40);
    advance();
    EXPECT_FALSE(merging.busy());
    seal(150 * kHourMs, 300, 40); // another partition, later than samples may be late
    do
        advance();
    while (merging.working());
    EXPECT_EQ(merging.merges(), 1U);
    EXPECT_EQ(record().seals, 1U);
    EXPECT_EQ(afterKill(), expected);
}

TEST_F(MergeTest, blocksThatAreFullAreLeftAlone)
{
    for (std::int64_t i = 0; i < 3; ++i)
        seal(i * 10 * kHourMs, 2048, 3, false);
    const auto before = record();
    do
        advance();
    while (merging.working());
    EXPECT_EQ(merging.merges(), 0U);
    EXPECT_EQ(record().segments, before.segments);
    EXPECT_EQ(record().seals, 1U);
    advance();
    EXPECT_FALSE(merging.busy());
}

// Records of format 2 end earlier; the partition has to be merged once.
TEST(PartitionRecord, ofFormat2CanBeRead)
{
    PartitionRecord record { .startMs = 0, .endMs = 100, .minMs = 5, .maxMs = 50, .samples = 10, .series = 2, .bytes = 300, .parts = 1, .segments = 7 };
    auto bytes = record.encode();
    bytes.resize(bytes.size() - 4);
    const auto read = PartitionRecord::decode(0, bytes).value();
    EXPECT_EQ(read.segments, 7U);
    EXPECT_EQ(read.firstSegment, 0U);
    EXPECT_EQ(read.firstPart, 0U);
    EXPECT_EQ(read.seals, 7U);
    EXPECT_EQ(read.mergedSamples, 0U);
}
