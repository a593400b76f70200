// One thread runs the io_context and so owns every connection: nothing there is locked. A connection goes round
//
//     awaitRequest → readHeader → (refuse | readBody → dispatch → handler thread → write) → awaitRequest
//
// and at each step exactly one asynchronous operation is under way, with a time limit. The size of a body is checked
// against the route's limit before the first byte of it is read and again with every piece, so that what is refused was
// never held. While a handler runs, the socket is only watched: when the other side hangs up, the request's stop token
// is triggered and the query ends.

#include "core/receive/http_server.h"

#include "core/base/task_pool.h"
#include "core/base/text.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <format>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>

namespace belvedere::receive {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using SystemError = boost::system::error_code;

namespace {

constexpr std::size_t kReadPieceBytes = std::size_t { 64 } * 1024;
/// After a refusal the rest of what the client sends is thrown away for this long, so that it reads the answer instead
/// of a connection reset.
constexpr std::chrono::milliseconds kLingerTime { 3'000 };
constexpr std::size_t kSocketQueueBytes = std::size_t { 16 } << 20;
constexpr std::size_t kSmallestCompressed = 1400; // fits a packet anyhow

Method methodOf(http::verb verb)
{
    switch (verb) {
    case http::verb::get: return Method::get;
    case http::verb::head: return Method::head;
    case http::verb::post: return Method::post;
    case http::verb::put: return Method::put;
    case http::verb::delete_: return Method::del;
    case http::verb::options: return Method::options;
    default: return Method::other;
    }
}

/// Compares in a time that does not tell how much of `given` was right.
bool sameSecret(std::string_view given, std::string_view secret)
{
    unsigned char difference = given.size() == secret.size() ? 0 : 1;
    for (std::size_t i = 0; i < given.size(); ++i)
        difference = static_cast<unsigned char>(difference | (given[i] ^ secret[i % secret.size()]));
    return difference == 0;
}

/// Stops at the first character that is not base64.
std::string base64Decoded(std::string_view text)
{
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const auto value = kAlphabet.find(c);
        if (value == std::string_view::npos)
            break;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> count & 0xff);
        }
    }
    return out;
}

bool carriesToken(std::string_view authorization, std::string_view token)
{
    const auto blank = std::min(authorization.find(' '), authorization.size());
    const auto scheme = toLowerAscii(authorization.substr(0, blank));
    const auto credentials = trim(authorization.substr(blank));
    if (scheme == "bearer")
        return sameSecret(credentials, token);
    if (scheme != "basic")
        return false;
    const auto decoded = base64Decoded(credentials);
    const auto colon = decoded.find(':');
    return colon != std::string::npos && sameSecret(std::string_view(decoded).substr(colon + 1), token);
}

bool isLoopbackName(std::string_view host)
{
    if (host == "localhost" || host == "[::1]" || host == "::1")
        return true;
    SystemError bad;
    const auto address = asio::ip::make_address(std::string(host), bad);
    return !bad && address.is_loopback();
}

/// A page of some web site must not reach the workbench through the browser of the person who sits in front of it:
/// browsers name the page's origin in such requests.
bool isForeignOrigin(std::string_view origin)
{
    if (origin.empty())
        return false;
    const auto scheme = origin.find("://");
    if (scheme == std::string_view::npos)
        return true; // "null": a sandboxed page or a file
    auto host = origin.substr(scheme + 3);
    if (const auto port = host.rfind(':'); port != std::string_view::npos && host.find(']', port) == std::string_view::npos)
        host = host.substr(0, port);
    return !isLoopbackName(host);
}

bool accepts(std::string_view acceptEncoding, std::string_view coding)
{
    for (const auto part : split(acceptEncoding, ',')) {
        const auto end = std::min(part.find(';'), part.size());
        if (trim(part.substr(0, end)) == coding)
            return part.find("q=0", end) == std::string_view::npos || part.find("q=0.", end) != std::string_view::npos;
    }
    return false;
}

