#include "core/dashboard/migration/old_options.h"

#include "core/base/text.h"
#include "core/dashboard/value.h"

#include <utility>
#include <vector>

namespace belvedere::dashboard {

namespace {

/// "/…/" is a regular expression, everything else a name.
Json matcher(std::string_view alias)
{
    const bool isRegex = alias.size() > 1 && alias.front() == '/' && alias.find('/', 1) != std::string_view::npos;
    return Json::object({ { "id", isRegex ? "byRegexp" : "byName" }, { "options", alias } });
}

}

Json overrideProperty(std::string_view id, Json value)
{
    return Json::object({ { "id", id }, { "value", std::move(value) } });
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

}
