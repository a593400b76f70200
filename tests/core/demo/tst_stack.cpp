#include "core/demo/stack.h"

#include "tests/support/fake_clock.h"

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>

using namespace belvedere;
using namespace belvedere::demo;

namespace {

/// Counts what is written, and checks the rules of the sink's contract.
class CountingMetrics final : public model::MetricSink {
public:
    Result<model::SeriesId> seriesId(const model::Labels& labels) override
    {
        return static_cast<model::SeriesId>(m_ids.try_emplace(labels, m_ids.size() + 1).first->second);
    }
    Result<model::GroupId> groupId(std::string_view name) override
    {
        return static_cast<model::GroupId>(m_groups.try_emplace(std::string(name), m_groups.size() + 1).first->second);
    }
    void append(model::MetricBatch batch, Committed committed) override
    {
        EXPECT_EQ(batch.series.size(), batch.values.size());
        if (!batch.series.empty()) {
            EXPECT_GT(batch.timeMs, last[batch.group]);
            last[batch.group] = batch.timeMs;
        }
        samples += batch.values.size();
        if (committed)
            committed(model::AppendSummary { batch.values.size(), 0, 0, 0 });
    }
    [[nodiscard]] bool has(std::string_view metric) const
    {
        for (const auto& [labels, id] : m_ids) {
            if (labels.metricName() == metric)
                return true;
        }
        return false;
    }

    std::size_t samples = 0;
    std::map<model::GroupId, std::int64_t> last;

private:
    std::map<model::Labels, std::size_t> m_ids;
    std::map<std::string, std::size_t> m_groups;
};

class CountingLogs final : public model::LogSink {
public:
    void append(std::vector<model::LogPush> pushes, std::vector<model::LogPosition>, Committed committed) override
    {
        for (const auto& push : pushes) {
            for (const auto& entry : push.entries) {
                ++lines;
                EXPECT_TRUE(entry.line.starts_with("{\"level\":")) << entry.line;
            }
            services.insert(std::string(push.labels.get("service")));
        }
        if (committed)
            committed(model::LogAppendSummary {});
    }
    Result<std::optional<std::string>> position(std::string_view) const override { return std::nullopt; }

    std::size_t lines = 0;
    std::set<std::string> services;
};

}

TEST(DemoStack, writesTwoHoursOfHistory)
{
    NullLogger logger;
    CountingLogs logs;
    CountingMetrics metrics;
    const test::FakeClock clock(1'748'800'000'000);
    const auto stack = Stack::start(logs, clock, logger, 7);
    ASSERT_TRUE(stack) << stack.error().message;
    ASSERT_TRUE((*stack)->writeHistory(metrics));
    EXPECT_GT(metrics.samples, 200'000U);
    EXPECT_GT(logs.lines, 10'000U);
    EXPECT_EQ(metrics.last.size(), (*stack)->targets().size());
    EXPECT_GE(logs.services.size(), 6U);
    for (const auto* metric : { "up", "http_requests_total", "http_request_duration_seconds_bucket", "celery_queue_length", "pg_stat_activity_count", "redis_memory_used_bytes",
             "kafka_consumergroup_lag", "node_cpu_seconds_total" })
        EXPECT_TRUE(metrics.has(metric)) << metric;
}

TEST(DemoStack, everyKindOfIncidentComesRound)
{
    std::set<Incident> seen;
    for (std::int64_t t = 0; t < 4 * Stack::kIncidentEveryMs; t += 1000)
        seen.insert(Stack::incidentAt(t));
    EXPECT_EQ(seen.size(), 5U);
}

TEST(DemoRegistry, exposesHistogramsAsClientsDo)
{
    Registry registry;
    registry.family("d_seconds", "histogram", "Durations");
    const Histogram histogram(registry, { { "path", "/a\"b" } }, { 0.5, 1 });
    histogram.observe(registry, 0.7);
    EXPECT_EQ(registry.exposition(),
        "# HELP d_seconds Durations\n# TYPE d_seconds histogram\n"
        "d_seconds_bucket{le=\"0.5\", path=\"/a\\\"b\"} 0\nd_seconds_bucket{le=\"1.0\", path=\"/a\\\"b\"} 1\nd_seconds_bucket{le=\"+Inf\", path=\"/a\\\"b\"} 1\n"
        "d_seconds_sum{path=\"/a\\\"b\"} 0.7\nd_seconds_count{path=\"/a\\\"b\"} 1\n");
}
