#include "core/dashboard/migration/old_panels.h"

#include <string_view>
#include <utility>

// Panels that are still what they were, with options that moved.

namespace belvedere::dashboard {

void migrateFieldOptions(Json& panel, Notes& notes)
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
    notes.add(Finding::Kind::changed, "field options of version 6 are now the field configuration");
}

void migrateText(Json& panel, Notes& notes)
{
    auto& options = panel.at("options");
    options.set("content", panel["content"]);
    options.set("mode", panel["mode"].isString() ? panel["mode"] : Json("markdown"));
    panel.remove("content");
    panel.remove("mode");
    notes.add(Finding::Kind::changed, "the text moved into the options");
}

}
