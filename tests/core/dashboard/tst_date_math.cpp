#include "core/dashboard/date_math.h"

#include "recorded.h"

#include <gtest/gtest.h>

using namespace belvedere;
using namespace belvedere::dashboard;
using namespace belvedere::tests;

namespace {

TEST(DateMath, AsRecorded)
{
    Tally tally("date math");
    forEachRecorded("date-math.jsonl.gz", [&](const Json& line) {
        const auto id = line["id"].toString();
        const auto group = id.substr(0, id.find('/'));
        const auto& in = line["in"];
        if (!group.starts_with("parse:") && !group.starts_with("weekStart:"))
            return;
        DateMathOptions options;
        options.nowMs = parseIsoTime(in["now"].text(), TimeZone()).value();
        options.zone = TimeZone::named(in["timeZone"].text()).value();
        options.roundUp = in["roundUp"].toBool();
        options.fiscalYearStartMonth = static_cast<int>(in["fiscalYearStartMonth"].toInt());
        const auto week = in["weekStart"].text();
        options.weekStart = week == "monday" ? 1 : week == "saturday" ? 6 : 0;
        const auto got = parseDateMath(in["text"].text(), options);
        const auto expected = line["out"].text() == "Invalid date" || line["out"].isNull() ? std::string() : line["out"].toString();
        const auto shown = got ? isoTime(*got) : std::string();
        tally.count(group, shown == expected, [&] { return in.write() + " expected " + expected + " got " + shown; });
    });
    EXPECT_GT(tally.percent(), 99);
}

TEST(Intervals, AsRecorded)
{
    Tally tally("intervals");
    forEachRecorded("intervals.jsonl", [&](const Json& line) {
        const auto& in = line["in"];
        const auto function = in["fn"].toString();
        const auto check = [&](double got) {
            tally.count(function, got == recordedNumber(line["out"]), [&] { return in.write() + " expected " + line["out"].write() + " got " + std::to_string(got); });
        };
        if (function == "roundInterval")
            return check(static_cast<double>(roundInterval(recordedNumber(in["ms"]))));
        if (function == "intervalToMs" && !line["out"].has("$throws"))
            return check(intervalToMs(in["text"].text()).value_or(-1));
        if (function == "calculateInterval" && !line["out"].has("$throws")) {
            const auto low = in["lowLimitInterval"].isString() ? static_cast<std::int64_t>(intervalToMs(in["lowLimitInterval"].text()).value_or(1)) : 1;
            const auto got = calculateInterval(in["spanMs"].toInt(), recordedNumber(in["resolution"]), low);
            const auto& expected = line["out"];
            tally.count(function, got == expected["intervalMs"].toInt() && intervalText(got) == expected["interval"].text(), [&] { return line.write() + " got " + std::to_string(got) + " " + intervalText(got); });
        }
    });
    EXPECT_GT(tally.percent(), 98);
}

TEST(TimeRange, TakesMathIsoAndUnixMilliseconds)
{
    DateMathOptions options;
    options.nowMs = 1'721'223'930'123;
    EXPECT_EQ(parseTimeRange("now-1h", "now", options), (TimeRangeMs { 1'721'220'330'123, 1'721'223'930'123 }));
    EXPECT_EQ(parseTimeRange("1721220330123", "1721223930123", options), (TimeRangeMs { 1'721'220'330'123, 1'721'223'930'123 }));
    EXPECT_EQ(parseTimeRange("2024-07-17T00:00:00Z", "2024-07-17T01:00:00Z", options)->spanMs(), 3'600'000);
    EXPECT_EQ(parseTimeRange("now", "now-1h", options), std::nullopt);
    EXPECT_EQ(parseTimeRange("yesterday", "now", options), std::nullopt);
}

}
