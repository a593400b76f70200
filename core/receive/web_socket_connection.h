#pragma once

#include "core/receive/web_socket.h"

#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include <functional>
#include <memory>

namespace belvedere::receive {

class ServerCore;

/// Completes the upgrade that `request` asks for and goes on as a WebSocket; `accepted` is called on the I/O thread once
/// the client knows. `server` must outlive its connections.
void upgradeConnection(ServerCore& server, boost::beast::tcp_stream stream,
    boost::beast::http::request<boost::beast::http::empty_body> request,
    std::function<void(std::shared_ptr<WebSocket>)> accepted);

}
