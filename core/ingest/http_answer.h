#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace belvedere::ingest {

/// The head of an HTTP/1.x answer, as far as a GET needs it.
struct HttpHead {
    int status = 0;
    std::string reason;
    bool keepAlive = true;
    bool chunked = false;
    std::int64_t contentLength = -1; ///< -1: not given
    std::string contentType;
    std::string contentEncoding;
    std::string location;

    /// Reads status line and fields; `text` ends before the empty line.
    [[nodiscard]] static Result<HttpHead> parse(std::string_view text);
};

/// Undoes `Transfer-Encoding: chunked`, piece by piece.
class ChunkDecoder {
public:
    /// Appends the data in `input` to `out` and takes what it used away. Fails on malformed chunks, and before `out`
    /// would grow beyond `limit`.
    [[nodiscard]] Result<void> feed(std::string_view& input, std::size_t limit, std::string& out);
    [[nodiscard]] bool finished() const noexcept { return m_state == State::end; }

private:
    enum class State : std::uint8_t { size, data, dataEnd, trailer, end };
    State m_state = State::size;
    std::size_t m_left = 0; // of the chunk
    std::string m_line;
};

}
