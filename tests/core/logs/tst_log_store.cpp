#include "core/base/format.h"
#include "core/logs/store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <future>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace belvedere;
using namespace belvedere::model;
using belvedere::logs::Store;
using belvedere::logs::StoreOptions;

constexpr std::int64_t kStart = 1'748'736'000'000'000'000; // 2025-06-01T00:00:00Z
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;

Matchers everything() { return {}; }
Matchers equal(std::string name, std::string value) { return { *Matcher::create(Matcher::Op::equal, std::move(name), std::move(value)) }; }

/// Small enough that a few thousand lines make many chunks, and that the writer has to wait for the packing of some.
StoreOptions smallChunks()
{
    StoreOptions options;
    options.chunkBytes = 8 << 10;
    options.headBytes = 64 << 10;
    options.packingBytes = 32 << 10;
    return options;
}

LogPush push(Labels labels, std::vector<std::pair<std::int64_t, std::string>> entries)
{
    LogPush result { std::move(labels), {} };
    for (auto& [time, line] : entries)
        result.entries.push_back({ time, std::move(line), {} });
    return result;
}

struct Read {
    std::int64_t timeNs;
    std::string line;
    std::vector<std::pair<std::string, std::string>> metadata;

    auto operator<=>(const Read&) const = default;
};
using ReadStreams = std::map<std::string, std::vector<Read>>;

/// Everything a request answers, merged as an engine does it: by time, then by the units' sequence.
ReadStreams readAll(const LogSource& store, const LogRequest& request)
{
    struct Placed {
        std::int64_t timeNs;
        std::uint64_t sequence;
        Read entry;
    };
    std::map<std::string, std::vector<Placed>> placed;
    auto selection = store.select(request, {});
    EXPECT_TRUE(selection) << selection.error().message;
    if (!selection)
        return {};
    const auto units = (*selection)->units();
    for (std::size_t u = 0; u < units.size(); ++u) {
        EXPECT_TRUE(u == 0 || std::pair(units[u - 1].minNs, units[u - 1].sequence) < std::pair(units[u].minNs, units[u].sequence));
        auto& list = placed[(*selection)->streams()[units[u].stream]->toString()];
        auto read = (*selection)->read(
            u,
            [&](const LogBatchView& batch) {
                EXPECT_TRUE(std::ranges::is_sorted(batch.timesNs));
                for (std::size_t i = 0; i < batch.timesNs.size(); ++i) {
                    Read entry { batch.timesNs[i], std::string(batch.lines[i]), {} };
                    if (!batch.metadata.empty()) {
                        for (const auto& [name, value] : batch.metadata[i])
                            entry.metadata.emplace_back(name, value);
                    }
                    EXPECT_GE(entry.timeNs, units[u].minNs);
                    EXPECT_LE(entry.timeNs, units[u].maxNs);
                    list.push_back({ entry.timeNs, units[u].sequence, std::move(entry) });
                }
            },
            {});
        EXPECT_TRUE(read) << read.error().message;
    }
    ReadStreams result;
    for (auto& [labels, list] : placed) {
        std::ranges::stable_sort(list, {}, [](const Placed& one) { return std::pair(one.timeNs, one.sequence); });
        for (auto& one : list)
            result[labels].push_back(std::move(one.entry));
    }
    return result;
}

ReadStreams readAll(const LogSource& store)
{
    LogRequest request;
    request.fromNs = std::numeric_limits<std::int64_t>::min();
    return readAll(store, request);
}

class LogStore : public testing::Test {
protected:
    std::unique_ptr<Store> open(StoreOptions options = {})
    {
        auto store = Store::open(folder.path() / "logs", options, clock, logger);
        EXPECT_TRUE(store) << store.error().message;
        return store ? std::move(*store) : nullptr;
    }

    test::TemporaryFolder folder;
    test::FakeClock clock { kStart / 1'000'000 };
    NullLogger logger;
};

