#pragma once

#include "core/model/labels.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace belvedere::model {

/// A column of a frame. Absent values: NaN does not stand for null, `nulls` does.
struct Field {
    enum class Type : std::uint8_t { time, number, string, boolean };

    std::string name;
    Type type = Type::number;
    Labels labels;
    /// Unix milliseconds for time; one value a row. booleans are bytes 0 and 1.
    std::variant<std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>, std::vector<std::uint8_t>> values;
    /// Empty if no value is null, else one byte a row, 1 where null.
    std::vector<std::uint8_t> nulls;
    /// From the data source: what the legend shows before any override.
    std::string displayNameFromSource;

    [[nodiscard]] std::size_t size() const
    {
        return std::visit([](const auto& column) { return column.size(); }, values);
    }
    [[nodiscard]] bool isNull(std::size_t row) const { return !nulls.empty() && nulls[row] != 0; }
};

/// Typed columns of equal length: the one currency between data sources, transformations and panels.
struct Frame {
    std::string refId;
    std::string name;
    std::vector<Field> fields;
    /// Not empty when something was left out: says what and how much.
    std::string incomplete;

    [[nodiscard]] std::size_t rows() const { return fields.empty() ? 0 : fields.front().size(); }
};

}
