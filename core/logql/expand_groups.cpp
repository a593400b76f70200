#include "core/logql/expand_groups.h"

#include <cctype>
#include <charconv>
#include <cstddef>

namespace belvedere::logql {

namespace {

/// -1 if there is none.
int indexOfGroup(std::string_view name, const RE2& re)
{
    int index = -1;
    const auto [last, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    if (error == std::errc() && last == name.data() + name.size())
        return index;
    const auto& names = re.NamedCapturingGroups();
    const auto found = names.find(std::string(name));
    return found == names.end() ? -1 : found->second;
}

}

void expandGroups(std::string& out, std::string_view text, const RE2& re, std::span<const re2::StringPiece> groups)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '$' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        if (text[i + 1] == '$') {
            out += '$';
            ++i;
            continue;
        }
        const bool braces = text[i + 1] == '{';
        const auto begin = i + (braces ? 2 : 1);
        auto end = begin;
        while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_'))
            ++end;
        if (end == begin || (braces && (end == text.size() || text[end] != '}'))) {
            out += '$';
            continue;
        }
        i = braces ? end : end - 1;
        const auto index = indexOfGroup(text.substr(begin, end - begin), re);
        if (index >= 0 && static_cast<std::size_t>(index) < groups.size())
            out.append(groups[static_cast<std::size_t>(index)].data(), groups[static_cast<std::size_t>(index)].size());
    }
}

}
