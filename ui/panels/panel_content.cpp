#include "ui/panels/panel_content.h"

#include "core/dashboard/pattern.h"
#include "core/dashboard/reducers.h"

#include <algorithm>
#include <cmath>

namespace belvedere::ui {

namespace {

using model::Field;

std::string_view typeName(Field::Type type)
{
    switch (type) {
    case Field::Type::time: return "time";
    case Field::Type::number: return "number";
    case Field::Type::string: return "string";
    case Field::Type::boolean: return "boolean";
    }
    return {};
}

/// What a column is called before any override: what its source calls it, else its labels, else its name.
std::string sourceName(const model::Frame& frame, const Field& field)
{
    if (!field.displayNameFromSource.empty())
        return field.displayNameFromSource;
    if (field.type != Field::Type::time && field.name == "Value" && !field.labels.empty())
        return field.labels.toString();
    if (field.type != Field::Type::time && field.name == "Value" && !frame.name.empty())
        return frame.name;
    return field.name;
}

bool matches(const Json& matcher, const model::Frame& frame, const Field& field, const std::string& name)
{
    const auto id = matcher["id"].text();
    const auto& options = matcher["options"];
    if (id == "byName")
        return options.text() == name || options.text() == field.name;
    if (id == "byRegexp") {
        const dashboard::Pattern pattern(options.text());
        return pattern.valid() && pattern.matches(name);
    }
    if (id == "byType")
        return options.text() == typeName(field.type);
    if (id == "byTypes") {
        return std::any_of(options.items().begin(), options.items().end(), [&](const Json& type) { return type.text() == typeName(field.type); });
    }
    if (id == "byFrameRefID")
        return options.text() == frame.refId;
    if (id == "numeric")
        return field.type == Field::Type::number;
    if (id == "time")
        return field.type == Field::Type::time;
    if (id == "byNames") {
        const bool exclude = options["mode"].text() == "exclude";
        const auto& names = options["names"].items();
        const bool listed = std::any_of(names.begin(), names.end(), [&](const Json& one) { return one.text() == name; });
        return listed != exclude;
    }
    if (id == "byValue") {
        const auto reduced = dashboard::numberOf(dashboard::reduce(options["reducer"].text(), field));
        const auto limit = options["value"].looseNumber().value_or(0);
        const auto op = options["op"].text();
        return op == ">=" ? reduced >= limit : op == ">" ? reduced > limit : op == "<=" ? reduced <= limit : op == "<" ? reduced < limit : op == "!=" ? reduced != limit : reduced == limit;
    }
    return false;
}

}

bool PanelContent::empty() const
{
    return std::all_of(frames.begin(), frames.end(), [](const model::Frame& frame) { return frame.rows() == 0; });
}

PanelContent arrange(std::vector<model::Frame> frames, const Json& fieldConfig, const dashboard::DisplayContext& context)
{
    PanelContent content;
    content.frames = std::move(frames);
    const auto defaults = dashboard::readFieldConfig(fieldConfig["defaults"]);
    std::size_t seriesIndex = 0;
    for (const auto& frame : content.frames) {
        auto& columns = content.columns.emplace_back();
        for (const auto& field : frame.fields) {
            auto config = defaults;
            std::string name = config.displayName.value_or(sourceName(frame, field));
            for (const auto& rule : fieldConfig["overrides"].items()) {
                if (!matches(rule["matcher"], frame, field, name))
                    continue;
                for (const auto& property : rule["properties"].items())
                    dashboard::applyProperty(config, property["id"].text(), property["value"]);
                name = config.displayName.value_or(name);
            }
            auto own = context;
            own.seriesName = name;
            own.seriesIndex = seriesIndex;
            if (field.type == Field::Type::number)
                ++seriesIndex;
            const auto range = dashboard::rangeOf(field, config);
            columns.push_back({ name, std::make_shared<const dashboard::Display>(std::move(config), field.type, range, std::move(own)) });
        }
    }
    return content;
}

std::vector<ShownValue> shownValues(const PanelContent& content, const Json& reduceOptions)
{
    const bool everyRow = reduceOptions["values"].toBool();
    const auto limit = static_cast<std::size_t>(reduceOptions["limit"].looseNumber().value_or(25));
    const auto& calcs = reduceOptions["calcs"].items();
    const auto fields = reduceOptions["fields"].text();
    const bool anyType = fields == "/.*/";
    std::vector<ShownValue> out;
    for (std::size_t f = 0; f < content.frames.size(); ++f) {
        const auto& frame = content.frames[f];
        for (std::size_t i = 0; i < frame.fields.size(); ++i) {
            const auto& field = frame.fields[i];
            const auto& column = content.columns[f][i];
            if (fields.empty() ? field.type != Field::Type::number : !dashboard::Pattern(fields).matches(column.name))
                continue;
            if (field.type == Field::Type::time && !anyType)
                continue;
            if (everyRow) {
                // The first text column says what each row is.
                const auto label = std::find_if(frame.fields.begin(), frame.fields.end(), [](const Field& one) { return one.type == Field::Type::string; });
                for (std::size_t row = 0; row < std::min(field.size(), limit); ++row) {
                    const auto name = label == frame.fields.end() ? column.name : dashboard::textOf(dashboard::valueAt(*label, row));
                    out.push_back({ name, (*column.display)(dashboard::valueAt(field, row)), &field, column.display.get() });
                }
                continue;
            }
            if (calcs.empty()) {
                out.push_back({ column.name, (*column.display)(dashboard::reduce("lastNotNull", field)), &field, column.display.get() });
                continue;
            }
            for (const auto& calc : calcs) {
                const auto value = dashboard::reduce(calc.text(), field);
                auto name = calcs.size() > 1 ? column.name + " (" + dashboard::reducerName(calc.text()) + ")" : column.name;
                out.push_back({ std::move(name), (*column.display)(value), &field, column.display.get() });
            }
        }
    }
    return out;
}

}
