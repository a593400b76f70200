#include "core/tsdb/store.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace belvedere;

namespace {

constexpr std::size_t kGroups = 3;
constexpr std::size_t kSeries = 50;

double valueOf(std::int64_t batch, std::size_t series)
{
    switch (series % 4) {
    case 0: return static_cast<double>(batch * static_cast<std::int64_t>(series + 1));
    case 1: return static_cast<double>(batch % 1000) / 8;
    case 2: return 7;
    default: return batch % 50 == 49 ? model::staleMarker() : std::sqrt(static_cast<double>(batch));
    }
}

/// Appends batch after batch, beginning with `first`, and writes the number of each acknowledged one into the pipe.
[[noreturn]] void writeForEver(const std::filesystem::path& folder, std::int64_t first, int pipe)
{
    const SystemClock clock;
    NullLogger logger;
    auto opened = tsdb::Store::open(folder, { .outOfOrderWindowMs = 60'000, .partitionMs = 600'000, .commitIntervalMs = 1, .queueBatches = 64, .sealTimestamps = 50, .mergeSeals = 2, .keepReplacedMs = 0, .packSamples = 100 }, clock, logger);
    if (!opened) {
        std::fprintf(stderr, "open: %s\n", opened.error().message.c_str());
        std::_Exit(1);
    }
    auto& store = **opened;
    for (std::int64_t i = first;; ++i) {
        const auto g = static_cast<std::size_t>(i) % kGroups;
        model::MetricBatch batch { .group = store.groupId("g" + std::to_string(g)).value(), .timeMs = i * 1000, .series = {}, .values = {}, .timed = {}, .metadata = {} };
        for (std::size_t s = 0; s < kSeries; ++s) {
            const auto id = store.seriesId({ { "__name__", "m" + std::to_string(s) }, { "group", std::to_string(g) } }).value();
            // A part of them as a remote writer would send them.
            if (s % 10 == 9)
                batch.timed.push_back({ id, { i * 1000, valueOf(i, s) } });
            else {
                batch.series.push_back(id);
                batch.values.push_back(valueOf(i, s));
            }
        }
        store.append(std::move(batch), [i, pipe](const Result<model::AppendSummary>& done) {
            if (!done)
                std::_Exit(2);
            if (write(pipe, &i, sizeof i) != sizeof i)
                std::_Exit(3);
        });
        if (i % 701 == 700)
            (void)store.flush();
    }
}

}

// BELVEDERE_KILLS sets the number of rounds.
TEST(StoreKill, nothingAcknowledgedIsLostAndNothingDoubled)
{
    const auto* wanted = std::getenv("BELVEDERE_KILLS");
    const int rounds = wanted ? std::atoi(wanted) : 10;
    const auto seed = std::random_device()();
    std::printf("seed %u\n", seed);
    std::mt19937 random(seed);
    const test::TemporaryFolder folder;
    std::int64_t next = 0;
    for (int round = 0; round < rounds; ++round) {
        int pipe[2];
        ASSERT_EQ(::pipe(pipe), 0);
        const auto child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            close(pipe[0]);
            writeForEver(folder.path(), next, pipe[1]);
        }
        close(pipe[1]);
        // The moment is random in the number of acknowledgements and, beyond those, in time.
        std::int64_t last = next - 1;
        const auto enough = next + 1 + static_cast<std::int64_t>(random() % 1500);
        std::int64_t number = 0;
        while (last < enough && read(pipe[0], &number, sizeof number) == sizeof number)
            last = number;
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
        kill(child, SIGKILL);
        while (read(pipe[0], &number, sizeof number) == sizeof number)
            last = number;
        close(pipe[0]);
        int status = 0;
        waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << status;

        const SystemClock clock;
        NullLogger logger;
        const auto store = tsdb::Store::open(folder.path(), {}, clock, logger);
        ASSERT_TRUE(store) << store.error().message;
        const auto selection = (*store)->select({}, { 0, std::numeric_limits<std::int64_t>::max() }, {}).value();
        ASSERT_EQ(selection->size(), kGroups * kSeries);
        std::set<std::int64_t> ends;
        std::int64_t newest = -1;
        const auto done = selection->read(0, selection->size(), [&](std::size_t series, model::SampleView view) {
            const auto& labels = *selection->labels(series);
            const auto s = static_cast<std::size_t>(std::stoi(std::string(labels.metricName().substr(1))));
            auto expected = static_cast<std::int64_t>(std::stoi(std::string(labels.get("group"))));
            for (std::size_t i = 0; i < view.timesMs.size(); ++i, expected += kGroups) {
                ASSERT_EQ(view.timesMs[i], expected * 1000) << "round " << round;
                ASSERT_EQ(std::bit_cast<std::uint64_t>(view.values[i]), std::bit_cast<std::uint64_t>(valueOf(expected, s)));
            }
            newest = std::max(newest, expected - static_cast<std::int64_t>(kGroups));
            ends.insert(expected);
        }, {});
        ASSERT_TRUE(done) << done.error().message;
        EXPECT_GE(newest, last) << "round " << round;
        // Whole batches: every series of a group ends with the same one.
        EXPECT_EQ(ends.size(), kGroups);
        next = newest + 1;
    }
    std::printf("%d kills, %lld batches\n", rounds, static_cast<long long>(next));
}
