#pragma once

#include "core/base/result.h"

#include <filesystem>

namespace belvedere::app {

/// Where the parts of a workspace lie.
[[nodiscard]] std::filesystem::path metricsFolder(const std::filesystem::path& workspace);
[[nodiscard]] std::filesystem::path logsFolder(const std::filesystem::path& workspace);

/// Makes the folder and what a new workspace starts with. What is there stays as it is.
[[nodiscard]] Result<void> prepareFolder(const std::filesystem::path& folder);

/// A workspace that is gone with the object.
class ThrowAwayFolder {
public:
    ThrowAwayFolder();
    ~ThrowAwayFolder();
    ThrowAwayFolder(const ThrowAwayFolder&) = delete;
    ThrowAwayFolder& operator=(const ThrowAwayFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }

private:
    std::filesystem::path m_path;
};

}
