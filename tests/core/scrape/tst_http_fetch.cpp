#include "core/scrape/http_fetch.h"

#include "tests/support/canned_http_server.h"
#include "tests/support/temporary_folder.h"

#include <QFile>
#include <QProcess>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QTest>

using namespace belvedere;
using scrape::HttpAnswer;
using scrape::HttpFetch;
using test::CannedHttpServer;

namespace {

/// A server that sends these bytes to whoever asks, in pieces, and then closes or not.
class RawServer {
public:
    RawServer(QList<QByteArray> pieces, bool close)
        : m_pieces(std::move(pieces))
        , m_close(close)
    {
        m_server.listen(QHostAddress::LocalHost);
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            auto* const socket = m_server.nextPendingConnection();
            ++connections;
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                socket->readAll();
                for (const auto& piece : m_pieces) {
                    socket->write(piece);
                    socket->flush();
                    QTest::qWait(5);
                }
                if (m_close)
                    socket->disconnectFromHost();
            });
        });
    }
    [[nodiscard]] QUrl url() const { return QUrl(QStringLiteral("http://127.0.0.1:%1/metrics").arg(m_server.serverPort())); }

    int connections = 0;

private:
    QTcpServer m_server;
    QList<QByteArray> m_pieces;
    bool m_close;
};

}

class TestHttpFetch : public QObject {
    Q_OBJECT

    scrape::HttpBuffers m_buffers;

    HttpAnswer fetch(HttpFetch& fetcher)
    {
        HttpAnswer out;
        bool done = false;
        const auto connection = connect(&fetcher, &HttpFetch::finished, this, [&](const HttpAnswer& answer) {
            out = answer;
            done = true;
        });
        fetcher.start();
        [&] { QTRY_VERIFY(done); }();
        disconnect(connection);
        return out;
    }

