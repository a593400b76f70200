#include "core/base/format.h"
#include "core/logql/engine.h"
#include "tests/support/memory_log_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <format>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <stdexcept>

using namespace belvedere;
using namespace belvedere::logql;
using test::MemoryLogSource;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

class LogqlEngine : public testing::Test {
protected:
    Result<model::QueryValue> range(const std::string& query, RangeRequest request) const { return Engine(source, pool, {}).range(query, request); }
    Result<model::QueryValue> instant(const std::string& query, std::int64_t time) const { return Engine(source, pool, {}).instant(query, time); }

    /// Lines of a log query over everything, oldest first, with what stages made of their labels.
    std::vector<std::string> lines(const std::string& query) const
    {
        const auto answer = range(query, { 0, 1000 * kSecond, 0, 1000, Direction::forward });
        if (!answer)
            return { answer.error().message };
        std::vector<std::pair<std::int64_t, std::string>> found;
        for (const auto& stream : std::get<model::Streams>(answer->data)) {
            for (const auto& line : stream.lines) {
                std::string text = line.line;
                for (const auto& label : line.parsed) {
                    if (label.name != "__error_details__")
                        text += formatted(" {}={}", label.name, label.value);
                }
                found.emplace_back(line.timeNs, text);
            }
        }
        std::ranges::sort(found);
        std::vector<std::string> out;
        for (auto& [time, text] : found)
            out.push_back(std::move(text));
        return out;
    }

    double value(const std::string& query, std::int64_t time) const
    {
        const auto answer = instant(query, time);
        if (!answer)
            throw std::runtime_error(answer.error().message);
        const auto& vector = std::get<model::Vector>(answer->data);
        return vector.size() == 1 ? vector[0].value : std::nan("");
    }

    MemoryLogSource source { 7, 3 };
    mutable TaskPool pool { 2 };
};

using Lines = std::vector<std::string>;

TEST_F(LogqlEngine, jsonTakesNamesApart)
{
    source.add({ { "app", "x" } }, 1, R"({"a": {"b": 1, "c-d": "e\n"}, "app": "y", "9": true, "n": null, "l": [1]})");
    source.add({ { "app", "x" } }, 2, R"({"a": 1, "b)");
    source.finish();
    EXPECT_EQ(lines(R"({app="x"} | json | line_format "l")"), (Lines { "l _9=true a_b=1 a_c_d=e\n app_extracted=y", "l __error__=JSONParserErr a=1" }));
    EXPECT_EQ(lines(R"({app="x"} | json k="a.b", m="l[0]", z="q" | line_format "l")"), (Lines { "l k=1 m=1 z=", "l k= m= z=" }));
}

TEST_F(LogqlEngine, logfmtFlags)
{
    source.add({ { "app", "x" } }, 1, R"(a=1 a=2 b= c="d \"e\"" f =g h-i=2)");
    source.finish();
    EXPECT_EQ(lines(R"({app="x"} | logfmt | line_format "l")"), (Lines { "l a=1 c=d \"e\" h_i=2" }));
    EXPECT_EQ(lines(R"({app="x"} | logfmt --keep-empty | line_format "l")"), (Lines { "l a=1 b= c=d \"e\" f= h_i=2" }));
    EXPECT_EQ(lines(R"({app="x"} | logfmt --strict | line_format "l")"), (Lines { "l __error__=LogfmtParserErr a=1 c=d \"e\"" }));
}

/// Once only the first thirty-one groups were looked at.
TEST_F(LogqlEngine, regexpTakesGroupsOfAnyNumber)
{
    source.add({ { "app", "x" } }, 1, std::string(40, 'a') + "b");
    source.finish();
    std::string groups;
    for (int i = 0; i < 40; ++i)
        groups += "(a)";
    EXPECT_EQ(lines("{app=\"x\"} | regexp `" + groups + "(?P<last>b)` | line_format \"l\""), Lines { "l last=b" });
}

TEST_F(LogqlEngine, templatesWithAbsurdNumbersFailOrWrap)
{
    source.add({ { "app", "x" } }, 1, "line");
    source.finish();
    // 2^62 times four bytes is 0 in 64 bits.
    EXPECT_EQ(lines(R"({app="x"} | line_format "{{ repeat 4611686018427387904 `abcd` }}")"), Lines { "line __error__=TemplateFormatErr" });
    // As nanoseconds this would not fit.
    EXPECT_EQ(lines(R"({app="x"} | line_format "{{ unixToTime `9999999999` | date `2006-01-02` }}")"), Lines { "2286-11-20" });
}

