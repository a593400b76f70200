#pragma once

#include "core/base/logger.h"
#include "core/base/result.h"
#include "core/receive/router.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace belvedere::receive {

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 9797; ///< 0: one that is free
    /// Demanded of every request (Authorization: Bearer TOKEN, or as the password of Basic) when not empty; must not be
    /// empty for an address that is not loopback.
    std::string token;
    /// Requests that are answered at once; more wait. Handlers may wait for a commit, hence more than cores.
    unsigned handlerThreads = 16;
    std::size_t maxConnections = 1024;
    /// Bytes of request bodies held at once over all connections; a request that would pass it gets 503.
    std::size_t maxBufferedBytes = std::size_t { 1 } << 30;
    std::size_t maxHeaderBytes = 256 * 1024; ///< a GET may carry a long query
    std::chrono::milliseconds idleTimeout { 120'000 };  ///< between two requests
    std::chrono::milliseconds headerTimeout { 15'000 }; ///< from the first byte to the end of the header
    std::chrono::milliseconds stallTimeout { 30'000 };  ///< without a byte of a body, in or out
};

/// What happened on one route with one status, for /metrics.
struct RouteCount {
    std::string route;
    int status = 0;
    std::uint64_t requests = 0;
    double seconds = 0; ///< spent in handlers
};

struct ServerCounters {
    std::vector<RouteCount> routes;
    std::uint64_t connections = 0;      ///< open now
    std::uint64_t connectionsTotal = 0;
    std::uint64_t bytesReceived = 0;    ///< of request bodies
    std::uint64_t bytesSent = 0;        ///< of response bodies
    std::uint64_t refused = 0;          ///< requests ended before their handler: garbage, too large, without token
};

/// HTTP/1.1 with keep-alive, limits enforced while a body is read, and WebSocket upgrades on the same port.
///
/// Threading: handlers run on threads of the server and may block, up to `handlerThreads` at once; one thread more does all
/// I/O meanwhile. start() and stop() from one thread; the rest from any.
class HttpServer {
public:
    /// `router` and `logger` must outlive the server.
    HttpServer(const Router& router, Logger& logger, ServerOptions options);
    ~HttpServer(); ///< stops

    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Binds and begins to answer. Fails with invalidArgument for an address that is not one, or that is not loopback
    /// while there is no token; with unavailable when the port is taken.
    [[nodiscard]] Result<void> start();
    /// Takes no more requests, asks running handlers to stop, sends their answers, closes.
    void stop();

    [[nodiscard]] std::uint16_t port() const; ///< the bound one
    [[nodiscard]] ServerCounters counters() const;

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}
