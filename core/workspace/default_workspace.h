#pragma once

#include <string_view>

namespace belvedere::workspace {

/// What a new workspace starts with: this machine's containers, and Belvedere's own figures.
[[nodiscard]] std::string_view defaultWorkspaceFile() noexcept;

}
