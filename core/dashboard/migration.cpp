#include "core/dashboard/document.h"

#include "core/base/text.h"
#include "core/dashboard/loose.h"
#include "core/dashboard/value.h"

#include <algorithm>
#include <array>
#include <cmath>

/// Grafana's older panels in today's terms. Each function takes the panel as it was saved and leaves what it does not know
/// in place: it is written again, and it may mean something to the program that made it.
namespace belvedere::dashboard {
namespace {

class Migration {
public:
    explicit Migration(std::vector<Finding>& report)
        : m_report(report)
    {
    }

    void dashboard(Json& root);

private:
    void rowsToGrid(Json& root);
    void panel(Json& panel);
    void graph(Json& panel);
    void graphAxis(const Json& axis, Json& defaults);
    void graphLegend(const Json& legend, Json& options);
    void graphThresholds(const Json& thresholds, Json& defaults);
    void graphOverrides(Json& panel, const Json& axes, Json& overrides);
    void singlestat(Json& panel);
    void oldTable(Json& panel);
    void oldTableStyle(const Json& style, Json& overrides);
    void oldReduce(Json& panel);
    void oldText(Json& panel);

    void note(Finding::Kind kind, std::string message) { m_report.push_back({ kind, m_panelId, std::move(message) }); }

    std::vector<Finding>& m_report;
    std::int64_t m_panelId = 0;
};

Json property(std::string_view id, Json value)
{
    return Json::object({ { "id", id }, { "value", std::move(value) } });
}

/// "/…/" is a regular expression, everything else a name.
Json matcher(std::string_view alias)
{
    const bool isRegex = alias.size() > 1 && alias.front() == '/' && alias.find('/', 1) != std::string_view::npos;
    return Json::object({ { "id", isRegex ? "byRegexp" : "byName" }, { "options", alias } });
}

void addOverride(Json& overrides, std::string_view alias, Json properties)
{
    if (properties.size() > 0)
        overrides.append(Json::object({ { "matcher", matcher(alias) }, { "properties", std::move(properties) } }));
}

Json fixedColor(const Json& color)
{
    return Json::object({ { "mode", "fixed" }, { "fixedColor", color } });
}

Json steps(std::initializer_list<std::pair<Json, Json>> list)
{
    Json out = Json::array();
    for (const auto& [value, color] : list)
        out.append(Json::object({ { "value", value }, { "color", color } }));
    return out;
}

/// "85,95" or [85, 95] with a colour more than values.
Json thresholdsOf(const Json& thresholds, const Json& colors)
{
    std::vector<double> values;
    if (thresholds.isString()) {
        for (const auto part : split(thresholds.text(), ',')) {
            if (const auto value = Json(trim(part)).looseNumber())
                values.push_back(*value);
        }
    } else {
        for (const auto& item : thresholds.items()) {
            if (const auto value = item.looseNumber())
                values.push_back(*value);
        }
    }
    Json list = Json::array({ Json::object({ { "value", nullptr }, { "color", colors[0].isString() ? colors[0] : Json("green") } }) });
    for (std::size_t i = 0; i < values.size(); ++i)
        list.append(Json::object({ { "value", values[i] }, { "color", colors[i + 1].isString() ? colors[i + 1] : Json("red") } }));
    return Json::object({ { "mode", "absolute" }, { "steps", std::move(list) } });
}

/// valueMaps and rangeMaps of singlestat and the old table.
Json mappingsOf(const Json& from)
{
    Json out = Json::array();
    const bool ranges = from["mappingType"].toInt(1) == 2;
    int index = 0;
    if (ranges) {
        for (const auto& map : from["rangeMaps"].items()) {
            const auto result = Json::object({ { "text", map["text"] }, { "index", index++ } });
            if (map["from"].text() == "null" && map["to"].text() == "null")
                out.append(Json::object({ { "type", "special" }, { "options", Json::object({ { "match", "null" }, { "result", result } }) } }));
            else
                out.append(Json::object({ { "type", "range" }, { "options", Json::object({ { "from", map["from"] }, { "to", map["to"] }, { "result", result } }) } }));
        }
        return out;
    }
    Json values = Json::object();
    for (const auto& map : from["valueMaps"].items()) {
        const auto value = map["value"].isNumber() ? textOf(map["value"].toDouble()) : map["value"].toString();
        const auto result = Json::object({ { "text", map["text"] }, { "index", index++ } });
        if (value == "null")
            out.append(Json::object({ { "type", "special" }, { "options", Json::object({ { "match", "null" }, { "result", result } }) } }));
        else if (!value.empty())
            values.set(value, result);
    }
    if (values.size() > 0)
        out.append(Json::object({ { "type", "value" }, { "options", std::move(values) } }));
    return out;
}

std::string calcOf(std::string_view name)
{
    static constexpr std::pair<std::string_view, std::string_view> kNames[] = { { "current", "lastNotNull" }, { "avg", "mean" }, { "total", "sum" }, { "min", "min" },
        { "max", "max" }, { "first", "firstNotNull" }, { "delta", "delta" }, { "diff", "diff" }, { "range", "range" }, { "name", "lastNotNull" } };
    for (const auto& [old, now] : kNames) {
        if (name == old)
            return std::string(now);
    }
    return "mean";
}

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

void Migration::graphAxis(const Json& axis, Json& defaults)
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

void Migration::graphLegend(const Json& legend, Json& options)
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

void Migration::graphThresholds(const Json& thresholds, Json& defaults)
{
    if (thresholds.size() == 0)
        return;
    Json list = Json::array();
    bool fill = false;
    bool line = false;
    const Json transparent("transparent");
    std::vector<Json> sorted = thresholds.items();
    std::ranges::stable_sort(sorted, {}, [](const Json& one) { return one["value"].looseNumber().value_or(0); });
    list = steps({ { nullptr, transparent } });
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

void Migration::graphOverrides(Json& panel, const Json& axes, Json& overrides)
{
    for (const auto& [alias, color] : panel["aliasColors"].members())
        addOverride(overrides, alias, Json::array({ property("color", fixedColor(color)) }));
    static constexpr std::array<std::string_view, 9> kSilent { "alias", "zindex", "$$hashKey", "lines", "bars", "points", "linewidth", "fill", "dashLength" };
    for (const auto& series : panel["seriesOverrides"].items()) {
        Json properties = Json::array();
        for (const auto& [key, value] : series.members()) {
            if (key == "yaxis") {
                if (value.looseNumber() == 2.0) {
                    properties.append(property("custom.axisPlacement", "right"));
                    Json second = Json::object();
                    graphAxis(axes[1], second);
                    for (const auto* id : { "unit", "min", "max", "decimals" }) {
                        if (second.has(id))
                            properties.append(property(id, second[id]));
                    }
                    if (second["custom"].has("axisLabel"))
                        properties.append(property("custom.axisLabel", second["custom"]["axisLabel"]));
                }
            } else if (key == "color") {
                properties.append(property("color", fixedColor(value)));
            } else if (key == "fill") {
                properties.append(property("custom.fillOpacity", value.looseNumber().value_or(0) * 10));
            } else if (key == "linewidth") {
                properties.append(property("custom.lineWidth", value));
            } else if (key == "bars" && value.toBool()) {
                properties.append(property("custom.drawStyle", "bars"));
            } else if (key == "lines") {
                if (value.toBool())
                    properties.append(property("custom.drawStyle", "line"));
                else if (!series["bars"].toBool())
                    properties.append(property("custom.drawStyle", "points"));
            } else if (key == "points") {
                properties.append(property("custom.showPoints", value.toBool() ? "always" : "never"));
            } else if (key == "stack") {
                const bool off = value.isBool() && !value.toBool();
                const auto group = value.isString() ? value.toString() : "A";
                properties.append(property("custom.stacking", Json::object({ { "mode", off ? "none" : "normal" }, { "group", group } })));
            } else if (key == "transform" && value.text() == "negative-Y") {
                properties.append(property("custom.transform", "negative-Y"));
            } else if (key == "steppedLine") {
                properties.append(property("custom.lineInterpolation", value.toBool() ? "stepAfter" : "linear"));
            } else if (key == "dashes") {
                properties.append(property("custom.lineStyle", Json::object({ { "fill", value.toBool() ? "dash" : "solid" } })));
            } else if (key == "hiddenSeries" || key == "hidden" || key == "legend") {
                const bool all = key != "legend" && value.toBool();
                if (all || (key == "legend" && !value.toBool()))
                    properties.append(property("custom.hideFrom", Json::object({ { "viz", all }, { "legend", true }, { "tooltip", all } })));
            } else if (key == "nullPointMode") {
                properties.append(property("custom.spanNulls", value.text() == "connected"));
            } else if (key == "fillBelowTo") {
                properties.append(property("custom.fillBelowTo", value));
            } else if (std::ranges::find(kSilent, std::string_view(key)) == kSilent.end()) {
                note(Finding::Kind::unsupported, "series override " + key + " of the old graph has no counterpart");
            }
        }
        addOverride(overrides, series["alias"].text(), std::move(properties));
    }
}

void Migration::graph(Json& panel)
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
    graphOverrides(panel, old["yaxes"], overrides);
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
        note(Finding::Kind::guessed, "graph with one bar a series is shown as bargauge");
    } else {
        panel.set("type", "timeseries");
        note(Finding::Kind::changed, "graph is shown as timeseries");
        if (old["xaxis"]["mode"].text() == "histogram")
            note(Finding::Kind::unsupported, "graph as a histogram is shown over time instead");
    }
    if (old["timeRegions"].size() > 0)
        note(Finding::Kind::unsupported, "time regions of the old graph are not drawn");
    if (old["alert"].isObject())
        note(Finding::Kind::unsupported, "the alert rule inside the panel is not evaluated; make it a rule file");
}

void Migration::singlestat(Json& panel)
{
    const Json old = panel;
    const bool isGauge = old["gauge"]["show"].toBool();
    auto& config = panel.at("fieldConfig");
    // First: a member that is added later would move `defaults`.
    if (!config.has("overrides"))
        config.set("overrides", Json::array());
    auto& defaults = config.at("defaults");
    if (old["format"].isString())
        defaults.set("unit", old["format"]);
    if (const auto decimals = old["decimals"].looseNumber())
        defaults.set("decimals", *decimals);
    if (!old["nullText"].text().empty())
        defaults.set("noValue", old["nullText"]);
    defaults.set("mappings", mappingsOf(old));
    if (isGauge || !old["thresholds"].text().empty())
        defaults.set("thresholds", thresholdsOf(old["thresholds"], old["colors"]));
    defaults.set("color", Json::object({ { "mode", "thresholds" } }));
    if (isGauge) {
        defaults.set("min", old["gauge"]["minValue"].looseNumber().value_or(0));
        defaults.set("max", old["gauge"]["maxValue"].looseNumber().value_or(100));
    }
    auto& options = panel.at("options");
    const auto valueName = old["valueName"].toString("avg");
    Json reduce = Json::object({ { "calcs", Json::array({ calcOf(valueName) }) }, { "fields", "" }, { "values", false } });
    if (!old["tableColumn"].text().empty())
        reduce.set("fields", "/^" + old["tableColumn"].toString() + "$/");
    options.set("reduceOptions", std::move(reduce));
    if (isGauge) {
        options.set("showThresholdMarkers", old["gauge"]["thresholdMarkers"].toBool(true));
        options.set("showThresholdLabels", old["gauge"]["thresholdLabels"].toBool());
    } else {
        const bool colored = !old["thresholds"].text().empty();
        options.set("colorMode", colored && old["colorBackground"].toBool() ? "background" : colored && old["colorValue"].toBool() ? "value" : "none");
        options.set("graphMode", old["sparkline"]["show"].toBool() ? "area" : "none");
        options.set("textMode", valueName == "name" ? "name" : "auto");
        options.set("justifyMode", "auto");
    }
    const auto prefix = old["prefix"].toString();
    const auto postfix = old["postfix"].toString();
    if (!prefix.empty() || !postfix.empty()) {
        const auto unit = old["format"].text();
        if (unit.empty() || unit == "none")
            defaults.set("unit", postfix.empty() ? "prefix:" + prefix : "suffix:" + std::string(trim(postfix)));
        note(Finding::Kind::guessed, "prefix or postfix of singlestat is shown as the unit where it had none");
    }
    panel.set("type", isGauge ? "gauge" : "stat");
    note(Finding::Kind::changed, std::string("singlestat is shown as ") + (isGauge ? "gauge" : "stat"));
}

void Migration::oldTableStyle(const Json& style, Json& overrides)
{
    Json properties = Json::array();
    const auto type = style["type"].text();
    if (!style["alias"].text().empty())
        properties.append(property("displayName", style["alias"]));
    if (type == "hidden")
        properties.append(property("custom.hidden", true));
    if (type == "date")
        properties.append(property("unit", "time:" + style["dateFormat"].toString("YYYY-MM-DD HH:mm:ss")));
    if (type == "number") {
        if (style["unit"].isString())
            properties.append(property("unit", style["unit"]));
        if (const auto decimals = style["decimals"].looseNumber())
            properties.append(property("decimals", *decimals));
    }
    if (const auto mappings = mappingsOf(style); mappings.size() > 0)
        properties.append(property("mappings", mappings));
    if (!style["colorMode"].text().empty()) {
        properties.append(property("custom.cellOptions", Json::object({ { "type", style["colorMode"].text() == "value" ? "color-text" : "color-background" } })));
        properties.append(property("thresholds", thresholdsOf(style["thresholds"], style["colors"])));
        properties.append(property("color", Json::object({ { "mode", "thresholds" } })));
    }
    if (style["align"].isString() && style["align"].text() != "auto")
        properties.append(property("custom.align", style["align"]));
    if (style["link"].toBool())
        properties.append(property("links", Json::array({ Json::object({ { "title", style["linkTooltip"] }, { "url", style["linkUrl"] }, { "targetBlank", style["linkTargetBlank"] } }) })));
    addOverride(overrides, style["pattern"].text(), std::move(properties));
}

void Migration::oldTable(Json& panel)
{
    const Json old = panel;
    auto& config = panel.at("fieldConfig");
    config.at("defaults").at("custom");
    Json overrides = config["overrides"].isArray() ? config["overrides"] : Json::array();
    for (const auto& style : old["styles"].items()) {
        if (style["pattern"].text() == "/.*/") {
            // The catch-all comes first, so that every other style still wins.
            Json first = Json::array();
            oldTableStyle(style, first);
            for (auto& item : first.mutableItems())
                overrides.mutableItems().insert(overrides.mutableItems().begin(), std::move(item));
        } else {
            oldTableStyle(style, overrides);
        }
    }
    config.set("overrides", std::move(overrides));
    auto& options = panel.at("options");
    options.set("showHeader", old["showHeader"].toBool(true));
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
        note(Finding::Kind::unsupported, "table transform " + transform + " has no counterpart");
    }
    panel.set("transformations", std::move(transformations));
    panel.set("type", "table");
    note(Finding::Kind::changed, "the old table is shown as today's table");
}

