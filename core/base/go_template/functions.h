#pragma once

#include "core/base/go_template.h"

namespace belvedere::gotemplate {

/// The functions that every template has. `and` and `or` are empty: the executor runs them, since they stop at the first
/// argument that decides.
[[nodiscard]] const Functions& builtins();

}
