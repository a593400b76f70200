#include "core/ingest/remote_write.h"

#include "tests/support/memory_metric_sink.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>

namespace belvedere::ingest {
namespace {

std::string varint(std::uint64_t value)
{
    std::string out;
    for (; value >= 0x80; value >>= 7)
        out += static_cast<char>(value | 0x80);
    return out + static_cast<char>(value);
}
std::string field(int number, std::string_view bytes) { return varint(static_cast<std::uint64_t>(number) << 3 | 2) + varint(bytes.size()) + std::string(bytes); }
std::string field(int number, std::uint64_t value) { return varint(static_cast<std::uint64_t>(number) << 3) + varint(value); }
std::string field(int number, double value)
{
    std::string out = varint(static_cast<std::uint64_t>(number) << 3 | 1) + std::string(8, '\0');
    std::memcpy(out.data() + out.size() - 8, &value, 8);
    return out;
}
std::string label(std::string_view name, std::string_view value) { return field(1, field(1, name) + field(2, value)); }
std::string sample(double value, std::int64_t timeMs) { return field(2, field(1, value) + field(2, std::bit_cast<std::uint64_t>(timeMs))); }
std::string series(std::string_view name, std::string_view instance, std::string_view samples)
{
    return field(1, label("__name__", name) + label("instance", instance) + label("job", "j") + std::string(samples));
}

TEST(RemoteWrite, groupsSeriesOfATargetByTime)
{
    test::MemoryMetricSink sink;
    RemoteWriteDecoder decoder(sink);
    std::string body;
    for (const char* name : { "a", "b", "c", "d" }) {
        body += series(name, "one:1", sample(1, 1000) + sample(2, 2000));
        body += series(name, "two:2", sample(3, 1500));
    }
    const auto decoded = decoder.decode(body);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->samples, 12U);
    ASSERT_EQ(decoded->batches.size(), 3U);
    EXPECT_EQ(sink.groupCount(), 2U);
    EXPECT_EQ(decoded->batches[0].timeMs, 1000);
    EXPECT_EQ(decoded->batches[0].series.size(), 4U);
    EXPECT_EQ(decoded->batches[0].values, (std::vector<double> { 1, 1, 1, 1 }));
    EXPECT_EQ(decoded->batches[1].timeMs, 2000);
    EXPECT_EQ(decoded->batches[2].timeMs, 1500);
    EXPECT_NE(decoded->batches[2].group, decoded->batches[0].group);
}

TEST(RemoteWrite, asksForASeriesOnlyOnce)
{
    test::MemoryMetricSink sink;
    RemoteWriteDecoder decoder(sink);
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(decoder.decode(series("a", "x:1", sample(i, 1000 + i))));
    EXPECT_EQ(sink.lookups(), 1U);
}

TEST(RemoteWrite, keepsStaleMarkersAndNegativeTimes)
{
    test::MemoryMetricSink sink;
    RemoteWriteDecoder decoder(sink);
    const auto decoded = decoder.decode(series("a", "x:1", sample(model::staleMarker(), -5)));
    ASSERT_TRUE(decoded);
    ASSERT_EQ(decoded->batches.size(), 1U);
    ASSERT_EQ(decoded->batches[0].timed.size(), 1U);
    EXPECT_TRUE(model::isStale(decoded->batches[0].timed[0].sample.value));
    EXPECT_EQ(decoded->batches[0].timed[0].sample.timeMs, -5);
}

TEST(RemoteWrite, readsMetadata)
{
    test::MemoryMetricSink sink;
    RemoteWriteDecoder decoder(sink);
    const auto decoded = decoder.decode(field(3, field(1, std::uint64_t { 1 }) + field(2, "http_requests") + field(4, "Requests.") + field(5, "requests")));
    ASSERT_TRUE(decoded);
    ASSERT_EQ(decoded->batches.size(), 1U);
    EXPECT_EQ(decoded->batches[0].metadata, (std::vector<model::MetricMetadata> { { "http_requests", "counter", "Requests.", "requests" } }));
}

TEST(RemoteWrite, takesTheRestWhenOneSeriesIsUnusable)
{
    test::MemoryMetricSink sink;
    RemoteWriteDecoder decoder(sink);
    const auto decoded = decoder.decode(field(1, label("a", "b") + sample(1, 1)) + field(1, label("__name__", "x") + label("a", "1") + label("a", "2") + sample(1, 1))
        + series("good", "x:1", sample(1, 1)) + field(1, label("__name__", "\xff") + sample(1, 1)));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->samples, 1U);
    EXPECT_EQ(decoded->rejectedSeries, 3U);
    EXPECT_EQ(decoded->firstRejection, "series {a=\"b\"} has no metric name (__name__)");
}

TEST(RemoteWrite, countsWhatItDoesNotStore)
{
    test::MemoryMetricSink sink;
    RemoteWriteDecoder decoder(sink);
    const auto decoded = decoder.decode(series("a", "x:1", sample(1, 1) + field(3, "") + field(4, "")));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->exemplars, 1U);
    EXPECT_EQ(decoded->histograms, 1U);
}

TEST(RemoteWrite, refusesDamageAndExcess)
{
    test::MemoryMetricSink sink;
    RemoteWriteDecoder decoder(sink, { .series = 2, .samples = 3, .labelsPerSeries = 3 });
    const auto whole = series("a", "x:1", sample(1, 1));
    for (std::size_t length = 1; length < whole.size(); ++length)
        EXPECT_EQ(decoder.decode(std::string(whole, 0, length)).error().code, ErrorCode::parse) << length;
    EXPECT_EQ(decoder.decode(whole + whole + whole).error().code, ErrorCode::limit);
    EXPECT_EQ(decoder.decode(series("a", "x:1", sample(1, 1) + sample(1, 2) + sample(1, 3) + sample(1, 4))).error().code, ErrorCode::limit);
    EXPECT_EQ(decoder.decode(field(1, label("__name__", "a") + label("b", "c") + label("d", "e") + label("f", "g"))).error().code, ErrorCode::limit);
}

}
}
