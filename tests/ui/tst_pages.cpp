#include "tests/ui/support/ui_session.h"
#include "ui/alerts/alert_details.h"
#include "ui/alerts/alert_expression.h"
#include "ui/alerts/alert_history.h"
#include "ui/alerts/alerts_model.h"
#include "ui/alerts/alerts_page.h"
#include "ui/containers/containers_page.h"
#include "ui/explore/completion.h"
#include "ui/explore/explore_page.h"
#include "ui/explore/live_tail.h"
#include "ui/explore/log_model.h"
#include "ui/explore/log_view.h"
#include "ui/explore/log_volume.h"
#include "ui/explore/query_editor.h"
#include "ui/explore/query_narrowing.h"
#include "ui/explore/result_table.h"
#include "ui/chart/time_series_view.h"
#include "ui/overview/first_steps.h"
#include "ui/overview/overview_page.h"
#include "ui/targets/targets_model.h"
#include "ui/targets/targets_page.h"
#include "ui/widgets/label_chips.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/state_stack.h"
#include "ui/widgets/table.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace belvedere;
using namespace belvedere::ui;
using test::UiSession;

class TestPages : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(QStringLiteral("QObject::connect|QPainter|QLayout|QWidget"))); }

    void targetsShowWhatIsDownFirst()
    {
        UiSession session;
        session.backend.fillWithShop();
        TargetsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setTargets(session.backend.targets(), UiSession::kNowMs);
        TargetsFilter filter;
        filter.setSourceModel(&model);
        filter.sort(TargetsModel::StateColumn);

        QCOMPARE(filter.index(0, TargetsModel::StateColumn).data().toString(), QStringLiteral("Down"));
        QVERIFY(filter.index(0, TargetsModel::ErrorColumn).data().toString().startsWith(QStringLiteral("context deadline exceeded")));
        QCOMPARE(model.rowCount(), 10);
        filter.setJob(QStringLiteral("api"));
        QCOMPARE(filter.rowCount(), 4);
        filter.setWords(QStringLiteral("8001 http"));
        QCOMPARE(filter.rowCount(), 1);
        filter.setWords({});
        filter.setKind(TargetsModel::Kind::dropped);
        QCOMPARE(filter.rowCount(), 1);
        QVERIFY(!model.target(9));
    }

    void labelsBeforeAndAfterStandSideBySide()
    {
        LabelsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setLabels(model::Labels { { "job", "a" }, { "instance", "h:1" } }, model::Labels { { "__address__", "h:1" }, { "job", "b" } });

        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(1, LabelsModel::NameColumn).data().toString(), QStringLiteral("job"));
        QCOMPARE(model.index(1, LabelsModel::AfterColumn).data().toString(), QStringLiteral("a"));
        QCOMPARE(model.index(1, LabelsModel::BeforeColumn).data().toString(), QStringLiteral("b"));
        QCOMPARE(model.index(2, LabelsModel::AfterColumn).data().toString(), QString());
    }

    void targetsPageKeepsTheSelectionWhenTheListIsReplaced()
    {
        UiSession session;
        TargetsPage page(session.services());
        QVERIFY2(!page.findChild<StateStack*>()->showsContent(), "no targets: the page says what to do");
        session.backend.fillWithShop();
        QVERIFY(page.findChild<StateStack*>()->showsContent());
        QCOMPARE(page.badge(), 1);
        auto* table = page.findChild<TableView*>(QStringLiteral("targets.table"));
        table->selectRow(3);
        const QString url = table->model()->index(3, TargetsModel::UrlColumn).data().toString();

        auto targets = *session.backend.targets();
        std::erase_if(targets.active, [](const model::TargetStatus& target) { return target.health == model::TargetStatus::Health::down; });
        session.backend.setTargets(targets);

        QCOMPARE(table->model()->index(table->currentIndex().row(), TargetsModel::UrlColumn).data().toString(), url);
        QCOMPARE(page.badge(), 0);
        QVERIFY(table->toText(true).startsWith(QStringLiteral("State\tJob\tEndpoint")));
    }

    void overviewPutsTheWorstServiceFirstAndLeadsOn()
    {
        UiSession session;
        session.backend.fillWithShop();
        OverviewPage page(session.services());
        page.resize(1000, 700);
        page.show();
        QTRY_VERIFY(!page.healths().empty() && page.healths().front().figures.size() > 2);

        const auto& api = page.healths().front();
        QCOMPARE(api.name, QStringLiteral("api"));
        QCOMPARE(api.state, State::critical);
        QCOMPARE(api.reasons.first(), QStringLiteral("HighErrorRate"));
        QCOMPARE(api.targets, 3);
        QCOMPARE(api.targetsUp, 2);
        QCOMPARE(api.logErrors, std::optional(37.0));
        QCOMPARE(api.figures.front().caption, QStringLiteral("requests/s"));
        QVERIFY(!api.history.empty());
        const auto service = [&page](const char* name) { return *std::ranges::find(page.healths(), QLatin1StringView(name), &ServiceHealth::name); };
        QCOMPARE(service("postgres").kind, QStringLiteral("PostgreSQL"));
        QCOMPARE(service("postgres").figures.front().caption, QStringLiteral("tx/s"));
        QVERIFY2(service("redis").graph.values.size() > 100, "each kind has a graph of its own");
        QCOMPARE(service("celery").dashboard, QStringLiteral("bv-celery"));
        QSignalSpy spy(&page, &Page::navigate);
        page.findChildren<ServiceTile*>().first()->click();
        QCOMPARE(spy[0][0].toString(), page::kAlerts);
        QCOMPARE(spy[0][1].toMap()[QStringLiteral("rule")].toString(), QStringLiteral("HighErrorRate"));
    }

    void overviewSaysWhatToDoFirst()
    {
        UiSession session;
        session.backend.setDockerState(QStringLiteral("There is no Docker socket."));
        auto& window = session.openWindow();
        window.showPage(page::kOverview);
        auto* steps = window.findChild<FirstSteps*>();
        QVERIFY(steps);
        QTRY_VERIFY(steps->isVisible());
        const auto texts = [steps] {
            QString all;
            for (const auto* label : steps->findChildren<QLabel*>())
                all += label->text();
            return all;
        };
        QVERIFY(texts().contains(QLatin1StringView("There is no Docker socket.")));
        QVERIFY(texts().contains(session.backend.workspaceFile()));
        const auto press = [steps](const char* text) {
            const auto buttons = steps->findChildren<QPushButton*>();
            (*std::ranges::find(buttons, QLatin1StringView(text), &QPushButton::text))->click();
        };
        press("Show the Demo");
        QCOMPARE(session.backend.demosStarted, 1);
        press("Add Shipped Rules");
        QCOMPARE(session.backend.shippedRulesWanted, 1);
        QCOMPARE(window.currentPage()->id(), page::kAlerts);

        session.backend.fillWithShop();
        window.showPage(page::kOverview);
        QTRY_VERIFY(!steps->isVisible());
    }

    void theKeyboardStaysWithAServiceThatMoves()
    {
        UiSession session;
        session.backend.fillWithShop();
        OverviewPage page(session.services());
        page.resize(1000, 700);
        page.show();
        page.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&page));
        QTRY_VERIFY(page.healths().size() > 3);
        const auto names = [&page] {
            QStringList all;
            for (const auto* tile : page.findChildren<ServiceTile*>())
                all << tile->service().name;
            return all;
        };
        const auto before = names();
        const auto tiles = page.findChildren<ServiceTile*>();
        tiles[1]->setFocus();

        // What fired no longer does: others need attention first.
        session.backend.setRules({});

        QTRY_VERIFY(names().indexOf(before[1]) != 1);
        const auto* tile = qobject_cast<ServiceTile*>(QApplication::focusWidget());
        QVERIFY(tile);
        QCOMPARE(tile->service().name, before[1]);
    }

    void everyFigureIsAQueryThatParses()
    {
        QVERIFY(takeApart(markerQuery()).language == "promql");
        for (const auto& kind : ServiceKind::all()) {
            QVERIFY(!kind.figures.empty());
            for (const auto& figure : kind.figures)
                QVERIFY2(takeApart(figure.expr).language == "promql", figure.expr.c_str());
        }
    }

    void aTargetBelongsToTheContainerItIsAddressedBy()
    {
        model::TargetStatus target;
        target.job = "fastapi";
        target.labels = model::Labels { { "instance", "api:8000" }, { "job", "fastapi" } };
        target.health = model::TargetStatus::Health::up;
        model::TargetList targets;
        targets.active.push_back(target);
        model::ContainerStatus container;
        container.name = "shop-api-1";
        container.composeService = "api";
        container.state = "running";
        const auto labels = model::makeLabels(target.labels);
        model::LabelsBuilder marker(target.labels);
        marker.set("__name__", "http_requests_total");
        ServiceMetrics metrics;
        metrics.markers = { { model::makeLabels(marker.build()), 2000, 1 } };
        metrics.answers = { { &ServiceKind::all().front().figures.front(), { { labels, { 1000, 2000 }, { 3, 4 } } } } };

        const auto all = assembleServices(targets, { container }, {}, metrics);

        QCOMPARE(all.size(), std::size_t { 1 });
        QCOMPARE(all.front().name, QStringLiteral("api"));
        QCOMPARE(all.front().figures.front().value, 4.0);
    }

    void instancesOfOneJobCanBeServicesOfTheirOwn()
    {
        model::TargetList targets;
        std::vector<model::ContainerStatus> containers;
        ServiceMetrics metrics;
        const auto* rate = &ServiceKind::all().front().figures.front();
        metrics.answers = { { rate, {} } };
        for (const auto* name : { "api", "checkout" }) {
            model::TargetStatus target;
            target.job = "fastapi";
            target.labels = model::Labels { { "instance", std::string(name) + ":8000" }, { "job", "fastapi" } };
            target.health = model::TargetStatus::Health::up;
            model::ContainerStatus container;
            container.composeService = name;
            container.state = "running";
            model::LabelsBuilder marker(target.labels);
            marker.set("__name__", "http_requests_total");
            metrics.markers.push_back({ model::makeLabels(marker.build()), 2000, 1 });
            metrics.answers.front().values.push_back({ model::makeLabels(target.labels), { 2000 }, { *name == 'a' ? 1.0 : 2.0 } });
            targets.active.push_back(target);
            containers.push_back(container);
        }

        const auto all = assembleServices(targets, containers, {}, metrics);

        QCOMPARE(all.size(), std::size_t { 2 });
        QCOMPARE(all[0].figures.front().value, 1.0);
        QCOMPARE(all[1].figures.front().value, 2.0);
    }

    void anAlertBelongsToWhatItsInstanceOrExpressionNames()
    {
        model::TargetList targets;
        ServiceMetrics metrics;
        for (const auto& [job, metric] : { std::pair { "celery", "celery_task_received_total" }, std::pair { "postgres", "pg_stat_database_xact_commit" } }) {
            model::TargetStatus target;
            target.job = job;
            target.labels = model::Labels { { "instance", std::string(job) + "-exporter" }, { "job", job } };
            target.health = model::TargetStatus::Health::up;
            model::LabelsBuilder marker(target.labels);
            marker.set("__name__", metric);
            metrics.markers.push_back({ model::makeLabels(marker.build()), 2000, 1 });
            targets.active.push_back(target);
        }
        const auto firing = [](const char* name, const char* expr, model::Labels labels) {
            model::RuleStatus rule;
            rule.name = name;
            rule.expr = expr;
            model::AlertStatus alert;
            alert.rule = name;
            alert.labels = std::move(labels);
            alert.state = model::AlertState::firing;
            rule.alerts.push_back(alert);
            return rule;
        };
        model::RuleGroupStatus group;
        group.rules = { firing("LongTransaction", "x > 1", model::Labels { { "instance", "postgres-exporter" } }), firing("QueueBacklog", "sum by (queue_name) (celery_queue_length) > 200", model::Labels { { "queue_name", "mail" } }) };

        const auto all = assembleServices(targets, {}, { group }, metrics);

        QCOMPARE(all.size(), std::size_t { 2 });
        QCOMPARE(all[0].firing, QStringList { QStringLiteral("QueueBacklog") });
        QCOMPARE(all[1].firing, QStringList { QStringLiteral("LongTransaction") });
    }

    void aServiceWithoutFactsIsUnknownNotWell()
    {
        model::TargetStatus target;
        target.job = "new";
        model::TargetList targets;
        targets.active.push_back(target);
        const auto all = assembleServices(targets, {}, {}, {});
        QCOMPARE(all.size(), std::size_t { 1 });
        QCOMPARE(all.front().state, State::unknown);
    }

    void alertsSayWhatFiresAndWhy()
    {
        UiSession session;
        AlertsPage page(session.services());
        QVERIFY2(!page.findChild<StateStack*>()->showsContent(), "no rules: the page says where to put them");
        session.backend.fillWithShop();
        AlertsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setGroups(session.backend.rules(), UiSession::kNowMs);

        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.firing(), 2);
        QCOMPARE(page.badge(), 2);
        auto* table = page.findChild<TableView*>(QStringLiteral("alerts.table"));
        QCOMPARE(table->model()->index(0, AlertsModel::NameColumn).data().toString(), QStringLiteral("HighErrorRate"));
        QCOMPARE(table->model()->index(2, AlertsModel::StateColumn).data().toString(), QStringLiteral("Pending"));
        page.showFor({ { QStringLiteral("rule"), QStringLiteral("TargetDown") } });
        QCOMPARE(table->currentIndex().siblingAtColumn(AlertsModel::NameColumn).data().toString(), QStringLiteral("TargetDown"));
    }

    void alertExpressionsAreTakenApartAtTheirThreshold_data()
    {
        QTest::addColumn<QString>("expr");
        QTest::addColumn<QString>("value");
        QTest::addColumn<double>("threshold");
        QTest::addColumn<QString>("comparison");
        QTest::addColumn<QString>("language");
        const auto row = [](const char* expr, const char* value, double threshold, const char* comparison, const char* language = "promql") {
            QTest::addRow("%s", expr) << QString::fromLatin1(expr) << QString::fromLatin1(value) << threshold << QString::fromLatin1(comparison) << QString::fromLatin1(language);
        };
        row("up == 0", "up", 0, "==");
        row("sum(a) / sum(b) > 0.05", "sum(a) / sum(b)", 0.05, ">");
        row("(-1 < bool rate(a[5m]))", "rate(a[5m])", -1, ">");
        row("a > b", "a > b", qQNaN(), "");
        row("a > 1 and b > 2", "a > 1 and b > 2", qQNaN(), "");
        row("sum(count_over_time({a=\"b\"} |= \"x\" [1m])) >= 5", "sum(count_over_time({a=\"b\"} |= \"x\" [1m]))", 5, ">=", "logql");
    }
    void alertExpressionsAreTakenApartAtTheirThreshold()
    {
        QFETCH(QString, expr);
        QFETCH(QString, value);
        QFETCH(double, threshold);
        QFETCH(QString, comparison);
        QFETCH(QString, language);

        const auto parts = takeApart(expr.toStdString());

        QCOMPARE(QString::fromStdString(parts.value).remove(QLatin1Char(' ')), value.remove(QLatin1Char(' ')));
        QCOMPARE(parts.threshold.has_value(), !qIsNaN(threshold));
        if (parts.threshold)
            QCOMPARE(*parts.threshold, threshold);
        QCOMPARE(QString::fromStdString(parts.comparison), comparison);
        QCOMPARE(QString::fromStdString(parts.language), language);
    }

    void anAlertShowsItsValueItsLabelsAndWhenItFiredBefore()
    {
        UiSession session;
        session.backend.fillWithShop();
        AlertsPage page(session.services());
        page.resize(1100, 700);
        page.show();
        auto* details = page.findChild<AlertDetails*>();

        page.showFor({ { QStringLiteral("rule"), QStringLiteral("HighErrorRate") } });

        QTRY_VERIFY(!details->chart()->series.empty());
        QCOMPARE(details->chart()->thresholds.size(), std::size_t { 1 });
        QCOMPARE(details->chart()->thresholds.front().value, 0.05);
        QVERIFY(details->findChild<LabelChips*>()->text().contains(QStringLiteral("service=\"api\"")));
        const auto& episodes = details->history().episodes();
        QCOMPARE(episodes.size(), std::size_t { 2 });
        QVERIFY(episodes[0].firing);
        QCOMPARE(episodes[1].toMs - episodes[1].fromMs, 231'000);
    }

    void whatFiredIsPairedWithItsEnd()
    {
        const auto change = [](qint64 timeMs, const char* rule, model::AlertState state) { return model::AlertChange { timeMs, rule, {}, state, 1 }; };
        using enum model::AlertState;
        const auto episodes = episodesOf({ change(50, "A", firing), change(40, "A", inactive), change(30, "B", firing), change(20, "A", firing) }, {});

        QCOMPARE(episodes.size(), std::size_t { 3 });
        QCOMPARE(episodes[0].toMs, 0);
        QVERIFY2(!episodes[0].firing, "no rule says that it fires: its end was not recorded");
        QCOMPARE(episodes[1].rule, std::string("B"));
        QCOMPARE(episodes[2].fromMs, 20);
        QCOMPARE(episodes[2].toMs, 40);
        AlertHistoryModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setEpisodes(episodes, 100);
        QCOMPARE(model.rowCount(), 3);
    }

    void rulesStandUnderTheirGroups()
    {
        UiSession session;
        session.backend.fillWithShop();
        RulesModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setGroups(session.backend.rules(), UiSession::kNowMs);

        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.rowCount(model.index(0, 0)), 5);
        const auto broken = model.find(QStringLiteral("DiskFull"));
        QVERIFY(broken.isValid());
        QVERIFY(broken.siblingAtColumn(RulesModel::ErrorColumn).data().toString().startsWith(QStringLiteral("many-to-many")));
        model.setGroups(session.backend.rules(), UiSession::kNowMs + 1000);
        QVERIFY2(broken == model.find(QStringLiteral("DiskFull")), "an update of the same shape keeps indexes");
    }

    void containersLeadToTheirLogs()
    {
        UiSession session;
        ContainersPage page(session.services());
        session.backend.setDockerState(QStringLiteral("the socket /var/run/docker.sock does not answer; is Docker running?"));
        QVERIFY(page.findChild<StateStack*>()->title().contains(QStringLiteral("Docker")));
        session.backend.setDockerState({});
        session.backend.fillWithShop();
        QCOMPARE(page.badge(), 2);
        QSignalSpy spy(&page, &Page::navigate);
        page.showFor({ { QStringLiteral("name"), QStringLiteral("redis") } });
        QCOMPARE(page.findChild<TableView*>()->model()->rowCount(), 1);

        page.pageActions()[1]->trigger();

        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy[0][0].toString(), page::kExplore);
        QCOMPARE(spy[0][1].toMap()[QStringLiteral("expr")].toString(), QStringLiteral("{container=\"shop-redis-1\"}"));
    }

    void completionKnowsWhereItIs_data()
    {
        QTest::addColumn<bool>("logql");
        QTest::addColumn<QString>("text"); // | is the cursor
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("prefix");
        QTest::addColumn<QString>("label");
        using Kind = CompletionContext::Kind;
        const auto row = [](const char* text, Kind kind, const char* prefix, const char* label = "", bool logql = false) {
            QTest::addRow("%s", text) << logql << QString::fromLatin1(text) << static_cast<int>(kind) << QString::fromLatin1(prefix) << QString::fromLatin1(label);
        };
        row("ra^", Kind::expression, "ra");
        row("sum(rate(http_re^", Kind::expression, "http_re");
        row("up{jo^", Kind::labelName, "jo");
        row("up{job=\"a\", in^", Kind::labelName, "in");
        row("up{job=\"ap^\"}", Kind::labelValue, "ap", "job");
        row("up{job=~\"a|b^", Kind::labelValue, "a|b", "job");
        row("sum by (ha^) (up)", Kind::labelName, "ha");
        row("rate(up[5^", Kind::none, "");
        row("\"text ^", Kind::none, "");
        row("1 + 2^", Kind::none, "");
        row("{app=\"x\"} | js^", Kind::stage, "js", "", true);
        row("{ap^", Kind::labelName, "ap", "", true);
        row("{app=`we^", Kind::labelValue, "we", "app", true);
        row("up{job=^", Kind::labelValue, "", "job");
        row("{app =~ we^", Kind::labelValue, "we", "app", true);
    }
    void completionKnowsWhereItIs()
    {
        QFETCH(bool, logql);
        QFETCH(QString, text);
        QFETCH(int, kind);
        QFETCH(QString, prefix);
        QFETCH(QString, label);
        const auto cursor = text.indexOf(QLatin1Char('^'));
        text.remove(cursor, 1);

        const auto context = completionAt(logql ? QueryLanguage::logql : QueryLanguage::promql, text, cursor);

        QCOMPARE(static_cast<int>(context.kind), kind);
        QCOMPARE(context.prefix, prefix);
        QCOMPARE(context.label, label);
    }

    void logModelKeepsTheNewest()
    {
        LogModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto labels = model::makeLabels(model::Labels { { "app", "a" } });
        const auto rows = [&labels](std::int64_t newest, std::size_t count) {
            std::vector<LogRow> made;
            for (std::size_t i = 0; i < count; ++i)
                made.push_back({ labels, { newest - static_cast<std::int64_t>(i), "line", {}, {} }, LogLevel::info });
            return made;
        };
        model.setRows(rows(1000, LogModel::kMaxRows - 5));
        model.addNewer(rows(1010, 10));

        QCOMPARE(model.rowCount(), static_cast<int>(LogModel::kMaxRows));
        QCOMPARE(model.row(0).line.timeNs, 1010);
        QCOMPARE(model.row(10).line.timeNs, 1000);
        QCOMPARE(model.forgotten(), std::size_t { 5 });
    }

    void resultTableHasAColumnForEachLabel()
    {
        ResultTableModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setVector({ { model::makeLabels(model::Labels { { "__name__", "up" }, { "job", "a" } }), 0, 1 }, { model::makeLabels(model::Labels { { "instance", "b" } }), 0, 0.5 } });
        QCOMPARE(model.columnCount(), 4);
        QCOMPARE(model.headerData(0, Qt::Horizontal).toString(), QStringLiteral("Metric"));
        QCOMPARE(model.index(1, 3).data().toString(), QStringLiteral("0.5"));
    }

    void exploreDrawsMetricsAndNamesTheirDifferences()
    {
        UiSession session;
        session.backend.fillWithShop();
        ExplorePage page(session.services());
        page.resize(1000, 700);
        page.show();
        page.showFor({ { QStringLiteral("language"), QStringLiteral("promql") }, { QStringLiteral("expr"), QStringLiteral("http_requests_total") } });

        auto* chart = page.findChild<TimeSeriesView*>(QStringLiteral("explore.graph"));
        QTRY_COMPARE(chart->data()->series.size(), std::size_t { 6 });
        QCOMPARE(chart->data()->series[0].name, QStringLiteral("{handler=\"/cart\"}"));
        QVERIFY(chart->data()->series[0].color != chart->data()->series[1].color);
        QCOMPARE(session.backend.queryHistory(QStringLiteral("promql")), QStringList { QStringLiteral("http_requests_total") });
    }

    void aLabelOfALineNarrowsTheQuery()
    {
        const auto test = [](const char* name, LabelOrigin origin, bool exclude = false) { return LabelTest { QString::fromLatin1(name), QStringLiteral("x"), origin, exclude }; };
        const auto query = QStringLiteral("{a=\"}\"} |= \"y\"");
        QCOMPARE(narrowed(query, test("b", LabelOrigin::stream)), QStringLiteral("{a=\"}\", b=\"x\"} |= \"y\""));
        QCOMPARE(narrowed(query, test("b", LabelOrigin::stream, true)), QStringLiteral("{a=\"}\", b!=\"x\"} |= \"y\""));
        QCOMPARE(narrowed(query, test("b", LabelOrigin::metadata)), query + QStringLiteral(" | b=\"x\""));
        QCOMPARE(narrowed(query, test("b", LabelOrigin::json)), query + QStringLiteral(" | json | b=\"x\""));
        QCOMPARE(narrowed(query + QStringLiteral(" | json"), test("b", LabelOrigin::json, true)), query + QStringLiteral(" | json | b!=\"x\""));
        QCOMPARE(narrowed(QStringLiteral("{b=\"x\"}"), test("b", LabelOrigin::stream, true)), QStringLiteral("{b!=\"x\"}"));
    }

    void aPausedTailHoldsItsLinesBack()
    {
        UiSession session;
        session.backend.fillWithShop();
        LiveTail tail(session.backend.queryPool());
        QSignalSpy arrived(&tail, &LiveTail::linesArrived);
        QSignalSpy waiting(&tail, &LiveTail::waitingChanged);
        tail.setPaused(true);
        tail.follow(session.backend.dataSources()->defaultFor("loki"), QStringLiteral("{compose_project=\"shop\"}"));
        QTRY_VERIFY(!waiting.isEmpty() && waiting.last()[0].value<std::size_t>() > 0);
        QVERIFY(arrived.isEmpty());
        tail.setPaused(false);
        QTRY_VERIFY(!arrived.isEmpty());
    }

    void exploreShowsLinesNewestFirstAndTailsThem()
    {
        UiSession session;
        session.backend.fillWithShop();
        ExplorePage page(session.services());
        page.resize(1000, 700);
        page.show();
        page.showFor({ { QStringLiteral("language"), QStringLiteral("logql") }, { QStringLiteral("expr"), QStringLiteral("{compose_project=\"shop\"} |= \"cart\"") } });
        auto* logs = page.findChild<LogView*>();
        QTRY_COMPARE(logs->model().rowCount(), 1000);
        QVERIFY(logs->model().row(0).line.timeNs > logs->model().row(1).line.timeNs);
        QCOMPARE(logs->list().highlights(), QStringList { QStringLiteral("cart") });

        session.time.setLive(true);
        QTRY_VERIFY_WITH_TIMEOUT(logs->model().rowCount() > 1005, 5000);
        session.time.setLive(false);
    }

    void aRefreshLeavesTheChosenLineAndTheTypedQueryAlone()
    {
        UiSession session;
        session.backend.fillWithShop();
        ExplorePage page(session.services());
        page.resize(1000, 700);
        page.show();
        const auto query = QStringLiteral("{compose_project=\"shop\"} |= \"cart\"");
        page.showFor({ { QStringLiteral("language"), QStringLiteral("logql") }, { QStringLiteral("expr"), query } });
        auto* logs = page.findChild<LogView*>();
        QTRY_COMPARE(logs->model().rowCount(), 1000);
        logs->list().setCurrentIndex(logs->model().index(40));
        const auto line = logs->model().row(40).line;
        const int top = logs->list().visualRect(logs->model().index(40)).top();
        auto* editor = page.findChild<QueryEditor*>();
        editor->setQuery(query + QStringLiteral(" |= broken"));
        QSignalSpy reset(&logs->model(), &QAbstractItemModel::modelReset);

        session.time.refreshNow();

        QTRY_VERIFY(!reset.isEmpty());
        QTRY_VERIFY(logs->list().currentIndex().isValid());
        QCOMPARE(logs->model().row(logs->list().currentIndex().row()).line.timeNs, line.timeNs);
        QCOMPARE(logs->list().visualRect(logs->list().currentIndex()).top(), top);
        QVERIFY2(!editor->error(), "half a query is not asked");
        QCOMPARE(session.backend.queryHistory(QStringLiteral("logql")), QStringList { query });
        Q_EMIT editor->runRequested();
        QTRY_VERIFY(editor->error());
        QVERIFY2(session.backend.queryHistory(QStringLiteral("logql")) == QStringList { query }, "what cannot be read is not offered again");
    }

    void exploreUnderlinesAnErrorAtItsPlaceWhileTyping()
    {
        UiSession session;
        session.backend.fillWithShop();
        ExplorePage page(session.services());
        page.resize(1000, 700);
        page.show();
        auto* editor = page.findChild<QueryEditor*>();
        editor->setQuery(QStringLiteral("sum(é) + broken"));

        QTest::qWait(400);
        QVERIFY2(!editor->error(), "half a query is not called wrong while it is typed");
        QTRY_VERIFY(editor->error());
        QVERIFY(page.findChild<NoticeBar*>()->isVisible());
        QVERIFY(!editor->extraSelections().isEmpty());
        QCOMPARE(editor->extraSelections().first().cursor.selectedText(), QStringLiteral("broken"));
        editor->setQuery(QStringLiteral("sum(up)"));
        QVERIFY2(!editor->error(), "an old error does not stand under a new text");
        QVERIFY(!page.findChild<NoticeBar*>()->isVisible());
    }

    void theEditorIsAsHighAsItsLines()
    {
        UiSession session;
        session.backend.fillWithShop();
        ExplorePage page(session.services());
        auto* editor = page.findChild<QueryEditor*>();
        editor->resize(90, 400);
        editor->setQuery(QStringLiteral("sum by (job) (rate(process_cpu_seconds_total[1m]))"));
        page.resize(1000, 700);
        page.show();
        QTRY_VERIFY2(editor->height() < 50, qPrintable(QString::number(editor->height())));
    }

    void exploreSaysOnceWhatIsWrong()
    {
        UiSession session;
        session.backend.fillWithShop();
        ExplorePage page(session.services());
        page.resize(1000, 700);
        page.show();
        auto* editor = page.findChild<QueryEditor*>();
        auto* stack = page.findChild<StateStack*>();
        auto* notice = page.findChild<NoticeBar*>();

        editor->setQuery(QStringLiteral("broken"));
        Q_EMIT editor->runRequested();
        QTRY_VERIFY(editor->error());
        QTest::qWait(1200); // a check of the same text has nothing to add
        QCOMPARE(stack->title(), QStringLiteral("The query failed"));
        QVERIFY(!notice->isVisible());

        editor->setQuery(QStringLiteral("http_requests_total"));
        QVERIFY(stack->title() != QStringLiteral("The query failed"));
        Q_EMIT editor->runRequested();
        QTRY_VERIFY(stack->showsContent());
        editor->setQuery(QStringLiteral("broken"));
        Q_EMIT editor->runRequested();
        QTRY_VERIFY(notice->isVisible());
        QVERIFY2(stack->showsContent(), "the answer before stays");
    }

    void volumeTakesLevelsFromTheLinesAtHand()
    {
        const auto stream = model::makeLabels(model::Labels { { "service", "api" } });
        const auto row = [&](std::int64_t timeMs, const char* line, std::vector<model::Label> metadata = {}) {
            LogRow one { stream, { timeMs * 1'000'000, line, std::move(metadata), {} } };
            one.level = levelOf(*stream, one.line);
            return one;
        };
        // Ten lines without a level in each of two steps, and one that its metadata told to be an error.
        model::Matrix counts(2);
        counts[0] = { stream, { 10'000, 20'000 }, { 10, 10 } };
        counts[1] = { model::makeLabels(model::Labels { { "detected_level", "error" } }), { 20'000 }, { 1 } };
        const std::vector<LogRow> rows { row(20'000, "level=info b"), row(15'000, "a", { { "detected_level", "error" } }), row(12'000, "level=error a"), row(10'000, "level=warn a"), row(9'000, "plain") };

        const auto volume = logVolume(counts, rows, 0, 20'000, 10'000);

        using Steps = std::map<std::int64_t, double>;
        QCOMPARE(volume.levels.at(LogLevel::info), (Steps { { 20'000, 1 } }));
        QCOMPARE(volume.levels.at(LogLevel::error), (Steps { { 20'000, 2 } }));
        QCOMPARE(volume.levels.at(LogLevel::warning), (Steps { { 10'000, 1 } }));
        QCOMPARE(volume.levels.at(LogLevel::unknown), (Steps { { 10'000, 9 }, { 20'000, 8 } }));
        QCOMPARE(volumeChart(volume, Theme())->series.back().values, (std::vector<double> { 11 }));

        // What was looked at and found to have no level is not counted as that of a line.
        counts[0].labels = model::makeLabels(model::Labels { { "detected_level", "unknown" } });
        QCOMPARE(logVolume(counts, rows, 0, 20'000, 10'000).levels.at(LogLevel::unknown), (Steps { { 10'000, 10 }, { 20'000, 10 } }));
        QVERIFY(!logVolume(counts, rows, 0, 20'000, 10'000).levels.contains(LogLevel::info));

        auto live = volume;
        addLines(live, { row(20'001, "level=info c") }, 10'000, 30'000);
        QCOMPARE(live.levels.at(LogLevel::info), (Steps { { 20'000, 1 }, { 30'000, 1 } }));
        QVERIFY2(live.levels.at(LogLevel::warning).empty(), "what left the range is no longer counted");
    }

    void exploreStopsASlowQueryAtOnce()
    {
        UiSession session;
        session.backend.fillWithShop();
        ExplorePage page(session.services());
        page.resize(1000, 700);
        page.show();
        page.showFor({ { QStringLiteral("language"), QStringLiteral("promql") }, { QStringLiteral("expr"), QStringLiteral("slow_query") } });
        QTRY_COMPARE(session.queries.count(), 1);

        session.queries.stopAll();

        QTRY_COMPARE_WITH_TIMEOUT(session.queries.count(), 0, 2000);
    }

    void editorCompletesMetricsAndValues()
    {
        UiSession session;
        session.backend.fillWithShop();
        ExplorePage page(session.services());
        page.resize(1000, 700);
        page.show();
        auto* editor = page.findChild<QueryEditor*>();
        QTRY_VERIFY(!editor->completionData().metricNames().isEmpty());
        editor->setFocus();
        QTest::keyClicks(editor, QStringLiteral("http_requ"));
        QVERIFY(editor->isCompleting());
        QTest::keyClick(editor, Qt::Key_Down);
        QTest::keyClick(editor, Qt::Key_Escape);
        QVERIFY(!editor->isCompleting());
        QTest::keyClicks(editor, QStringLiteral("{job=\""));
        QTRY_VERIFY2(editor->isCompleting(), "values are offered when they arrive, without another key");
        editor->setQuery(QStringLiteral("up{job=\"re"));
        editor->moveCursor(QTextCursor::End);
        editor->complete();
        QTRY_VERIFY(editor->isCompleting());
        QTest::keyClick(editor, Qt::Key_Tab);
        QCOMPARE(editor->query(), QStringLiteral("up{job=\"redis"));
        editor->setQuery(QStringLiteral("up{job=re"));
        editor->moveCursor(QTextCursor::End);
        editor->complete();
        QTRY_VERIFY(editor->isCompleting());
        QTest::keyClick(editor, Qt::Key_Tab);
        QCOMPARE(editor->query(), QStringLiteral("up{job=\"redis\""));
    }
};

QTEST_MAIN(TestPages)
#include "tst_pages.moc"
