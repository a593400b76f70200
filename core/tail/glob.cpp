#include "core/tail/glob.h"

#include <algorithm>
#include <system_error>

namespace belvedere::tail {

namespace {

namespace fs = std::filesystem;

/// Matches one byte against the part of `pattern` at `at` and moves behind that part.
bool matchesOne(std::string_view pattern, std::size_t& at, char c)
{
    if (pattern[at] == '?') {
        ++at;
        return true;
    }
    if (pattern[at] == '[') {
        const auto end = pattern.find(']', at + 2);
        if (end != std::string_view::npos) {
            auto set = pattern.substr(at + 1, end - at - 1);
            const bool inverted = set.front() == '!' || set.front() == '^';
            if (inverted)
                set.remove_prefix(1);
            bool inside = false;
            for (std::size_t i = 0; i < set.size(); ++i) {
                if (i + 2 < set.size() && set[i + 1] == '-') {
                    inside = inside || (set[i] <= c && c <= set[i + 2]);
                    i += 2;
                } else {
                    inside = inside || set[i] == c;
                }
            }
            at = end + 1;
            return inside != inverted;
        }
    }
    if (pattern[at] == '\\' && at + 1 < pattern.size())
        ++at;
    return pattern[at++] == c;
}

bool hasWildcard(std::string_view part) { return part.find_first_of("*?[\\") != std::string_view::npos; }

void expand(const fs::path& folder, std::vector<std::string>::const_iterator part, std::vector<std::string>::const_iterator end, std::vector<fs::path>& found)
{
    std::error_code ec;
    const bool last = part + 1 == end;
    const auto take = [&](const fs::path& path) {
        if (last) {
            if (fs::is_regular_file(path, ec))
                found.push_back(path);
        } else if (fs::is_directory(path, ec)) {
            expand(path, part + 1, end, found);
        }
    };
    if (!hasWildcard(*part))
        return take(folder / *part);
    const bool anyDepth = *part == "**";
    if (anyDepth && !last)
        expand(folder, part + 1, end, found);
    for (auto it = fs::directory_iterator(folder.empty() ? fs::path(".") : folder, fs::directory_options::skip_permission_denied, ec); !ec && it != fs::directory_iterator(); it.increment(ec)) {
        const auto name = it->path().filename();
        const auto text = name.string();
        if (text.starts_with('.') && !part->starts_with('.'))
            continue;
        if (anyDepth) {
            std::error_code linkError;
            if (it->is_directory(linkError) && !it->is_symlink(linkError))
                expand(folder / name, part, end, found);
            else if (last)
                take(folder / name);
        } else if (matchesGlob(*part, text)) {
            take(folder / name);
        }
    }
}

}

bool matchesGlob(std::string_view pattern, std::string_view name)
{
    std::size_t p = 0;
    std::size_t n = 0;
    // Where to go on when a later part does not fit: the last star takes one byte more.
    std::size_t star = std::string_view::npos;
    std::size_t starTook = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = ++p;
            starTook = n;
            continue;
        }
        auto next = p;
        if (p < pattern.size() && matchesOne(pattern, next, name[n])) {
            p = next;
            ++n;
        } else if (star != std::string_view::npos) {
            p = star;
            n = ++starTook;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

std::optional<fs::path> unreadableFolder(const std::string& pattern)
{
    const fs::path path(pattern);
    auto folder = path.root_path();
    for (const auto& part : path.parent_path().relative_path()) {
        if (hasWildcard(part.string()))
            break;
        folder /= part;
    }
    std::error_code ec;
    const fs::directory_iterator look(folder, ec);
    return ec == std::errc::permission_denied ? std::optional(folder) : std::nullopt;
}

std::vector<fs::path> expandGlob(const std::string& pattern)
{
    const fs::path path(pattern);
    std::vector<std::string> parts;
    for (const auto& part : path.relative_path()) {
        if (!part.empty())
            parts.push_back(part.string());
    }
    std::vector<fs::path> found;
    if (!parts.empty())
        expand(path.root_path(), parts.begin(), parts.end(), found);
    std::ranges::sort(found);
    const auto [from, to] = std::ranges::unique(found);
    found.erase(from, to);
    return found;
}

}
