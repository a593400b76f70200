#include "tests/ui/support/ui_session.h"
#include "ui/alerts/firing_spans.h"
#include "ui/settings.h"

#include <QSignalSpy>
#include <QTest>

using namespace belvedere;
using namespace belvedere::ui;

namespace {

constexpr std::int64_t kNowMs = test::UiSession::kNowMs;

std::vector<model::RuleGroupStatus> rules()
{
    model::RuleStatus down { .name = "RedisDown", .expr = "redis_up == 0", .labels = {}, .annotations = {}, .alerts = {}, .health = "ok", .lastError = {} };
    down.alerts.push_back({ .rule = "RedisDown", .labels = model::Labels({ { "alertname", "RedisDown" }, { "instance", "b" }, { "severity", "critical" } }), .annotations = {}, .state = model::AlertState::firing });
    model::RuleStatus slow { .name = "Slow", .expr = "histogram_quantile(0.9, sum by (le) (rate(latency_bucket[5m]))) > 1", .labels = {}, .annotations = {}, .alerts = {}, .health = "ok", .lastError = {} };
    model::RuleStatus errors { .kind = model::RuleStatus::Kind::recording, .name = "job:errors:rate", .expr = "sum by (job) (rate(errors_total[1m]))", .labels = {}, .annotations = {}, .alerts = {}, .health = "ok", .lastError = {} };
    model::RuleStatus failing { .name = "Failing", .expr = "job:errors:rate > 1", .labels = {}, .annotations = {}, .alerts = {}, .health = "ok", .lastError = {} };
    return { { .name = "g", .file = "f.yml", .rules = { down, slow, errors, failing } } };
}

/// Newest first, as the state database answers.
std::vector<model::AlertChange> changes()
{
    using enum model::AlertState;
    const model::Labels redisA({ { "alertname", "RedisDown" }, { "instance", "a" }, { "severity", "critical" } });
    const model::Labels redisB({ { "alertname", "RedisDown" }, { "instance", "b" }, { "severity", "critical" } });
    const model::Labels slow({ { "alertname", "Slow" }, { "severity", "warning" } });
    return {
        { kNowMs - 60'000, "RedisDown", redisB, firing, 0 },
        { kNowMs - 100'000, "Slow", slow, inactive, 0 },
        { kNowMs - 200'000, "Slow", slow, firing, 2 },
        { kNowMs - 250'000, "Failing", model::Labels({ { "alertname", "Failing" }, { "job", "api" } }), firing, 3 },
        { kNowMs - 300'000, "RedisDown", redisA, inactive, 0 },
        { kNowMs - 400'000, "RedisDown", redisA, firing, 0 },
    };
}

}

class TestFiringSpans : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void marksWhatWatchesTheSameMetrics_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QStringList>("expected");
        const auto both = QStringList { QStringLiteral("RedisDown fired: b"), QStringLiteral("RedisDown fired: a") };
        QTest::newRow("same metric") << QStringLiteral("min(redis_up)") << both;
        QTest::newRow("one instance") << QStringLiteral("redis_up{instance=\"a\"}") << QStringList { QStringLiteral("RedisDown fired: a") };
        QTest::newRow("expression of instances") << QStringLiteral("redis_up{instance=~\"b|c\"}") << QStringList { QStringLiteral("RedisDown fired: b") };
        QTest::newRow("label that the alert has not") << QStringLiteral("redis_up{job=\"redis\"}") << both;
        QTest::newRow("inside of a call and a range") << QStringLiteral("sum(increase(latency_bucket{le=\"1\"}[1m])) / 2") << QStringList { QStringLiteral("Slow fired") };
        QTest::newRow("through a recording rule") << QStringLiteral("rate(errors_total{job=\"api\"}[5m])") << QStringList { QStringLiteral("Failing fired: api") };
        QTest::newRow("another metric") << QStringLiteral("redis_memory_used_bytes") << QStringList();
        QTest::newRow("no query") << QStringLiteral("sum(") << QStringList();
    }
    void marksWhatWatchesTheSameMetrics()
    {
        QFETCH(QString, query);
        QFETCH(QStringList, expected);
        test::UiSession session;
        session.backend.setRules(rules());
        session.backend.setAlertChanges(changes());
        const FiringSpans spans(session.services());
        QStringList texts;
        for (const auto& span : spans.of({ query.toStdString() }))
            texts << span.text;
        QCOMPARE(texts, expected);
    }

    void whatStillFiresHasNoEnd()
    {
        test::UiSession session;
        session.backend.setRules(rules());
        session.backend.setAlertChanges(changes());
        const FiringSpans spans(session.services());
        const auto found = spans.of({ "redis_up" });
        QCOMPARE(found.size(), 2U);
        QCOMPARE(found[0].fromMs, static_cast<double>(kNowMs - 60'000));
        QVERIFY(!found[0].toMs);
        QCOMPARE(found[0].state, State::critical);
        QCOMPARE(found[1].toMs, std::optional(static_cast<double>(kNowMs - 300'000)));
    }

    void tellsWhenSomethingChanged()
    {
        test::UiSession session;
        session.backend.setRules(rules());
        const FiringSpans spans(session.services());
        QSignalSpy changed(&spans, &FiringSpans::changed);
        QVERIFY(spans.of({ "redis_up" }).empty());
        session.backend.setAlertChanges(changes());
        QCOMPARE(changed.size(), 1);
        session.backend.setRules(rules()); // the next evaluation, with nothing new
        QCOMPARE(changed.size(), 1);
        session.settings->setFiringShown(false);
        QCOMPARE(changed.size(), 2);
        QVERIFY(spans.of({ "redis_up" }).empty());
    }
};

QTEST_MAIN(TestFiringSpans)

#include "tst_firing_spans.moc"
