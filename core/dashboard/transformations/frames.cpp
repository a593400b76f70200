#include "core/dashboard/transformations/frames.h"

#include "core/dashboard/loose.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <variant>

namespace belvedere::dashboard {

using Type = model::Field::Type;

namespace {

/// Everything of a field but its cells.
ShownField withoutCells(const ShownField& like)
{
    ShownField out;
    out.column.name = like.column.name;
    out.column.type = like.column.type;
    out.column.labels = like.column.labels;
    out.column.displayNameFromSource = like.column.displayNameFromSource;
    out.config = like.config;
    out.name = like.name;
    out.seriesIndex = like.seriesIndex;
    out.range = like.range;
    return out;
}

template <class T, class Convert>
std::vector<T> converted(const std::vector<Value>& cells, Convert convert)
{
    std::vector<T> out;
    out.reserve(cells.size());
    for (const auto& cell : cells)
        out.push_back(static_cast<T>(convert(cell)));
    return out;
}

}

ShownField withCells(const ShownField& like, const std::vector<Value>& cells)
{
    auto out = withoutCells(like);
    auto& column = out.column;
    if (std::ranges::any_of(cells, isNull))
        column.nulls = converted<std::uint8_t>(cells, isNull);
    switch (column.type) {
    case Type::time: column.values = converted<std::int64_t>(cells, [](const Value& cell) { return isNull(cell) ? 0 : wholeMs(numberOf(cell)); }); break;
    case Type::number: column.values = converted<double>(cells, numberOf); break;
    case Type::string: column.values = converted<std::string>(cells, textOf); break;
    case Type::boolean: column.values = converted<std::uint8_t>(cells, [](const Value& cell) { return numberOf(cell) == 1; }); break;
    }
    return out;
}

ShownField makeField(std::string name, Type type, const std::vector<Value>& cells)
{
    ShownField field;
    field.column.name = std::move(name);
    field.column.type = type;
    return withCells(field, cells);
}

std::vector<Value> cellsOf(const model::Field& column)
{
    std::vector<Value> cells;
    cells.reserve(column.size());
    for (std::size_t row = 0; row < column.size(); ++row)
        cells.push_back(valueAt(column, row));
    return cells;
}

ShownFrame withRows(const ShownFrame& frame, const std::vector<std::size_t>& rows)
{
    ShownFrame out { frame.refId, frame.name, {} };
    for (const auto& field : frame.fields) {
        std::vector<Value> cells;
        cells.reserve(rows.size());
        for (const auto row : rows)
            cells.push_back(valueAt(field.column, row));
        out.fields.push_back(withCells(field, cells));
    }
    return out;
}

bool lessValue(const Value& a, const Value& b)
{
    if (isNull(a) || isNull(b))
        return !isNull(a) && isNull(b);
    if (std::holds_alternative<std::string>(a) || std::holds_alternative<std::string>(b))
        return textOf(a) < textOf(b);
    const double x = numberOf(a);
    const double y = numberOf(b);
    if (std::isnan(x) || std::isnan(y))
        return !std::isnan(x) && std::isnan(y);
    return x < y;
}

std::string keyOf(const Value& value)
{
    return std::to_string(value.index()) + ":" + textOf(value);
}

}
