#include "core/docker/container_log.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace belvedere::docker {

namespace {

/// Lines that wait for the append under way before Docker is not read from any more.
constexpr std::size_t kGatheredBytes = std::size_t { 2 } << 20;
/// What Qt buffers of a reply; beyond it Docker has to wait.
constexpr qint64 kReplyBuffer = 256 * 1024;
constexpr int kFirstRetryMs = 250;
constexpr int kLastRetryMs = 15'000;

/// What Docker calls a label, as a part of a label's name here.
std::string plainName(std::string text)
{
    std::ranges::replace_if(text, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return text;
}

}

std::optional<model::Labels> lineLabels(const Container& container, std::string_view stream, const RelabelLines& relabel)
{
    const auto& status = container.status;
    model::LabelsBuilder labels;
    labels.set("container", status.name)
        .set("compose_project", status.composeProject)
        .set("compose_service", status.composeService)
        .set("service", status.composeService.empty() ? status.name : status.composeService)
        .set("stream", stream);
    if (!relabel)
        return labels.build();
    labels.set("__meta_docker_container_id", status.id)
        .set("__meta_docker_container_name", "/" + status.name)
        .set("__meta_docker_container_network_mode", container.networkMode)
        .set("__meta_docker_container_log_stream", stream);
    for (const auto& [name, value] : container.labels)
        labels.set("__meta_docker_container_label_" + plainName(name), value);
    if (!relabel(labels))
        return std::nullopt;
    for (const auto& label : std::vector(labels.list())) {
        if (label.name.starts_with("__"))
            labels.remove(label.name);
    }
    return labels.list().empty() ? std::nullopt : std::optional(labels.build());
}

ContainerLog::ContainerLog(EngineApi& api, model::LogSink& sink, Logger& logger, Counters& counters, const RelabelLines& relabel, Container container, QObject* parent)
    : QObject(parent)
    , m_api(api)
    , m_sink(sink)
    , m_logger(logger)
    , m_counters(counters)
    , m_relabel(relabel)
    , m_gate(std::make_shared<Gate>())
{
    m_gate->target = this;
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, [this] {
        m_state = State::idle;
        Q_EMIT ended();
    });
    update(std::move(container));
}

ContainerLog::~ContainerLog()
{
    {
        const std::scoped_lock lock(m_gate->mutex);
        m_gate->target = nullptr;
    }
    close();
}

model::ContainerStatus ContainerLog::status() const
{
    auto status = m_container.status;
    status.logsFollowed = m_state == State::following || m_state == State::draining || m_state == State::done;
    status.logsError = m_error.toStdString();
    status.linesRead = m_linesRead;
    return status;
}

void ContainerLog::update(Container container)
{
    m_container = std::move(container);
    m_labels[0] = lineLabels(m_container, "stdout", m_relabel);
    m_labels[1] = lineLabels(m_container, "stderr", m_relabel);
    switch (m_state) {
    case State::idle:
        // The position is read when nothing is on its way, so that it is that of the last commit.
        if (!m_appending)
            open(m_container.running);
        break;
    case State::done:
        if (!m_appending && (m_container.running || m_container.finishedAt != m_position.finishedRun()))
            open(m_container.running);
        break;
    case State::following:
    case State::draining:
    case State::failed:
    case State::removed:
        break;
    }
    Q_EMIT changed();
}

void ContainerLog::open(bool follow)
{
    const auto stored = m_sink.position(source());
    if (!stored)
        return fail(QString::fromStdString(stored.error().message), kLastRetryMs);
    m_committedPosition = stored->value_or(std::string());
    m_position = ReadPosition::decode(m_committedPosition);
    if (!follow && (m_container.status.state == "created" || m_container.finishedAt == m_position.finishedRun())) {
        m_state = State::done;
        return;
    }
    for (const auto stream : { 0, 1 })
        m_batch[stream] = { m_labels[stream].value_or(model::Labels()), {} };
    m_batchBytes = 0;
    m_batchLines = 0;
    m_positionChanged = false;
    m_replyEnded = false;
    m_frames = std::make_unique<LogFrames>(m_container.terminal);
    m_state = follow ? State::following : State::draining;
    const auto since = m_position.sinceNs();
    const auto id = QString::fromStdString(m_container.status.id);
    const auto path = QStringLiteral("/containers/%1/logs?stdout=1&stderr=1&timestamps=1&follow=%2&since=%3")
                          .arg(id)
                          .arg(follow ? 1 : 0)
                          .arg(QString::fromStdString(formatted("{}.{:09}", since / 1'000'000'000, since % 1'000'000'000)));
    m_reply = m_api.get(path, id.left(32));
    m_reply->setReadBufferSize(kReplyBuffer);
    connect(m_reply, &QNetworkReply::metaDataChanged, this, [this] {
        if (m_reply && m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt() == 200 && !std::exchange(m_error, {}).isEmpty())
            Q_EMIT changed();
    });
    connect(m_reply, &QNetworkReply::readyRead, this, &ContainerLog::readReply);
    connect(m_reply, &QNetworkReply::finished, this, &ContainerLog::replyFinished);
}

void ContainerLog::close()
{
    if (!m_reply)
        return;
    m_reply->disconnect(this);
    m_reply->abort();
    m_reply->deleteLater();
    m_reply = nullptr;
}