TEST_F(LogqlEngine, metadataIsKeptApartFromParsedLabels)
{
    source.add({ { "app", "x" } }, { 1, "line", { { "app", "y" }, { "trace", "t" } } });
    source.finish();
    const auto answer = range(R"({app="x"} | trace="t" | label_format q=trace)", { 0, 10, 0, 10, Direction::backward });
    ASSERT_TRUE(answer);
    const auto& streams = std::get<model::Streams>(answer->data);
    ASSERT_EQ(streams.size(), 1U);
    EXPECT_EQ(streams[0].labels->toString(), "{app=\"x\"}");
    EXPECT_EQ(streams[0].lines[0].metadata, (std::vector<model::Label> { { "app_extracted", "y" } }));
    EXPECT_EQ(streams[0].lines[0].parsed, (std::vector<model::Label> { { "q", "t" } }));
    EXPECT_EQ(mergeLabels(streams)[0].labels->toString(), "{app=\"x\", app_extracted=\"y\", q=\"t\"}");
}

TEST_F(LogqlEngine, levelsAreDetectedWhereTheyAreAskedFor)
{
    source.add({ { "app", "x" } }, 1 * kSecond, R"({"level": "warning", "msg": "a"})");
    source.add({ { "app", "x" } }, 2 * kSecond, "2025-11-21 ERROR b");
    source.add({ { "app", "x" } }, 3 * kSecond, "c");
    source.add({ { "app", "x" } }, { 4 * kSecond, "ERROR d", { { "detected_level", "info" } } });
    source.add({ { "app", "x" }, { "level", "fatal" } }, 5 * kSecond, "ERROR e");
    source.finish();
    EXPECT_EQ(lines(R"({app="x"} | detected_level="error")"), Lines { "2025-11-21 ERROR b" });
    EXPECT_EQ(lines(R"({app="x"} | detected_level=~"warn|info")"), (Lines { R"({"level": "warning", "msg": "a"})", "ERROR d" }));
    EXPECT_EQ(lines(R"({app="x"} |= "msg" | json | line_format "{{.detected_level}} {{.msg}}" | keep none)"), Lines { "warn a" });

    const auto counted = instant(R"(sum by (detected_level) (count_over_time({app="x"}[10s])))", 6 * kSecond);
    ASSERT_TRUE(counted);
    std::map<std::string, double> levels;
    for (const auto& sample : std::get<model::Vector>(counted->data))
        levels[std::string(sample.labels->get("detected_level"))] = sample.value;
    EXPECT_EQ(levels, (std::map<std::string, double> { { "error", 1 }, { "fatal", 1 }, { "info", 1 }, { "unknown", 1 }, { "warn", 1 } }));

    // Who does not ask gets lines as they were pushed.
    const auto plain = range(R"({app="x"} |= "ERROR b")", { 0, 1000 * kSecond, 0, 10, Direction::forward });
    ASSERT_TRUE(plain);
    EXPECT_TRUE(std::get<model::Streams>(plain->data).at(0).lines.at(0).metadata.empty());
}

TEST_F(LogqlEngine, lineFiltersBehindLineFormatTestTheNewLine)
{
    source.add({ { "app", "x" } }, 1, "old");
    source.finish();
    EXPECT_EQ(lines(R"({app="x"} | line_format "new" |= "new")"), Lines { "new" });
    EXPECT_EQ(lines(R"({app="x"} | line_format "new" |= "old")"), Lines {});
    EXPECT_EQ(lines(R"({app="x"} |= "old" | line_format "{{ __line__ }} {{ .app }}")"), Lines { "old x" });
}

TEST_F(LogqlEngine, limitTakesTheNewestOrTheOldest)
{
    std::mt19937_64 random(3);
    std::vector<std::int64_t> times;
    for (int i = 0; i < 400; ++i) {
        const auto time = static_cast<std::int64_t>(random() % 1'000'000);
        times.push_back(time);
        source.add({ { "app", "x" }, { "n", std::to_string(i % 5) } }, time, formatted("{}{}", i % 3 == 0 ? "hit " : "", i));
    }
    source.finish();
    for (const auto direction : { Direction::forward, Direction::backward }) {
        const auto answer = range(R"({app="x"} |= "hit")", { 0, 2'000'000, 0, 30, direction });
        ASSERT_TRUE(answer);
        std::vector<std::int64_t> got;
        for (const auto& stream : std::get<model::Streams>(answer->data)) {
            for (std::size_t i = 0; i < stream.lines.size(); ++i) {
                got.push_back(stream.lines[i].timeNs);
                if (i > 0) {
                    EXPECT_EQ(stream.lines[i].timeNs < stream.lines[i - 1].timeNs, direction == Direction::backward);
                }
            }
        }
        std::vector<std::int64_t> expected;
        for (std::size_t i = 0; i < times.size(); i += 3)
            expected.push_back(times[i]);
        std::ranges::sort(expected);
        if (direction == Direction::backward)
            std::ranges::reverse(expected);
        expected.resize(30);
        std::ranges::sort(got);
        std::ranges::sort(expected);
        EXPECT_EQ(got, expected);
    }
}

