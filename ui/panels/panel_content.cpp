#include "ui/panels/panel_content.h"

#include <algorithm>

namespace belvedere::ui {

bool PanelContent::empty() const
{
    return data.logs.empty() && std::all_of(data.frames.begin(), data.frames.end(), [](const dashboard::ShownFrame& frame) { return frame.rows() == 0; });
}

PanelContentPtr makeContent(dashboard::PanelData data, const dashboard::Palette& palette, const dashboard::FormatContext& format)
{
    auto content = std::make_shared<PanelContent>();
    for (const auto& frame : data.frames) {
        auto& displays = content->displays.emplace_back();
        for (const auto& field : frame.fields)
            displays.push_back(dashboard::displayOf(field, palette, format));
    }
    content->data = std::move(data);
    content->palette = palette;
    content->format = format;
    return content;
}

}
