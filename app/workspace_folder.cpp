#include "app/workspace_folder.h"

#include "core/base/format.h"
#include "core/workspace/default_workspace.h"

#include <fstream>
#include <random>
#include <system_error>

namespace belvedere::app {

namespace fs = std::filesystem;

fs::path metricsFolder(const fs::path& workspace) { return workspace / "metrics"; }
fs::path logsFolder(const fs::path& workspace) { return workspace / "logs"; }

Result<void> prepareFolder(const fs::path& folder)
{
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed)
        return failure(ErrorCode::io, formatted("cannot make the workspace '{}': {}", folder.string(), failed.message()));
    for (const char* name : { "rules", "dashboards" })
        fs::create_directory(folder / name, failed);
    const auto file = folder / "workspace.yml";
    if (fs::exists(file))
        return {};
    std::ofstream stream(file, std::ios::binary);
    stream << workspace::defaultWorkspaceFile();
    if (!stream.flush())
        return failure(ErrorCode::io, formatted("cannot write '{}'", file.string()));
    return {};
}

ThrowAwayFolder::ThrowAwayFolder()
{
    std::random_device random;
    do {
        m_path = fs::temp_directory_path() / formatted("belvedere-{:08x}{:08x}", random(), random());
    } while (!fs::create_directory(m_path));
    fs::permissions(m_path, fs::perms::owner_all);
}

ThrowAwayFolder::~ThrowAwayFolder()
{
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

}
