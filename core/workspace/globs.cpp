#include "core/workspace/globs.h"

#include <cstddef>
#include <set>
#include <string_view>
#include <system_error>

namespace belvedere::workspace {

namespace fs = std::filesystem;

namespace {

bool matchesPattern(std::string_view text, std::string_view pattern)
{
    std::size_t t = 0, p = 0, starText = 0, starPattern = std::string_view::npos;
    while (t < text.size()) {
        if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++t;
            ++p;
        } else if (p < pattern.size() && pattern[p] == '*') {
            starPattern = p++;
            starText = t;
        } else if (starPattern != std::string_view::npos) {
            p = starPattern + 1;
            t = ++starText;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

}

std::vector<fs::path> expandGlobs(const std::vector<std::string>& patterns)
{
    std::set<fs::path> files;
    for (const auto& pattern : patterns) {
        const fs::path path(pattern);
        std::error_code none;
        if (pattern.find_first_of("*?") == std::string::npos) {
            if (fs::is_regular_file(path, none))
                files.insert(path);
            continue;
        }
        for (auto entry = fs::directory_iterator(path.parent_path(), none); !none && entry != fs::directory_iterator(); entry.increment(none)) {
            if (entry->is_regular_file(none) && matchesPattern(entry->path().filename().string(), path.filename().string()))
                files.insert(entry->path());
        }
    }
    return { files.begin(), files.end() };
}

}
