#include "core/receive/loki_tail.h"

#include "core/base/format.h"
#include "core/logql/live_tail.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <utility>

namespace belvedere::receive {

namespace {

std::size_t lineCount(const model::Streams& streams)
{
    std::size_t count = 0;
    for (const auto& stream : streams)
        count += stream.lines.size();
    return count;
}

/// What is kept while a client listens. Listening begins before the stored lines are read, so that none is missed
/// between the two; lines that come both ways are known by their stream, time and text, which a store holds once.
class Tail {
public:
    Tail(LokiTailRequest request, std::shared_ptr<WebSocket> socket)
        : m_request(std::move(request)),
          m_socket(std::move(socket))
    {
    }

    void begin(const logql::Engine& engine, model::LogSource& source, TaskPool& pool)
    {
        const std::scoped_lock lock(m_mutex); // live lines wait for the stored ones
        auto live = logql::LiveTail::start(source, pool, m_request.query,
            [this](const model::Streams& streams, std::size_t dropped) { sendLive(streams, dropped); });
        if (!live)
            return m_socket->close(WebSocket::End::internalError, live.error().message);
        m_live = std::move(*live);
        auto stored = engine.range(m_request.query,
            { .startNs = m_request.startNs,
                .endNs = m_request.nowNs,
                .stepNs = 0,
                .limit = m_request.limit,
                .direction = logql::Direction::backward },
            m_request.stop);
        if (!stored)
            return m_socket->close(WebSocket::End::internalError, stored.error().message);
        if (auto* streams = std::get_if<model::Streams>(&stored->data); streams && !streams->empty()) {
            for (auto& stream : *streams) {
                std::ranges::reverse(stream.lines);
                for (const auto& line : stream.lines)
                    m_sent.insert(identity(*stream.labels, line));
            }
            send(*streams);
        }
    }

    /// Waits for a message that is being made. No more come.
    void end() { m_live.reset(); }

private:
    static std::string identity(const model::Labels& labels, const model::LogLine& line)
    {
        return formatted("{}\n{}\n{}", line.timeNs, labels.toString(), line.line);
    }

    bool wasSent(const model::Labels& labels, const model::LogLine& line) const
    {
        // Stored lines are older than the request, and most live ones are not.
        return line.timeNs < m_request.nowNs && m_sent.contains(identity(labels, line));
    }

    void sendLive(model::Streams streams, std::size_t dropped)
    {
        const std::scoped_lock lock(m_mutex);
        m_dropped += dropped;
        if (!m_sent.empty()) {
            for (auto& stream : streams)
                std::erase_if(stream.lines, [&](const model::LogLine& line) { return wasSent(*stream.labels, line); });
            std::erase_if(streams, [](const auto& stream) { return stream.lines.empty(); });
        }
        if (!streams.empty() || m_dropped > 0)
            send(streams);
    }

    void send(const model::Streams& streams)
    {
        std::string message = "{";
        if (m_request.encoding == LabelEncoding::categorized)
            message += "\"encodingFlags\":[\"categorize-labels\"],";
        message += "\"streams\":";
        appendStreams(message, streams, m_request.encoding);
        if (m_dropped > 0) {
            const auto newestNs = streams.empty() || streams.front().lines.empty()
                ? m_request.nowNs
                : streams.front().lines.back().timeNs;
            message += formatted(
                ",\"dropped\":{},\"dropped_entries\":[{{\"labels\":{{}},\"timestamp\":\"{}\"}}]", m_dropped, newestNs);
        }
        message += '}';
        if (m_socket->send(std::move(message)))
            m_dropped = 0;
        else
            m_dropped += lineCount(streams);
    }

    const LokiTailRequest m_request;
    const std::shared_ptr<WebSocket> m_socket;
    std::unique_ptr<logql::LiveTail> m_live;
    std::mutex m_mutex;
    std::unordered_set<std::string> m_sent; // guarded by m_mutex; the stored lines
    std::size_t m_dropped = 0; // guarded by m_mutex; since the last message that got through
};

}

WebSocketSession lokiTail(
    LokiTailRequest request, const logql::Engine& engine, model::LogSource& source, TaskPool& pool)
{
    return [request = std::move(request), &engine, &source, &pool](std::shared_ptr<WebSocket> socket) {
        auto tail = std::make_shared<Tail>(request, socket);
        tail->begin(engine, source, pool);
        // The handler holds the tail, and the tail the socket, until the connection is gone.
        socket->onClosed([tail] { tail->end(); });
    };
}

}
