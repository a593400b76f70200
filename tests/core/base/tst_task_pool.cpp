#include "core/base/bounded_queue.h"
#include "core/base/task_pool.h"

#include <gtest/gtest.h>

#include <atomic>

using namespace belvedere;

TEST(TaskPool, runsEachIndexOnce)
{
    TaskPool pool(4);
    std::vector<std::atomic<int>> counts(1000);
    pool.parallelFor(counts.size(), [&](std::size_t i) { ++counts[i]; });
    for (const auto& count : counts)
        EXPECT_EQ(count, 1);
}

TEST(TaskPool, nestsWithoutDeadlock)
{
    TaskPool pool(2);
    std::atomic<int> total = 0;
    pool.parallelFor(8, [&](std::size_t) { pool.parallelFor(8, [&](std::size_t) { ++total; }); });
    EXPECT_EQ(total, 64);
}

TEST(BoundedQueue, refusesWhenFullAndDrainsAfterClose)
{
    BoundedQueue<int> queue(2);
    EXPECT_TRUE(queue.tryPush(1));
    EXPECT_TRUE(queue.tryPush(2));
    EXPECT_FALSE(queue.tryPush(3));
    queue.close();
    EXPECT_EQ(queue.takeAll(), (std::vector<int> { 1, 2 }));
    EXPECT_TRUE(queue.takeAll().empty());
    EXPECT_FALSE(queue.tryPush(4));
}
