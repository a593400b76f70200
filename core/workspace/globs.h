#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace belvedere::workspace {

/// Files that exist and match the patterns (* and ? in the last part), sorted, each once.
[[nodiscard]] std::vector<std::filesystem::path> expandGlobs(const std::vector<std::string>& patterns);

}
