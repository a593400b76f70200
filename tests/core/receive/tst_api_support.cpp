#include "core/receive/api_parameters.h"
#include "core/receive/api_support.h"
#include "core/receive/loki_json.h"
#include "core/receive/loki_parameters.h"
#include "core/receive/result_json.h"
#include "core/receive/self_metrics.h"
#include "core/receive/timed_stop.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <thread>

namespace belvedere::receive {
namespace {

using namespace std::chrono_literals;

Parameters parameters(std::string_view query)
{
    Parameters out;
    out.addEncoded(query);
    return out;
}

TEST(ApiSupport, readsTimesInEverySpelling)
{
    const auto timeOf = [](std::string_view text) { return requiredTimeParameter(parameters("t=" + std::string(text)), "t"); };
    EXPECT_EQ(timeOf("1748743200"), 1748743200000);
    EXPECT_EQ(timeOf("1748743200.125"), 1748743200125);
    EXPECT_EQ(timeOf("2025-06-01T02:00:00.125Z"), 1748743200125);
    EXPECT_EQ(timeOf("2025-06-01T04:00:00%2B02:00"), 1748743200000);
    EXPECT_EQ(timeOf("-292273086-05-16T16:47:06Z"), kAllTime.fromMs);
    EXPECT_EQ(timeOf("292277025-08-18T07:12:54.999999999Z"), kAllTime.toMs);
    EXPECT_EQ(timeOf("x").error().message, "invalid parameter \"t\": cannot parse \"x\" to a valid timestamp");
    EXPECT_FALSE(timeOf(""));
    EXPECT_EQ(timeParameter(parameters("t="), "t", 7), 7);
}

TEST(LokiParameters, readTimesInEverySpelling)
{
    EXPECT_EQ(lokiTime("1748743200"), 1748743200000000000);
    EXPECT_EQ(lokiTime("1748743200.125"), 1748743200125000000);
    EXPECT_EQ(lokiTime("1748743200000000125"), 1748743200000000125);
    EXPECT_EQ(lokiTime("2025-06-01T02:00:00.125Z"), 1748743200125000000);
    EXPECT_FALSE(lokiTime("yesterday"));
}

/// Each of these was arithmetic beyond 64 bits.
TEST(LokiParameters, absurdTimesAreAsFarAsCanBeCalculatedWith)
{
    const auto farthest = lokiTime("9223372036854775807").value();
    EXPECT_GT(farthest, 1748743200000000000);
    EXPECT_EQ(lokiTime("9999999999").value() / 1'000'000'000, farthest / 1'000'000'000);
    EXPECT_EQ(lokiTime("-9223372036854775807"), -farthest);
    const auto range = lokiBounds(parameters("start=-9223372036854775807&end=9223372036854775807"), 0, 0);
    ASSERT_TRUE(range);
    EXPECT_LE(lokiStep(parameters("step=290y"), *range).value(), farthest);
    EXPECT_LE(lokiStep(parameters("step=8.9e9"), *range).value(), farthest);
    EXPECT_FALSE(lokiStep(parameters("step=1"), *range)) << "too many points";
    EXPECT_TRUE(lokiBounds(parameters("since=290y"), 1748743200000000000, 0));
}

TEST(ApiSupport, readsStepsAsSecondsAndAsDurations)
{
    const auto stepOf = [](std::string_view text) { return durationParameter(parameters("step=" + std::string(text)), "step"); };
    EXPECT_EQ(stepOf("60"), 60'000);
    EXPECT_EQ(stepOf("0.5"), 500);
    EXPECT_EQ(stepOf("1e2"), 100'000);
    EXPECT_EQ(stepOf("1m30s"), 90'000);
    EXPECT_EQ(stepOf("-1"), -1000);
    EXPECT_FALSE(stepOf("x"));
    EXPECT_FALSE(stepOf("1e300"));
}

TEST(ApiSupport, readsLimits)
{
    EXPECT_EQ(limitParameter(parameters(""), "limit"), 0U);
    EXPECT_EQ(limitParameter(parameters("limit=12"), "limit"), 12U);
    EXPECT_FALSE(limitParameter(parameters("limit=-1"), "limit"));
    EXPECT_FALSE(limitParameter(parameters("limit=1x"), "limit"));
}

TEST(ApiSupport, unescapesNames)
{
    EXPECT_EQ(unescapedName("plain_name"), "plain_name");
    EXPECT_EQ(unescapedName("U__http_2e_server"), "http.server");
    EXPECT_EQ(unescapedName("U__a__b"), "a_b");
    EXPECT_EQ(unescapedName("U___6f22_"), "漢");
    EXPECT_EQ(unescapedName("U__a_2"), "U__a_2");
    EXPECT_EQ(unescapedName("U__a_zz_b"), "U__a_zz_b");
    EXPECT_EQ(unescapedName("U__a_ffffff_b"), "U__a_ffffff_b");
}

TEST(ApiSupport, writesTimesAndValuesAsPrometheusDoes)
{
    const auto sample = [](std::int64_t timeMs, double value) {
        std::string out;
        appendSample(out, timeMs, value);
        return out;
    };
    EXPECT_EQ(sample(1748736000000, 17), R"([1748736000,"17"])");
    EXPECT_EQ(sample(1748736000125, -0.0), R"([1748736000.125,"-0"])");
    EXPECT_EQ(sample(1748736000020, 0.1), R"([1748736000.020,"0.1"])");
    EXPECT_EQ(sample(-1500, std::numeric_limits<double>::infinity()), R"([-1.500,"+Inf"])");
    EXPECT_EQ(sample(0, std::numeric_limits<double>::quiet_NaN()), R"([0,"NaN"])");
    EXPECT_EQ(sample(0, 1e21), R"([0,"1e+21"])");
    EXPECT_EQ(sample(0, 123456789012345680.0), R"([0,"123456789012345680"])");
}

TEST(ApiSupport, seriesReadAsTheirSamplesOneByOne)
{
    // Times of a series share text: across a change of the upper digits, below 10,000 s, before 1970, with and without decimals.
    model::Series series { model::makeLabels({ { "a", "b" } }), {}, {} };
    for (const std::int64_t timeMs : { -20'000'500LL, -1LL, 0LL, 9'999'999LL, 10'000'000LL, 10'000'001LL, 1'748'739'999'990LL, 1'748'740'000'000LL, 1'748'740'000'007LL })
        series.timesMs.push_back(timeMs);
    for (std::int64_t i = 0; i < 300; ++i)
        series.timesMs.push_back(1'748'740'000'100 + i * 7'301);
    std::string expected = R"({"metric":{"a":"b"},"values":[)";
    for (std::size_t i = 0; i < series.timesMs.size(); ++i) {
        series.values.push_back(static_cast<double>(i) / 8);
        if (i > 0)
            expected += ',';
        appendSample(expected, series.timesMs[i], series.values[i]);
    }
    expected += "]}";
    std::string out;
    appendSeries(out, series);
    EXPECT_EQ(out, expected);
    EXPECT_NE(out.find(R"([-20000.500,"0"],[-0.001,"0.125"],[0,"0.25"],[9999.999,"0.375"],[10000,"0.5"],[10000.001,"0.625"],[1748739999.990,"0.75"],[1748740000,"0.875"],[1748740000.007,"1"])"), std::string::npos);
    series.timesMs.clear();
    series.values.clear();
    out.clear();
    appendSeries(out, series);
    EXPECT_EQ(out, R"({"metric":{"a":"b"},"values":[]})");
}

TEST(ApiSupport, remarksStandBesideTheData)
{
    model::QueryValue value;
    value.data = model::Vector();
    value.remarks.push_back({ model::Remark::Kind::info, "not a counter (2:2)", TextRange { 7, 8 } });
    value.remarks.push_back({ model::Remark::Kind::warning, "odd", std::nullopt });
    value.incomplete = "3 series left out";
    std::string out;
    appendRemarks(out, value);
    EXPECT_EQ(out, R"x(,"warnings":["odd","3 series left out"],"infos":["not a counter (2:2)"])x");
}

TEST(ApiSupport, writesLargeMatricesInPieces)
{
    model::Matrix matrix(40);
    for (auto& series : matrix) {
        series.labels = model::makeLabels({ { "a", "b" } });
        for (int i = 0; i < 1000; ++i) {
            series.timesMs.push_back(i * 15'000);
            series.values.push_back(i / 7.0);
        }
    }
    model::QueryValue value { .data = std::move(matrix), .remarks = {}, .incomplete = {} };
    struct Counting final : BodyWriter {
        std::size_t pieces = 0;
        std::string text;
        bool write(std::string chunk) override
        {
            ++pieces;
            text += chunk;
            return true;
        }
    } writer;
    std::string pending;
    writeResult(writer, pending, value);
    EXPECT_GE(writer.pieces, 2U);
    const auto whole = writer.text + pending;
    EXPECT_TRUE(whole.starts_with(R"("resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[0,"0"],[15,"0.14285714285714285"],)"));
    EXPECT_TRUE(whole.ends_with("]}]"));
    std::string atOnce;
    appendResult(atOnce, value);
    EXPECT_EQ(whole, atOnce);
}

TEST(LokiJson, mergesWhatBelongsToALineIntoItsStream)
{
    model::Streams streams(1);
    streams[0].labels = model::makeLabels({ { "service", "api" } });
    streams[0].lines = {
        { 3, "c", { { "trace_id", "1" } }, {} },
        { 2, "b", {}, {} },
        { 1, "a", { { "trace_id", "1" } }, { { "level", "" } } },
        { 0, "z", { { "trace_id", "1" } }, {} },
    };
    std::string out;
    appendStreams(out, streams, LabelEncoding::merged);
    EXPECT_EQ(out,
        R"([{"stream":{"level":"","service":"api","trace_id":"1"},"values":[["1","a"]]},)"
        R"({"stream":{"service":"api"},"values":[["2","b"]]},)"
        R"({"stream":{"service":"api","trace_id":"1"},"values":[["3","c"],["0","z"]]}])");
}

TEST(LokiJson, keepsThemApartWhenAsked)
{
    model::Streams streams(1);
    streams[0].labels = model::makeLabels({ { "service", "api" } });
    streams[0].lines = { { 2, "b", { { "t", "1" } }, { { "p", "q" } } }, { 1, "a", {}, {} } };
    std::string out;
    appendStreams(out, streams, LabelEncoding::categorized);
    EXPECT_EQ(out, R"([{"stream":{"service":"api"},"values":[["2","b",{"structuredMetadata":{"t":"1"},"parsed":{"p":"q"}}],["1","a",{}]]}])");
}

TEST(TimedStop, endsWithItsParentAndWithItsTime)
{
    Deadlines deadlines;
    std::stop_source parent;
    TimedStop patient(deadlines, parent.get_token(), 1h);
    TimedStop quick(deadlines, parent.get_token(), 20ms);
    for (int i = 0; i < 1000 && !quick.token().stop_requested(); ++i)
        std::this_thread::sleep_for(2ms);
    EXPECT_TRUE(quick.timedOut());
    EXPECT_FALSE(patient.token().stop_requested());
    parent.request_stop();
    EXPECT_TRUE(patient.token().stop_requested());
    EXPECT_FALSE(patient.timedOut());
}

TEST(SelfMetrics, writesTheTextFormat)
{
    MetricsText metrics;
    metrics.family("x_total", "counter", "Things.");
    metrics.sample(2, { { "a", "q\"\\\n" }, { "b", "" } });
    metrics.single("y", "gauge", "More.", 0.5);
    EXPECT_EQ(metrics.text(), "# HELP x_total Things.\n# TYPE x_total counter\nx_total{a=\"q\\\"\\\\\\n\",b=\"\"} 2\n# HELP y More.\n# TYPE y gauge\ny 0.5\n");
}

TEST(SelfMetrics, knowsTheProcess)
{
    MetricsText metrics;
    appendProcessMetrics(metrics);
    EXPECT_NE(metrics.text().find("process_resident_memory_bytes "), std::string::npos);
}

}
}
