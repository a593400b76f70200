#pragma once

#include "core/logql/line_state.h"

#include <string_view>

namespace belvedere::logql {

// What keys and values of a line become as label names and values. Every answer is a view: of the text itself where nothing
// has to change, else of `arena`.

[[nodiscard]] constexpr bool isNameByte(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9'); }

/// A label name made of a key: each other character becomes `_`, and one is put in front of a digit that begins the name.
[[nodiscard]] std::string_view labelName(std::string_view key, Arena& arena);

/// A label value: what is no UTF-8, and U+FFFD itself, becomes a blank.
[[nodiscard]] std::string_view labelValue(std::string_view text, Arena& arena);

/// Resolves JSON's escapes and `\'`, which is what quoted logfmt values have too. False, with `text` as it was, if one is broken.
[[nodiscard]] bool unescape(std::string_view& text, Arena& arena);

/// The inside of a JSON string as a label value; "" if an escape is broken.
[[nodiscard]] std::string_view jsonLabelValue(std::string_view inside, Arena& arena);

}
