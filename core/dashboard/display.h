#pragma once

#include "core/dashboard/color.h"
#include "core/dashboard/field_config.h"
#include "core/dashboard/units.h"

#include <cstddef>
#include <optional>
#include <string>

namespace belvedere::dashboard {

/// Lowest and highest value that a column is scaled by.
struct ValueRange {
    double min = 0;
    double max = 100;

    [[nodiscard]] double delta() const { return max - min; }
    bool operator==(const ValueRange&) const = default;
};

/// Where all columns of a panel agree; otherwise each has its own.
[[nodiscard]] ValueRange rangeOf(const model::Field& field, const FieldConfig& config);

/// What a panel writes for one value.
struct DisplayValue {
    std::string text;
    std::string prefix;
    std::string suffix;
    double numeric = 0;
    double percent = 0; ///< place in the range, 0 … 1 and beyond
    Color color = kNeutralColor;
    std::string icon;

    [[nodiscard]] std::string toString() const { return prefix + text + suffix; }
};

/// What a display needs to know of the panel around the column.
struct DisplayContext {
    Palette palette;
    FormatContext format;
    std::size_t seriesIndex = 0;
    std::string seriesName; ///< for colours by name
};

/// Turns values of one column into text and colour: mappings, unit, decimals, thresholds, colour mode.
class Display {
public:
    Display(FieldConfig config, model::Field::Type type, ValueRange range, DisplayContext context);

    /// For time columns without a unit of their own: seconds are enough unless all values lie within one minute.
    void setShowMilliseconds(bool on) { m_milliseconds = on; }

    /// `adjacent`: decimals to use where the configuration sets none; trailing zeros are cut.
    [[nodiscard]] DisplayValue operator()(const Value& value, std::optional<int> adjacent = std::nullopt) const;
    /// For the ticks of an axis: exactly `decimals`, unless the configuration sets another number.
    [[nodiscard]] std::string axisText(double value, int decimals) const;
    /// The colour alone.
    [[nodiscard]] Color colorAt(double value) const;
    /// Colour of the series as a whole: for modes by value that of its last value.
    [[nodiscard]] Color seriesColor(double lastValue) const { return colorAt(lastValue); }
    [[nodiscard]] const FieldConfig& config() const noexcept { return m_config; }
    [[nodiscard]] const ValueRange& range() const noexcept { return m_range; }

private:
    [[nodiscard]] double percentAt(double value) const;
    [[nodiscard]] FormattedValue format(double number, std::optional<int> adjacent) const;

    FieldConfig m_config;
    model::Field::Type m_type;
    ValueRange m_range;
    DisplayContext m_context;
    std::string m_unit;
    std::vector<Color> m_ramp; ///< of a continuous mode
    bool m_dateUnit = false;
    bool m_trimZeros = false;
    bool m_milliseconds = false;
};

}
