#include "core/base/format.h"
#include "core/logs/chunk.h"
#include "core/logs/line_filter.h"
#include "core/logs/text_search.h"
#include "core/logs/time_column.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace {

using namespace belvedere;
using namespace belvedere::logs;

std::vector<std::int64_t> roundTrip(const std::vector<std::int64_t>& times)
{
    std::string bytes;
    appendTimes(bytes, times);
    std::vector<std::int64_t> read;
    EXPECT_TRUE(readTimes(bytes, times.size(), read));
    return read;
}

TEST(TimeColumn, keepsTimesExactly)
{
    constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    const std::vector<std::vector<std::int64_t>> cases {
        { 0 },
        { -5 },
        { 7, 7, 7, 7 },
        { kMin, kMax },
        { kMax, kMin },
        { kMin, 0, kMax, kMax },
        { 1'748'736'000'000'000'000, 1'748'736'000'001'000'000, 1'748'736'000'005'000'000 },
        { 3, 1, 2, 2, -9 },
        { -3'000, -2'000, 5'000 },
    };
    for (const auto& times : cases)
        EXPECT_EQ(roundTrip(times), times);
}

TEST(TimeColumn, keepsRandomTimes)
{
    std::mt19937_64 random(20250601);
    for (int round = 0; round < 200; ++round) {
        std::vector<std::int64_t> times(1 + random() % 700);
        std::int64_t time = static_cast<std::int64_t>(random() >> 4);
        const auto scale = std::uint64_t { 1 } << random() % 50;
        for (auto& one : times)
            one = time += static_cast<std::int64_t>(random() % scale) - (round % 3 == 0 ? static_cast<std::int64_t>(scale / 3) : 0);
        EXPECT_EQ(roundTrip(times), times) << "round " << round;
    }
}

TEST(TimeColumn, takesFewBitsForAPoissonProcess)
{
    std::mt19937_64 random(7);
    std::exponential_distribution<> gap(1.0 / 40e6); // 40 ms in ns: 26.7 bits of entropy
    std::vector<std::int64_t> times;
    for (std::int64_t time = 0; times.size() < 10'000;)
        times.push_back(time += static_cast<std::int64_t>(gap(random)));
    std::string bytes;
    appendTimes(bytes, times);
    EXPECT_LT(static_cast<double>(bytes.size()) * 8 / 10'000, 27.1);
}

TEST(TimeColumn, refusesMalformedBytes)
{
    std::mt19937_64 random(11);
    std::string bytes;
    appendTimes(bytes, std::vector<std::int64_t> { 1, 5, 9, 1'000'000'000'000, 1'000'000'000'001 });
    std::vector<std::int64_t> read;
    for (std::size_t length = 0; length < bytes.size(); ++length)
        EXPECT_FALSE(readTimes(bytes.substr(0, length), 5, read));
    for (int round = 0; round < 20'000; ++round) {
        auto damaged = bytes;
        damaged[random() % damaged.size()] = static_cast<char>(random());
        (void)readTimes(damaged, 5, read); // any answer, but no crash
    }
    EXPECT_FALSE(readTimes(bytes, 1'000'000'000, read));
}

TEST(TextFinder, findsWhatStandardSearchFinds)
{
    std::mt19937_64 random(3);
    for (int round = 0; round < 20'000; ++round) {
        std::string text(random() % 300, '\0');
        for (auto& c : text)
            c = "ab \"x"[random() % 5];
        std::string needle(1 + random() % 4, '\0');
        for (auto& c : needle)
            c = "ab \"x"[random() % 5];
        const TextFinder finder(needle);
        const auto from = random() % 310;
        EXPECT_EQ(finder.find(text, from), std::string_view(text).find(needle, from)) << needle << " in " << text << " from " << from;
    }
}

TEST(LineFilter, neverExcludesWhatIsThere)
{
    std::mt19937_64 random(5);
    std::string text;
    for (int i = 0; i < 3'000; ++i)
        text += formatted("level=info id={:016x} msg=\"request {} done\" user={}", random(), random() % 1000, random() % 50);
    std::string filter;
    LineFilterBuilder().append(filter, text);
    for (int round = 0; round < 20'000; ++round) {
        const auto at = random() % text.size();
        const auto literal = text.substr(at, 1 + random() % 40);
        EXPECT_TRUE(LineProbe(literal).mayContain(filter)) << literal;
    }
}

TEST(LineFilter, excludesNearlyAllRareTexts)
{
    std::mt19937_64 random(6);
    std::string text;
    while (text.size() < 1'000'000)
        text += formatted("{{\"level\":\"INFO\",\"request_id\":\"{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}\",\"status\":200}}", random() >> 32, random() & 0xffff, random() & 0xfff, random() & 0xfff, random() >> 16);
    std::string filter;
    LineFilterBuilder().append(filter, text);
    EXPECT_LT(filter.size(), text.size() / 25);
    int excluded = 0;
    for (int i = 0; i < 1000; ++i)
        excluded += !LineProbe(formatted("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", random() >> 32, random() & 0xffff, random() & 0xfff, random() & 0xfff, random() >> 16)).mayContain(filter);
    EXPECT_GT(excluded, 985);
    EXPECT_FALSE(LineProbe("Traceback").mayContain(filter));
}

TEST(LineFilter, excludesNothingWhenMalformed)
{
    EXPECT_TRUE(LineProbe("anything at all").mayContain(""));
    EXPECT_TRUE(LineProbe("anything at all").mayContain(std::string_view("\xff\xff\xff", 3)));
    EXPECT_TRUE(LineProbe("anything at all").mayContain(std::string_view("\x13\x00", 2)));
}

struct Sample {
    std::vector<EntryView> views;
    std::vector<std::string> lines;
    std::vector<std::vector<model::Label>> metadata;
    std::vector<std::string> packed;
};

Sample sampleEntries(std::size_t count, bool withMetadata)
{
    std::mt19937_64 random(count);
    Sample sample;
    for (std::size_t i = 0; i < count; ++i) {
        sample.lines.push_back(i % 7 == 0 ? "" : formatted("line {} of {} {:x}", i, count, random()));
        std::vector<model::Label> metadata;
        if (withMetadata && i % 3 != 0) {
            metadata.push_back({ "trace_id", formatted("{:032x}", random()) });
            if (i % 2 == 0)
                metadata.push_back({ "user", "" });
        }
        sample.packed.emplace_back();
        appendPackedMetadata(sample.packed.back(), metadata);
        sample.metadata.push_back(std::move(metadata));
    }
    for (std::size_t i = 0; i < count; ++i)
        sample.views.push_back({ static_cast<std::int64_t>(i * 1'000'003), sample.lines[i], sample.packed[i] });
    return sample;
}

TEST(Chunk, keepsEntriesExactly)
{
    ChunkEncoder encoder;
    ChunkDecoder decoder;
    for (const auto kind : { ChunkEncoder::Kind::chunk, ChunkEncoder::Kind::journal }) {
        for (const std::size_t count : { 1U, 2U, 8U, 129U, 5000U }) {
            for (const bool withMetadata : { false, true }) {
                const auto sample = sampleEntries(count, withMetadata);
                const auto bytes = encoder.encode(sample.views, kind);
                const auto header = readChunkHeader(bytes);
                ASSERT_TRUE(header);
                EXPECT_EQ(header->entries, count);
                EXPECT_EQ(header->minNs, sample.views.front().timeNs);
                EXPECT_EQ(header->maxNs, sample.views.back().timeNs);
                ASSERT_TRUE(decoder.decode(bytes, {}));
                ASSERT_EQ(decoder.timesNs().size(), count);
                for (std::size_t i = 0; i < count; ++i) {
                    EXPECT_EQ(decoder.timesNs()[i], sample.views[i].timeNs);
                    EXPECT_EQ(decoder.line(i), sample.lines[i]);
                    const auto metadata = decoder.metadata().empty() ? model::MetadataView() : decoder.metadata()[i];
                    ASSERT_EQ(metadata.size(), sample.metadata[i].size());
                    for (std::size_t k = 0; k < metadata.size(); ++k) {
                        EXPECT_EQ(metadata[k].first, sample.metadata[i][k].name);
                        EXPECT_EQ(metadata[k].second, sample.metadata[i][k].value);
                    }
                }
                ASSERT_TRUE(decoder.decode(bytes, { false, false }));
                EXPECT_EQ(decoder.timesNs().size(), count);
                EXPECT_TRUE(decoder.text().empty());
            }
        }
    }
}

TEST(Chunk, tellsDamage)
{
    ChunkEncoder encoder;
    ChunkDecoder decoder;
    const auto sample = sampleEntries(300, true);
    const auto bytes = encoder.encode(sample.views, ChunkEncoder::Kind::chunk);
    for (std::size_t length = 0; length < bytes.size(); length += 13)
        EXPECT_FALSE(decoder.decode(std::string_view(bytes).substr(0, length), {}));
    std::mt19937_64 random(1);
    for (int round = 0; round < 5'000; ++round) {
        auto damaged = bytes;
        auto& byte = damaged[random() % damaged.size()];
        byte = static_cast<char>(byte ^ static_cast<char>(1 + random() % 255));
        EXPECT_FALSE(decoder.decode(damaged, {})) << "at " << (&byte - damaged.data());
        EXPECT_TRUE(decoder.timesNs().empty());
    }
}

}
