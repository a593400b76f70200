#include "tests/core/receive/http_probe.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

namespace belvedere::test {

namespace asio = boost::asio;
using boost::system::error_code;

struct HttpProbe::State {
    asio::io_context io;
    asio::ip::tcp::socket socket { io };
    std::string buffered;

    /// Appends to `buffered`; false at the end, on an error and after `timeout`.
    bool readMore(std::chrono::milliseconds timeout)
    {
        std::array<char, 65536> piece;
        std::optional<std::size_t> got;
        socket.async_read_some(asio::buffer(piece), [&](error_code bad, std::size_t bytes) { got = bad ? 0 : bytes; });
        io.restart();
        io.run_for(timeout);
        if (!got) {
            error_code ignored;
            socket.cancel(ignored);
            io.restart();
            io.run();
            return false;
        }
        buffered.append(piece.data(), *got);
        return *got > 0;
    }
};

HttpProbe::HttpProbe(std::uint16_t port)
    : m_state(std::make_unique<State>())
{
    error_code ignored;
    m_state->socket.connect({ asio::ip::address_v4::loopback(), port }, ignored);
}

HttpProbe::~HttpProbe() = default;

bool HttpProbe::send(std::string_view bytes)
{
    error_code bad;
    asio::write(m_state->socket, asio::buffer(bytes), bad);
    return !bad;
}

Answer HttpProbe::receive(bool head, std::chrono::milliseconds timeout)
{
    auto& text = m_state->buffered;
    Answer answer;
    std::size_t end = 0;
    while ((end = text.find("\r\n\r\n")) == std::string::npos) {
        if (!m_state->readMore(timeout))
            return answer;
    }
    answer.header = text.substr(0, end + 2);
    text.erase(0, end + 4);
    if (answer.header.size() > 12)
        answer.status = std::atoi(answer.header.c_str() + 9);
    if (head || answer.status == 204)
        return answer;
    const auto field = [&](std::string_view name) -> std::string {
        const auto at = answer.header.find(name);
        if (at == std::string::npos)
            return {};
        const auto begin = at + name.size();
        return answer.header.substr(begin, answer.header.find("\r\n", begin) - begin);
    };
    if (field("\r\nTransfer-Encoding: ") == "chunked") {
        for (;;) {
            std::size_t lineEnd = 0;
            while ((lineEnd = text.find("\r\n")) == std::string::npos) {
                if (!m_state->readMore(timeout))
                    return answer;
            }
            const auto size = std::strtoul(text.c_str(), nullptr, 16);
            while (text.size() < lineEnd + 2 + size + 2) {
                if (!m_state->readMore(timeout))
                    return answer;
            }
            answer.body += text.substr(lineEnd + 2, size);
            text.erase(0, lineEnd + 2 + size + 2);
            if (size == 0)
                return answer;
        }
    }
    const auto length = std::strtoul(field("\r\nContent-Length: ").c_str(), nullptr, 10);
    while (text.size() < length) {
        if (!m_state->readMore(timeout))
            return answer;
    }
    answer.body = text.substr(0, length);
    text.erase(0, length);
    return answer;
}

std::string HttpProbe::receiveBytes(std::size_t count, std::chrono::milliseconds timeout)
{
    auto& text = m_state->buffered;
    while (text.size() < count && m_state->readMore(timeout)) { }
    auto bytes = text.substr(0, count);
    text.erase(0, count);
    return bytes;
}

bool HttpProbe::closes(std::chrono::milliseconds timeout)
{
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            return false;
        if (!m_state->readMore(left))
            return std::chrono::steady_clock::now() < deadline;
    }
}

void HttpProbe::hangUp()
{
    error_code ignored;
    m_state->socket.close(ignored);
}

Answer get(std::uint16_t port, std::string_view target, std::string_view extraHeaders)
{
    HttpProbe probe(port);
    probe.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(extraHeaders) + "\r\n");
    return probe.receive();
}

Answer post(std::uint16_t port, std::string_view target, std::string_view contentType, std::string_view body, std::string_view extraHeaders)
{
    HttpProbe probe(port);
    probe.send("POST " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + std::string(contentType)
        + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(extraHeaders) + "\r\n");
    probe.send(body);
    return probe.receive();
}

}
