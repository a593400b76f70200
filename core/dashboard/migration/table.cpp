#include "core/dashboard/migration/old_options.h"
#include "core/dashboard/migration/old_panels.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

// The table panel before version 7: column styles become overrides, the way it made a table of series becomes
// transformations.

namespace belvedere::dashboard {

namespace {

void styleOverride(const Json& style, Json& overrides)
{
    Json properties = Json::array();
    const auto type = style["type"].text();
    if (!style["alias"].text().empty())
        properties.append(overrideProperty("displayName", style["alias"]));
    if (type == "hidden")
        properties.append(overrideProperty("custom.hidden", true));
    if (type == "date")
        properties.append(overrideProperty("unit", "time:" + style["dateFormat"].toString("YYYY-MM-DD HH:mm:ss")));
    if (type == "number") {
        if (style["unit"].isString())
            properties.append(overrideProperty("unit", style["unit"]));
        if (const auto decimals = style["decimals"].looseNumber())
            properties.append(overrideProperty("decimals", *decimals));
    }
    if (const auto mappings = mappingsOf(style); mappings.size() > 0)
        properties.append(overrideProperty("mappings", mappings));
    if (!style["colorMode"].text().empty()) {
        properties.append(overrideProperty("custom.cellOptions", Json::object({ { "type", style["colorMode"].text() == "value" ? "color-text" : "color-background" } })));
        properties.append(overrideProperty("thresholds", thresholdsOf(style["thresholds"], style["colors"])));
        properties.append(overrideProperty("color", Json::object({ { "mode", "thresholds" } })));
    }
    if (style["align"].isString() && style["align"].text() != "auto")
        properties.append(overrideProperty("custom.align", style["align"]));
    if (style["link"].toBool())
        properties.append(overrideProperty("links", Json::array({ Json::object({ { "title", style["linkTooltip"] }, { "url", style["linkUrl"] }, { "targetBlank", style["linkTargetBlank"] } }) })));
    addOverride(overrides, style["pattern"].text(), std::move(properties));
}

/// What the panel's own `transform` did, as transformations behind those that the panel has.
Json tableTransformations(const Json& old, Notes& notes)
{
    Json transformations = old["transformations"].isArray() ? old["transformations"] : Json::array();
    const auto transform = old["transform"].toString("timeseries_to_columns");
    const auto add = [&transformations](std::string_view id, Json settings) { transformations.append(Json::object({ { "id", id }, { "options", std::move(settings) } })); };
    if (transform == "timeseries_aggregations") {
        Json calcs = Json::array();
        for (const auto& column : old["columns"].items())
            calcs.append(calcOf(column["value"].text()));
        add("reduce", Json::object({ { "reducers", std::move(calcs) }, { "mode", "seriesToRows" } }));
    } else if (transform == "timeseries_to_rows") {
        add("seriesToRows", Json::object());
    } else if (transform == "table") {
        if (old["targets"].size() > 1)
            add("merge", Json::object());
    } else if (transform == "timeseries_to_columns") {
        const bool tables = std::ranges::any_of(old["targets"].items(), [](const Json& target) { return target["format"].text() == "table"; });
        if (tables && old["targets"].size() > 1)
            add("merge", Json::object());
        else if (!tables)
            add("joinByField", Json::object({ { "byField", "Time" }, { "mode", "outer" } }));
    } else {
        notes.add(Finding::Kind::unsupported, "table transform " + transform + " has no counterpart");
    }
    return transformations;
}

}

void migrateTable(Json& panel, Notes& notes)
{
    const Json old = panel;
    auto& config = panel.at("fieldConfig");
    config.at("defaults").at("custom");
    Json overrides = config["overrides"].isArray() ? config["overrides"] : Json::array();
    for (const auto& style : old["styles"].items()) {
        if (style["pattern"].text() == "/.*/") {
            // The catch-all comes first, so that every other style still wins.
            Json first = Json::array();
            styleOverride(style, first);
            for (auto& item : first.mutableItems())
                overrides.mutableItems().insert(overrides.mutableItems().begin(), std::move(item));
        } else {
            styleOverride(style, overrides);
        }
    }
    config.set("overrides", std::move(overrides));
    auto& options = panel.at("options");
    options.set("showHeader", old["showHeader"].toBool(true));
    panel.set("transformations", tableTransformations(old, notes));
    panel.set("type", "table");
    notes.add(Finding::Kind::changed, "the old table is shown as today's table");
}

}
