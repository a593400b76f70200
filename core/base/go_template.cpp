#include "core/base/go_template.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <format>
#include <optional>

namespace belvedere::gotemplate {

namespace {

struct Pipe;

/// One argument of a command: what it starts from, and fields taken of it.
struct Operand {
    enum class Kind : std::uint8_t { dot, literal, variable, function, pipe };
    Kind kind = Kind::dot;
    Value literal;
    std::string name; ///< of a variable or function
    const Function* function = nullptr;
    std::vector<std::string> fields;
    std::unique_ptr<Pipe> pipe;
    std::size_t offset = 0;
};

struct Command {
    std::vector<Operand> operands;
};

struct Pipe {
    std::vector<std::string> variables;
    bool assigns = false; ///< `=` instead of `:=`
    std::vector<Command> commands;
};

struct Node {
    enum class Kind : std::uint8_t { text, action, branch, with, range, call, leave, next };
    Kind kind = Kind::text;
    std::string text; ///< or the name of the called template
    Pipe pipe;
    std::vector<Node> body;
    std::vector<Node> otherwise;
    std::size_t offset = 0;
};

enum class Builtin : std::uint8_t { none, logicalAnd, logicalOr };

struct Token {
    enum class Kind : std::uint8_t { end, identifier, field, variable, string, character, number, symbol, space };
    Kind kind = Kind::end;
    std::string text;
    std::size_t offset = 0;
};

bool isNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool isNameChar(char c) { return isNameStart(c) || (c >= '0' && c <= '9'); }
bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

void appendUtf8(std::string& out, std::uint32_t code)
{
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        code = 0xFFFD;
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

/// Resolves Go's escapes in the inside of a quoted string or character.
bool unescape(std::string_view text, std::string& out)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
            continue;
        }
        if (++i == text.size())
            return false;
        const char c = text[i];
        const auto number = [&](std::size_t from, std::size_t digits, int base, std::uint32_t& value) {
            if (from + digits > text.size())
                return false;
            const auto* first = text.data() + from;
            return std::from_chars(first, first + digits, value, base).ptr == first + digits;
        };
        std::uint32_t value = 0;
        switch (c) {
        case 'a': out += '\a'; break;
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        case 'v': out += '\v'; break;
        case '\\':
        case '\'':
        case '"': out += c; break;
        case 'x':
            if (!number(i + 1, 2, 16, value))
                return false;
            out += static_cast<char>(value);
            i += 2;
            break;
        case 'u':
        case 'U': {
            const std::size_t digits = c == 'u' ? 4 : 8;
            if (!number(i + 1, digits, 16, value))
                return false;
            appendUtf8(out, value);
            i += digits;
            break;
        }
        default:
            if (!number(i, 3, 8, value) || value > 255)
                return false;
            out += static_cast<char>(value);
            i += 2;
        }
    }
    return true;
}

std::size_t countRunes(std::string_view text)
{
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// ---------------------------------------------------------------------------------------------------------- printing

std::string goQuoted(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
                out += std::format("\\x{:02x}", static_cast<unsigned char>(c));
            else
                out += c;
        }
    }
    return out += '"';
}

struct Verb {
    bool minus = false, plus = false, sharp = false, space = false, zero = false;
    std::optional<int> width;
    std::optional<int> precision;
    char verb = 'v';
};

void pad(std::string& out, const Verb& verb, std::string text, bool numeric)
{
    const auto length = countRunes(text);
    const auto width = verb.width ? static_cast<std::size_t>(*verb.width) : 0;
    if (length >= width) {
        out += text;
        return;
    }
    const auto missing = width - length;
    if (verb.minus) {
        out += text;
        out.append(missing, ' ');
    } else if (verb.zero && numeric) {
        const std::size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
        out.append(text, 0, sign);
        out.append(missing, '0');
        out.append(text, sign);
    } else {
        out.append(missing, verb.zero ? '0' : ' ');
        out += text;
    }
}

/// Go writes at least two digits of exponent, as printf does.
std::string formatFloat(double value, char verb, std::optional<int> precision)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value < 0 ? "-Inf" : "+Inf";
    if ((verb == 'g' || verb == 'G') && !precision)
        return formatFloatG(value);
    std::array<char, 512> buffer;
    const auto digits = std::clamp(precision.value_or(6), 0, 100);
    const auto form = verb == 'e' || verb == 'E' ? std::chars_format::scientific : verb == 'g' || verb == 'G' ? std::chars_format::general : std::chars_format::fixed;
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, form, digits);
    std::string out(buffer.data(), end);
    if (verb == 'E' || verb == 'G')
        std::ranges::transform(out, out.begin(), [](char c) { return c == 'e' ? 'E' : c; });
    return out;
}

std::string badVerb(char verb, const Value& value)
{
    if (value.isNil())
        return std::format("%!{}(<nil>)", verb);
    return std::format("%!{}({}={})", verb, value.typeName(), value.text());
}

std::string integerText(std::int64_t value, const Verb& verb)
{
    const auto magnitude = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    std::string digits;
    switch (verb.verb) {
    case 'b': digits = std::format("{:b}", magnitude); break;
    case 'o': digits = (verb.sharp ? "0" : "") + std::format("{:o}", magnitude); break;
    case 'O': digits = "0o" + std::format("{:o}", magnitude); break;
    case 'x': digits = (verb.sharp ? "0x" : "") + std::format("{:x}", magnitude); break;
    case 'X': digits = (verb.sharp ? "0X" : "") + std::format("{:X}", magnitude); break;
    default: digits = std::to_string(magnitude);
    }
    if (verb.precision && digits.size() < static_cast<std::size_t>(*verb.precision))
        digits.insert(0, static_cast<std::size_t>(*verb.precision) - digits.size(), '0');
    return (value < 0 ? "-" : verb.plus ? "+" : verb.space ? " " : "") + digits;
}

