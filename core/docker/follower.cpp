#include "core/docker/follower.h"

#include "core/docker/engine_api.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QPointer>
#include <QTimer>

#include <algorithm>
#include <map>
#include <ranges>

// The list of containers is the truth and is asked for every few seconds; the event stream only says when to look at
// once. A stream of events that is open means that Docker is connected.

namespace belvedere::docker {

namespace {

constexpr int kListEveryMs = 10'000;
constexpr int kListSoonMs = 100;
constexpr int kTellEveryMs = 250;
constexpr int kFirstRetryMs = 500;
constexpr int kLastRetryMs = 15'000;

}

class Follower::Worker : public QObject {
public:
    Worker(Follower& owner, FollowerOptions options, model::LogSink& sink, Logger& logger)
        : m_owner(owner)
        , m_options(std::move(options))
        , m_sink(sink)
        , m_logger(logger)
    {
    }

    ~Worker() override
    {
        // Replies that the end of the network finishes must find nobody to tell.
        if (m_events)
            m_events->disconnect(this);
        m_known.clear();
        m_leaving.clear();
        delete m_api;
    }

    void start()
    {
        m_api = new EngineApi(QString::fromStdString(m_options.socket), this);
        const auto timer = [this](QTimer*& made, int ms, void (Worker::*slot)()) {
            made = new QTimer(this);
            made->setSingleShot(true);
            made->setInterval(ms);
            connect(made, &QTimer::timeout, this, slot);
        };
        timer(m_listTimer, kListEveryMs, &Worker::list);
        timer(m_retryTimer, kFirstRetryMs, &Worker::watchEvents);
        timer(m_tellTimer, kTellEveryMs, &Worker::tell);
        watchEvents();
    }

private:
    struct Known {
        Container container; ///< of those without a log
        std::unique_ptr<ContainerLog> log;
        model::ContainerStatus listed; ///< only what the list alone knows
        bool inspecting = false;
        bool again = false; ///< something happened while it was being looked at
    };

    void watchEvents()
    {
        if (const auto obstacle = m_api->obstacle(); !obstacle.isEmpty())
            return disconnected(obstacle);
        m_events = m_api->get(QStringLiteral("/events?filters=%7B%22type%22%3A%5B%22container%22%5D%7D"), QStringLiteral("events"));
        connect(m_events, &QNetworkReply::metaDataChanged, this, [this] {
            if (m_events->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt() != 200)
                return;
            m_retryTimer->setInterval(kFirstRetryMs);
            setConnected(true, {});
            list();
        });
        connect(m_events, &QNetworkReply::readyRead, this, &Worker::readEvents);
        connect(m_events, &QNetworkReply::finished, this, [this] {
            auto* const events = m_events.data();
            m_events = nullptr;
            const auto why = m_api->describe(*events);
            events->deleteLater();
            disconnected(why);
        });
    }

    void disconnected(const QString& why)
    {
        setConnected(false, why);
        m_listTimer->stop();
        m_retryTimer->start();
        m_retryTimer->setInterval(std::min(m_retryTimer->interval() * 2, kLastRetryMs));
    }

    void setConnected(bool connected, const QString& problem)
    {
        if (m_told && connected == m_connected && problem == m_problem)
            return;
        m_told = true;
        m_connected = connected;
        m_options.counters->connected = connected;
        if (connected)
            ++m_options.counters->connections;
        m_problem = problem;
        m_logger.log(connected ? Logger::Level::info : Logger::Level::warning, "docker", connected ? "connected" : problem.toStdString());
        Q_EMIT m_owner.stateChanged(connected, problem);
    }

    void readEvents()
    {
        while (m_events && m_events->canReadLine()) {
            const auto event = QJsonDocument::fromJson(m_events->readLine()).object();
            const auto id = event[QLatin1String("id")].toString(event[QLatin1String("Actor")].toObject()[QLatin1String("ID")].toString());
            const auto action = event[QLatin1String("Action")].toString(event[QLatin1String("status")].toString());
            if (id.isEmpty() || action.startsWith(QLatin1String("exec_")))
                continue;
            if (action == QLatin1String("destroy"))
                remove(id.toStdString());
            else if (action != QLatin1String("create"))
                inspect(id.toStdString());
            if (!m_listTimer->isActive() || m_listTimer->remainingTime() > kListSoonMs)
                m_listTimer->start(kListSoonMs);
        }
    }

