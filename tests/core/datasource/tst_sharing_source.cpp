#include "core/datasource/sharing_source.h"

#include "tests/support/made_up_source.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

using namespace belvedere;
using namespace belvedere::datasource;

namespace {

/// Answers when it is told to, and counts.
class SlowSource final : public tests::MadeUpSource {
public:
    SlowSource()
        : MadeUpSource({ .uid = "slow", .name = "Slow", .type = "prometheus", .isDefault = true })
    {
    }
    Result<model::QueryValue> query(const QueryRequest& request, std::stop_token stop) const override
    {
        ++started;
        while (!mayAnswer && !stop.stop_requested())
            std::this_thread::yield();
        if (stop.stop_requested())
            return failure(ErrorCode::cancelled, "stopped");
        return MadeUpSource::query(request, stop);
    }

    mutable std::atomic<int> started = 0;
    std::atomic<bool> mayAnswer = false;
};

const QueryRequest kRequest { .expr = "up", .fromNs = 0, .toNs = 60'000'000'000, .stepNs = 15'000'000'000 };

}

TEST(SharingSource, EqualQueriesRunOnce)
{
    const auto slow = std::make_shared<SlowSource>();
    const auto shared = sharingRegistry(Registry({ slow }));
    std::atomic<int> answered = 0;
    {
        std::vector<std::jthread> askers;
        for (int i = 0; i < 4; ++i)
            askers.emplace_back([&] { answered += shared->find("slow")->query(kRequest, {}).has_value(); });
        slow->mayAnswer = true;
    }
    EXPECT_EQ(answered, 4);
    EXPECT_EQ(slow->started, 1);

    auto other = kRequest;
    other.stepNs *= 2;
    EXPECT_TRUE(shared->find("slow")->query(other, {}));
    EXPECT_EQ(slow->started, 2);
}

TEST(SharingSource, WhoIsStoppedLeavesTheQueryToTheNext)
{
    const auto slow = std::make_shared<SlowSource>();
    const auto shared = sharingRegistry(Registry({ slow }));
    std::stop_source stop;
    ErrorCode first = ErrorCode::io;
    bool second = false;
    {
        std::jthread asker([&] { first = shared->find("slow")->query(kRequest, stop.get_token()).error().code; });
        while (slow->started == 0)
            std::this_thread::yield();
        std::jthread waiter([&] { second = shared->find("slow")->query(kRequest, {}).has_value(); });
        stop.request_stop();
        while (slow->started < 2)
            std::this_thread::yield();
        slow->mayAnswer = true;
    }
    EXPECT_EQ(first, ErrorCode::cancelled);
    EXPECT_TRUE(second);
}

TEST(SharingSource, AWaiterThatIsStoppedGoesAtOnce)
{
    const auto slow = std::make_shared<SlowSource>();
    const auto shared = sharingRegistry(Registry({ slow }));
    std::jthread asker([&] { EXPECT_TRUE(shared->find("slow")->query(kRequest, {})); });
    while (slow->started == 0)
        std::this_thread::yield();
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(shared->find("slow")->query(kRequest, stop.get_token()).error().code, ErrorCode::cancelled);
    slow->mayAnswer = true;
}
