#pragma once

#include "core/receive/http_server.h"
#include "core/receive/server_threads.h"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

namespace belvedere::receive {

/// An open connection, upgraded or not, as its server keeps it.
class Peer {
public:
    virtual ~Peer() = default;
    virtual void stop() = 0; ///< in the I/O loop
};

/// What all connections of a server share: its I/O loop, the threads that run it and the handlers, and the books.
/// Threading: used inside the I/O loop, except for what is marked. Private to the server: no public header includes it.
class ServerCore {
public:
    /// `router` and `logger` must outlive this.
    ServerCore(const Router& router, Logger& logger, ServerOptions options)
        : m_router(router)
        , m_logger(logger)
        , m_options(std::move(options))
    {
    }

    // Any thread.
    const Router& router() const { return m_router; }
    const ServerOptions& options() const { return m_options; }
    Logger& logger() { return m_logger; }
    boost::asio::io_context& io() { return m_io; }

    /// Starts the threads; the loop must have work by then.
    void start() { m_threads.emplace(m_io, m_options.handlerThreads); }
    /// Waits until the loop is out of work and the last handler has returned.
    void join() { m_threads.reset(); }

    /// Runs `job`, which may block and must not throw, outside the loop.
    void submit(std::function<void()> job) { m_threads->submit(std::move(job)); }

    void add(const std::shared_ptr<Peer>& peer);
    void remove(const std::shared_ptr<Peer>& peer);
    bool isFull() const { return m_peers.size() >= m_options.maxConnections; }
    void stopPeers();

    /// Claims room for request bodies; false when there is none.
    bool claim(std::size_t bytes);

    // Any thread.
    void release(std::size_t bytes) { m_buffered -= bytes; }
    void countConnection() { ++m_connectionsTotal; }
    void countRequest(const Route& route, int status, double seconds);
    void countReceived(std::uint64_t bytes) { m_bytesReceived += bytes; }
    void countSent(std::uint64_t bytes) { m_bytesSent += bytes; }
    void countRefused() { ++m_refused; }
    ServerCounters counters() const;

private:
    const Router& m_router;
    Logger& m_logger;
    const ServerOptions m_options;
    boost::asio::io_context m_io { 1 };
    std::optional<ServerThreads> m_threads;

    // Inside the I/O loop only.
    std::unordered_set<std::shared_ptr<Peer>> m_peers;

    std::atomic<std::size_t> m_buffered = 0;
    std::atomic<std::uint64_t> m_connections = 0;
    std::atomic<std::uint64_t> m_connectionsTotal = 0;
    std::atomic<std::uint64_t> m_bytesReceived = 0;
    std::atomic<std::uint64_t> m_bytesSent = 0;
    std::atomic<std::uint64_t> m_refused = 0;

    struct Count {
        std::uint64_t requests = 0;
        double seconds = 0;
    };
    mutable std::mutex m_countMutex;
    std::map<std::pair<std::string, int>, Count> m_counts; // guarded by m_countMutex
};

}