void ContainerLog::readReply()
{
    if (!m_reply || m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt() != 200)
        return;
    while (m_batchBytes < kGatheredBytes && m_reply->bytesAvailable() > 0) {
        const auto bytes = m_reply->read(kReplyBuffer / 4);
        if (!m_frames->feed({ bytes.constData(), static_cast<std::size_t>(bytes.size()) }, [this](const Line& line) { takeLine(line); }))
            return fail(QStringLiteral("Docker sent something that is not a log"), kLastRetryMs);
    }
    sendBatch();
    if (m_replyEnded && m_reply && m_reply->bytesAvailable() == 0)
        finishRun();
}

void ContainerLog::takeLine(const Line& line)
{
    if (!m_position.take(line, m_frames->oldestUnfinishedNs()))
        return;
    m_positionChanged = true;
    if (!m_labels[static_cast<std::size_t>(line.stream)])
        return;
    auto& push = m_batch[static_cast<std::size_t>(line.stream)];
    push.entries.push_back({ line.timeNs, toValidUtf8(line.text), {} });
    m_batchBytes += line.text.size() + sizeof(model::LogEntry);
    ++m_batchLines;
}

void ContainerLog::sendBatch()
{
    if (m_appending || (m_batchLines == 0 && !m_positionChanged))
        return;
    std::vector<model::LogPush> pushes;
    for (auto& push : m_batch) {
        if (!push.entries.empty())
            pushes.push_back(std::exchange(push, { push.labels, {} }));
    }
    const auto lines = std::exchange(m_batchLines, 0);
    m_batchBytes = 0;
    m_positionChanged = false;
    m_appending = true;
    m_sink.append(std::move(pushes), { { source(), m_position.encode() } }, [gate = m_gate, lines](const Result<model::LogAppendSummary>& result) {
        const std::scoped_lock lock(gate->mutex);
        if (!gate->target)
            return;
        auto* const target = gate->target;
        QMetaObject::invokeMethod(target, [target, result, lines] { target->appended(result, lines); }, Qt::QueuedConnection);
    });
}

void ContainerLog::appended(const Result<model::LogAppendSummary>& result, std::size_t lines)
{
    m_appending = false;
    if (!result)
        return fail(QString::fromStdString(result.error().message), kFirstRetryMs);
    m_linesRead += lines;
    m_counters.lines += lines;
    m_retryMs = 0;
    readReply();
    sendBatch();
    if (!m_appending && m_state == State::idle)
        Q_EMIT ended(); // was only waiting for this
    else if (!m_appending && m_state == State::done)
        update(Container(m_container)); // it may run again already
    else if (!m_appending && m_state == State::removed)
        forget();
    Q_EMIT changed();
}

void ContainerLog::replyFinished()
{
    if (!m_reply)
        return;
    const auto status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status != 200) {
        if (status == 404) // removed between two looks; the next one tells
            return fail(QString(), kFirstRetryMs);
        auto why = m_api.describe(*m_reply);
        if (status >= 400 && !m_container.logDriver.empty() && m_container.logDriver != "json-file" && m_container.logDriver != "local" && m_container.logDriver != "journald") {
            why = QStringLiteral("The log driver \"%1\" keeps nothing that Docker could read back (%2). Use json-file, local or journald.").arg(QString::fromStdString(m_container.logDriver), why);
        }
        return fail(why, status == 0 ? kFirstRetryMs : kLastRetryMs);
    }
    if (m_reply->error() != QNetworkReply::NoError) {
        // The daemon went in the middle of the stream: take what came, then look again.
        m_state = State::following;
    }
    m_replyEnded = true;
    readReply();
}

// The stream has been read to its end. After following, the file is read once more: only that is certain to be all.
void ContainerLog::finishRun()
{
    const bool wasComplete = m_state == State::draining && m_reply->error() == QNetworkReply::NoError;
    close();
    m_replyEnded = false;
    if (m_gone)
        return endForGood();
    if (!wasComplete) {
        m_state = State::idle;
        m_error.clear();
        // What is unfinished comes again from the position.
        m_retryMs = std::clamp(m_retryMs * 2, kFirstRetryMs, kLastRetryMs);
        if (m_appending)
            return; // appended() goes on
        m_retry.start(m_container.running ? m_retryMs : 0);
        return;
    }
    m_frames->finish([this](const Line& line) { takeLine(line); });
    m_position.setFinishedRun(m_container.finishedAt);
    m_positionChanged = true;
    m_state = State::done;
    m_error.clear();
    sendBatch();
    Q_EMIT changed();
}

void ContainerLog::fail(const QString& why, int retryAfterMs)
{
    close();
    m_replyEnded = false;
    if (!why.isEmpty())
        ++m_counters.errors;
    if (!why.isEmpty() && why != m_error)
        m_logger.log(Logger::Level::warning, "docker", formatted("log of {}: {}", m_container.status.name, why.toStdString()));
    m_error = why;
    if (m_state == State::removed)
        return forget(); // what could not be stored cannot be read again
    if (m_gone)
        return endForGood();
    m_state = State::failed;
    m_retry.start(retryAfterMs);
    Q_EMIT changed();
}

void ContainerLog::setRemoved()
{
    if (m_gone)
        return;
    m_gone = true;
    m_retry.stop();
    // A stream that is still open holds the container's last lines; Docker ends it.
    if (!m_reply)
        endForGood();
}

void ContainerLog::endForGood()
{
    if (m_frames)
        m_frames->finish([this](const Line& line) { takeLine(line); });
    m_state = State::removed;
    sendBatch();
    if (!m_appending)
        forget();
    Q_EMIT changed();
}

void ContainerLog::forget()
{
    m_sink.append({}, { { source(), std::string() } }, {});
    m_forgotten = true;
}

}
