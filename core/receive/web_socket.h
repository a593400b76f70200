#pragma once

#include <functional>
#include <memory>
#include <string>

namespace belvedere::receive {

struct Request;

/// A connection that was upgraded. Threading: every call from any thread.
class WebSocket {
public:
    virtual ~WebSocket() = default;
    /// Queues a text message. False, and nothing is queued, when the connection is closed or too much is waiting: the
    /// caller counts what it had to drop.
    [[nodiscard]] virtual bool send(std::string text) = 0;
    virtual void close(std::string reason) = 0;
    /// Called once, on the server's thread, when the connection is gone; at once if it is already.
    virtual void onClosed(std::function<void()> handler) = 0;
};
/// Called on a handler thread for each upgraded connection; keep the pointer for as long as messages are to be sent.
using WebSocketHandler = std::function<void(const Request&, std::shared_ptr<WebSocket>)>;

}
