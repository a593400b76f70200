#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>

namespace belvedere {

enum class ErrorCode : std::uint8_t {
    invalidArgument, ///< the caller asked for something that makes no sense
    parse,           ///< text that does not follow its grammar; `where` names the place
    execution,       ///< a well-formed query that cannot be evaluated
    notFound,
    alreadyExists,
    outOfOrder,
    limit,           ///< a configured limit was exceeded
    full,            ///< no room: disk, map or queue
    io,
    corrupt,
    unavailable,     ///< the other side cannot be reached or refused
    timeout,
    cancelled,
};

/// Half-open byte range [begin, end) in the text that was parsed.
struct TextRange {
    std::size_t begin = 0;
    std::size_t end = 0;

    bool operator==(const TextRange&) const = default;
};

/// Why an operation failed. `message` is English, names the place and, where there is one, the remedy; no trailing dot.
struct Error {
    ErrorCode code = ErrorCode::invalidArgument;
    std::string message;
    std::optional<TextRange> where = std::nullopt; ///< set for errors in a query or another single text
};

template <class T>
using Result = std::expected<T, Error>;

/// Builds the failing side of any Result.
[[nodiscard]] inline std::unexpected<Error> failure(ErrorCode code, std::string message)
{
    return std::unexpected<Error>(Error { code, std::move(message), std::nullopt });
}

[[nodiscard]] inline std::unexpected<Error> failure(ErrorCode code, std::string message, TextRange where)
{
    return std::unexpected<Error>(Error { code, std::move(message), where });
}

/// Passes an error on with what was being done put in front: "open block 17: short read".
[[nodiscard]] inline std::unexpected<Error> withContext(Error error, const std::string& context)
{
    error.message = context + ": " + error.message;
    return std::unexpected<Error>(std::move(error));
}

}
