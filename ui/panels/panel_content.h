#pragma once

#include "core/dashboard/panel_data.h"

#include <memory>
#include <vector>

namespace belvedere::ui {

/// What a panel draws: the finished data, and a display for each column. Made in a worker, shared, never changed.
struct PanelContent {
    dashboard::PanelData data;
    std::vector<std::vector<dashboard::Display>> displays; ///< one list a frame, one entry a field
    dashboard::Palette palette;
    dashboard::FormatContext format;

    [[nodiscard]] bool empty() const;
};
using PanelContentPtr = std::shared_ptr<const PanelContent>;

/// The same picture: data, configuration and colours are equal, so nothing needs drawing again.
[[nodiscard]] bool looksAlike(const PanelContent& a, const PanelContent& b);

[[nodiscard]] PanelContentPtr makeContent(dashboard::PanelData data, const dashboard::Palette& palette, const dashboard::FormatContext& format);

}
