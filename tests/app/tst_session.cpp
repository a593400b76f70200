#include "app/session.h"

#include <QElapsedTimer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include <fstream>

using namespace belvedere;
using namespace belvedere::app;

class TestSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
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
