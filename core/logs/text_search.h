#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace belvedere::logs {

/// Finds one text in long other ones, many times.
///
/// Compares sixteen places at a time by the two bytes of the text that are rarest in logs, and looks closer only where
/// both agree.
class TextFinder {
public:
    explicit TextFinder(std::string needle);

    /// Where the text stands first at or behind `from`; npos if nowhere.
    [[nodiscard]] std::size_t find(std::string_view text, std::size_t from = 0) const;
    [[nodiscard]] const std::string& needle() const noexcept { return m_needle; }

private:
    std::string m_needle;
    std::size_t m_rare = 0;       ///< place of the rarest byte
    std::size_t m_secondRare = 0; ///< of the next one, elsewhere if there is another place
};

}
