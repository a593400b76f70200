#include "core/ingest/loki_push.h"

#include <gtest/gtest.h>

namespace belvedere::ingest {
namespace {

Result<std::vector<model::LogPush>> fromJson(std::string body, LokiPushLimits limits = {}) { return decodeLokiPushJson(body, limits); }

// A protobuf writer, just enough for the tests.
std::string varint(std::uint64_t value)
{
    std::string out;
    for (; value >= 0x80; value >>= 7)
        out += static_cast<char>(value | 0x80);
    return out + static_cast<char>(value);
}
std::string field(int number, std::string_view bytes) { return varint(static_cast<std::uint64_t>(number) << 3 | 2) + varint(bytes.size()) + std::string(bytes); }
std::string field(int number, std::uint64_t value) { return varint(static_cast<std::uint64_t>(number) << 3) + varint(value); }

TEST(LokiPushJson, readsStreamsEntriesAndMetadata)
{
    const auto pushes = fromJson(R"({"streams": [
        {"stream": {"service": "api", "level": "info"}, "values": [
            ["1700000000000000001", "first \"line\"\nwith a break"],
            ["1700000000000000002", "second", {"trace_id": "abc", "a": "1"}]]},
        {"values": [["1700000000000000003", "zwölf 🚀 \u00fc"]], "extra": [1, {}], "stream": {"service": "db"}}]})");
    ASSERT_TRUE(pushes) << pushes.error().message;
    ASSERT_EQ(pushes->size(), 2U);
    EXPECT_EQ((*pushes)[0].labels, (model::Labels { { "level", "info" }, { "service", "api" } }));
    ASSERT_EQ((*pushes)[0].entries.size(), 2U);
    EXPECT_EQ((*pushes)[0].entries[0].timeNs, 1'700'000'000'000'000'001);
    EXPECT_EQ((*pushes)[0].entries[0].line, "first \"line\"\nwith a break");
    EXPECT_TRUE((*pushes)[0].entries[0].metadata.empty());
    EXPECT_EQ((*pushes)[0].entries[1].metadata, (std::vector<model::Label> { { "a", "1" }, { "trace_id", "abc" } }));
    EXPECT_EQ((*pushes)[1].entries[0].line, "zwölf 🚀 ü");
}

TEST(LokiPushJson, leavesEmptyStreamsOut)
{
    const auto pushes = fromJson(R"({"streams": [{"stream": {"a": "b"}, "values": []}]})");
    ASSERT_TRUE(pushes);
    EXPECT_TRUE(pushes->empty());
}

TEST(LokiPushJson, saysWhichEntryIsWrong)
{
    const struct {
        const char* body;
        const char* message;
    } cases[] {
        { "", "the body is not JSON" },
        { "[]", "the body is not a JSON object with 'streams'" },
        { "{}", "the body has no 'streams'" },
        { R"({"streams": [{"stream": {"a": "b"}, "values": [["1", "x"], ["soon", "y"]]}]})", "stream 1: entry 2: the time is not a string of Unix nanoseconds" },
        { R"({"streams": [{"stream": {"a": "b"}, "values": [["1", 7]]}]})", "stream 1: entry 1: the line is not a string" },
        { R"({"streams": [{"stream": {"a": "b"}, "values": [["1"]]}]})", "stream 1: entry 1: an entry needs a time and a line" },
        { R"({"streams": [{"stream": {"a": "b"}, "values": [["1", "x", {"k": 1}]]}]})", "stream 1: entry 1: structured metadata: the value of \"k\" is not a string" },
        { R"({"streams": [{"stream": {}, "values": [["1", "x"]]}]})", "stream 1: at least one label pair is required per stream" },
        { R"({"streams": [{"values": [["1", "x"]]}]})", "stream 1: the stream has no labels ('stream')" },
        { R"({"streams": [{"stream": {"a-b": "c"}, "values": [["1", "x"]]}]})", "stream 1: label name \"a-b\" is not allowed; it must be letters, digits and _" },
    };
    for (const auto& [body, message] : cases) {
        const auto pushes = fromJson(body);
        ASSERT_FALSE(pushes) << body;
        EXPECT_EQ(pushes.error().message.substr(0, std::string_view(message).size()), message);
        EXPECT_EQ(pushes.error().code, ErrorCode::parse);
    }
}

