#include "core/dashboard/migration/old_options.h"
#include "core/dashboard/migration/old_panels.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The graph panel, Grafana's only chart until version 7, as a time series panel: drawing styles and axes become the defaults
// of all fields, what was said about single series becomes overrides.

namespace belvedere::dashboard {

namespace {

void graphStyle(const Json& from, Json& custom)
{
    const bool bars = from["bars"].toBool();
    const bool lines = from["lines"].toBool(true);
    const bool points = from["points"].toBool();
    custom.set("drawStyle", bars ? "bars" : !lines && points ? "points" : "line");
    if (const auto width = from["linewidth"].looseNumber())
        custom.set("lineWidth", bars ? Json(1) : Json(*width));
    if (const auto fill = from["fill"].looseNumber())
        custom.set("fillOpacity", bars && *fill == 0 ? 100.0 : *fill * 10);
    else if (bars)
        custom.set("fillOpacity", 100);
    custom.set("showPoints", points ? "always" : "never");
    if (const auto radius = from["pointradius"].looseNumber())
        custom.set("pointSize", *radius * 2);
    if (from["steppedLine"].toBool())
        custom.set("lineInterpolation", "stepAfter");
    if (from["dashes"].toBool())
        custom.set("lineStyle", Json::object({ { "fill", "dash" }, { "dash", Json::array({ from["dashLength"].isNumber() ? from["dashLength"] : Json(10), from["spaceLength"].isNumber() ? from["spaceLength"] : Json(10) }) } }));
}

void graphAxis(const Json& axis, Json& defaults)
{
    if (axis["format"].isString())
        defaults.set("unit", axis["format"]);
    if (const auto value = axis["min"].looseNumber())
        defaults.set("min", *value);
    if (const auto value = axis["max"].looseNumber())
        defaults.set("max", *value);
    if (const auto value = axis["decimals"].looseNumber())
        defaults.set("decimals", *value);
    if (!axis["label"].text().empty())
        defaults.at("custom").set("axisLabel", axis["label"]);
    if (const auto base = axis["logBase"].looseNumber(); base && *base > 1)
        defaults.at("custom").set("scaleDistribution", Json::object({ { "type", "log" }, { "log", *base } }));
    if (axis["show"].isBool() && !axis["show"].toBool())
        defaults.at("custom").set("axisPlacement", "hidden");
}

void graphLegend(const Json& legend, Json& options)
{
    auto& out = options.at("legend");
    out.set("showLegend", legend["show"].toBool(true));
    out.set("displayMode", legend["alignAsTable"].toBool() ? "table" : "list");
    out.set("placement", legend["rightSide"].toBool() ? "right" : "bottom");
    Json calcs = Json::array();
    if (legend["values"].toBool()) {
        for (const auto* name : { "min", "max", "avg", "current", "total" }) {
            if (legend[name].toBool())
                calcs.append(calcOf(name));
        }
    }
    out.set("calcs", std::move(calcs));
    if (legend["sideWidth"].looseNumber())
        out.set("width", *legend["sideWidth"].looseNumber());
    if (legend["sort"].isString()) {
        const auto sort = legend["sort"].text();
        out.set("sortBy", sort == "min" ? "Min" : sort == "max" ? "Max" : sort == "avg" ? "Mean" : sort == "total" ? "Total" : "Last *");
        out.set("sortDesc", legend["sortDesc"].toBool());
    }
    if (legend["hideZero"].toBool() || legend["hideEmpty"].toBool()) {
        out.set("hideZero", legend["hideZero"]);
        out.set("hideEmpty", legend["hideEmpty"]);
    }
}

void graphThresholds(const Json& thresholds, Json& defaults)
{
    if (thresholds.size() == 0)
        return;
    bool fill = false;
    bool line = false;
    const Json transparent("transparent");
    std::vector<Json> sorted = thresholds.items();
    std::ranges::stable_sort(sorted, {}, [](const Json& one) { return one["value"].looseNumber().value_or(0); });
    Json list = Json::array({ Json::object({ { "value", nullptr }, { "color", transparent } }) });
    for (const auto& one : sorted) {
        const auto mode = one["colorMode"].text();
        const Json color = mode == "custom" ? (one["lineColor"].isString() ? one["lineColor"] : one["fillColor"]) : Json(mode == "ok" ? "green" : mode == "warning" ? "orange" : "red");
        const auto value = one["value"].looseNumber().value_or(0);
        if (one["op"].text() == "lt") {
            list.mutableItems().back().set("color", color);
            list.append(Json::object({ { "value", value }, { "color", transparent } }));
        } else {
            list.append(Json::object({ { "value", value }, { "color", color } }));
        }
        fill |= one["fill"].toBool();
        line |= one["line"].toBool();
    }
    defaults.set("thresholds", Json::object({ { "mode", "absolute" }, { "steps", std::move(list) } }));
    defaults.at("custom").set("thresholdsStyle", Json::object({ { "mode", fill && line ? "line+area" : fill ? "area" : line ? "line" : "off" } }));
}

/// What a series on the right axis takes from that axis.
void secondAxis(const Json& axis, Json& properties)
{
    properties.append(overrideProperty("custom.axisPlacement", "right"));
    Json defaults = Json::object();
    graphAxis(axis, defaults);
    for (const auto* id : { "unit", "min", "max", "decimals" }) {
        if (defaults.has(id))
            properties.append(overrideProperty(id, defaults[id]));
    }
    if (defaults["custom"].has("axisLabel"))
        properties.append(overrideProperty("custom.axisLabel", defaults["custom"]["axisLabel"]));
}

/// Adds what one setting of a series override means today. False if it has no counterpart.
bool seriesSetting(const std::string& key, const Json& value, const Json& series, const Json& axes, Json& properties)
{
    static constexpr std::array<std::string_view, 9> kSilent { "alias", "zindex", "$$hashKey", "lines", "bars", "points", "linewidth", "fill", "dashLength" };
    if (key == "yaxis") {
        if (value.looseNumber() == 2.0)
            secondAxis(axes[1], properties);
    } else if (key == "color") {
        properties.append(overrideProperty("color", fixedColor(value)));
    } else if (key == "fill") {
        properties.append(overrideProperty("custom.fillOpacity", value.looseNumber().value_or(0) * 10));
    } else if (key == "linewidth") {
        properties.append(overrideProperty("custom.lineWidth", value));
    } else if (key == "bars" && value.toBool()) {
        properties.append(overrideProperty("custom.drawStyle", "bars"));
    } else if (key == "lines") {
        if (value.toBool())
            properties.append(overrideProperty("custom.drawStyle", "line"));
        else if (!series["bars"].toBool())
            properties.append(overrideProperty("custom.drawStyle", "points"));
    } else if (key == "points") {
        properties.append(overrideProperty("custom.showPoints", value.toBool() ? "always" : "never"));
    } else if (key == "stack") {
        const bool off = value.isBool() && !value.toBool();
        const auto group = value.isString() ? value.toString() : "A";
        properties.append(overrideProperty("custom.stacking", Json::object({ { "mode", off ? "none" : "normal" }, { "group", group } })));
    } else if (key == "transform" && value.text() == "negative-Y") {
        properties.append(overrideProperty("custom.transform", "negative-Y"));
    } else if (key == "steppedLine") {
        properties.append(overrideProperty("custom.lineInterpolation", value.toBool() ? "stepAfter" : "linear"));
    } else if (key == "dashes") {
        properties.append(overrideProperty("custom.lineStyle", Json::object({ { "fill", value.toBool() ? "dash" : "solid" } })));
    } else if (key == "hiddenSeries" || key == "hidden" || key == "legend") {
        const bool all = key != "legend" && value.toBool();
        if (all || (key == "legend" && !value.toBool()))
            properties.append(overrideProperty("custom.hideFrom", Json::object({ { "viz", all }, { "legend", true }, { "tooltip", all } })));
    } else if (key == "nullPointMode") {
        properties.append(overrideProperty("custom.spanNulls", value.text() == "connected"));
    } else if (key == "fillBelowTo") {
        properties.append(overrideProperty("custom.fillBelowTo", value));
    } else {
        return std::ranges::find(kSilent, std::string_view(key)) != kSilent.end();
    }
    return true;
}

void graphOverrides(const Json& panel, const Json& axes, Json& overrides, Notes& notes)
{
    for (const auto& [alias, color] : panel["aliasColors"].members())
        addOverride(overrides, alias, Json::array({ overrideProperty("color", fixedColor(color)) }));
    for (const auto& series : panel["seriesOverrides"].items()) {
        Json properties = Json::array();
        for (const auto& [key, value] : series.members()) {
            if (!seriesSetting(key, value, series, axes, properties))
                notes.add(Finding::Kind::unsupported, "series override " + key + " of the old graph has no counterpart");
        }
        addOverride(overrides, series["alias"].text(), std::move(properties));
    }
}

}

void migrateGraph(Json& panel, Notes& notes)
{
    const Json old = panel;
    auto& config = panel.at("fieldConfig");
    if (!config.isObject())
        config = Json::object();
    auto& defaults = config.at("defaults");
    auto& custom = defaults.at("custom");
    graphStyle(old, custom);
    if (old["stack"].toBool())
        custom.set("stacking", Json::object({ { "mode", old["percentage"].toBool() ? "percent" : "normal" }, { "group", "A" } }));
    custom.set("spanNulls", old["nullPointMode"].text() == "connected");
    if (old["nullPointMode"].text() == "null as zero")
        defaults.set("nullValueMode", "null as zero");
    graphAxis(old["yaxes"][0], defaults);
    defaults.set("color", Json::object({ { "mode", "palette-classic" } }));
    graphThresholds(old["thresholds"], defaults);
    Json overrides = config["overrides"].isArray() ? config["overrides"] : Json::array();
    graphOverrides(old, old["yaxes"], overrides, notes);
    config.set("overrides", std::move(overrides));
    auto& options = panel.at("options");
    graphLegend(old["legend"], options);
    const auto sort = old["tooltip"]["sort"].toInt();
    options.set("tooltip", Json::object({ { "mode", old["tooltip"]["shared"].toBool(true) ? "multi" : "single" }, { "sort", sort == 1 ? "asc" : sort == 2 ? "desc" : "none" } }));
    if (old["xaxis"]["mode"].text() == "series") {
        panel.set("type", "bargauge");
        options.set("reduceOptions", Json::object({ { "calcs", Json::array({ calcOf(old["xaxis"]["values"][0].text()) }) }, { "values", false } }));
        options.set("orientation", "vertical");
        options.set("displayMode", "basic");
        notes.add(Finding::Kind::guessed, "graph with one bar a series is shown as bargauge");
    } else {
        panel.set("type", "timeseries");
        notes.add(Finding::Kind::changed, "graph is shown as timeseries");
        if (old["xaxis"]["mode"].text() == "histogram")
            notes.add(Finding::Kind::unsupported, "graph as a histogram is shown over time instead");
    }
    if (old["timeRegions"].size() > 0)
        notes.add(Finding::Kind::unsupported, "time regions of the old graph are not drawn");
    if (old["alert"].isObject())
        notes.add(Finding::Kind::unsupported, "the alert rule inside the panel is not evaluated; make it a rule file");
}

}
