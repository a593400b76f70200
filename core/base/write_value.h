#pragma once

#include <cstddef>

namespace belvedere {

/// Room that writeValue() needs at most.
inline constexpr std::size_t kMaxValueChars = 32;

/// Writes what formatValue() gives (core/base/text.h) to `out`; returns the end of the text. For answers with many samples.
[[nodiscard]] char* writeValue(char* out, double value) noexcept;

}
