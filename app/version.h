#pragma once

namespace belvedere::app {

/// Set by CMake from the project's version.
inline constexpr const char* kVersion = BELVEDERE_VERSION;

}
