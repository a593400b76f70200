#include "core/dashboard/document.h"
#include "core/dashboard/loose.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Schema v2 keeps panels ("elements") apart from where they stand ("layout"), and nests both in kinds and specs. Nothing but
// this file knows it: everything is put back into the classic form, rows and tabs included.

namespace belvedere::dashboard {

namespace {

/// Puts the elements of a layout at `y` and below, and moves `y` behind them.
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