void formatVerb(std::string& out, const Verb& verb, const Value& value)
{
    const char v = verb.verb;
    if (v == 'T') {
        pad(out, verb, value.isNil() ? "<nil>" : std::string(value.typeName()), false);
        return;
    }
    if (const auto* boolean = value.boolean(); boolean && (v == 'v' || v == 't')) {
        pad(out, verb, *boolean ? "true" : "false", false);
    } else if (const auto* integer = value.integer()) {
        if (std::string_view("vdboOxX").contains(v)) {
            pad(out, verb, integerText(*integer, verb), !verb.precision);
        } else if (v == 'c' || v == 'q') {
            std::string rune;
            appendUtf8(rune, static_cast<std::uint32_t>(*integer));
            pad(out, verb, v == 'q' ? "'" + rune + "'" : rune, false);
        } else if (v == 'U') {
            pad(out, verb, std::format("U+{:04X}", *integer), false);
        } else {
            out += badVerb(v, value);
        }
    } else if (const auto* number = value.number()) {
        if (std::string_view("veEfFgG").contains(v)) {
            auto text = formatFloat(*number, v == 'v' ? 'g' : v, verb.precision);
            if (std::isinf(*number) && *number > 0 && !verb.plus)
                text = "+Inf";
            else if (verb.plus && text[0] != '-' && text[0] != '+')
                text = "+" + text;
            else if (verb.space && text[0] != '-')
                text = " " + text;
            pad(out, verb, text, std::isfinite(*number));
        } else {
            out += badVerb(v, value);
        }
    } else if (const auto* string = value.string()) {
        if (v == 'v' || v == 's' || v == 'q') {
            std::string_view text = *string;
            if (verb.precision) {
                std::size_t bytes = 0;
                for (int runes = 0; bytes < text.size(); ++bytes) {
                    if ((static_cast<unsigned char>(text[bytes]) & 0xC0) != 0x80 && runes++ == *verb.precision)
                        break;
                }
                text = text.substr(0, bytes);
            }
            pad(out, verb, v == 'q' || verb.sharp ? goQuoted(text) : std::string(text), false);
        } else if (v == 'x' || v == 'X') {
            std::string hex;
            for (const char c : *string) {
                if (verb.space && !hex.empty())
                    hex += ' ';
                hex += v == 'x' ? std::format("{:02x}", static_cast<unsigned char>(c)) : std::format("{:02X}", static_cast<unsigned char>(c));
            }
            pad(out, verb, hex, false);
        } else {
            out += badVerb(v, value);
        }
    } else if (value.isNil()) {
        if (v == 'v')
            pad(out, verb, "<nil>", false);
        else
            out += badVerb(v, value);
    } else if (const auto* list = value.list()) {
        out += '[';
        for (std::size_t i = 0; i < list->size(); ++i) {
            if (i > 0)
                out += ' ';
            formatVerb(out, verb, (*list)[i]);
        }
        out += ']';
    } else if (v == 'v' || v == 's') {
        pad(out, verb, value.text(), false);
    } else {
        out += badVerb(v, value);
    }
}

/// Go puts a space between operands of print when neither is a string; println between all.
std::string printAll(std::span<const Value> arguments, bool line)
{
    std::string out;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (i > 0 && (line || (!arguments[i].string() && !arguments[i - 1].string())))
            out += ' ';
        out += arguments[i].text();
    }
    if (line)
        out += '\n';
    return out;
}

std::string escaped(std::string_view text, bool html)
{
    std::string out;
    for (const char c : text) {
        if (html) {
            switch (c) {
            case '"': out += "&#34;"; break;
            case '\'': out += "&#39;"; break;
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '\0': out += "\xEF\xBF\xBD"; break;
            default: out += c;
            }
        } else {
            switch (c) {
            case '\\': out += "\\\\"; break;
            case '\'': out += "\\'"; break;
            case '"': out += "\\\""; break;
            case '<': out += "\\u003C"; break;
            case '>': out += "\\u003E"; break;
            case '&': out += "\\u0026"; break;
            case '=': out += "\\u003D"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20)
                    out += std::format("\\u{:04X}", static_cast<unsigned>(c));
                else
                    out += c;
            }
        }
    }
    return out;
}