TEST(LokiPushJson, refusesEveryTruncation)
{
    const std::string whole = R"({"streams": [{"stream": {"a": "b"}, "values": [["1", "x", {"c": "d"}], ["2", "y"]]}]})";
    ASSERT_TRUE(fromJson(whole));
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_FALSE(fromJson(whole.substr(0, length))) << length;
    EXPECT_FALSE(fromJson(whole + "{"));
}

TEST(LokiPushJson, keepsToItsLimits)
{
    const auto body = R"({"streams": [{"stream": {"a": "b"}, "values": [["1", "xxxx"], ["2", "y"]]}]})";
    EXPECT_EQ(fromJson(body, { .entries = 1 }).error().code, ErrorCode::limit);
    EXPECT_EQ(fromJson(body, { .lineBytes = 3 }).error().code, ErrorCode::limit);
    EXPECT_EQ(fromJson(body, { .labelsPerStream = 0 }).error().code, ErrorCode::limit);
}

std::string protobufPush()
{
    const auto entry = [](std::uint64_t seconds, std::uint64_t nanos, std::string_view line, std::string_view rest = {}) {
        return field(2, field(1, field(1, seconds) + field(2, nanos)) + field(2, line) + std::string(rest));
    };
    return field(1, field(1, R"({service="api", path="a\"b\u00fc"})") + entry(1'700'000'000, 1, "first") + entry(1'700'000'000, 2, "second", field(3, field(1, "k") + field(2, "v")))
            + field(3, std::uint64_t { 77 }));
}

TEST(LokiPushProtobuf, readsStreamsEntriesAndMetadata)
{
    const auto pushes = decodeLokiPushProtobuf(protobufPush());
    ASSERT_TRUE(pushes) << pushes.error().message;
    ASSERT_EQ(pushes->size(), 1U);
    EXPECT_EQ(pushes->front().labels, (model::Labels { { "path", "a\"bü" }, { "service", "api" } }));
    ASSERT_EQ(pushes->front().entries.size(), 2U);
    EXPECT_EQ(pushes->front().entries[0].timeNs, 1'700'000'000'000'000'001);
    EXPECT_EQ(pushes->front().entries[0].line, "first");
    EXPECT_EQ(pushes->front().entries[1].metadata, (std::vector<model::Label> { { "k", "v" } }));
}

TEST(LokiPushProtobuf, survivesAnyDamage)
{
    const auto whole = protobufPush();
    for (std::size_t length = 1; length < whole.size(); ++length)
        EXPECT_FALSE(decodeLokiPushProtobuf(std::string(whole, 0, length))) << length;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const int bit : { 1, 8, 128 }) {
            auto damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ bit);
            (void)decodeLokiPushProtobuf(damaged);
        }
    }
}

TEST(StreamLabels, areReadWithGosEscapes)
{
    const auto labels = parseStreamLabels(R"({ a = "x\ty\\z\x41\101\u20ac", b=`raw\n` , })");
    ASSERT_TRUE(labels) << labels.error().message;
    EXPECT_EQ(*labels, (model::Labels { { "a", "x\ty\\zAA€" }, { "b", "raw\\n" } }));
    EXPECT_EQ(parseStreamLabels(R"({a="b" c="d"})").error().message, R"(labels "{a=\"b\" c=\"d\"}": expected ',' or '}' at character 8)");
    for (const char* text : { "", "{", "{a}", "{a=}", "{a=\"}", "{a=\"b\"", "{a=\"b\"}x", R"({a="\ud800"})", R"({a="\q"})" })
        EXPECT_FALSE(parseStreamLabels(text)) << text;
}

}
}
