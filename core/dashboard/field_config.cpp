#include "core/dashboard/field_config.h"
#include "core/dashboard/loose.h"

#include "core/dashboard/pattern.h"

#include <cmath>
#include <limits>

namespace belvedere::dashboard {
namespace {

MappingResult readResult(const Json& json)
{
    MappingResult result;
    if (json["text"].isString())
        result.text = json["text"].toString();
    else if (const auto number = json["text"].looseNumber())
        result.text = textOf(*number);
    result.color = json["color"].toString();
    result.icon = json["icon"].toString();
    return result;
}

/// {type: 1, value: "…", text: "…"} and {type: 2, from, to, text}, as they were until version 8.
std::optional<ValueMapping> readOldMapping(const Json& json)
{
    ValueMapping mapping;
    const auto text = json["text"].toString();
    if (json["type"].toInt() == 2 || json["from"].isString() || json["to"].isString()) {
        mapping.kind = ValueMapping::Kind::range;
        mapping.from = json["from"].looseNumber();
        mapping.to = json["to"].looseNumber();
        mapping.result = { text, json["color"].toString(), {} };
        return mapping;
    }
    const auto value = json["value"].isString() ? json["value"].toString() : json["value"].isNumber() ? textOf(json["value"].toDouble()) : std::string();
    if (value == "null") {
        mapping.kind = ValueMapping::Kind::special;
        mapping.special = ValueMapping::Special::null;
        mapping.result = { text, json["color"].toString(), {} };
    } else if (value.empty()) {
        return std::nullopt;
    } else {
        mapping.values.emplace(value, MappingResult { text, json["color"].toString(), {} });
    }
    return mapping;
}

std::optional<ValueMapping> readMapping(const Json& json)
{
    const auto type = json["type"].text();
    const auto& options = json["options"];
    ValueMapping mapping;
    if (type == "value") {
        for (const auto& [key, result] : options.members())
            mapping.values.insert_or_assign(key, readResult(result));
        return mapping;
    }
    mapping.result = readResult(options["result"]);
    if (type == "range") {
        mapping.kind = ValueMapping::Kind::range;
        mapping.from = options["from"].looseNumber();
        mapping.to = options["to"].looseNumber();
        return mapping;
    }
    if (type == "regex") {
        mapping.kind = ValueMapping::Kind::regex;
        mapping.pattern = options["pattern"].toString();
        return mapping;
    }
    if (type == "special") {
        using Special = ValueMapping::Special;
        static constexpr std::pair<std::string_view, Special> kNames[] = { { "null", Special::null }, { "nan", Special::nan }, { "null+nan", Special::nullOrNan },
            { "true", Special::isTrue }, { "false", Special::isFalse }, { "empty", Special::empty } };
        mapping.kind = ValueMapping::Kind::special;
        for (const auto& [name, special] : kNames) {
            if (options["match"].text() == name) {
                mapping.special = special;
                return mapping;
            }
        }
        return std::nullopt;
    }
    return readOldMapping(json);
}

bool fitsSpecial(ValueMapping::Special special, const Value& value)
{
    const auto* number = std::get_if<double>(&value);
    const auto* truth = std::get_if<bool>(&value);
    const auto* text = std::get_if<std::string>(&value);
    using Special = ValueMapping::Special;
    switch (special) {
    case Special::null:
        return isNull(value);
    case Special::nan:
        return number && std::isnan(*number);
    case Special::nullOrNan:
        return isNull(value) || (number && std::isnan(*number));
    case Special::isTrue:
        return (truth && *truth) || (text && *text == "true");
    case Special::isFalse:
        return (truth && !*truth) || (text && *text == "false");
    case Special::empty:
        return text && text->empty();
    }
    return false;
}

std::optional<int> readDecimals(const Json& json)
{
    // More digits than any double has would only cost memory.
    constexpr int kMost = 1'100;
    const auto number = looseInt(json);
    return number ? std::optional(std::clamp(*number, -kMost, kMost)) : std::nullopt;
}

}

Thresholds readThresholds(const Json& json)
{
    Thresholds out;
    out.percentage = json["mode"].text() == "percentage";
    for (const auto& step : json["steps"].items()) {
        const auto value = step["value"].looseNumber();
        out.steps.push_back({ value ? *value : -std::numeric_limits<double>::infinity(), step["color"].toString() });
    }
    // A base step is always reached, whatever number an exporter put there.
    if (!out.steps.empty() && out.steps.front().value == 0 && out.steps.size() > 1 && out.steps[1].value > 0)
        out.steps.front().value = -std::numeric_limits<double>::infinity();
    return out;
}

std::vector<ValueMapping> readMappings(const Json& json)
{
    std::vector<ValueMapping> out;
    for (const auto& item : json.items()) {
        if (auto mapping = readMapping(item))
            out.push_back(std::move(*mapping));
    }
    return out;
}

void applyProperty(FieldConfig& config, std::string_view id, const Json& value)
{
    static constexpr std::string_view kCustom = "custom.";
    if (id.starts_with(kCustom)) {
        Json* at = &config.custom;
        auto path = id.substr(kCustom.size());
        for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
            at = &at->at(path.substr(0, dot));
            path.remove_prefix(dot + 1);
        }
        at->set(path, value);
    } else if (id == "displayName") {
        config.displayName = value.isString() ? std::optional(value.toString()) : std::nullopt;
    } else if (id == "unit") {
        config.unit = value.toString();
    } else if (id == "decimals") {
        config.decimals = readDecimals(value);
    } else if (id == "min") {
        config.min = value.looseNumber();
    } else if (id == "max") {
        config.max = value.looseNumber();
    } else if (id == "fieldMinMax") {
        config.fieldMinMax = value.toBool();
    } else if (id == "thresholds") {
        config.thresholds = value.isObject() ? std::optional(readThresholds(value)) : std::nullopt;
    } else if (id == "mappings") {
        config.mappings = readMappings(value);
    } else if (id == "color") {
        config.color = { value["mode"].toString(), value["fixedColor"].toString(), value["seriesBy"].toString() };
    } else if (id == "noValue") {
        config.noValue = value.isNumber() ? textOf(value.toDouble()) : value.toString();
    } else if (id == "description") {
        config.description = value.toString();
    } else if (id == "links") {
        config.links = value;
    } else if (id == "displayNameFromDS") {
        config.displayNameFromSource = value.toString();
    }
}

