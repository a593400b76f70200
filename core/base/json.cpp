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

/// Recursive descent over RFC 8259. The position is a byte offset; line and column are counted when an error needs them.
class JsonParser {
public:
    explicit JsonParser(std::string_view text)
        : m_text(text)
    {
    }

    Result<Json> document()
    {
        if (m_text.starts_with("\xEF\xBB\xBF"))
            m_at = 3;
        Json root;
        if (!value(root, 0))
            return error();
        space();
        if (m_at < m_text.size()) {
            expected("the end of the text");
            return error();
        }
        return root;
    }

private:
    static constexpr int kMaxDepth = 256;

    void space()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t' || m_text[m_at] == '\n' || m_text[m_at] == '\r'))
            ++m_at;
    }
    [[nodiscard]] char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    bool expected(std::string what)
    {
        if (m_problem.empty())
            m_problem = m_at < m_text.size() ? "expected " + std::move(what) : "the text ends where " + std::move(what) + " was expected";
        return false;
    }

    std::unexpected<Error> error() const
    {
        const auto before = m_text.substr(0, m_at);
        const auto line = std::count(before.begin(), before.end(), '\n') + 1;
        const auto lineStart = before.rfind('\n');
        const auto column = before.size() - (lineStart == std::string_view::npos ? 0 : lineStart + 1) + 1;
        return failure(ErrorCode::parse, "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + m_problem,
            TextRange { m_at, std::min(m_at + 1, m_text.size()) });
    }

    bool value(Json& out, int depth)
    {
        if (depth > kMaxDepth) {
            m_problem = "nested deeper than " + std::to_string(kMaxDepth) + " levels";
            return false;
        }
        space();
        switch (peek()) {
        case '{':
            return object(out, depth);
        case '[':
            return array(out, depth);
        case '"': {
            std::string text;
            if (!string(text))
                return false;
            out.m_value = std::move(text);
            return true;
        }
        case 't':
            out.m_value = true;
            return word("true");
        case 'f':
            out.m_value = false;
            return word("false");
        case 'n':
            return word("null");
        default:
            return number(out);
        }
    }

    bool word(std::string_view text)
    {
        if (!m_text.substr(m_at).starts_with(text))
            return expected("a value");
        m_at += text.size();
        return true;
    }

    bool digits()
    {
        const auto begin = m_at;
        while (peek() >= '0' && peek() <= '9')
            ++m_at;
        return m_at > begin || expected("a digit");
    }

    bool number(Json& out)
    {
        const auto begin = m_at;
        if (peek() == '-')
            ++m_at;
        else if (peek() < '0' || peek() > '9')
            return expected("a value");
        if (peek() == '0')
            ++m_at;
        else if (!digits())
            return false;
        if (peek() == '.') {
            ++m_at;
            if (!digits())
                return false;
        }
        if (peek() == 'e' || peek() == 'E') {
            ++m_at;
            if (peek() == '+' || peek() == '-')
                ++m_at;
            if (!digits())
                return false;
        }
        out.m_value = Json::Number { std::string(m_text.substr(begin, m_at - begin)) };
        return true;
    }

    bool hex4(unsigned& code)
    {
        code = 0;
        for (int i = 0; i < 4; ++i, ++m_at) {
            const char c = peek();
            const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
            if (digit < 0)
                return expected("a hexadecimal digit");
            code = code * 16 + static_cast<unsigned>(digit);
        }
        return true;
    }

    static void appendUtf8(std::string& out, unsigned code)
    {
        const auto byte = [&out](unsigned value) { out += static_cast<char>(value); };
        if (code < 0x80) {
            byte(code);
        } else if (code < 0x800) {
            byte(0xC0 | (code >> 6));
            byte(0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
            byte(0xE0 | (code >> 12));
            byte(0x80 | ((code >> 6) & 0x3F));
            byte(0x80 | (code & 0x3F));
        } else {
            byte(0xF0 | (code >> 18));
            byte(0x80 | ((code >> 12) & 0x3F));
            byte(0x80 | ((code >> 6) & 0x3F));
            byte(0x80 | (code & 0x3F));
        }
    }

    bool escape(std::string& out)
    {
        const char c = peek();
        ++m_at;
        switch (c) {
        case '"':
        case '\\':
        case '/':
            out += c;
            return true;
        case 'b':
            out += '\b';
            return true;
        case 'f':
            out += '\f';
            return true;
        case 'n':
            out += '\n';
            return true;
        case 'r':
            out += '\r';
            return true;
        case 't':
            out += '\t';
            return true;
        case 'u': {
            unsigned code = 0;
            if (!hex4(code))
                return false;
            if (code >= 0xD800 && code < 0xDC00 && m_text.substr(m_at).starts_with("\\u")) {
                const auto back = m_at;
                m_at += 2;
                unsigned low = 0;
                if (!hex4(low))
                    return false;
                if (low >= 0xDC00 && low < 0xE000)
                    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                else
                    m_at = back;
            }
            appendUtf8(out, code >= 0xD800 && code < 0xE000 ? 0xFFFD : code);
            return true;
        }
        default:
            --m_at;
            return expected("an escape sequence");
        }
    }

    bool string(std::string& out)
    {
        ++m_at;
        while (true) {
            const auto begin = m_at;
            while (m_at < m_text.size() && m_text[m_at] != '"' && m_text[m_at] != '\\' && static_cast<unsigned char>(m_text[m_at]) >= 0x20)
                ++m_at;
            out.append(m_text.substr(begin, m_at - begin));
            if (m_at >= m_text.size())
                return expected("a closing quote");
            if (m_text[m_at] == '"') {
                ++m_at;
                return true;
            }
            if (m_text[m_at] != '\\')
                return expected("an escape instead of a control character");
            ++m_at;
            if (!escape(out))
                return false;
        }
    }

    bool array(Json& out, int depth)
    {
        ++m_at;
        Json::Array items;
        space();
        if (peek() == ']') {
            ++m_at;
        } else {
            while (true) {
                if (!value(items.emplace_back(), depth + 1))
                    return false;
                space();
                if (peek() == ']') {
                    ++m_at;
                    break;
                }
                if (peek() != ',')
                    return expected("',' or ']'");
                ++m_at;
            }
        }
        out.m_value = std::move(items);
        return true;
    }

    bool object(Json& out, int depth)
    {
        ++m_at;
        Json::Object members;
        space();
        if (peek() == '}') {
            ++m_at;
        } else {
            while (true) {
                space();
                if (peek() != '"')
                    return expected("a member name in quotes");
                auto& member = members.emplace_back();
                if (!string(member.key))
                    return false;
                space();
                if (peek() != ':')
                    return expected("':'");
                ++m_at;
                if (!value(member.value, depth + 1))
                    return false;
                space();
                if (peek() == '}') {
                    ++m_at;
                    break;
                }
                if (peek() != ',')
                    return expected("',' or '}'");
                ++m_at;
            }
        }
        out.m_value = std::move(members);
        return true;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::string m_problem;
};

Result<Json> Json::parse(std::string_view text)
{
    return JsonParser(text).document();
}

}
