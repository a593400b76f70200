#include "core/base/go_template.h"

#include "core/base/format.h"

namespace belvedere::gotemplate {

namespace {

std::unexpected<Error> fail(std::string message) { return failure(ErrorCode::execution, std::move(message)); }

}

bool Value::truth() const
{
    if (boolean())
        return *boolean();
    if (integer())
        return *integer() != 0;
    if (number())
        return *number() != 0;
    if (string())
        return !string()->empty();
    if (list())
        return !list()->empty();
    if (map())
        return !map()->empty();
    return object() && object()->truth();
}

std::string Value::text() const
{
    if (boolean())
        return *boolean() ? "true" : "false";
    if (integer())
        return std::to_string(*integer());
    if (number())
        return formatFloatG(*number());
    if (string())
        return *string();
    if (list()) {
        std::string out = "[";
        for (const auto& item : *list()) {
            if (out.size() > 1)
                out += ' ';
            out += item.text();
        }
        return out += ']';
    }
    if (map()) {
        std::string out = "map[";
        for (const auto& [key, value] : *map()) {
            if (out.size() > 4)
                out += ' ';
            out += key + ":" + value.text();
        }
        return out += ']';
    }
    return object() ? object()->text() : "<nil>";
}

std::string_view Value::typeName() const
{
    if (boolean())
        return "bool";
    if (integer())
        return "int";
    if (number())
        return "float64";
    if (string())
        return "string";
    if (list())
        return "[]interface {}";
    if (map())
        return "map[string]interface {}";
    return object() ? "struct" : "nil";
}

Result<void> Call::expect(std::size_t count) const
{
    if (arguments.size() != count)
        return fail(formatted("wrong number of args for {}: want {} got {}", name, count, arguments.size()));
    return {};
}

Result<std::string_view> Call::stringAt(std::size_t index) const
{
    if (index >= arguments.size())
        return fail(formatted("wrong number of args for {}: want at least {} got {}", name, index + 1, arguments.size()));
    if (const auto* string = arguments[index].string())
        return *string;
    if (arguments[index].isNil())
        return fail("invalid value; expected string");
    return fail(formatted("wrong type for value; expected string; got {}", arguments[index].typeName()));
}

Result<std::int64_t> Call::integerAt(std::size_t index) const
{
    if (index >= arguments.size())
        return fail(formatted("wrong number of args for {}: want at least {} got {}", name, index + 1, arguments.size()));
    if (const auto* integer = arguments[index].integer())
        return *integer;
    return fail(formatted("wrong type for value; expected int; got {}", arguments[index].typeName()));
}

Result<double> Call::numberAt(std::size_t index) const
{
    if (index >= arguments.size())
        return fail(formatted("wrong number of args for {}: want at least {} got {}", name, index + 1, arguments.size()));
    if (const auto* number = arguments[index].number())
        return *number;
    if (const auto* integer = arguments[index].integer())
        return static_cast<double>(*integer);
    return fail(formatted("wrong type for value; expected float64; got {}", arguments[index].typeName()));
}

}
