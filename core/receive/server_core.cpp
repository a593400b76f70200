#include "core/receive/server_core.h"

namespace belvedere::receive {

void ServerCore::add(const std::shared_ptr<Peer>& peer)
{
    m_peers.insert(peer);
    m_connections = m_peers.size();
}

void ServerCore::remove(const std::shared_ptr<Peer>& peer)
{
    m_peers.erase(peer);
    m_connections = m_peers.size();
}

void ServerCore::stopPeers()
{
    const auto peers = m_peers; // those that end at once leave the set
    for (const auto& peer : peers)
        peer->stop();
}

bool ServerCore::claim(std::size_t bytes)
{
    if (m_buffered + bytes > m_options.maxBufferedBytes)
        return false;
    m_buffered += bytes;
    return true;
}

void ServerCore::countRequest(const Route& route, int status, double seconds)
{
    const std::scoped_lock lock(m_countMutex);
    auto& count = m_counts[{ route.name, status }];
    ++count.requests;
    count.seconds += seconds;
}

ServerCounters ServerCore::counters() const
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

}