TEST_F(LogStore, keepsLinesOverReopening)
{
    {
        auto store = open();
        auto summary = store->appendAndWait({ push({ { "service", "api" } }, { { kStart, "one" }, { kStart + 1, "two" } }) }, { { "file/a", "17" } });
        ASSERT_TRUE(summary);
        EXPECT_EQ(summary->appended, 2U);
    }
    auto store = open();
    EXPECT_EQ(readAll(*store), (ReadStreams { { "{service=\"api\"}", { { kStart, "one", {} }, { kStart + 1, "two", {} } } } }));
    EXPECT_EQ(*store->position("file/a"), "17");
    EXPECT_EQ(*store->position("file/b"), std::nullopt);
    ASSERT_TRUE(store->appendAndWait({}, { { "file/a", "" } }));
    EXPECT_EQ(*store->position("file/a"), std::nullopt);
}

TEST_F(LogStore, storesExactDuplicatesOnce)
{
    auto store = open(smallChunks());
    const Labels api { { "service", "api" } };
    for (int round = 0; round < 3; ++round) {
        std::vector<std::pair<std::int64_t, std::string>> entries;
        for (int i = 0; i < 500; ++i)
            entries.emplace_back(kStart + i / 50 * kSecond, formatted("line number {} with some words behind it", i));
        auto summary = store->appendAndWait({ push(api, entries) });
        ASSERT_TRUE(summary);
        EXPECT_EQ(summary->appended, round == 0 ? 500U : 0U) << "round " << round;
        EXPECT_EQ(summary->duplicate, round == 0 ? 0U : 500U) << "round " << round;
        if (round == 1) // the second time out of chunks, the third out of chunks read again
            store = nullptr, store = open(smallChunks());
    }
    auto head = store->appendAndWait({ push(api, { { kStart + kHour, "x" }, { kStart + kHour, "y" }, { kStart + kHour, "x" } }), push({ { "service", "other" } }, { { kStart + kHour, "x" } }) });
    EXPECT_EQ(head->appended, 3U);
    EXPECT_EQ(head->duplicate, 1U);
    EXPECT_EQ(store->stats().duplicateEntries, 501U);
}

TEST_F(LogStore, keepsArrivalOrderOfEqualTimes)
{
    auto store = open(smallChunks());
    const Labels labels { { "a", "b" } };
    std::vector<std::string> expected;
    for (int i = 0; i < 400; ++i) {
        expected.push_back(formatted("{} some line that fills the chunk a little", i));
        ASSERT_TRUE(store->appendAndWait({ push(labels, { { kStart, expected.back() } }) }));
    }
    EXPECT_GT(store->stats().chunks, 0U);
    const auto all = readAll(*store);
    std::vector<std::string> lines;
    for (const auto& entry : all.begin()->second)
        lines.push_back(entry.line);
    EXPECT_EQ(lines, expected);
}

TEST_F(LogStore, refusesWhatIsOlderThanRetentionAndRemovesIt)
{
    StoreOptions options;
    options.retentionMs = 24 * 3600 * 1000;
    auto store = open(options);
    ASSERT_TRUE(store->appendAndWait({ push({ { "s", "old" } }, { { kStart, "old" } }), push({ { "s", "both" } }, { { kStart, "old too" } }) }));
    ASSERT_TRUE(store->flush());
    clock.advanceMs(12 * 3600 * 1000);
    ASSERT_TRUE(store->appendAndWait({ push({ { "s", "both" } }, { { kStart + 12 * kHour, "new" } }) }));
    ASSERT_TRUE(store->flush());
    EXPECT_EQ(store->stats().chunks, 3U);
    EXPECT_EQ(store->stats().streams, 2U);
    clock.advanceMs(19 * 3600 * 1000);
    ASSERT_TRUE(store->flush());
    EXPECT_EQ(store->stats().chunks, 1U);
    EXPECT_EQ(store->stats().streams, 1U);
    EXPECT_EQ(readAll(*store), (ReadStreams { { "{s=\"both\"}", { { kStart + 12 * kHour, "new", {} } } } }));
    const auto summary = store->appendAndWait({ push({ { "s", "old" } }, { { kStart, "late" }, { kStart + 31 * kHour, "again" } }) });
    EXPECT_EQ(summary->tooOld, 1U);
    EXPECT_EQ(summary->appended, 1U);
    ASSERT_TRUE(store->flush());
    EXPECT_EQ(readAll(*store)["{s=\"old\"}"].size(), 1U);
}

