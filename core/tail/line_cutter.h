#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace belvedere::tail {

/// Cuts what is read of a file into lines; the last one waits until its end arrives.
class LineCutter {
public:
    explicit LineCutter(std::size_t longestLine)
        : m_longest(longestLine)
    {
    }

    using Visitor = std::function<void(std::string_view line)>;

    /// `bytes` follow those of the last call. A carriage return before the line's end is left out, and so is what a line
    /// has beyond the longest that is allowed.
    void feed(std::string_view bytes, const Visitor& visitor);
    /// The file has ended: hands over the line that waits.
    void finish(const Visitor& visitor);
    /// Forgets what waits and goes on at `offset`.
    void restart(std::uint64_t offset);

    /// Where the line that waits begins: all before it has been handed over.
    [[nodiscard]] std::uint64_t lineStart() const noexcept { return m_lineStart; }
    /// Where the next bytes are to be read.
    [[nodiscard]] std::uint64_t offset() const noexcept { return m_offset; }
    [[nodiscard]] std::uint64_t cutLines() const noexcept { return m_cutLines; }
    [[nodiscard]] std::uint64_t cutBytes() const noexcept { return m_cutBytes; }

private:
    void hold(std::string_view part);
    void endLine(std::string_view line, const Visitor& visitor);

    const std::size_t m_longest;
    std::string m_held;
    std::uint64_t m_heldBeyond = 0; ///< bytes of the waiting line that were left out
    std::uint64_t m_lineStart = 0;
    std::uint64_t m_offset = 0;
    std::uint64_t m_cutLines = 0;
    std::uint64_t m_cutBytes = 0;
};

}
