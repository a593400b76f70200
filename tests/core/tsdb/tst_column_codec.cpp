#include "core/model/sample.h"
#include "core/tsdb/block.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

using namespace belvedere;
using namespace belvedere::tsdb;

namespace {

std::uint64_t seedOfTheDay()
{
    static const auto seed = [] {
        const auto* wanted = std::getenv("BELVEDERE_SEED");
        const auto value = wanted ? std::strtoull(wanted, nullptr, 10) : std::random_device()();
        std::printf("BELVEDERE_SEED=%llu\n", static_cast<unsigned long long>(value));
        return value;
    }();
    return seed;
}

std::vector<std::uint64_t> bitsOf(const std::vector<double>& values)
{
    std::vector<std::uint64_t> out;
    for (const auto value : values)
        out.push_back(std::bit_cast<std::uint64_t>(value));
    return out;
}

std::string encoded(const std::vector<double>& values, const std::vector<std::uint8_t>& present, Effort effort)
{
    std::string bytes;
    encodeColumn(bytes, values, present, effort);
    return bytes;
}

void expectRoundTrip(const std::vector<double>& values, const std::vector<std::uint8_t>& present = {})
{
    const auto timestamps = present.empty() ? values.size() : present.size();
    for (const auto effort : { Effort::fast, Effort::full }) {
        auto bytes = encoded(values, present, effort);
        const auto size = bytes.size();
        bytes.append(kSlackBytes, '\x5A');
        ColumnDecoder decoder;
        ASSERT_TRUE(decoder.open(Bytes(bytes).substr(0, size), timestamps));
        ASSERT_EQ(decoder.count(), values.size());
        std::vector<double> back(values.size());
        ASSERT_TRUE(decoder.values(0, back.size(), back.data()));
        EXPECT_EQ(bitsOf(back), bitsOf(values));
        // Any part of it too.
        const auto from = values.size() / 3;
        const auto to = values.size() - values.size() / 5;
        std::vector<double> part(to - from);
        ASSERT_TRUE(decoder.values(from, to, part.data()));
        EXPECT_EQ(bitsOf(part), bitsOf({ values.begin() + static_cast<std::ptrdiff_t>(from), values.begin() + static_cast<std::ptrdiff_t>(to) }));
    }
}

using Generator = std::function<double(std::mt19937_64&, std::size_t)>;

double uniform(std::mt19937_64& random) { return std::uniform_real_distribution<double>(0, 1)(random); }

struct Shape {
    const char* name;
    Generator next;
};

const std::vector<Shape>& shapes()
{
    static const std::vector<Shape> list {
        { "constant integer", [](auto&, std::size_t) { return 42.0; } },
        { "constant fraction", [](auto&, std::size_t) { return 0.1 + 0.2; } },
        { "constant stale marker", [](auto&, std::size_t) { return model::staleMarker(); } },
        { "counter", [](auto& random, std::size_t i) { return static_cast<double>(i * 40 + random() % 7); } },
        { "counter with resets", [](auto& random, std::size_t i) { return static_cast<double>(i % 97 * 1000 + random() % 1000); } },
        { "steady counter", [](auto&, std::size_t i) { return static_cast<double>(i * 15); } },
        { "gauge", [](auto& random, std::size_t) { return static_cast<double>(random() % 50); } },
        { "signs", [](auto& random, std::size_t) { return static_cast<double>(static_cast<std::int64_t>(random() % 2001) - 1000); } },
        { "pages", [](auto& random, std::size_t) { return 4096.0 * static_cast<double>(random() % 100'000); } },
        { "decimals", [](auto& random, std::size_t) { return static_cast<double>(random() % 1'000'000) / 1000; } },
        { "seconds", [](auto& random, std::size_t i) { return 1748736000.125 + static_cast<double>(i) * 15 + static_cast<double>(random() % 3) / 1000; } },
        { "spikes", [](auto& random, std::size_t) { return random() % 50 == 0 ? 1e15 : static_cast<double>(random() % 8); } },
        { "noise", [](auto& random, std::size_t) { return uniform(random); } },
        { "any bits", [](auto& random, std::size_t) { return std::bit_cast<double>(static_cast<std::uint64_t>(random())); } },
        { "integers with NaN payloads", [](auto& random, std::size_t i) {
             return random() % 9 == 0 ? std::bit_cast<double>(0x7FF0000000000000ULL | (random() % 0xFFFFFFFFULL + 1)) : static_cast<double>(i);
         } },
        { "special values", [](auto& random, std::size_t) {
             constexpr std::array<double, 9> kValues = { 0.0, -0.0, 1.0, -1.0, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                 std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max() };
             return kValues[random() % kValues.size()];
         } },
        { "large integers", [](auto& random, std::size_t) { return static_cast<double>(static_cast<std::int64_t>(random())); } },
        { "ends in a stale marker", [](auto&, std::size_t i) { return i % 400 == 399 ? model::staleMarker() : 3.5; } },
        { "starts late", [](auto&, std::size_t i) { return i < 5 ? std::numeric_limits<double>::quiet_NaN() : 1e12 + static_cast<double>(i); } },
    };
    return list;
}

}

TEST(ColumnCodec, everyShapeSurvivesBitByBit)
{
    std::mt19937_64 random(seedOfTheDay());
    for (const auto& shape : shapes()) {
        for (const std::size_t count : { 1U, 2U, 3U, 7U, 16U, 127U, 128U, 129U, 130U, 255U, 256U, 1440U, 2500U }) {
            SCOPED_TRACE(std::string(shape.name) + ", " + std::to_string(count) + " values");
            std::vector<double> values;
            for (std::size_t i = 0; i < count; ++i)
                values.push_back(shape.next(random, i));
            expectRoundTrip(values);
        }
    }
}

TEST(ColumnCodec, gapsSurvive)
{
    std::mt19937_64 random(seedOfTheDay());
    for (int round = 0; round < 200; ++round) {
        const std::size_t timestamps = 2 + random() % 500;
        std::vector<std::uint8_t> present(timestamps);
        // Either a run, as of a series that appears and goes, or single gaps.
        const auto first = random() % timestamps;
        const auto last = first + random() % (timestamps - first);
        for (std::size_t i = 0; i < timestamps; ++i)
            present[i] = round % 2 == 0 ? i >= first && i <= last : random() % 10 != 0;
        present[first] = 1;
        std::vector<double> values;
        for (const auto flag : present) {
            if (flag)
                values.push_back(static_cast<double>(random() % 1000) / 10);
        }
        expectRoundTrip(values, present);

        auto bytes = encoded(values, present, Effort::full);
        const auto size = bytes.size();
        bytes.append(kSlackBytes, '\0');
        ColumnDecoder decoder;
        ASSERT_TRUE(decoder.open(Bytes(bytes).substr(0, size), timestamps));
        std::vector<std::int64_t> times(timestamps);
        std::vector<std::int64_t> expected;
        for (std::size_t i = 0; i < timestamps; ++i) {
            EXPECT_EQ(decoder.rank(i), expected.size());
            times[i] = static_cast<std::int64_t>(i * 10);
            if (present[i])
                expected.push_back(times[i]);
        }
        std::vector<std::int64_t> found(values.size());
        decoder.times(times, 0, found.size(), found.data());
        EXPECT_EQ(found, expected);
    }
}

TEST(ColumnCodec, takesLittleRoomForWhatIsCommon)
{
    std::mt19937_64 random(1);
    const auto bytesPerValue = [&](const Generator& next) {
        std::vector<double> values;
        for (std::size_t i = 0; i < 1440; ++i)
            values.push_back(next(random, i));
        return static_cast<double>(encoded(values, {}, Effort::full).size()) / 1440;
    };
    EXPECT_LT(bytesPerValue([](auto&, std::size_t) { return 1.0; }), 0.002);
    EXPECT_LT(bytesPerValue([](auto&, std::size_t i) { return static_cast<double>(i) * 15; }), 0.05);
    EXPECT_LT(bytesPerValue([](auto& r, std::size_t i) { return static_cast<double>(i * 40 + r() % 8); }), 0.62);
    // One spike in a hundred must not widen the others.
    EXPECT_LT(bytesPerValue([](auto& r, std::size_t) { return r() % 100 == 0 ? 123456789.0 : static_cast<double>(r() % 8); }), 0.55);
    EXPECT_LT(bytesPerValue([](auto& r, std::size_t) { return 4096.0 * static_cast<double>(65536 + r() % 256); }), 1.1);
}

TEST(ColumnCodec, damagedBytesGiveErrorsOrValuesButNeverCrash)
{
    std::mt19937_64 random(seedOfTheDay());
    std::vector<double> out(2500);
    for (const auto& shape : shapes()) {
        std::vector<double> values;
        for (std::size_t i = 0; i < 300; ++i)
            values.push_back(shape.next(random, i));
        const auto good = encoded(values, {}, Effort::full);
        for (int round = 0; round < 100; ++round) {
            auto bad = good.substr(0, round % 2 == 0 ? good.size() : random() % (good.size() + 1));
            for (std::size_t flips = round % 2 == 0 ? 1 + random() % 4 : 0; flips > 0 && !bad.empty(); --flips)
                bad[random() % bad.size()] = static_cast<char>(random());
            const auto size = bad.size();
            bad.append(kSlackBytes, '\0');
            ColumnDecoder decoder;
            if (decoder.open(Bytes(bad).substr(0, size), 300))
                (void)decoder.values(0, decoder.count(), out.data());
        }
    }
}

TEST(Block, givesBackTimesAndColumns)
{
    std::mt19937_64 random(seedOfTheDay());
    for (const std::size_t timestamps : { 1U, 16U, 129U, 2048U }) {
        std::vector<std::int64_t> times;
        for (std::size_t i = 0; i < timestamps; ++i)
            times.push_back(1748736000000 + static_cast<std::int64_t>(i) * 15'000 + static_cast<std::int64_t>(random() % 5));
        BlockBuilder builder(times, Effort::full);
        std::vector<std::vector<double>> columns;
        for (std::size_t c = 0; c < 300; ++c) {
            auto& values = columns.emplace_back();
            if (c % 7 != 3) {
                for (std::size_t i = 0; i < timestamps; ++i)
                    values.push_back(static_cast<double>(random() % (c + 1)));
            }
            builder.add(values, {});
        }
        std::string bytes;
        builder.finish(bytes);
        BlockReader reader;
        ASSERT_TRUE(reader.open(bytes));
        EXPECT_TRUE(std::equal(times.begin(), times.end(), reader.times().begin(), reader.times().end()));
        ASSERT_EQ(reader.columnCount(), columns.size());
        for (std::size_t c = 0; c < columns.size(); ++c) {
            if (columns[c].empty()) {
                EXPECT_TRUE(reader.column(c).empty());
                continue;
            }
            ColumnDecoder decoder;
            ASSERT_TRUE(decoder.open(reader.column(c), timestamps));
            std::vector<double> back(timestamps);
            ASSERT_TRUE(decoder.values(0, timestamps, back.data()));
            EXPECT_EQ(back, columns[c]);
        }
    }
}
