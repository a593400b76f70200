#include "core/base/format.h"
#include "core/docker/log_frames.h"
#include "core/docker/read_position.h"

#include <QTest>

#include <limits>
#include <vector>

namespace {

using namespace belvedere::docker;

constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kStart = 1'748'736'000'000'000'000; // 2025-06-01T00:00:00Z

std::string frame(int stream, const std::string& text)
{
    std::string out { static_cast<char>(stream), 0, 0, 0 };
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(text.size() >> shift);
    return out + text;
}

struct Got {
    int stream;
    std::int64_t timeNs;
    std::string text;
    bool operator==(const Got&) const = default;
};

std::vector<Got> feedInPieces(LogFrames& frames, const std::string& bytes, std::size_t piece)
{
    std::vector<Got> got;
    const auto visitor = [&](const Line& line) { got.push_back({ static_cast<int>(line.stream), line.timeNs, std::string(line.text) }); };
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        if (!frames.feed(std::string_view(bytes).substr(at, piece), visitor))
            got.push_back({ -1, 0, "refused" });
    }
    return got;
}

}

class TestDockerFrames : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void splitsFramesAtAnyPlace()
    {
        const auto bytes = frame(1, "2025-06-01T00:00:00.000000001Z one\n") + frame(2, "2025-06-01T00:00:00.5Z two\n") + frame(1, "2025-06-01T00:00:01Z \n");
        const std::vector<Got> expected { { 0, kStart + 1, "one" }, { 1, kStart + 500'000'000, "two" }, { 0, kStart + 1'000'000'000, "" } };
        for (const std::size_t piece : { 1U, 2U, 7U, 1000U }) {
            LogFrames frames(false);
            QVERIFY(feedInPieces(frames, bytes, piece) == expected);
        }
    }

    void joinsPartialMessages()
    {
        LogFrames frames(false);
        const std::string part(16 * 1024, 'x');
        const auto first = feedInPieces(frames, frame(1, "2025-06-01T00:00:00Z " + part) + frame(2, "2025-06-01T00:00:02Z between\n"), 4096);
        QVERIFY((first == std::vector<Got> { { 1, kStart + 2'000'000'000, "between" } }));
        QCOMPARE(frames.oldestUnfinishedNs(), kStart);
        const auto second = feedInPieces(frames, frame(1, "2025-06-01T00:00:00.1Z end\n"), 4096);
        QVERIFY((second == std::vector<Got> { { 0, kStart, part + "end" } }));
        QCOMPARE(frames.oldestUnfinishedNs(), kNone);
    }

    void readsATerminal()
    {
        LogFrames frames(true);
        const std::string part(16 * 1024, 'y');
        const auto got = feedInPieces(frames, "2025-06-01T00:00:00Z one\r\n2025-06-01T00:00:01Z " + part + "2025-06-01T00:00:01.5Z rest\r\n2025-06-01T00:00:02Z no end", 10);
        QVERIFY((got == std::vector<Got> { { 0, kStart, "one" }, { 0, kStart + 1'000'000'000, part + "rest" } }));
        std::vector<std::string> last;
        frames.finish([&](const Line& line) { last.emplace_back(line.text); });
        QVERIFY(last == std::vector<std::string> { "no end" });
    }

    void refusesWhatIsNoLog()
    {
        for (const auto* bytes : { "HTTP/1.1 200 OK\r\n\r\n", "\x01\x00\x00\x00\x7f\xff\xff\xff", "\x01\x00\x00\x00\x00\x00\x00\x05hello" }) {
            LogFrames frames(false);
            const std::string text(bytes, bytes[0] == 1 ? (bytes[4] ? 8 : 13) : 19);
            QVERIFY(!frames.feed(text, [](const Line&) { }));
        }
        LogFrames terminal(true);
        QVERIFY(!terminal.feed("no time here\n", [](const Line&) { }));
    }

    void takesEachLineOnceWhenReadAgain()
    {
        // Two streams a little out of order, and equal lines at equal times.
        std::vector<std::pair<std::int64_t, std::string>> lines;
        for (int i = 0; i < 2'000; ++i)
            lines.emplace_back(kStart + i * 1'000'000LL + (i % 3 == 0 ? 5'000'000 : 0), belvedere::formatted("line {}", i - i % 2));
        for (const int stop : { 0, 1, 2, 3, 500, 777, 1'999 }) {
            std::string stored;
            std::vector<std::string> taken;
            ReadPosition before;
            for (int i = 0; i < stop; ++i) {
                if (before.take({ Stream::standardOutput, lines[static_cast<std::size_t>(i)].first, lines[static_cast<std::size_t>(i)].second }, kNone))
                    taken.push_back(lines[static_cast<std::size_t>(i)].second);
            }
            auto after = ReadPosition::decode(before.encode());
            for (const auto& [timeNs, text] : lines) {
                if (timeNs >= after.sinceNs() && after.take({ Stream::standardOutput, timeNs, text }, kNone))
                    taken.push_back(text);
            }
            QCOMPARE(taken.size(), lines.size());
        }
    }

    void doesNotPassAnUnfinishedLine()
    {
        ReadPosition position;
        QVERIFY(position.take({ Stream::standardError, kStart, "before" }, kNone));
        for (int i = 1; i < 100; ++i)
            QVERIFY(position.take({ Stream::standardError, kStart + i * 1'000'000'000LL, "x" }, kStart + 3));
        QVERIFY(position.sinceNs() <= kStart + 3);
    }

    void losesNothingWhenTheClockIsPutBack()
    {
        ReadPosition position;
        for (int i = 0; i < 100; ++i)
            QVERIFY(position.take({ Stream::standardOutput, kStart + i * 1'000'000'000LL, "x" }, kNone));
        QVERIFY(position.take({ Stream::standardOutput, kStart + 50, "y" }, kNone));
        QVERIFY(position.sinceNs() <= kStart + 50);
    }

    void startsOverFromMalformedPositions()
    {
        ReadPosition position;
        QVERIFY(position.take({ Stream::standardOutput, kStart, "x" }, kNone));
        position.setFinishedRun("2025-06-01T00:00:00Z");
        const auto bytes = position.encode();
        QCOMPARE(ReadPosition::decode(bytes).finishedRun(), std::string("2025-06-01T00:00:00Z"));
        for (std::size_t length = 0; length < bytes.size(); ++length)
            (void)ReadPosition::decode(bytes.substr(0, length));
        QCOMPARE(ReadPosition::decode("nonsense").sinceNs(), 0);
    }
};

QTEST_GUILESS_MAIN(TestDockerFrames)
#include "tst_docker_frames.moc"
