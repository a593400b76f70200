#include "core/receive/http_server.h"

#include "core/base/format.h"
#include "tests/core/receive/http_probe.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace belvedere::receive {
namespace {

using namespace std::chrono_literals;
using test::Answer;
using test::HttpProbe;

constexpr std::size_t kLimit = 1000;

class HttpServerTest : public ::testing::Test {
protected:
    HttpServerTest()
    {
        router.get("/hello", [](const Request&) { return textResponse(200, "hello"); });
        router.get("/label/{name}/values", [](const Request& request) { return textResponse(200, request.captured[0]); });
        router.query("/echo", [](const Request& request) { return textResponse(200, std::string(request.parameters.get("q"))); });
        router.post("/push", [](const Request& request) { return textResponse(200, std::to_string(request.body.size())); }, kLimit);
        router.get("/stream", [](const Request&) {
            Response response;
            response.stream = [](BodyWriter& writer) {
                for (int i = 0; i < 3 && writer.write(std::string(100'000, static_cast<char>('a' + i))); ++i) { }
            };
            return response;
        });
        router.get("/small-stream", [](const Request&) {
            Response response;
            response.stream = [](BodyWriter& writer) { (void)writer.write("all of it"); };
            return response;
        });
        router.get("/failing-stream", [](const Request& request) {
            Response response;
            response.stream = [after = request.parameters.get("after") == "2" ? 2 : 1](BodyWriter& writer) {
                for (int i = 0; i < after; ++i)
                    (void)writer.write("a part");
                throw std::runtime_error("no more");
            };
            return response;
        });
        router.get("/wait", [this](const Request& request) {
            entered = true;
            for (int i = 0; i < 1000 && !request.stop.stop_requested(); ++i)
                std::this_thread::sleep_for(5ms);
            stopped = request.stop.stop_requested();
            return textResponse(stopped ? 503 : 200, "waited");
        });
        router.health("/-/ready", [](const Request&) { return textResponse(200, "ready"); });
        options.port = 0;
        options.handlerThreads = 4;
        options.headerTimeout = 200ms;
        options.stallTimeout = 2000ms;
    }

    void start()
    {
        server.emplace(router, logger, options);
        const auto started = server->start();
        ASSERT_TRUE(started) << started.error().message;
    }
    std::uint16_t port() const { return server->port(); }

    static bool eventually(const std::atomic<bool>& flag)
    {
        for (int i = 0; i < 1000 && !flag; ++i)
            std::this_thread::sleep_for(5ms);
        return flag;
    }

    Router router;
    NullLogger logger;
    ServerOptions options;
    std::optional<HttpServer> server;
    std::atomic<bool> entered = false;
    std::atomic<bool> stopped = false;
};

TEST_F(HttpServerTest, answersSeveralRequestsOnOneConnection)
{
    start();
    HttpProbe probe(port());
    for (int i = 0; i < 3; ++i) {
        probe.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_EQ(probe.receive().body, "hello");
    }
    EXPECT_EQ(server->counters().connectionsTotal, 1U);
}

TEST_F(HttpServerTest, answersRequestsSentAheadInTheirOrder)
{
    start();
    HttpProbe probe(port());
    probe.send("GET /echo?q=1 HTTP/1.1\r\nHost: x\r\n\r\nGET /echo?q=2 HTTP/1.1\r\nHost: x\r\n\r\nGET /echo?q=3 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(probe.receive().body, "1");
    EXPECT_EQ(probe.receive().body, "2");
    EXPECT_EQ(probe.receive().body, "3");
}

TEST_F(HttpServerTest, readsParametersFromFormBeforeQueryString)
{
    start();
    EXPECT_EQ(test::get(port(), "/echo?q=sum%28a%29+%2B+1").body, "sum(a) + 1");
    EXPECT_EQ(test::post(port(), "/echo?q=no", "application/x-www-form-urlencoded", "q=a%7Bb%3D%22c%22%7D").body, "a{b=\"c\"}");
}

TEST_F(HttpServerTest, keepsAnEncodedSlashInItsSegment)
{
    start();
    EXPECT_EQ(test::get(port(), "/label/a%2Fb/values").body, "a/b");
}

TEST_F(HttpServerTest, headHasLengthButNoBody)
{
    start();
    HttpProbe probe(port());
    probe.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = probe.receive(true);
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.header.find("Content-Length: 5"), std::string::npos) << answer.header;
    probe.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(probe.receive().body, "hello");
}

TEST_F(HttpServerTest, streamsInChunks)
{
    start();
    HttpProbe probe(port());
    probe.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = probe.receive();
    ASSERT_EQ(answer.body.size(), 300'000U) << answer.header;
    EXPECT_EQ(answer.body.back(), 'c');
    probe.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(probe.receive().body, "hello");
}

TEST_F(HttpServerTest, sendsAStreamOfOneChunkAsAnOrdinaryBody)
{
    start();
    HttpProbe probe(port());
    probe.send("GET /small-stream HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = probe.receive();
    EXPECT_EQ(answer.body, "all of it");
    EXPECT_NE(answer.header.find("Content-Length: 9"), std::string::npos) << answer.header;
}

TEST_F(HttpServerTest, reportsAFailingStreamAsLongAsNothingWasSent)
{
    start();
    EXPECT_EQ(test::get(port(), "/failing-stream?after=1").status, 500);
    HttpProbe probe(port());
    probe.send("GET /failing-stream?after=2 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(probe.closes()); // in the middle of the body
}

TEST_F(HttpServerTest, streamsToAClientThatKnowsNoChunks)
{
    start();
    HttpProbe probe(port());
    probe.send("GET /stream HTTP/1.0\r\n\r\n");
    EXPECT_EQ(probe.receive().body.size(), 300'000U);
    EXPECT_TRUE(probe.closes());
}

TEST_F(HttpServerTest, takesChunkedBodies)
{
    start();
    HttpProbe probe(port());
    probe.send("POST /push HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n3\r\nfgh\r\n0\r\n\r\n");
    EXPECT_EQ(probe.receive().body, "8");
}

TEST_F(HttpServerTest, saysContinueBeforeALargeBodyIsSent)
{
    start();
    HttpProbe probe(port());
    probe.send("POST /push HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(probe.receive(true).status, 100);
    probe.send("abc");
    EXPECT_EQ(probe.receive().body, "3");
}

TEST_F(HttpServerTest, refusesATooLongBodyBeforeReadingIt)
{
    start();
    HttpProbe probe(port());
    probe.send("POST /push HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
    const auto answer = probe.receive();
    EXPECT_EQ(answer.status, 413);
    EXPECT_NE(answer.body.find("1001 bytes"), std::string::npos) << answer.body;
    EXPECT_TRUE(probe.closes());
}

TEST_F(HttpServerTest, refusesAChunkedBodyThatGrowsTooLong)
{
    start();
    HttpProbe probe(port());
    probe.send("POST /push HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "190\r\n" + std::string(400, 'x') + "\r\n";
    for (int i = 0; i < 100 && probe.send(chunk); ++i) { }
    EXPECT_EQ(probe.receive().status, 413);
}

TEST_F(HttpServerTest, readsTheAnswerOfARefusalThoughMuchIsStillSent)
{
    start();
    HttpProbe probe(port());
    probe.send("POST /push HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n");
    const std::string megabyte(1 << 20, 'x');
    for (int i = 0; i < 200 && probe.send(megabyte); ++i) { }
    EXPECT_EQ(probe.receive().status, 413);
}

TEST_F(HttpServerTest, boundsWhatAllBodiesHoldTogether)
{
    options.maxBufferedBytes = 1500;
    start();
    HttpProbe first(port());
    first.send("POST /push HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + std::string(900, 'a'));
    while (server->counters().connections < 1)
        std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(50ms); // until the 900 bytes have been read
    EXPECT_EQ(test::post(port(), "/push", "text/plain", std::string(900, 'b')).status, 503);
    first.send(std::string(100, 'a'));
    EXPECT_EQ(first.receive().body, "1000");
    EXPECT_EQ(test::post(port(), "/push", "text/plain", std::string(900, 'b')).status, 200);
}

TEST_F(HttpServerTest, refusesGarbageWithAnAnswer)
{
    start();
    for (const std::string& garbage : { std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), std::string("hello world\r\n\r\n"), std::string("GET nowhere HTTP/1.1\r\n\r\n"),
             std::string("POST /push HTTP/1.1\r\nContent-Length: abc\r\n\r\n"), std::string("POST /push HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
             std::string("POST /push HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") }) {
        HttpProbe probe(port());
        probe.send(garbage);
        EXPECT_EQ(probe.receive().status, 400) << garbage;
        EXPECT_TRUE(probe.closes());
    }
    EXPECT_EQ(test::get(port(), "/hello").status, 200);
}

TEST_F(HttpServerTest, refusesAnEndlessHeader)
{
    options.maxHeaderBytes = 8192;
    start();
    HttpProbe probe(port());
    probe.send("GET /hello HTTP/1.1\r\n");
    for (int i = 0; i < 10'000 && probe.send("X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"); ++i) { }
    EXPECT_EQ(probe.receive().status, 431);
}

TEST_F(HttpServerTest, closesAConnectionThatDawdlesWithItsHeader)
{
    start();
    HttpProbe probe(port());
    probe.send("GET /hello HTT");
    EXPECT_TRUE(probe.closes(5s));
}

TEST_F(HttpServerTest, namesWhatIsNotThereAndWhatIsNotAllowed)
{
    start();
    EXPECT_EQ(test::get(port(), "/nothing").status, 404);
    const auto answer = test::get(port(), "/push");
    EXPECT_EQ(answer.status, 405);
    EXPECT_NE(answer.header.find("Allow: POST"), std::string::npos) << answer.header;
}

TEST_F(HttpServerTest, stopsTheHandlerWhenTheClientHangsUp)
{
    start();
    HttpProbe probe(port());
    probe.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(eventually(entered));
    probe.hangUp();
    EXPECT_TRUE(eventually(stopped));
}

TEST_F(HttpServerTest, takesRequestsWhileEveryHandlerIsBusy)
{
    start();
    std::vector<std::unique_ptr<HttpProbe>> busy;
    for (unsigned i = 0; i < options.handlerThreads; ++i) {
        entered = false;
        busy.push_back(std::make_unique<HttpProbe>(port()));
        busy.back()->send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
        ASSERT_TRUE(eventually(entered));
    }
    HttpProbe refused(port());
    refused.send("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(refused.receive().status, 404); // needs no handler
    HttpProbe waiting(port());
    waiting.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    busy.front()->hangUp(); // the loop notices, a handler ends, and the request that waits has its turn
    EXPECT_EQ(waiting.receive().body, "hello");
}

TEST_F(HttpServerTest, sendsTheAnswersOfRunningRequestsWhenItStops)
{
    start();
    HttpProbe probe(port());
    HttpProbe idle(port());
    idle.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(idle.receive().status, 200);
    probe.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(eventually(entered));
    std::thread stopper([this] { server->stop(); });
    EXPECT_EQ(probe.receive().status, 503);
    EXPECT_TRUE(probe.closes());
    EXPECT_TRUE(idle.closes());
    stopper.join();
}

TEST_F(HttpServerTest, demandsItsToken)
{
    options.token = "geheim";
    start();
    EXPECT_EQ(test::get(port(), "/hello").status, 401);
    EXPECT_EQ(test::get(port(), "/hello", "Authorization: Bearer geheim2\r\n").status, 401);
    EXPECT_EQ(test::get(port(), "/hello", "Authorization: Bearer geheim\r\n").status, 200);
    EXPECT_EQ(test::get(port(), "/hello", "Authorization: Basic YW55OmdlaGVpbQ==\r\n").status, 200); // any:geheim
    EXPECT_EQ(test::get(port(), "/-/ready").status, 200);
}

TEST_F(HttpServerTest, refusesToBeReachableWithoutAToken)
{
    options.address = "0.0.0.0";
    HttpServer open(router, logger, options);
    const auto started = open.start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().message.find("token"), std::string::npos);
}

TEST_F(HttpServerTest, saysWhenThePortIsTaken)
{
    start();
    options.port = port();
    HttpServer second(router, logger, options);
    const auto started = second.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, ErrorCode::unavailable);
}

TEST_F(HttpServerTest, doesNotAnswerPagesOfOtherOrigins)
{
    start();
    EXPECT_EQ(test::get(port(), "/hello", "Origin: https://evil.example\r\n").status, 403);
    EXPECT_EQ(test::get(port(), "/hello", "Origin: null\r\n").status, 403);
    EXPECT_EQ(test::get(port(), "/hello", "Origin: http://localhost:3000\r\n").status, 200);
    EXPECT_EQ(test::get(port(), "/hello", "Origin: http://[::1]:3000\r\n").status, 200);
}

TEST_F(HttpServerTest, doesNotAnswerToPublicNames)
{
    const auto statusFor = [](std::uint16_t at, std::string_view host, std::string_view more = {}) {
        HttpProbe probe(at);
        probe.send(formatted("GET /hello HTTP/1.1\r\nHost: {}\r\n{}\r\n", host, more));
        return probe.receive().status;
    };
    start();
    for (const auto* host : { "evil.example", "EVIL.example:9797", "evil.example.", "127.0.0.1.evil.example", "localhost.evil.example" })
        EXPECT_EQ(statusFor(port(), host), 403) << host;
    for (const auto* host : { "127.0.0.1", "127.0.0.1:9797", "[::1]:9797", "localhost", "Localhost:9797", "laptop", "belvedere.localhost", "laptop.local", "host.docker.internal:9797", "" })
        EXPECT_EQ(statusFor(port(), host), 200) << host;

    // Who has the token is not a page that came along.
    options.token = "secret";
    HttpServer guarded(router, logger, options);
    ASSERT_TRUE(guarded.start());
    EXPECT_EQ(statusFor(guarded.port(), "watch.example.org", "Authorization: Bearer secret\r\n"), 200);
}

TEST_F(HttpServerTest, countsByRouteAndStatus)
{
    start();
    (void)test::get(port(), "/label/a/values");
    (void)test::get(port(), "/label/b/values");
    const auto counters = server->counters();
    ASSERT_EQ(counters.routes.size(), 1U);
    EXPECT_EQ(counters.routes[0].route, "/label/{name}/values");
    EXPECT_EQ(counters.routes[0].requests, 2U);
}

constexpr std::string_view kUpgrade = "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// A route whose session hands its socket to the test.
class WebSocketTest : public HttpServerTest {
protected:
    WebSocketTest()
    {
        router.webSocket("/tail", [this](const Request& request) -> std::expected<WebSocketSession, Response> {
            if (!request.parameters.has("query"))
                return std::unexpected(errorResponse(400, "bad_data", "a query is needed"));
            return [this, stop = request.stop, query = std::string(request.parameters.get("query"))](std::shared_ptr<WebSocket> upgraded) {
                upgraded->onClosed([this] { closed = true; });
                sentFirst = upgraded->send("query " + query);
                const std::scoped_lock lock(mutex);
                sessionStop = stop;
                socket = std::move(upgraded);
                arrived.notify_one();
            };
        });
    }

    ~WebSocketTest() override { server.reset(); } // its connections tell the members below that they end

    Answer upgrade(HttpProbe& probe, std::string_view target = "/tail?query=x")
    {
        probe.send("GET " + std::string(target) + " HTTP/1.1\r\n" + std::string(kUpgrade) + "\r\n");
        return probe.receive(true);
    }
    std::shared_ptr<WebSocket> session()
    {
        std::unique_lock lock(mutex);
        arrived.wait_for(lock, 5s, [&] { return socket != nullptr; });
        return socket;
    }

    std::mutex mutex;
    std::condition_variable arrived;
    std::shared_ptr<WebSocket> socket; // guarded by mutex
    std::stop_token sessionStop;       // guarded by mutex
    std::atomic<bool> sentFirst = false;
    std::atomic<bool> closed = false;
};

TEST_F(WebSocketTest, upgradesOnTheSamePort)
{
    start();
    HttpProbe probe(port());
    const auto answer = upgrade(probe);
    EXPECT_EQ(answer.status, 101);
    EXPECT_NE(answer.header.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos) << answer.header; // RFC 6455, section 1.3
    ASSERT_TRUE(session());
    EXPECT_TRUE(sentFirst);
    EXPECT_EQ(probe.receiveBytes(9), "\x81\x07query x"); // a final text frame of seven bytes
}

TEST_F(WebSocketTest, refusesWithAnOrdinaryAnswer)
{
    start();
    HttpProbe probe(port());
    EXPECT_EQ(upgrade(probe, "/tail").status, 400);
    EXPECT_EQ(test::get(port(), "/tail?query=x").status, 426);
}

TEST_F(WebSocketTest, refusesAnUpgradeThatBringsABody)
{
    start();
    HttpProbe withBody(port());
    withBody.send("GET /tail?query=x HTTP/1.1\r\n" + std::string(kUpgrade) + "Content-Length: 4\r\n\r\nabcd");
    EXPECT_EQ(withBody.receive().status, 400);
    HttpProbe ahead(port());
    ahead.send("GET /tail?query=x HTTP/1.1\r\n" + std::string(kUpgrade) + "\r\nabcd");
    EXPECT_EQ(ahead.receive().status, 400);
}

TEST_F(WebSocketTest, tellsTheSessionThatTheClientIsGone)
{
    start();
    HttpProbe probe(port());
    upgrade(probe);
    const auto held = session();
    ASSERT_TRUE(held);
    EXPECT_FALSE(sessionStop.stop_requested());
    probe.hangUp();
    EXPECT_TRUE(eventually(closed));
    EXPECT_TRUE(sessionStop.stop_requested());
    EXPECT_FALSE(held->send("late"));
}

TEST_F(WebSocketTest, refusesMessagesBeyondWhatMayWaitForASlowClient)
{
    start();
    HttpProbe probe(port());
    upgrade(probe);
    const auto held = session();
    ASSERT_TRUE(held);
    const std::string megabyte(1 << 20, 'x');
    int taken = 0;
    while (taken < 1000 && held->send(megabyte))
        ++taken;
    EXPECT_GE(taken, 15);
    EXPECT_LT(taken, 1000); // what the kernel's buffers hold of a client that does not read is far less
}

TEST_F(WebSocketTest, sendsWhatIsQueuedAndThenTheReasonOfItsEnd)
{
    start();
    HttpProbe probe(port());
    upgrade(probe);
    const auto held = session();
    ASSERT_TRUE(held);
    EXPECT_TRUE(held->send("last"));
    held->close(WebSocket::End::internalError, "why");
    EXPECT_FALSE(held->send("after the end"));
    EXPECT_EQ(probe.receiveBytes(9 + 6 + 7), "\x81\x07query x\x81\x04last\x88\x05\x03\xf3why"); // 0x3f3: 1011
}

TEST_F(WebSocketTest, doesNotWaitLongForASilentClientWhenItStops)
{
    start();
    HttpProbe probe(port());
    upgrade(probe);
    const auto held = session();
    ASSERT_TRUE(held);
    while (held->send(std::string(1 << 20, 'x'))) { }
    const auto begin = std::chrono::steady_clock::now();
    server->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
    EXPECT_TRUE(closed);
    EXPECT_TRUE(sessionStop.stop_requested());
    server.reset();
    held->close(WebSocket::End::normal, "the socket outlives the server");
    EXPECT_FALSE(held->send("late"));
}

}
}
