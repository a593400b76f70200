#include "core/base/format.h"
#include "core/logs/store.h"
#include "core/tail/file_position.h"
#include "core/tail/follower.h"
#include "core/tail/glob.h"
#include "core/tail/line_cutter.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <random>
#include <thread>

#include <sys/fsuid.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using namespace belvedere;
using namespace belvedere::tail;

TEST(Glob, matchesNames)
{
    EXPECT_TRUE(matchesGlob("*.log", "app.log"));
    EXPECT_TRUE(matchesGlob("*", ""));
    EXPECT_TRUE(matchesGlob("a*b*c", "aXXbbYYc"));
    EXPECT_TRUE(matchesGlob("a?[b-d]", "axc"));
    EXPECT_TRUE(matchesGlob("[!a]\\*", "b*"));
    EXPECT_FALSE(matchesGlob("*.log", "app.log.1"));
    EXPECT_FALSE(matchesGlob("a*b", "ab c"));
    EXPECT_FALSE(matchesGlob("[!a]", "a"));
    EXPECT_FALSE(matchesGlob("", "a"));
    EXPECT_FALSE(matchesGlob("[a", "a"));
}

TEST(Glob, findsFiles)
{
    test::TemporaryFolder folder;
    for (const auto* name : { "a.log", "b.txt", "x/c.log", "x/y/d.log", ".hidden.log" }) {
        fs::create_directories((folder.path() / name).parent_path());
        std::ofstream(folder.path() / name) << "x";
    }
    const auto found = [&](const std::string& pattern) {
        std::vector<std::string> names;
        for (const auto& path : expandGlob((folder.path() / pattern).string()))
            names.push_back(path.lexically_relative(folder.path()).string());
        return names;
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(found("*.log"), (Names { "a.log" }));
    EXPECT_EQ(found("*/*.log"), (Names { "x/c.log" }));
    EXPECT_EQ(found("**/*.log"), (Names { "a.log", "x/c.log", "x/y/d.log" }));
    EXPECT_EQ(found("x/**"), (Names { "x/c.log", "x/y/d.log" }));
    EXPECT_EQ(found(".*.log"), (Names { ".hidden.log" }));
    EXPECT_EQ(found("nothing/*"), Names());
}

TEST(LineCutter, cutsAtAnyPlace)
{
    const std::string text = "one\ntwo\r\n\nlonger than ten\nlast";
    for (const std::size_t piece : { 1U, 3U, 100U }) {
        LineCutter cutter(10);
        std::vector<std::string> lines;
        const auto take = [&](std::string_view line) { lines.emplace_back(line); };
        for (std::size_t at = 0; at < text.size(); at += piece)
            cutter.feed(std::string_view(text).substr(at, piece), take);
        EXPECT_EQ(lines, (std::vector<std::string> { "one", "two", "", "longer tha" }));
        EXPECT_EQ(cutter.lineStart(), text.size() - 4);
        EXPECT_EQ(cutter.offset(), text.size());
        EXPECT_EQ(cutter.cutLines(), 1U);
        EXPECT_EQ(cutter.cutBytes(), 5U);
        cutter.finish(take);
        EXPECT_EQ(lines.back(), "last");
        EXPECT_EQ(cutter.lineStart(), text.size());
    }
}

TEST(FilePosition, survivesEncoding)
{
    const FilePosition position { "/var/log/x", 5, 6, 7, -8, true };
    FilePosition read;
    ASSERT_TRUE(FilePosition::decode(position.encode(), read));
    EXPECT_EQ(read.encode(), position.encode());
    EXPECT_EQ(read.path, "/var/log/x");
    EXPECT_EQ(read.lastTimeNs, -8);
    EXPECT_FALSE(FilePosition::decode("", read));
    EXPECT_FALSE(FilePosition::decode(std::string(40, 'x'), read));
}

class Tail : public testing::Test {
protected:
    Tail()
    {
        fs::create_directories(logs());
        reopenStore();
    }

    [[nodiscard]] fs::path logs() const { return folder.path() / "var"; }
    void reopenStore()
    {
        store = nullptr;
        auto opened = logs::Store::open(folder.path() / "store", {}, clock, logger);
        ASSERT_TRUE(opened) << opened.error().message;
        store = std::move(*opened);
    }
    std::unique_ptr<Follower> follow(std::vector<std::string> globs = { "*.log" })
    {
        FollowerOptions options;
        for (auto& glob : globs)
            glob = (logs() / glob).string();
        options.targets = { { "test", std::move(globs), {}, { { "host", "here" } } } };
        options.longestLineBytes = 1000;
        options.pollIntervalMs = 5;
        options.scanIntervalMs = 10;
        options.graceMs = 60;
        options.mostFiles = mostFiles;
        options.counters = counters;
        auto follower = std::make_unique<Follower>(std::move(options), *store, clock, logger);
        follower->start();
        return follower;
    }
    void write(const std::string& name, const std::string& text) { std::ofstream(logs() / name, std::ios::app) << text; }
    void writeGzip(const std::string& name, const std::string& text)
    {
        auto* const file = gzopen((logs() / name).c_str(), "wb");
        gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
        gzclose(file);
    }

    /// "file: line" in the order of their times.
    [[nodiscard]] std::vector<std::string> lines() const
    {
        std::vector<std::pair<std::int64_t, std::string>> all;
        const auto selection = store->select({}, {});
        for (std::size_t unit = 0; unit < (*selection)->units().size(); ++unit) {
            const auto& labels = *(*selection)->streams()[(*selection)->units()[unit].stream];
            (void)(*selection)->read(
                unit,
                [&](const model::LogBatchView& batch) {
                    for (std::size_t i = 0; i < batch.lines.size(); ++i)
                        all.emplace_back(batch.timesNs[i], fs::path(labels.get("filename")).filename().string() + ": " + std::string(batch.lines[i]));
                },
                {});
        }
        std::ranges::sort(all);
        std::vector<std::string> result;
        for (auto& [time, line] : all)
            result.push_back(std::move(line));
        return result;
    }
    /// Waits until as many lines are there, then looks whether they are these (in any order over files).
    void expectLines(std::vector<std::string> expected) const
    {
        waitFor([&] { return lines().size() >= expected.size(); });
        auto got = lines();
        std::ranges::sort(got);
        std::ranges::sort(expected);
        EXPECT_EQ(got, expected);
    }
    static void waitFor(const std::function<bool()>& condition)
    {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!condition() && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }

    test::TemporaryFolder folder;
    SystemClock clock;
    NullLogger logger;
    std::unique_ptr<logs::Store> store;
    std::size_t mostFiles = 10'000;
    std::shared_ptr<Counters> counters = std::make_shared<Counters>();
};

TEST_F(Tail, readsWhatIsThereAndWhatComes)
{
    write("a.log", "one\none\none\n");
    const auto follower = follow();
    expectLines({ "a.log: one", "a.log: one", "a.log: one" });
    write("a.log", "two\nthr");
    write("b.log", "new file\n");
    expectLines({ "a.log: one", "a.log: one", "a.log: one", "a.log: two", "b.log: new file" });
    write("a.log", "ee\n");
    expectLines({ "a.log: one", "a.log: one", "a.log: one", "a.log: two", "a.log: three", "b.log: new file" });
    const auto series = store->series({}, 0, std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(series->front()->toString(), formatted("{{filename=\"{}\", host=\"here\", job=\"test\"}}", (logs() / "a.log").string()));
    EXPECT_EQ(store->stats().duplicateEntries, 0U);
}

TEST_F(Tail, goesOnWhereItStopped)
{
    std::vector<std::string> expected;
    for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 400; ++i) {
            const auto line = formatted("line {} of round {}", i, round);
            write("a.log", line + (i == 399 && round == 2 ? "" : "\n"));
            expected.push_back("a.log: " + line);
        }
        if (round == 2)
            expected.pop_back();
        if (round == 3)
            expected[expected.size() - 400] = "a.log: line 399 of round 2line 0 of round 3";
        {
            const auto follower = follow();
            expectLines(expected);
        }
        reopenStore();
    }
}

