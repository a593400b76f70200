#include "ui/panels/panel_content.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace belvedere::ui {

bool PanelContent::empty() const
{
    return data.logs.empty() && std::all_of(data.frames.begin(), data.frames.end(), [](const dashboard::ShownFrame& frame) { return frame.rows() == 0; });
}

namespace {

/// Gaps are NaN, which equals nothing: doubles are compared as bytes.
bool sameValues(const model::Field& a, const model::Field& b)
{
    const auto* x = std::get_if<std::vector<double>>(&a.values);
    const auto* y = std::get_if<std::vector<double>>(&b.values);
    if (x && y)
        return x->size() == y->size() && std::equal(x->begin(), x->end(), y->begin(), [](double left, double right) { return std::bit_cast<std::uint64_t>(left) == std::bit_cast<std::uint64_t>(right); });
    return a.values == b.values;
}

bool sameField(const dashboard::ShownField& a, const dashboard::ShownField& b)
{
    return a.name == b.name && a.seriesIndex == b.seriesIndex && a.range == b.range && a.column.type == b.column.type && a.column.nulls == b.column.nulls && sameValues(a.column, b.column) && a.config == b.config;
}

bool sameLine(const dashboard::LogRow& a, const dashboard::LogRow& b) { return a.timeNs == b.timeNs && a.line == b.line; }

/// "3 minutes ago" grows older by itself.
bool showsAges(const dashboard::ShownFrame& frame)
{
    return std::ranges::any_of(frame.fields, [](const dashboard::ShownField& field) { return field.config.unit == "dateTimeFromNow"; });
}

}

bool looksAlike(const PanelContent& a, const PanelContent& b)
{
    const auto sameFrame = [](const dashboard::ShownFrame& x, const dashboard::ShownFrame& y) { return std::ranges::equal(x.fields, y.fields, sameField); };
    return a.palette.brightness() == b.palette.brightness() && a.data.range == b.data.range && a.data.intervalMs == b.data.intervalMs && a.data.text == b.data.text && a.data.title == b.data.title
        && std::ranges::equal(a.data.frames, b.data.frames, sameFrame) && std::ranges::equal(a.data.logs, b.data.logs, sameLine) && std::ranges::none_of(b.data.frames, showsAges);
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
