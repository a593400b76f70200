#pragma once

#include "core/dashboard/panel_data.h"
#include "core/dashboard/value.h"

#include <cstddef>
#include <string>
#include <vector>

namespace belvedere::dashboard {

// Transformations work on whole frames, one after another. A column that is built row by row is a list of values until it is
// done.

using Frames = std::vector<ShownFrame>;

/// The column with the type, name, labels and configuration of `like`, of these values.
[[nodiscard]] ShownField withCells(const ShownField& like, const std::vector<Value>& cells);
[[nodiscard]] ShownField makeField(std::string name, model::Field::Type type, const std::vector<Value>& cells);
/// All cells of a column.
[[nodiscard]] std::vector<Value> cellsOf(const model::Field& column);
/// The frame with these of its rows, in this order.
[[nodiscard]] ShownFrame withRows(const ShownFrame& frame, const std::vector<std::size_t>& rows);
/// Numbers before texts, nulls last.
[[nodiscard]] bool lessValue(const Value& a, const Value& b);
/// Equal for equal values only; also tells "1" from 1.
[[nodiscard]] std::string keyOf(const Value& value);

}