TEST_F(Tail, survivesRotationByRename)
{
    const auto follower = follow();
    write("a.log", "first\n");
    expectLines({ "a.log: first" });
    std::ofstream writer(logs() / "a.log", std::ios::app);
    fs::rename(logs() / "a.log", logs() / "a.log.1");
    write("a.log", "new\n");
    writer << "into the old one\nwithout end" << std::flush;
    expectLines({ "a.log: first", "a.log: new", "a.log: into the old one", "a.log: without end" });
    write("a.log", "more\n");
    expectLines({ "a.log: first", "a.log: new", "a.log: into the old one", "a.log: without end", "a.log: more" });
}

TEST_F(Tail, findsWhatWasRotatedWhileItWasAway)
{
    for (const bool globFits : { false, true }) {
        SCOPED_TRACE(globFits ? "the rotated file fits the glob" : "it does not");
        const std::string name = globFits ? "y.log" : "x.log";
        const std::vector<std::string> globs { globFits ? "y.log*" : "x.log" };
        const auto before = lines();
        {
            const auto follower = follow(globs);
            write(name, "one\n");
            waitFor([&] { return lines().size() == before.size() + 1; });
        }
        write(name, "two\n");
        fs::rename(logs() / name, logs() / (name + ".1"));
        write(name, "three\n");
        const auto follower = follow(globs);
        auto expected = before;
        for (const auto* line : { "one", "two", "three" })
            expected.push_back(name + ": " + line);
        expectLines(expected);
    }
}

