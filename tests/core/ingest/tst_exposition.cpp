// What the parsers accept and refuse is fixed by recordings of Prometheus: tests/conformance/promql/malformed and
// expositions.

#include "core/ingest/compress.h"
#include "core/ingest/exposition.h"

#include "core/base/text.h"
#include "core/model/sample.h"
#include "tests/support/folders.h"

#include <gtest/gtest.h>

#include <simdjson.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace belvedere::ingest {
namespace {

using Event = ExpositionParser::Event;
namespace fs = std::filesystem;

const fs::path kFolder = test::sourceFolder() / "tests/conformance/promql";
constexpr std::int64_t kNowMs = 1'750'000'000'000;

std::string contents(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    EXPECT_TRUE(in) << file;
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

void replaceAll(std::string& text, std::string_view what, const std::string& with)
{
    for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += with.size())
        text.replace(at, what.size(), with);
}

using Metadata = std::set<std::array<std::string, 4>>; // family, type, help, unit

/// What a scrape keeps of a body, without any target labels.
struct Parsed {
    std::map<std::string, std::string> series = {}; // label set to value; the first sample counts
    std::map<std::string, std::array<std::string, 3>> families = {};
    std::size_t samples = 0;
    std::string error = {};

    [[nodiscard]] Metadata metadata() const
    {
        Metadata out;
        for (const auto& [name, parts] : families)
            out.insert({ name, parts[0].empty() ? "unknown" : parts[0], parts[1], parts[2] });
        return out;
    }
};

Parsed parse(std::string_view body, ExpositionFormat format)
{
    Parsed out;
    ExpositionParser parser(body, format);
    std::vector<model::Label> labels = {};
    while (true) {
        switch (parser.next()) {
        case Event::end: return out;
        case Event::error:
            out.error = parser.error().message;
            return out;
        case Event::type: out.families[std::string(parser.family())][0] = parser.text(); break;
        case Event::help: out.families[std::string(parser.family())][1] = parser.helpText(); break;
        case Event::unit: out.families[std::string(parser.family())][2] = parser.text(); break;
        case Event::sample:
            ++out.samples;
            if (const auto taken = parser.labels(labels); !taken) {
                out.error = taken.error().message;
                return out;
            }
            out.series.emplace(model::Labels(labels).toString(), formatValue(parser.value()));
        }
    }
}

std::map<std::string, std::string> seriesOf(simdjson::dom::array recorded)
{
    std::map<std::string, std::string> out = {};
    for (const auto series : recorded) {
        std::vector<model::Label> labels;
        for (const auto field : series["metric"].get_object())
            labels.push_back({ std::string(field.key), std::string(field.value.get_string().value()) });
        out[model::Labels(labels).toString()] = std::string(series["value"].get_string().value());
    }
    return out;
}

Metadata metadataOf(simdjson::dom::array recorded)
{
    Metadata out;
    for (const auto row : recorded) {
        std::array<std::string, 4> parts;
        for (std::size_t i = 0; i < parts.size(); ++i)
            parts[i] = row.at(i).get_string().value();
        out.insert(parts);
    }
    return out;
}

TEST(Exposition, malformedFilesGetPrometheusVerdict)
{
    simdjson::dom::parser reader;
    simdjson::dom::element expected;
    const auto json = contents(kFolder / "malformed/expected.json");
    ASSERT_EQ(reader.parse(json).get(expected), simdjson::SUCCESS);
    std::size_t files = 0;
    for (const auto row : expected.get_array()) {
        const std::string file(row["file"].get_string().value());
        SCOPED_TRACE(file);
        // What the server or a limit does is the scraper's to test.
        const auto number = std::stoi(file);
        const bool labelsOfTarget = number == 50;
        if (number >= 66 && number <= 78)
            continue;
        ++files;
        auto body = contents(kFolder / "malformed" / file);
        replaceAll(body, "@NOWMS@", std::to_string(kNowMs));
        replaceAll(body, "@NOWMS+1200000@", std::to_string(kNowMs + 1'200'000));
        replaceAll(body, "@NOWS@", std::to_string(kNowMs / 1000) + ".000");

        std::string_view contentType;
        if (row["content_type"].get_string().get(contentType) != simdjson::SUCCESS)
            contentType = {};
        const auto format = expositionFormat(contentType, std::nullopt);
        const auto parsed = format ? parse(body, *format) : Parsed { .error = format.error().message };
        const bool up = row["health"].get_string().value() == "up";
        EXPECT_EQ(parsed.error.empty(), up) << parsed.error << "\nPrometheus: " << row["last_error"].get_string().value();
        EXPECT_EQ(std::to_string(parsed.samples), row["samples_scraped"].get_string().value());
        EXPECT_EQ(parsed.metadata(), metadataOf(row["metadata"].get_array()));
        // Old and future samples are refused by the store and the scraper, not by the parser.
        if (up && !labelsOfTarget && number != 33 && number != 34) {
            auto series = parsed.series;
            if (number == 48)
                series = { { R"(a_metric{y="z"})", "1" } }; // the store leaves empty values out
            EXPECT_EQ(series, seriesOf(row["series"].get_array()));
        }
    }
    EXPECT_EQ(files, 81U);
}

class RealExposition : public testing::TestWithParam<const char*> { };

TEST_P(RealExposition, givesWhatPrometheusStored)
{
    const std::string file = GetParam();
    std::string json = {};
    ASSERT_TRUE(decompress(Encoding::gzip, contents(kFolder / "expositions" / (file + ".parsed.json.gz")), 64 << 20, json));
    simdjson::dom::parser reader;
    simdjson::dom::element expected;
    ASSERT_EQ(reader.parse(json).get(expected), simdjson::SUCCESS);

    const auto body = contents(kFolder / "expositions" / file);
    const auto parsed = parse(body, file.ends_with(".om") ? ExpositionFormat::openMetrics : ExpositionFormat::text);
    EXPECT_EQ(parsed.error, "");
    EXPECT_EQ(std::to_string(parsed.samples), expected["samples_scraped"].get_string().value());
    EXPECT_EQ(parsed.series, seriesOf(expected["series"].get_array()));
    EXPECT_EQ(parsed.metadata(), metadataOf(expected["metadata"].get_array()));
}

/// A second scrape with the series of the first as expectations must give the same.
TEST_P(RealExposition, givesTheSameWithExpectations)
{
    const std::string file = GetParam();
    const auto body = contents(kFolder / "expositions" / file);
    const auto format = file.ends_with(".om") ? ExpositionFormat::openMetrics : ExpositionFormat::text;
    std::vector<std::string> series = {};
    std::vector<double> values = {};
    ExpositionParser first(body, format);
    for (auto event = first.next(); event != Event::end; event = first.next()) {
        ASSERT_NE(event, Event::error);
        if (event == Event::sample) {
            series.emplace_back(first.series());
            values.push_back(first.value());
        }
    }
    ExpositionParser second(body, format);
    for (std::size_t i = 0; i < series.size();) {
        const auto event = second.next(series[i]);
        ASSERT_NE(event, Event::error);
        if (event != Event::sample)
            continue;
        EXPECT_TRUE(second.isExpected() || series[i].front() == ' ') << series[i];
        EXPECT_EQ(second.series(), series[i]);
        EXPECT_EQ(std::bit_cast<std::uint64_t>(second.value()), std::bit_cast<std::uint64_t>(values[i]));
        ++i;
    }
}

INSTANTIATE_TEST_SUITE_P(Exporters, RealExposition,
    testing::Values("alertmanager.txt", "node_exporter.txt", "postgres_exporter.txt", "prometheus.txt", "python_client_app.om",
        "python_client_app.txt", "redis_exporter.txt", "victoria_metrics.txt"));

TEST(ExpositionExpectation, doesNotMatchALongerNameOrItsLabels)
{
    const struct {
        const char* line;
        bool matches;
    } cases[] { { "up 1", true }, { "up\t1", true }, { "up_total 1", false }, { "up{a=\"b\"} 1", false }, { "up {a=\"b\"} 1", false } };
    for (const auto& [line, matches] : cases) {
        ExpositionParser parser(line, ExpositionFormat::text);
        ASSERT_EQ(parser.next("up"), Event::sample) << line;
        EXPECT_EQ(parser.isExpected(), matches) << line;
    }
}

TEST(ExpositionExpectation, stillChecksTheValue)
{
    ExpositionParser parser("up{a=\"b\"} one\n", ExpositionFormat::text);
    EXPECT_EQ(parser.next("up{a=\"b\"}"), Event::error);
    EXPECT_EQ(parser.error().message, "line 1: \"one\" is not a number for \"up{a=\\\"b\\\"}\"");
}

TEST(ExpositionError, namesLineAndRemedy)
{
    const struct {
        const char* body;
        const char* message;
    } cases[] {
        { "a 1\r\n", "line 1: \"1\\r\" is not a number for \"a\"; lines must end with \\n alone, not \\r\\n" },
        { "a 1\nb\n", "line 2: expected a value after \"b\", found the end of the line" },
        { "a 1\n\n# x\nb{c=d} 1\n", "line 4: expected the value of label \"c\" in double quotes, found \"d} 1\"" },
        { "a{b=\"c} 1\n", "line 1: the value of label \"b\" has no closing quote" },
        { "<html>", "line 1: expected a metric name, found \"<html>\"" },
        { "a 1e400", "line 1: \"1e400\" is out of the range of a double for \"a\"" },
        { "a 1 12.5", "line 1: expected the end of the line after \"a 1 12\", found \".5\"" },
    };
    for (const auto& [body, message] : cases) {
        ExpositionParser parser(body, ExpositionFormat::text);
        auto event = parser.next();
        while (event != Event::error && event != Event::end)
            event = parser.next();
        EXPECT_EQ(event, Event::error);
        EXPECT_EQ(parser.error().message, message);
        EXPECT_EQ(parser.next(), Event::error) << "it stays there";
    }
}

TEST(ExpositionValue, isExactInAllItsForms)
{
    for (const char* text : { "0", "-0", "1", "-17", "9007199254740992", "9007199254740993", "123456789012345678901234567890", "0.1", "1.",
             ".5", "1e-3", "17.25", "0.000001", "123456.789012", "1.7976931348623157e308", "4.9e-324", "0.30000000000000004", "99999999.999999999" }) {
        const auto body = std::string("a ") + text + "\n";
        ExpositionParser parser(body, ExpositionFormat::text);
        ASSERT_EQ(parser.next(), Event::sample) << text;
        EXPECT_EQ(std::bit_cast<std::uint64_t>(parser.value()), std::bit_cast<std::uint64_t>(std::strtod(text, nullptr))) << text;
    }
    ExpositionParser parser("a NaN\n", ExpositionFormat::text);
    ASSERT_EQ(parser.next(), Event::sample);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(parser.value()), model::kNormalNaNBits);
}

