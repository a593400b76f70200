#pragma once

#include "core/receive/http.h"

#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

namespace belvedere::receive {

class ServerCore;

/// Hands chunks of a body from the handler's thread to the I/O thread, one at a time: a slow client slows its handler
/// down, and nothing piles up between them. Used by the handler's thread; the connection must be alive and idle.
class ChunkWriter final : public BodyWriter {
public:
    ChunkWriter(ServerCore& server, boost::beast::tcp_stream& stream)
        : m_server(server)
        , m_stream(stream)
    {
    }

    /// Comes before the first chunk.
    [[nodiscard]] bool writeHeader(boost::beast::http::response<boost::beast::http::empty_body>& header);
    [[nodiscard]] bool write(std::string chunk) override;
    /// Comes last: tells the client that the body is whole.
    [[nodiscard]] bool end();

private:
    using Done = std::function<void(boost::system::error_code, std::size_t)>;

    /// Starts an operation on the I/O thread and waits for its end.
    bool run(const std::function<void(Done)>& start);

    ServerCore& m_server;
    boost::beast::tcp_stream& m_stream;
    std::mutex m_mutex;
    std::condition_variable m_done;
    bool m_finished = false; // guarded by m_mutex while an operation runs
    bool m_ok = true;        // likewise
};

}