    HttpAnswer fetchOnce(HttpFetch::Options options)
    {
        HttpFetch fetcher(m_buffers);
        if (options.timeoutMs == 0)
            options.timeoutMs = 3000;
        fetcher.setOptions(std::move(options));
        return fetch(fetcher);
    }

private Q_SLOTS:
    void readsEveryFraming_data()
    {
        QTest::addColumn<QList<QByteArray>>("pieces");
        QTest::addColumn<bool>("close");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("length") << QList<QByteArray> { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" } << false << QByteArray("hello");
        QTest::newRow("length in pieces") << QList<QByteArray> { "HTTP/1.1 200 OK\r\nConte", "nt-Length: 5\r\n\r", "\nhe", "llo" } << false << QByteArray("hello");
        QTest::newRow("nothing") << QList<QByteArray> { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" } << false << QByteArray();
        QTest::newRow("close") << QList<QByteArray> { "HTTP/1.0 200 OK\r\n\r\nhel", "lo" } << true << QByteArray("hello");
        QTest::newRow("chunks") << QList<QByteArray> { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n" } << false << QByteArray("hello");
        QTest::newRow("chunks in pieces") << QList<QByteArray> { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "3", "\r", "\nh", "el\r\n2\r\nl", "o\r", "\n0\r\nTrailer: x\r\n", "\r\n" }
                                          << false << QByteArray("hello");
        QTest::newRow("continue") << QList<QByteArray> { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" } << false << QByteArray("hello");
    }
    void readsEveryFraming()
    {
        QFETCH(QList<QByteArray>, pieces);
        QFETCH(bool, close);
        QFETCH(QByteArray, body);
        const RawServer server(pieces, close);
        const auto answer = fetchOnce({ .url = server.url() });
        QCOMPARE(answer.error, "");
        QCOMPARE(QByteArray::fromStdString(answer.body), body);
    }

    void saysWhatIsWrong_data()
    {
        QTest::addColumn<QByteArray>("sent");
        QTest::addColumn<QByteArray>("error");
        QTest::newRow("no http") << QByteArray("SSH-2.0-OpenSSH\r\n\r\n") << QByteArray("Get \"URL\": the answer is not HTTP: it begins with \"SSH-2.0-OpenSSH\"");
        QTest::newRow("no answer") << QByteArray() << QByteArray("Get \"URL\": EOF: the connection closed without an answer");
        QTest::newRow("half a head") << QByteArray("HTTP/1.1 200") << QByteArray("Get \"URL\": EOF: the connection closed without an answer");
        QTest::newRow("length") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n") << QByteArray("Get \"URL\": the answer's Content-Length \"many\" is not a number");
        QTest::newRow("cut") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello") << QByteArray("unexpected EOF: the connection closed after 5 bytes of the body of 9");
        QTest::newRow("cut chunks") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello") << QByteArray("unexpected EOF: the connection closed after 5 bytes of the body");
        QTest::newRow("bad chunk") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n") << QByteArray("Get \"URL\": a chunk of the answer begins without its size");
        QTest::newRow("encoding") << QByteArray("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx")
                                  << QByteArray("Content-Encoding 'br' is not supported; use gzip, deflate, snappy, zstd or none");
        QTest::newRow("too long") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n") << QByteArray("body size limit exceeded: the answer has 5000 bytes, the limit is 1000");
        QTest::newRow("grows too long") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + QByteArray(2000, 'x') << QByteArray("body size limit exceeded: the answer is larger than 1000 bytes");
        QTest::newRow("endless head") << "HTTP/1.1 200 OK\r\nX: " + QByteArray(100'000, 'x') << QByteArray("Get \"URL\": the head of the answer does not end");
    }
    void saysWhatIsWrong()
    {
        QFETCH(QByteArray, sent);
        QFETCH(QByteArray, error);
        const RawServer server({ sent }, true);
        const auto answer = fetchOnce({ .url = server.url(), .bodyLimit = 1000 });
        QCOMPARE(QByteArray::fromStdString(answer.error), error.replace("URL", server.url().toEncoded()));
    }

    void keepsTheConnection()
    {
        RawServer server({ "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" }, false);
        HttpFetch fetcher(m_buffers);
        fetcher.setOptions({ .url = server.url(), .timeoutMs = 3000 });
        for (int i = 0; i < 3; ++i)
            QCOMPARE(fetch(fetcher).body, "hello");
        QCOMPARE(server.connections, 1);
    }

    void connectsAnewWhenTheOtherSideClosedTheIdleConnection()
    {
        RawServer server({ "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" }, true);
        HttpFetch fetcher(m_buffers);
        fetcher.setOptions({ .url = server.url(), .timeoutMs = 3000 });
        for (int i = 0; i < 3; ++i)
            QCOMPARE(fetch(fetcher).error, "");
        QCOMPARE(server.connections, 3);
    }

    void theTimeOutIsForTheWholeAnswer()
    {
        QList<QByteArray> drip { "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" };
        for (int i = 0; i < 100; ++i)
            drip.append("x"); // one each 5 ms
        const RawServer server(drip, false);
        const auto answer = fetchOnce({ .url = server.url(), .timeoutMs = 100 });
        QVERIFY2(answer.error.contains("context deadline exceeded: no complete answer within 100ms"), answer.error.c_str());
    }

    void followsRedirectsButNotWithCredentials()
    {
        CannedHttpServer other([](const auto&) { return CannedHttpServer::Answer { .body = "elsewhere" }; });
        CannedHttpServer server([&](const CannedHttpServer::Request& request) {
            const QHash<QByteArray, QByteArray> to { { "/a", "/b" }, { "/loop", "/loop" }, { "/file", "file:///etc/passwd" },
                { "/other", "http://localhost:" + QByteArray::fromStdString(other.address().substr(10)) + "/x" } };
            if (to.contains(request.target))
                return CannedHttpServer::Answer { .status = 302, .reason = "Found", .headers = { { "Location", to.value(request.target) } } };
            return CannedHttpServer::Answer { .body = request.target };
        });
        const auto url = [&](const char* path) { return QUrl(QString::fromStdString("http://" + server.address() + path)); };
        QCOMPARE(fetchOnce({ .url = url("/a") }).body, "/b");
        QVERIFY(fetchOnce({ .url = url("/a"), .followRedirects = false }).error.starts_with("server returned HTTP status 302 Found"));
        QVERIFY(fetchOnce({ .url = url("/loop") }).error.starts_with("server returned HTTP status 302 Found"));
        QVERIFY(fetchOnce({ .url = url("/file") }).error.contains("which is no safe http address"));
        QCOMPARE(fetchOnce({ .url = url("/other") }).body, "elsewhere");
        ingest::ScrapeAuthorization secret;
        secret.credentials = "token";
        QVERIFY(fetchOnce({ .url = url("/other"), .authorization = secret }).error.contains("where the credentials of this job must not go"));
    }

    void aSelfSignedCertificateNeedsTheSwitch()
    {
        const test::TemporaryFolder folder;
        const auto path = [&](const char* name) { return QString::fromStdString((folder.path() / name).string()); };
        QProcess openssl;
        openssl.start(QStringLiteral("openssl"), { QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("rsa:2048"), QStringLiteral("-nodes"),
            QStringLiteral("-days"), QStringLiteral("2"), QStringLiteral("-subj"), QStringLiteral("/CN=127.0.0.1"), QStringLiteral("-keyout"), path("key.pem"), QStringLiteral("-out"), path("cert.pem") });
        if (!QSslSocket::supportsSsl() || !openssl.waitForFinished() || openssl.exitCode() != 0)
            QSKIP("no TLS, or no openssl to make a certificate with");
        QFile keyFile(path("key.pem"));
        QVERIFY(keyFile.open(QIODevice::ReadOnly));
        auto ssl = QSslConfiguration::defaultConfiguration();
        ssl.setLocalCertificateChain(QSslCertificate::fromPath(path("cert.pem")));
        ssl.setPrivateKey(QSslKey(&keyFile, QSsl::Rsa));
        ssl.setPeerVerifyMode(QSslSocket::VerifyNone);
        QSslServer server;
        server.setSslConfiguration(ssl);
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::pendingConnectionAvailable, &server, [&] {
            auto* const socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                if (socket->readAll().contains("\r\n\r\n"))
                    socket->write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret");
            });
        });
        const QUrl url(QStringLiteral("https://127.0.0.1:%1/metrics").arg(server.serverPort()));
        const auto refused = fetchOnce({ .url = url });
        QVERIFY2(refused.error.contains("TLS handshake failed") && refused.error.contains("insecure_skip_verify"), refused.error.c_str());
        const auto answer = fetchOnce({ .url = url, .insecureSkipVerify = true });
        QCOMPARE(answer.error, "");
        QCOMPARE(answer.body, "secret");
    }

    void fieldsCannotBeInjected()
    {
        CannedHttpServer server([](const auto&) { return CannedHttpServer::Answer { .body = "x" }; });
        QCOMPARE(fetchOnce({ .url = QUrl(QString::fromStdString("http://" + server.address() + "/")), .headers = { { "A", "b\r\nC: d" }, { "E", "f" } } }).body, "x");
        QVERIFY(!server.requests().first().headers.contains("c"));
        QCOMPARE(server.requests().first().headers.value("e"), QByteArray("f"));
    }
};

QTEST_GUILESS_MAIN(TestHttpFetch)
#include "tst_http_fetch.moc"