std::string queryEscaped(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~')
            out += c;
        else if (c == ' ')
            out += '+';
        else
            out += std::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

// -------------------------------------------------------------------------------------------------------- built-ins

std::unexpected<Error> fail(std::string message) { return failure(ErrorCode::execution, std::move(message)); }

/// -1, 0, 1; nothing if the types do not compare.
Result<int> compare(const Value& a, const Value& b, bool equality)
{
    const auto sign = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
    if (a.integer() && b.integer())
        return sign(*a.integer(), *b.integer());
    if (a.number() && b.number())
        return sign(*a.number(), *b.number());
    if (a.string() && b.string())
        return a.string()->compare(*b.string());
    if (equality && a.boolean() && b.boolean())
        return *a.boolean() == *b.boolean() ? 0 : 1;
    if (equality && (a.isNil() || b.isNil()))
        return a.isNil() && b.isNil() ? 0 : 1;
    if (a.list() || b.list() || a.map() || b.map() || a.object() || b.object() || (!equality && (a.isNil() || b.isNil() || a.boolean())))
        return fail("non-comparable type");
    return fail("incompatible types for comparison");
}

Result<Value> indexed(const Value& container, const Value& key)
{
    if (const auto* map = container.map()) {
        if (!key.string())
            return fail(std::format("value has type {}; should be string", key.typeName()));
        const auto found = map->find(*key.string());
        return found == map->end() ? Value() : found->second;
    }
    if (const auto* object = container.object(); object && key.string())
        return object->member(*key.string(), {});
    if (!key.integer())
        return fail(container.isNil() ? std::string("index of untyped nil") : std::format("cannot index slice/array with type {}", key.typeName()));
    const auto at = *key.integer();
    const auto size = container.list() ? container.list()->size() : container.string() ? container.string()->size() : 0;
    if (!container.list() && !container.string())
        return fail(container.isNil() ? std::string("index of untyped nil") : std::format("can't index item of type {}", container.typeName()));
    if (at < 0 || static_cast<std::size_t>(at) >= size)
        return fail(std::format("index out of range: {}", at));
    if (container.list())
        return (*container.list())[static_cast<std::size_t>(at)];
    return Value(static_cast<std::int64_t>(static_cast<unsigned char>((*container.string())[static_cast<std::size_t>(at)])));
}

Result<Value> sliced(const Call& call)
{
    if (call.arguments.empty())
        return fail("slice of untyped nil");
    const auto& item = call.arguments[0];
    if (!item.string() && !item.list())
        return fail(std::format("can't slice item of type {}", item.typeName()));
    const auto size = static_cast<std::int64_t>(item.string() ? item.string()->size() : item.list()->size());
    std::int64_t from = 0;
    std::int64_t to = size;
    if (call.arguments.size() > 1) {
        const auto value = call.integerAt(1);
        if (!value)
            return std::unexpected(value.error());
        from = *value;
    }
    if (call.arguments.size() > 2) {
        const auto value = call.integerAt(2);
        if (!value)
            return std::unexpected(value.error());
        to = *value;
    }
    if (from < 0 || to > size || from > to)
        return fail(std::format("index out of range: {}", from < 0 || from > size ? from : to));
    if (item.string())
        return Value(item.string()->substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
    return Value(List(item.list()->begin() + from, item.list()->begin() + to));
}

template <class Test>
Function comparison(Test test, bool equality)
{
    return [test, equality](const Call& call) -> Result<Value> {
        if (call.arguments.size() < 2)
            return fail("missing argument for comparison");
        const auto result = compare(call.arguments[0], call.arguments[1], equality);
        if (!result)
            return std::unexpected(result.error());
        return Value(test(*result));
    };
}

const Functions& builtins()
{
    static const Functions functions {
        { "and", {} }, // evaluated by the executor, which stops at the first that decides
        { "or", {} },
        { "not", [](const Call& call) -> Result<Value> {
             if (auto ok = call.expect(1); !ok)
                 return std::unexpected(ok.error());
             return Value(!call.arguments[0].truth());
         } },
        { "len", [](const Call& call) -> Result<Value> {
             if (auto ok = call.expect(1); !ok)
                 return std::unexpected(ok.error());
             const auto& value = call.arguments[0];
             if (value.string())
                 return Value(static_cast<std::int64_t>(value.string()->size()));
             if (value.list())
                 return Value(static_cast<std::int64_t>(value.list()->size()));
             if (value.map())
                 return Value(static_cast<std::int64_t>(value.map()->size()));
             return fail(value.isNil() ? std::string("len of nil pointer") : std::format("len of type {}", value.typeName()));
         } },
        { "index", [](const Call& call) -> Result<Value> {
             if (call.arguments.empty())
                 return fail("index of untyped nil");
             Result<Value> value = call.arguments[0];
             for (std::size_t i = 1; value && i < call.arguments.size(); ++i)
                 value = indexed(*value, call.arguments[i]);
             return value;
         } },
        { "slice", sliced },
        { "print", [](const Call& call) -> Result<Value> { return Value(printAll(call.arguments, false)); } },
        { "println", [](const Call& call) -> Result<Value> { return Value(printAll(call.arguments, true)); } },
        { "printf", [](const Call& call) -> Result<Value> {
             const auto format = call.stringAt(0);
             if (!format)
                 return std::unexpected(format.error());
             return Value(sprintf(*format, call.arguments.subspan(1)));
         } },
        { "html", [](const Call& call) -> Result<Value> { return Value(escaped(printAll(call.arguments, false), true)); } },
        { "js", [](const Call& call) -> Result<Value> { return Value(escaped(printAll(call.arguments, false), false)); } },
        { "urlquery", [](const Call& call) -> Result<Value> { return Value(queryEscaped(printAll(call.arguments, false))); } },
        { "eq", [](const Call& call) -> Result<Value> {
             if (call.arguments.size() < 2)
                 return fail("missing argument for comparison");
             for (std::size_t i = 1; i < call.arguments.size(); ++i) {
                 const auto result = compare(call.arguments[0], call.arguments[i], true);
                 if (!result)
                     return std::unexpected(result.error());
                 if (*result == 0)
                     return Value(true);
             }
             return Value(false);
         } },
        { "ne", comparison([](int order) { return order != 0; }, true) },
        { "lt", comparison([](int order) { return order < 0; }, false) },
        { "le", comparison([](int order) { return order <= 0; }, false) },
        { "gt", comparison([](int order) { return order > 0; }, false) },
        { "ge", comparison([](int order) { return order >= 0; }, false) },
    };
    return functions;
}

}

// ------------------------------------------------------------------------------------------------------------ values

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
        return fail(std::format("wrong number of args for {}: want {} got {}", name, count, arguments.size()));
    return {};
}

Result<std::string_view> Call::stringAt(std::size_t index) const
{
    if (index >= arguments.size())
        return fail(std::format("wrong number of args for {}: want at least {} got {}", name, index + 1, arguments.size()));
    if (const auto* string = arguments[index].string())
        return *string;
    if (arguments[index].isNil())
        return fail("invalid value; expected string");
    return fail(std::format("wrong type for value; expected string; got {}", arguments[index].typeName()));
}

Result<std::int64_t> Call::integerAt(std::size_t index) const
{
    if (index >= arguments.size())
        return fail(std::format("wrong number of args for {}: want at least {} got {}", name, index + 1, arguments.size()));
    if (const auto* integer = arguments[index].integer())
        return *integer;
    return fail(std::format("wrong type for value; expected int; got {}", arguments[index].typeName()));
}

Result<double> Call::numberAt(std::size_t index) const
{
    if (index >= arguments.size())
        return fail(std::format("wrong number of args for {}: want at least {} got {}", name, index + 1, arguments.size()));
    if (const auto* number = arguments[index].number())
        return *number;
    if (const auto* integer = arguments[index].integer())
        return static_cast<double>(*integer);
    return fail(std::format("wrong type for value; expected float64; got {}", arguments[index].typeName()));
}

std::string formatFloatG(double value)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value < 0 ? "-Inf" : "+Inf";
    std::array<char, 400> buffer;
    auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
    const std::string_view scientific(buffer.data(), end);
    const auto e = scientific.find('e');
    int exponent = 0;
    const auto* digits = scientific.data() + e + 1;
    std::from_chars(*digits == '+' ? digits + 1 : digits, end, exponent);
    if (exponent < -4 || exponent >= 6) // precision 6, whatever the number of digits
        return std::string(scientific);
    end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed).ptr;
    return std::string(buffer.data(), end);
}

std::string sprintf(std::string_view format, std::span<const Value> arguments)
{
    std::string out;
    std::size_t used = 0;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') {
            out += format[i];
            continue;
        }
        Verb verb;
        for (++i; i < format.size(); ++i) {
            if (format[i] == '-')
                verb.minus = true;
            else if (format[i] == '+')
                verb.plus = true;
            else if (format[i] == '#')
                verb.sharp = true;
            else if (format[i] == ' ')
                verb.space = true;
            else if (format[i] == '0')
                verb.zero = true;
            else
                break;
        }
        constexpr int kLargest = 1'000'000; // as in Go
        const auto number = [&](std::optional<int>& target) {
            if (i < format.size() && format[i] == '*') {
                ++i;
                if (used < arguments.size() && arguments[used].integer() && std::abs(*arguments[used].integer()) <= kLargest)
                    target = static_cast<int>(*arguments[used].integer());
                ++used;
                return;
            }
            for (; i < format.size() && format[i] >= '0' && format[i] <= '9'; ++i)
                target = std::min(kLargest, target.value_or(0) * 10 + (format[i] - '0'));
        };
        number(verb.width);
        if (verb.width && *verb.width < 0) {
            verb.minus = true;
            verb.width = -*verb.width;
        }
        if (i < format.size() && format[i] == '.') {
            ++i;
            number(verb.precision);
            verb.precision = std::max(0, verb.precision.value_or(0));
        }
        if (i == format.size()) {
            out += "%!(NOVERB)";
            break;
        }
        verb.verb = format[i];
        if (verb.verb == '%')
            out += '%';
        else if (used >= arguments.size())
            out += std::format("%!{}(MISSING)", verb.verb);
        else
            formatVerb(out, verb, arguments[used++]);
    }
    if (used < arguments.size()) {
        out += "%!(EXTRA ";
        for (std::size_t i = used; i < arguments.size(); ++i) {
            if (i > used)
                out += ", ";
            out += arguments[i].isNil() ? "<nil>" : std::format("{}={}", arguments[i].typeName(), arguments[i].text());
        }
        out += ')';
    }
    return out;
}

