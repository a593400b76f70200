#pragma once

#include "core/dashboard/time_format.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace belvedere::dashboard {

/// A number as it is shown: "1.5" with suffix " MiB", "12" with prefix "$".
struct FormattedValue {
    std::string text;
    std::string prefix;
    std::string suffix;

    [[nodiscard]] std::string toString() const { return prefix + text + suffix; }
};

/// What units that depend on place and moment need.
struct FormatContext {
    TimeZone zone;
    std::int64_t nowMs = 0; ///< for "3 hours ago" and "no date if today"
};

/// Formats by Grafana's unit id: "bytes", "reqps", "dateTimeAsIso", also `prefix:`, `suffix:`, `si:`, `count:`, `currency:`,
/// `bool:`, `time:`; an unknown id is shown behind the number. NaN is shown as such.
[[nodiscard]] FormattedValue formatUnit(std::string_view unit, double value, std::optional<int> decimals, const FormatContext& context = {});

/// One of Grafana's listed units, for a picker.
struct UnitInfo {
    std::string_view id;
    std::string_view label;
    std::string_view category;
};

/// In Grafana's order, categories together.
[[nodiscard]] std::span<const UnitInfo> listedUnits();

}
