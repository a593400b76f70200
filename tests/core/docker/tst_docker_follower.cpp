#include "core/base/format.h"
#include "core/docker/follower.h"
#include "core/logs/store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_folder.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalServer>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTest>
#include <QUrl>
#include <QUrlQuery>

#include <map>
#include <memory>
#include <set>

// A few hundred lines of dockerd: enough of the Engine API to be followed. tests/docker/run.py does the same with a
// real one.

namespace {

using namespace belvedere;

constexpr std::int64_t kStart = 1'748'736'000'000'000'000; // 2025-06-01T00:00:00Z

QByteArray frame(int stream, const QByteArray& text)
{
    QByteArray out(8, '\0');
    out[0] = static_cast<char>(stream);
    for (int i = 0; i < 4; ++i)
        out[4 + i] = static_cast<char>(text.size() >> (24 - 8 * i));
    return out + text;
}

struct FakeContainer {
    QString name;
    bool running = true;
    bool terminal = false;
    QString driver = QStringLiteral("json-file");
    QString project;
    QString finishedAt = QStringLiteral("0001-01-01T00:00:00Z");
    std::vector<std::tuple<std::int64_t, int, QByteArray>> log; ///< time, stream, text
};

class FakeDocker : public QObject {
public:
    explicit FakeDocker(const QString& socket)
        : m_path(socket)
    {
        connect(&m_server, &QLocalServer::newConnection, this, [this] {
            while (auto* connection = m_server.nextPendingConnection()) {
                m_connections.push_back(connection);
                connect(connection, &QLocalSocket::readyRead, this, [this, connection] { answer(*connection); });
            }
        });
        start();
    }
    void start() { QVERIFY(m_server.listen(m_path)); }
    /// As if dockerd were stopped.
    void stop()
    {
        m_server.close();
        m_followers.clear();
        m_events.clear();
        for (const auto& connection : m_connections) {
            if (connection)
                connection->abort();
        }
        m_connections.clear();
    }

    void write(const QString& id, std::int64_t timeNs, int stream, const QByteArray& text)
    {
        containers[id].log.emplace_back(timeNs, stream, text);
        for (auto& [connection, followed] : m_followers) {
            if (followed == id && connection)
                sendChunk(*connection, message(containers[id], containers[id].log.back()));
        }
    }
    void end(const QString& id, const QString& finishedAt)
    {
        containers[id].running = false;
        containers[id].finishedAt = finishedAt;
        for (auto it = m_followers.begin(); it != m_followers.end();) {
            if (it->second == id) {
                if (it->first)
                    it->first->write("0\r\n\r\n");
                it = m_followers.erase(it);
            } else {
                ++it;
            }
        }
        tell(id, "die");
    }
    void tell(const QString& id, const char* action)
    {
        for (const auto& connection : m_events) {
            if (connection)
                sendChunk(*connection, QJsonDocument(QJsonObject { { "Type", "container" }, { "Action", action }, { "id", id } }).toJson(QJsonDocument::Compact) + '\n');
        }
    }
    [[nodiscard]] int followers() const { return static_cast<int>(m_followers.size()); }

