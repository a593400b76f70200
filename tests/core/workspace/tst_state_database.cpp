#include "core/workspace/state_database.h"
#include "tests/support/temporary_folder.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTest>

#include <cmath>
#include <fstream>

using namespace belvedere;
using namespace belvedere::workspace;

/// Every test opens a file of its own in a fresh folder.
class TestStateDatabase : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsWhatItHasOverAReopening()
    {
        const auto file = m_folder.path() / "kept.sqlite";
        {
            const auto database = StateDatabase::open(file);
            QVERIFY2(database, database ? "" : database.error().message.c_str());
            QVERIFY((*database)->queries("", 10)->empty());
            QVERIFY((*database)->addQuery({ 1, "promql", "d", "zwei ☂" }));
        }
        const auto database = StateDatabase::open(file);
        QCOMPARE(*(*database)->queries("", 10), (std::vector<QueryRecord> { { 1, "promql", "d", "zwei ☂" } }));
    }

    void repeatedQueryMovesToTheFront()
    {
        const auto database = StateDatabase::open(m_folder.path() / "queries.sqlite");
        QVERIFY((*database)->addQuery({ 1, "promql", "d", "up" }));
        QVERIFY((*database)->addQuery({ 2, "promql", "d", "down" }));
        QVERIFY((*database)->addQuery({ 3, "logql", "l", "{a=\"b\"}" }));
        QVERIFY((*database)->addQuery({ 4, "promql", "d", "up" }));
        const auto queries = (*database)->queries("promql", 10);
        QCOMPARE(queries->size(), std::size_t { 2 });
        QCOMPARE(queries->at(0), (QueryRecord { 4, "promql", "d", "up" }));
        QCOMPARE((*database)->queries("", 10)->size(), std::size_t { 3 });
    }

    void alertsOfAGroupAreReplacedTogether()
    {
        const auto database = StateDatabase::open(m_folder.path() / "alerts.sqlite");
        const AlertRecord first { "High", { { "alertname", "High" }, { "x", "\"quoted\"" } }, model::AlertState::firing, 1, 2, 0, 3, { { "summary", "x is high" } }, 0.75 };
        QVERIFY((*database)->setAlerts("g", { first, { "Low", { { "alertname", "Low" } }, model::AlertState::pending, 5, 0, 0, 6 } }));
        QVERIFY((*database)->setAlerts("other", { first }));
        QVERIFY((*database)->setAlerts("g", { first }));
        QCOMPARE(*(*database)->alerts("g"), std::vector<AlertRecord> { first });
        QCOMPARE((*database)->alerts("none")->size(), std::size_t { 0 });
    }

    void anAlertOfTheFirstLayoutIsKept()
    {
        const auto file = m_folder.path() / "first.sqlite";
        {
            const auto database = StateDatabase::open(file);
            QVERIFY((*database)->setAlerts("g", { { "High", { { "alertname", "High" } }, model::AlertState::firing, 1, 2, 0, 3, { { "summary", "lost" } }, 4 } }));
        }
        {
            auto raw = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("first"));
            raw.setDatabaseName(QString::fromStdString(file.string()));
            QVERIFY(raw.open());
            QSqlQuery query(raw);
            for (const char* statement : { "ALTER TABLE alert DROP COLUMN annotations", "ALTER TABLE alert DROP COLUMN value", "PRAGMA user_version = 1" })
                QVERIFY2(query.exec(QString::fromUtf8(statement)), qPrintable(query.lastError().text()));
        }
        QSqlDatabase::removeDatabase(QStringLiteral("first"));

        const auto database = StateDatabase::open(file);
        QVERIFY2(database, database ? "" : database.error().message.c_str());
        const auto alerts = (*database)->alerts("g");
        QCOMPARE(alerts->size(), std::size_t { 1 });
        QCOMPARE(alerts->front().firedAtMs, 2);
        QVERIFY(alerts->front().annotations.empty());
        QVERIFY(std::isnan(alerts->front().value));
    }

    void changesComeNewestFirst()
    {
        const auto database = StateDatabase::open(m_folder.path() / "changes.sqlite");
        const model::AlertChange began { 1, "High", { { "alertname", "High" } }, model::AlertState::firing, 0.5 };
        const model::AlertChange ended { 2, "High", { { "alertname", "High" } }, model::AlertState::inactive, 0 };
        QVERIFY((*database)->addChange(began));
        QVERIFY((*database)->addChange(ended));
        QCOMPARE(*(*database)->changes(10), (std::vector<model::AlertChange> { ended, began }));
    }

    void refusesWhatIsNoDatabase()
    {
        const auto file = m_folder.path() / "broken.sqlite";
        std::ofstream(file) << std::string(4096, 'x');
        const auto database = StateDatabase::open(file);
        QVERIFY(!database);
        QCOMPARE(database.error().code, ErrorCode::corrupt);
    }

private:
    const test::TemporaryFolder m_folder;
};

QTEST_GUILESS_MAIN(TestStateDatabase)
#include "tst_state_database.moc"
