#include "core/alert/alerting_rule.h"

#include <gtest/gtest.h>

using namespace belvedere;
using namespace belvedere::alert;
using model::AlertState;

namespace {

constexpr std::int64_t kSecond = 1000;

Rule rule(std::int64_t forMs, std::int64_t keepMs = 0)
{
    Rule out;
    out.name = "High";
    out.expr = "x > 1";
    out.holdDurationMs = forMs;
    out.keepFiringForMs = keepMs;
    out.labels = { { "severity", "critical" } };
    out.annotations = { { "summary", "value" } };
    return out;
}

model::Vector vectorOf(std::initializer_list<model::Labels> series, double value = 2)
{
    model::Vector out;
    for (const auto& labels : series)
        out.push_back({ model::makeLabels(labels), 0, value });
    return out;
}

const Expand kAsIs = [](const std::string& text, const model::Labels&, double) { return text; };
const model::Labels kA { { "__name__", "x" }, { "instance", "a" } };
const model::Labels kB { { "__name__", "x" }, { "instance", "b" } };

AlertingRule::Outcome evaluate(AlertingRule& alerting, const model::Vector& result, std::int64_t timeMs)
{
    auto outcome = alerting.evaluate(result, timeMs, 0, kAsIs);
    EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message);
    return std::move(*outcome);
}

}

/// Annotations may be expanded by queries that a stop has ended: such texts must not replace good ones.
TEST(AlertingRule, isAsItWasAfterAStoppedEvaluation)
{
    AlertingRule alerting(rule(0));
    evaluate(alerting, vectorOf({ kA }), 0);
    std::stop_source stop;
    const Expand broken = [&](const std::string&, const model::Labels&, double) {
        stop.request_stop();
        return std::string("broken");
    };
    const auto outcome = alerting.evaluate(vectorOf({ kA, kB }), kSecond, 0, broken, stop.get_token());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::cancelled);
    ASSERT_EQ(alerting.active().size(), 1U);
    EXPECT_EQ(alerting.active()[0].annotations.get("summary"), "value");
}

TEST(AlertingRule, waitsForItsDurationThenFiresAndEnds)
{
    AlertingRule alerting(rule(30 * kSecond));
    EXPECT_TRUE(evaluate(alerting, vectorOf({ kA }), 0).changes.empty());
    EXPECT_EQ(alerting.state(), AlertState::pending);
    EXPECT_TRUE(evaluate(alerting, vectorOf({ kA }), 29 * kSecond).changes.empty());

    const auto fired = evaluate(alerting, vectorOf({ kA }), 30 * kSecond);
    ASSERT_EQ(fired.changes.size(), 1U);
    EXPECT_EQ(fired.changes[0].state, AlertState::firing);
    EXPECT_EQ(fired.changes[0].activeAtMs, 0);
    EXPECT_EQ(fired.changes[0].labels, (model::Labels { { "alertname", "High" }, { "instance", "a" }, { "severity", "critical" } }));
    ASSERT_EQ(fired.series.size(), 2U);
    EXPECT_EQ(fired.series[1].labels->get("alertstate"), "firing");

    const auto ended = evaluate(alerting, {}, 45 * kSecond);
    ASSERT_EQ(ended.changes.size(), 1U);
    EXPECT_EQ(ended.changes[0].state, AlertState::inactive);
    EXPECT_EQ(ended.changes[0].resolvedAtMs, 45 * kSecond);
    EXPECT_TRUE(ended.series.empty());
}

TEST(AlertingRule, pendingAlertThatGoesIsForgottenSilently)
{
    AlertingRule alerting(rule(30 * kSecond));
    evaluate(alerting, vectorOf({ kA }), 0);
    EXPECT_TRUE(evaluate(alerting, {}, 15 * kSecond).changes.empty());
    evaluate(alerting, vectorOf({ kA }), 20 * kSecond);
    // The timer began again at 20 s.
    EXPECT_TRUE(evaluate(alerting, vectorOf({ kA }), 45 * kSecond).changes.empty());
}

TEST(AlertingRule, keepsFiringForAsLongAsAsked)
{
    AlertingRule alerting(rule(0, 60 * kSecond));
    EXPECT_EQ(evaluate(alerting, vectorOf({ kA }), 0).changes.size(), 1U);
    EXPECT_TRUE(evaluate(alerting, {}, 10 * kSecond).changes.empty());
    EXPECT_TRUE(evaluate(alerting, {}, 69 * kSecond).changes.empty());
    EXPECT_EQ(evaluate(alerting, {}, 70 * kSecond).changes.size(), 1U);
}

TEST(AlertingRule, twoResultsWithTheSameLabelsAreAnErrorThatChangesNothing)
{
    AlertingRule alerting(rule(0));
    evaluate(alerting, vectorOf({ kA }), 0);
    const model::Labels sameWithoutName { { "__name__", "y" }, { "instance", "a" } };
    const auto outcome = alerting.evaluate(vectorOf({ kA, sameWithoutName }), 10, 0, kAsIs);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::execution);
    EXPECT_EQ(alerting.state(), AlertState::firing);
}

TEST(AlertingRule, limitEndsAllAlerts)
{
    AlertingRule alerting(rule(0));
    const auto outcome = alerting.evaluate(vectorOf({ kA, kB }), 0, 1, kAsIs);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::limit);
    EXPECT_EQ(alerting.state(), AlertState::inactive);
}

TEST(AlertingRule, restoredPendingAlertGoesOnWithTheTimeItHad)
{
    AlertingRule before(rule(60 * kSecond));
    evaluate(before, vectorOf({ kA }), 0);
    evaluate(before, vectorOf({ kA }), 40 * kSecond);

    // Down for 10 minutes: 40 of the 60 seconds are done.
    const auto back = 640 * kSecond;
    AlertingRule after(rule(60 * kSecond));
    for (const auto& alert : before.stored(40 * kSecond))
        after.restore(alert, back);
    EXPECT_TRUE(evaluate(after, vectorOf({ kA }), back + 19 * kSecond).changes.empty());
    EXPECT_EQ(evaluate(after, vectorOf({ kA }), back + 20 * kSecond).changes.size(), 1U);
}

TEST(AlertingRule, restoredFiringAlertIsNotReportedAgain)
{
    AlertingRule before(rule(0));
    evaluate(before, vectorOf({ kA }), 0);
    AlertingRule after(rule(0));
    for (const auto& alert : before.stored(0))
        after.restore(alert, 5 * kSecond);
    EXPECT_TRUE(evaluate(after, vectorOf({ kA }), 10 * kSecond).changes.empty());
    EXPECT_EQ(evaluate(after, {}, 20 * kSecond).changes.size(), 1U);
}

TEST(AlertingRule, restoredAlertThatIsOverSaysWhatItWas)
{
    AlertingRule before(rule(0));
    evaluate(before, vectorOf({ kA }), 0);
    AlertingRule after(rule(0));
    for (const auto& alert : before.stored(0))
        after.restore(alert, 5 * kSecond);
    const auto outcome = evaluate(after, {}, 10 * kSecond);
    ASSERT_EQ(outcome.changes.size(), 1U);
    EXPECT_EQ(outcome.changes[0].annotations.get("summary"), "value");
    EXPECT_EQ(outcome.changes[0].value, 2);
}

TEST(AlertingRule, outageBeyondToleranceStartsAnew)
{
    AlertingRule after(rule(0));
    after.restore({ "High", kA, AlertState::firing, 0, 0, 0, 0 }, AlertingRule::kOutageToleranceMs + 1);
    EXPECT_EQ(after.state(), AlertState::inactive);
}
