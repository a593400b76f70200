#include "core/model/commit_waiter.h"
#include "core/model/log_source.h"
#include "core/model/metric_source.h"

#include <gtest/gtest.h>

#include <thread>

using namespace belvedere;
using namespace belvedere::model;

TEST(CommitWaiter, addsUpWhatIsCommittedLater)
{
    CommitWaiter<AppendSummary> commits;
    commits.queued();
    commits.queued();
    std::jthread writer([&] {
        commits.take(AppendSummary { .appended = 3, .outOfOrder = 1 });
        commits.take(AppendSummary { .appended = 4, .duplicate = 2, .tooOld = 5 });
    });

    const auto sum = commits.wait();

    ASSERT_TRUE(sum);
    EXPECT_EQ(sum->appended, 7U);
    EXPECT_EQ(sum->outOfOrder, 1U);
    EXPECT_EQ(sum->duplicate, 2U);
    EXPECT_EQ(sum->tooOld, 5U);
}

TEST(CommitWaiter, beginsAnewAfterEachWait)
{
    CommitWaiter<LogAppendSummary> commits;
    commits.queued();
    commits.take(LogAppendSummary { .appended = 3, .duplicate = 1 });
    EXPECT_EQ(commits.soFar()->appended, 3U);
    EXPECT_EQ(commits.wait()->appended, 3U);
    EXPECT_EQ(commits.wait()->appended, 0U);
}

TEST(CommitWaiter, keepsTheFirstError)
{
    CommitWaiter<LogAppendSummary> commits;
    commits.queued();
    commits.queued();
    commits.take(failure(ErrorCode::full, "no room"));
    commits.take(failure(ErrorCode::io, "no disk"));
    EXPECT_EQ(commits.soFar().error().message, "no room");
    EXPECT_EQ(commits.wait().error().message, "no room");
}