TEST(ExpositionTimestamp, isMillisecondsInTextAndSecondsInOpenMetrics)
{
    ExpositionParser text("a 1 1748736012125\n", ExpositionFormat::text);
    ASSERT_EQ(text.next(), Event::sample);
    EXPECT_EQ(text.timestampMs(), 1748736012125);

    ExpositionParser openMetrics("a 1 1748736012.125\n# EOF\n", ExpositionFormat::openMetrics);
    ASSERT_EQ(openMetrics.next(), Event::sample);
    EXPECT_EQ(openMetrics.timestampMs(), 1748736012125);
    EXPECT_EQ(openMetrics.next(), Event::end);
}

TEST(ExpositionExemplar, hasLabelsValueAndTime)
{
    ExpositionParser parser("a_total 1 1748736012.125 # {trace_id=\"x\",span=\"y\"} 0.5 1748736011.5\nb 2 # {} 3\n# EOF", ExpositionFormat::openMetrics);
    ASSERT_EQ(parser.next(), Event::sample);
    ASSERT_TRUE(parser.hasExemplar());
    EXPECT_EQ(parser.value(), 1);
    EXPECT_EQ(parser.timestampMs(), 1748736012125);
    const auto exemplar = parser.exemplar();
    EXPECT_EQ(exemplar.labels, (std::vector<model::Label> { { "trace_id", "x" }, { "span", "y" } }));
    EXPECT_EQ(exemplar.value, 0.5);
    EXPECT_EQ(exemplar.timestampMs, 1748736011500);
    ASSERT_EQ(parser.next(), Event::sample);
    EXPECT_EQ(parser.exemplar().value, 3);
    EXPECT_EQ(parser.timestampMs(), std::nullopt);
    EXPECT_EQ(parser.next(), Event::end);
}

TEST(NormalizedBound, isGosShortestFloatWithAPoint)
{
    const struct {
        const char* text;
        const char* bound;
    } cases[] { { "1", "1.0" }, { "0", "0.0" }, { "-1", "-1.0" }, { "0.005", "0.005" }, { "1e6", "1e+06" }, { "1000000", "1e+06" },
        { "123456", "123456.0" }, { "1234567", "1.234567e+06" }, { "+Inf", "+Inf" }, { "Inf", "+Inf" }, { "0.00001", "1e-05" }, { "often", "often" } };
    for (const auto& [text, bound] : cases)
        EXPECT_EQ(normalizedBound(text), bound);
}

TEST(ExpositionRobustness, truncationAnywhereIsNoCrash)
{
    const auto body = contents(kFolder / "expositions/python_client_app.om");
    for (std::size_t length = 0; length < body.size(); ++length) {
        const std::string cut = body.substr(0, length); // its own bytes, so that a sanitizer sees reads behind the end
        EXPECT_FALSE(parse(cut, ExpositionFormat::openMetrics).error.empty() && length < body.size() - 1) << length;
        (void)parse(cut, ExpositionFormat::text);
    }
}

}
}
