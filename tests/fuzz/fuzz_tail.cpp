// A stored position of a file, and the file's bytes cut into lines. The first byte says how the bytes arrive.

#include "core/tail/file_position.h"
#include "core/tail/line_cutter.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace belvedere::tail;

namespace {

std::string linesOf(std::string_view bytes, std::size_t piece)
{
    std::string out;
    const auto take = [&out](std::string_view line) { (out += line) += '\n'; };
    constexpr std::size_t kLongest = 40;
    LineCutter cutter(kLongest);
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        cutter.feed(bytes.substr(at, piece), take);
    cutter.finish(take);
    if (cutter.offset() != bytes.size() || cutter.lineStart() != bytes.size())
        std::abort();
    return out + std::to_string(cutter.cutBytes());
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (linesOf(bytes, bytes.size() + 1) != linesOf(bytes, data[0] % 13 + 1U))
        std::abort();
    FilePosition position;
    if (FilePosition::decode(bytes, position)) {
        FilePosition again;
        if (!FilePosition::decode(position.encode(), again) || again.encode() != position.encode())
            std::abort();
    }
    return 0;
}