/// stat, gauge and bargauge kept unit, thresholds and calcs in options.fieldOptions until version 7.
void Migration::oldReduce(Json& panel)
{
    const Json old = panel["options"]["fieldOptions"];
    const Json& source = old["defaults"].isObject() ? old["defaults"] : old;
    auto& config = panel.at("fieldConfig");
    auto& defaults = config.at("defaults");
    for (const auto* key : { "unit", "decimals", "min", "max", "title", "mappings", "noValue", "color", "links" }) {
        if (source.has(key) && !defaults.has(key))
            defaults.set(std::string_view(key) == "title" ? "displayName" : key, source[key]);
    }
    if (source["thresholds"].isObject()) {
        defaults.set("thresholds", source["thresholds"]);
    } else if (const Json& list = source["thresholds"].isArray() ? source["thresholds"] : old["thresholds"]; list.isArray()) {
        Json fresh = Json::array();
        for (const auto& step : list.items())
            fresh.append(Json::object({ { "value", fresh.size() == 0 ? Json() : step["value"] }, { "color", step["color"] } }));
        defaults.set("thresholds", Json::object({ { "mode", "absolute" }, { "steps", std::move(fresh) } }));
    }
    if (old["overrides"].isArray() && config["overrides"].size() == 0)
        config.set("overrides", old["overrides"]);
    auto& options = panel.at("options");
    options.set("reduceOptions", Json::object({ { "calcs", old["calcs"].isArray() ? old["calcs"] : Json::array({ "mean" }) }, { "fields", "" }, { "values", old["values"].toBool() } }));
    options.remove("fieldOptions");
    note(Finding::Kind::changed, "field options of version 6 are now the field configuration");
}