TEST_F(LogStore, keepsWithinItsBytes)
{
    auto options = smallChunks();
    options.retentionBytes = 100'000;
    auto store = open(options);
    std::mt19937_64 random(1);
    for (int partition = 0; partition < 12; ++partition) {
        std::vector<std::pair<std::int64_t, std::string>> entries;
        for (int i = 0; i < 400; ++i)
            entries.emplace_back(kStart + partition * 6 * kHour + i, formatted("{:x}{:x}{:x}{:x}", random(), random(), random(), random()));
        ASSERT_TRUE(store->appendAndWait({ push({ { "a", "b" } }, entries) }));
    }
    ASSERT_TRUE(store->flush());
    EXPECT_LE(store->stats().chunkBytes, 100'000U);
    const auto kept = readAll(*store);
    EXPECT_EQ(kept.begin()->second.back().timeNs, kStart + 11 * 6 * kHour + 399);
}

TEST_F(LogStore, answersLabelsSeriesAndVolume)
{
    auto store = open();
    ASSERT_TRUE(store->appendAndWait({
        push({ { "service", "api" }, { "env", "prod" } }, { { kStart, "1234" }, { kStart + kSecond, "12" } }),
        push({ { "service", "web" } }, { { kStart + kHour, "123456" } }),
    }));
    for (int round = 0; round < 2; ++round) { // from the head, then from chunks
        const std::vector<Matchers> none;
        EXPECT_EQ(*store->labelNames(none, kStart, kStart + 2 * kHour), (std::vector<std::string> { "env", "service" }));
        EXPECT_EQ(*store->labelNames(none, kStart + kHour, kStart + 2 * kHour), (std::vector<std::string> { "service" }));
        EXPECT_EQ(*store->labelValues("service", none, kStart, kStart + 2 * kHour), (std::vector<std::string> { "api", "web" }));
        EXPECT_EQ(*store->labelValues("service", std::vector<Matchers> { equal("env", "prod") }, kStart, kStart + 2 * kHour), (std::vector<std::string> { "api" }));
        EXPECT_EQ(store->labelValues("service", none, kStart + 2 * kSecond, kStart + kHour)->size(), 0U);
        EXPECT_EQ(store->series(std::vector<Matchers> { equal("env", "") }, kStart, kStart + 2 * kHour)->size(), 1U);
        const auto volume = store->volume(everything(), kStart, kStart + 2 * kHour);
        EXPECT_EQ(volume->streams, 2U);
        EXPECT_EQ(volume->entries, 3U);
        EXPECT_EQ(volume->bytes, 12U);
        ASSERT_TRUE(store->flush());
    }
}

TEST_F(LogStore, matchesAsMatchersDo)
{
    auto store = open();
    std::vector<Labels> streams;
    for (const auto* a : { "", "x", "xy", "z" }) {
        for (const auto* b : { "", "1", "2" })
            streams.push_back(Labels({ { "a", a }, { "b", b } }));
    }
    streams.push_back(Labels({ { "long", std::string(700, 'n') + "1" } }));
    streams.push_back(Labels({ { "long", std::string(700, 'n') + "2" } }));
    std::vector<LogPush> pushes;
    for (const auto& labels : streams)
        pushes.push_back(push(labels, { { kStart, "line" } }));
    ASSERT_TRUE(store->appendAndWait(pushes));
    std::vector<Matcher> tests;
    for (const auto op : { Matcher::Op::equal, Matcher::Op::notEqual, Matcher::Op::regexMatch, Matcher::Op::regexNoMatch }) {
        for (const auto* value : { "", "x", "x|z", "x.*", ".*", ".+", "|x", "nope" }) {
            for (const auto* name : { "a", "b", "c" })
                tests.push_back(*Matcher::create(op, name, value));
        }
    }
    tests.push_back(*Matcher::create(Matcher::Op::equal, "long", std::string(700, 'n') + "2"));
    tests.push_back(*Matcher::create(Matcher::Op::regexMatch, "long", "n+2"));
    for (int round = 0; round < 2; ++round) {
        for (const auto& first : tests) {
            for (const auto& second : { tests[1], tests[30], tests[50] }) {
                LogRequest request;
                request.matchers = { first, second };
                std::size_t expected = 0;
                for (const auto& labels : streams)
                    expected += matchesAll(request.matchers, labels);
                EXPECT_EQ(readAll(*store, request).size(), expected) << first.toString() << " " << second.toString();
            }
        }
        ASSERT_TRUE(store->flush());
    }
}

// Random pushes, flushes and reopenings against a plain list.
TEST_F(LogStore, agreesWithAPlainList)
{
    const auto seed = std::random_device {}();
    SCOPED_TRACE(formatted("seed {}", seed));
    std::mt19937_64 random(seed);
    struct Known {
        Labels labels;
        std::vector<Read> entries; // arrival order
    };
    std::vector<Known> model;
    for (int i = 0; i < 6; ++i)
        model.push_back({ Labels({ { "stream", std::to_string(i) }, { "even", i % 2 == 0 ? "yes" : "" } }), {} });
    const std::vector<std::string> words { "error", "timeout", "retry", "naïve", "", "0x7f3d", "GET /a/b", "x" };
    auto store = open(smallChunks());
    for (int round = 0; round < 120; ++round) {
        std::vector<LogPush> pushes;
        std::size_t expectedNew = 0;
        for (std::size_t p = 0; p < 1 + random() % 4; ++p) {
            auto& known = model[random() % model.size()];
            LogPush one { known.labels, {} };
            for (std::size_t i = 0; i < random() % 60; ++i) {
                LogEntry entry;
                entry.timeNs = kStart + round * 20 * 60 * kSecond + static_cast<std::int64_t>(random() % 10) * kSecond - (random() % 8 == 0 ? static_cast<std::int64_t>(random() % 20) * kHour : 0);
                for (std::size_t w = 0; w < random() % 12; ++w)
                    entry.line += words[random() % words.size()] + " ";
                if (random() % 4 == 0)
                    entry.line += formatted("{:x}", random());
                if (random() % 3 == 0)
                    entry.metadata.push_back({ "trace_id", formatted("{:x}", random() % 1000) });
                Read read { entry.timeNs, entry.line, {} };
                for (const auto& [name, value] : entry.metadata)
                    read.metadata.emplace_back(name, value);
                const bool isNew = std::ranges::none_of(known.entries, [&](const Read& other) { return other.timeNs == read.timeNs && other.line == read.line; });
                if (isNew)
                    known.entries.push_back(read);
                expectedNew += isNew;
                one.entries.push_back(std::move(entry));
            }
            pushes.push_back(std::move(one));
        }
        auto summary = store->appendAndWait(std::move(pushes));
        ASSERT_TRUE(summary);
        ASSERT_EQ(summary->appended, expectedNew);
        if (random() % 20 == 0) {
            ASSERT_TRUE(store->flush());
        }
        if (random() % 15 == 0) {
            store = nullptr;
            store = open(smallChunks());
        }
        if (round % 5 != 4)
            continue;
        LogRequest request;
        request.fromNs = kStart + static_cast<std::int64_t>(random() % 30) * kHour - 10 * kHour;
        request.toNs = request.fromNs + static_cast<std::int64_t>(random() % 50) * kHour;
        if (random() % 2 == 0)
            request.matchers = equal("even", random() % 2 == 0 ? "yes" : "");
        for (std::size_t group = 0; group < random() % 3; ++group) {
            auto& literals = request.requiredLiterals.emplace_back();
            for (std::size_t i = 0; i < 1 + random() % 3; ++i)
                literals.push_back(words[random() % words.size()]);
        }
        ReadStreams expected;
        for (const auto& known : model) {
            if (!matchesAll(request.matchers, known.labels))
                continue;
            std::vector<Read> inside;
            for (const auto& entry : known.entries) {
                const bool passes = std::ranges::all_of(request.requiredLiterals, [&](const auto& group) {
                    return std::ranges::any_of(group, [&](const std::string& literal) { return entry.line.contains(literal); });
                });
                if (entry.timeNs >= request.fromNs && entry.timeNs < request.toNs && passes)
                    inside.push_back(entry);
            }
            std::ranges::stable_sort(inside, {}, &Read::timeNs);
            if (!inside.empty())
                expected[known.labels.toString()] = std::move(inside);
        }
        auto got = readAll(*store, request);
        std::erase_if(got, [](const auto& item) { return item.second.empty(); });
        ASSERT_EQ(got, expected) << "round " << round;
    }
}

TEST_F(LogStore, tellsListenersWhatIsNew)
{
    auto store = open();
    std::vector<std::string> heard;
    std::mutex mutex;
    auto handle = store->listen([&](const LabelsRef& stream, std::span<const LogEntry> entries) {
        const std::scoped_lock lock(mutex);
        for (const auto& entry : entries)
            heard.push_back(stream->toString() + entry.line);
    });
    ASSERT_TRUE(store->appendAndWait({ push({ { "a", "b" } }, { { kStart, "1" }, { kStart, "1" }, { kStart, "2" } }) }));
    handle = nullptr;
    ASSERT_TRUE(store->appendAndWait({ push({ { "a", "b" } }, { { kStart, "3" } }) }));
    EXPECT_EQ(heard, (std::vector<std::string> { "{a=\"b\"}1", "{a=\"b\"}2" }));
}

TEST_F(LogStore, copiesItself)
{
    auto store = open(smallChunks());
    for (int i = 0; i < 500; ++i)
        store->append({ push({ { "a", std::to_string(i % 3) } }, { { kStart + i, formatted("a line to be copied {}", i) } }) }, { { "p", std::to_string(i) } }, {});
    ASSERT_TRUE(store->appendAndWait({}));
    ASSERT_TRUE(store->copyTo(folder.path() / "copy"));
    auto copy = Store::open(folder.path() / "copy", { .readOnly = true }, clock, logger);
    ASSERT_TRUE(copy) << copy.error().message;
    EXPECT_EQ(readAll(**copy), readAll(*store));
    EXPECT_EQ(*(*copy)->position("p"), "499");
    EXPECT_FALSE((*copy)->appendAndWait({}));
}

TEST_F(LogStore, readsBesideAWriterInAnotherProcess)
{
    int toChild[2];
    ASSERT_EQ(pipe(toChild), 0);
    auto store = open(smallChunks());
    std::vector<std::pair<std::int64_t, std::string>> entries;
    for (int i = 0; i < 500; ++i)
        entries.emplace_back(kStart + i, formatted("some line or other {}", i));
    ASSERT_TRUE(store->appendAndWait({ push({ { "a", "b" } }, entries) }));
    ASSERT_TRUE(store->appendAndWait({ push({ { "a", "b" } }, { { kStart + 1000, "in the journal" } }), push({ { "a", "c" } }, { { kStart, "there too" } }) }));
    const auto child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        // LMDB must not be used over a fork in the same file: run this test's program again as the reader.
        const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
        setenv("BELVEDERE_READ_STORE", (folder.path() / "logs").c_str(), 1);
        execl(self.c_str(), self.c_str(), "--gtest_filter=LogStoreReader.*", static_cast<char*>(nullptr));
        _exit(9);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
}

/// The other side of the test above; does nothing on its own.
TEST(LogStoreReader, readsHeadAndChunks)
{
    const auto* folder = std::getenv("BELVEDERE_READ_STORE");
    if (!folder)
        GTEST_SKIP() << "runs as a child of readsBesideAWriterInAnotherProcess";
    test::FakeClock clock;
    NullLogger logger;
    auto store = Store::open(folder, { .readOnly = true }, clock, logger);
    ASSERT_TRUE(store) << store.error().message;
    auto all = readAll(**store);
    EXPECT_EQ(all["{a=\"b\"}"].size(), 501U);
    EXPECT_EQ(all["{a=\"c\"}"].size(), 1U);
    LogRequest request;
    request.matchers = equal("a", "c");
    EXPECT_EQ(readAll(**store, request).size(), 1U);
}

TEST_F(LogStore, staysConsistentForReadersWhileItWrites)
{
    auto store = open(smallChunks());
    std::atomic<int> acknowledged = 0;
    std::atomic<bool> done = false;
    // Entry i of the only stream is written after entry i - 1: whatever a reader sees has no holes and nothing twice.
    std::vector<std::jthread> readers;
    for (int r = 0; r < 2; ++r) {
        readers.emplace_back([&] {
            while (!done) {
                const auto before = acknowledged.load();
                const auto all = readAll(*store);
                if (all.empty()) {
                    EXPECT_EQ(before, 0);
                    continue;
                }
                const auto& entries = all.begin()->second;
                EXPECT_GE(entries.size(), static_cast<std::size_t>(before));
                for (std::size_t i = 0; i < entries.size(); ++i)
                    ASSERT_EQ(entries[i].timeNs, kStart + static_cast<std::int64_t>(i));
            }
        });
    }
    for (int i = 0; i < 3'000;) {
        std::vector<std::pair<std::int64_t, std::string>> entries;
        for (int k = 0; k < 10; ++k, ++i)
            entries.emplace_back(kStart + i, formatted("line {} is as long as lines are in most files", i));
        ASSERT_TRUE(store->appendAndWait({ push({ { "a", "b" } }, entries) }));
        acknowledged = i;
    }
    done = true;
}

/// Appends numbered lines with their positions until it is killed; tells through `pipe` what was acknowledged.
[[noreturn]] void writeUntilKilled(const std::filesystem::path& folder, int out)
{
    test::FakeClock clock;
    NullLogger logger;
    auto store = Store::open(folder, smallChunks(), clock, logger);
    if (!store)
        _exit(1);
    const auto position = (*store)->position("source");
    std::int64_t next = position && *position ? std::stoll(**position) : 0;
    for (;;) {
        std::vector<LogPush> pushes;
        for (int s = 0; s < 3; ++s)
            pushes.push_back({ Labels({ { "stream", std::to_string(s) } }), {} });
        for (int i = 0; i < 20; ++i, ++next)
            pushes[static_cast<std::size_t>(next % 3)].entries.push_back({ kStart + next, formatted("numbered line {}", next), {} });
        (*store)->append(std::move(pushes), { { "source", std::to_string(next) } }, [out, next](const Result<LogAppendSummary>& result) {
            if (result && write(out, &next, sizeof next) != sizeof next)
                _exit(2);
        });
    }
}

TEST_F(LogStore, losesAndDoublesNothingWhenKilled)
{
    const auto seed = std::random_device {}();
    SCOPED_TRACE(formatted("seed {}", seed));
    std::mt19937_64 random(seed);
    std::int64_t acknowledged = 0;
    for (int round = 0; round < 12; ++round) {
        int ends[2];
        ASSERT_EQ(pipe(ends), 0);
        const auto child = fork();
        ASSERT_GE(child, 0);
        if (child == 0)
            writeUntilKilled(folder.path() / "logs", ends[1]);
        close(ends[1]);
        // Read acknowledgements up to a random one, kill at once, then read what was still on its way.
        const auto target = 1 + random() % 60;
        std::int64_t number = 0;
        for (std::size_t i = 0; i < target && read(ends[0], &number, sizeof number) == sizeof number; ++i)
            acknowledged = number;
        kill(child, SIGKILL);
        while (read(ends[0], &number, sizeof number) == sizeof number)
            acknowledged = number;
        close(ends[0]);
        int status = 0;
        waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status));

        auto store = open(smallChunks());
        const auto position = store->position("source");
        ASSERT_TRUE(position && *position);
        const auto stored = std::stoll(**position);
        ASSERT_GE(stored, acknowledged);
        std::vector<int> seen(static_cast<std::size_t>(stored));
        for (const auto& [labels, entries] : readAll(*store)) {
            for (const auto& entry : entries) {
                ASSERT_LT(entry.timeNs - kStart, stored);
                EXPECT_EQ(entry.line, formatted("numbered line {}", entry.timeNs - kStart));
                ++seen[static_cast<std::size_t>(entry.timeNs - kStart)];
            }
        }
        EXPECT_EQ(std::ranges::count(seen, 1), stored) << "round " << round;
    }
}

}