TEST_F(Tail, startsOverWhenTruncated)
{
    const auto follower = follow();
    write("a.log", "one\ntwo\n");
    expectLines({ "a.log: one", "a.log: two" });
    std::ofstream(logs() / "a.log", std::ios::trunc) << "3\n";
    expectLines({ "a.log: one", "a.log: two", "a.log: 3" });
    // Emptied and filled beyond the old place at once.
    std::ofstream(logs() / "a.log", std::ios::trunc) << "four, which is longer\nfive\n";
    expectLines({ "a.log: one", "a.log: two", "a.log: 3", "a.log: four, which is longer", "a.log: five" });
}

TEST_F(Tail, readsCompressedHistoryOnce)
{
    std::string history;
    std::vector<std::string> expected;
    for (int i = 0; i < 3'000; ++i) {
        history += formatted("old line {}\n", i);
        expected.push_back(formatted("old.log.gz: old line {}", i));
    }
    writeGzip("old.log.gz", history + "no end");
    expected.push_back("old.log.gz: no end");
    for (int round = 0; round < 2; ++round) {
        const auto follower = follow({ "*.gz" });
        expectLines(expected);
        waitFor([&] { return !follower->status().empty() && follower->status().front().finished; });
        EXPECT_TRUE(follower->status().front().finished);
    }
    fs::resize_file(logs() / "old.log.gz", fs::file_size(logs() / "old.log.gz") / 2);
    write("broken.gz", "\x1f\x8b this is no gzip file");
    const auto follower = follow({ "broken.gz" });
    waitFor([&] { return !follower->status().empty() && !follower->status().front().error.empty(); });
    EXPECT_FALSE(follower->status().front().error.empty());
}

TEST_F(Tail, knowsCopiesOfWhatWasRead)
{
    std::string text;
    std::vector<std::string> expected;
    for (int i = 0; i < 200; ++i) {
        text += formatted("line {} with a little more text\n", i);
        expected.push_back(formatted("a.log: line {} with a little more text", i));
    }
    write("a.log", text);
    const auto follower = follow({ "*.log*" });
    expectLines(expected);
    // logrotate's copytruncate, then its compress a day later.
    write("a.log", "one more\n");
    expected.push_back("a.log: one more");
    expectLines(expected);
    fs::copy(logs() / "a.log", logs() / "a.log.1");
    std::ofstream(logs() / "a.log", std::ios::trunc) << "after\n";
    expected.push_back("a.log: after");
    expectLines(expected);
    writeGzip("a.log.1.gz", text + "one more\n");
    fs::remove(logs() / "a.log.1");
    waitFor([&] { return std::ranges::any_of(follower->status(), &FileStatus::finished); });
    expectLines(expected);
}