// ----------------------------------------------------------------------------------------------------------- parsing

struct Template::Compiled {
    std::string name;
    std::string text;
    std::vector<Node> root;
    std::map<std::string, std::vector<Node>, std::less<>> defined;
    std::vector<std::string> fields;
    bool usesAllFields = false;
    std::vector<std::string> functions;
};

namespace {

constexpr std::size_t kDeepest = 200; ///< nesting of actions, parentheses and template calls

class Parser {
public:
    Parser(std::string_view name, std::string_view text, const Functions& functions)
        : m_name(name)
        , m_text(text)
        , m_functions(functions)
    {
    }

    Result<void> run(std::vector<Node>& root)
    {
        if (!list(root, 0))
            return std::unexpected(*m_error);
        if (m_stop != Stop::end) {
            error(std::format("unexpected {{{{{}}}}}", m_stopWord), m_actionAt);
            return std::unexpected(*m_error);
        }
        return {};
    }

    std::map<std::string, std::vector<Node>, std::less<>> defined;
    std::vector<std::string> fields;
    std::vector<std::string> called;
    bool usesAll = false;

private:
    enum class Stop : std::uint8_t { end, endWord, elseWord };

    bool error(std::string message, std::size_t at)
    {
        if (!m_error) {
            const auto line = 1 + std::count(m_text.begin(), m_text.begin() + static_cast<std::ptrdiff_t>(std::min(at, m_text.size())), '\n');
            m_error = Error { ErrorCode::parse, std::format("template: {}:{}: {}", m_name, line, message), TextRange { at, std::min(at + 1, m_text.size()) } };
        }
        return false;
    }

    /// Reads nodes until the text ends or an `end` or `else` is met, which m_stop then says.
    bool list(std::vector<Node>& nodes, std::size_t depth)
    {
        if (depth > kDeepest)
            return error("nested too deeply", m_at);
        while (m_at < m_text.size()) {
            const auto open = m_text.find("{{", m_at);
            auto literal = m_text.substr(m_at, open == std::string_view::npos ? open : open - m_at);
            if (m_trimNext) {
                while (!literal.empty() && isSpace(literal.front()))
                    literal.remove_prefix(1);
                m_trimNext = false;
            }
            const bool trimBefore = open != std::string_view::npos && m_text.size() > open + 3 && m_text[open + 2] == '-' && isSpace(m_text[open + 3]);
            if (trimBefore) {
                while (!literal.empty() && isSpace(literal.back()))
                    literal.remove_suffix(1);
            }
            if (!literal.empty()) {
                Node node;
                node.text = literal;
                nodes.push_back(std::move(node));
            }
            if (open == std::string_view::npos) {
                m_at = m_text.size();
                break;
            }
            m_at = open + (trimBefore ? 4 : 2);
            m_actionAt = open;
            if (m_text.substr(m_at).starts_with("/*")) {
                const auto close = m_text.find("*/", m_at + 2);
                if (close == std::string_view::npos)
                    return error("unclosed comment", open);
                m_at = close + 2;
                if (m_text.substr(m_at).starts_with(" -}}")) {
                    m_trimNext = true;
                    m_at += 4;
                } else if (m_text.substr(m_at).starts_with("}}")) {
                    m_at += 2;
                } else {
                    return error("comment ends before closing delimiter", open);
                }
                continue;
            }
            if (!lexAction())
                return false;
            bool stopped = false;
            if (!action(nodes, depth, stopped))
                return false;
            if (stopped)
                return true;
        }
        m_stop = Stop::end;
        return true;
    }

    bool lexAction()
    {
        m_tokens.clear();
        m_next = 0;
        for (;;) {
            const auto rest = m_text.substr(m_at);
            if (rest.empty())
                return error("unclosed action", m_actionAt);
            if (rest.starts_with("}}")) {
                m_at += 2;
                break;
            }
            if (isSpace(rest[0])) {
                std::size_t n = 1;
                while (n < rest.size() && isSpace(rest[n]))
                    ++n;
                if (rest.substr(n).starts_with("-}}")) {
                    m_at += n + 3;
                    m_trimNext = true;
                    break;
                }
                push(Token::Kind::space, " ", n);
                continue;
            }
            const char c = rest[0];
            if (c == '"' || c == '\'') {
                std::size_t n = 1;
                while (n < rest.size() && rest[n] != c && rest[n] != '\n')
                    n += rest[n] == '\\' ? 2 : 1;
                if (n >= rest.size() || rest[n] != c)
                    return error(c == '"' ? "unterminated quoted string" : "unterminated character constant", m_at);
                std::string value;
                if (!unescape(rest.substr(1, n - 1), value))
                    return error("invalid syntax", m_at);
                push(c == '"' ? Token::Kind::string : Token::Kind::character, std::move(value), n + 1);
            } else if (c == '`') {
                const auto close = rest.find('`', 1);
                if (close == std::string_view::npos)
                    return error("unterminated raw quoted string", m_at);
                push(Token::Kind::string, std::string(rest.substr(1, close - 1)), close + 1);
            } else if (c == '.' && rest.size() > 1 && isNameStart(rest[1])) {
                const auto n = 1 + nameLength(rest.substr(1));
                push(Token::Kind::field, std::string(rest.substr(1, n - 1)), n);
            } else if (c == '$') {
                const auto n = 1 + nameLength(rest.substr(1));
                push(Token::Kind::variable, std::string(rest.substr(0, n)), n);
            } else if (isNameStart(c)) {
                const auto n = nameLength(rest);
                push(Token::Kind::identifier, std::string(rest.substr(0, n)), n);
            } else if ((c >= '0' && c <= '9') || ((c == '+' || c == '-' || c == '.') && rest.size() > 1 && ((rest[1] >= '0' && rest[1] <= '9') || rest[1] == '.'))) {
                std::size_t n = 1;
                while (n < rest.size() && (isNameChar(rest[n]) || rest[n] == '.' || ((rest[n] == '+' || rest[n] == '-') && (rest[n - 1] == 'e' || rest[n - 1] == 'E'))))
                    ++n;
                push(Token::Kind::number, std::string(rest.substr(0, n)), n);
            } else if (rest.starts_with(":=")) {
                push(Token::Kind::symbol, ":=", 2);
            } else if (std::string_view("().|,=").contains(c)) {
                push(Token::Kind::symbol, std::string(1, c), 1);
            } else {
                return error(std::format("unexpected {} in command", goQuoted(rest.substr(0, 1))), m_at);
            }
        }
        while (!m_tokens.empty() && m_tokens.back().kind == Token::Kind::space)
            m_tokens.pop_back();
        return true;
    }

