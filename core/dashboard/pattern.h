#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace belvedere::dashboard {

/// A regular expression in a dashboard's spelling: "/pattern/flags" is searched for, anything else must match the whole text.
/// RE2's dialect; look-around, which a browser would take, is malformed here.
class Pattern {
public:
    explicit Pattern(std::string_view text);
    ~Pattern();
    Pattern(Pattern&&) noexcept;
    Pattern& operator=(Pattern&&) noexcept;

    [[nodiscard]] bool valid() const;
    [[nodiscard]] bool global() const noexcept { return m_global; }
    [[nodiscard]] bool matches(std::string_view text) const;
    /// Replaces the first match, with flag g all; `$1`, `$&` and `$<name>` stand for groups.
    [[nodiscard]] std::string replaced(std::string_view text, std::string_view replacement) const;
    [[nodiscard]] const re2::RE2& regex() const { return *m_regex; }

private:
    std::unique_ptr<re2::RE2> m_regex;
    bool m_global = false;
};

/// JavaScript's `(?<name>…)` as RE2 of every age reads it.
[[nodiscard]] std::string toRe2Syntax(std::string_view pattern);

}
