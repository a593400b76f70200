#include "core/docker/engine_api.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QNetworkRequest>
#include <QUrl>

namespace belvedere::docker {

namespace {

std::int64_t timeMs(const QJsonValue& value)
{
    const auto parsed = parseRfc3339Ns(value.toString().toStdString());
    // Docker writes the year 1 for "never".
    return parsed && *parsed > 0 ? *parsed / 1'000'000 : 0;
}

std::string withoutSlash(std::string name)
{
    if (name.starts_with('/'))
        name.erase(0, 1);
    return name;
}

}

Container containerFromJson(const QJsonObject& json)
{
    Container container;
    auto& status = container.status;
    const auto state = json[QLatin1String("State")].toObject();
    const auto config = json[QLatin1String("Config")].toObject();
    const auto labels = config[QLatin1String("Labels")].toObject();
    status.id = json[QLatin1String("Id")].toString().toStdString();
    status.name = withoutSlash(json[QLatin1String("Name")].toString().toStdString());
    status.image = config[QLatin1String("Image")].toString().toStdString();
    status.state = state[QLatin1String("Status")].toString().toStdString();
    status.health = state[QLatin1String("Health")].toObject()[QLatin1String("Status")].toString().toStdString();
    if (status.health == "none")
        status.health.clear();
    status.createdMs = timeMs(json[QLatin1String("Created")]);
    status.startedMs = timeMs(state[QLatin1String("StartedAt")]);
    status.finishedMs = timeMs(state[QLatin1String("FinishedAt")]);
    status.restartCount = json[QLatin1String("RestartCount")].toInteger();
    for (auto it = labels.begin(); it != labels.end(); ++it)
        container.labels.emplace_back(it.key().toStdString(), it.value().toString().toStdString());
    status.composeProject = labels[QLatin1String("com.docker.compose.project")].toString().toStdString();
    status.composeService = labels[QLatin1String("com.docker.compose.service")].toString().toStdString();
    container.finishedAt = state[QLatin1String("FinishedAt")].toString().toStdString();
    const auto host = json[QLatin1String("HostConfig")].toObject();
    container.networkMode = host[QLatin1String("NetworkMode")].toString().toStdString();
    container.logDriver = host[QLatin1String("LogConfig")].toObject()[QLatin1String("Type")].toString().toStdString();
    container.terminal = config[QLatin1String("Tty")].toBool();
    container.running = status.state == "running" || status.state == "paused" || status.state == "restarting";
    return container;
}

void addListEntry(model::ContainerStatus& status, const QJsonObject& entry)
{
    status.status = entry[QLatin1String("Status")].toString().toStdString();
    status.ports.clear();
    for (const auto value : entry[QLatin1String("Ports")].toArray()) {
        const auto port = value.toObject();
        const auto inside = formatted("{}/{}", port[QLatin1String("PrivatePort")].toInt(), port[QLatin1String("Type")].toString().toStdString());
        const auto outside = port[QLatin1String("PublicPort")].toInt();
        auto text = outside == 0 ? inside : formatted("{}:{}→{}", port[QLatin1String("IP")].toString().toStdString(), outside, inside);
        if (std::ranges::find(status.ports, text) == status.ports.end())
            status.ports.push_back(std::move(text));
    }
}

EngineApi::EngineApi(QString socket, QObject* parent)
    : QObject(parent)
    , m_socket(std::move(socket))
{
    m_network.setAutoDeleteReplies(false);
}

QString EngineApi::obstacle() const
{
    const QFileInfo file(m_socket);
    if (!file.exists())
        return QStringLiteral("There is no Docker socket at %1. Install or start Docker, or set the socket's path.").arg(m_socket);
    if (!file.isWritable())
        return QStringLiteral("No permission to use %1. Add yourself to its group (sudo usermod -aG docker $USER) and log in again.").arg(m_socket);
    return {};
}

QString EngineApi::describe(QNetworkReply& reply) const
{
    if (auto reason = obstacle(); !reason.isEmpty())
        return reason;
    const auto status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status == 0)
        return QStringLiteral("Docker does not answer at %1 (%2). Start it with: sudo systemctl start docker").arg(m_socket, reply.errorString());
    const auto message = QJsonDocument::fromJson(reply.readAll())[QLatin1String("message")].toString();
    return message.isEmpty() ? QStringLiteral("Docker answered with status %1").arg(status) : message;
}

QNetworkReply* EngineApi::get(const QString& path, const QString& channel)
{
    QNetworkRequest request(QUrl(QStringLiteral("unix+http://%1%2").arg(channel, path)));
    request.setAttribute(QNetworkRequest::FullLocalServerNameAttribute, m_socket);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setRawHeader("Accept-Encoding", "identity");
    return m_network.get(request);
}

}
