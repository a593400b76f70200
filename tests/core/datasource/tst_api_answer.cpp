#include "core/datasource/api_answer.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace belvedere;
using namespace belvedere::datasource;

namespace {

HttpAnswer ok(std::string body) { return { 200, std::move(body) }; }

}

TEST(ApiAnswer, readsMatrixWithSpecialValuesSortedByLabels)
{
    const auto value = readQueryAnswer(ok(R"({"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"__name__":"b"},"values":[[10,"1"],[20.5,"NaN"],[30,"+Inf"]]},
        {"metric":{"__name__":"a","job":"x"},"values":[[10.001,"-1e-9"]]}]}})"),
        "x");

    ASSERT_TRUE(value) << value.error().message;
    const auto& matrix = std::get<model::Matrix>(value->data);
    ASSERT_EQ(matrix.size(), 2U);
    EXPECT_EQ(matrix[0].labels->toString(), "a{job=\"x\"}");
    EXPECT_EQ(matrix[0].timesMs, std::vector<std::int64_t> { 10'001 });
    EXPECT_DOUBLE_EQ(matrix[0].values[0], -1e-9);
    EXPECT_EQ(matrix[1].timesMs, (std::vector<std::int64_t> { 10'000, 20'500, 30'000 }));
    EXPECT_TRUE(std::isnan(matrix[1].values[1]));
    EXPECT_TRUE(std::isinf(matrix[1].values[2]));
}

TEST(ApiAnswer, readsVectorScalarAndString)
{
    const auto vector = readQueryAnswer(ok(R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1.5,"2"]}]}})"), "");
    const auto scalar = readQueryAnswer(ok(R"({"status":"success","data":{"resultType":"scalar","result":[7,"3.25"]}})"), "");
    const auto text = readQueryAnswer(ok(R"({"status":"success","data":{"resultType":"string","result":[7,"hé\"llo"]}})"), "");

    ASSERT_TRUE(vector && scalar && text);
    EXPECT_EQ(std::get<model::Vector>(vector->data)[0].timeMs, 1500);
    EXPECT_DOUBLE_EQ(std::get<model::Scalar>(scalar->data).value, 3.25);
    EXPECT_EQ(std::get<model::Text>(text->data).value, "hé\"llo");
}

TEST(ApiAnswer, keepsLokisCategoriesApart)
{
    const auto value = readQueryAnswer(ok(R"({"status":"success","data":{"resultType":"streams","encodingFlags":["categorize-labels"],"result":[
        {"stream":{"app":"api"},"values":[
            ["1700000000000000001","{\"level\":\"warn\"}",{"structuredMetadata":{"trace_id":"t1"},"parsed":{"level":"warn"}}],
            ["1700000000000000000","plain"]]}]}})"),
        "");

    ASSERT_TRUE(value) << value.error().message;
    const auto& streams = std::get<model::Streams>(value->data);
    ASSERT_EQ(streams.size(), 1U);
    ASSERT_EQ(streams[0].lines.size(), 2U);
    EXPECT_EQ(streams[0].lines[0].timeNs, 1'700'000'000'000'000'001);
    EXPECT_EQ(streams[0].lines[0].metadata, (std::vector<model::Label> { { "trace_id", "t1" } }));
    EXPECT_EQ(streams[0].lines[0].parsed, (std::vector<model::Label> { { "level", "warn" } }));
    EXPECT_TRUE(streams[0].lines[1].metadata.empty());
}

TEST(ApiAnswer, warningsAndPartialAnswersAreToldNotSwallowed)
{
    const auto value = readQueryAnswer(ok(R"({"status":"success","isPartial":true,"data":{"resultType":"vector","result":[
        {"metric":{"h":"1"},"histogram":[1,{"count":"1"}]}]},"warnings":["w"],"infos":["i"]})"),
        "");

    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(value->remarks, (std::vector<model::Remark> { { model::Remark::Kind::warning, "w" }, { model::Remark::Kind::info, "i" } }));
    EXPECT_NE(value->incomplete.find("part of its storage"), std::string::npos);
    EXPECT_NE(value->incomplete.find("1 series with native histograms"), std::string::npos);
}

