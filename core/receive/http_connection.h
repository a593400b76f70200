#pragma once

#include <boost/asio/ip/tcp.hpp>

namespace belvedere::receive {

class ServerCore;

/// Takes over a connection that was just accepted and answers on it until one side ends it or the server stops. Inside the
/// I/O loop. `server` must outlive its connections.
void openConnection(ServerCore& server, boost::asio::ip::tcp::socket socket);

}
