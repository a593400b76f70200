#include "core/dashboard/number_format.h"
#include "core/dashboard/units.h"

#include "recorded.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace belvedere;
using namespace belvedere::dashboard;
using namespace belvedere::tests;

namespace {

constexpr std::int64_t kRecordedNow = 1'721'223'930'123; // 2024-07-17T13:45:30.123Z

std::optional<int> recordedDecimals(const Json& value)
{
    return value.isNumber() ? std::optional(static_cast<int>(value.toInt())) : std::nullopt;
}

/// undefined and null do not reach a formatter here: an absent value is shown by the display, not by its unit.
bool isAbsent(const Json& value)
{
    return value.isNull() || isUndefined(value);
}

TEST(Units, FormatAsRecorded)
{
    Tally tally("units");
    forEachRecorded("units.jsonl.gz", [&](const Json& line) {
        const auto unit = line["unit"].toString();
        const bool isTime = line["columns"][1].text() == "timeZone";
        for (const auto& one : line["cases"].items()) {
            // "∞undefined ops/s", "NaN.00", "0NaN:0NaN": slips of the recorded program that are not worth having.
            const auto whole = one[5].text();
            if (isAbsent(one[0]) || whole.find("undefined") != std::string_view::npos || whole.find("NaN.") != std::string_view::npos || whole.find("0NaN") != std::string_view::npos)
                continue;
            FormatContext context { {}, kRecordedNow };
            if (isTime)
                context.zone = TimeZone::named(one[1].text()).value();
            const auto shown = formatUnit(unit, recordedNumber(one[0]), isTime ? std::nullopt : recordedDecimals(one[1]), context);
            const bool same = shown.text == one[2].text() && shown.prefix == one[3].text() && shown.suffix == one[4].text();
            tally.count(unit, same, [&] { return one.write() + " got " + shown.prefix + "|" + shown.text + "|" + shown.suffix; });
        }
    });
    EXPECT_GT(tally.percent(), 99.6);
}

TEST(Units, AllListedIdsAreKnown)
{
    std::size_t count = 0;
    const auto categories = recordedDocument("unit-categories.json");
    for (const auto& category : categories.items())
        count += category["units"].size();
    EXPECT_EQ(listedUnits().size(), count);
}

TEST(NumberFormat, AsRecorded)
{
    Tally tally("number formatting");
    forEachRecorded("number-formatting.jsonl", [&](const Json& line) {
        const auto function = line["fn"].toString();
        if (isAbsent(line["in"][0]))
            return;
        const double value = recordedNumber(line["in"][0]);
        const auto decimals = recordedDecimals(line["in"][1]);
        if (function == "toFixed") {
            const auto got = toFixed(value, decimals);
            tally.count(function, got == line["out"].text(), [&] { return line.write() + " got " + got; });
        } else if (decimals || function == "guessDecimals") {
            const double got = function == "guessDecimals" ? guessDecimals(value) : roundDecimals(value, *decimals);
            const double expected = recordedNumber(line["out"]);
            tally.count(function, got == expected || (std::isnan(got) && std::isnan(expected)), [&] { return line.write() + " got " + shortestNumber(got); });
        }
    });
    EXPECT_GT(tally.percent(), 99);
}

}
