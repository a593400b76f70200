#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace belvedere::tail {

/// So many bytes at the beginning of a file tell it from others.
inline constexpr std::size_t kHeadBytes = 1024;
/// So many bytes before the position tell whether a file is still what was read.
inline constexpr std::size_t kTailBytes = 256;

/// How far a file has been read, as it is committed with its lines.
struct FilePosition {
    std::string path;           ///< the `filename` of its lines
    std::uint64_t offset = 0;   ///< of the text that is not yet committed
    std::uint64_t headHash = 0; ///< of the first kHeadBytes; 0 while there are fewer
    std::uint64_t tailHash = 0; ///< of up to kTailBytes before the offset
    std::int64_t lastTimeNs = 0;
    bool finished = false;

    [[nodiscard]] std::string encode() const;
    /// False if the bytes are malformed.
    [[nodiscard]] static bool decode(std::string_view bytes, FilePosition& position);
};

[[nodiscard]] std::uint64_t hashOf(std::string_view text);

}