    void list()
    {
        m_listTimer->start(kListEveryMs);
        if (m_listing)
            return;
        m_listing = true;
        auto* const reply = m_api->get(QStringLiteral("/containers/json?all=1"));
        connect(reply, &QNetworkReply::finished, this, [this, reply] {
            m_listing = false;
            reply->deleteLater();
            const auto document = QJsonDocument::fromJson(reply->readAll());
            if (reply->error() != QNetworkReply::NoError || !document.isArray())
                return; // the event stream tells whether Docker is there
            std::vector<std::string> present;
            for (const auto value : document.array()) {
                const auto entry = value.toObject();
                present.push_back(entry[QLatin1String("Id")].toString().toStdString());
                auto& known = m_known[present.back()];
                addListEntry(known.listed, entry);
                inspect(present.back());
            }
            std::ranges::sort(present);
            std::vector<std::string> gone;
            for (const auto& [id, known] : m_known) {
                if (!std::ranges::binary_search(present, id) && !known.inspecting)
                    gone.push_back(id);
            }
            for (const auto& id : gone)
                remove(id);
            tellSoon();
        });
    }

    void inspect(const std::string& id)
    {
        auto& known = m_known[id];
        if (known.inspecting) {
            known.again = true;
            return;
        }
        known.inspecting = true;
        auto* const reply = m_api->get(QStringLiteral("/containers/%1/json").arg(QString::fromStdString(id)));
        connect(reply, &QNetworkReply::finished, this, [this, reply, id] {
            reply->deleteLater();
            const auto it = m_known.find(id);
            if (it == m_known.end())
                return;
            it->second.inspecting = false;
            const auto status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
            if (status == 404)
                return remove(id);
            if (status != 200)
                return;
            inspected(it->second, containerFromJson(QJsonDocument::fromJson(reply->readAll()).object()));
            if (std::exchange(it->second.again, false))
                inspect(id);
        });
    }

    void inspected(Known& known, Container container)
    {
        if (known.log) {
            known.log->update(std::move(container));
        } else if (wanted(container)) {
            const auto id = container.status.id;
            known.log = std::make_unique<ContainerLog>(*m_api, m_sink, m_logger, *m_options.counters, m_options.relabel, std::move(container), nullptr);
            connect(known.log.get(), &ContainerLog::changed, this, &Worker::tellSoon);
            connect(known.log.get(), &ContainerLog::ended, this, [this, id] { inspect(id); }, Qt::QueuedConnection);
        } else {
            known.container = std::move(container);
        }
        tellSoon();
    }

    [[nodiscard]] bool wanted(const Container& container) const
    {
        return matches(m_options.filters, container)
            && (lineLabels(container, "stdout", m_options.relabel) || lineLabels(container, "stderr", m_options.relabel));
    }

    void remove(const std::string& id)
    {
        const auto it = m_known.find(id);
        if (it == m_known.end())
            return;
        if (it->second.log) {
            it->second.log->setRemoved();
            m_leaving.push_back(std::move(it->second.log));
        }
        m_known.erase(it);
        tellSoon();
    }

    void tellSoon()
    {
        if (!m_tellTimer->isActive())
            m_tellTimer->start();
    }

    void tell()
    {
        std::erase_if(m_leaving, [](const std::unique_ptr<ContainerLog>& log) { return log->finished(); });
        auto all = std::make_shared<std::vector<model::ContainerStatus>>();
        std::uint64_t followed = 0;
        for (const auto& [id, known] : m_known) {
            auto status = known.log ? known.log->status() : known.container.status;
            if (status.id.empty())
                continue; // not looked at yet
            followed += status.logsFollowed ? 1 : 0;
            status.status = known.listed.status;
            status.ports = known.listed.ports;
            all->push_back(std::move(status));
        }
        m_options.counters->containers = all->size();
        m_options.counters->followed = followed;
        std::ranges::sort(*all, {}, &model::ContainerStatus::name);
        Q_EMIT m_owner.containersChanged(std::move(all));
    }

    Follower& m_owner; ///< only its signals are used
    FollowerOptions m_options;
    model::LogSink& m_sink;
    Logger& m_logger;
    EngineApi* m_api = nullptr;
    QTimer* m_listTimer = nullptr;
    QTimer* m_retryTimer = nullptr;
    QTimer* m_tellTimer = nullptr;
    QPointer<QNetworkReply> m_events;
    std::map<std::string, Known> m_known; ///< by id
    std::vector<std::unique_ptr<ContainerLog>> m_leaving;
    bool m_listing = false;
    bool m_told = false;
    bool m_connected = false;
    QString m_problem;
};

std::string defaultSocket()
{
    const auto host = qEnvironmentVariable("DOCKER_HOST");
    constexpr QLatin1String kUnix("unix://");
    return host.startsWith(kUnix) ? host.mid(kUnix.size()).toStdString() : FollowerOptions().socket;
}

Follower::Follower(FollowerOptions options, model::LogSink& sink, Logger& logger, QObject* parent)
    : QObject(parent)
    , m_worker(new Worker(*this, std::move(options), sink, logger))
{
    m_thread.setObjectName(QStringLiteral("docker"));
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
}

Follower::~Follower()
{
    if (m_thread.isRunning()) {
        m_thread.quit();
        m_thread.wait();
    } else {
        delete m_worker;
    }
}

void Follower::start()
{
    m_thread.start();
    QMetaObject::invokeMethod(m_worker, [worker = m_worker] { worker->start(); });
}

}
