// A connection after the upgrade, in two halves. The queue is what senders on other threads hold: messages wait in it, and
// once it is closed it never touches the server again, however long somebody keeps it. The connection belongs to the I/O
// loop: it takes one message after the other from the queue, reads to notice the client's end (what clients say is
// thrown away; the stream answers pings itself), and closes the queue when it is gone.

#include "core/receive/web_socket_connection.h"

#include "core/base/format.h"
#include "core/receive/server_core.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <deque>
#include <mutex>
#include <optional>

namespace belvedere::receive {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using SystemError = boost::system::error_code;

namespace {

constexpr std::size_t kIncomingMessageBytes = std::size_t { 64 } * 1024;
constexpr std::size_t kCloseReasonBytes = 120; // of the 123 that a close frame has room for
/// How long the client of a server that stops has for what is queued and for its close frame.
constexpr std::chrono::milliseconds kFarewellTime { 2'000 };

class SendQueue final : public WebSocket {
public:
    /// `wake` is called, from any thread, when there is something to take; not after closed().
    explicit SendQueue(std::function<void()> wake)
        : m_wake(std::move(wake))
    {
    }

    bool send(std::string text) override
    {
        const std::scoped_lock lock(m_mutex);
        if (m_closed || m_end || m_bytes + text.size() > kWebSocketQueueBytes)
            return false;
        m_bytes += text.size();
        m_messages.push_back(std::move(text));
        m_wake();
        return true;
    }

    void close(End end, std::string reason) override
    {
        closeWith({ end == End::normal ? websocket::close_code::normal : websocket::close_code::internal_error, reason.substr(0, kCloseReasonBytes) });
    }

    void onClosed(std::function<void()> handler) override
    {
        {
            const std::scoped_lock lock(m_mutex);
            if (!m_closed) {
                m_onClosed = std::move(handler);
                return;
            }
        }
        handler();
    }

    void closeWith(websocket::close_reason reason)
    {
        const std::scoped_lock lock(m_mutex);
        if (m_closed || m_end)
            return;
        m_end = std::move(reason);
        m_wake();
    }

    /// The next message. Its bytes count as waiting until sent(): what the socket has not taken is not off the books.
    std::optional<std::string> take()
    {
        const std::scoped_lock lock(m_mutex);
        if (m_messages.empty())
            return {};
        std::optional<std::string> message(std::move(m_messages.front()));
        m_messages.pop_front();
        return message;
    }
    void sent(std::size_t bytes)
    {
        const std::scoped_lock lock(m_mutex);
        m_bytes -= bytes;
    }
    /// How to end once there are no more messages, if somebody asked for it.
    std::optional<websocket::close_reason> end() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_end;
    }

    void closed()
    {
        std::function<void()> handler;
        {
            const std::scoped_lock lock(m_mutex);
            m_closed = true;
            m_messages.clear();
            m_wake = {};
            handler = std::exchange(m_onClosed, {});
        }
        if (handler)
            handler();
    }

private:
    mutable std::mutex m_mutex;
    std::function<void()> m_wake;                 // guarded by m_mutex
    std::function<void()> m_onClosed;             // guarded by m_mutex
    std::deque<std::string> m_messages;           // guarded by m_mutex
    std::size_t m_bytes = 0;                      // guarded by m_mutex
    std::optional<websocket::close_reason> m_end; // guarded by m_mutex
    bool m_closed = false;                        // guarded by m_mutex
};

class WebSocketConnection final : public Peer, public std::enable_shared_from_this<WebSocketConnection> {
public:
    WebSocketConnection(ServerCore& server, beast::tcp_stream stream, std::stop_source stop)
        : m_server(server)
        , m_stream(std::move(stream))
        , m_farewell(server.io())
        , m_stop(std::move(stop))
    {
    }

    void accept(const std::shared_ptr<http::request<http::empty_body>>& request, WebSocketSession session)
    {
        m_queue = std::make_shared<SendQueue>([weak = weak_from_this(), &io = m_server.io()] {
            asio::post(io, [weak] {
                if (const auto self = weak.lock())
                    self->writeNext();
            });
        });
        beast::get_lowest_layer(m_stream).expires_never(); // the time limits are the stream's from here on
        m_stream.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
        m_stream.read_message_max(kIncomingMessageBytes);
        m_stream.text(true);
        m_stream.async_accept(*request, [self = shared_from_this(), request, session = std::move(session)](SystemError bad) mutable {
            if (bad)
                return self->gone();
            self->m_accepted = true;
            self->m_server.submit([&server = self->m_server, session = std::move(session), queue = self->m_queue] { run(server, session, queue); });
            self->read();
            self->writeNext();
        });
    }

    void stop() override
    {
        m_stop.request_stop();
        m_queue->closeWith({ websocket::close_code::going_away, "the server stops" });
        m_farewell.expires_after(kFarewellTime);
        m_farewell.async_wait([self = shared_from_this()](SystemError cancelled) {
            if (!cancelled)
                self->gone();
        });
    }

private:
    /// On a handler's thread.
    static void run(ServerCore& server, const WebSocketSession& session, const std::shared_ptr<SendQueue>& queue)
    {
        try {
            session(queue);
        } catch (const std::exception& failure) {
            server.logger().log(Logger::Level::error, "receive", formatted("a WebSocket session ended: {}", failure.what()));
            queue->close(WebSocket::End::internalError, failure.what());
        }
    }

    void read()
    {
        m_stream.async_read(m_incoming, [self = shared_from_this()](SystemError bad, std::size_t) {
            if (bad)
                return self->gone();
            self->m_incoming.clear();
            self->read();
        });
    }

    void writeNext()
    {
        if (m_writing || !m_accepted || m_gone)
            return;
        if (auto message = m_queue->take())
            write(std::move(*message));
        else if (const auto end = m_queue->end())
            writeEnd(*end);
    }

    void write(std::string message)
    {
        m_writing = true;
        m_outgoing = std::move(message);
        m_stream.async_write(asio::buffer(m_outgoing), [self = shared_from_this()](SystemError bad, std::size_t bytes) {
            self->m_writing = false;
            self->m_server.countSent(bytes);
            self->m_queue->sent(self->m_outgoing.size());
            if (bad)
                self->gone();
            else
                self->writeNext();
        });
    }

    void writeEnd(const websocket::close_reason& reason)
    {
        m_writing = true; // and nothing after it
        m_stream.async_close(reason, [self = shared_from_this()](SystemError) { self->gone(); });
    }

    void gone()
    {
        if (std::exchange(m_gone, true))
            return;
        m_farewell.cancel();
        beast::get_lowest_layer(m_stream).close();
        m_stop.request_stop();
        m_queue->closed();
        m_server.remove(shared_from_this());
    }

    ServerCore& m_server;
    websocket::stream<beast::tcp_stream> m_stream;
    asio::steady_timer m_farewell;
    std::stop_source m_stop;
    std::shared_ptr<SendQueue> m_queue;
    beast::flat_buffer m_incoming;
    std::string m_outgoing;
    bool m_accepted = false;
    bool m_writing = false;
    bool m_gone = false;
};

}

void upgradeConnection(ServerCore& server, beast::tcp_stream stream, http::request<http::empty_body> request, WebSocketSession session, std::stop_source stop)
{
    const auto connection = std::make_shared<WebSocketConnection>(server, std::move(stream), std::move(stop));
    server.add(connection);
    connection->accept(std::make_shared<http::request<http::empty_body>>(std::move(request)), std::move(session));
}

}
