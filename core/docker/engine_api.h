#pragma once

#include "core/base/result.h"
#include "core/model/target_status.h"

#include <QByteArray>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QString>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace belvedere::docker {

/// A container as `/containers/{id}/json` tells of it.
struct Container {
    model::ContainerStatus status;
    std::vector<std::pair<std::string, std::string>> labels;
    std::string finishedAt; ///< as Docker writes it; changes with each run
    std::string logDriver;
    std::string networkMode;
    bool terminal = false;
    bool running = false; ///< running, paused or restarting: may write more
};

[[nodiscard]] Container containerFromJson(const QJsonObject& json);
/// What only the list has: Docker's sentence and the ports that are open now.
void addListEntry(model::ContainerStatus& status, const QJsonObject& entry);

/// Docker's Engine API over its socket. Used by one thread, which must run an event loop.
class EngineApi : public QObject {
    Q_OBJECT

public:
    EngineApi(QString socket, QObject* parent);

    [[nodiscard]] const QString& socket() const noexcept { return m_socket; }
    /// Why the socket cannot be used, with the remedy; "" if nothing speaks against it.
    [[nodiscard]] QString obstacle() const;
    /// What went wrong with a request, with the remedy where there is one.
    [[nodiscard]] QString describe(QNetworkReply& reply) const;

    /// `path` with its query. `channel` keeps requests that last apart: each has connections of its own.
    [[nodiscard]] QNetworkReply* get(const QString& path, const QString& channel = QStringLiteral("engine"));

private:
    QString m_socket;
    QNetworkAccessManager m_network;
};

}
