#pragma once

#include "core/base/go_template.h"

#include <span>
#include <string>

namespace belvedere::gotemplate {

/// fmt.Sprint, or fmt.Sprintln if `line`.
[[nodiscard]] std::string printAll(std::span<const Value> arguments, bool line);

}
