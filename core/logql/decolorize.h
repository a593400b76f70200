#pragma once

#include "core/logql/line_state.h"

#include <string_view>

namespace belvedere::logql {

/// Text without ANSI colour sequences; the text itself if there are none, else a view into `arena`.
[[nodiscard]] std::string_view decolorized(std::string_view text, Arena& arena);

}
