#include "core/datasource/remote_sources.h"
#include "tests/core/datasource/canned_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

using namespace belvedere;
using namespace belvedere::datasource;
using test::CannedAnswer;
using test::CannedServer;
using test::SeenRequest;

namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;

}

TEST(RemotePrometheus, asksForRangesInSeconds)
{
    const CannedServer server([](const SeenRequest&) { return CannedAnswer { 200, R"({"status":"success","data":{"resultType":"matrix","result":[]}})" }; });
    const auto source = makeRemotePrometheus({ .uid = "p", .name = "P" }, { .url = server.url() });

    const auto value = source->query({ .expr = "up", .fromNs = 10 * kSecondNs, .toNs = 20 * kSecondNs + 250'000'000, .stepNs = 1'500'000'000 }, {});

    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(server.seen()[0].target, "/api/v1/query_range");
    EXPECT_EQ(server.seen()[0].body, "query=up&start=10.000&end=20.250&step=1.500");
    EXPECT_EQ(source->info().type, "prometheus");
    EXPECT_EQ(source->info().url, server.url());
    EXPECT_FALSE(source->tail("up", {}));
}

TEST(RemotePrometheus, escapesLabelNamesThatAreNoIdentifiers)
{
    const CannedServer server([](const SeenRequest&) { return CannedAnswer { 200, R"({"status":"success","data":[]})" }; });
    const auto source = makeRemotePrometheus({}, { .url = server.url() });

    ASSERT_TRUE(source->labelValues("service.name", { "up" }, 0, kSecondNs, {}));

    EXPECT_EQ(server.seen()[0].target, "/api/v1/label/U__service_2e_name/values?match%5B%5D=up&start=0.000&end=1.000");
}

TEST(RemotePrometheus, checksWithoutTheServer)
{
    const auto source = makeRemotePrometheus({}, { .url = "http://127.0.0.1:1" });

    EXPECT_TRUE(source->check("sum by (job) (rate(http_requests_total[5m]))"));
    const auto error = source->check("sum(up");
    ASSERT_FALSE(error);
    EXPECT_EQ(error.error().code, ErrorCode::parse);
}

TEST(RemoteLoki, unitesLabelsOverSelectors)
{
    const CannedServer server([](const SeenRequest& request) {
        return CannedAnswer { 200, request.target.find("%22a%22") != std::string::npos ? R"({"status":"success","data":["x","y"]})" : R"({"status":"success","data":["y","z"]})" };
    });
    const auto source = makeRemoteLoki({}, { .url = server.url() });

    const auto names = source->labelNames({ "{app=\"a\"}", "{app=\"b\"}" }, 0, kSecondNs, {});

    ASSERT_TRUE(names);
    EXPECT_EQ(*names, (std::vector<std::string> { "x", "y", "z" }));
}

TEST(RemoteLoki, tailHandsOverEachLineOnceThoughAnswersOverlap)
{
    std::atomic<int> asked = 0;
    const CannedServer server([&](const SeenRequest&) {
        // The second answer repeats the newest line and adds one of the same time.
        const int n = ++asked;
        const std::string first = R"(["9000000000000000001","one"])";
        const std::string second = R"(["9000000000000000001","two"])";
        return CannedAnswer { 200, R"({"status":"success","data":{"resultType":"streams","result":[{"stream":{"app":"a"},"values":[)" + (n == 1 ? first : first + "," + second) + "]}]}}" };
    });
    const auto source = makeRemoteLoki({}, { .url = server.url() });
    std::mutex mutex;
    std::vector<std::string> lines;

    auto handle = source->tail("{app=\"a\"}", [&](const model::LabelsRef&, const model::LogLine& line) {
        const std::scoped_lock lock(mutex);
        lines.push_back(line.line);
    });
    ASSERT_TRUE(handle) << handle.error().message;
    while (asked < 3)
        std::this_thread::yield();
    handle->reset();

    EXPECT_EQ(lines, (std::vector<std::string> { "one", "two" }));
    EXPECT_FALSE(source->tail("sum(rate({app=\"a\"}[1m]))", {})) << "a metric query has no tail";
}
