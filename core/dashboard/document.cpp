#include "core/dashboard/document.h"

#include "core/dashboard/date_math.h"
#include "core/dashboard/loose.h"
#include "core/dashboard/value.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

namespace belvedere::dashboard {
namespace {

std::string looseText(const Json& json)
{
    if (const auto number = json.isNumber() ? json.looseNumber() : std::nullopt)
        return textOf(*number);
    return json.isBool() ? (json.toBool() ? "true" : "false") : json.toString();
}

/// {type, uid}, a bare uid or name, or nothing.
SourceRef readSource(const Json& json)
{
    if (json.isString())
        return { {}, json.toString() };
    return { json["type"].toString(), json["uid"].toString() };
}

Target readTarget(const Json& json)
{
    Target target;
    target.refId = json["refId"].toString("A");
    target.expr = json["expr"].isString() ? json["expr"].toString() : json["query"].toString();
    target.legendFormat = json["legendFormat"].toString();
    target.format = json["format"].toString("time_series");
    target.interval = json["interval"].toString();
    // `step` is not read: old editors wrote down there what they had last computed for some width and range.
    target.instant = json["instant"].toBool() || json["queryType"].text() == "instant";
    target.range = json.has("range") ? json["range"].toBool() : !target.instant;
    if (!target.instant && !target.range)
        target.range = true;
    target.hide = json["hide"].toBool();
    target.intervalFactor = std::max(1, looseInt(json["intervalFactor"]).value_or(1));
    target.maxLines = looseInt(json["maxLines"]).value_or(0);
    target.source = readSource(json["datasource"]);
    return target;
}

GridPos readGrid(const Json& json)
{
    constexpr int kMostRows = 1'000'000; // so that sums of them are numbers too
    GridPos grid;
    grid.x = std::clamp(looseInt(json["x"]).value_or(0), 0, 23);
    grid.y = std::clamp(looseInt(json["y"]).value_or(0), 0, kMostRows);
    grid.w = std::clamp(looseInt(json["w"]).value_or(grid.w), 1, 24 - grid.x);
    grid.h = std::clamp(looseInt(json["h"]).value_or(grid.h), 1, kMostRows);
    return grid;
}

Panel readPanel(const Json& json)
{
    Panel panel;
    panel.id = json["id"].toInt();
    panel.type = json["type"].toString("unknown");
    panel.title = json["title"].toString();
    panel.description = json["description"].toString();
    panel.grid = readGrid(json["gridPos"]);
    panel.source = readSource(json["datasource"]);
    for (const auto& target : json["targets"].items())
        panel.targets.push_back(readTarget(target));
    // Targets that came without a name get the letters that Grafana gives.
    std::set<std::string> used;
    for (std::size_t i = 0; i < panel.targets.size(); ++i) {
        auto& target = panel.targets[i];
        if (!json["targets"][i].has("refId") || used.contains(target.refId)) {
            char letter = 'A';
            while (letter < 'Z' && used.contains(std::string(1, letter)))
                ++letter;
            target.refId = std::string(1, letter);
        }
        used.insert(target.refId);
    }
    panel.fieldConfig = json["fieldConfig"];
    panel.options = json["options"];
    panel.transformations = json["transformations"];
    panel.interval = json["interval"].toString();
    panel.maxDataPoints = looseInt(json["maxDataPoints"]).value_or(0);
    panel.timeFrom = json["timeFrom"].toString();
    panel.timeShift = json["timeShift"].toString();
    panel.hideTimeOverride = json["hideTimeOverride"].toBool();
    panel.transparent = json["transparent"].toBool();
    panel.collapsed = json["collapsed"].toBool();
    panel.repeat = json["repeat"].toString();
    panel.repeatVertically = json["repeatDirection"].text() == "v";
    panel.maxPerRow = looseInt(json["maxPerRow"]).value_or(0);
    for (const auto& inner : json["panels"].items())
        panel.panels.push_back(readPanel(inner));
    return panel;
}

std::vector<std::string> textsOf(const Json& json)
{
    std::vector<std::string> out;
    if (json.isArray()) {
        for (const auto& item : json.items())
            out.push_back(looseText(item));
    } else if (!json.isNull()) {
        out.push_back(looseText(json));
    }
    return out;
}

Variable readVariable(const Json& json)
{
    Variable variable;
    variable.name = json["name"].toString();
    variable.label = json["label"].toString();
    variable.type = json["type"].toString("query");
    const auto& query = json["query"];
    variable.query = query.isObject() ? query["query"].toString(query["expr"].text()) : looseText(query);
    if (query.isObject())
        variable.queryObject = query;
    variable.regex = json["regex"].toString();
    variable.allValue = looseText(json["allValue"]);
    variable.source = readSource(json["datasource"]);
    variable.sort = looseInt(json["sort"]).value_or(0);
    variable.hide = looseInt(json["hide"]).value_or(0);
    variable.multi = json["multi"].toBool();
    variable.includeAll = json["includeAll"].toBool();
    variable.autoInterval = json["auto"].toBool();
    variable.autoCount = std::max(1, looseInt(json["auto_count"]).value_or(30));
    if (const auto least = looseText(json["auto_min"]); !least.empty())
        variable.autoMin = least;
    for (const auto& option : json["options"].items()) {
        const auto value = textsOf(option["value"]);
        const auto text = textsOf(option["text"]);
        if (!value.empty() && value.front() != kAllValue)
            variable.options.push_back({ text.empty() ? value.front() : text.front(), value.front() });
    }
    variable.values = textsOf(json["current"]["value"]);
    variable.texts = textsOf(json["current"]["text"]);
    if (variable.type == "textbox" || variable.type == "constant") {
        if (variable.values.empty())
            variable.values = { variable.query };
    }
    // An early form keeps "All" only in the text.
    if (variable.includeAll && variable.texts.size() == 1 && variable.texts.front() == "All")
        variable.values = { std::string(kAllValue) };
    if (variable.texts.size() != variable.values.size())
        variable.texts = variable.values;
    return variable;
}

/// Calls `visit(list, index)` for every panel of the tree until it answers true.
bool visitPanels(Json& panels, const std::function<bool(Json::Array& list, std::size_t index)>& visit)
{
    auto& list = panels.mutableItems();
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (visit(list, i))
            return true;
        if (auto* inner = list[i].find("panels"); inner && inner->isArray() && visitPanels(*inner, visit))
            return true;
    }
    return false;
}

std::int64_t highestId(const Json& panels)
{
    std::int64_t highest = 0;
    for (const auto& panel : panels.items())
        highest = std::max({ highest, panel["id"].toInt(), highestId(panel["panels"]) });
    return highest;
}

/// Ids have to be there and to differ: panels are found by them.
void giveIds(Json& panels)
{
    std::set<std::int64_t> seen;
    auto next = highestId(panels) + 1;
    visitPanels(panels, [&](Json::Array& list, std::size_t index) {
        if (const auto id = list[index]["id"].toInt(); id <= 0 || !seen.insert(id).second) {
            list[index].set("id", next);
            seen.insert(next++);
        }
        return false;
    });
}

const Panel* findPanel(const std::vector<Panel>& panels, std::int64_t id)
{
    for (const auto& panel : panels) {
        if (panel.id == id)
            return &panel;
        if (const auto* inner = findPanel(panel.panels, id))
            return inner;
    }
    return nullptr;
}

}

