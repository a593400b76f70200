#pragma once

#include "app/command_line.h"

namespace belvedere::app {

/// The window: what `belvedere` without a command opens.
[[nodiscard]] Command windowCommand();
/// `belvedere dashboard render`: draws with the window's widgets, without a window.
[[nodiscard]] Command dashboardRenderCommand();

}
