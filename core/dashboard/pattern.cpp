#include "core/dashboard/pattern.h"

#include <re2/re2.h>

#include <vector>

namespace belvedere::dashboard {

std::string toRe2Syntax(std::string_view pattern)
{
    std::string out;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\' && i + 1 < pattern.size()) {
            // Escapes that mean the character itself in a browser but nothing in RE2.
            const char next = pattern[i + 1];
            if (next == '/' || next == '"' || next == '\'' || next == '#' || next == ' ' || next == '@' || next == '%' || next == '=' || next == ',' || next == ';' || next == '<' || next == '>' || next == '&' || next == '~' || next == '`')
                out += next;
            else
                out.append(pattern.substr(i, 2));
            ++i;
        } else if (pattern.substr(i).starts_with("(?<") && i + 3 < pattern.size() && pattern[i + 3] != '=' && pattern[i + 3] != '!') {
            out += "(?P<";
            i += 2;
        } else {
            out += pattern[i];
        }
    }
    return out;
}

Pattern::Pattern(std::string_view text)
{
    std::string_view body = text;
    std::string_view flags;
    bool anchored = true;
    if (text.size() > 1 && text.front() == '/') {
        const auto last = text.rfind('/');
        if (last > 0) {
            body = text.substr(1, last - 1);
            flags = text.substr(last + 1);
            anchored = false;
        }
    }
    std::string prefix;
    for (const char flag : flags) {
        if (flag == 'i' || flag == 's' || flag == 'm')
            prefix += flag;
        else if (flag == 'g')
            m_global = true;
    }
    std::string source = toRe2Syntax(body);
    if (anchored)
        source = "^(?:" + source + ")$";
    if (!prefix.empty())
        source = "(?" + prefix + ")" + source;
    re2::RE2::Options options;
    options.set_log_errors(false);
    m_regex = std::make_unique<re2::RE2>(source, options);
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

bool Pattern::valid() const
{
    return m_regex->ok();
}

bool Pattern::matches(std::string_view text) const
{
    return m_regex->ok() && re2::RE2::PartialMatch({ text.data(), text.size() }, *m_regex);
}

std::string Pattern::replaced(std::string_view text, std::string_view replacement) const
{
    if (!m_regex->ok())
        return std::string(text);
    const auto groupCount = static_cast<std::size_t>(m_regex->NumberOfCapturingGroups()) + 1;
    std::vector<re2::StringPiece> groups(groupCount);
    const re2::StringPiece input(text.data(), text.size());
    std::string out;
    std::size_t at = 0;
    while (at <= text.size() && m_regex->Match(input, at, text.size(), re2::RE2::UNANCHORED, groups.data(), static_cast<int>(groupCount))) {
        const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
        const auto length = groups[0].size();
        out.append(text.substr(at, begin - at));
        for (std::size_t i = 0; i < replacement.size(); ++i) {
            const char next = i + 1 < replacement.size() ? replacement[i + 1] : '\0';
            if (replacement[i] != '$' || next == '\0') {
                out += replacement[i];
            } else if (next == '$') {
                out += '$';
                ++i;
            } else if (next == '&') {
                out.append(groups[0].data(), length);
                ++i;
            } else if (next >= '0' && next <= '9') {
                std::size_t group = static_cast<std::size_t>(next - '0');
                std::size_t used = 1;
                if (i + 2 < replacement.size() && replacement[i + 2] >= '0' && replacement[i + 2] <= '9' && group * 10 + static_cast<std::size_t>(replacement[i + 2] - '0') < groupCount) {
                    group = group * 10 + static_cast<std::size_t>(replacement[i + 2] - '0');
                    used = 2;
                }
                if (group == 0 || group >= groupCount) {
                    out += '$';
                } else {
                    if (groups[group].data())
                        out.append(groups[group].data(), groups[group].size());
                    i += used;
                }
            } else {
                out += '$';
            }
        }
        at = begin + length;
        if (!m_global)
            break;
        if (length == 0) {
            if (at < text.size())
                out += text[at];
            ++at;
        }
    }
    if (at < text.size())
        out.append(text.substr(at));
    return out;
}

}