bool isSupportedPanel(std::string_view type)
{
    static constexpr std::array<std::string_view, 8> kTypes { "timeseries", "stat", "gauge", "bargauge", "table", "logs", "text", "row" };
    return std::ranges::find(kTypes, type) != kTypes.end();
}

Json gridJson(GridPos grid)
{
    return Json::object({ { "h", grid.h }, { "w", grid.w }, { "x", grid.x }, { "y", grid.y } });
}

Result<Document> Document::parse(std::string text)
{
    auto tree = Json::parse(text);
    if (!tree)
        return withContext(tree.error(), "this is no dashboard");
    if (!tree->isObject())
        return failure(ErrorCode::parse, "this is no dashboard: the file holds no JSON object");
    Document document;
    document.m_text = std::move(text);
    document.m_root = std::move(*tree);
    for (const auto* key : { "dashboard", "spec" }) {
        if (document.m_root[key].isObject() && !document.m_root.has("panels") && !document.m_root.has("rows")) {
            document.m_envelope = document.m_root;
            document.m_envelopeKey = key;
            Json inner = document.m_root[key];
            document.m_root = std::move(inner);
            break;
        }
    }
    if (document.m_root["elements"].isObject() && document.m_root["layout"].isObject()) {
        document.m_root = classicFromV2(document.m_root, document.m_report);
        document.m_envelope = Json();
    }
    const bool isDashboard = document.m_root.has("panels") || document.m_root.has("rows") || document.m_root.has("schemaVersion") || document.m_root.has("templating");
    if (!isDashboard)
        return failure(ErrorCode::parse, "this is no dashboard: it has neither panels nor rows; expected a dashboard exported by Grafana as JSON");
    migrate(document.m_root, document.m_report);
    giveIds(document.m_root.at("panels"));
    document.readModel();
    return document;
}