FieldConfig readFieldConfig(const Json& defaults)
{
    FieldConfig config;
    for (const auto& [key, value] : defaults.members()) {
        if (key == "custom")
            config.custom = value;
        else
            applyProperty(config, key, value);
    }
    return config;
}

std::optional<MappingResult> mapValue(const std::vector<ValueMapping>& mappings, const Value& value)
{
    for (const auto& mapping : mappings) {
        switch (mapping.kind) {
        case ValueMapping::Kind::value: {
            if (isNull(value))
                break;
            if (const auto found = mapping.values.find(textOf(value)); found != mapping.values.end())
                return found->second;
            break;
        }
        case ValueMapping::Kind::range: {
            const double number = std::holds_alternative<bool>(value) ? std::numeric_limits<double>::quiet_NaN() : numberOf(value);
            if (std::isnan(number) || (mapping.from && number < *mapping.from) || (mapping.to && number > *mapping.to))
                break;
            return mapping.result;
        }
        case ValueMapping::Kind::regex: {
            const auto* text = std::get_if<std::string>(&value);
            if (!text)
                break;
            const Pattern pattern(mapping.pattern);
            if (!pattern.matches(*text))
                break;
            auto result = mapping.result;
            if (result.text)
                result.text = pattern.replaced(*text, *result.text);
            return result;
        }
        case ValueMapping::Kind::special:
            if (fitsSpecial(mapping.special, value))
                return mapping.result;
            break;
        }
    }
    return std::nullopt;
}

const Threshold* activeThreshold(const std::vector<Threshold>& steps, double value)
{
    const Threshold* active = steps.empty() ? nullptr : &steps.front();
    for (const auto& step : steps) {
        if (!(value >= step.value))
            break;
        active = &step;
    }
    return active;
}

}