void Migration::oldText(Json& panel)
{
    auto& options = panel.at("options");
    options.set("content", panel["content"]);
    options.set("mode", panel["mode"].isString() ? panel["mode"] : Json("markdown"));
    panel.remove("content");
    panel.remove("mode");
    note(Finding::Kind::changed, "the text moved into the options");
}

void Migration::panel(Json& panel)
{
    m_panelId = panel["id"].toInt();
    const auto type = panel["type"].toString();
    if (type == "graph") {
        graph(panel);
    } else if (type == "singlestat" || type == "grafana-singlestat-panel") {
        singlestat(panel);
    } else if (type == "table-old" || (type == "table" && (panel.has("styles") || panel.has("columns")))) {
        oldTable(panel);
    } else if (type == "text" && panel["content"].isString()) {
        oldText(panel);
    } else if (panel["options"]["fieldOptions"].isObject()) {
        oldReduce(panel);
    } else if (!isSupportedPanel(type)) {
        note(Finding::Kind::unsupported, panel.has("libraryPanel") ? "library panel " + panel["libraryPanel"]["name"].toString() + " is not in the file" : "panel type " + type + " is shown as a placeholder");
    }
    for (const auto& item : panel["transformations"].items()) {
        static constexpr std::array<std::string_view, 17> kKnown { "organize", "filterFieldsByName", "sortBy", "seriesToRows", "merge", "joinByField", "seriesToColumns",
            "reduce", "labelsToFields", "partitionByValues", "groupBy", "calculateField", "renameByRegex", "limit", "filterByRefId", "filterByValue", "convertFieldType" };
        if (std::ranges::find(kKnown, item["id"].text()) == kKnown.end() && !item["disabled"].toBool())
            note(Finding::Kind::unsupported, "transformation " + item["id"].toString() + " is left out");
    }
    if (auto* inner = panel.find("panels"); inner && inner->isArray()) {
        for (auto& one : inner->mutableItems())
            this->panel(one);
    }
}

