#pragma once

#include <QByteArray>
#include <QHash>
#include <QHostAddress>
#include <QList>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

#include <functional>

namespace belvedere::test {

/// An HTTP/1.1 server on loopback that answers what a test tells it to, good or bad. Lives in the test's thread.
class CannedHttpServer {
public:
    struct Request {
        QByteArray method;
        QByteArray target; ///< path and query
        QHash<QByteArray, QByteArray> headers; ///< names in lower case
    };
    struct Answer {
        int status = 200;
        QByteArray reason = "OK";
        QList<std::pair<QByteArray, QByteArray>> headers = {};
        QByteArray body = {};
        int delayMs = 0;
        qint64 claimedLength = -1; ///< another Content-Length than the body's; the connection closes behind it
    };
    using Handler = std::function<Answer(const Request&)>;

    explicit CannedHttpServer(Handler handler)
        : m_handler(std::move(handler))
    {
        m_server.setListenBacklogSize(256);
        m_server.listen(QHostAddress::LocalHost);
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            while (auto* const socket = m_server.nextPendingConnection()) {
                QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { read(socket); });
                QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            }
        });
    }

    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(m_server.serverPort()); }
    [[nodiscard]] const QList<Request>& requests() const { return m_requests; }
    void setHandler(Handler handler) { m_handler = std::move(handler); }

private:
    void read(QTcpSocket* socket)
    {
        m_pending[socket] += socket->readAll();
        auto& buffer = m_pending[socket];
        for (qsizetype end = 0; (end = buffer.indexOf("\r\n\r\n")) >= 0;) {
            const auto lines = buffer.first(end).split('\n');
            buffer.remove(0, end + 4);
            Request request;
            const auto words = lines.first().trimmed().split(' ');
            request.method = words.value(0);
            request.target = words.value(1);
            for (const auto& line : lines.mid(1)) {
                const auto colon = line.indexOf(':');
                request.headers.insert(line.first(colon).trimmed().toLower(), line.sliced(colon + 1).trimmed());
            }
            m_requests.append(request);
            const auto answer = m_handler(request);
            if (answer.delayMs == 0)
                write(socket, answer);
            else
                QTimer::singleShot(answer.delayMs, socket, [socket, answer] { write(socket, answer); });
        }
    }

    static void write(QTcpSocket* socket, const Answer& answer)
    {
        QByteArray head = "HTTP/1.1 " + QByteArray::number(answer.status) + " " + answer.reason + "\r\n";
        for (const auto& [name, value] : answer.headers)
            head += name + ": " + value + "\r\n";
        if (answer.status != 204)
            head += "Content-Length: " + QByteArray::number(answer.claimedLength >= 0 ? answer.claimedLength : answer.body.size()) + "\r\n";
        socket->write(head + "\r\n" + answer.body);
        if (answer.claimedLength >= 0)
            socket->disconnectFromHost();
    }

    QTcpServer m_server;
    Handler m_handler;
    QList<Request> m_requests;
    QHash<QTcpSocket*, QByteArray> m_pending;
};

}
