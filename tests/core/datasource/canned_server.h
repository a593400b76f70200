#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace belvedere::test {

/// A request as the server saw it.
struct SeenRequest {
    std::string method;
    std::string target; ///< path and query string
    std::string body;
    std::string authorization;
    std::vector<std::pair<std::string, std::string>> headers;
};

struct CannedAnswer {
    int status = 200;
    std::string body = {};
    bool hang = false; ///< never answer: for time-outs and cancelling
};

/// An HTTP server on a free loopback port that answers as a function says. One connection at a time, no keep-alive.
class CannedServer {
public:
    using Handler = std::function<CannedAnswer(const SeenRequest&)>;

    explicit CannedServer(Handler handler);
    ~CannedServer();

    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::vector<SeenRequest> seen() const;

private:
    void serve();

    Handler m_handler;
    unsigned short m_port = 0;
    std::atomic<bool> m_stopping = false;
    mutable std::mutex m_mutex;
    std::vector<SeenRequest> m_seen; // guarded by m_mutex
    std::thread m_thread;
};

}
