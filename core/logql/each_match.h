#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include <re2/re2.h>

namespace belvedere::logql {

/// Calls `found(groups)` for every match, as Go's FindAll does, and `between(text)` for what lies between, also if it is
/// empty. The first group is the whole match; groups beyond the thirty-first are not looked for.
template <class Found, class Between>
void eachMatch(const RE2& re, std::string_view text, Found found, Between between)
{
    std::array<re2::StringPiece, 32> groups;
    const int count = std::min<int>(static_cast<int>(groups.size()), re.NumberOfCapturingGroups() + 1);
    std::size_t at = 0;
    std::size_t copied = 0;
    bool afterMatch = false;
    while (at <= text.size()) {
        if (!re.Match(re2::StringPiece(text.data(), text.size()), at, text.size(), RE2::UNANCHORED, groups.data(), count))
            break;
        const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
        const auto end = begin + groups[0].size();
        // No empty match right behind another match.
        if (end > begin || begin != copied || !afterMatch) {
            between(text.substr(copied, begin - copied));
            found(std::span<const re2::StringPiece>(groups.data(), static_cast<std::size_t>(count)));
            copied = end;
            afterMatch = true;
        }
        if (end > begin) {
            at = end;
        } else {
            at = end + 1;
            while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
                ++at;
        }
    }
    between(text.substr(copied));
}

}
