#pragma once

#include "core/receive/web_socket.h"

#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include <stop_token>

namespace belvedere::receive {

class ServerCore;

/// Completes the upgrade that `request` asks for and goes on as a WebSocket on which `session` runs. `stop` is triggered
/// when the connection is gone. Inside the I/O loop; `server` must outlive its connections.
void upgradeConnection(ServerCore& server, boost::beast::tcp_stream stream,
    boost::beast::http::request<boost::beast::http::empty_body> request, WebSocketSession session, std::stop_source stop);

}
