#include "core/logs/store.h"
#include "core/receive/loki_tail.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <vector>

namespace {

using namespace belvedere;
using namespace belvedere::receive;
using namespace std::chrono_literals;

constexpr std::int64_t kNow = 1'748'736'000'000'000'000;

/// A client that keeps what it is sent, or reads nothing.
class Client final : public WebSocket {
public:
    bool send(std::string text) override
    {
        const std::scoped_lock lock(m_mutex);
        ++m_tries;
        if (!m_stuck)
            m_messages.push_back(std::move(text));
        m_change.notify_all();
        return !m_stuck;
    }
    void close(End, std::string reason) override { closeReason = std::move(reason); }
    void onClosed(std::function<void()> handler) override { m_closed = std::move(handler); }

    void hangUp() { std::exchange(m_closed, {})(); }
    void setStuck(bool stuck)
    {
        const std::scoped_lock lock(m_mutex);
        m_stuck = stuck;
    }
    /// Waits until there were so many messages, taken or not.
    std::vector<std::string> messages(std::size_t tries)
    {
        std::unique_lock lock(m_mutex);
        m_change.wait_for(lock, 10s, [&] { return m_tries >= tries; });
        return m_messages;
    }

    std::string closeReason;

private:
    std::mutex m_mutex;
    std::condition_variable m_change;
    std::vector<std::string> m_messages; // guarded by m_mutex
    std::size_t m_tries = 0; // guarded by m_mutex
    bool m_stuck = false; // guarded by m_mutex
    std::function<void()> m_closed;
};

class LokiTail : public ::testing::Test {
protected:
    void append(std::int64_t timeNs, const std::string& line, const std::string& app = "web")
    {
        ASSERT_TRUE(store->appendAndWait({ { model::Labels({ { "app", app } }), { { timeNs, line, {} } } } }));
    }
    std::shared_ptr<Client> listen(std::size_t limit)
    {
        auto client = std::make_shared<Client>();
        lokiTail({ .query = "{app=\"web\"} |= \"line\"", .startNs = kNow - 100, .nowNs = kNow + 1, .limit = limit },
            engine, *store, pool)(client);
        return client;
    }

    test::TemporaryFolder folder;
    SystemClock clock;
    NullLogger logger;
    TaskPool pool{ 1 };
    std::unique_ptr<logs::Store> store = *logs::Store::open(folder.path(), {}, clock, logger);
    logql::Engine engine{ *store, pool, {} };
};

TEST_F(LokiTail, sendsTheNewestStoredLinesAndThenWhatIsCommitted)
{
    append(kNow - 200, "line before the start");
    append(kNow - 3, "line 1");
    append(kNow - 2, "line 2");
    append(kNow - 1, "line 3");

    const auto client = listen(2);
    append(kNow, "other");
    append(kNow + 1, "line 4", "db");
    append(kNow + 2, "line 4");

    const std::vector<std::string> expected{
        R"({"streams":[{"stream":{"app":"web"},"values":[["1748735999999999998","line 2"],["1748735999999999999","line 3"]]}]})",
        R"({"streams":[{"stream":{"app":"web"},"values":[["1748736000000000002","line 4"]]}]})"
    };
    EXPECT_EQ(client->messages(2), expected);
    client->hangUp();
    append(kNow + 3, "line 5");
    EXPECT_EQ(client->messages(2), expected);
    EXPECT_EQ(client->closeReason, "");
}

TEST_F(LokiTail, saysWhatASlowClientMissed)
{
    const auto client = listen(10);
    client->setStuck(true);
    append(kNow, "line 1");
    EXPECT_TRUE(client->messages(1).empty());
    append(kNow + 1, "line 2");
    EXPECT_TRUE(client->messages(2).empty());
    client->setStuck(false);
    append(kNow + 2, "line 3");

    const auto messages = client->messages(3);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0],
        R"({"streams":[{"stream":{"app":"web"},"values":[["1748736000000000002","line 3"]]}],"dropped":2,"dropped_entries":[{"labels":{},"timestamp":"1748736000000000002"}]})");
    client->hangUp();
}

}
