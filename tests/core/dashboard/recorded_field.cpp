#include "recorded_field.h"

namespace belvedere::tests {

dashboard::Value recordedValue(const Json& json)
{
    if (json.isBool())
        return json.toBool();
    if (json.isNumber() || json.has("$num"))
        return recordedNumber(json);
    if (json.isString())
        return json.toString();
    return {};
}

model::Field recordedField(const Json& json)
{
    model::Field field;
    field.name = json["name"].toString();
    std::vector<model::Label> labels;
    for (const auto& [name, value] : json["labels"].members())
        labels.push_back({ name, value.toString() });
    field.labels = model::Labels(std::move(labels));
    const auto type = json["type"].text();
    const auto& values = json["values"].items();
    const auto fill = [&](auto column, auto convert) {
        bool anyNull = false;
        for (const auto& item : values) {
            const auto value = recordedValue(item);
            const bool isAbsent = dashboard::isNull(value);
            anyNull |= isAbsent;
            field.nulls.push_back(isAbsent);
            column.push_back(convert(value));
        }
        if (!anyNull)
            field.nulls.clear();
        field.values = std::move(column);
    };
    if (type == "time") {
        field.type = model::Field::Type::time;
        fill(std::vector<std::int64_t>(), [](const auto& value) { return dashboard::isNull(value) ? 0 : static_cast<std::int64_t>(dashboard::numberOf(value)); });
    } else if (type == "string" || type == "other" || type == "enum" || type == "frame") {
        field.type = model::Field::Type::string;
        fill(std::vector<std::string>(), [](const auto& value) { return dashboard::textOf(value); });
    } else if (type == "boolean") {
        field.type = model::Field::Type::boolean;
        fill(std::vector<std::uint8_t>(), [](const auto& value) { return static_cast<std::uint8_t>(dashboard::numberOf(value) == 1); });
    } else {
        field.type = model::Field::Type::number;
        fill(std::vector<double>(), [](const auto& value) { return dashboard::numberOf(value); });
    }
    return field;
}

}
