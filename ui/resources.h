#pragma once

namespace belvedere::ui {

/// Makes icons and syntax definitions available under ":/". Call once, before the first widget: a static library's
/// resources are not found by themselves.
void initResources();

}