/// Rows of spans (twelfths) and pixels become a grid of 24 columns and cells of 38 pixels.
void Migration::rowsToGrid(Json& root)
{
    const Json rows = root["rows"];
    root.remove("rows");
    auto& panels = root.at("panels");
    panels.mutableItems();
    const bool named = std::ranges::any_of(rows.items(), [](const Json& row) { return row["collapse"].toBool() || row["showTitle"].toBool() || !row["repeat"].text().empty(); });
    static constexpr double kMostPixels = 1e6;
    const auto cells = [](const Json& height) {
        double pixels = 250;
        if (height.isString())
            pixels = Json(std::string(height.text().substr(0, height.text().find('p')))).looseNumber().value_or(250);
        else if (height.isNumber())
            pixels = height.toDouble();
        return static_cast<int>(std::ceil(std::clamp(pixels, 90.0, kMostPixels) / 38));
    };
    int y = 0;
    for (const auto& row : rows.items()) {
        const int height = cells(row["height"]);
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
            const int own = panel.has("height") ? cells(panel["height"]) : height;
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
    note(Finding::Kind::changed, "rows and spans became a grid");
}

void Migration::dashboard(Json& root)
{
    if (root["rows"].size() > 0 && root["panels"].size() == 0)
        rowsToGrid(root);
    for (auto& one : root.at("panels").mutableItems())
        panel(one);
    m_panelId = 0;
    for (const auto& variable : root["templating"]["list"].items()) {
        if (const auto type = variable["type"].text(); type == "adhoc" || type == "groupby" || type == "switch")
            note(Finding::Kind::unsupported, "variable " + variable["name"].toString() + " of type " + std::string(type) + " has no effect");
    }
    for (const auto& annotation : root["annotations"]["list"].items()) {
        if (!annotation["builtIn"].toBool() && annotation["builtIn"].toInt() == 0 && annotation["enable"].toBool(true))
            note(Finding::Kind::unsupported, "annotation query " + annotation["name"].toString() + " is not drawn");
    }
}

}

