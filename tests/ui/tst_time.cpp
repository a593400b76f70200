#include "tests/support/fake_clock.h"
#include "ui/time_context.h"
#include "ui/time_expression.h"

#include <QDateTime>
#include <QSignalSpy>
#include <QTest>

using namespace belvedere;
using namespace belvedere::ui;

class TestTime : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTimes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("roundUp");
        QTest::addColumn<QString>("expected"); // ISO in UTC; "" for none

        const auto row = [](const char* text, bool roundUp, const char* expected) { QTest::addRow("%s %s", text, roundUp ? "up" : "down") << QString::fromLatin1(text) << roundUp << QString::fromLatin1(expected); };
        row("now", false, "2025-11-21T11:34:48.000Z");
        row("now-90m", false, "2025-11-21T10:04:48.000Z");
        row("now-1d/d", false, "2025-11-20T00:00:00.000Z");
        row("now-1d/d", true, "2025-11-20T23:59:59.999Z");
        row("now/M", false, "2025-11-01T00:00:00.000Z");
        row("now/Q", true, "2025-12-31T23:59:59.999Z");
        row("now+1h", false, "2025-11-21T12:34:48.000Z");
        row("now-500ms", false, "2025-11-21T11:34:47.500Z");
        row("2025-11-20", false, "2025-11-20T00:00:00.000Z");
        row("2025-11-20", true, "2025-11-20T23:59:59.999Z");
        row(" 2025-11-20 10:30 ", false, "2025-11-20T10:30:00.000Z");
        row("2025-11-20T10:30:05.25+02:00", false, "2025-11-20T08:30:05.250Z");
        row("2025-11-20T10:30:05Z", false, "2025-11-20T10:30:05.000Z");
        row("1763724888", false, "2025-11-21T11:34:48.000Z");
        row("1763724888123", false, "2025-11-21T11:34:48.123Z");
        row("now-1x", false, "");
        row("now-", false, "");
        row("nowhere", false, "");
        row("2025-13-01", false, "");
        row("2025-11-20 25:00", false, "");
        row("12", false, "");
        row("", false, "");
    }
    void readsTimes()
    {
        QFETCH(QString, text);
        QFETCH(bool, roundUp);
        QFETCH(QString, expected);

        const auto time = readTime(text, kNowMs, roundUp, QTimeZone::utc());

        QCOMPARE(time ? QDateTime::fromMSecsSinceEpoch(*time, QTimeZone(QTimeZone::UTC)).toString(Qt::ISODateWithMs) : QString(), expected);
    }

    void refusesWhatIsNoRange()
    {
        test::FakeClock clock(kNowMs);
        TimeContext time(clock);
        QSignalSpy asked(&time, &TimeContext::queryNeeded);

        QVERIFY(!time.setRange({ QStringLiteral("now"), QStringLiteral("now-1h") }));
        QVERIFY(!time.setRange({ QStringLiteral("yesterday"), QStringLiteral("now") }));
        QCOMPARE(time.raw().from, QStringLiteral("now-1h"));
        QCOMPARE(asked.size(), 0);
    }

    void goesBackAndForward()
    {
        test::FakeClock clock(kNowMs);
        TimeContext time(clock);
        time.zoomTo(kNowMs - 60'000, kNowMs - 30'000);
        time.zoomOut();
        QVERIFY(time.canGoBack());
        QVERIFY(!time.canGoForward());
        QCOMPARE(time.range().lengthMs(), 60'000);

        time.goBack();
        QCOMPARE(time.range().lengthMs(), 30'000);
        time.goBack();
        QCOMPARE(time.text(), QStringLiteral("Last 1 hour"));
        QVERIFY(!time.canGoBack());
        time.goForward();
        QCOMPARE(time.range().fromMs, kNowMs - 60'000);

        time.shift(-1);
        QCOMPARE(time.range().fromMs, kNowMs - 75'000);
        QVERIFY2(!time.canGoForward(), "a new range ends the way forward");
    }

    void liveKeepsTheLengthAndMovesToNow()
    {
        test::FakeClock clock(kNowMs);
        TimeContext time(clock);
        time.zoomTo(kNowMs - 600'000, kNowMs - 300'000);

        time.setLive(true);

        QVERIFY(time.endsNow());
        QCOMPARE(time.range().lengthMs(), 300'000);
        clock.advanceMs(5000);
        QCOMPARE(time.range().toMs, kNowMs + 5000);
        time.zoomTo(kNowMs - 600'000, kNowMs - 300'000);
        QVERIFY2(!time.isLive(), "a fixed range is not live");
    }

private:
    static constexpr qint64 kNowMs = 1'763'724'888'000;
};

QTEST_GUILESS_MAIN(TestTime)
#include "tst_time.moc"
