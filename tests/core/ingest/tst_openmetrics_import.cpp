#include "core/ingest/openmetrics_import.h"

#include "tests/support/memory_metric_sink.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <zlib.h>

#include <fstream>

namespace belvedere::ingest {
namespace {

class MetricsImport : public testing::Test {
protected:
    std::filesystem::path file(const std::string& name, const std::string& text)
    {
        const auto path = folder.path() / name;
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

    test::TemporaryFolder folder;
    test::MemoryMetricSink sink;
};

/// `series` series of one target with `steps` samples each, series by series, as such files are.
std::string seriesMajor(int series, int steps)
{
    std::string text = "# HELP m Something.\n# TYPE m gauge\n";
    for (int s = 0; s < series; ++s) {
        for (int step = 0; step < steps; ++step)
            text += "m{job=\"j\",instance=\"i:1\",n=\"" + std::to_string(s) + "\"} " + std::to_string(s * 1000 + step) + " " + std::to_string(1'748'736'000 + 15 * step) + ".125\n";
    }
    return text + "# EOF\n";
}

TEST_F(MetricsImport, turnsSeriesByTimeAndTarget)
{
    const auto done = importMetrics(file("data.om", seriesMajor(10, 100)), sink);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->samples, 1000U);
    EXPECT_EQ(done->series, 10U);
    EXPECT_EQ(done->stored.appended, 1000U);
    const auto batches = sink.batches();
    ASSERT_EQ(batches.size(), 100U);
    for (std::size_t i = 0; i < batches.size(); ++i) {
        EXPECT_EQ(batches[i].timeMs, 1'748'736'000'125 + 15'000 * static_cast<std::int64_t>(i));
        EXPECT_EQ(batches[i].series.size(), 10U);
    }
    EXPECT_EQ(sink.metadata(), (std::vector<model::MetricMetadata> { { "m", "gauge", "Something.", "" } }));
    const auto samples = sink.samples({ { "__name__", "m" }, { "job", "j" }, { "instance", "i:1" }, { "n", "7" } });
    ASSERT_EQ(samples.size(), 100U);
    EXPECT_EQ(samples[42].value, 7042);
}

TEST_F(MetricsImport, givesTheSameInSmallPortionsAndOverManyPieces)
{
    const auto text = seriesMajor(40, 2000); // beyond one piece of the reader
    ASSERT_TRUE(importMetrics(file("data.om", text), sink, { .samplesAtOnce = 777 }));
    for (int s = 0; s < 40; ++s) {
        const auto samples = sink.samples({ { "__name__", "m" }, { "job", "j" }, { "instance", "i:1" }, { "n", std::to_string(s) } });
        ASSERT_EQ(samples.size(), 2000U);
        for (std::size_t i = 0; i < samples.size(); ++i)
            ASSERT_EQ(samples[i].timeMs, 1'748'736'000'125 + 15'000 * static_cast<std::int64_t>(i));
    }
}

TEST_F(MetricsImport, readsGzip)
{
    const auto path = (folder.path() / "data.om.gz").string();
    const auto text = seriesMajor(3, 50);
    const gzFile out = gzopen(path.c_str(), "wb");
    gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
    gzclose(out);
    const auto done = importMetrics(path, sink);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->samples, 150U);
}

TEST_F(MetricsImport, recognisesMilliseconds)
{
    ASSERT_TRUE(importMetrics(file("a.txt", "a 1 1748736000125\n\nb 2 1748736000125"), sink));
    EXPECT_EQ(sink.samples({ { "__name__", "a" } }).front().timeMs, 1'748'736'000'125);
    ASSERT_TRUE(importMetrics(file("b.txt", "# an ordinary comment\nc 1 1748736000125\n"), sink));
    EXPECT_EQ(sink.samples({ { "__name__", "c" } }).front().timeMs, 1'748'736'000'125);
}

TEST_F(MetricsImport, countsSamplesWithoutTime)
{
    const auto done = importMetrics(file("a.om", "a 1\nb 2 1748736000.5\n# EOF\n"), sink);
    ASSERT_TRUE(done);
    EXPECT_EQ(done->withoutTimestamp, 1U);
    EXPECT_EQ(done->samples, 1U);
}

TEST_F(MetricsImport, namesFileAndLineAndKeepsWhatStandsBefore)
{
    const auto path = file("a.om", "a 1 1748736000\na{b=} 2 1748736015\n# EOF\n");
    const auto done = importMetrics(path, sink);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message, path.string() + ": line 2: expected the value of label \"b\" in double quotes, found \"} 2 1748736015\"");
    EXPECT_EQ(sink.samples({ { "__name__", "a" } }).size(), 1U);
    EXPECT_EQ(importMetrics(file("b.om", "a 1 1748736000\n"), sink).error().code, ErrorCode::parse) << "cut: no # EOF";
    EXPECT_EQ(importMetrics(folder.path() / "absent", sink).error().code, ErrorCode::io);
}

TEST_F(MetricsImport, stopsWhenAsked)
{
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(importMetrics(file("a.om", seriesMajor(2, 2)), sink, {}, stop.get_token()).error().code, ErrorCode::cancelled);
}

}
}
