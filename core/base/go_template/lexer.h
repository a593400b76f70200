#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::gotemplate {

struct Token {
    enum class Kind : std::uint8_t { end, identifier, field, variable, string, character, number, symbol, space };
    Kind kind = Kind::end;
    std::string text;
    std::size_t offset = 0;
};

/// What stands between `{{` and `}}`.
struct Action {
    std::vector<Token> tokens;  ///< no space at the end
    std::size_t end = 0;        ///< offset behind the closing braces
    bool trimsNext = false;     ///< it closed with ` -}}`
};

struct LexError {
    std::string message;
    std::size_t at = 0;
};

/// Reads the action that opens at `open`; `at` is where its tokens begin.
[[nodiscard]] std::expected<Action, LexError> lexAction(std::string_view text, std::size_t open, std::size_t at);

[[nodiscard]] inline bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}
