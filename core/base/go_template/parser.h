#pragma once

#include "core/base/go_template/tree.h"

#include <string_view>

namespace belvedere::gotemplate {

/// The tree of `text`; `name` and the line begin an error's message, as Go writes it. `functions` must outlive the tree.
[[nodiscard]] Result<Tree> parseTree(std::string_view name, std::string_view text, const Functions& functions);

}
