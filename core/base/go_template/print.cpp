// Go's package fmt, for the values that templates have.

#include "core/base/go_template/print.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace belvedere::gotemplate {

namespace {

bool isContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t countRunes(std::string_view text)
{
    return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, isContinuation));
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
        return formatted("%!{}(<nil>)", verb);
    return formatted("%!{}({}={})", verb, value.typeName(), value.text());
}

std::string integerText(std::int64_t value, const Verb& verb)
{
    const auto magnitude = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    std::string digits;
    switch (verb.verb) {
    case 'b': digits = formatted("{:b}", magnitude); break;
    case 'o': digits = (verb.sharp ? "0" : "") + formatted("{:o}", magnitude); break;
    case 'O': digits = "0o" + formatted("{:o}", magnitude); break;
    case 'x': digits = (verb.sharp ? "0x" : "") + formatted("{:x}", magnitude); break;
    case 'X': digits = (verb.sharp ? "0X" : "") + formatted("{:X}", magnitude); break;
    default: digits = std::to_string(magnitude);
    }
    if (verb.precision && digits.size() < static_cast<std::size_t>(*verb.precision))
        digits.insert(0, static_cast<std::size_t>(*verb.precision) - digits.size(), '0');
    return (value < 0 ? "-" : verb.plus ? "+" : verb.space ? " " : "") + digits;
}

void formatInteger(std::string& out, const Verb& verb, std::int64_t value)
{
    if (verb.verb == 'c' || verb.verb == 'q') {
        std::string rune;
        appendUtf8(rune, static_cast<char32_t>(value));
        pad(out, verb, verb.verb == 'q' ? "'" + rune + "'" : rune, false);
    } else if (verb.verb == 'U') {
        pad(out, verb, formatted("U+{:04X}", value), false);
    } else if (std::string_view("vdboOxX").contains(verb.verb)) {
        pad(out, verb, integerText(value, verb), !verb.precision);
    } else {
        out += badVerb(verb.verb, Value(value));
    }
}

void formatNumber(std::string& out, const Verb& verb, double value)
{
    if (!std::string_view("veEfFgG").contains(verb.verb)) {
        out += badVerb(verb.verb, Value(value));
        return;
    }
    auto text = formatFloat(value, verb.verb == 'v' ? 'g' : verb.verb, verb.precision);
    if (verb.plus && text[0] != '-' && text[0] != '+')
        text = "+" + text;
    else if (verb.space && text[0] != '-' && (verb.plus || !std::isinf(value)))
        text = " " + text;
    pad(out, verb, text, std::isfinite(value));
}

/// The first `runes` characters.
std::string_view firstRunes(std::string_view text, int runes)
{
    std::size_t bytes = 0;
    for (int seen = 0; bytes < text.size(); ++bytes) {
        if (!isContinuation(text[bytes]) && seen++ == runes)
            break;
    }
    return text.substr(0, bytes);
}

void formatString(std::string& out, const Verb& verb, std::string_view value)
{
    if (verb.verb == 'v' || verb.verb == 's' || verb.verb == 'q') {
        const auto text = verb.precision ? firstRunes(value, *verb.precision) : value;
        pad(out, verb, verb.verb == 'q' || verb.sharp ? goQuoted(text) : std::string(text), false);
    } else if (verb.verb == 'x' || verb.verb == 'X') {
        std::string hex;
        for (const char c : value) {
            if (verb.space && !hex.empty())
                hex += ' ';
            const auto byte = static_cast<unsigned char>(c);
            hex += verb.verb == 'x' ? formatted("{:02x}", byte) : formatted("{:02X}", byte);
        }
        pad(out, verb, hex, false);
    } else {
        out += badVerb(verb.verb, Value(value));
    }
}

void formatVerb(std::string& out, const Verb& verb, const Value& value)
{
    const char v = verb.verb;
    if (v == 'T') {
        pad(out, verb, value.isNil() ? "<nil>" : std::string(value.typeName()), false);
    } else if (const auto* boolean = value.boolean(); boolean && (v == 'v' || v == 't')) {
        pad(out, verb, *boolean ? "true" : "false", false);
    } else if (const auto* integer = value.integer()) {
        formatInteger(out, verb, *integer);
    } else if (const auto* number = value.number()) {
        formatNumber(out, verb, *number);
    } else if (const auto* string = value.string()) {
        formatString(out, verb, *string);
    } else if (const auto* list = value.list()) {
        out += '[';
        for (std::size_t i = 0; i < list->size(); ++i) {
            if (i > 0)
                out += ' ';
            formatVerb(out, verb, (*list)[i]);
        }
        out += ']';
    } else if (v == 'v' || (v == 's' && !value.isNil())) {
        pad(out, verb, value.isNil() ? "<nil>" : value.text(), false);
    } else {
        out += badVerb(v, value);
    }
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
            out += formatted("%!{}(MISSING)", verb.verb);
        else
            formatVerb(out, verb, arguments[used++]);
    }
    if (used < arguments.size()) {
        out += "%!(EXTRA ";
        for (std::size_t i = used; i < arguments.size(); ++i) {
            if (i > used)
                out += ", ";
            out += arguments[i].isNil() ? "<nil>" : formatted("{}={}", arguments[i].typeName(), arguments[i].text());
        }
        out += ')';
    }
    return out;
}

}
