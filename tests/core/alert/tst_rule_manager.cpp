#include "core/alert/rule_manager.h"

#include "tests/support/fake_clock.h"
#include "tests/support/memory_alert_states.h"
#include "tests/support/memory_metric_sink.h"
#include "tests/support/memory_metric_source.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

using namespace belvedere;
using namespace belvedere::alert;
using model::AlertState;

namespace {

struct Fixture {
    test::MemoryMetricSource source;
    TaskPool pool { 2 };
    promql::Engine engine { source, pool, {} };
    test::MemoryMetricSink sink;
    test::MemoryAlertStates states;
    test::FakeClock clock { 0 };
    NullLogger logger;
    std::vector<model::AlertStatus> alerts;

    std::unique_ptr<RuleManager> make()
    {
        return std::make_unique<RuleManager>(RuleManager::Parts { engine, nullptr, sink, states, pool, clock, logger }, RuleManagerOptions {},
            [this](const model::AlertStatus& alert) { alerts.push_back(alert); }, RuleManager::StatusChanged {});
    }
};

std::vector<RuleGroup> groups(std::string_view rules)
{
    auto parsed = parseRuleFile("groups:\n- name: g\n  rules:\n" + std::string(rules), "r.yml", Language::promql, {});
    EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().front());
    return parsed ? *parsed : std::vector<RuleGroup>();
}

}

