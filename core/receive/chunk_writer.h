#pragma once

#include "core/receive/http.h"

#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

namespace belvedere::receive {

class ServerCore;

/// Hands chunks of a body from the handler's thread to the I/O loop, one at a time: a slow client slows its handler
/// down, and nothing piles up between them. The first chunk is kept until there is a second: if it stays the only one, it is
/// the body of an ordinary answer. Used by the handler's thread; the connection must be alive and idle.
class ChunkWriter final : public BodyWriter {
public:
    using Header = boost::beast::http::response<boost::beast::http::empty_body>;

    /// `header` goes out before the first chunk.
    ChunkWriter(ServerCore& server, boost::beast::tcp_stream& stream, Header header)
        : m_server(server)
        , m_stream(stream)
        , m_header(std::move(header))
    {
    }

    [[nodiscard]] bool write(std::string chunk) override;
    /// False as long as nothing has been sent.
    [[nodiscard]] bool hasBegun() const { return m_begun; }
    /// The whole body, when everything has been written and nothing was sent.
    [[nodiscard]] std::string takeBody() { return std::move(m_first); }
    /// Comes last, when something was sent: tells the client that the body is whole.
    [[nodiscard]] bool end();

private:
    using Done = std::function<void(boost::system::error_code, std::size_t)>;

    bool begin();
    bool writeChunk(const std::string& chunk);
    /// Starts an operation in the I/O loop and waits for its end.
    bool run(const std::function<void(Done)>& start);

    ServerCore& m_server;
    boost::beast::tcp_stream& m_stream;
    Header m_header;
    std::string m_first;
    bool m_begun = false;
    std::mutex m_mutex;
    std::condition_variable m_done;
    bool m_finished = false; // guarded by m_mutex while an operation runs
    bool m_ok = true;        // likewise
};

}