Document Document::create(std::string title)
{
    Document document;
    document.m_root = Json::object({ { "title", std::move(title) }, { "schemaVersion", 42 }, { "tags", Json::array() },
        { "time", Json::object({ { "from", "now-1h" }, { "to", "now" } }) }, { "templating", Json::object({ { "list", Json::array() } }) },
        { "annotations", Json::object({ { "list", Json::array() } }) }, { "panels", Json::array() }, { "graphTooltip", 1 }, { "editable", true } });
    document.m_modified = true;
    document.readModel();
    return document;
}

void Document::readModel()
{
    m_panels.clear();
    for (const auto& panel : m_root["panels"].items())
        m_panels.push_back(readPanel(panel));
    std::ranges::stable_sort(m_panels, [](const Panel& a, const Panel& b) { return std::pair(a.grid.y, a.grid.x) < std::pair(b.grid.y, b.grid.x); });
    m_variables.clear();
    for (const auto& variable : m_root["templating"]["list"].items())
        m_variables.push_back(readVariable(variable));
}

void Document::changed()
{
    m_modified = true;
    readModel();
}

std::string Document::write() const
{
    if (!m_modified && !m_text.empty())
        return m_text;
    if (m_envelope.isNull())
        return m_root.write(2) + "\n";
    Json whole = m_envelope;
    whole.set(m_envelopeKey, m_root);
    return whole.write(2) + "\n";
}

void Document::markSaved()
{
    m_text = write();
    m_modified = false;
}

std::int64_t Document::refreshMs() const
{
    const auto refresh = m_root["refresh"].text();
    return refresh.empty() ? 0 : static_cast<std::int64_t>(intervalToMs(refresh).value_or(0));
}

const Panel* Document::panel(std::int64_t id) const
{
    return findPanel(m_panels, id);
}

const Json* Document::panelJson(std::int64_t id) const
{
    const Json* found = nullptr;
    visitPanels(const_cast<Json&>(m_root["panels"]), [&](Json::Array& list, std::size_t index) {
        if (list[index]["id"].toInt() == id)
            found = &list[index];
        return found != nullptr;
    });
    return found;
}

void Document::setTitle(const std::string& title)
{
    m_root.set("title", title);
    changed();
}

bool Document::setCurrent(const std::string& variable, const std::vector<std::string>& values)
{
    auto& list = m_root.at("templating").at("list").mutableItems();
    const auto found = std::ranges::find_if(list, [&variable](const Json& one) { return one["name"].text() == variable; });
    if (found == list.end())
        return false;
    Json value = Json::array();
    for (const auto& one : values)
        value.append(one);
    if (!(*found)["multi"].toBool() && values.size() == 1)
        value = values.front();
    (*found).set("current", Json::object({ { "text", value }, { "value", value } }));
    changed();
    return true;
}

