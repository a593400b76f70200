#include "core/dashboard/axis_range.h"
#include "core/dashboard/display.h"
#include "core/dashboard/number_format.h"
#include "core/dashboard/reducers.h"

#include "recorded_field.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

using namespace belvedere;
using namespace belvedere::dashboard;
using namespace belvedere::tests;

namespace {

constexpr std::int64_t kRecordedNow = 1'721'223'930'123;

bool same(double a, double b)
{
    return a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

bool near(Color a, Color b)
{
    return std::abs(a.red - b.red) <= 1 && std::abs(a.green - b.green) <= 1 && std::abs(a.blue - b.blue) <= 1;
}

/// A recorded threshold base is {"$num":"-Infinity"}; saved documents have null there.
Json withSavedThresholds(Json config)
{
    if (auto* thresholds = config.find("thresholds")) {
        for (auto& step : thresholds->at("steps").mutableItems()) {
            if (step["value"].isObject())
                step.set("value", nullptr);
        }
    }
    return config;
}

Palette paletteOf(const Json& theme)
{
    return Palette(theme.text() == "light" ? Brightness::light : Brightness::dark);
}

TEST(Display, AxesEndWhereRecorded)
{
    Tally tally("axis ranges");
    forEachRecorded("axis-ranges.jsonl", [&](const Json& line) {
        const auto& in = line["in"];
        const auto& asked = in["options"];
        // There are no symmetric logarithms here, and the air is not a setting.
        if (in["dataMin"].isNull() || asked["distribution"].text() == "symlog" || asked.has("padMinBy"))
            return;
        const auto number = [&asked](const char* key) { return asked.has(key) ? std::optional(recordedNumber(asked[key])) : std::nullopt; };
        AxisRangeOptions options { .min = number("min"), .max = number("max"), .softMin = number("softMin"), .softMax = number("softMax") };
        if (asked.has("decimals"))
            options.decimals = static_cast<int>(asked["decimals"].toInt());
        options.centeredZero = asked["centeredZero"].toBool();
        options.percentStack = asked["stackingMode"].text() == "percent";
        options.logBase = asked["distribution"].text() == "log" ? static_cast<int>(asked["log"].toInt()) : 0;
        const auto range = axisRange(recordedNumber(in["dataMin"]), recordedNumber(in["dataMax"]), options);
        const double low = recordedNumber(line["out"][std::size_t { 0 }]);
        const double high = recordedNumber(line["out"][std::size_t { 1 }]);
        tally.count(line["id"].toString().substr(0, line["id"].text().find('/')), same(range.min, low) && same(range.max, high), [&] { return line.write() + " got " + std::to_string(range.min) + " " + std::to_string(range.max); });
    });
    EXPECT_GE(tally.percent(), 95);
}

TEST(Display, ValuesAsRecorded)
{
    Tally tally("display values");
    forEachRecorded("display-values.jsonl.gz", [&](const Json& line) {
        const auto& in = line["in"];
        const auto& field = in["field"];
        const auto group = line["id"].toString().substr(0, line["id"].text().find('/'));
        const auto typeName = field["type"].text();
        if (typeName == "enum" || typeName == "other")
            return; // columns that frames here do not have
        // The recorded program kept the colours of the first theme it was asked in.
        const auto mode = field["config"]["color"]["mode"].text();
        if (in["theme"].text() == "light" && (mode.starts_with("continuous") || mode.starts_with("palette")))
            return;
        const auto type = typeName == "time" ? model::Field::Type::time : typeName == "string" ? model::Field::Type::string : typeName == "boolean" ? model::Field::Type::boolean : model::Field::Type::number;
        auto column = recordedField(field);
        if (field["type"].isNull())
            column.type = model::Field::Type::number;
        auto config = readFieldConfig(withSavedThresholds(field["config"]));
        const ValueRange range = field["type"].isNull() && field["values"].size() == 0
            ? ValueRange { config.min.value_or(0), config.max.value_or(100) }
            : rangeOf(column, config);
        DisplayContext context { paletteOf(in["theme"]), { TimeZone::named(in["timeZone"].text()).value(), kRecordedNow }, static_cast<std::size_t>(field["state"]["seriesIndex"].toInt()), field["name"].toString() };
        Display display(config, type, range, context);
        if (type == model::Field::Type::time && field["values"].size() > 1)
            display.setShowMilliseconds(std::abs(recordedNumber(field["values"].items().back()) - recordedNumber(field["values"][0])) < 60'000);
        const auto adjacent = in["decimals"].isNumber() ? std::optional(static_cast<int>(in["decimals"].toInt())) : std::nullopt;
        for (std::size_t i = 0; i < in["values"].size(); ++i) {
            const auto& input = in["values"][i];
            if (input.isArray() || (input.isObject() && !input.has("$num") && !isUndefined(input)))
                continue;
            const auto shown = display(recordedValue(input), adjacent);
            const auto& expected = line["out"][i];
            const auto color = parseCssColor(expected["color"].text()).value_or(kNeutralColor);
            const bool passed = shown.text == expected["text"].text() && shown.prefix == expected["prefix"].text() && shown.suffix == expected["suffix"].text()
                && same(shown.numeric, recordedNumber(expected["numeric"])) && near(shown.color, color);
            tally.count(group, passed, [&] { return field.write() + " " + input.write() + " expected " + expected.write() + " got " + shown.toString() + " " + cssText(shown.color) + " " + shortestNumber(shown.numeric); });
        }
    });
    EXPECT_GT(tally.percent(), 94);
}

TEST(Display, SeriesPalettesAsRecorded)
{
    const auto colors = recordedDocument("colors.json");
    for (const auto* theme : { "dark", "light" }) {
        const Palette palette(std::string_view(theme) == "dark" ? Brightness::dark : Brightness::light);
        for (const auto* mode : { "palette-classic", "palette-classic-by-name" }) {
            const auto& expected = colors[theme]["modeColors"][mode].items();
            const auto got = palette.series(mode);
            ASSERT_EQ(got.size(), expected.size()) << theme << " " << mode;
            for (std::size_t i = 0; i < got.size(); ++i)
                EXPECT_EQ(got[i], parseCssColor(expected[i].text())) << theme << " " << mode << " " << i;
        }
    }
}

TEST(Display, BaseStepIsReachedWhateverItsNumber)
{
    for (const auto* base : { R"({"color":"green","value":null})", R"({"color":"green"})", R"({"color":"green","value":0})" }) {
        const auto thresholds = readThresholds(Json::parse(R"({"mode":"absolute","steps":[)" + std::string(base) + R"(,{"color":"red","value":80}]})").value());
        EXPECT_EQ(activeThreshold(thresholds.steps, -5)->color, "green") << base;
        EXPECT_EQ(activeThreshold(thresholds.steps, 80)->color, "red") << base;
    }
}

TEST(Reducers, AsRecorded)
{
    Tally tally("reducers");
    forEachRecorded("reducers.jsonl.gz", [&](const Json& line) {
        const auto& in = line["in"];
        if (in["type"].text() == "other" || in["values"].size() == 0)
            return;
        const auto mode = in["nullValueMode"].text();
        const auto nulls = mode == "null as zero" ? NullHandling::asZero : mode == "null" ? NullHandling::asIs : NullHandling::ignore;
        const auto field = recordedField(in);
        for (const auto& [id, expected] : line["out"].members()) {
            if (id == "allValues" || id == "uniqueValues" || id == "together" || expected.isArray())
                continue;
            const auto got = reduce(id, field, nulls);
            const auto wanted = recordedValue(expected);
            const bool passed = (isNull(got) && isNull(wanted)) || got == wanted || (std::holds_alternative<double>(got) && std::holds_alternative<double>(wanted) && same(numberOf(got), numberOf(wanted)))
                || (isNull(got) && std::isnan(numberOf(wanted)));
            tally.count(id[0] == 'p' ? "percentiles" : id, passed, [&] { return in.write() + " " + id + " expected " + expected.write() + " got " + textOf(got); });
        }
    });
    EXPECT_GT(tally.percent(), 90);
}

TEST(Reducers, OlderNames)
{
    EXPECT_EQ(canonicalReducer("current"), "lastNotNull");
    EXPECT_EQ(canonicalReducer("avg"), "mean");
    EXPECT_EQ(reducerName("p95"), "95th %");
}

}
