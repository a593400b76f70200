#include "core/tail/file_position.h"

#include <xxhash.h>

namespace belvedere::tail {

namespace {

constexpr char kVersion = 1;

}

std::string FilePosition::encode() const
{
    std::string out(1, kVersion);
    out += static_cast<char>(finished ? 1 : 0);
    for (const auto value : { offset, headHash, tailHash, static_cast<std::uint64_t>(lastTimeNs) }) {
        for (int shift = 0; shift < 64; shift += 8)
            out += static_cast<char>(value >> shift);
    }
    return out + path;
}

bool FilePosition::decode(std::string_view bytes, FilePosition& position)
{
    if (bytes.size() < 34 || bytes[0] != kVersion)
        return false;
    position.finished = bytes[1] == 1;
    std::uint64_t values[4] {};
    for (std::size_t i = 0; i < 32; ++i)
        values[i / 8] |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[2 + i])) << (8 * (i % 8));
    position.offset = values[0];
    position.headHash = values[1];
    position.tailHash = values[2];
    position.lastTimeNs = static_cast<std::int64_t>(values[3]);
    position.path = bytes.substr(34);
    return true;
}

std::uint64_t hashOf(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

}
