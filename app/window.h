#pragma once

#include "app/command_line.h"
#include "ui/theme.h"

#include <string_view>

namespace belvedere::app {

/// The window: what `belvedere` without a command opens.
[[nodiscard]] Command windowCommand();
/// `belvedere dashboard render`: draws with the window's widgets, without a window.
[[nodiscard]] Command dashboardRenderCommand();
/// dark, light, or nothing for dark.
[[nodiscard]] Result<ui::Theme::Mode> parseTheme(std::string_view name);

}
