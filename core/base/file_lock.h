#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <memory>

namespace belvedere {

/// Holds a file so that no other process (and no other FileLock here) can hold it too. The operating system lets go of
/// it when the process ends, however it ends.
class FileLock {
public:
    /// Fails with alreadyExists when somebody else holds it. Makes the file if there is none.
    [[nodiscard]] static Result<std::unique_ptr<FileLock>> acquire(const std::filesystem::path& file);
    ~FileLock();

    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    explicit FileLock(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    int m_descriptor;
};

}
