#include "core/scrape/discovery.h"

#include "tests/support/temporary_folder.h"

#include <QNetworkDatagram>
#include <QSignalSpy>
#include <QTest>
#include <QUdpSocket>
#include <QtEndian>

#include <fstream>
#include <map>

using namespace belvedere;
using ingest::TargetGroup;

namespace {

void write(const std::filesystem::path& file, const std::string& text)
{
    const auto temporary = file.string() + ".tmp";
    std::ofstream(temporary) << text;
    std::filesystem::rename(temporary, file); // as provisioning tools do
}

/// A name server on loopback that knows a few records, each as its bytes behind the name: type, class, lifetime, data.
class NameServer {
public:
    NameServer()
    {
        m_socket.bind(QHostAddress::LocalHost);
        QObject::connect(&m_socket, &QUdpSocket::readyRead, &m_socket, [this] {
            while (m_socket.hasPendingDatagrams())
                answer(m_socket.receiveDatagram());
        });
    }

    scrape::DnsDiscoverer::Nameserver address() const { return { m_socket.localAddress(), m_socket.localPort() }; }
    void add(const QByteArray& name, quint16 type, const QByteArray& data) { m_records[name].push_back(number(type) + number(1) + number(0) + number(60) + number(static_cast<quint16>(data.size())) + data); }
    void clear() { m_records.clear(); }
    bool failing = false;

    static QByteArray number(quint16 value)
    {
        QByteArray bytes(2, '\0');
        qToBigEndian(value, bytes.data());
        return bytes;
    }
    /// Each part behind its length, as in a message.
    static QByteArray encoded(const QByteArray& name)
    {
        QByteArray out;
        for (const auto& part : name.split('.'))
            out += static_cast<char>(part.size()) + part;
        return out + '\0';
    }

private:
    void answer(const QNetworkDatagram& query)
    {
        constexpr int kHeader = 12;
        const QByteArray bytes = query.data();
        const auto end = bytes.indexOf('\0', kHeader);
        const QByteArray question = bytes.mid(kHeader, end + 5 - kHeader);
        const auto known = m_records.find(question.chopped(4));
        const auto& records = known == m_records.end() ? std::vector<QByteArray>() : known->second;
        const quint16 code = failing ? 2 : records.empty() ? 3 : 0; // SERVFAIL, NXDOMAIN
        QByteArray reply = bytes.left(2) + number(static_cast<quint16>(0x8180 | code)) + number(1) + number(static_cast<quint16>(code == 0 ? records.size() : 0)) + number(0) + number(0) + question;
        for (const auto& record : code == 0 ? records : std::vector<QByteArray>())
            reply += number(0xC000 | kHeader) + record;
        m_socket.writeDatagram(query.makeReply(reply));
    }

    QUdpSocket m_socket;
    std::map<QByteArray, std::vector<QByteArray>> m_records; // by encoded name
};

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
        QTest::newRow("NUL") << QByteArray("- targets:\n\0\0", 13) << QByteArray("line 2, column 1: there is a control character (0x00); this is no text file, or it is damaged");
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

    void dnsRecordsBecomeTargets()
    {
        NameServer server;
        const auto encoded = &NameServer::encoded;
        const auto number = &NameServer::number;
        server.add(encoded("_http._tcp.shop.test"), 33, number(0) + number(0) + number(8001) + encoded("b.shop.test"));
        server.add(encoded("_http._tcp.shop.test"), 33, number(0) + number(0) + number(8000) + encoded("a.shop.test"));
        scrape::DnsDiscoverer services({ .names = { "_http._tcp.shop.test", "_none._tcp.shop.test" } }, server.address());
        QTRY_COMPARE(services.groups().size(), 2U);
        const std::vector<TargetGroup> expected {
            { { "a.shop.test:8000" }, { { "__meta_dns_srv_record_target", "a.shop.test." }, { "__meta_dns_srv_record_port", "8000" }, { "__meta_dns_name", "_http._tcp.shop.test" } } },
            { { "b.shop.test:8001" }, { { "__meta_dns_srv_record_target", "b.shop.test." }, { "__meta_dns_srv_record_port", "8001" }, { "__meta_dns_name", "_http._tcp.shop.test" } } },
        };
        QCOMPARE(services.groups(), expected);
        QVERIFY(services.problems().empty()); // a name that does not exist has no targets, that is all

        server.add(encoded("api.test"), 1, QByteArray::fromHex("0a000007"));
        scrape::DnsDiscoverer hosts({ .names = { "api.test" }, .type = ingest::DnsDiscovery::Type::a, .port = 9100 }, server.address());
        QTRY_COMPARE(hosts.groups(), (std::vector<TargetGroup> { { { "10.0.0.7:9100" }, { { "__meta_dns_name", "api.test" } } } }));
    }

    void dnsThatFailsKeepsTheTargets()
    {
        NameServer server;
        server.add(NameServer::encoded("api.test"), 1, QByteArray::fromHex("0a000007"));
        scrape::DnsDiscoverer hosts({ .names = { "api.test" }, .type = ingest::DnsDiscovery::Type::a, .port = 9100, .refreshIntervalMs = 50 }, server.address());
        QTRY_COMPARE(hosts.groups().size(), 1U);
        server.failing = true;
        QTRY_COMPARE_WITH_TIMEOUT(hosts.problems().size(), 1U, 30'000); // the resolver tries again before it gives up
        QVERIFY2(hosts.problems()[0].starts_with("dns_sd api.test: "), hosts.problems()[0].c_str());
        QCOMPARE(hosts.groups().size(), 1U);
        server.failing = false;
        server.clear();
        QTRY_COMPARE_WITH_TIMEOUT(hosts.groups().size(), 0U, 30'000);
        QVERIFY(hosts.problems().empty());
    }
};

QTEST_GUILESS_MAIN(TestDiscovery)
#include "tst_discovery.moc"