/// Windows are left-open; whatever their length is to the step, each holds what a plain count finds.
TEST_F(LogqlEngine, windowsAgreeWithPlainCounting)
{
    constexpr std::uint64_t kSeed = 11;
    std::mt19937_64 random(kSeed);
    std::vector<std::pair<std::int64_t, double>> samples;
    for (int i = 0; i < 300; ++i) {
        const auto time = static_cast<std::int64_t>(random() % 100) * kSecond;
        const auto number = static_cast<double>(random() % 50);
        samples.emplace_back(time, number);
        source.add({ { "app", "x" }, { "n", std::to_string(i % 3) } }, time, formatted("v={} i={}", number, i));
    }
    source.finish();
    for (const int window : { 1, 3, 5, 7, 10, 13, 40, 95 }) {
        for (const int step : { 1, 4, 5, 10, 30 }) {
            const auto check = [&](const std::string& query, auto fold) {
                const auto answer = range(query, { 0, 100 * kSecond, step * kSecond, 0, Direction::forward });
                ASSERT_TRUE(answer) << query << answer.error().message;
                std::map<std::int64_t, double> got;
                for (const auto& series : std::get<model::Matrix>(answer->data)) {
                    for (std::size_t i = 0; i < series.values.size(); ++i)
                        got[series.timesMs[i]] = series.values[i];
                }
                for (std::int64_t t = 0; t <= 100; t += step) {
                    std::vector<double> inside;
                    for (const auto& [time, number] : samples) {
                        if (time > (t - window) * kSecond && time <= t * kSecond)
                            inside.push_back(number);
                    }
                    const auto found = got.find(t * 1000);
                    ASSERT_EQ(found == got.end(), inside.empty()) << "seed " << kSeed << " " << query << " at " << t;
                    if (!inside.empty()) {
                        EXPECT_NEAR(found->second, fold(inside), 1e-9) << "seed " << kSeed << " " << query << " step " << step << " at " << t;
                    }
                }
            };
            const auto text = [&](const char* format_) { return vformatted(format_, std::make_format_args(window)); };
            check(text(R"(sum(count_over_time({{app="x"}}[{}s])))"), [](const std::vector<double>& v) { return static_cast<double>(v.size()); });
            check(text(R"(sum(sum_over_time({{app="x"}} | logfmt | unwrap v [{}s])))"), [](const std::vector<double>& v) { return std::accumulate(v.begin(), v.end(), 0.0); });
            check(text(R"(max_over_time({{app="x"}} | logfmt | unwrap v [{}s]) by (app))"), [](const std::vector<double>& v) { return std::ranges::max(v); });
            check(text(R"(quantile_over_time(0, {{app="x"}} | logfmt | unwrap v [{}s]) by (app))"), [](const std::vector<double>& v) { return std::ranges::min(v); });
            check(text(R"(stdvar_over_time({{app="x"}} | logfmt | unwrap v [{}s]) by (app))"), [](const std::vector<double>& v) {
                const double mean = std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
                double squares = 0;
                for (const double one : v)
                    squares += (one - mean) * (one - mean);
                return squares / static_cast<double>(v.size());
            });
        }
    }
}

TEST_F(LogqlEngine, offsetShiftsTheWindow)
{
    for (int i = 0; i < 10; ++i)
        source.add({ { "app", "x" } }, i * kSecond, formatted("{}", i));
    source.finish();
    EXPECT_EQ(value(R"(count_over_time({app="x"}[3s] offset 2s))", 5 * kSecond), 3);
    EXPECT_EQ(value(R"(count_over_time({app="x"}[100s] offset -4s))", 5 * kSecond), 10);
    EXPECT_EQ(value(R"(bytes_over_time({app="x"}[100s]))", 9 * kSecond), 10);
    EXPECT_EQ(value(R"(absent_over_time({app="y", b="c"}[5s]))", 5 * kSecond), 1);
}