TEST_F(Tail, cutsLongLinesAndCounts)
{
    write("a.log", std::string(5'000, 'x') + "\nshort\n");
    const auto follower = follow();
    expectLines({ "a.log: " + std::string(1'000, 'x'), "a.log: short" });
    waitFor([&] { return follower->status().front().lines == 2; });
    const auto status = follower->status().front();
    EXPECT_EQ(status.cutLines, 1U);
    EXPECT_EQ(status.cutBytes, 4'000U);
    EXPECT_EQ(status.readBytes, 5'007U);
}

TEST_F(Tail, countsWhatBecameOfTheFiles)
{
    write("a.log", "one\n");
    write("b.log", std::string(2'000, 'x') + "\n");
    write("c.log", "three\n");
    const auto follower = follow();
    waitFor([&] { return counters->lines == 3; });
    EXPECT_EQ(counters->bytes, 4U + 2'001U + 6U);
    EXPECT_EQ(counters->cutLines, 1U);
    fs::rename(logs() / "a.log", logs() / "a.log.1");
    fs::remove(logs() / "b.log");
    std::ofstream(logs() / "c.log", std::ios::trunc) << "4\n";
    waitFor([&] { return counters->renamed == 1 && counters->removed == 1 && counters->truncated == 1 && counters->files == 1 && counters->lines == 4; });
    EXPECT_EQ(counters->renamed, 1U);
    EXPECT_EQ(counters->removed, 1U);
    EXPECT_EQ(counters->truncated, 1U);
    EXPECT_EQ(counters->files, 1U);
    EXPECT_EQ(counters->lines, 4U);
    EXPECT_EQ(counters->errors, 0U);
}

TEST_F(Tail, aFileMadeAgainWhileItWasAwayIsReadFromItsBeginning)
{
    {
        const auto follower = follow();
        write("a.log", "old one\nold two\n");
        expectLines({ "a.log: old one", "a.log: old two" });
    }
    // Shorter, longer, and with the inode of the old one, which many file systems give to the next file.
    fs::remove(logs() / "a.log");
    write("a.log", "new\n");
    {
        const auto follower = follow();
        expectLines({ "a.log: old one", "a.log: old two", "a.log: new" });
    }
    std::ofstream(logs() / "a.log", std::ios::trunc) << "and this one is longer than what stood there\n";
    const auto follower = follow();
    expectLines({ "a.log: old one", "a.log: old two", "a.log: new", "a.log: and this one is longer than what stood there" });
}

TEST_F(Tail, readsAThousandFiles)
{
    std::vector<std::string> expected;
    for (int i = 0; i < 1'000; ++i) {
        write(formatted("{}.log", i), formatted("line of {}\n", i));
        expected.push_back(formatted("{}.log: line of {}", i, i));
    }
    const auto follower = follow();
    expectLines(expected);
    write("500.log", "more\n");
    expected.push_back("500.log: more");
    expectLines(expected);
}

TEST_F(Tail, saysWhenThereAreTooManyFiles)
{
    mostFiles = 3;
    for (const auto* name : { "a.log", "b.log", "c.log", "d.log", "e.log" })
        write(name, "x\n");
    const auto follower = follow();
    expectLines({ "a.log: x", "b.log: x", "c.log: x" });
    waitFor([&] { return counters->unusable == 2; });
    const auto status = follower->status();
    ASSERT_EQ(status.size(), 5U);
    EXPECT_TRUE(status[4].error.contains("3 files are followed already")) << status[4].error;
    // When one goes, another gets its place.
    fs::remove(logs() / "a.log");
    expectLines({ "a.log: x", "b.log: x", "c.log: x", "d.log: x" });
}

TEST_F(Tail, aLinkAndItsTargetAreOneFile)
{
    fs::create_directories(folder.path() / "elsewhere");
    std::ofstream(folder.path() / "elsewhere/first.txt") << "one\n";
    std::ofstream(folder.path() / "elsewhere/second.txt") << "three\n";
    write("a.log", "plain\n");
    fs::create_symlink("a.log", logs() / "b.log");
    fs::create_symlink(folder.path() / "elsewhere/first.txt", logs() / "current.log");
    fs::create_symlink(folder.path() / "nowhere", logs() / "dangling.log");
    const auto follower = follow();
    expectLines({ "a.log: plain", "current.log: one" });
    std::ofstream(folder.path() / "elsewhere/first.txt", std::ios::app) << "two\n";
    expectLines({ "a.log: plain", "current.log: one", "current.log: two" });
    // As svlogd and the like turn "current".
    fs::create_symlink(folder.path() / "elsewhere/second.txt", logs() / "next");
    fs::rename(logs() / "next", logs() / "current.log");
    expectLines({ "a.log: plain", "current.log: one", "current.log: two", "current.log: three" });
    EXPECT_EQ(counters->errors, 0U);
}

TEST_F(Tail, takesWhatIsNoUtf8AndLinesWithoutEnd)
{
    write("a.log", "caf\xe9 \xff\xfe\n" + std::string(10'000'000, 'y'));
    const auto follower = follow();
    expectLines({ "a.log: caf\xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD" });
    write("a.log", "\nafter\n");
    expectLines({ "a.log: caf\xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD", "a.log: " + std::string(1'000, 'y'), "a.log: after" });
    waitFor([&] { return counters->cutLines == 1; });
    EXPECT_EQ(counters->cutLines, 1U);
}

TEST_F(Tail, tellsWhatMayNotBeReadAndFindsItWhenItMay)
{
    // Root may read everything: this thread, and the follower that it starts, become somebody else for the file system.
    constexpr uid_t kNobody = 65534;
    constexpr auto kReadable = fs::perms::group_read | fs::perms::group_exec | fs::perms::others_read | fs::perms::others_exec;
    const bool root = geteuid() == 0;
    for (auto path = logs(); path != folder.path().parent_path(); path = path.parent_path())
        fs::permissions(path, kReadable, fs::perm_options::add);
    const auto shut = [](const fs::path& path) { fs::permissions(path, fs::perms::none); };
    const auto allow = [](const fs::path& path) { fs::permissions(path, fs::perms::owner_all | kReadable); };
    write("a.log", "secret\n");
    fs::create_directories(logs() / "sub");
    write("sub/b.log", "deep\n");
    shut(logs() / "a.log");
    shut(logs() / "sub");
    if (root)
        setfsuid(kNobody);
    const auto follower = follow({ "*.log", "sub/*.log" });
    if (root)
        setfsuid(0);
    waitFor([&] { return counters->unusable == 2; });
    const auto status = follower->status();
    ASSERT_EQ(status.size(), 2U);
    EXPECT_TRUE(status[0].error.ends_with("a.log: Permission denied")) << status[0].error;
    EXPECT_TRUE(status[1].error.contains("sub cannot be read; allow it")) << status[1].error;
    allow(logs() / "a.log");
    allow(logs() / "sub");
    allow(logs() / "sub/b.log");
    expectLines({ "a.log: secret", "b.log: deep" });
    waitFor([&] { return counters->unusable == 0; });
    EXPECT_EQ(counters->unusable, 0U);
    EXPECT_EQ(counters->errors, 2U);
}

TEST_F(Tail, readsAMillionBytesInOrder)
{
    std::string text;
    std::vector<std::string> expected;
    for (int i = 0; text.size() < 3'000'000; ++i) {
        text += formatted("{} and some text\n", i);
        expected.push_back(formatted("a.log: {} and some text", i));
    }
    write("a.log", text);
    const auto follower = follow();
    waitFor([&] { return store->stats().appendedEntries >= expected.size(); });
    EXPECT_EQ(lines(), expected);
}

}
