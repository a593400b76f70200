#include "core/dashboard/migration/old_panels.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

// Until version 5 a dashboard was rows of panels, each a number of twelfths wide and as high as its row.

namespace belvedere::dashboard {

namespace {

/// Cells of the grid for a height in pixels, as a number or like "250px".
int cellsOf(const Json& height)
{
    constexpr double kMostPixels = 1e6;
    constexpr double kCellPixels = 38;
    double pixels = 250;
    if (height.isString())
        pixels = Json(std::string(height.text().substr(0, height.text().find('p')))).looseNumber().value_or(pixels);
    else if (height.isNumber())
        pixels = height.toDouble();
    return static_cast<int>(std::ceil(std::clamp(pixels, 90.0, kMostPixels) / kCellPixels));
}

}

void rowsToGrid(Json& root, Notes& notes)
{
    const Json rows = root["rows"];
    root.remove("rows");
    auto& panels = root.at("panels");
    panels.mutableItems();
    const bool named = std::ranges::any_of(rows.items(), [](const Json& row) { return row["collapse"].toBool() || row["showTitle"].toBool() || !row["repeat"].text().empty(); });
    int y = 0;
    for (const auto& row : rows.items()) {
        const int height = cellsOf(row["height"]);
        Json* into = &panels;
        const bool collapsed = row["collapse"].toBool() || row["collapsed"].toBool();
        if (named) {
            Json header = Json::object({ { "type", "row" }, { "title", row["title"].isString() ? row["title"] : Json("") }, { "collapsed", collapsed },
                { "gridPos", gridJson({ 0, y, 24, 1 }) }, { "panels", Json::array() } });
            if (!row["repeat"].text().empty())
                header.set("repeat", row["repeat"]);
            panels.append(std::move(header));
            ++y;
            if (collapsed)
                into = panels.mutableItems().back().find("panels");
        }
        int x = 0;
        int top = y;
        int bottom = y;
        for (auto panel : row["panels"].items()) {
            const int width = std::clamp(static_cast<int>(std::clamp(panel["span"].looseNumber().value_or(4), 0.5, 12.0) * 2), 1, 24);
            const int own = panel.has("height") ? cellsOf(panel["height"]) : height;
            if (x + width > 24) {
                x = 0;
                top = bottom;
            }
            panel.set("gridPos", gridJson({ x, top, width, own }));
            panel.remove("span");
            x += width;
            bottom = std::max(bottom, top + own);
            into->append(std::move(panel));
        }
        if (into == &panels)
            y = bottom;
    }
    notes.add(Finding::Kind::changed, "rows and spans became a grid");
}

}