TEST(ApiAnswer, prometheusParseErrorKnowsItsPlace)
{
    const auto value = readQueryAnswer({ 400, R"({"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 2:3: parse error: unexpected \")\""})" }, "sum(\nab)c");

    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, ErrorCode::parse);
    ASSERT_TRUE(value.error().where);
    EXPECT_EQ(*value.error().where, (TextRange { 7, 8 })) << "line 2, column 3 is the third byte after the line break";
}

TEST(ApiAnswer, lokiParseErrorIsPlainText)
{
    const auto value = readQueryAnswer({ 400, "parse error at line 1, col 5: syntax error: unexpected IDENTIFIER\n" }, "{a=b}");

    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, ErrorCode::parse);
    ASSERT_TRUE(value.error().where);
    EXPECT_EQ(value.error().where->begin, 4U);
    EXPECT_EQ(value.error().message, "parse error at line 1, col 5: syntax error: unexpected IDENTIFIER");
}

TEST(ApiAnswer, refusalsNameTheRemedy)
{
    EXPECT_NE(readStringsAnswer({ 401, "Unauthorized" }).error().message.find("check user"), std::string::npos);
    EXPECT_EQ(readStringsAnswer({ 401, "Unauthorized" }).error().code, ErrorCode::unavailable);
    EXPECT_NE(readStringsAnswer({ 302, "", "http://elsewhere/" }).error().message.find("http://elsewhere/; give"), std::string::npos);
    EXPECT_NE(readStringsAnswer({ 200, R"({"hello":1})" }).error().message.find("is this the address of"), std::string::npos);
    EXPECT_NE(readStringsAnswer({ 404, "404 page not found" }).error().message.find("check the address"), std::string::npos);
    EXPECT_EQ(readQueryAnswer({ 422, R"({"status":"error","errorType":"execution","error":"many-to-many"})" }, "").error().code, ErrorCode::execution);
    EXPECT_EQ(readQueryAnswer({ 503, R"({"status":"error","errorType":"timeout","error":"query timed out"})" }, "").error().code, ErrorCode::timeout);
}

TEST(ApiAnswer, everyTruncationOfAGoodBodyIsAnError)
{
    const std::string body = R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1,"2"]]}]}})";
    for (std::size_t length = 0; length < body.size(); ++length)
        EXPECT_FALSE(readQueryAnswer(ok(body.substr(0, length)), "")) << length;
    for (const auto* garbage : { "", "[]", "7", "null", "{}", R"({"status":"success"})", R"({"status":"success","data":{}})",
             R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1]]}]}})",
             R"({"status":"success","data":{"resultType":"cube","result":[]}})", "<html>" })
        EXPECT_FALSE(readQueryAnswer(ok(garbage), "")) << garbage;
}

TEST(ApiAnswer, readsNamesSeriesAndMetadata)
{
    EXPECT_EQ(*readStringsAnswer(ok(R"({"status":"success","data":["b","a"]})")), (std::vector<std::string> { "a", "b" }));
    EXPECT_TRUE(readStringsAnswer(ok(R"({"status":"success"})"))->empty()) << "Loki leaves data out when there is nothing";
    EXPECT_EQ((*readSeriesAnswer(ok(R"({"status":"success","data":[{"__name__":"up","job":"j"}]})")))[0]->toString(), "up{job=\"j\"}");
    EXPECT_EQ(*readMetadataAnswer(ok(R"({"status":"success","data":{"up":[{"type":"gauge","help":"h","unit":""},{"type":"counter"}]}})")),
        (std::vector<model::MetricMetadata> { { "up", "gauge", "h", "" } }));
}
