#pragma once

#include "core/base/logger.h"
#include "core/docker/container_filter.h"
#include "core/docker/container_log.h"
#include "core/docker/counters.h"
#include "core/model/log_source.h"
#include "core/model/target_status.h"

#include <QObject>
#include <QString>
#include <QThread>

#include <memory>
#include <string>
#include <vector>

namespace belvedere::docker {

struct FollowerOptions {
    /// Where Docker listens.
    std::string socket = "/var/run/docker.sock";
    /// Only containers that pass all of these.
    std::vector<ContainerFilter> filters = {};
    /// May be empty; called in the follower's thread.
    RelabelLines relabel = {};
    std::shared_ptr<Counters> counters = std::make_shared<Counters>();
};

/// The socket that DOCKER_HOST names, or Docker's usual one.
[[nodiscard]] std::string defaultSocket();

/// Watches Docker's containers and copies their logs into a sink.
///
/// Every line is stored once, whatever is restarted: Belvedere, the container or dockerd. Positions are committed with the
/// lines, under the source "docker/<container id>". Logs of containers that have ended are read too. Lines carry the
/// labels container, compose_project, compose_service, service (the compose service, else the container) and stream.
///
/// It works in a thread of its own; the signals arrive in the receiver's. `sink` and `logger` must outlive it.
class Follower : public QObject {
    Q_OBJECT

public:
    Follower(FollowerOptions options, model::LogSink& sink, Logger& logger, QObject* parent = nullptr);
    ~Follower() override; ///< stops reading; what was not committed is read again next time

    void start();

Q_SIGNALS:
    /// All containers, sorted by name; also those whose logs the options leave out.
    void containersChanged(std::shared_ptr<const std::vector<belvedere::model::ContainerStatus>> containers);
    /// `problem` is empty while Docker is connected, else why it is not and what to do.
    void stateChanged(bool connected, const QString& problem);

private:
    class Worker;

    QThread m_thread;
    Worker* m_worker; ///< lives in m_thread, which deletes it when it ends
};

}
