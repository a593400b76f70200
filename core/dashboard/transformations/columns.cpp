#include "core/dashboard/pattern.h"
#include "core/dashboard/transformations/kinds.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

// Transformations that choose, name and type columns. Columns go by the name that is shown, as people see them when they
// set such a transformation up.

namespace belvedere::dashboard {

using Type = model::Field::Type;

void organize(Frames& frames, const Json& options)
{
    const auto& exclude = options["excludeByName"];
    const auto& include = options["includeByName"];
    const auto& order = options["indexByName"];
    const auto& rename = options["renameByName"];
    const bool onlyIncluded = std::ranges::any_of(include.members(), [](const Json::Member& member) { return member.value.toBool(); });
    for (auto& frame : frames) {
        std::vector<std::pair<std::string, ShownField>> named;
        for (auto& field : frame.fields) {
            auto name = displayName(frame, field);
            if (!exclude[name].toBool() && (!onlyIncluded || include[name].toBool()))
                named.emplace_back(std::move(name), std::move(field));
        }
        if (order.size() > 0) {
            std::ranges::stable_sort(named, {}, [&order](const auto& one) { return order.has(one.first) ? order[one.first].looseNumber().value_or(1e9) : 1e9; });
        }
        frame.fields.clear();
        for (auto& [name, field] : named) {
            if (const auto to = rename[name].text(); !to.empty())
                field.config.displayName = std::string(to);
            frame.fields.push_back(std::move(field));
        }
    }
}

void filterFieldsByName(Frames& frames, const Json& options)
{
    const auto matches = [](const Json& rule, const std::string& name) {
        if (std::ranges::any_of(rule["names"].items(), [&name](const Json& one) { return one.text() == name; }))
            return true;
        const auto pattern = rule["pattern"].toString();
        return !pattern.empty() && Pattern(pattern.starts_with('/') ? pattern : "/" + pattern + "/").matches(name);
    };
    for (auto& frame : frames) {
        std::erase_if(frame.fields, [&](const ShownField& field) {
            const auto name = displayName(frame, field);
            const bool kept = !options["include"].isObject() || matches(options["include"], name);
            return !kept || (options["exclude"].isObject() && matches(options["exclude"], name));
        });
    }
    std::erase_if(frames, [](const ShownFrame& frame) { return frame.fields.empty(); });
}

void renameByRegex(Frames& frames, const Json& options)
{
    const auto text = options["regex"].toString();
    const Pattern pattern(text.starts_with('/') ? text : "/" + text + "/");
    if (!pattern.valid())
        return;
    for (auto& frame : frames) {
        for (auto& field : frame.fields) {
            const auto name = displayName(frame, field);
            if (pattern.matches(name))
                field.config.displayName = pattern.replaced(name, options["renamePattern"].text());
        }
    }
}

void convertFieldType(Frames& frames, const Json& options)
{
    for (auto& frame : frames) {
        for (auto& field : frame.fields) {
            for (const auto& rule : options["conversions"].items()) {
                if (rule["targetField"].text() != displayName(frame, field))
                    continue;
                const auto to = rule["destinationType"].text();
                const auto cells = cellsOf(field.column);
                field.column.type = to == "number" ? Type::number : to == "time" ? Type::time : to == "boolean" ? Type::boolean : Type::string;
                field = withCells(field, cells);
            }
        }
    }
}

}
