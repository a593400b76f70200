#include "core/datasource/data_source.h"
#include "core/datasource/http_client.h"
#include "tests/core/datasource/canned_server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

using namespace belvedere;
using namespace belvedere::datasource;
using test::CannedAnswer;
using test::CannedServer;
using test::SeenRequest;

TEST(HttpClient, encodesFormsAndSignsIn)
{
    const CannedServer server([](const SeenRequest&) { return CannedAnswer { 200, "fine" }; });
    const HttpClient client({ .url = server.url() + "/", .user = "u", .password = "p:w", .headers = { { "X-Scope-OrgID", "me" } } });

    const auto answer = client.post("/api/v1/query", { { "query", "a{b=\"c\"} + 1" }, { "time", "1.500" } }, {});

    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "fine");
    const auto seen = server.seen();
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].method, "POST");
    EXPECT_EQ(seen[0].target, "/api/v1/query");
    EXPECT_EQ(seen[0].body, "query=a%7Bb%3D%22c%22%7D%20%2B%201&time=1.500");
    EXPECT_EQ(seen[0].authorization, "Basic dTpwOnc=");
    EXPECT_TRUE(std::ranges::contains(seen[0].headers, std::pair<std::string, std::string>("X-Scope-OrgID", "me")));
}

TEST(HttpClient, bearerTokenWinsOverBasicAuth)
{
    const CannedServer server([](const SeenRequest&) { return CannedAnswer { 200, "" }; });
    const HttpClient client({ .url = server.url(), .user = "u", .password = "p", .bearerToken = "secret" });

    ASSERT_TRUE(client.get("/x", { { "a", "ü" } }, {}));

    EXPECT_EQ(server.seen()[0].authorization, "Bearer secret");
    EXPECT_EQ(server.seen()[0].target, "/x?a=%C3%BC");
}

TEST(HttpClient, stopEndsAWaitingRequestAtOnce)
{
    const CannedServer server([](const SeenRequest&) { return CannedAnswer { .hang = true }; });
    const HttpClient client({ .url = server.url() });
    std::stop_source stop;
    std::chrono::steady_clock::time_point stopped;
    std::jthread stopper([&] {
        while (server.seen().empty())
            std::this_thread::yield();
        stopped = std::chrono::steady_clock::now();
        stop.request_stop();
    });

    const auto answer = client.get("/", {}, stop.get_token());
    const auto ended = std::chrono::steady_clock::now();
    stopper.join();

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::cancelled);
    EXPECT_LT(ended - stopped, std::chrono::milliseconds(500)) << "generous, for a loaded machine; normally below 1 ms";
}

TEST(HttpClient, saysWhatWentWrong)
{
    const CannedServer hanging([](const SeenRequest&) { return CannedAnswer { .hang = true }; });
    EXPECT_EQ(HttpClient({ .url = hanging.url(), .timeoutMs = 50 }).get("/", {}, {}).error().code, ErrorCode::timeout);

    const CannedServer large([](const SeenRequest&) { return CannedAnswer { 200, std::string(5000, 'x') }; });
    const auto tooLarge = HttpClient({ .url = large.url(), .maxAnswerBytes = 4000 }).get("/", {}, {});
    ASSERT_FALSE(tooLarge);
    EXPECT_EQ(tooLarge.error().code, ErrorCode::limit);

    const auto refused = HttpClient({ .url = "http://127.0.0.1:1" }).get("/", {}, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_NE(refused.error().message.find("127.0.0.1:1"), std::string::npos);

    for (const auto* address : { "ftp://x", "localhost:9090", "" })
        EXPECT_EQ(HttpClient({ .url = address }).get("/", {}, {}).error().code, ErrorCode::invalidArgument) << address;
}

TEST(HttpClient, takesTheLoginOutOfTheAddress)
{
    const CannedServer server([](const SeenRequest&) { return CannedAnswer { 200, "{}" }; });
    auto url = server.url();
    url.insert(url.find("//") + 2, "me:p%40ss@");
    ASSERT_TRUE(HttpClient({ .url = url }).get("/a@b", {}, {}));
    EXPECT_EQ(server.seen().front().authorization, "Basic bWU6cEBzcw==");
    EXPECT_EQ(server.seen().front().target, "/a@b");

    const auto refused = HttpClient({ .url = "http://me:secret@127.0.0.1:1/p" }).get("/", {}, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message.find("secret"), std::string::npos) << refused.error().message;
}

namespace {

class NamedSource final : public DataSource {
public:
    explicit NamedSource(Info info)
        : m_info(std::move(info))
    {
    }
    [[nodiscard]] const Info& info() const override { return m_info; }
    [[nodiscard]] Result<model::QueryValue> query(const QueryRequest&, std::stop_token) const override { return {}; }
    [[nodiscard]] Result<void> check(const std::string&) const override { return {}; }
    [[nodiscard]] Result<std::vector<std::string>> labelNames(const std::vector<std::string>&, std::int64_t, std::int64_t, std::stop_token) const override { return {}; }
    [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string&, const std::vector<std::string>&, std::int64_t, std::int64_t, std::stop_token) const override { return {}; }
    [[nodiscard]] Result<std::vector<model::LabelsRef>> series(const std::vector<std::string>&, std::int64_t, std::int64_t, std::stop_token) const override { return {}; }
    [[nodiscard]] Result<std::vector<model::MetricMetadata>> metadata(const std::string&, std::stop_token) const override { return {}; }
    [[nodiscard]] Result<std::shared_ptr<void>> tail(const std::string&, OnLine, OnDropped) const override { return nullptr; }

private:
    Info m_info;
};

}

TEST(Registry, findsByUidThenNameAndKnowsDefaults)
{
    const auto first = std::make_shared<NamedSource>(Info { .uid = "one", .name = "two", .type = "prometheus" });
    const auto second = std::make_shared<NamedSource>(Info { .uid = "two", .name = "Main", .type = "prometheus", .isDefault = true });
    const auto logs = std::make_shared<NamedSource>(Info { .uid = "l", .name = "Logs", .type = "loki" });
    const Registry registry({ first, second, logs });

    EXPECT_EQ(registry.find("two"), second) << "a uid comes before a name";
    EXPECT_EQ(registry.find("Main"), second);
    EXPECT_EQ(registry.find("none"), nullptr);
    EXPECT_EQ(registry.defaultFor("prometheus"), second);
    EXPECT_EQ(registry.defaultFor("loki"), logs) << "the only one, though it is not marked";
    EXPECT_EQ(registry.defaultFor("tempo"), nullptr);
}
