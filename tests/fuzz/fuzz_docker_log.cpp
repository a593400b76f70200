// What Docker sends of a log, cut at any place, and a stored position. The first byte says how it is cut.

#include "core/docker/log_frames.h"
#include "core/docker/read_position.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace belvedere::docker;

namespace {

/// All lines in one text, or that the bytes are none.
std::string linesOf(std::string_view bytes, bool terminal, std::size_t piece)
{
    std::string out;
    const auto take = [&out](const Line& line) {
        out += std::to_string(static_cast<int>(line.stream)) + ' ' + std::to_string(line.timeNs) + ' ';
        out += line.text;
        out += '\n';
    };
    LogFrames frames(terminal);
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        if (!frames.feed(bytes.substr(at, piece), take))
            return out + "broken";
    }
    frames.finish(take);
    return out;
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    for (const bool terminal : { false, true }) {
        if (linesOf(bytes, terminal, bytes.size() + 1) != linesOf(bytes, terminal, data[0] % 13 + 1U))
            std::abort();
    }
    const auto position = ReadPosition::decode(bytes);
    if (ReadPosition::decode(position.encode()).encode() != position.encode())
        std::abort();
    return 0;
}
