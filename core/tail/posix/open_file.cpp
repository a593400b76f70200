#include "core/tail/open_file.h"

#include "core/base/format.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace belvedere::tail {

namespace {

std::unexpected<Error> systemFailure(std::string_view what)
{
    const int code = errno;
    return failure(code == ENOENT ? ErrorCode::notFound : ErrorCode::io, formatted("{}: {}", what, std::strerror(code)));
}

FileId idOf(const struct stat& info) { return { static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino) }; }

}

Result<FileId> identify(const std::filesystem::path& path)
{
    struct stat info { };
    if (::stat(path.c_str(), &info) != 0)
        return systemFailure(path.string());
    return idOf(info);
}

Result<std::unique_ptr<OpenFile>> OpenFile::open(const std::filesystem::path& path)
{
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return systemFailure(formatted("open {}", path.string()));
    return std::unique_ptr<OpenFile>(new OpenFile(descriptor));
}

OpenFile::~OpenFile() { ::close(m_descriptor); }

Result<OpenFile::State> OpenFile::state() const
{
    struct stat info { };
    if (::fstat(m_descriptor, &info) != 0)
        return systemFailure("look at an open file");
    return State { idOf(info), static_cast<std::uint64_t>(info.st_size), info.st_nlink == 0 };
}

Result<void> OpenFile::read(std::uint64_t offset, std::size_t bytes, std::string& out) const
{
    const auto before = out.size();
    std::size_t done = 0;
    int code = 0;
    out.resize_and_overwrite(before + bytes, [&](char* text, std::size_t) {
        while (done < bytes) {
            const auto got = ::pread(m_descriptor, text + before + done, bytes - done, static_cast<off_t>(offset + done));
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                code = errno;
            if (got <= 0)
                break;
            done += static_cast<std::size_t>(got);
        }
        return before + done;
    });
    if (code != 0)
        return failure(ErrorCode::io, formatted("read: {}", std::strerror(code)));
    return {};
}

}
