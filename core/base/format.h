#pragma once

#include <format>
#include <string>
#include <string_view>

namespace belvedere {

/// `text` with its fields replaced by `arguments`, as std::vformat does it. Throws std::format_error where they do not fit.
[[nodiscard]] std::string vformatted(std::string_view text, std::format_args arguments);

/// As std::format, checked while compiling. But the formatting itself is compiled once, in format.cpp: std::format compiles it
/// again in every file that calls it, two seconds each.
template <typename... Arguments>
[[nodiscard]] std::string formatted(std::format_string<Arguments...> text, Arguments&&... arguments)
{
    return vformatted(text.get(), std::make_format_args(arguments...));
}

}
