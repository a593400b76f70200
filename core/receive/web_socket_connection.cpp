// A connection after the upgrade. Messages go out one after the other; pings are answered by the stream itself.

#include "core/receive/web_socket_connection.h"

#include "core/receive/server_core.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <deque>
#include <mutex>

namespace belvedere::receive {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using SystemError = boost::system::error_code;

namespace {

constexpr std::size_t kSocketQueueBytes = std::size_t { 16 } << 20;

class UpgradedConnection final : public WebSocket, public Peer, public std::enable_shared_from_this<UpgradedConnection> {
public:
    UpgradedConnection(ServerCore& server, beast::tcp_stream stream)
        : m_server(server)
        , m_stream(std::move(stream))
    {
    }

    void accept(const std::shared_ptr<http::request<http::empty_body>>& request, std::function<void(std::shared_ptr<WebSocket>)> accepted)
    {
        beast::get_lowest_layer(m_stream).expires_never();
        m_stream.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
        m_stream.read_message_max(64 * 1024);
        m_stream.async_accept(*request, [self = shared_from_this(), request, accepted = std::move(accepted)](SystemError bad) {
            if (bad) {
                self->gone();
                return;
            }
            accepted(self);
            self->read();
        });
    }

    bool send(std::string text) override
    {
        {
            const std::scoped_lock lock(m_mutex);
            if (m_closed || m_waitingBytes + text.size() > kSocketQueueBytes)
                return false;
            m_waitingBytes += text.size();
            m_waiting.push_back(std::move(text));
        }
        asio::post(m_stream.get_executor(), [self = shared_from_this()] { self->writeNext(); });
        return true;
    }

    void close(std::string reason) override
    {
        asio::post(m_stream.get_executor(), [self = shared_from_this(), reason = std::move(reason)] {
            self->m_closeReason = websocket::close_reason(websocket::close_code::normal, reason.substr(0, 120));
            self->m_closing = true;
            self->writeNext();
        });
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

    void stop() override
    {
        m_closeReason = websocket::close_reason(websocket::close_code::going_away, "the server stops");
        m_closing = true;
        writeNext();
    }

private:
    void read()
    {
        m_stream.async_read(m_incoming, [self = shared_from_this()](SystemError bad, std::size_t) {
            if (bad) {
                self->gone();
                return;
            }
            self->m_incoming.clear(); // nothing here listens to what clients of a tail say
            self->read();
        });
    }

    void writeNext()
    {
        if (m_writing)
            return;
        {
            const std::scoped_lock lock(m_mutex);
            if (m_closed)
                return;
            if (m_waiting.empty()) {
                if (!m_closing)
                    return;
                m_outgoing.clear();
            } else {
                m_outgoing = std::move(m_waiting.front());
                m_waiting.pop_front();
            }
        }
        m_writing = true;
        if (m_outgoing.empty() && m_closing) {
            m_stream.async_close(m_closeReason, [self = shared_from_this()](SystemError) { self->gone(); });
            return;
        }
        m_stream.text(true);
        m_stream.async_write(asio::buffer(m_outgoing), [self = shared_from_this()](SystemError bad, std::size_t bytes) {
            self->m_writing = false;
            self->m_server.countSent(bytes);
            {
                const std::scoped_lock lock(self->m_mutex);
                self->m_waitingBytes -= self->m_outgoing.size();
            }
            if (bad)
                self->gone();
            else
                self->writeNext();
        });
    }

    void gone()
    {
        std::function<void()> handler;
        {
            const std::scoped_lock lock(m_mutex);
            if (m_closed)
                return;
            m_closed = true;
            m_waiting.clear();
            handler = std::move(m_onClosed);
        }
        beast::get_lowest_layer(m_stream).close();
        if (handler)
            handler();
        m_server.remove(shared_from_this());
    }

    ServerCore& m_server;
    websocket::stream<beast::tcp_stream> m_stream;
    beast::flat_buffer m_incoming;
    std::string m_outgoing;
    websocket::close_reason m_closeReason;
    bool m_writing = false;
    bool m_closing = false;
    std::mutex m_mutex;
    std::deque<std::string> m_waiting;   // guarded by m_mutex
    std::size_t m_waitingBytes = 0;      // guarded by m_mutex
    bool m_closed = false;               // guarded by m_mutex
    std::function<void()> m_onClosed;    // guarded by m_mutex
};

}

void upgradeConnection(ServerCore& server, beast::tcp_stream stream, http::request<http::empty_body> request,
    std::function<void(std::shared_ptr<WebSocket>)> accepted)
{
    const auto upgraded = std::make_shared<UpgradedConnection>(server, std::move(stream));
    server.add(upgraded);
    upgraded->accept(std::make_shared<http::request<http::empty_body>>(std::move(request)), std::move(accepted));
}

}