void migrate(Json& dashboard, std::vector<Finding>& report)
{
    Migration(report).dashboard(dashboard);
}

namespace {

/// Where a v2 layout puts an element.
void placeLayout(const Json& layout, const Json& elements, int& y, Json& panels, std::vector<Finding>& report);

Json panelFromElement(const Json& element)
{
    const auto& spec = element["spec"];
    const auto& viz = spec["vizConfig"];
    Json panel = Json::object({ { "id", spec["id"] }, { "title", spec["title"] } });
    // v2beta1 says kind, v2 says group where the plug-in's id is.
    panel.set("type", viz["group"].isString() ? viz["group"] : viz["kind"]);
    if (!spec["description"].text().empty())
        panel.set("description", spec["description"]);
    panel.set("options", viz["spec"]["options"]);
    panel.set("fieldConfig", viz["spec"]["fieldConfig"]);
    const auto& data = spec["data"]["spec"];
    Json targets = Json::array();
    for (const auto& query : data["queries"].items()) {
        const auto& dataQuery = query["spec"]["query"];
        Json target = dataQuery["spec"];
        target.set("refId", query["spec"]["refId"]);
        if (query["spec"]["hidden"].toBool())
            target.set("hide", true);
        Json source = query["spec"]["datasource"];
        if (dataQuery["datasource"].isObject() || dataQuery["group"].isString())
            source = Json::object({ { "type", dataQuery["group"] }, { "uid", dataQuery["datasource"]["name"] } });
        if (source.isObject())
            target.set("datasource", source);
        targets.append(std::move(target));
    }
    panel.set("targets", std::move(targets));
    Json transformations = Json::array();
    for (const auto& one : data["transformations"].items())
        transformations.append(Json::object({ { "id", one["spec"]["id"].isString() ? one["spec"]["id"] : one["group"].isString() ? one["group"] : one["kind"] }, { "options", one["spec"]["options"] } }));
    if (transformations.size() > 0)
        panel.set("transformations", std::move(transformations));
    for (const auto& [key, value] : data["queryOptions"].members())
        panel.set(key, value);
    return panel;
}

void placeElement(const Json& item, GridPos grid, const Json& elements, Json& panels)
{
    const auto& element = elements[item["spec"]["element"]["name"].text()];
    if (element["kind"].text() != "Panel")
        return;
    auto panel = panelFromElement(element);
    panel.set("gridPos", gridJson(grid));
    if (const auto& repeat = item["spec"]["repeat"]; repeat.isObject())
        panel.set("repeat", repeat["value"]);
    panels.append(std::move(panel));
}

void placeRows(const Json& rows, const Json& elements, int& y, Json& panels, std::vector<Finding>& report)
{
    for (const auto& row : rows.items()) {
        const auto& spec = row["spec"];
        const bool collapsed = spec["collapse"].toBool();
        const bool bare = spec["hideHeader"].toBool();
        Json inside = Json::array();
        const int top = y;
        if (!bare)
            ++y;
        placeLayout(spec["layout"], elements, y, inside, report);
        if (!bare) {
            panels.append(Json::object({ { "type", "row" }, { "title", spec["title"] }, { "collapsed", collapsed }, { "gridPos", gridJson({ 0, top, 24, 1 }) }, { "panels", collapsed ? inside : Json::array() } }));
            if (collapsed) {
                y = top + 1;
                continue;
            }
        }
        for (const auto& panel : inside.items())
            panels.append(panel);
    }
}

void placeLayout(const Json& layout, const Json& elements, int& y, Json& panels, std::vector<Finding>& report)
{
    const auto kind = layout["kind"].text();
    const auto& spec = layout["spec"];
    if (kind == "GridLayout") {
        static constexpr int kMostRows = 1'000'000;
        int bottom = y;
        for (const auto& item : spec["items"].items()) {
            const auto& at = item["spec"];
            const auto rows = [&at](const char* key, int fallback) { return std::clamp(looseInt(at[key]).value_or(fallback), 0, kMostRows); };
            const GridPos grid { rows("x", 0), y + rows("y", 0), rows("width", 12), rows("height", 8) };
            if (item["kind"].text() == "GridLayoutRow") {
                report.push_back({ Finding::Kind::unsupported, 0, "a row inside a grid layout is left out" });
                continue;
            }
            placeElement(item, grid, elements, panels);
            bottom = std::max(bottom, grid.y + grid.h);
        }
        y = bottom;
    } else if (kind == "AutoGridLayout") {
        const int columns = std::clamp(static_cast<int>(spec["maxColumnCount"].toInt(3)), 1, 24);
        const int width = 24 / columns;
        int column = 0;
        for (const auto& item : spec["items"].items()) {
            placeElement(item, { column * width, y, width, 8 }, elements, panels);
            if (++column == columns) {
                column = 0;
                y += 8;
            }
        }
        if (column > 0)
            y += 8;
    } else if (kind == "RowsLayout") {
        placeRows(spec["rows"], elements, y, panels, report);
    } else if (kind == "TabsLayout") {
        report.push_back({ Finding::Kind::guessed, 0, "tabs are shown as rows" });
        placeRows(spec["tabs"], elements, y, panels, report);
    } else {
        report.push_back({ Finding::Kind::unsupported, 0, "layout " + std::string(kind) + " is not shown" });
    }
}

Json variableFromV2(const Json& variable)
{
    static constexpr std::pair<std::string_view, std::string_view> kKinds[] = { { "QueryVariable", "query" }, { "CustomVariable", "custom" }, { "TextVariable", "textbox" },
        { "ConstantVariable", "constant" }, { "IntervalVariable", "interval" }, { "DatasourceVariable", "datasource" }, { "AdhocVariable", "adhoc" }, { "GroupByVariable", "groupby" }, { "SwitchVariable", "switch" } };
    Json out = variable["spec"];
    for (const auto& [kind, type] : kKinds) {
        if (variable["kind"].text() == kind)
            out.set("type", type);
    }
    const auto hide = out["hide"].text();
    out.set("hide", hide == "hideVariable" ? 2 : hide == "hideLabel" ? 1 : 0);
    if (const Json query = out["query"]; query["spec"].isObject()) {
        out.set("query", query["spec"]["__legacyStringValue"].isString() ? query["spec"]["__legacyStringValue"] : query["spec"]);
        if (!out["datasource"].isObject())
            out.set("datasource", Json::object({ { "type", query["group"] }, { "uid", query["datasource"]["name"] } }));
    }
    if (out["type"].text() == "datasource")
        out.set("query", out["pluginId"]);
    const auto sort = out["sort"].text();
    static constexpr std::array<std::string_view, 9> kSorts { "disabled", "alphabeticalAsc", "alphabeticalDesc", "numericalAsc", "numericalDesc", "alphabeticalCaseInsensitiveAsc",
        "alphabeticalCaseInsensitiveDesc", "naturalAsc", "naturalDesc" };
    if (const auto found = std::ranges::find(kSorts, sort); found != kSorts.end())
        out.set("sort", static_cast<int>(found - kSorts.begin()));
    return out;
}

}

Json classicFromV2(const Json& spec, std::vector<Finding>& report)
{
    Json panels = Json::array();
    int y = 0;
    placeLayout(spec["layout"], spec["elements"], y, panels, report);
    Json variables = Json::array();
    for (const auto& variable : spec["variables"].items())
        variables.append(variableFromV2(variable));
    const auto& time = spec["timeSettings"];
    Json root = Json::object({ { "title", spec["title"] }, { "tags", spec["tags"] }, { "schemaVersion", 42 },
        { "time", Json::object({ { "from", time["from"].isString() ? time["from"] : Json("now-6h") }, { "to", time["to"].isString() ? time["to"] : Json("now") } }) },
        { "refresh", time["autoRefresh"] }, { "timezone", time["timezone"] }, { "graphTooltip", spec["cursorSync"].text() == "Off" ? 0 : 1 },
        { "templating", Json::object({ { "list", std::move(variables) } }) }, { "panels", std::move(panels) } });
    if (!spec["description"].text().empty())
        root.set("description", spec["description"]);
    report.push_back({ Finding::Kind::changed, 0, "schema v2 is read; when edited it is saved in the classic form" });
    return root;
}

}
