#include "tests/ui/support/ui_session.h"
#include "ui/targets/targets_model.h"
#include "ui/targets/targets_page.h"
#include "ui/widgets/state_stack.h"
#include "ui/widgets/table.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QRegularExpression>
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
};

QTEST_MAIN(TestPages)
#include "tst_pages.moc"
