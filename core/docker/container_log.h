#pragma once

#include "core/base/logger.h"
#include "core/docker/counters.h"
#include "core/docker/engine_api.h"
#include "core/docker/log_frames.h"
#include "core/docker/read_position.h"
#include "core/model/log_source.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace belvedere::docker {

/// Rewrites the labels of a container's stream before its lines are stored. They come with what Docker knows, under the
/// names that promtail's docker_sd_configs have: __meta_docker_container_id, _name (with its slash), _network_mode, _label_*
/// and _log_stream; labels that begin with __ are taken away afterwards. False: the lines are not wanted.
using RelabelLines = std::function<bool(model::LabelsBuilder&)>;

/// The labels of a container's lines: container, compose_project, compose_service, service (the compose service, else the
/// container) and stream, as `relabel` leaves them; nothing if the lines are not wanted. `stream` is stdout or stderr.
[[nodiscard]] std::optional<model::Labels> lineLabels(const Container& container, std::string_view stream, const RelabelLines& relabel);

/// Reads the log of one container into a sink, from where it was left, as long as the container lives.
///
/// At most one append is on its way; meanwhile lines gather, and when many have gathered Docker is not read from.
/// Whatever goes wrong, reading begins again at the last committed position. Used by one thread.
class ContainerLog : public QObject {
    Q_OBJECT

public:
    /// All but `container` must outlive this.
    ContainerLog(EngineApi& api, model::LogSink& sink, Logger& logger, Counters& counters, const RelabelLines& relabel, Container container, QObject* parent);
    ~ContainerLog() override;

    /// What Docker says of the container now; starts or ends reading accordingly.
    void update(Container container);
    [[nodiscard]] model::ContainerStatus status() const;
    [[nodiscard]] const Container& container() const noexcept { return m_container; }
    /// The container was removed: its position is forgotten once the lines are committed.
    void setRemoved();
    [[nodiscard]] bool finished() const noexcept { return m_forgotten; }

Q_SIGNALS:
    void changed();
    /// The stream ended; Docker must be asked what became of the container.
    void ended();

private:
    enum class State : std::uint8_t { idle, following, draining, done, failed, removed };
    /// Lets the sink's thread call back safely: the target is null once this object has gone.
    struct Gate {
        std::mutex mutex;
        ContainerLog* target = nullptr; // guarded by mutex
    };

    void open(bool follow);
    void close();
    void readReply();
    void replyFinished();
    void takeLine(const Line& line);
    void sendBatch();
    void appended(const Result<model::LogAppendSummary>& result, std::size_t lines);
    void fail(const QString& why, int retryAfterMs);
    void finishRun();
    void endForGood();
    void forget();
    [[nodiscard]] std::string source() const { return "docker/" + m_container.status.id; }

    EngineApi& m_api;
    model::LogSink& m_sink;
    Logger& m_logger;
    Counters& m_counters;
    const RelabelLines& m_relabel;
    Container m_container;
    std::optional<model::Labels> m_labels[2]; ///< of the two streams; nothing: its lines are not stored
    State m_state = State::idle;
    std::shared_ptr<Gate> m_gate;

    QPointer<QNetworkReply> m_reply;
    std::unique_ptr<LogFrames> m_frames;
    ReadPosition m_position;          ///< of what has been taken
    std::string m_committedPosition; ///< as the sink knows it
    model::LogPush m_batch[2];
    std::size_t m_batchBytes = 0;
    std::size_t m_batchLines = 0;
    bool m_positionChanged = false; ///< without lines
    bool m_appending = false;
    bool m_replyEnded = false;
    bool m_gone = false;      ///< Docker has removed the container
    bool m_forgotten = false; ///< and so have we
    QTimer m_retry;
    int m_retryMs = 0;
    QString m_error;
    std::uint64_t m_linesRead = 0;
};

}
