#pragma once

#include "core/base/logger.h"
#include "core/docker/engine_api.h"
#include "core/docker/log_frames.h"
#include "core/docker/read_position.h"
#include "core/model/log_source.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace belvedere::docker {

/// Reads the log of one container into a sink, from where it was left, as long as the container lives.
///
/// At most one append is on its way; meanwhile lines gather, and when many have gathered Docker is not read from.
/// Whatever goes wrong, reading begins again at the last committed position. Used by one thread.
class ContainerLog : public QObject {
    Q_OBJECT

public:
    ContainerLog(EngineApi& api, model::LogSink& sink, Logger& logger, Container container, QObject* parent);
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
    Container m_container;
    model::Labels m_labels[2]; ///< of the two streams
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
