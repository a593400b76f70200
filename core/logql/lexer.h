#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::logql {

enum class TokenKind : std::uint8_t {
    end,
    comment,    ///< `# ...`
    identifier, ///< label names
    keyword,    ///< json, unwrap, by, or, ...; text in lower case
    function,   ///< sum, rate, ip, ... in front of a parenthesis; text in lower case
    string,     ///< text is the value, without quotes
    number,
    duration,   ///< 5m
    bytes,      ///< 10KB
    range,      ///< [5m]; text is what stands between the brackets
    flag,       ///< --strict; text without the dashes
    symbol,     ///< operators and punctuation
    error,      ///< text says what is wrong
};

struct Token {
    TokenKind kind = TokenKind::end;
    TextRange range;
    std::string text;
};

/// Cuts a query into tokens with their byte ranges, comments included, and an `end` token last. Never fails: what is no
/// token becomes one of kind `error`. For the editor's colours and completion, and for the parser.
[[nodiscard]] std::vector<Token> tokenize(std::string_view query);

/// The words that LogQL reserves: keywords and function names, sorted. For completion.
[[nodiscard]] const std::vector<std::string>& keywordNames();
[[nodiscard]] const std::vector<std::string>& functionNames();

/// A duration as LogQL writes it: Prometheus' ("1h30m", "1w") or Go's ("1.5s", "100us"); nanoseconds.
[[nodiscard]] Result<std::int64_t> parseDuration(std::string_view text);
/// The same with a minus allowed in front: how TokenKind::duration is spelled.
[[nodiscard]] Result<std::int64_t> parseSignedDuration(std::string_view text);

/// Bytes as LogQL writes them: KB is 1000, KiB 1024; a space may stand before the unit.
[[nodiscard]] Result<double> parseByteSize(std::string_view text);

}