/// Empty when zlib cannot: the answer then goes out as it is.
std::string gzipped(std::string_view body)
{
    z_stream stream {};
    constexpr int kGzipWindow = 15 + 16;
    if (deflateInit2(&stream, 1, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return {};
    std::string out(deflateBound(&stream, body.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data())); // zlib does not write to it
    stream.avail_in = static_cast<uInt>(body.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = deflate(&stream, Z_FINISH);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return result == Z_STREAM_END ? out : std::string();
}

}

class HttpServer::Impl {
public:
    /// What the server keeps of an open connection, upgraded or not.
    class Peer {
    public:
        virtual ~Peer() = default;
        virtual void stop() = 0; ///< on the I/O thread
    };

    Impl(const Router& router, Logger& logger, ServerOptions options)
        : m_router(router)
        , m_logger(logger)
        , m_options(std::move(options))
    {
    }

    Result<void> start();
    void stop();

    const Router& router() const { return m_router; }
    const ServerOptions& options() const { return m_options; }
    Logger& logger() { return m_logger; }
    asio::io_context& io() { return m_io; }
    TaskPool& handlers() { return *m_handlers; }
    std::uint16_t port() const { return m_port; }

    void add(const std::shared_ptr<Peer>& peer)
    {
        m_peers.insert(peer);
        m_connections = m_peers.size();
    }
    void remove(const std::shared_ptr<Peer>& peer)
    {
        m_peers.erase(peer);
        m_connections = m_peers.size();
    }

    /// Claims room for request bodies; false when there is none.
    bool claim(std::size_t bytes)
    {
        if (m_buffered + bytes > m_options.maxBufferedBytes)
            return false;
        m_buffered += bytes;
        return true;
    }
    void release(std::size_t bytes) { m_buffered -= bytes; }

    void countRequest(const Route& route, int status, double seconds);
    void countReceived(std::uint64_t bytes) { m_bytesReceived += bytes; }
    void countSent(std::uint64_t bytes) { m_bytesSent += bytes; }
    void countRefused() { ++m_refused; }
    ServerCounters counters() const;

private:
    void accept();

    const Router& m_router;
    Logger& m_logger;
    const ServerOptions m_options;
    asio::io_context m_io { 1 };
    tcp::acceptor m_acceptor { m_io };
    asio::steady_timer m_retryAccept { m_io };
    std::unique_ptr<TaskPool> m_handlers;
    std::thread m_thread;
    std::uint16_t m_port = 0;

    // I/O thread only.
    std::unordered_set<std::shared_ptr<Peer>> m_peers;
    std::size_t m_buffered = 0;
    bool m_stopping = false;

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

namespace {

/// A connection after the upgrade. Messages go out one after the other; pings are answered by the stream itself.
template <class Server>
class UpgradedConnection final : public WebSocket, public Server::Peer, public std::enable_shared_from_this<UpgradedConnection<Server>> {
public:
    UpgradedConnection(Server& server, beast::tcp_stream&& stream)
        : m_server(server)
        , m_stream(std::move(stream))
    {
    }

    template <class Message, class Accepted>
    void accept(std::shared_ptr<Message> request, Accepted accepted)
    {
        beast::get_lowest_layer(m_stream).expires_never();
        m_stream.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
        m_stream.read_message_max(64 * 1024);
        m_stream.async_accept(*request, [self = this->shared_from_this(), request, accepted = std::move(accepted)](SystemError bad) {
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
        asio::post(m_stream.get_executor(), [self = this->shared_from_this()] { self->writeNext(); });
        return true;
    }

    void close(std::string reason) override
    {
        asio::post(m_stream.get_executor(), [self = this->shared_from_this(), reason = std::move(reason)] {
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
        m_stream.async_read(m_incoming, [self = this->shared_from_this()](SystemError bad, std::size_t) {
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
            m_stream.async_close(m_closeReason, [self = this->shared_from_this()](SystemError) { self->gone(); });
            return;
        }
        m_stream.text(true);
        m_stream.async_write(asio::buffer(m_outgoing), [self = this->shared_from_this()](SystemError bad, std::size_t bytes) {
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
        m_server.remove(this->shared_from_this());
    }

    Server& m_server;
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

/// A connection that speaks HTTP. Every member but m_request while a handler runs belongs to the I/O thread.
template <class Server>
class Connection final : public Server::Peer, public std::enable_shared_from_this<Connection<Server>> {
public:
    Connection(Server& server, tcp::socket&& socket)
        : m_server(server)
        , m_stream(std::move(socket))
    {
        SystemError ignored;
        m_stream.socket().set_option(tcp::no_delay(true), ignored);
        m_stream.socket().non_blocking(true, ignored);
        const auto peer = m_stream.socket().remote_endpoint(ignored);
        m_peerIsLoopback = !ignored && peer.address().is_loopback();
    }
    ~Connection() override { m_server.release(m_claimed); }

    void awaitRequest()
    {
        m_header.reset();
        m_body.reset();
        m_request = Request();
        m_server.release(std::exchange(m_claimed, 0));
        if (m_stopping) {
            end();
            return;
        }
        if (m_buffer.size() > 0) { // the client did not wait for the answer
            readHeader();
            return;
        }
        m_stream.expires_after(m_server.options().idleTimeout);
        m_stream.async_read_some(m_buffer.prepare(kReadPieceBytes), [self = self()](SystemError bad, std::size_t bytes) {
            if (bad) {
                self->end();
                return;
            }
            self->m_buffer.commit(bytes);
            self->readHeader();
        });
    }

    void stop() override
    {
        m_stopping = true;
        m_keepAlive = false;
        m_stop.request_stop();
        if (!m_handling && !m_writer) // else the answer goes out first
            m_stream.cancel();
    }

private:
    std::shared_ptr<Connection> self() { return this->shared_from_this(); }

    void readHeader()
    {
        m_header.emplace();
        m_header->header_limit(static_cast<std::uint32_t>(m_server.options().maxHeaderBytes));
        m_header->body_limit(boost::none); // checked in takeHeader(), where the route is known
        m_stream.expires_after(m_server.options().headerTimeout);
        http::async_read_header(m_stream, m_buffer, *m_header, [self = self()](SystemError bad, std::size_t) {
            if (!bad)
                self->takeHeader();
            else if (bad == http::error::end_of_stream || bad.category() != SystemError(http::error::bad_method).category())
                self->end();
            else if (bad == http::error::header_limit || bad == http::error::buffer_overflow)
                self->refuse(431, "the request's header is too large; send a long query in a POST form");
            else
                self->refuse(400, "this is not an HTTP/1.1 request: " + bad.message());
        });
    }

    void takeHeader()
    {
        const auto& message = m_header->get();
        m_keepAlive = message.keep_alive() && !m_stopping;
        m_http10 = message.version() < 11;
        m_isHead = message.method() == http::verb::head;
        m_request.method = methodOf(message.method());
        m_request.target = std::string(message.target());
        for (const auto& field : message)
            m_request.headers.emplace_back(toLowerAscii(std::string_view(field.name_string())), std::string(field.value()));

        std::string_view target = m_request.target;
        if (const auto scheme = target.find("://"); !target.starts_with('/') && scheme != std::string_view::npos)
            target.remove_prefix(std::min(target.find('/', scheme + 3), target.size())); // as sent to a proxy
        const auto rawPath = target.substr(0, target.find('?'));
        m_request.path = percentDecoded(rawPath, false);
        if (rawPath.empty() || rawPath.front() != '/')
            return refuse(400, "the request's target must be a path");
        if (message.find(http::field::transfer_encoding) != message.end() && !m_header->chunked())
            return refuse(400, "this Transfer-Encoding is not supported; use chunked or a Content-Length");

        auto match = m_server.router().find(m_request.method, rawPath);
        if (!match.route && !match.allowed.empty())
            return refuse(405, std::format("{} is not allowed here; allowed: {}", toString(m_request.method), match.allowed), { { "Allow", match.allowed } });
        if (!match.route)
            return refuse(404, "there is nothing at " + m_request.path);
        m_route = match.route;
        m_request.captured = std::move(match.captured);

        const auto& token = m_server.options().token;
        if (!token.empty() && !m_route->withoutToken && !carriesToken(m_request.header("authorization"), token))
            return refuse(401, "this server wants a token; send it as Authorization: Bearer TOKEN", { { "WWW-Authenticate", "Bearer, Basic realm=\"belvedere\"" } });
        if (isForeignOrigin(m_request.header("origin")))
            return refuse(403, "requests from pages of other origins are not answered");

        if (m_route->webSocket) {
            if (!websocket::is_upgrade(message))
                return refuse(426, "this path is for WebSocket connections", { { "Upgrade", "websocket" } });
            return upgrade();
        }
        const auto length = m_header->content_length();
        if (length && *length > m_route->bodyLimit)
            return refuse(413, std::format("the body has {} bytes; at most {} are taken here", *length, m_route->bodyLimit));
        if (!m_header->chunked() && length.value_or(0) == 0)
            return dispatch();
        m_body.emplace(std::move(*m_header));
        m_body->body_limit(m_route->bodyLimit);
        if (toLowerAscii(m_request.header("expect")) == "100-continue")
            sendContinue();
        else
            readBody();
    }

    void sendContinue()
    {
        auto response = std::make_shared<http::response<http::empty_body>>(http::status::continue_, 11);
        m_stream.expires_after(m_server.options().stallTimeout);
        http::async_write(m_stream, *response, [self = self(), response](SystemError bad, std::size_t) {
            if (bad)
                self->end();
            else
                self->readBody();
        });
    }

    void readBody()
    {
        m_stream.expires_after(m_server.options().stallTimeout);
        http::async_read_some(m_stream, m_buffer, *m_body, [self = self()](SystemError bad, std::size_t) { self->takeBodyPiece(bad); });
    }

    void takeBodyPiece(SystemError bad)
    {
        if (bad == http::error::body_limit)
            return refuse(413, std::format("the body is larger than the {} bytes that are taken here", m_route->bodyLimit));
        if (bad == http::error::partial_message || (bad && bad.category() != SystemError(http::error::bad_method).category()))
            return end();
        if (bad)
            return refuse(400, "the body is malformed: " + bad.message());
        const auto received = m_body->get().body().size();
        if (received > m_route->bodyLimit)
            return refuse(413, std::format("the body is larger than the {} bytes that are taken here", m_route->bodyLimit));
        if (received > m_claimed) {
            if (!m_server.claim(received - m_claimed))
                return refuse(503, "too many large requests at once; try again later", { { "Retry-After", "1" } });
            m_claimed = received;
        }
        if (!m_body->is_done())
            return readBody();
        m_request.body = std::move(m_body->get().body());
        m_server.countReceived(received);
        dispatch();
    }

    void dispatch()
    {
        m_stop = std::stop_source();
        m_request.stop = m_stop.get_token();
        if (m_stopping)
            m_stop.request_stop();
        m_handling = true;
        m_stream.expires_never();
        watchHangUp();
        // The guard keeps the I/O thread running until the answer has been handed to it.
        m_server.handlers().submit([self = self(), guard = asio::make_work_guard(m_server.io())]() mutable {
            auto response = self->handle();
            auto& io = self->m_server.io();
            // The connection must end on the I/O thread: no reference to it stays behind here.
            asio::post(io, [self = std::move(self), guard = std::move(guard), response = std::move(response)] { self->finish(*response); });
        });
    }

    void watchHangUp()
    {
        m_stream.socket().async_wait(tcp::socket::wait_read, [self = self(), turn = m_turn](SystemError bad) {
            if (bad || turn != self->m_turn || !self->m_handling)
                return;
            char byte = 0;
            SystemError peekError;
            self->m_stream.socket().receive(asio::buffer(&byte, 1), tcp::socket::message_peek, peekError);
            if (peekError == asio::error::would_block)
                self->watchHangUp();
            else if (peekError)
                self->m_stop.request_stop();
            // Else it is the next request, sent ahead. From here on a hang-up is noticed only when the answer is written.
        });
    }

    /// On a handler's thread.
    std::shared_ptr<Response> handle()
    {
        const auto begin = std::chrono::steady_clock::now();
        if (m_request.header("content-type").starts_with("application/x-www-form-urlencoded")) {
            m_request.parameters.addEncoded(m_request.body);
            m_request.body.clear();
        }
        if (const auto question = m_request.target.find('?'); question != std::string::npos)
            m_request.parameters.addEncoded(std::string_view(m_request.target).substr(question + 1));

        Response response;
        // Handlers report failures as answers. What remains is running out of memory, and that must end one request only.
        try {
            response = m_route->handler(m_request);
            if (response.stream && !m_isHead) {
                if (m_http10)
                    collect(response);
                else
                    streamBody(response);
            }
        } catch (const std::exception& failure) {
            m_server.logger().log(Logger::Level::error, "receive", std::format("{}: {}", m_request.path, failure.what()));
            response = errorResponse(500, "internal", failure.what());
        }
        const bool wantsGzip = !m_peerIsLoopback && !m_streamed && response.body.size() >= kSmallestCompressed
            && accepts(m_request.header("accept-encoding"), "gzip");
        if (wantsGzip) {
            if (auto packed = gzipped(response.body); !packed.empty()) {
                response.body = std::move(packed);
                response.headers.emplace_back("Content-Encoding", "gzip");
            }
        }
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        m_server.countRequest(*m_route, response.status, taken.count());
        return std::make_shared<Response>(std::move(response));
    }

    void finish(Response& response)
    {
        m_handling = false;
        ++m_turn;
        SystemError ignored;
        m_stream.socket().cancel(ignored); // the watch
        if (std::exchange(m_streamed, false))
            afterAnswer(m_streamOk);
        else
            send(std::move(response), false);
    }

    static void collect(Response& response)
    {
        response.body.clear();
        StringBodyWriter collector(response.body);
        response.stream(collector);
    }

    /// Hands chunks from the handler's thread to the I/O thread, one at a time: a slow client slows its handler down.
    class ChunkWriter final : public BodyWriter {
    public:
        explicit ChunkWriter(Connection& connection)
            : m_connection(connection)
        {
        }
        bool write(std::string chunk) override
        {
            if (chunk.empty())
                return m_ok; // an empty chunk would end the body
            m_chunk = std::move(chunk);
            const auto size = m_chunk.size();
            const bool sent = m_ok && run([&](auto done) { http_write_chunk(m_connection.m_stream, m_chunk, std::move(done)); });
            if (sent)
                m_connection.m_server.countSent(size);
            return sent;
        }
        bool writeHeader(http::response<http::empty_body>& header)
        {
            http::response_serializer<http::empty_body> serializer(header);
            return run([&](auto done) { http::async_write_header(m_connection.m_stream, serializer, std::move(done)); });
        }
        bool end()
        {
            return m_ok && run([&](auto done) { asio::async_write(m_connection.m_stream, http::make_chunk_last(), std::move(done)); });
        }

    private:
        template <class Done>
        static void http_write_chunk(beast::tcp_stream& stream, const std::string& chunk, Done done)
        {
            asio::async_write(stream, http::make_chunk(asio::buffer(chunk)), std::move(done));
        }

        /// Starts an operation on the I/O thread and waits for its end.
        template <class Start>
        bool run(Start start)
        {
            m_finished = false;
            asio::post(m_connection.m_server.io(), [this, &start] {
                m_connection.m_stream.expires_after(m_connection.m_server.options().stallTimeout);
                start([this](SystemError bad, std::size_t) {
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

        Connection& m_connection;
        std::string m_chunk;
        std::mutex m_mutex;
        std::condition_variable m_done;
        bool m_finished = false; // guarded by m_mutex while an operation runs
        bool m_ok = true;        // likewise
    };

    void streamBody(Response& response)
    {
        m_streamed = true;
        http::response<http::empty_body> header(static_cast<http::status>(response.status), 11);
        prepareHeader(header, response);
        header.chunked(true);
        ChunkWriter writer(*this);
        bool ok = writer.writeHeader(header);
        if (ok) {
            try {
                response.stream(writer);
            } catch (const std::exception& failure) {
                // The status is out: only a body that ends early can tell the client.
                m_server.logger().log(Logger::Level::error, "receive", std::format("{}: {}", m_request.path, failure.what()));
                m_streamOk = false;
                return;
            }
            ok = writer.end();
        }
        m_streamOk = ok;
    }

    template <class Message>
    void prepareHeader(Message& message, const Response& response)
    {
        message.set(http::field::content_type, response.contentType);
        for (const auto& [name, value] : response.headers)
            message.set(name, value);
        message.keep_alive(m_keepAlive);
    }

    void send(Response response, bool refused)
    {
        m_answer.emplace(static_cast<http::status>(response.status), m_http10 ? 10 : 11);
        prepareHeader(*m_answer, response);
        const auto size = response.body.size();
        if (!m_isHead)
            m_answer->body() = std::move(response.body);
        if (m_isHead)
            m_answer->content_length(size);
        else
            m_answer->prepare_payload();
        m_server.countSent(m_answer->body().size());
        m_writer.emplace(*m_answer);
        m_lingers = refused;
        writeAnswer();
    }

    void writeAnswer()
    {
        m_stream.expires_after(m_server.options().stallTimeout);
        http::async_write_some(m_stream, *m_writer, [self = self()](SystemError bad, std::size_t) {
            if (bad || self->m_writer->is_done())
                self->afterAnswer(!bad);
            else
                self->writeAnswer();
        });
    }

    void afterAnswer(bool ok)
    {
        m_writer.reset();
        m_answer.reset();
        if (ok && m_keepAlive)
            awaitRequest();
        else if (ok && m_lingers)
            linger();
        else
            end();
    }

    /// Ends a request before its handler. What the client still sends of it is not read, hence the connection closes,
    /// unless there is nothing more to come.
    void refuse(int status, std::string_view message, std::vector<std::pair<std::string, std::string>> headers = {})
    {
        m_server.countRefused();
        const bool complete = m_header && m_header->is_header_done() && !m_header->chunked() && m_header->content_length().value_or(0) == 0;
        if (!complete || status == 400)
            m_keepAlive = false;
        static constexpr auto typeOf = [](int code) { return code == 404 ? "not_found" : code == 503 ? "unavailable" : "bad_data"; };
        Response response = errorResponse(status, typeOf(status), message);
        response.headers = std::move(headers);
        send(std::move(response), !complete);
    }

    void linger()
    {
        SystemError ignored;
        m_stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
        m_body.reset();
        m_buffer.clear();
        m_stream.expires_after(kLingerTime);
        discard();
    }

    void discard()
    {
        m_stream.async_read_some(m_buffer.prepare(kReadPieceBytes), [self = self()](SystemError bad, std::size_t) {
            if (bad)
                self->end();
            else
                self->discard();
        });
    }

    void upgrade()
    {
        auto request = std::make_shared<http::request<http::empty_body>>(m_header->release());
        auto upgraded = std::make_shared<UpgradedConnection<Server>>(m_server, std::move(m_stream));
        m_server.add(upgraded);
        if (const auto question = m_request.target.find('?'); question != std::string::npos)
            m_request.parameters.addEncoded(std::string_view(m_request.target).substr(question + 1));
        upgraded->accept(request, [self = self()](const std::shared_ptr<WebSocket>& socket) {
            self->m_server.handlers().submit([self, socket] {
                self->m_route->webSocket(self->m_request, socket);
                self->m_server.countRequest(*self->m_route, 101, 0);
            });
        });
        m_server.remove(self());
    }

    void end()
    {
        SystemError ignored;
        m_stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
        m_stream.close();
        m_server.remove(self());
    }

    Server& m_server;
    beast::tcp_stream m_stream;
    beast::flat_buffer m_buffer;
    std::optional<http::request_parser<http::empty_body>> m_header;
    std::optional<http::request_parser<http::string_body>> m_body;
    std::optional<http::response<http::string_body>> m_answer;
    std::optional<http::response_serializer<http::string_body>> m_writer;
    Request m_request;
    const Route* m_route = nullptr;
    std::stop_source m_stop;
    std::size_t m_claimed = 0;
    std::uint64_t m_turn = 0;
    std::atomic<bool> m_keepAlive = false; // read by a handler that streams
    bool m_http10 = false;
    bool m_isHead = false;
    bool m_handling = false;
    bool m_stopping = false;
    bool m_lingers = false;
    bool m_peerIsLoopback = false;
    // Written by the handler's thread before it posts finish().
    bool m_streamed = false;
    bool m_streamOk = false;
};

}

Result<void> HttpServer::Impl::start()
{
    SystemError bad;
    const std::string name = m_options.address == "localhost" ? "127.0.0.1" : m_options.address;
    const auto address = asio::ip::make_address(name, bad);
    if (bad)
        return failure(ErrorCode::invalidArgument, std::format("'{}' is not an address to listen on; give one like 127.0.0.1 or ::1", m_options.address));
    if (!address.is_loopback() && m_options.token.empty())
        return failure(ErrorCode::invalidArgument, std::format("{} can be reached from other machines; that needs a token: set listen.token in workspace.yml", m_options.address));
    const tcp::endpoint endpoint(address, m_options.port);
    const auto step = [&](SystemError result) {
        if (!bad)
            bad = result;
    };
    SystemError result;
    step(m_acceptor.open(endpoint.protocol(), result));
    if (!bad)
        step(m_acceptor.set_option(tcp::acceptor::reuse_address(true), result));
    if (!bad)
        step(m_acceptor.bind(endpoint, result));
    if (!bad)
        step(m_acceptor.listen(asio::socket_base::max_listen_connections, result));
    if (bad) {
        SystemError ignored;
        m_acceptor.close(ignored);
        return failure(ErrorCode::unavailable, std::format("cannot listen on {}:{}: {}; choose another port with --listen", m_options.address, m_options.port, bad.message()));
    }
    m_port = m_acceptor.local_endpoint().port();
    m_handlers = std::make_unique<TaskPool>(m_options.handlerThreads);
    accept();
    m_thread = std::thread([this] { m_io.run(); });
    return {};
}

void HttpServer::Impl::accept()
{
    m_acceptor.async_accept([this](SystemError bad, tcp::socket socket) {
        if (m_stopping)
            return;
        if (bad) {
            // Out of descriptors, most likely; those that are open will free some.
            m_logger.log(Logger::Level::warning, "receive", "cannot accept a connection: " + bad.message());
            m_retryAccept.expires_after(std::chrono::milliseconds(200));
            m_retryAccept.async_wait([this](SystemError cancelled) {
                if (!cancelled && !m_stopping)
                    accept();
            });
            return;
        }
        if (m_peers.size() >= m_options.maxConnections) {
            ++m_refused;
            socket.close(bad);
        } else {
            const auto connection = std::make_shared<Connection<Impl>>(*this, std::move(socket));
            ++m_connectionsTotal;
            add(connection);
            connection->awaitRequest();
        }
        accept();
    });
}

void HttpServer::Impl::stop()
{
    if (!m_thread.joinable())
        return;
    asio::post(m_io, [this] {
        m_stopping = true;
        SystemError ignored;
        m_acceptor.close(ignored);
        m_retryAccept.cancel();
        const auto peers = m_peers;
        for (const auto& peer : peers)
            peer->stop();
    });
    m_thread.join();
    m_handlers.reset();
    m_peers.clear();
}

void HttpServer::Impl::countRequest(const Route& route, int status, double seconds)
{
    const std::scoped_lock lock(m_countMutex);
    auto& count = m_counts[{ route.name, status }];
    ++count.requests;
    count.seconds += seconds;
}

ServerCounters HttpServer::Impl::counters() const
{
    ServerCounters counters;
    counters.connections = m_connections;
    counters.connectionsTotal = m_connectionsTotal;
    counters.bytesReceived = m_bytesReceived;
    counters.bytesSent = m_bytesSent;
    counters.refused = m_refused;
    const std::scoped_lock lock(m_countMutex);
    for (const auto& [key, count] : m_counts)
        counters.routes.push_back({ key.first, key.second, count.requests, count.seconds });
    return counters;
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