    std::map<QString, FakeContainer> containers;

private:
    static QByteArray message(const FakeContainer& container, const std::tuple<std::int64_t, int, QByteArray>& line)
    {
        const auto& [timeNs, stream, text] = line;
        const auto whole = QByteArray::fromStdString(formatted("2025-06-01T00:{:02}:{:02}.{:09}Z ", (timeNs - kStart) / 60'000'000'000, (timeNs - kStart) / 1'000'000'000 % 60, (timeNs - kStart) % 1'000'000'000)) + text + (container.terminal ? "\r\n" : "\n");
        return container.terminal ? whole : frame(stream, whole);
    }
    static void sendChunk(QLocalSocket& connection, const QByteArray& bytes) { connection.write(QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n"); }
    static void sendJson(QLocalSocket& connection, int status, const QByteArray& body)
    {
        connection.write("HTTP/1.1 " + QByteArray::number(status) + " x\r\nContent-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    }

    void answer(QLocalSocket& connection)
    {
        const auto request = connection.readAll();
        const QUrl url(QStringLiteral("http://x") + QString::fromUtf8(request.split(' ').value(1)));
        const QUrlQuery query(url);
        const auto parts = url.path().split(QLatin1Char('/'));
        if (url.path() == QLatin1String("/events")) {
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            m_events.emplace_back(&connection);
        } else if (url.path() == QLatin1String("/containers/json")) {
            QJsonArray all;
            for (const auto& [id, container] : containers)
                all.append(QJsonObject { { "Id", id }, { "Status", "Up" }, { "Ports", QJsonArray { QJsonObject { { "IP", "127.0.0.1" }, { "PrivatePort", 80 }, { "PublicPort", 8080 }, { "Type", "tcp" } } } } });
            sendJson(connection, 200, QJsonDocument(all).toJson());
        } else if (const auto it = containers.find(parts.value(2)); it == containers.end()) {
            sendJson(connection, 404, "{\"message\":\"No such container\"}");
        } else if (parts.value(3) == QLatin1String("json")) {
            const auto& c = it->second;
            QJsonObject labels;
            if (!c.project.isEmpty())
                labels = { { "com.docker.compose.project", c.project }, { "com.docker.compose.service", "web" } };
            sendJson(connection, 200,
                QJsonDocument(QJsonObject { { "Id", it->first }, { "Name", QString(QLatin1Char('/') + c.name) }, { "Config", QJsonObject { { "Tty", c.terminal }, { "Image", "img" }, { "Labels", labels } } },
                                  { "State", QJsonObject { { "Status", c.running ? "running" : "exited" }, { "FinishedAt", c.finishedAt } } }, { "HostConfig", QJsonObject { { "LogConfig", QJsonObject { { "Type", c.driver } } } } } })
                    .toJson());
        } else if (it->second.driver == QLatin1String("none")) {
            sendJson(connection, 501, "{\"message\":\"configured logging driver does not support reading\"}");
        } else {
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            const auto since = query.queryItemValue(QStringLiteral("since")).split(QLatin1Char('.'));
            const auto sinceNs = since.value(0).toLongLong() * 1'000'000'000 + since.value(1).toLongLong();
            for (const auto& line : it->second.log) {
                if (std::get<0>(line) >= sinceNs)
                    sendChunk(connection, message(it->second, line));
            }
            if (query.queryItemValue(QStringLiteral("follow")) == QLatin1String("1") && it->second.running)
                m_followers.emplace_back(&connection, it->first);
            else
                connection.write("0\r\n\r\n");
        }
        connection.flush();
    }

    QString m_path;
    QLocalServer m_server;
    std::vector<QPointer<QLocalSocket>> m_connections;
    std::vector<QPointer<QLocalSocket>> m_events;
    std::vector<std::pair<QPointer<QLocalSocket>, QString>> m_followers;
};

}

class TestDockerFollower : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<test::TemporaryFolder>();
        m_docker = std::make_unique<FakeDocker>(socket());
        m_store = *logs::Store::open(m_folder->path() / "logs", {}, m_clock, m_logger);
    }
    void cleanup()
    {
        m_store = nullptr;
        m_docker = nullptr;
        m_folder = nullptr;
    }

    void followsAndLabels()
    {
        m_docker->containers[QStringLiteral("aaa")] = { QStringLiteral("shop-web-1"), true, false, QStringLiteral("json-file"), QStringLiteral("shop"), QStringLiteral("0001-01-01T00:00:00Z"), { { kStart, 1, "out" }, { kStart + 1, 2, "err" } } };
        m_docker->containers[QStringLiteral("bbb")] = { QStringLiteral("tty"), true, true, QStringLiteral("json-file"), {}, QStringLiteral("0001-01-01T00:00:00Z"), { { kStart + 2, 1, "terminal" } } };
        docker::Follower follower({ .socket = socket().toStdString() }, *m_store, m_logger);
        QSignalSpy states(&follower, &docker::Follower::stateChanged);
        QSignalSpy lists(&follower, &docker::Follower::containersChanged);
        follower.start();
        QTRY_COMPARE(m_docker->followers(), 2);
        m_docker->write(QStringLiteral("aaa"), kStart + 5, 1, "later");
        QTRY_COMPARE(lines(), (QStringList { QStringLiteral("{compose_project=\"shop\", compose_service=\"web\", container=\"shop-web-1\", service=\"web\", stream=\"stderr\"} err"),
                                  QStringLiteral("{compose_project=\"shop\", compose_service=\"web\", container=\"shop-web-1\", service=\"web\", stream=\"stdout\"} later"),
                                  QStringLiteral("{compose_project=\"shop\", compose_service=\"web\", container=\"shop-web-1\", service=\"web\", stream=\"stdout\"} out"),
                                  QStringLiteral("{container=\"tty\", service=\"tty\", stream=\"stdout\"} terminal") }));
        QVERIFY(!states.isEmpty());
        QCOMPARE(states.first().at(0).toBool(), true);
        QTRY_VERIFY(!lists.isEmpty() && lists.last().at(0).value<std::shared_ptr<const std::vector<model::ContainerStatus>>>()->size() == 2);
        const auto list = lists.last().at(0).value<std::shared_ptr<const std::vector<model::ContainerStatus>>>();
        QCOMPARE(list->front().name, std::string("shop-web-1"));
        QCOMPARE(list->front().ports.front(), std::string("127.0.0.1:8080→80/tcp"));
        QVERIFY(list->front().logsFollowed);
    }

    void followsManyContainersAtOnce()
    {
        for (int i = 0; i < 40; ++i)
            m_docker->containers[QStringLiteral("id%1").arg(i)] = { QStringLiteral("c%1").arg(i), true, false, QStringLiteral("json-file"), {}, QStringLiteral("0001-01-01T00:00:00Z"), { { kStart + i, 1, "hello" } } };
        docker::Follower follower({ .socket = socket().toStdString() }, *m_store, m_logger);
        follower.start();
        QTRY_COMPARE_WITH_TIMEOUT(m_docker->followers(), 40, 20'000);
        QTRY_COMPARE(lines().size(), 40);
    }

    void takesEveryLineOnceOverRestartsOfEitherSide()
    {
        const auto id = QStringLiteral("aaa");
        m_docker->containers[id].name = QStringLiteral("a");
        int written = 0;
        const auto writeSome = [&](int count) {
            for (int i = 0; i < count; ++i, ++written)
                m_docker->write(id, kStart + written * 1'000, 1 + written % 2, QByteArray("line ") + QByteArray::number(written));
        };
        for (int round = 0; round < 3; ++round) {
            docker::Follower follower({ .socket = socket().toStdString() }, *m_store, m_logger);
            writeSome(100); // before it looks
            follower.start();
            QTRY_COMPARE(m_docker->followers(), 1);
            writeSome(100);
            QTRY_COMPARE(lines().size(), written);
            m_docker->stop();
            writeSome(100); // nobody hears it
            m_docker->start();
            QTRY_COMPARE_WITH_TIMEOUT(m_docker->followers(), 1, 10'000);
            QTRY_COMPARE(lines().size(), written);
            writeSome(100); // perhaps not stored before the follower goes
        }
        docker::Follower last({ .socket = socket().toStdString() }, *m_store, m_logger);
        last.start();
        QTRY_COMPARE(lines().size(), written);
        auto all = lines();
        QCOMPARE(all.removeDuplicates(), 0);
        QCOMPARE(m_store->stats().duplicateEntries, 0U);
    }

    void readsEndedContainersOnce()
    {
        const auto id = QStringLiteral("aaa");
        m_docker->containers[id] = { QStringLiteral("job"), false, false, QStringLiteral("json-file"), {}, QStringLiteral("2025-06-01T00:00:05Z"), { { kStart, 1, "done" } } };
        {
            docker::Follower follower({ .socket = socket().toStdString() }, *m_store, m_logger);
            follower.start();
            QTRY_COMPARE(lines().size(), 1);
            QTRY_VERIFY(m_store->position("docker/aaa")->value_or("").contains("2025-06-01T00:00:05Z"));
            // It is started once more and ends at once.
            m_docker->containers[id].log.emplace_back(kStart + 1, 2, "done again");
            m_docker->end(id, QStringLiteral("2025-06-01T00:00:09Z"));
            QTRY_COMPARE(lines().size(), 2);
        }
        m_docker->containers.erase(id);
        docker::Follower follower({ .socket = socket().toStdString() }, *m_store, m_logger);
        follower.start();
        m_docker->containers[QStringLiteral("bbb")] = { QStringLiteral("b"), true, false, QStringLiteral("json-file"), {}, QStringLiteral("0001-01-01T00:00:00Z"), { { kStart, 1, "b" } } };
        QTRY_COMPARE(lines().size(), 3);
        m_docker->write(QStringLiteral("bbb"), kStart + 1, 1, "last words");
        m_docker->end(QStringLiteral("bbb"), QStringLiteral("2025-06-01T00:00:10Z"));
        m_docker->containers.erase(QStringLiteral("bbb"));
        m_docker->tell(QStringLiteral("bbb"), "destroy");
        QTRY_COMPARE(lines().size(), 4);
        QTRY_COMPARE(*m_store->position("docker/bbb"), std::nullopt);
    }

    void saysWhatADriverCannotDo()
    {
        m_docker->containers[QStringLiteral("aaa")] = { QStringLiteral("silent"), true, false, QStringLiteral("none"), {}, {}, {} };
        docker::Follower follower({ .socket = socket().toStdString() }, *m_store, m_logger);
        QSignalSpy lists(&follower, &docker::Follower::containersChanged);
        follower.start();
        QTRY_VERIFY(!lists.isEmpty() && lists.last().at(0).value<std::shared_ptr<const std::vector<model::ContainerStatus>>>()->front().logsError.contains("log driver \"none\""));
    }

    void leavesOutWhatTheOptionsLeaveOut()
    {
        m_docker->containers[QStringLiteral("aaa")] = { QStringLiteral("in"), true, false, QStringLiteral("json-file"), QStringLiteral("shop"), {}, { { kStart, 1, "yes" } } };
        m_docker->containers[QStringLiteral("bbb")] = { QStringLiteral("out"), true, false, QStringLiteral("json-file"), QStringLiteral("other"), {}, { { kStart, 1, "no" } } };
        docker::Follower follower({ .socket = socket().toStdString(), .filters = { { "label", { "com.docker.compose.project=shop" } } } }, *m_store, m_logger);
        QSignalSpy lists(&follower, &docker::Follower::containersChanged);
        follower.start();
        QTRY_VERIFY(!lists.isEmpty() && lists.last().at(0).value<std::shared_ptr<const std::vector<model::ContainerStatus>>>()->size() == 2);
        QTRY_COMPARE(lines().size(), 1);
    }

    void filtersAsTheEngineDoes_data()
    {
        using Filters = std::vector<docker::ContainerFilter>;
        QTest::addColumn<Filters>("filters");
        QTest::addColumn<bool>("passes");
        QTest::newRow("none") << Filters() << true;
        QTest::newRow("label with any value") << Filters { { "label", { "tier" } } } << true;
        QTest::newRow("one of two values") << Filters { { "label", { "tier=db", "tier=web" } } } << true;
        QTest::newRow("two labels, one not there") << Filters { { "label", { "tier=web", "zone=a" } } } << false;
        QTest::newRow("empty value is not any value") << Filters { { "label", { "tier=" } } } << false;
        QTest::newRow("part of the name") << Filters { { "name", { "^sh.*web" } } } << true;
        QTest::newRow("other name") << Filters { { "name", { "worker", "mail" } } } << false;
        QTest::newRow("status") << Filters { { "status", { "exited", "running" } } } << true;
        QTest::newRow("id") << Filters { { "id", { "ab" } } } << true;
        QTest::newRow("all must pass") << Filters { { "label", { "tier" } }, { "status", { "exited" } } } << false;
    }
    void filtersAsTheEngineDoes()
    {
        QFETCH(std::vector<docker::ContainerFilter>, filters);
        QFETCH(bool, passes);
        docker::Container container;
        container.status.id = "abcdef";
        container.status.name = "shop-web-1";
        container.status.state = "running";
        container.labels = { { "tier", "web" } };
        QCOMPARE(docker::matches(filters, container), passes);
    }

    void relabelsLinesAndDropsThem()
    {
        m_docker->containers[QStringLiteral("aaa")] = { QStringLiteral("shop-web-1"), true, false, QStringLiteral("json-file"), QStringLiteral("shop"), {}, { { kStart, 1, "out" }, { kStart + 1, 2, "err" } } };
        m_docker->containers[QStringLiteral("bbb")] = { QStringLiteral("noisy"), true, false, QStringLiteral("json-file"), {}, {}, { { kStart, 1, "no" } } };
        docker::Follower follower({ .socket = socket().toStdString(),
                                      .relabel = [](model::LabelsBuilder& labels) {
                                          if (labels.get("container") == "noisy" || labels.get("stream") == "stderr")
                                              return false;
                                          labels.set("project", labels.get("__meta_docker_container_label_com_docker_compose_project")).set("path", labels.get("__meta_docker_container_name"));
                                          for (const auto* name : { "container", "compose_project", "compose_service", "service", "stream" })
                                              labels.remove(name);
                                          return true;
                                      } },
            *m_store, m_logger);
        follower.start();
        QTRY_COMPARE(m_docker->followers(), 1);
        m_docker->write(QStringLiteral("aaa"), kStart + 2, 2, "err again");
        m_docker->write(QStringLiteral("aaa"), kStart + 3, 1, "last");
        QTRY_COMPARE(lines(), (QStringList { QStringLiteral("{path=\"/shop-web-1\", project=\"shop\"} last"), QStringLiteral("{path=\"/shop-web-1\", project=\"shop\"} out") }));
    }

    void saysWhyDockerIsNotThere()
    {
        docker::Follower follower({ .socket = "/nonexistent/docker.sock" }, *m_store, m_logger);
        QSignalSpy states(&follower, &docker::Follower::stateChanged);
        follower.start();
        QTRY_VERIFY(!states.isEmpty());
        QCOMPARE(states.first().at(0).toBool(), false);
        QVERIFY(states.first().at(1).toString().contains(QLatin1String("/nonexistent/docker.sock")));
    }

private:
    [[nodiscard]] QString socket() const { return QString::fromStdString((m_folder->path() / "docker.sock").string()); }

    [[nodiscard]] QStringList lines() const
    {
        QStringList all;
        model::LogRequest request;
        const auto selection = m_store->select(request, {});
        const auto units = (*selection)->units();
        for (std::size_t unit = 0; unit < units.size(); ++unit) {
            const auto labels = (*selection)->streams()[units[unit].stream]->toString();
            (void)(*selection)->read(
                unit,
                [&](const model::LogBatchView& batch) {
                    for (const auto line : batch.lines)
                        all.append(QString::fromStdString(labels + " " + std::string(line)));
                },
                {});
        }
        all.sort();
        return all;
    }

    test::FakeClock m_clock { kStart / 1'000'000 };
    NullLogger m_logger;
    std::unique_ptr<test::TemporaryFolder> m_folder;
    std::unique_ptr<FakeDocker> m_docker;
    std::unique_ptr<logs::Store> m_store;
};

QTEST_GUILESS_MAIN(TestDockerFollower)
#include "tst_docker_follower.moc"