    static std::size_t nameLength(std::string_view text)
    {
        std::size_t n = 0;
        while (n < text.size() && isNameChar(text[n]))
            ++n;
        return n;
    }

    void push(Token::Kind kind, std::string text, std::size_t length)
    {
        m_tokens.push_back({ kind, std::move(text), m_at });
        m_at += length;
    }

    const Token& peek() const
    {
        static const Token end;
        return m_next < m_tokens.size() ? m_tokens[m_next] : end;
    }
    void skipSpace()
    {
        while (peek().kind == Token::Kind::space)
            ++m_next;
    }
    bool isSymbol(std::string_view text) const { return peek().kind == Token::Kind::symbol && peek().text == text; }
    bool isWord(std::string_view text) const { return peek().kind == Token::Kind::identifier && peek().text == text; }
    bool atEnd() const { return m_next >= m_tokens.size(); }
    bool unexpected(std::string_view context)
    {
        if (atEnd())
            return error(std::format("missing value for {}", context), m_actionAt);
        return error(std::format("unexpected {} in {}", goQuoted(peek().text), context), peek().offset);
    }

    bool action(std::vector<Node>& nodes, std::size_t depth, bool& stopped)
    {
        skipSpace();
        Node node;
        node.offset = m_actionAt;
        const auto word = peek().kind == Token::Kind::identifier ? peek().text : std::string();
        if (word == "end" || word == "else") {
            ++m_next;
            m_stop = word == "end" ? Stop::endWord : Stop::elseWord;
            m_stopWord = word;
            stopped = true;
            return word == "else" || atEnd() || unexpected("end");
        }
        if (word == "if" || word == "with" || word == "range") {
            ++m_next;
            return control(nodes, std::move(node), word, depth);
        }
        if (word == "define" || word == "block" || word == "template") {
            ++m_next;
            skipSpace();
            if (peek().kind != Token::Kind::string)
                return unexpected(word + " clause");
            node.kind = Node::Kind::call;
            node.text = m_tokens[m_next++].text;
            skipSpace();
            if (word != "define" && !atEnd() && !pipeline(node.pipe, word, false, 0))
                return false;
            if (!atEnd())
                return unexpected(word + " clause");
            if (word != "template") {
                std::vector<Node> body;
                const auto variables = m_variables;
                m_variables = { "$" };
                usesAll = true; // what the body calls its data is not known here
                if (!list(body, depth + 1))
                    return false;
                m_variables = variables;
                if (m_stop != Stop::endWord)
                    return error(std::format("unexpected {} in {}", m_stop == Stop::end ? "EOF" : "{{else}}", word), node.offset);
                defined[node.text] = std::move(body);
            }
            if (word != "define")
                nodes.push_back(std::move(node));
            return true;
        }
        if (word == "break" || word == "continue") {
            if (m_ranges == 0)
                return error(std::format("{{{{{}}}}} outside {{{{range}}}}", word), node.offset);
            ++m_next;
            node.kind = word == "break" ? Node::Kind::leave : Node::Kind::next;
            nodes.push_back(std::move(node));
            return atEnd() || unexpected(word);
        }
        node.kind = Node::Kind::action;
        if (!pipeline(node.pipe, "command", false, 0))
            return false;
        if (!atEnd())
            return unexpected("command");
        nodes.push_back(std::move(node));
        return true;
    }

    bool control(std::vector<Node>& nodes, Node node, const std::string& word, std::size_t depth)
    {
        node.kind = word == "if" ? Node::Kind::branch : word == "with" ? Node::Kind::with : Node::Kind::range;
        const auto scope = m_variables.size();
        if (!pipeline(node.pipe, word, word == "range", 0))
            return false;
        if (!atEnd())
            return unexpected(word);
        m_ranges += word == "range" ? 1 : 0;
        // Inside with and range the dot is another value.
        const bool rebinds = word != "if";
        m_rebound += rebinds ? 1 : 0;
        const bool ok = list(node.body, depth + 1);
        m_rebound -= rebinds ? 1 : 0;
        m_ranges -= word == "range" ? 1 : 0;
        if (!ok)
            return false;
        if (m_stop == Stop::elseWord) {
            skipSpace();
            if (isWord("if") || (isWord("with") && word == "with")) {
                const auto inner = m_tokens[m_next++].text;
                Node nested;
                nested.offset = m_actionAt;
                // The one `end` closes all of the chain.
                if (!control(node.otherwise, std::move(nested), inner, depth + 1))
                    return false;
            } else {
                if (!atEnd())
                    return unexpected("else");
                if (!list(node.otherwise, depth + 1))
                    return false;
                if (m_stop == Stop::elseWord)
                    return error(std::format("expected end; found {{{{else}}}}"), m_actionAt);
            }
        }
        if (m_stop == Stop::end)
            return error("unexpected EOF", node.offset);
        m_variables.resize(scope);
        m_stop = Stop::endWord;
        nodes.push_back(std::move(node));
        return true;
    }

