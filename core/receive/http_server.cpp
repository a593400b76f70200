// One thread at a time runs the io_context, so what its handlers touch, every connection for one, is not locked; which
// thread that is changes with every request (ServerThreads). This file takes connections in and ends them;
// http_connection.cpp speaks HTTP on one of them and web_socket_connection.cpp goes on after an upgrade. What they share,
// the threads and the books, is the ServerCore.

#include "core/receive/http_server.h"

#include "core/base/format.h"
#include "core/receive/http_connection.h"
#include "core/receive/server_core.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace belvedere::receive {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using SystemError = boost::system::error_code;

class HttpServer::Impl {
public:
    Impl(const Router& router, Logger& logger, ServerOptions options)
        : m_core(router, logger, std::move(options))
    {
    }

    Result<void> start();
    void stop();
    std::uint16_t port() const { return m_port; }
    ServerCounters counters() const { return m_core.counters(); }

private:
    SystemError bind(const tcp::endpoint& endpoint);
    void accept();
    void acceptLater();

    ServerCore m_core;
    tcp::acceptor m_acceptor { m_core.io() };
    asio::steady_timer m_retryAccept { m_core.io() };
    std::uint16_t m_port = 0;
    bool m_running = false;
    bool m_stopping = false; // inside the I/O loop only
};

Result<void> HttpServer::Impl::start()
{
    const auto& options = m_core.options();
    SystemError bad;
    const auto address = asio::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, bad);
    if (bad)
        return failure(ErrorCode::invalidArgument,
            formatted("'{}' is not an address to listen on; give one like 127.0.0.1 or ::1", options.address));
    if (!address.is_loopback() && options.token.empty())
        return failure(ErrorCode::invalidArgument,
            formatted("{} can be reached from other machines; that needs a token: set listen.token in workspace.yml", options.address));
    bad = bind(tcp::endpoint(address, options.port));
    if (bad) {
        SystemError ignored;
        m_acceptor.close(ignored);
        return failure(ErrorCode::unavailable,
            formatted("cannot listen on {}:{}: {}; choose another port with --listen", options.address, options.port, bad.message()));
    }
    m_port = m_acceptor.local_endpoint().port();
    accept();
    m_core.start();
    m_running = true;
    return {};
}

SystemError HttpServer::Impl::bind(const tcp::endpoint& endpoint)
{
    SystemError bad;
    m_acceptor.open(endpoint.protocol(), bad);
    if (!bad)
        m_acceptor.set_option(tcp::acceptor::reuse_address(true), bad);
    if (!bad)
        m_acceptor.bind(endpoint, bad);
    if (!bad)
        m_acceptor.listen(asio::socket_base::max_listen_connections, bad);
    return bad;
}

void HttpServer::Impl::accept()
{
    m_acceptor.async_accept([this](SystemError bad, tcp::socket socket) {
        if (m_stopping)
            return;
        if (bad) {
            // Out of descriptors, most likely; those that are open will free some.
            m_core.logger().log(Logger::Level::warning, "receive", "cannot accept a connection: " + bad.message());
            acceptLater();
            return;
        }
        if (m_core.isFull()) {
            m_core.countRefused();
            socket.close(bad);
        } else {
            m_core.countConnection();
            openConnection(m_core, std::move(socket));
        }
        accept();
    });
}

void HttpServer::Impl::acceptLater()
{
    m_retryAccept.expires_after(std::chrono::milliseconds(200));
    m_retryAccept.async_wait([this](SystemError cancelled) {
        if (!cancelled && !m_stopping)
            accept();
    });
}

void HttpServer::Impl::stop()
{
    if (!std::exchange(m_running, false))
        return;
    asio::post(m_core.io(), [this] {
        m_stopping = true;
        SystemError ignored;
        m_acceptor.close(ignored);
        m_retryAccept.cancel();
        m_core.stopPeers();
    });
    m_core.join(); // when the last connection has ended
}

HttpServer::HttpServer(const Router& router, Logger& logger, ServerOptions options)
    : m_impl(std::make_unique<Impl>(router, logger, std::move(options)))
{
}

HttpServer::~HttpServer() { stop(); }

Result<void> HttpServer::start() { return m_impl->start(); }

void HttpServer::stop() { m_impl->stop(); }

std::uint16_t HttpServer::port() const { return m_impl->port(); }

ServerCounters HttpServer::counters() const { return m_impl->counters(); }

}
