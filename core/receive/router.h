#pragma once

#include "core/receive/http.h"
#include "core/receive/web_socket.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::receive {

/// Bytes of a request body as it comes over the wire.
inline constexpr std::size_t kQueryBodyBytes = std::size_t { 16 } << 20;
inline constexpr std::size_t kPushBodyBytes = std::size_t { 64 } << 20;

struct Route {
    std::vector<Method> methods; ///< get stands for head too
    std::string pattern;         ///< "/api/v1/label/{name}/values": a part in braces matches one path segment
    std::size_t bodyLimit = kQueryBodyBytes;
    Handler handler;
    WebSocketHandler webSocket; ///< set instead of `handler` for a route that is upgraded, and only that
    bool withoutToken = false;  ///< answers without a token even where one is demanded: health only
    std::string name;           ///< for the counters of /metrics; the pattern
};

/// Finds the handler of a path. Filled before the server starts, constant afterwards.
class Router {
public:
    void get(std::string pattern, Handler handler);
    /// GET with a query string, or POST with a form: how Prometheus and Loki take queries.
    void query(std::string pattern, Handler handler);
    void post(std::string pattern, Handler handler, std::size_t bodyLimit);
    void health(std::string pattern, Handler handler);
    void webSocket(std::string pattern, WebSocketHandler handler);

    struct Match {
        const Route* route = nullptr; ///< null: no such path, or not this method
        std::vector<std::string> captured;
        std::string allowed; ///< methods of the path, for 405; empty when there is no such path
    };
    /// `rawPath` is still percent-encoded, so that an encoded slash stays within its segment.
    [[nodiscard]] Match find(Method method, std::string_view rawPath) const;

private:
    void add(Route route);

    struct Entry {
        Route route;
        std::vector<std::string> parts;
    };
    // Routes keep their address: the server's counters refer to them.
    std::vector<std::unique_ptr<Entry>> m_entries;
};

}
