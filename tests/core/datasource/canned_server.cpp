#include "tests/core/datasource/canned_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <chrono>

namespace belvedere::test {

namespace asio = boost::asio;
namespace http = boost::beast::http;

CannedServer::CannedServer(Handler handler)
    : m_handler(std::move(handler))
{
    std::atomic<bool> ready = false;
    m_thread = std::thread([this, &ready] {
        asio::io_context context;
        asio::ip::tcp::acceptor acceptor(context, { asio::ip::make_address("127.0.0.1"), 0 });
        m_port = acceptor.local_endpoint().port();
        acceptor.non_blocking(true);
        ready = true;
        ready.notify_one();
        while (!m_stopping) {
            boost::system::error_code error;
            asio::ip::tcp::socket socket(context);
            acceptor.accept(socket, error);
            if (error) {
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
                continue;
            }
            socket.non_blocking(false);
            boost::beast::flat_buffer buffer;
            http::request<http::string_body> request;
            http::read(socket, buffer, request, error);
            if (error)
                continue;
            SeenRequest seen { std::string(request.method_string()), std::string(request.target()), request.body(), std::string(request[http::field::authorization]), {} };
            for (const auto& field : request)
                seen.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
            {
                const std::scoped_lock lock(m_mutex);
                m_seen.push_back(seen);
            }
            const auto answer = m_handler(seen);
            if (answer.hang) {
                // Until the other side closes.
                socket.non_blocking(true);
                char byte = 0;
                while (!m_stopping) {
                    socket.read_some(asio::buffer(&byte, 1), error);
                    if (error && error != asio::error::would_block)
                        break;
                    std::this_thread::sleep_for(std::chrono::milliseconds(2));
                }
                continue;
            }
            http::response<http::string_body> response(static_cast<http::status>(answer.status), 11);
            response.set(http::field::content_type, "application/json");
            response.keep_alive(false);
            response.body() = answer.body;
            response.prepare_payload();
            http::write(socket, response, error);
            socket.shutdown(asio::ip::tcp::socket::shutdown_both, error);
        }
    });
    ready.wait(false);
}

CannedServer::~CannedServer()
{
    m_stopping = true;
    m_thread.join();
}

std::string CannedServer::url() const { return "http://127.0.0.1:" + std::to_string(m_port); }

std::vector<SeenRequest> CannedServer::seen() const
{
    const std::scoped_lock lock(m_mutex);
    return m_seen;
}

}
