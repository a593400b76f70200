#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

struct gzFile_s;

namespace belvedere::tail {

/// The text of a compressed file, from its beginning to its end.
class GzipFile {
public:
    [[nodiscard]] static Result<std::unique_ptr<GzipFile>> open(const std::filesystem::path& path);
    ~GzipFile();
    GzipFile(const GzipFile&) = delete;
    GzipFile& operator=(const GzipFile&) = delete;

    /// Appends up to `bytes` of text to `out`; nothing at the end. Fails with corrupt when the file is damaged or not
    /// yet complete.
    [[nodiscard]] Result<void> read(std::size_t bytes, std::string& out);

private:
    explicit GzipFile(gzFile_s* file)
        : m_file(file)
    {
    }
    gzFile_s* m_file;
};

}
