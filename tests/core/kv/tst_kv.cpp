#include "core/kv/kv.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <future>
#include <optional>
#include <thread>

using namespace belvedere;
using namespace belvedere::kv;

namespace {

std::string key(std::uint64_t n)
{
    std::string out;
    appendKey64(out, n);
    return out;
}

}

TEST(Kv, keepsWhatWasCommittedAndNothingElse)
{
    const test::TemporaryFolder folder;
    {
        auto env = Environment::open(folder.path(), {}).value();
        const auto table = env->table("t").value();
        ASSERT_TRUE(env->write([&](Transaction& txn) { return txn.put(table, "a", "1"); }));
        ASSERT_FALSE(env->write([&](Transaction& txn) -> Result<void> {
            (void)txn.put(table, "b", "2");
            return failure(ErrorCode::invalidArgument, "changed my mind");
        }));
    }
    auto env = Environment::open(folder.path(), { .readOnly = true }).value();
    const auto table = env->table("t").value();
    const auto txn = env->read().value();
    EXPECT_EQ(txn.get(table, "a").value(), "1");
    EXPECT_EQ(txn.get(table, "b").value(), std::nullopt);
}

TEST(Kv, secondWriterIsRefused)
{
    const test::TemporaryFolder folder;
    auto first = Environment::open(folder.path(), {}).value();
    const auto second = Environment::open(folder.path(), {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::alreadyExists);
}

TEST(Kv, cursorWalksInKeyOrderAndRangesAreRemoved)
{
    const test::TemporaryFolder folder;
    auto env = Environment::open(folder.path(), {}).value();
    const auto table = env->table("t").value();
    ASSERT_TRUE(env->write([&](Transaction& txn) -> Result<void> {
        for (std::uint64_t i = 0; i < 1000; ++i) {
            if (auto done = txn.append(table, key(i), std::string(100, 'x')); !done)
                return done;
        }
        return {};
    }));
    ASSERT_TRUE(env->write([&](Transaction& txn) -> Result<void> {
        const auto removed = txn.removeRange(table, key(100), key(900));
        EXPECT_EQ(removed.value(), 800U);
        return {};
    }));
    const auto txn = env->read().value();
    auto cursor = txn.cursor(table).value();
    ASSERT_TRUE(cursor.seek(key(50)));
    std::uint64_t expected = 50;
    do {
        EXPECT_EQ(readKey64(cursor.key()), expected);
        expected = expected == 99 ? 900 : expected + 1;
    } while (cursor.next());
    EXPECT_EQ(expected, 1000U);
}

TEST(Kv, mapGrowsUnderReaders)
{
    const test::TemporaryFolder folder;
    auto env = Environment::open(folder.path(), { .initialMapBytes = 1 << 20 }).value();
    const auto table = env->table("t").value();
    std::atomic<bool> done = false;
    std::thread reader([&] {
        while (!done) {
            const auto txn = env->read().value();
            (void)txn.count(table);
        }
    });
    for (std::uint64_t i = 0; i < 64; ++i)
        ASSERT_TRUE(env->write([&](Transaction& txn) { return txn.put(table, key(i), std::string(100'000, 'x')); }));
    done = true;
    reader.join();
    EXPECT_EQ(env->read().value().count(table).value(), 64U);
}

TEST(Kv, signedKeysSortAsNumbers)
{
    std::string minus, zero;
    appendKeySigned64(minus, -5);
    appendKeySigned64(zero, 0);
    EXPECT_LT(minus, zero);
    EXPECT_EQ(readKeySigned64(minus), -5);
}

TEST(Kv, copyIsReadable)
{
    const test::TemporaryFolder folder;
    const test::TemporaryFolder copy;
    auto env = Environment::open(folder.path(), {}).value();
    const auto table = env->table("t").value();
    ASSERT_TRUE(env->write([&](Transaction& txn) { return txn.put(table, "a", "1"); }));
    ASSERT_TRUE(env->copyTo(copy.path()));
    auto other = Environment::open(copy.path(), { .readOnly = true }).value();
    const auto copied = other->table("t").value();
    EXPECT_EQ(other->read().value().get(copied, "a").value(), "1");
}

TEST(Kv, compactingGivesFreePagesBackAndKeepsTheRest)
{
    const test::TemporaryFolder folder;
    auto env = Environment::open(folder.path(), {}).value();
    const auto first = env->table("first").value();
    const auto second = env->table("second").value();
    ASSERT_TRUE(env->write([&](Transaction& txn) -> Result<void> {
        for (std::uint64_t i = 0; i < 1000; ++i) {
            if (auto done = txn.put(first, key(i), std::string(5000, 'x')); !done)
                return done;
        }
        return txn.put(second, "kept", "value");
    }));
    ASSERT_TRUE(env->write([&](Transaction& txn) -> Result<void> {
        if (auto removed = txn.removeRange(first, key(0), key(999)); !removed)
            return std::unexpected(std::move(removed.error()));
        return {};
    }));
    const auto before = env->usage().fileBytes;
    ASSERT_TRUE(env->compact());
    EXPECT_LT(env->usage().fileBytes, before / 100);

    // The same handles go on working.
    ASSERT_TRUE(env->write([&](Transaction& txn) { return txn.put(second, "new", "too"); }));
    const auto txn = env->read().value();
    EXPECT_EQ(txn.count(first).value(), 1U);
    EXPECT_EQ(txn.get(second, "kept").value(), "value");
    EXPECT_EQ(txn.get(second, "new").value(), "too");
}

// As when a query reads a second selection while it visits the first.
TEST(Kv, whoReadsAlreadyMayReadMoreWhileCompactingWaits)
{
    const test::TemporaryFolder folder;
    auto env = Environment::open(folder.path(), {}).value();
    const auto table = env->table("t").value();
    ASSERT_TRUE(env->write([&](Transaction& txn) { return txn.put(table, "a", "1"); }));
    std::optional<Transaction> outer(env->read().value());
    auto compacted = std::async(std::launch::async, [&] { return env->compact(); });
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(env->read().value().get(table, "a").value(), "1");
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    outer.reset();
    EXPECT_TRUE(compacted.get());
    EXPECT_EQ(env->read().value().get(table, "a").value(), "1");
}