    bool pipeline(Pipe& pipe, std::string_view context, bool ranges, std::size_t depth)
    {
        if (depth > kDeepest)
            return error("nested too deeply", m_actionAt);
        skipSpace();
        const auto start = m_next;
        std::vector<std::string> names;
        while (peek().kind == Token::Kind::variable) {
            names.push_back(peek().text);
            ++m_next;
            skipSpace();
            if (isSymbol(",") && ranges && names.size() == 1) {
                ++m_next;
                skipSpace();
                continue;
            }
            break;
        }
        if (!names.empty() && (isSymbol(":=") || isSymbol("="))) {
            pipe.assigns = isSymbol("=");
            ++m_next;
            if (pipe.assigns) {
                for (const auto& name : names) {
                    if (std::ranges::find(m_variables, name) == m_variables.end())
                        return error(std::format("undefined variable {}", goQuoted(name)), m_tokens[start].offset);
                }
            }
            pipe.variables = names;
        } else {
            m_next = start;
        }
        for (;;) {
            skipSpace();
            Command one;
            if (!command(one, context, depth))
                return false;
            if (!pipe.commands.empty() && one.operands.front().kind == Operand::Kind::literal)
                return error(std::format("non executable command in pipeline stage {}", pipe.commands.size() + 1), one.operands.front().offset);
            pipe.commands.push_back(std::move(one));
            skipSpace();
            if (!isSymbol("|"))
                break;
            ++m_next;
        }
        if (!pipe.assigns)
            m_variables.insert(m_variables.end(), pipe.variables.begin(), pipe.variables.end());
        return true;
    }

    bool command(Command& out, std::string_view context, std::size_t depth)
    {
        for (;;) {
            if (atEnd() || isSymbol("|") || isSymbol(")"))
                break;
            Operand one;
            if (!operand(one, context, depth))
                return false;
            out.operands.push_back(std::move(one));
            if (peek().kind == Token::Kind::space) {
                skipSpace();
                continue;
            }
            if (!atEnd() && !isSymbol("|") && !isSymbol(")"))
                return unexpected("operand");
        }
        if (out.operands.empty())
            return unexpected(context);
        return true;
    }

    bool operand(Operand& out, std::string_view context, std::size_t depth)
    {
        const auto token = peek();
        out.offset = token.offset;
        switch (token.kind) {
        case Token::Kind::identifier:
            if (token.text == "true" || token.text == "false" || token.text == "nil") {
                out.kind = Operand::Kind::literal;
                if (token.text != "nil")
                    out.literal = Value(token.text == "true");
            } else {
                out.kind = Operand::Kind::function;
                out.name = token.text;
                if (const auto own = m_functions.find(token.text); own != m_functions.end())
                    out.function = &own->second;
                else if (const auto built = builtins().find(token.text); built != builtins().end())
                    out.function = &built->second;
                else
                    return error(std::format("function {} not defined", goQuoted(token.text)), token.offset);
                called.push_back(token.text);
            }
            ++m_next;
            break;
        case Token::Kind::string:
            out.kind = Operand::Kind::literal;
            out.literal = Value(token.text);
            ++m_next;
            break;
        case Token::Kind::character: {
            out.kind = Operand::Kind::literal;
            std::uint32_t code = static_cast<unsigned char>(token.text.empty() ? '\0' : token.text[0]);
            if (code >= 0xC0) {
                code &= code >= 0xF0 ? 0x07 : code >= 0xE0 ? 0x0F : 0x1F;
                for (std::size_t i = 1; i < token.text.size(); ++i)
                    code = (code << 6) | (static_cast<unsigned char>(token.text[i]) & 0x3F);
            }
            out.literal = Value(static_cast<std::int64_t>(code));
            ++m_next;
            break;
        }
        case Token::Kind::number:
            out.kind = Operand::Kind::literal;
            if (!numberValue(token.text, out.literal))
                return error(std::format("bad number syntax: {}", goQuoted(token.text)), token.offset);
            ++m_next;
            break;
        case Token::Kind::variable:
            if (std::ranges::find(m_variables, token.text) == m_variables.end())
                return error(std::format("undefined variable {}", goQuoted(token.text)), token.offset);
            out.kind = Operand::Kind::variable;
            out.name = token.text;
            ++m_next;
            break;
        case Token::Kind::field: out.kind = Operand::Kind::dot; break;
        case Token::Kind::symbol:
            if (token.text == ".") {
                out.kind = Operand::Kind::dot;
                ++m_next;
                break;
            }
            if (token.text == "(") {
                ++m_next;
                out.kind = Operand::Kind::pipe;
                out.pipe = std::make_unique<Pipe>();
                if (!pipeline(*out.pipe, "parenthesized pipeline", false, depth + 1))
                    return false;
                if (!isSymbol(")"))
                    return error("unclosed left paren", token.offset);
                ++m_next;
                break;
            }
            return unexpected(context);
        default: return unexpected(context);
        }
        while (peek().kind == Token::Kind::field)
            out.fields.push_back(m_tokens[m_next++].text);
        if (!out.fields.empty() && out.kind == Operand::Kind::literal)
            return error(std::format("unexpected . after term {}", goQuoted(token.text)), token.offset);
        // Which fields of the outermost data are used?
        const bool outermost = (out.kind == Operand::Kind::dot && m_rebound == 0) || (out.kind == Operand::Kind::variable && out.name == "$");
        if (outermost && out.fields.empty())
            usesAll = true;
        else if (outermost)
            fields.push_back(out.fields.front());
        return true;
    }

    static bool numberValue(const std::string& text, Value& value)
    {
        std::string_view digits = text;
        bool negative = false;
        if (digits.front() == '+' || digits.front() == '-') {
            negative = digits.front() == '-';
            digits.remove_prefix(1);
        }
        int base = 10;
        if (digits.size() > 1 && digits[0] == '0') {
            const char c = static_cast<char>(digits[1] | 32);
            base = c == 'x' ? 16 : c == 'b' ? 2 : c == 'o' || (digits[1] >= '0' && digits[1] <= '7' && !digits.contains('.')) ? 8 : 10;
            if (c == 'x' || c == 'b' || c == 'o')
                digits.remove_prefix(2);
        }
        std::string plain;
        std::ranges::copy_if(digits, std::back_inserter(plain), [](char c) { return c != '_'; });
        std::uint64_t integer = 0;
        if (const auto [end, failed] = std::from_chars(plain.data(), plain.data() + plain.size(), integer, base); failed == std::errc() && end == plain.data() + plain.size() && integer <= static_cast<std::uint64_t>(INT64_MAX) + (negative ? 1 : 0)) {
            value = Value(static_cast<std::int64_t>(negative ? 0 - integer : integer));
            return true;
        }
        const auto number = parseFloat(text);
        if (!number)
            return false;
        value = Value(*number);
        return true;
    }

