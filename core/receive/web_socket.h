#pragma once

#include "core/receive/http.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

namespace belvedere::receive {

/// Bytes of messages that may wait for one client.
inline constexpr std::size_t kWebSocketQueueBytes = std::size_t { 16 } << 20;

/// A connection that was upgraded, as whoever sends on it holds it: it may outlive the connection and the server.
/// Threading: every call from any thread.
class WebSocket {
public:
    enum class End : std::uint8_t { normal, internalError };

    virtual ~WebSocket() = default;

    /// Queues a text message. False, and nothing is queued, when the connection is closed or kWebSocketQueueBytes would be
    /// passed: a client that reads too slowly must not make the sender wait or the queue grow. The sender drops the message,
    /// counts it, and says so in its next one.
    [[nodiscard]] virtual bool send(std::string text) = 0;

    /// Ends the connection after what is queued. `reason` goes to the client, cut to what fits a close frame.
    virtual void close(End end, std::string reason) = 0;

    /// `handler` is called once, on the server's thread, when the connection is gone; at once, on this thread, if it is
    /// already. The place to give up what the session holds.
    virtual void onClosed(std::function<void()> handler) = 0;
};

/// What runs on a connection once the client knows that it is upgraded: on a handler thread, of which there are few, so
/// it sends what it has, hands the socket to whoever has more to send, and returns.
using WebSocketSession = std::function<void(std::shared_ptr<WebSocket>)>;

/// Decides about an upgrade, on a handler thread, as a handler of plain requests does: a session accepts it, a response
/// refuses it. `Request::stop` goes on to belong to the connection: it is triggered when the client is gone or the server
/// stops, during the session too.
using WebSocketHandler = std::function<std::expected<WebSocketSession, Response>(const Request&)>;

}
