#include "core/receive/chunk_writer.h"

#include "core/receive/server_core.h"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>

namespace belvedere::receive {

namespace asio = boost::asio;
namespace http = boost::beast::http;

bool ChunkWriter::write(std::string chunk)
{
    if (!m_ok || chunk.empty()) // an empty chunk would end the body
        return m_ok;
    if (!m_begun && m_first.empty()) {
        m_first = std::move(chunk);
        return true;
    }
    return (m_begun || begin()) && writeChunk(chunk);
}

bool ChunkWriter::begin()
{
    m_begun = true;
    http::response_serializer<http::empty_body> serializer(m_header);
    return run([&](Done done) { http::async_write_header(m_stream, serializer, std::move(done)); }) && writeChunk(std::exchange(m_first, {}));
}

bool ChunkWriter::writeChunk(const std::string& chunk)
{
    const bool sent = run([&](Done done) { asio::async_write(m_stream, http::make_chunk(asio::buffer(chunk)), std::move(done)); });
    if (sent)
        m_server.countSent(chunk.size());
    return sent;
}

bool ChunkWriter::end()
{
    return m_ok && run([&](Done done) { asio::async_write(m_stream, http::make_chunk_last(), std::move(done)); });
}

bool ChunkWriter::run(const std::function<void(Done)>& start)
{
    m_finished = false;
    asio::post(m_server.io(), [this, &start] {
        m_stream.expires_after(m_server.options().stallTimeout);
        start([this](boost::system::error_code bad, std::size_t) {
            // Notified under the lock: the waiting thread destroys this object as soon as it may go on.
            const std::scoped_lock lock(m_mutex);
            m_ok = !bad;
            m_finished = true;
            m_done.notify_one();
        });
    });
    std::unique_lock lock(m_mutex);
    m_done.wait(lock, [this] { return m_finished; });
    return m_ok;
}

}