    std::string_view m_name;
    std::string_view m_text;
    const Functions& m_functions;
    std::size_t m_at = 0;
    std::size_t m_actionAt = 0;
    bool m_trimNext = false;
    std::vector<Token> m_tokens;
    std::size_t m_next = 0;
    Stop m_stop = Stop::end;
    std::string m_stopWord;
    std::vector<std::string> m_variables { "$" };
    int m_ranges = 0;
    int m_rebound = 0;
    std::optional<Error> m_error;
};

// --------------------------------------------------------------------------------------------------------- execution

class Executor {
public:
    Executor(std::string_view name, std::string_view text, const std::map<std::string, std::vector<Node>, std::less<>>& defined, std::string& out, const void* context)
        : m_name(name)
        , m_text(text)
        , m_defined(defined)
        , m_out(out)
        , m_context(context)
    {
    }

    Result<void> run(const std::vector<Node>& nodes, const Value& data)
    {
        m_variables.emplace_back("$", data);
        if (!walk(nodes, data))
            return std::unexpected(std::move(m_error));
        return {};
    }

private:
    enum class Flow : std::uint8_t { on, leave, next };

    bool fail(std::size_t offset, const std::string& message)
    {
        const auto before = m_text.substr(0, std::min(offset, m_text.size()));
        const auto line = 1 + std::ranges::count(before, '\n');
        const auto lineStart = before.rfind('\n');
        const auto column = lineStart == std::string_view::npos ? before.size() : before.size() - lineStart - 1;
        m_error = Error { ErrorCode::execution, std::format("template: {}:{}:{}: executing \"{}\": {}", m_name, line, column, m_name, message), TextRange { offset, std::min(offset + 1, m_text.size()) } };
        return false;
    }

    bool walk(const std::vector<Node>& nodes, const Value& dot)
    {
        const auto scope = m_variables.size();
        for (const auto& node : nodes) {
            if (!step(node, dot))
                return false;
            if (m_flow != Flow::on)
                break;
        }
        m_variables.resize(scope);
        return true;
    }

    bool step(const Node& node, const Value& dot)
    {
        Value value;
        switch (node.kind) {
        case Node::Kind::text: m_out += node.text; return true;
        case Node::Kind::leave: m_flow = Flow::leave; return true;
        case Node::Kind::next: m_flow = Flow::next; return true;
        case Node::Kind::action:
            if (!evaluate(node.pipe, dot, value))
                return false;
            if (node.pipe.variables.empty()) {
                if (const auto* text = value.string())
                    m_out += *text;
                else
                    m_out += value.isNil() ? "<no value>" : value.text();
            }
            return true;
        case Node::Kind::branch:
        case Node::Kind::with: {
            const auto scope = m_variables.size();
            if (!evaluate(node.pipe, dot, value))
                return false;
            const bool chosen = value.truth();
            const bool ok = walk(chosen ? node.body : node.otherwise, chosen && node.kind == Node::Kind::with ? value : dot);
            m_variables.resize(scope);
            return ok;
        }
        case Node::Kind::range: return range(node, dot);
        case Node::Kind::call: {
            if (!node.pipe.commands.empty() && !evaluate(node.pipe, dot, value))
                return false;
            const auto found = m_defined.find(node.text);
            if (found == m_defined.end())
                return fail(node.offset, std::format("template {} not defined", goQuoted(node.text)));
            if (++m_depth > kDeepest)
                return fail(node.offset, "exceeded maximum template depth");
            auto variables = std::move(m_variables);
            m_variables.clear();
            m_variables.emplace_back("$", value);
            const bool ok = walk(found->second, value);
            m_variables = std::move(variables);
            --m_depth;
            return ok;
        }
        }
        return true;
    }

    bool range(const Node& node, const Value& dot)
    {
        const auto scope = m_variables.size();
        Value value;
        Pipe const& pipe = node.pipe;
        if (!evaluateCommands(pipe, dot, value))
            return false;
        const auto set = [&](std::size_t index, const Value& item) {
            if (pipe.assigns)
                assign(pipe.variables[index], item);
            else
                m_variables.emplace_back(pipe.variables[index], item);
        };
        bool any = false;
        const auto once = [&](const Value& key, const Value& item) {
            any = true;
            const auto inner = m_variables.size();
            if (pipe.variables.size() == 2) {
                set(0, key);
                set(1, item);
            } else if (pipe.variables.size() == 1) {
                set(0, item);
            }
            const bool ok = walk(node.body, item);
            m_variables.resize(inner);
            return ok;
        };
        const auto leaves = [&] {
            const bool leave = m_flow == Flow::leave;
            m_flow = Flow::on;
            return leave;
        };
        if (const auto* list = value.list()) {
            for (std::size_t i = 0; i < list->size(); ++i) {
                if (!once(Value(static_cast<std::int64_t>(i)), (*list)[i]))
                    return false;
                if (leaves())
                    break;
            }
        } else if (const auto* map = value.map()) {
            for (const auto& [key, item] : *map) {
                if (!once(Value(key), item))
                    return false;
                if (leaves())
                    break;
            }
        } else if (const auto* count = value.integer()) {
            for (std::int64_t i = 0; i < *count; ++i) {
                if (i > 1'000'000)
                    return fail(node.offset, "range is too long");
                if (!once(Value(i), Value(i)))
                    return false;
                if (leaves())
                    break;
            }
        } else if (!value.isNil()) {
            return fail(node.offset, std::format("range can't iterate over {}", value.text()));
        }
        const bool ok = any || walk(node.otherwise, dot);
        m_variables.resize(scope);
        return ok;
    }

    void assign(std::string_view name, const Value& value)
    {
        const auto found = std::ranges::find(m_variables.rbegin(), m_variables.rend(), name, &std::pair<std::string_view, Value>::first);
        if (found != m_variables.rend())
            found->second = value;
    }

    bool evaluate(const Pipe& pipe, const Value& dot, Value& value)
    {
        if (!evaluateCommands(pipe, dot, value))
            return false;
        for (const auto& name : pipe.variables) {
            if (pipe.assigns)
                assign(name, value);
            else
                m_variables.emplace_back(name, value);
        }
        return true;
    }

    bool evaluateCommands(const Pipe& pipe, const Value& dot, Value& value)
    {
        for (std::size_t i = 0; i < pipe.commands.size(); ++i) {
            Value result;
            if (!evaluate(pipe.commands[i], dot, i > 0 ? &value : nullptr, result))
                return false;
            value = std::move(result);
        }
        return true;
    }

