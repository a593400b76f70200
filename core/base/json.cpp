#include "core/base/json.h"

#include "core/base/json_writer.h"
#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace belvedere {

namespace {

const Json kNull;
const Json::Array kNoItems;
const Json::Object kNoMembers;

std::optional<double> numberOf(std::string_view text) noexcept
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range)
        return text.starts_with('-') ? -HUGE_VAL : HUGE_VAL;
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::string numberText(double value)
{
    if (!std::isfinite(value))
        return {};
    std::string text;
    JsonWriter(text).number(value);
    return text;
}

}

// Here, where Member is complete.
Json::Json() noexcept = default;
Json::Json(std::nullptr_t) noexcept { }
Json::Json(const Json&) = default;
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(const Json&) = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

Json::Json(bool value)
    : m_value(value)
{
}

Json::Json(double value)
{
    if (auto text = numberText(value); !text.empty())
        m_value = Number { std::move(text) };
}

Json::Json(int value)
    : m_value(Number { std::to_string(value) })
{
}

Json::Json(std::int64_t value)
    : m_value(Number { std::to_string(value) })
{
}

Json::Json(std::size_t value)
    : m_value(Number { std::to_string(value) })
{
}

Json::Json(const char* text)
    : m_value(std::string(text))
{
}

Json::Json(std::string_view text)
    : m_value(std::string(text))
{
}

Json::Json(std::string text)
    : m_value(std::move(text))
{
}

Json::Json(Array items)
    : m_value(std::move(items))
{
}

Json::Json(Object members)
    : m_value(std::move(members))
{
}

Json Json::array(std::initializer_list<Json> items)
{
    return Json(Array(items));
}

Json Json::object(std::initializer_list<Member> members)
{
    return Json(Object(members));
}

bool Json::toBool(bool fallback) const noexcept
{
    const auto* value = std::get_if<bool>(&m_value);
    return value ? *value : fallback;
}

double Json::toDouble(double fallback) const noexcept
{
    const auto* number = std::get_if<Number>(&m_value);
    return number ? numberOf(number->text).value_or(fallback) : fallback;
}

std::int64_t Json::toInt(std::int64_t fallback) const noexcept
{
    const auto* number = std::get_if<Number>(&m_value);
    if (!number)
        return fallback;
    std::int64_t value = 0;
    const auto* last = number->text.data() + number->text.size();
    if (const auto [end, error] = std::from_chars(number->text.data(), last, value); error == std::errc() && end == last)
        return value;
    const double real = numberOf(number->text).value_or(0);
    return std::abs(real) < 9e18 ? static_cast<std::int64_t>(real) : fallback;
}

std::string_view Json::text() const noexcept
{
    const auto* value = std::get_if<std::string>(&m_value);
    return value ? std::string_view(*value) : std::string_view();
}

std::string Json::toString(std::string_view fallback) const
{
    return std::string(isString() ? text() : fallback);
}

std::optional<double> Json::looseNumber() const noexcept
{
    if (const auto* number = std::get_if<Number>(&m_value))
        return numberOf(number->text);
    if (const auto* string = std::get_if<std::string>(&m_value))
        return numberOf(trim(*string));
    return std::nullopt;
}

const Json* Json::find(std::string_view key) const noexcept
{
    const auto& all = members();
    const auto found = std::find_if(all.rbegin(), all.rend(), [key](const Member& member) { return member.key == key; });
    return found == all.rend() ? nullptr : &found->value;
}

Json* Json::find(std::string_view key) noexcept
{
    return const_cast<Json*>(std::as_const(*this).find(key));
}

const Json& Json::operator[](std::string_view key) const noexcept
{
    const auto* member = find(key);
    return member ? *member : kNull;
}

const Json& Json::operator[](std::size_t index) const noexcept
{
    const auto& all = items();
    return index < all.size() ? all[index] : kNull;
}

const Json::Array& Json::items() const noexcept
{
    const auto* array = std::get_if<Array>(&m_value);
    return array ? *array : kNoItems;
}

const Json::Object& Json::members() const noexcept
{
    const auto* object = std::get_if<Object>(&m_value);
    return object ? *object : kNoMembers;
}

std::size_t Json::size() const noexcept
{
    return isArray() ? items().size() : members().size();
}

Json::Array& Json::mutableItems()
{
    if (!isArray())
        m_value = Array();
    return std::get<Array>(m_value);
}

Json::Object& Json::mutableMembers()
{
    if (!isObject())
        m_value = Object();
    return std::get<Object>(m_value);
}

Json& Json::set(std::string_view key, Json value)
{
    auto& member = at(key);
    member = std::move(value);
    return *this;
}

Json& Json::at(std::string_view key)
{
    if (auto* member = find(key))
        return *member;
    return mutableMembers().emplace_back(Member { std::string(key), Json() }).value;
}

bool Json::remove(std::string_view key)
{
    return isObject() && std::erase_if(mutableMembers(), [key](const Member& member) { return member.key == key; }) > 0;
}

bool Json::operator==(const Json& other) const
{
    if (type() != other.type())
        return false;
    switch (type()) {
    case Type::null:
        return true;
    case Type::boolean:
        return toBool() == other.toBool();
    case Type::number: {
        const auto& mine = std::get<Number>(m_value).text;
        const auto& theirs = std::get<Number>(other.m_value).text;
        return mine == theirs || toDouble() == other.toDouble();
    }
    case Type::string:
        return text() == other.text();
    case Type::array:
        return items() == other.items();
    case Type::object:
        return members() == other.members();
    }
    return false;
}

void Json::writeTo(std::string& out, int indent, int level) const
{
    const auto newLine = [&](int depth) {
        if (indent >= 0) {
            out += '\n';
            out.append(static_cast<std::size_t>(indent * depth), ' ');
        }
    };
    switch (type()) {
    case Type::null:
        out += "null";
        break;
    case Type::boolean:
        out += toBool() ? "true" : "false";
        break;
    case Type::number:
        out += std::get<Number>(m_value).text;
        break;
    case Type::string:
        appendJsonString(out, text());
        break;
    case Type::array: {
        out += '[';
        bool first = true;
        for (const auto& item : items()) {
            if (!std::exchange(first, false))
                out += ',';
            newLine(level + 1);
            item.writeTo(out, indent, level + 1);
        }
        if (!first)
            newLine(level);
        out += ']';
        break;
    }
    case Type::object: {
        out += '{';
        bool first = true;
        for (const auto& member : members()) {
            if (!std::exchange(first, false))
                out += ',';
            newLine(level + 1);
            appendJsonString(out, member.key);
            out += indent >= 0 ? ": " : ":";
            member.value.writeTo(out, indent, level + 1);
        }
        if (!first)
            newLine(level);
        out += '}';
        break;
    }
    }
}

std::string Json::write(int indent) const
{
    std::string out;
    writeTo(out, indent, 0);
    return out;
}

}