bool Document::replacePanel(std::int64_t id, Json panel)
{
    const bool found = visitPanels(m_root.at("panels"), [&](Json::Array& list, std::size_t index) {
        if (list[index]["id"].toInt() != id)
            return false;
        list[index] = std::move(panel);
        list[index].set("id", id);
        return true;
    });
    if (found)
        changed();
    return found;
}

bool Document::removePanel(std::int64_t id)
{
    const bool found = visitPanels(m_root.at("panels"), [&](Json::Array& list, std::size_t index) {
        if (list[index]["id"].toInt() != id)
            return false;
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(index));
        return true;
    });
    if (found)
        changed();
    return found;
}

std::int64_t Document::addPanel(Json panel)
{
    auto& panels = m_root.at("panels");
    auto id = panel["id"].toInt();
    if (id <= 0 || panelJson(id))
        id = highestId(panels) + 1;
    panel.set("id", id);
    panels.append(std::move(panel));
    changed();
    return id;
}

bool Document::setGrid(std::int64_t id, GridPos grid)
{
    const auto* panel = panelJson(id);
    if (!panel)
        return false;
    Json copy = *panel;
    copy.set("gridPos", gridJson(grid));
    return replacePanel(id, std::move(copy));
}

bool Document::setRowCollapsed(std::int64_t id, bool collapsed)
{
    auto& list = m_root.at("panels").mutableItems();
    const auto row = std::ranges::find_if(list, [id](const Json& panel) { return panel["id"].toInt() == id && panel["type"].text() == "row"; });
    if (row == list.end() || (*row)["collapsed"].toBool() == collapsed)
        return false;
    const auto rowY = readGrid((*row)["gridPos"]).y;
    row->set("collapsed", collapsed);
    const auto shift = [&list](int fromY, int by, std::int64_t except) {
        for (auto& panel : list) {
            auto grid = readGrid(panel["gridPos"]);
            if (grid.y >= fromY && panel["id"].toInt() != except) {
                grid.y += by;
                panel.set("gridPos", gridJson(grid));
            }
        }
    };
    if (collapsed) {
        // Everything down to the next row goes inside.
        int nextRowY = INT32_MAX;
        for (const auto& panel : list) {
            const auto y = readGrid(panel["gridPos"]).y;
            if (panel["type"].text() == "row" && y > rowY)
                nextRowY = std::min(nextRowY, y);
        }
        Json inside = Json::array();
        int bottom = rowY + 1;
        for (const auto& panel : list) {
            const auto grid = readGrid(panel["gridPos"]);
            if (panel["type"].text() != "row" && grid.y > rowY && grid.y < nextRowY) {
                inside.append(panel);
                bottom = std::max(bottom, grid.y + grid.h);
            }
        }
        std::erase_if(list, [&](const Json& panel) {
            const auto y = readGrid(panel["gridPos"]).y;
            return panel["type"].text() != "row" && y > rowY && y < nextRowY;
        });
        std::ranges::find_if(list, [id](const Json& panel) { return panel["id"].toInt() == id; })->set("panels", std::move(inside));
        shift(rowY + 1, rowY + 1 - bottom, id);
    } else {
        Json inside = (*row)["panels"];
        row->set("panels", Json::array());
        int top = INT32_MAX;
        int bottom = 0;
        for (const auto& panel : inside.items()) {
            const auto grid = readGrid(panel["gridPos"]);
            top = std::min(top, grid.y);
            bottom = std::max(bottom, grid.y + grid.h);
        }
        if (inside.size() > 0) {
            shift(rowY + 1, bottom - top, id);
            for (auto panel : inside.items()) {
                auto grid = readGrid(panel["gridPos"]);
                grid.y += rowY + 1 - top;
                panel.set("gridPos", gridJson(grid));
                list.push_back(std::move(panel));
            }
        }
    }
    changed();
    return true;
}

void Document::setPanelsJson(Json panels)
{
    m_root.set("panels", std::move(panels));
    changed();
}

}