/// The shortcut for few wanted labels must see what the whole parser sees.
TEST_F(LogqlEngine, wantedLabelsAreFoundAsIfAllWereParsed)
{
    const char* values[] { R"("x")", "1", "true", "null", R"("q\"\u00e9")", "[1,{\"a\":2}]", R"({"a":1,"b":{"c":3}})", R"("unclosed)", "nope", "-3.5e2", R"({"a":"}"})", "\"\xC3\xA9\"" };
    const char* keys[] { "a", "b", "a_b", "a-b", " a", "1a", "\xC3\xA9", "n\xC3\xAFx", "k\\u0061", "app", "" };
    constexpr std::uint64_t kSeed = 5;
    std::mt19937_64 random(kSeed);
    for (int i = 0; i < 3000; ++i) {
        std::string line = "{";
        const auto members = random() % 6;
        for (std::size_t m = 0; m < members; ++m)
            line += formatted("{}{}\"{}\":{}{}", m > 0 ? "," : "", random() % 3 == 0 ? " " : "", keys[random() % std::size(keys)], random() % 3 == 0 ? " " : "", values[random() % std::size(values)]);
        line += random() % 8 == 0 ? "" : "}";
        source.add({ { "app", "x" } }, i, line);
    }
    source.finish();
    // line_format with a bare dot wants all labels, so both queries group by the same values found in two ways. Faulty
    // lines are left out: the first query may stop in front of the fault.
    for (const char* label : { "a", "b", "a_b", "_1a", "a_a", "b_b_c", "_", "n_x", "app_extracted" }) {
        const auto few = instant(formatted(R"(sum by ({}) (count_over_time({{app="x"}} | json | drop __error__ [1h])))", label), kSecond);
        const auto all = instant(formatted(R"(sum by ({}) (count_over_time({{app="x"}} | json | drop __error__ | label_format zz="{{{{ . }}}}" | drop __error__ [1h])))", label), kSecond);
        ASSERT_TRUE(few) << few.error().message;
        ASSERT_TRUE(all) << all.error().message;
        const auto asMap = [](const model::QueryValue& answer) {
            std::map<std::string, double> out;
            for (const auto& sample : std::get<model::Vector>(answer.data))
                out[sample.labels->toString()] = sample.value;
            return out;
        };
        EXPECT_EQ(asMap(*few), asMap(*all)) << "seed " << kSeed << ", label " << label;
    }
}

TEST_F(LogqlEngine, errorsInsideMetricQueriesFailThem)
{
    source.add({ { "app", "x" } }, 1, "no json");
    source.finish();
    EXPECT_EQ(instant(R"(sum by (a) (count_over_time({app="x"} | json [1h])))", kSecond).error().code, ErrorCode::execution);
    EXPECT_EQ(value(R"(sum(count_over_time({app="x"} | json [1h])))", kSecond), 1) << "nothing is wanted of the labels, so nothing is parsed";
    EXPECT_EQ(value(R"(sum by (__error__) (count_over_time({app="x"} | json [1h])))", kSecond), 1);
}

TEST_F(LogqlEngine, seriesBeyondTheLimitAreCountedAndLeftOut)
{
    for (int i = 0; i < 20; ++i)
        source.add({ { "app", "x" }, { "n", std::to_string(i) } }, 1, "line");
    source.finish();
    const auto answer = Engine(source, pool, { .maxSeries = 5 }).instant(R"(count_over_time({app="x"}[1h]))", kSecond);
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<model::Vector>(answer->data).size(), 5U);
    EXPECT_EQ(answer->incomplete, "15 of 20 series were left out");
}

TEST_F(LogqlEngine, stopsWhenAsked)
{
    for (int i = 0; i < 1000; ++i)
        source.add({ { "app", "x" } }, i, "line");
    source.finish();
    std::stop_source stop;
    stop.request_stop();
    const Engine engine(source, pool, {});
    EXPECT_EQ(engine.range(R"({app="x"})", { 0, kSecond, 0, 10, Direction::backward }, stop.get_token()).error().code, ErrorCode::cancelled);
    EXPECT_EQ(engine.instant(R"(count_over_time({app="x"}[1h]))", kSecond, stop.get_token()).error().code, ErrorCode::cancelled);
}

