// What a target sends around its exposition: the head of the answer, and chunks cut at any place.

#include "core/ingest/http_answer.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace belvedere;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    (void)ingest::HttpHead::parse(bytes);

    constexpr std::size_t kLimit = 1000;
    const auto decode = [&](std::size_t piece, std::string& out) {
        ingest::ChunkDecoder decoder;
        for (std::size_t at = 0; at < bytes.size() && !decoder.finished(); at += piece) {
            auto input = std::string_view(bytes).substr(at, piece);
            if (!decoder.feed(input, kLimit, out))
                return -1;
        }
        return decoder.finished() ? 1 : 0;
    };
    std::string whole;
    std::string pieces;
    const int first = decode(bytes.size() + 1, whole);
    const int second = decode(data[0] % 7 + 1U, pieces);
    if (whole.size() > kLimit || pieces.size() > kLimit || first != second || (first >= 0 && whole != pieces))
        std::abort();
    return 0;
}