    bool evaluate(const Command& command, const Value& dot, const Value* piped, Value& value)
    {
        const auto& first = command.operands.front();
        const std::size_t count = command.operands.size() - 1 + (piped ? 1 : 0);
        const bool isFunction = first.kind == Operand::Kind::function;
        if (isFunction && !*first.function)
            return logical(command, dot, piped, value) && follow(first, 0, {}, value);
        if (count == 0 && !isFunction)
            return operand(first, dot, value);
        std::vector<Value> arguments(count);
        for (std::size_t i = 1; i < command.operands.size(); ++i) {
            if (!operand(command.operands[i], dot, arguments[i - 1]))
                return false;
        }
        if (piped)
            arguments.back() = *piped;
        if (isFunction)
            return call(first, arguments, value) && follow(first, 0, {}, value);
        if (first.fields.empty())
            return fail(first.offset, "can't give argument to non-function");
        return start(first, dot, value) && follow(first, 0, arguments, value);
    }

    /// `and` and `or` evaluate only what decides.
    bool logical(const Command& command, const Value& dot, const Value* piped, Value& value)
    {
        const auto& first = command.operands.front();
        if (command.operands.size() == 1 && !piped)
            return fail(first.offset, std::format("wrong number of args for {}: want at least 1 got 0", first.name));
        const bool isOr = first.name == "or";
        for (std::size_t i = 1; i < command.operands.size(); ++i) {
            if (!operand(command.operands[i], dot, value))
                return false;
            if (value.truth() == isOr)
                return true;
        }
        if (piped)
            value = *piped;
        return true;
    }

    bool call(const Operand& function, std::span<const Value> arguments, Value& value)
    {
        auto result = (*function.function)(Call { function.name, arguments, m_context });
        if (!result)
            return fail(function.offset, std::format("error calling {}: {}", function.name, result.error().message));
        value = std::move(*result);
        return true;
    }

    /// The value that the operand's fields are taken of.
    bool start(const Operand& item, const Value& dot, Value& value)
    {
        switch (item.kind) {
        case Operand::Kind::dot: value = dot; return true;
        case Operand::Kind::literal: value = item.literal; return true;
        case Operand::Kind::variable: {
            const auto found = std::ranges::find(m_variables.rbegin(), m_variables.rend(), item.name, &std::pair<std::string_view, Value>::first);
            if (found == m_variables.rend())
                return fail(item.offset, std::format("undefined variable: {}", item.name));
            value = found->second;
            return true;
        }
        case Operand::Kind::pipe: return evaluate(*item.pipe, dot, value);
        case Operand::Kind::function:
            if (!*item.function)
                return fail(item.offset, std::format("wrong number of args for {}: want at least 1 got 0", item.name));
            return call(item, {}, value);
        }
        return true;
    }

    bool operand(const Operand& item, const Value& dot, Value& value)
    {
        // The common `.name` without copying what the dot is.
        if (item.kind == Operand::Kind::dot && !item.fields.empty())
            return field(item, item.fields[0], dot, {}, value) && follow(item, 1, {}, value);
        return start(item, dot, value) && follow(item, 0, {}, value);
    }

    bool follow(const Operand& item, std::size_t from, std::span<const Value> arguments, Value& value)
    {
        for (std::size_t i = from; i < item.fields.size(); ++i) {
            const Value holder = std::move(value);
            const bool last = i + 1 == item.fields.size();
            if (!field(item, item.fields[i], holder, last ? arguments : std::span<const Value>(), value))
                return false;
        }
        return true;
    }

    bool field(const Operand& item, const std::string& name, const Value& holder, std::span<const Value> arguments, Value& value)
    {
        if (const auto* object = holder.object()) {
            auto result = object->member(name, arguments);
            if (!result)
                return fail(item.offset, result.error().message);
            value = std::move(*result);
            return true;
        }
        if (const auto* map = holder.map()) {
            if (!arguments.empty())
                return fail(item.offset, std::format("{} is not a method but has arguments", name));
            const auto found = map->find(name);
            value = found == map->end() ? Value("") : found->second;
            return true;
        }
        if (holder.isNil())
            return fail(item.offset, std::format("nil data; no entry for key {}", goQuoted(name)));
        return fail(item.offset, std::format("can't evaluate field {} in type {}", name, holder.typeName()));
    }

    std::string_view m_name;
    std::string_view m_text;
    const std::map<std::string, std::vector<Node>, std::less<>>& m_defined;
    std::string& m_out;
    const void* m_context;
    std::vector<std::pair<std::string_view, Value>> m_variables;
    Flow m_flow = Flow::on;
    std::size_t m_depth = 0;
    Error m_error;
};

}

Template::Template(std::unique_ptr<const Compiled> compiled)
    : m_compiled(std::move(compiled))
{
}
Template::Template(Template&&) noexcept = default;
Template& Template::operator=(Template&&) noexcept = default;
Template::~Template() = default;

Result<Template> Template::parse(std::string_view name, std::string_view text, const Functions& functions, std::string_view prelude)
{
    auto compiled = std::make_unique<Compiled>();
    compiled->name = name;
    compiled->text = std::string(prelude) + std::string(text);
    Parser parser(compiled->name, compiled->text, functions);
    if (auto parsed = parser.run(compiled->root); !parsed) {
        auto error = parsed.error();
        if (error.where) { // as a place in `text`
            error.where->begin -= std::min(error.where->begin, prelude.size());
            error.where->end -= std::min(error.where->end, prelude.size());
        }
        return std::unexpected(std::move(error));
    }
    const auto sortUnique = [](std::vector<std::string>& names) {
        std::ranges::sort(names);
        names.erase(std::ranges::unique(names).begin(), names.end());
    };
    compiled->defined = std::move(parser.defined);
    compiled->fields = std::move(parser.fields);
    compiled->functions = std::move(parser.called);
    compiled->usesAllFields = parser.usesAll;
    sortUnique(compiled->fields);
    sortUnique(compiled->functions);
    return Template(std::move(compiled));
}

Result<void> Template::execute(std::string& out, const Value& data, const void* context) const
{
    return Executor(m_compiled->name, m_compiled->text, m_compiled->defined, out, context).run(m_compiled->root, data);
}

Result<void> Template::executeNamed(std::string_view name, std::string& out, const Value& data, const void* context) const
{
    const auto found = m_compiled->defined.find(name);
    if (found == m_compiled->defined.end())
        return failure(ErrorCode::notFound, std::format("template {} not defined", goQuoted(name)));
    return Executor(m_compiled->name, m_compiled->text, m_compiled->defined, out, context).run(found->second, data);
}

const std::vector<std::string>* Template::fieldsUsed() const { return m_compiled->usesAllFields ? nullptr : &m_compiled->fields; }

bool Template::calls(std::string_view function) const { return std::ranges::binary_search(m_compiled->functions, function); }

}