TEST_F(LogqlEngine, refusesImpossibleRanges)
{
    source.finish();
    EXPECT_EQ(range(R"({app="x"})", { 10, 5, 0, 10, Direction::backward }).error().code, ErrorCode::invalidArgument);
    EXPECT_EQ(range(R"({app="x"})", { 0, 5, 0, 0, Direction::backward }).error().code, ErrorCode::invalidArgument);
    EXPECT_EQ(range(R"(rate({app="x"}[1m]))", { 0, 5, 0, 10, Direction::backward }).error().code, ErrorCode::invalidArgument);
    EXPECT_EQ(range(R"(rate({app="x"}[1m]))", { 0, 20'000 * kSecond, kSecond, 10, Direction::backward }).error().code, ErrorCode::limit);
    EXPECT_EQ(instant(R"({app="x"})", 5).error().code, ErrorCode::invalidArgument);
    // Each of these once was arithmetic beyond 64 bits.
    constexpr auto kFar = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(range(R"(rate({app="x"}[1m]))", { 0, kFar, kFar, 10, Direction::backward }).error().code, ErrorCode::invalidArgument);
    EXPECT_EQ(instant(R"(rate({app="x"}[1m]))", -kFar).error().code, ErrorCode::invalidArgument);
    EXPECT_EQ(instant(R"(rate({app="x"}[1m] offset 290y))", 0).error().code, ErrorCode::limit);
}

/// What a range as long as can be written finds is everything.
TEST_F(LogqlEngine, theLongestRangeReachesEveryLine)
{
    source.add({ { "app", "x" } }, 5, "line");
    source.finish();
    EXPECT_EQ(value(R"(count_over_time({app="x"}[290y] offset -70y))", kSecond), 1);
}

struct Template {
    const char* text;
    const char* expected;
};

class LogqlTemplates : public testing::TestWithParam<Template> { };

TEST_P(LogqlTemplates, renders)
{
    MemoryLogSource source;
    TaskPool pool(1);
    source.add({ { "app", "x" } }, 1'748'743'199'892'231'377, R"(name="Jo Doe" n=7 f=1.5 t=1.2s size=2KiB u="a b&c" j="[1,2]")");
    source.finish();
    const auto query = std::string(R"({app="x"} | logfmt | line_format `)") + GetParam().text + "`";
    const auto answer = Engine(source, pool, {}).range(query, { 0, 1'800'000'000'000'000'000, 0, 1, Direction::backward });
    ASSERT_TRUE(answer) << query << answer.error().message;
    EXPECT_EQ(std::get<model::Streams>(answer->data)[0].lines[0].line, GetParam().expected) << query;
}

INSTANTIATE_TEST_SUITE_P(Functions, LogqlTemplates,
    testing::Values(Template { "{{ .name | ToUpper | replace \" \" \"_\" }}", "JO_DOE" }, Template { "{{ add .n 1 2 }} {{ sub .n 2 }} {{ mul .n 3 }} {{ div .n 2 }} {{ mod .n 4 }}", "10 5 21 3 3" },
        Template { "{{ addf .f 0.1 }} {{ divf 1 3 }} {{ round .f 0 }} {{ ceil .f }} {{ floor .f }}", "1.6 0.3333333333333333 2 2 1" },
        Template { "{{ max .n 9 }} {{ minf .f 2 }}", "9 1.5" }, Template { "{{ duration .t }} {{ bytes .size }}", "1.2 2048" },
        Template { "{{ substr 0 2 .name }}|{{ trunc -3 .name }}|{{ alignLeft 8 .name }}|{{ alignRight 2 .name }}", "Jo|Doe|Jo Doe  |oe" },
        Template { "{{ urlencode .u }} {{ urldecode \"a%20b\" }} {{ b64enc .n }} {{ b64dec \"Nw==\" }}", "a+b%26c a b Nw== 7" },
        Template { "{{ regexReplaceAll \"(o+)\" .name \"<$1>\" }} {{ count \"o\" .name }}", "J<o> D<o>e 2" },
        Template { "{{ range $i, $e := fromJson .j }}{{ if $i }},{{ end }}{{ $e }}{{ end }}", "1,2" }, Template { "{{ default \"-\" .missing }}{{ .missing }}", "-" },
        Template { "{{ __timestamp__ | date \"2006-01-02\" }} {{ __timestamp__ | unixEpochMillis }}", "2025-06-01 1748743199892" },
        Template { "{{ \"2025-06-01\" | toDate \"2006-01-02\" | unixEpoch }} {{ (unixToTime \"1748736000\").Unix }}", "1748736000 1748736000" },
        Template { "{{ indent 2 \"a\" }}{{ nindent 1 \"b\" }}", "  a\n b" }, Template { "{{ title \"ab cd\" }}{{ repeat 2 \"x\" }}{{ trimAll \"-\" \"-y-\" }}", "Ab Cdxxy" },
        Template { "{{ int \"12\" }} {{ float64 .f }} {{ int .name }}", "12 1.5 0" },
        // What goes wrong leaves the line as it was.
        Template { "{{ div .n 0 }}", R"(name="Jo Doe" n=7 f=1.5 t=1.2s size=2KiB u="a b&c" j="[1,2]")" }));

}
