#pragma once

#include "core/base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::logql {

/// Looks for one text in many short ones. Compares two rare bytes of the needle sixteen places at a time and the rest
/// only where both fit.
class Substring {
public:
    explicit Substring(std::string needle);

    [[nodiscard]] const std::string& needle() const noexcept { return m_needle; }
    /// Offset of the first occurrence at or after `from`, npos if there is none.
    [[nodiscard]] std::size_t find(std::string_view text, std::size_t from = 0) const noexcept;
    [[nodiscard]] bool in(std::string_view text) const noexcept { return find(text) != std::string_view::npos; }

private:
    std::string m_needle;
    std::size_t m_first = 0; ///< offsets of the two rare bytes, first < second
    std::size_t m_second = 0;
};

/// As Substring, for ASCII letters in either case.
class FoldedSubstring {
public:
    explicit FoldedSubstring(std::string_view needle);

    [[nodiscard]] bool in(std::string_view text) const noexcept;
    /// Unicode folds other characters to k and s; a text with bytes beyond ASCII then needs the regular expression.
    [[nodiscard]] bool exactForAsciiOnly() const noexcept { return m_foldsToUnicode; }

private:
    std::string m_needle; ///< lower case
    bool m_foldsToUnicode = false;
};

/// Whether a regular expression (RE2's dialect) occurs in a text: not anchored, `.` does not match a newline.
///
/// What can be answered without the expression is: alternations of literals, also without regard to case, and literals
/// joined by `.*`. Otherwise texts that lack a literal which every match contains are refused before it runs.
/// Threading: matching is safe from any thread.
class SearchRegex {
public:
    [[nodiscard]] static Result<SearchRegex> compile(std::string_view pattern);
    SearchRegex(SearchRegex&&) noexcept;
    SearchRegex& operator=(SearchRegex&&) noexcept;
    ~SearchRegex();

    [[nodiscard]] bool in(std::string_view text) const;
    /// Every text that matches contains one literal of each group.
    [[nodiscard]] const std::vector<std::vector<std::string>>& requiredLiterals() const noexcept;

private:
    struct Compiled;
    explicit SearchRegex(std::unique_ptr<const Compiled> compiled);
    std::unique_ptr<const Compiled> m_compiled;
};

/// An address, a network or a range of addresses, IPv4 or IPv6: "192.168.4.0/24", "10.0.0.1-10.0.0.9", "::1".
class IpMatcher {
public:
    [[nodiscard]] static Result<IpMatcher> parse(std::string_view pattern);

    /// True if any address in `text` matches.
    [[nodiscard]] bool in(std::string_view text) const;

private:
    using Address = std::array<std::uint8_t, 16>; ///< IPv4 as mapped into IPv6
    [[nodiscard]] bool matches(std::string_view candidate) const;

    Address m_low {};
    Address m_high {};
    bool m_v4 = false;
};

/// `<name> literal <_>`: a pattern of captures between literals.
class LinePattern {
public:
    struct Part {
        bool capture = false;
        std::string text; ///< of a literal; the name of a capture, "" for <_>
    };

    /// For `| pattern`: at least one named capture.
    [[nodiscard]] static Result<LinePattern> parseCaptures(std::string_view pattern);
    /// For `|>`: unnamed captures only.
    [[nodiscard]] static Result<LinePattern> parseFilter(std::string_view pattern);

    [[nodiscard]] const std::vector<Part>& parts() const noexcept { return m_parts; }
    [[nodiscard]] bool matches(std::string_view text) const;
    /// Calls `found(name, value)` for each named capture that was reached.
    template <class Found>
    void capture(std::string_view text, Found&& found) const;

private:
    static Result<LinePattern> parse(std::string_view pattern);

    std::vector<Part> m_parts;
};

template <class Found>
void LinePattern::capture(std::string_view text, Found&& found) const
{
    if (text.empty())
        return;
    std::size_t i = 0;
    if (!m_parts.front().capture) {
        if (!text.starts_with(m_parts.front().text))
            return;
        text.remove_prefix(m_parts.front().text.size());
        i = 1;
    }
    for (; i < m_parts.size(); i += 2) {
        const auto& name = m_parts[i].text;
        const auto end = i + 1 < m_parts.size() ? text.find(m_parts[i + 1].text) : std::string_view::npos;
        // A capture whose end is missing takes all that is left.
        if (!name.empty())
            found(std::string_view(name), text.substr(0, end));
        if (end == std::string_view::npos)
            return;
        text.remove_prefix(end + m_parts[i + 1].text.size());
    }
}

}
