#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace belvedere::test {

struct Answer {
    int status = 0;        ///< 0: the connection ended without an answer
    std::string header;    ///< status line and fields
    std::string body;      ///< chunks joined
};

/// A connection that sends exactly the bytes it is told to, well-formed or not.
class HttpProbe {
public:
    explicit HttpProbe(std::uint16_t port);
    ~HttpProbe();

    /// False when the other side has closed.
    bool send(std::string_view bytes);
    /// Reads one answer; waits for it at most `timeout`. `head`: there is no body, whatever the length says.
    Answer receive(bool head = false, std::chrono::milliseconds timeout = std::chrono::seconds(10));
    /// Reads `count` bytes; fewer when the other side ends or is silent for `timeout`.
    std::string receiveBytes(std::size_t count, std::chrono::milliseconds timeout = std::chrono::seconds(10));
    /// True when the other side closes within `timeout`; what it sends before is thrown away.
    bool closes(std::chrono::milliseconds timeout = std::chrono::seconds(10));
    void hangUp();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// One GET on a connection of its own.
Answer get(std::uint16_t port, std::string_view target, std::string_view extraHeaders = {});
Answer post(std::uint16_t port, std::string_view target, std::string_view contentType, std::string_view body, std::string_view extraHeaders = {});

}
