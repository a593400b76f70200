#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>

namespace belvedere {

/// Resolves the escapes of a Go string literal, of which `inside` is what stands between the quotes: \n and the like, \x41,
/// \101, \u00e9, \U0001F600, and each of `quotes`. PromQL, LogQL and templates all write their strings so.
/// Fails with parse and without a place.
[[nodiscard]] Result<std::string> unescapeGoString(std::string_view inside, std::string_view quotes);

}
