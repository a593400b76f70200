#include "core/dashboard/value.h"

#include "core/base/text.h"
#include "core/dashboard/number_format.h"

#include <charconv>
#include <limits>

namespace belvedere::dashboard {

Value valueAt(const model::Field& field, std::size_t row)
{
    if (row >= field.size() || field.isNull(row))
        return {};
    switch (field.values.index()) {
    case 0:
        return static_cast<double>(std::get<0>(field.values)[row]);
    case 1:
        return std::get<1>(field.values)[row];
    case 2:
        return std::get<2>(field.values)[row];
    default:
        return std::get<3>(field.values)[row] != 0;
    }
}

double numberOf(const Value& value)
{
    if (const auto* number = std::get_if<double>(&value))
        return *number;
    if (const auto* truth = std::get_if<bool>(&value))
        return *truth ? 1 : 0;
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    if (const auto* text = std::get_if<std::string>(&value)) {
        const auto trimmed = trim(*text);
        double number = kNone;
        const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number);
        return error == std::errc() && end == trimmed.data() + trimmed.size() ? number : kNone;
    }
    return kNone;
}

std::string textOf(const Value& value)
{
    if (const auto* text = std::get_if<std::string>(&value))
        return *text;
    if (const auto* number = std::get_if<double>(&value))
        return shortestNumber(*number);
    if (const auto* truth = std::get_if<bool>(&value))
        return *truth ? "true" : "false";
    return {};
}

}
