#include "core/alert/rule_manager.h"
#include "core/base/format.h"
#include "core/demo/stack.h"

#include "tests/support/fake_clock.h"
#include "tests/support/folders.h"
#include "tests/support/memory_alert_states.h"
#include "tests/support/memory_metric_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

// The demo's incidents against the rules that are shipped: each is caught while it lasts and is over before the next one.

using namespace belvedere;
using namespace belvedere::demo;

namespace {

/// A store in memory: what is written can be queried.
class MemoryStore final : public model::MetricSink {
public:
    Result<model::SeriesId> seriesId(const model::Labels& labels) override
    {
        const auto [at, isNew] = m_ids.try_emplace(labels, m_labels.size());
        if (isNew)
            m_labels.push_back(labels);
        return static_cast<model::SeriesId>(at->second);
    }
    Result<model::GroupId> groupId(std::string_view) override { return model::GroupId {}; }
    void append(model::MetricBatch batch, Committed committed) override
    {
        for (std::size_t i = 0; i < batch.series.size(); ++i)
            source.add(m_labels[static_cast<std::size_t>(batch.series[i])], batch.timeMs, batch.values[i]);
        if (committed)
            committed(model::AppendSummary { batch.values.size(), 0, 0, 0 });
    }

    test::MemoryMetricSource source;

private:
    std::map<model::Labels, std::size_t> m_ids;
    std::vector<model::Labels> m_labels;
};

class NoLogs final : public model::LogSink {
public:
    void append(std::vector<model::LogPush>, std::vector<model::LogPosition>, Committed committed) override
    {
        if (committed)
            committed(model::LogAppendSummary {});
    }
    Result<std::optional<std::string>> position(std::string_view) const override { return std::nullopt; }
};

/// What a person expects to be told.
std::set<std::string> expectedAlerts(Incident incident)
{
    switch (incident) {
    case Incident::none: return {};
    case Incident::errorBurst: return { "HighErrorRate" };
    case Incident::slowQuery: return { "LongTransaction", "SlowRequests" };
    case Incident::queueBacklog: return { "ConsumerLag", "QueueBacklog" };
    case Incident::workerLost: return { "CeleryWorkerLost" };
    }
    return {};
}

/// What may be noticed besides, without being the incident's mark.
std::set<std::string> tolerableAlerts(Incident incident)
{
    auto names = expectedAlerts(incident);
    if (incident == Incident::errorBurst)
        names.insert("CeleryTasksFailing"); // some payments are refused; there are few of them at night
    return names;
}

constexpr std::int64_t kEvaluateEveryMs = 10'000;
/// Before the next incident begins, all is quiet for this long.
constexpr std::int64_t kQuietMs = 20'000;

/// Evaluates the shipped rules over what `store` holds from `fromMs` to `toMs`.
void expectIncidentsCaught(MemoryStore& store, std::int64_t fromMs, std::int64_t toMs)
{
    const auto file = test::sourceFolder() / "resources/rules/stack.yml";
    std::ifstream stream(file, std::ios::binary);
    auto groups = alert::parseRuleFile(std::string(std::istreambuf_iterator<char>(stream), {}), "stack.yml", alert::Language::promql, {});
    ASSERT_TRUE(groups) << groups.error().front();

    TaskPool pool { 1 };
    const promql::Engine engine(store.source, pool, {});
    test::MemoryAlertStates states;
    const test::FakeClock clock(fromMs);
    NullLogger logger;
    alert::RuleManager manager({ engine, nullptr, store, states, pool, clock, logger }, {}, {}, {});
    manager.setGroups(std::move(*groups));

    std::set<std::string> firedNow; // during the incident and the calm after it
    std::set<std::string> missed;
    for (auto time = fromMs; time < toMs; time += kEvaluateEveryMs) {
        manager.evaluateAll(time);
        const auto sinceBegin = time % Stack::kIncidentEveryMs;
        const auto incident = Stack::incidentAt(time - sinceBegin);
        const auto place = formatted("incident {} at {} + {} s", static_cast<int>(incident), time - sinceBegin, sinceBegin / 1000);
        const bool whole = time - sinceBegin >= fromMs; // the first one may have begun before what is known
        if (sinceBegin < kEvaluateEveryMs)
            firedNow.clear();
        const auto status = manager.status();
        for (const auto& group : *status) {
            for (const auto& rule : group.rules) {
                EXPECT_EQ(rule.health, "ok") << rule.name << ": " << rule.lastError;
                if (rule.state != model::AlertState::firing)
                    continue;
                EXPECT_TRUE(!whole || tolerableAlerts(incident).contains(rule.name)) << rule.name << " fires: " << place;
                EXPECT_LT(sinceBegin, Stack::kIncidentEveryMs - kQuietMs) << rule.name << " still fires: " << place;
                if (sinceBegin < Stack::kIncidentLastsMs)
                    firedNow.insert(rule.name);
            }
        }
        if (whole && sinceBegin >= Stack::kIncidentLastsMs) {
            for (const auto& name : expectedAlerts(incident))
                EXPECT_TRUE(firedNow.contains(name)) << name << " did not fire while it lasted: " << place;
        }
    }
}

}

class DemoIncidents : public testing::TestWithParam<std::int64_t> {};

// Load follows the time of the day: the least, and the most.
INSTANTIATE_TEST_SUITE_P(AtHour, DemoIncidents, testing::Values(4, 15));

constexpr std::int64_t kMidnightMs = 1'748'736'000'000;

TEST_P(DemoIncidents, areCaughtInTheHistory)
{
    const auto now = kMidnightMs + GetParam() * 3'600'000 + 77'000;
    const test::FakeClock clock(now);
    NullLogger logger;
    NoLogs logs;
    MemoryStore store;
    const auto stack = Stack::start(logs, clock, logger, static_cast<std::uint64_t>(GetParam()));
    ASSERT_TRUE(stack) << stack.error().message;
    ASSERT_TRUE((*stack)->writeHistory(store));
    expectIncidentsCaught(store, now - Stack::kHistoryMs + Stack::kHistoryStepMs, now);
}

TEST_P(DemoIncidents, areCaughtWhileItLives)
{
    constexpr std::int64_t kLengthMs = 4 * Stack::kIncidentEveryMs;
    const auto from = kMidnightMs + GetParam() * 3'600'000 - 500;
    auto services = makeServices(from);
    Random random(static_cast<std::uint64_t>(GetParam()));
    MemoryStore store;
    int step = 0;
    for (auto time = from; time < from + kLengthMs; time += 1000, ++step) {
        const auto conditions = Stack::conditionsAt(time, 1);
        for (const auto& service : services) {
            std::vector<model::LogEntry> lines;
            service->advance(conditions, random, lines);
            if (step % (Stack::kHistoryStepMs / 1000) != 0)
                continue;
            for (const auto& series : service->registry().series()) {
                model::LabelsBuilder builder(series.labels);
                builder.set("job", service->job()).set("instance", service->instance());
                store.source.add(builder.build(), time, series.value);
            }
        }
    }
    expectIncidentsCaught(store, from, from + kLengthMs);
}
