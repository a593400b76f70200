#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace belvedere::docker {

enum class Stream : std::uint8_t { standardOutput, standardError };

/// A line as the Engine API gave it.
struct Line {
    Stream stream = Stream::standardOutput;
    std::int64_t timeNs = 0;
    std::string_view text; ///< without its end; valid during the call
};

/// Takes apart what `/containers/{id}/logs?timestamps=1` sends.
///
/// Without a terminal, each message is a frame: stream, length, time, text. With one, messages follow each other as they
/// are. Docker cuts a line after 16 KiB into messages of which only the last ends the line; they are joined, and the
/// line has the time of its first message.
class LogFrames {
public:
    explicit LogFrames(bool terminal)
        : m_terminal(terminal)
    {
    }

    using Visitor = std::function<void(const Line&)>;

    /// False when the bytes are no log stream (or no times); then nothing more can be read.
    [[nodiscard]] bool feed(std::string_view bytes, const Visitor& visitor);
    /// Hands over what has no end yet; call when the container will not write any more.
    void finish(const Visitor& visitor);

    /// The time of the oldest message whose line has not ended; nothing below it may be skipped when reading again.
    /// The largest number if there is none.
    [[nodiscard]] std::int64_t oldestUnfinishedNs() const;

private:
    struct Pending {
        std::string text;
        std::int64_t timeNs = 0;
        bool open = false;
    };

    [[nodiscard]] bool message(Stream stream, std::string_view message, const Visitor& visitor);
    [[nodiscard]] bool terminalLine(std::string_view line, const Visitor& visitor);
    void endLine(Stream stream, const Visitor& visitor);

    bool m_terminal;
    std::string m_rest; ///< bytes of a frame, or of a terminal's line, that is not complete
    Pending m_pending[2];
};

}
