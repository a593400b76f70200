#pragma once

#include "core/base/go_template/tree.h"

#include <string>
#include <string_view>

namespace belvedere::gotemplate {

/// Appends to `out` what `nodes` make of `data`. `name` and `text`, which the nodes were parsed from, give errors their
/// place.
[[nodiscard]] Result<void> executeNodes(std::string_view name, std::string_view text, const std::vector<Node>& nodes,
    const Definitions& defined, std::string& out, const Value& data, const void* context);

}
