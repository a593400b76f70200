#include "core/dashboard/transformations/kinds.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// calculateField adds a column that is computed row by row, in one of four modes.

namespace belvedere::dashboard {

namespace {

using Type = model::Field::Type;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double combined(double a, std::string_view operation, double b)
{
    if (operation == "-")
        return a - b;
    if (operation == "*")
        return a * b;
    if (operation == "/")
        return a / b;
    if (operation == "%")
        return std::fmod(a, b);
    if (operation == "**" || operation == "^")
        return std::pow(a, b);
    return a + b;
}

double applyUnary(std::string_view operation, double value)
{
    return operation == "abs" ? std::abs(value) : operation == "exp" ? std::exp(value) : operation == "ln" ? std::log(value) : operation == "floor" ? std::floor(value) : operation == "ceil" ? std::ceil(value) : operation == "round" ? std::round(value) : kNaN;
}

/// A column of the frame by an operand of binary mode: a field's name, a fixed number, or {matcher}.
std::vector<double> operand(const ShownFrame& frame, const Json& json)
{
    const auto& inner = json.isObject() && json.has("fixed") ? json["fixed"] : json;
    std::string name = inner.isString() ? inner.toString() : inner["matcher"]["options"].toString();
    for (const auto& field : frame.fields) {
        if (displayName(frame, field) != name && field.column.name != name)
            continue;
        std::vector<double> out;
        for (std::size_t row = 0; row < frame.rows(); ++row)
            out.push_back(numberOf(valueAt(field.column, row)));
        return out;
    }
    return std::vector<double>(frame.rows(), inner.looseNumber().value_or(kNaN));
}

}

void calculateField(Frames& frames, const Json& options)
{
    const auto mode = options["mode"].toString("reduceRow");
    for (auto& frame : frames) {
        std::vector<Value> cells;
        std::string name = options["alias"].toString();
        if (mode == "binary") {
            const auto& binary = options["binary"];
            const auto left = operand(frame, binary["left"]);
            const auto right = operand(frame, binary["right"]);
            const auto operation = binary["operator"].toString("+");
            for (std::size_t row = 0; row < frame.rows(); ++row)
                cells.emplace_back(combined(left[row], operation, right[row]));
            if (name.empty()) {
                const auto word = [](const Json& side) { return side.isString() ? side.toString() : side["fixed"].isString() ? side["fixed"].toString() : side["matcher"]["options"].toString(); };
                name = word(binary["left"]) + " " + operation + " " + word(binary["right"]);
            }
        } else if (mode == "unary") {
            const auto values = operand(frame, options["unary"]["fieldName"]);
            const auto operation = options["unary"]["operator"].toString();
            for (const double value : values)
                cells.emplace_back(applyUnary(operation, value));
            if (name.empty())
                name = operation + "(" + options["unary"]["fieldName"].toString() + ")";
        } else if (mode == "index") {
            for (std::size_t row = 0; row < frame.rows(); ++row)
                cells.emplace_back(static_cast<double>(row));
            if (name.empty())
                name = "Row";
        } else if (mode == "reduceRow") {
            const auto calc = canonicalReducer(options["reduce"]["reducer"].toString("sum"));
            std::set<std::string> only;
            for (const auto& one : options["reduce"]["include"].items())
                only.insert(one.toString());
            for (std::size_t row = 0; row < frame.rows(); ++row) {
                std::vector<Value> line;
                for (const auto& field : frame.fields) {
                    if (field.column.type == Type::number && (only.empty() || only.contains(displayName(frame, field))))
                        line.push_back(valueAt(field.column, row));
                }
                cells.push_back(reduce(calc, makeField("", Type::number, line).column));
            }
            if (name.empty())
                name = reducerName(calc);
        } else {
            continue;
        }
        if (options["replaceFields"].toBool())
            std::erase_if(frame.fields, [](const ShownField& field) { return field.column.type != Type::time; });
        frame.fields.push_back(makeField(std::move(name), Type::number, cells));
    }
}

}
