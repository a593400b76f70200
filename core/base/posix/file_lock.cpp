#include "core/base/file_lock.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace belvedere {

Result<std::unique_ptr<FileLock>> FileLock::acquire(const std::filesystem::path& file)
{
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0)
        return failure(ErrorCode::io, "cannot open " + file.string() + ": " + std::strerror(errno));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const int error = errno;
        ::close(descriptor);
        if (error == EWOULDBLOCK)
            return failure(ErrorCode::alreadyExists, file.string() + " is held by another process");
        return failure(ErrorCode::io, "cannot lock " + file.string() + ": " + std::strerror(error));
    }
    return std::unique_ptr<FileLock>(new FileLock(descriptor));
}

FileLock::~FileLock() { ::close(m_descriptor); }

}