TEST(RuleManager, recordsResultsAndMarksWhatIsGoneAsStale)
{
    Fixture f;
    f.source.add({ { "__name__", "up" }, { "job", "a" } }, { 0, 60'000, 70'000 }, { 1, 1, model::staleMarker() });
    const auto manager = f.make();
    manager->setGroups(groups("  - {record: 'job:up:sum', expr: sum by (job) (up), labels: {made: here}}\n"));
    manager->evaluateAll(60'000);
    manager->evaluateAll(120'000);
    const auto written = f.sink.samples(model::Labels { { "__name__", "job:up:sum" }, { "job", "a" }, { "made", "here" } });
    ASSERT_EQ(written.size(), 2U);
    EXPECT_EQ(written[0].value, 1);
    EXPECT_TRUE(model::isStale(written[1].value));
}

/// A changed group used to forget what its recording rules had written.
TEST(RuleManager, whatAChangedRuleNoLongerYieldsIsStale)
{
    Fixture f;
    f.source.add({ { "__name__", "up" }, { "job", "a" } }, { 0, 60'000, 120'000 }, { 1, 1, 1 });
    const auto manager = f.make();
    manager->setGroups(groups("  - {record: r, expr: sum by (job) (up)}\n"));
    manager->evaluateAll(60'000);
    manager->setGroups(groups("  - {record: r, expr: sum(up)}\n"));
    manager->evaluateAll(120'000);
    const auto written = f.sink.samples(model::Labels { { "__name__", "r" }, { "job", "a" } });
    ASSERT_EQ(written.size(), 2U);
    EXPECT_TRUE(model::isStale(written[1].value));
}

TEST(RuleManager, aGroupWithASourceAsksItAndWritesHere)
{
    Fixture f;
    bool reachable = true;
    const auto ask = [&](const std::string& source, const std::string& expr, std::int64_t timeMs, std::stop_token) -> Result<model::QueryValue> {
        EXPECT_EQ(source, "prod");
        EXPECT_EQ(timeMs, 60'000);
        if (!reachable)
            return failure(ErrorCode::unavailable, "prod does not answer");
        model::QueryValue value;
        value.data = model::Vector { { model::makeLabels({ { "asked", expr } }), timeMs, 7 } };
        return value;
    };
    RuleManager manager({ f.engine, nullptr, f.sink, f.states, f.pool, f.clock, f.logger, ask }, RuleManagerOptions {}, [&](const model::AlertStatus& alert) { f.alerts.push_back(alert); }, {});
    auto remote = groups("  - {record: there, expr: up}\n  - {alert: A, expr: down}\n");
    remote[0].source = "prod";
    manager.setGroups(remote);
    manager.evaluateAll(60'000);
    EXPECT_EQ(f.sink.samples(model::Labels { { "__name__", "there" }, { "asked", "up" } }).at(0).value, 7);
    ASSERT_EQ(f.alerts.size(), 1U);
    EXPECT_EQ(f.alerts[0].state, model::AlertState::firing);

    reachable = false;
    manager.evaluateAll(60'000);
    EXPECT_EQ(f.alerts.size(), 1U); // a source that is away ends no alert
    EXPECT_EQ(manager.status()->at(0).rules.at(1).lastError, "prod does not answer");
}

TEST(RuleManager, aRuleThatReadsAnEarlierOneWaitsForItsCommit)
{
    Fixture f;
    const auto manager = f.make();
    manager->setGroups(groups("  - {record: a, expr: vector(1)}\n  - {record: b, expr: vector(2)}\n  - {record: c, expr: a + 1}\n"));
    manager->evaluateAll(0);
    EXPECT_EQ(f.sink.batches().size(), 1U); // c finds nothing yet in this source, but a and b were written before it was asked
    EXPECT_EQ(f.sink.newest().size(), 2U);
}

TEST(RuleManager, alertsAreReportedOnceAndSurviveARestart)
{
    Fixture f;
    f.source.add({ { "__name__", "up" }, { "job", "a" } }, { 0, 60'000, 120'000, 180'000 }, { 0, 0, 0, 1 });
    const auto rules = groups("  - {alert: Down, expr: up == 0, for: 1m, annotations: {summary: '{{ $labels.job }} is down'}}\n");
    {
        const auto manager = f.make();
        manager->setGroups(rules);
        manager->evaluateAll(0);
        EXPECT_TRUE(f.alerts.empty());
        manager->evaluateAll(60'000);
        ASSERT_EQ(f.alerts.size(), 1U);
        EXPECT_EQ(f.alerts[0].state, AlertState::firing);
        EXPECT_EQ(f.alerts[0].annotations.get("summary"), "a is down");
        const auto status = manager->status();
        ASSERT_EQ(status->size(), 1U);
        EXPECT_EQ((*status)[0].rules[0].state, AlertState::firing);
        EXPECT_EQ((*status)[0].rules[0].health, "ok");
    }
    f.clock.setMs(70'000);
    const auto manager = f.make();
    manager->setGroups(rules);
    manager->evaluateAll(120'000);
    EXPECT_EQ(f.alerts.size(), 1U);
    manager->evaluateAll(180'000);
    ASSERT_EQ(f.alerts.size(), 2U);
    EXPECT_EQ(f.alerts[1].state, AlertState::inactive);
    EXPECT_EQ(f.states.changes, 2);
}

TEST(RuleManager, aFailingRuleSaysWhyAndTheOthersGoOn)
{
    Fixture f;
    f.source.add({ { "__name__", "x" }, { "i", "1" } }, 0, 1);
    f.source.add({ { "__name__", "x" }, { "i", "2" } }, 0, 1);
    const auto manager = f.make();
    manager->setGroups(groups("  - {record: bad, expr: 'x * on () x'}\n  - {record: good, expr: sum(x)}\n"));
    manager->evaluateAll(0);
    const auto status = manager->status();
    EXPECT_EQ((*status)[0].rules[0].health, "err");
    EXPECT_FALSE((*status)[0].rules[0].lastError.empty());
    EXPECT_EQ((*status)[0].rules[1].health, "ok");
    EXPECT_FALSE(f.sink.samples(model::Labels { { "__name__", "good" } }).empty());
}

TEST(RuleManager, keepsItsScheduleInRealTime)
{
    Fixture f;
    SystemClock clock;
    std::mutex mutex;
    std::condition_variable changed;
    int evaluations = 0;
    RuleManager manager(RuleManager::Parts { f.engine, nullptr, f.sink, f.states, f.pool, clock, f.logger }, RuleManagerOptions { 50, {}, {} },
        {}, [&](const auto& status) {
            const std::scoped_lock lock(mutex);
            evaluations += !status->empty() && (*status)[0].lastEvaluationMs > 0;
            changed.notify_all();
        });
    manager.setGroups(groups("  - {record: one, expr: vector(1)}\n"));
    manager.start();
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return evaluations >= 3; }));
}
