#include "core/tail/gzip_file.h"

#include "core/base/format.h"

#include <zlib.h>

namespace belvedere::tail {

Result<std::unique_ptr<GzipFile>> GzipFile::open(const std::filesystem::path& path)
{
    auto* const file = gzopen(path.c_str(), "rb");
    if (!file)
        return failure(ErrorCode::io, formatted("cannot open {}", path.string()));
    gzbuffer(file, 128 << 10);
    return std::unique_ptr<GzipFile>(new GzipFile(file));
}

GzipFile::~GzipFile() { gzclose_r(m_file); }

Result<void> GzipFile::read(std::size_t bytes, std::string& out)
{
    const auto before = out.size();
    int got = 0;
    out.resize_and_overwrite(before + bytes, [&](char* text, std::size_t) {
        got = gzread(m_file, text + before, static_cast<unsigned>(bytes));
        return before + static_cast<std::size_t>(got > 0 ? got : 0);
    });
    int code = Z_OK;
    const char* const why = gzerror(m_file, &code);
    // A file that ends too early gives what it has and Z_BUF_ERROR.
    if (got < 0 || (code != Z_OK && code != Z_STREAM_END))
        return failure(ErrorCode::corrupt, formatted("unpack: {}", why));
    return {};
}

}
