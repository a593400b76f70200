#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::tail {

/// Whether a name fits: `*` any text, `?` any byte, `[a-c]` and `[!a-c]` one of them, `\` takes the next as it is.
[[nodiscard]] bool matchesGlob(std::string_view pattern, std::string_view name);

/// Regular files that fit, sorted. A part `**` stands for any number of folders. What cannot be read is left out, and so
/// are hidden files unless the pattern's part begins with a dot.
[[nodiscard]] std::vector<std::filesystem::path> expandGlob(const std::string& pattern);

/// The folder before the pattern's first wildcard, if it may not be read: then nothing can be found.
[[nodiscard]] std::optional<std::filesystem::path> unreadableFolder(const std::string& pattern);

}
