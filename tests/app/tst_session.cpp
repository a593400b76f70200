#include "app/session.h"
#include "app/rule_files.h"

#include <QElapsedTimer>
#include <QRegularExpression>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include <algorithm>
#include <fstream>

using namespace belvedere;
using namespace belvedere::app;

class TestSession : public QObject {
    Q_OBJECT

    /// A session on a workspace of these files, open with faults.
    static Result<std::unique_ptr<Session>> openWithFaults(const std::filesystem::path& folder, Logger& logger)
    {
        SessionOptions options;
        options.folder = folder;
        options.listen = workspace::Listen { .port = 0 };
        options.openWithFaults = true;
        return Session::open(std::move(options), logger);
    }

    static bool tells(const Session& session, const QString& pattern)
    {
        const QRegularExpression expression(pattern);
        return std::ranges::any_of(session.configurationProblems(), [&](const std::string& problem) { return expression.match(QString::fromStdString(problem)).hasMatch(); });
    }

private Q_SLOTS:
    void takesTheShippedRulesAtOnce()
    {
        QTemporaryDir temporary;
        const std::filesystem::path folder = temporary.path().toStdString();
        NullLogger logger;
        const auto session = openWithFaults(folder, logger); // of a new workspace
        QVERIFY2(session, session ? "" : session.error().message.c_str());
        QVERIFY((*session)->rules()->empty());
        const auto rules = (*session)->rulesFolder();
        QCOMPARE(rules, std::optional(folder / "rules"));

        QVERIFY(copyShippedRules(*rules));

        QTRY_VERIFY(!(*session)->rules()->empty());
        QVERIFY((*session)->configurationProblems().empty());
        QVERIFY(std::ofstream(folder / "rules" / "stack.yml", std::ios::app) << "# mine\n");
        const auto again = copyShippedRules(*rules);
        QVERIFY(!again);
        QVERIFY(QString::fromStdString(again.error().message).contains(QLatin1StringView("left as it is")));
    }

    void aWindowOpensWithoutItsConfigurationAndTakesItWhenMended()
    {
        QTemporaryDir temporary;
        const std::filesystem::path folder = temporary.path().toStdString();
        const auto write = [&](const char* name, const char* text) { std::ofstream(folder / name) << text; };
        std::filesystem::create_directory(folder / "rules");
        write("rules/good.yml", "groups:\n- name: good\n  rules:\n  - {record: a, expr: vector(1)}\n");
        write("rules/bad.yml", "groups:\n- name: bad\n  rules:\n  - {record: b, expr: 'sum('}\n");
        write("workspace.yml", "retention: {metrics: {time: 2d}}\nscrape_configs: [\n");
        NullLogger logger;
        const auto session = openWithFaults(folder, logger);
        QVERIFY2(session, session ? "" : session.error().message.c_str());
        QVERIFY(tells(**session, QStringLiteral("nothing is collected")));
        QVERIFY(tells(**session, QStringLiteral("workspace\\.yml:3:1: not valid YAML")));
        QVERIFY((*session)->rules()->empty());

        const auto* mended = "rule_files: [rules/*.yml]\nretention: {metrics: {time: 2d}}\nscrape_confgs: []\n";
        write("workspace.yml", mended);
        QVERIFY((*session)->reload());
        QCOMPARE((*session)->rules()->size(), 1U); // of the rule file that has no fault
        QVERIFY(tells(**session, QStringLiteral("bad\\.yml:4:\\d+: could not parse expression")));
        QVERIFY(tells(**session, QStringLiteral("retention take effect at the next start")));
        QVERIFY(tells(**session, QStringLiteral("workspace\\.yml:3:1: .*scrape_confgs")));

        write("rules/bad.yml", "groups:\n- name: bad\n  rules:\n  - {record: b, expr: sum(a)}\n");
        QVERIFY((*session)->reload());
        QCOMPARE((*session)->rules()->size(), 2U);
        QVERIFY(!tells(**session, QStringLiteral("bad\\.yml")));

        write("workspace.yml", "rule_files: {a: b}\n");
        QVERIFY(!(*session)->reload());
        QVERIFY(tells(**session, QStringLiteral("everything goes on as before")));
        QVERIFY(tells(**session, QStringLiteral("workspace\\.yml:1:\\d+: ")));
        QCOMPARE((*session)->rules()->size(), 2U);
        write("workspace.yml", mended);
        QVERIFY((*session)->reload());
        QVERIFY(!tells(**session, QStringLiteral("as before")));
    }

    void aWindowOpensWithTheRuleFilesThatHaveNoFaults()
    {
        QTemporaryDir temporary;
        const std::filesystem::path folder = temporary.path().toStdString();
        std::ofstream(folder / "workspace.yml") << "rule_files: [a.yml, b.yml]\n";
        std::ofstream(folder / "a.yml") << "groups: [";
        std::ofstream(folder / "b.yml") << "groups:\n- name: b\n  rules:\n  - {record: b, expr: vector(1)}\n";
        NullLogger logger;
        const auto session = openWithFaults(folder, logger);
        QVERIFY2(session, session ? "" : session.error().message.c_str());
        QCOMPARE((*session)->rules()->size(), 1U);
        QVERIFY(tells(**session, QStringLiteral("a\\.yml:1:\\d+: ")));
    }

    /// The handler of /-/reload needs the session's thread, which waits for the handler when it ends the session.
    void endsWhileAReloadIsAskedFor()
    {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        std::ofstream(path / "workspace.yml") << "listen: 127.0.0.1:9797\nscrape_configs: []\n";
        NullLogger logger;
        SessionOptions options;
        options.folder = path;
        options.listen = workspace::Listen { .port = 0 };
        auto session = Session::open(std::move(options), logger);
        QVERIFY2(session, session ? "" : session.error().message.c_str());

        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(QUrl(QString::fromStdString((*session)->url())).port()));
        QVERIFY(socket.waitForConnected());
        socket.write("POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        socket.waitForBytesWritten();
        QVERIFY(!socket.waitForReadyRead(200)); // this thread's event loop does not run

        QElapsedTimer taken;
        taken.start();
        session->reset();
        QVERIFY(taken.elapsed() < 10'000);
        QVERIFY(socket.bytesAvailable() > 0 || socket.waitForReadyRead());
        QVERIFY(socket.readAll().startsWith("HTTP/1.1 503"));
    }
};

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
