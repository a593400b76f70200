// One connection that speaks HTTP. It goes round
//
//     awaitRequest → readHeader → (refuse | readBody → dispatch → handler → answer) → awaitRequest
//
// and at each step exactly one asynchronous operation is under way, with a time limit. Only the handler runs outside the I/O
// loop, on the thread that led the loop until then; it also sends what the socket takes at once. The size of a body is checked
// against the route's limit before the first byte of it is read and again with every piece, so that what is refused was
// never held. While a handler runs, the socket is only watched: when the other side hangs up, the request's stop token
// is triggered and the query ends.

#include "core/receive/http_connection.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/receive/access.h"
#include "core/receive/chunk_writer.h"
#include "core/receive/content_coding.h"
#include "core/receive/server_core.h"
#include "core/receive/web_socket_connection.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <atomic>
#include <optional>

namespace belvedere::receive {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using SystemError = boost::system::error_code;

namespace {

constexpr std::size_t kReadPieceBytes = std::size_t { 64 } * 1024;
/// After a refusal the rest of what the client sends is thrown away for this long, so that it reads the answer instead
/// of a connection reset.
constexpr std::chrono::milliseconds kLingerTime { 3'000 };
constexpr int kSwitchingProtocols = 101;
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

/// A connection that speaks HTTP. Its members belong to the I/O loop; while a handler runs (m_handling), m_request and what
/// makes the answer belong to the handler's thread.
class Connection final : public Peer, public std::enable_shared_from_this<Connection> {
public:
    Connection(ServerCore& server, tcp::socket&& socket)
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
        releaseBody();
        m_request = Request();
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
    std::shared_ptr<Connection> self() { return shared_from_this(); }

    void releaseBody()
    {
        std::string().swap(m_request.body);
        m_server.release(std::exchange(m_claimed, 0));
    }

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
            return refuse(405, formatted("{} is not allowed here; allowed: {}", toString(m_request.method), match.allowed), { { "Allow", match.allowed } });
        if (!match.route)
            return refuse(404, "there is nothing at " + m_request.path);
        m_route = match.route;
        m_request.captured = std::move(match.captured);

        const auto& token = m_server.options().token;
        if (!token.empty() && !m_route->withoutToken && !carriesToken(m_request.header("authorization"), token))
            return refuse(401, "this server wants a token; send it as Authorization: Bearer TOKEN", { { "WWW-Authenticate", "Bearer, Basic realm=\"belvedere\"" } });
        if (isForeignOrigin(m_request.header("origin")))
            return refuse(403, "requests from pages of other origins are not answered");
        if (token.empty() && isForeignHost(m_request.header("host")))
            return refuse(403, "without a token only this machine's own names are answered; ask by its address, or set a token (listen in workspace.yml)");

        if (m_route->webSocket) {
            if (!beast::websocket::is_upgrade(message))
                return refuse(426, "this path is for WebSocket connections", { { "Upgrade", "websocket" } });
            // RFC 6455, section 4.1: the client waits for the answer before it says more.
            if (m_header->chunked() || m_header->content_length().value_or(0) > 0 || m_buffer.size() > 0)
                return refuse(400, "an upgrade has no body, and nothing follows it until it is answered");
            return dispatch();
        }
        const auto length = m_header->content_length();
        if (length && *length > m_route->bodyLimit)
            return refuse(413, formatted("the body has {} bytes; at most {} are taken here", *length, m_route->bodyLimit));
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
            return refuse(413, formatted("the body is larger than the {} bytes that are taken here", m_route->bodyLimit));
        if (bad == http::error::partial_message || (bad && bad.category() != SystemError(http::error::bad_method).category()))
            return end();
        if (bad)
            return refuse(400, "the body is malformed: " + bad.message());
        const auto received = m_body->get().body().size();
        if (received > m_route->bodyLimit)
            return refuse(413, formatted("the body is larger than the {} bytes that are taken here", m_route->bodyLimit));
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
        // The guard keeps the I/O loop running until the answer has been handed to it.
        m_server.submit([self = self(), guard = asio::make_work_guard(m_server.io())]() mutable {
            auto outcome = self->handle();
            // Before the answer: the client's next request may need the room.
            self->releaseBody();
            SystemError bad;
            if (!outcome.session && !self->m_streamed)
                bad = self->sendNow(std::move(outcome.response));
            auto& io = self->m_server.io();
            // The connection must end inside the I/O loop: no reference to it stays behind here.
            asio::post(io, [self = std::move(self), guard = std::move(guard), session = std::move(outcome.session), bad]() mutable { self->finish(std::move(session), bad); });
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

    /// What a handler came to: an answer, or a session that takes the connection over.
    struct Outcome {
        Response response;
        WebSocketSession session;
    };

    /// On a handler's thread.
    Outcome handle()
    {
        const auto begin = std::chrono::steady_clock::now();
        if (m_request.header("content-type").starts_with("application/x-www-form-urlencoded")) {
            m_request.parameters.addEncoded(m_request.body);
            m_request.body.clear();
        }
        if (const auto question = m_request.target.find('?'); question != std::string::npos)
            m_request.parameters.addEncoded(std::string_view(m_request.target).substr(question + 1));

        Outcome outcome;
        // Handlers report failures as answers. What remains is running out of memory, and that must end one request only.
        try {
            outcome = runHandler();
        } catch (const std::exception& failure) {
            m_server.logger().log(Logger::Level::error, "receive", formatted("{}: {}", m_request.path, failure.what()));
            outcome = { errorResponse(500, "internal", failure.what()), {} };
        }
        if (!m_streamed)
            compress(outcome.response);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        m_server.countRequest(*m_route, outcome.session ? kSwitchingProtocols : outcome.response.status, taken.count());
        return outcome;
    }

    Outcome runHandler()
    {
        if (m_route->webSocket) {
            auto decision = m_route->webSocket(m_request);
            return decision ? Outcome { {}, std::move(*decision) } : Outcome { std::move(decision.error()), {} };
        }
        Response response = m_route->handler(m_request);
        if (response.stream && !m_isHead) {
            if (m_http10)
                collect(response);
            else
                streamBody(response);
        }
        return { std::move(response), {} };
    }

    /// For clients on other machines, where the wire is slower than zlib.
    void compress(Response& response) const
    {
        if (m_peerIsLoopback || response.body.size() < kSmallestCompressed || !acceptsCoding(m_request.header("accept-encoding"), "gzip"))
            return;
        if (auto packed = gzipped(response.body); !packed.empty()) {
            response.body = std::move(packed);
            response.headers.emplace_back("Content-Encoding", "gzip");
        }
    }

    /// On a handler's thread: sends what the socket takes at once, so that the client does not wait for the I/O loop too.
    SystemError sendNow(Response response)
    {
        prepareAnswer(std::move(response));
        SystemError bad;
        while (!m_writer->is_done() && !bad)
            http::write_some(m_stream.socket(), *m_writer, bad);
        return bad == asio::error::would_block ? SystemError() : bad;
    }

    void finish(WebSocketSession session, SystemError bad)
    {
        m_handling = false;
        ++m_turn;
        SystemError ignored;
        m_stream.socket().cancel(ignored); // the watch
        if (std::exchange(m_streamed, false))
            afterAnswer(m_streamOk);
        else if (session && m_stopping)
            send(errorResponse(503, "unavailable", "the server stops"));
        else if (session)
            upgrade(std::move(session));
        else if (bad || m_writer->is_done())
            afterAnswer(!bad);
        else
            writeAnswer();
    }

    static void collect(Response& response)
    {
        response.body.clear();
        StringBodyWriter collector(response.body);
        response.stream(collector);
    }

    void streamBody(Response& response)
    {
        ChunkWriter::Header header(static_cast<http::status>(response.status), 11);
        prepareHeader(header, response);
        header.chunked(true);
        ChunkWriter writer(m_server, m_stream, std::move(header));
        try {
            response.stream(writer);
        } catch (const std::exception& failure) {
            if (!writer.hasBegun())
                throw;
            // The status is out: only a body that ends early can tell the client.
            m_server.logger().log(Logger::Level::error, "receive", formatted("{}: {}", m_request.path, failure.what()));
            m_streamed = true;
            m_streamOk = false;
            return;
        }
        m_streamed = writer.hasBegun();
        if (m_streamed)
            m_streamOk = writer.end();
        else
            response.body = writer.takeBody();
    }

    template <class Message>
    void prepareHeader(Message& message, const Response& response)
    {
        message.set(http::field::content_type, response.contentType);
        for (const auto& [name, value] : response.headers)
            message.set(name, value);
        message.keep_alive(m_keepAlive);
    }

    void prepareAnswer(Response response)
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
    }

    void send(Response response)
    {
        prepareAnswer(std::move(response));
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
        m_lingers = !complete;
        send(std::move(response));
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

    void upgrade(WebSocketSession session)
    {
        upgradeConnection(m_server, std::move(m_stream), m_header->release(), std::move(session), m_stop);
        m_server.remove(self());
    }

    void end()
    {
        SystemError ignored;
        m_stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
        m_stream.close();
        m_server.remove(self());
    }

    ServerCore& m_server;
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

void openConnection(ServerCore& server, tcp::socket socket)
{
    const auto connection = std::make_shared<Connection>(server, std::move(socket));
    server.add(connection);
    connection->awaitRequest();
}

}
