#pragma once

#include "core/base/json.h"
#include "core/dashboard/value.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::dashboard {

struct Threshold {
    double value = 0; ///< -infinity for the base step
    std::string color;

    bool operator==(const Threshold&) const = default;
};

struct Thresholds {
    bool percentage = false;
    std::vector<Threshold> steps; ///< in the document's order

    bool operator==(const Thresholds&) const = default;
};

/// What a mapped value shows instead of itself. `text` null: the value's own text with another colour.
struct MappingResult {
    std::optional<std::string> text;
    std::string color;
    std::string icon;

    bool operator==(const MappingResult&) const = default;
};

struct ValueMapping {
    enum class Kind : std::uint8_t { value, range, regex, special };
    enum class Special : std::uint8_t { null, nan, nullOrNan, isTrue, isFalse, empty };

    Kind kind = Kind::value;
    std::map<std::string, MappingResult, std::less<>> values; ///< value
    std::optional<double> from;                               ///< range, inclusive; absent is unbounded
    std::optional<double> to;
    std::string pattern; ///< regex
    Special special = Special::null;
    MappingResult result; ///< all but value

    bool operator==(const ValueMapping&) const = default;
};

struct FieldColor {
    std::string mode; ///< "" is the same as "thresholds"
    std::string fixedColor;
    std::string seriesBy;

    bool operator==(const FieldColor&) const = default;
};

/// How one column is shown: a panel's defaults with the overrides that match it.
struct FieldConfig {
    std::optional<std::string> displayName;
    std::optional<std::string> displayNameFromSource;
    std::string unit;
    std::optional<int> decimals;
    std::optional<double> min;
    std::optional<double> max;
    bool fieldMinMax = false;
    std::optional<Thresholds> thresholds;
    std::vector<ValueMapping> mappings;
    FieldColor color;
    std::string noValue;
    std::string description;
    Json custom; ///< the panel type's own options
    Json links;

    bool operator==(const FieldConfig&) const = default;
};

[[nodiscard]] Thresholds readThresholds(const Json& json);
/// Value mappings of any age: the numbered kinds of before version 8 too.
[[nodiscard]] std::vector<ValueMapping> readMappings(const Json& json);
/// `fieldConfig.defaults` of a panel.
[[nodiscard]] FieldConfig readFieldConfig(const Json& defaults);
/// Sets one property by the id that an override gives it: "unit", "custom.fillOpacity", ….
void applyProperty(FieldConfig& config, std::string_view id, const Json& value);

/// The first mapping that fits; null if none does.
[[nodiscard]] std::optional<MappingResult> mapValue(const std::vector<ValueMapping>& mappings, const Value& value);
/// The step that `value` has reached; steps are asked in their order until one is not reached. Null without steps.
[[nodiscard]] const Threshold* activeThreshold(const std::vector<Threshold>& steps, double value);


}
