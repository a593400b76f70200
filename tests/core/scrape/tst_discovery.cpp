#include "core/scrape/discovery.h"

#include "tests/support/temporary_folder.h"

#include <QSignalSpy>
#include <QTest>

#include <fstream>

using namespace belvedere;
using ingest::TargetGroup;

namespace {

void write(const std::filesystem::path& file, const std::string& text)
{
    const auto temporary = file.string() + ".tmp";
    std::ofstream(temporary) << text;
    std::filesystem::rename(temporary, file); // as provisioning tools do
}

}

class TestDiscovery : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsYamlAndJson()
    {
        const std::vector<TargetGroup> expected { { { "a:1", "b:2" }, { { "env", "dev" }, { "number", "7" } } }, { { "c:3" }, {} } };
        QCOMPARE(*scrape::parseTargetGroups("- targets: ['a:1', b:2]\n  labels:\n    env: dev\n    number: 7\n- targets: [c:3]\n"), expected);
        QCOMPARE(*scrape::parseTargetGroups(R"([{"targets": ["a:1", "b:2"], "labels": {"env": "dev", "number": "7"}}, {"labels": null, "targets": ["c:3"]}])"), expected);
        QVERIFY(scrape::parseTargetGroups("")->empty());
        QVERIFY(scrape::parseTargetGroups("[]")->empty());
    }

    void namesThePlaceOfAnError_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("no list") << QByteArray("targets: [a:1]") << QByteArray("line 1, column 1: expected a list of groups with targets and labels");
        QTest::newRow("targets") << QByteArray("- targets: a:1") << QByteArray("line 1, column 12: targets must be a list of host:port");
        QTest::newRow("field") << QByteArray("- target: [a:1]") << QByteArray("line 1, column 3: unknown field 'target'; a group has targets and labels");
        QTest::newRow("syntax") << QByteArray("- targets: [a:1\n") << QByteArray("line 2, column 1: end of sequence flow not found");
    }
    void namesThePlaceOfAnError()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, message);
        const auto groups = scrape::parseTargetGroups(text.toStdString());
        QVERIFY(!groups);
        QCOMPARE(QByteArray::fromStdString(groups.error().message), message);
    }

    void fileChangesAreSeen()
    {
        test::TemporaryFolder folder;
        write(folder.path() / "a.yml", "- targets: [a:1]");
        scrape::FileDiscoverer discoverer({ .files = { (folder.path() / "*.yml").string() } });
        QSignalSpy changed(&discoverer, &scrape::FileDiscoverer::changed);
        QCOMPARE(discoverer.groups().size(), 1U);
        QCOMPARE(discoverer.groups()[0].labels, (std::vector<model::Label> { { "__meta_filepath", (folder.path() / "a.yml").string() } }));

        write(folder.path() / "a.yml", "- targets: [a:1, a:2]");
        QTRY_COMPARE(discoverer.groups()[0].targets.size(), 2U);
        write(folder.path() / "b.yml", "- targets: [b:1]");
        QTRY_COMPARE(discoverer.groups().size(), 2U);

        write(folder.path() / "a.yml", "- targets: {"); // keeps what it had
        QTRY_COMPARE(discoverer.problems().size(), 1U);
        QCOMPARE(discoverer.groups().size(), 2U);
        QCOMPARE(discoverer.groups()[0].targets.size(), 2U);
        write(folder.path() / "a.yml", "- targets: [a:9]");
        QTRY_COMPARE(discoverer.problems().size(), 0U);
        QCOMPARE(discoverer.groups()[0].targets, (std::vector<std::string> { "a:9" }));

        std::filesystem::remove(folder.path() / "b.yml");
        QTRY_COMPARE(discoverer.groups().size(), 1U);
        QVERIFY(changed.count() >= 5);
    }
};

QTEST_GUILESS_MAIN(TestDiscovery)
#include "tst_discovery.moc"
