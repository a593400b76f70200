#include "core/receive/content_coding.h"

#include "core/base/text.h"

#include <zlib.h>

#include <algorithm>

namespace belvedere::receive {

bool acceptsCoding(std::string_view acceptEncoding, std::string_view coding)
{
    for (const auto part : split(acceptEncoding, ',')) {
        const auto end = std::min(part.find(';'), part.size());
        if (trim(part.substr(0, end)) == coding)
            return part.find("q=0", end) == std::string_view::npos || part.find("q=0.", end) != std::string_view::npos;
    }
    return false;
}

std::string gzipped(std::string_view body)
{
    z_stream stream {};
    constexpr int kGzipWindow = 15 + 16;
    if (deflateInit2(&stream, 1, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return {};
    std::string out(deflateBound(&stream, body.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data())); // zlib does not write to it
    stream.avail_in = static_cast<uInt>(body.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return result == Z_STREAM_END ? out : std::string();
}

}
