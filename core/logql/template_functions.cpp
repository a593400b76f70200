#include "core/logql/template_functions.h"

#include "core/base/go_time.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/logql/lexer.h"
#include "core/logql/pipeline.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <format>
#include <limits>
#include <memory>
#include <unordered_map>

#include <re2/re2.h>

namespace belvedere::logql {

namespace {

using gotemplate::Call;
using gotemplate::Functions;
using gotemplate::List;
using gotemplate::Map;
using gotemplate::Value;

std::unexpected<Error> fail(std::string message) { return failure(ErrorCode::execution, std::move(message)); }

class LabelsObject final : public gotemplate::Object {
public:
    explicit LabelsObject(const LineState& state)
        : m_state(state)
    {
    }
    Result<Value> member(std::string_view name, std::span<const Value> arguments) const override
    {
        if (!arguments.empty())
            return fail(std::format("{} is not a method but has arguments", name));
        // Errors are no labels here.
        return Value(m_state.get(name).value_or(std::string_view()));
    }
    std::string text() const override
    {
        std::vector<LineState::Cell> cells;
        m_state.appendAll(cells);
        std::string out = "map[";
        for (const auto& cell : cells) {
            if (out.size() > 4)
                out += ' ';
            out += std::format("{}:{}", cell.name, cell.value);
        }
        return out += ']';
    }

private:
    const LineState& m_state;
};

class TimeObject final : public gotemplate::Object {
public:
    /// Go's zero time, which is what text becomes that is no time.
    TimeObject()
        : seconds(-62'135'596'800)
    {
    }
    explicit TimeObject(std::int64_t unixNs)
        : seconds(unixNs / 1'000'000'000 - (unixNs % 1'000'000'000 < 0 ? 1 : 0))
        , nanoseconds(unixNs - seconds * 1'000'000'000)
    {
    }
    Result<Value> member(std::string_view name, std::span<const Value> arguments) const override
    {
        if (name == "Format" && arguments.size() == 1 && arguments[0].string()) {
            auto out = formatGoTimeParts(*arguments[0].string(), seconds, nanoseconds);
            return out ? Result<Value>(Value(std::move(*out))) : fail(out.error().message);
        }
        if (name == "Unix")
            return Value(seconds);
        if (name == "UnixMilli")
            return Value(unix(1'000));
        if (name == "UnixNano")
            return Value(unix(1'000'000'000));
        return fail(std::format("can't evaluate field {} in type time.Time", name));
    }
    std::string text() const override { return formatGoTimeParts("2006-01-02 15:04:05.999999999 -0700 MST", seconds, nanoseconds).value_or(std::string()); }

    /// Since 1970 in units of which `perSecond` make a second; wraps around as Go's integers do.
    std::int64_t unix(std::int64_t perSecond) const
    {
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(seconds) * static_cast<std::uint64_t>(perSecond)) + nanoseconds / (1'000'000'000 / perSecond);
    }

    const std::int64_t seconds;
    const std::int64_t nanoseconds = 0;
};

Value timeValue(std::int64_t ns) { return Value(std::static_pointer_cast<const gotemplate::Object>(std::make_shared<const TimeObject>(ns))); }

Value timeValue(const Result<std::int64_t>& ns)
{
    return ns ? timeValue(*ns) : Value(std::static_pointer_cast<const gotemplate::Object>(std::make_shared<const TimeObject>()));
}

Result<const TimeObject*> timeAt(const Call& call, std::size_t index)
{
    if (index < call.arguments.size()) {
        if (const auto* time = dynamic_cast<const TimeObject*>(call.arguments[index].object()))
            return time;
        return fail(std::format("wrong type for value; expected time.Time; got {}", call.arguments[index].typeName()));
    }
    return fail(std::format("wrong number of args for {}: want {} got {}", call.name, index + 1, call.arguments.size()));
}

/// Numbers out of anything, as the sprig functions make them: what does not convert is 0.
std::int64_t looseInteger(const Value& value)
{
    if (value.integer())
        return *value.integer();
    if (value.number())
        return std::fabs(*value.number()) < 9.2e18 ? static_cast<std::int64_t>(*value.number()) : 0;
    if (value.boolean())
        return *value.boolean() ? 1 : 0;
    if (value.string()) {
        std::string_view text = *value.string();
        if (const auto dot = text.find('.'); dot != std::string_view::npos && dot + 1 < text.size() && text.find_first_not_of('0', dot + 1) == std::string_view::npos)
            text = text.substr(0, dot);
        const bool negative = text.starts_with('-');
        if (negative || text.starts_with('+'))
            text.remove_prefix(1);
        int base = 10;
        if (text.size() > 1 && text[0] == '0') {
            const char c = static_cast<char>(text[1] | 32);
            base = c == 'x' ? 16 : c == 'b' ? 2 : 8;
            text.remove_prefix(c == 'x' || c == 'b' || c == 'o' ? 2 : 1);
        }
        std::int64_t out = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
        if (error == std::errc() && end == text.data() + text.size() && !text.empty())
            return negative ? -out : out;
    }
    return 0;
}

double looseNumber(const Value& value)
{
    if (value.number())
        return *value.number();
    if (value.integer())
        return static_cast<double>(*value.integer());
    if (value.boolean())
        return *value.boolean() ? 1 : 0;
    if (value.string())
        return quickFloat(*value.string()).value_or(0);
    return 0;
}

/// The decimal number that is printed, not the binary one that is stored: 0.1 + 0.2 is 0.3.
long double decimal(const Value& value)
{
    std::array<char, 64> buffer;
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), looseNumber(value));
    long double out = 0;
    std::from_chars(buffer.data(), end, out);
    return out;
}

template <class Operation>
gotemplate::Function decimalFunction(Operation operation)
{
    return [operation](const Call& call) -> Result<Value> {
        if (call.arguments.empty())
            return fail(std::format("wrong number of args for {}: want at least 1 got 0", call.name));
        auto total = decimal(call.arguments[0]);
        for (const auto& argument : call.arguments.subspan(1))
            total = operation(total, decimal(argument));
        if (std::isnan(total) || std::isinf(total))
            return fail(std::format("decimal division by 0"));
        return Value(static_cast<double>(total));
    };
}

template <class Operation>
gotemplate::Function integerFunction(Operation operation)
{
    return [operation](const Call& call) -> Result<Value> {
        if (call.arguments.empty())
            return fail(std::format("wrong number of args for {}: want at least 1 got 0", call.name));
        auto total = looseInteger(call.arguments[0]);
        for (const auto& argument : call.arguments.subspan(1)) {
            auto next = operation(total, looseInteger(argument));
            if (!next)
                return std::unexpected(next.error());
            total = *next;
        }
        return Value(total);
    };
}

/// Of two integers, without overflow's undefined behaviour.
std::int64_t wrapped(std::uint64_t value) { return static_cast<std::int64_t>(value); }

template <class Choose>
gotemplate::Function extremum(Choose choose)
{
    return [choose](const Call& call) -> Result<Value> {
        if (call.arguments.empty())
            return fail(std::format("wrong number of args for {}: want at least 1 got 0", call.name));
        double out = looseNumber(call.arguments[0]);
        for (const auto& argument : call.arguments)
            out = choose(out, looseNumber(argument));
        return Value(out);
    };
}

/// A function of `Count` strings that gives a value.
template <std::size_t Count, class Body>
gotemplate::Function ofStrings(Body body)
{
    return [body](const Call& call) -> Result<Value> {
        if (auto ok = call.expect(Count); !ok)
            return std::unexpected(ok.error());
        std::array<std::string_view, Count> arguments;
        for (std::size_t i = 0; i < Count; ++i) {
            const auto text = call.stringAt(i);
            if (!text)
                return std::unexpected(text.error());
            arguments[i] = *text;
        }
        return std::apply(body, arguments);
    };
}

/// A function of an integer and a string.
template <class Body>
gotemplate::Function ofCountAndString(Body body)
{
    return [body](const Call& call) -> Result<Value> {
        if (auto ok = call.expect(2); !ok)
            return std::unexpected(ok.error());
        const auto count = call.integerAt(0);
        if (!count)
            return std::unexpected(count.error());
        const auto text = call.stringAt(1);
        if (!text)
            return std::unexpected(text.error());
        return body(*count, *text);
    };
}

using Text = Result<Value>;

std::string mapped(std::string_view text, bool upper)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x80) {
            const char c = text[i];
            out += upper ? (c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c) : (c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
        } else if ((byte == 0xC3) && i + 1 < text.size()) {
            // Latin-1 letters: the two rows lie 32 apart; × and ÷ are no letters.
            auto second = static_cast<unsigned char>(text[++i]);
            if (upper && second >= 0xA0 && second <= 0xBE && second != 0xB7)
                second = static_cast<unsigned char>(second - 0x20);
            else if (!upper && second >= 0x80 && second <= 0x9E && second != 0x97)
                second = static_cast<unsigned char>(second + 0x20);
            out += text[i - 1];
            out += static_cast<char>(second);
        } else if ((byte == 0xD0 || byte == 0xD1 || byte == 0xCE || byte == 0xCF) && i + 1 < text.size()) {
            std::uint32_t code = ((byte & 0x1FU) << 6) | (static_cast<unsigned char>(text[++i]) & 0x3FU);
            if (upper) {
                if (code >= 0x430 && code <= 0x44F)
                    code -= 0x20;
                else if (code >= 0x450 && code <= 0x45F)
                    code -= 0x50;
                else if (code >= 0x3B1 && code <= 0x3C9 && code != 0x3C2)
                    code -= 0x20;
            } else {
                if (code >= 0x410 && code <= 0x42F)
                    code += 0x20;
                else if (code >= 0x400 && code <= 0x40F)
                    code += 0x50;
                else if (code >= 0x391 && code <= 0x3A9)
                    code += 0x20;
            }
            out += static_cast<char>(0xC0 | (code >> 6));
            out += static_cast<char>(0x80 | (code & 0x3F));
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string titled(std::string_view text)
{
    std::string out;
    bool start = true;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t n = 1;
        while (i + n < text.size() && (static_cast<unsigned char>(text[i + n]) & 0xC0) == 0x80)
            ++n;
        const auto rune = text.substr(i, n);
        out += start ? mapped(rune, true) : std::string(rune);
        const char c = rune[0];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || static_cast<signed char>(c) < 0;
        start = !letter && c != '\'';
        i += n;
    }
    return out;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to, std::int64_t count)
{
    std::string out;
    std::size_t at = 0;
    if (from.empty()) {
        // Between all characters, as Go does.
        for (; count != 0; --count) {
            out += to;
            if (at >= text.size())
                return out;
            std::size_t n = 1;
            while (at + n < text.size() && (static_cast<unsigned char>(text[at + n]) & 0xC0) == 0x80)
                ++n;
            out += text.substr(at, n);
            at += n;
        }
        return out += text.substr(at);
    }
    for (; count != 0; --count) {
        const auto hit = text.find(from, at);
        if (hit == std::string_view::npos)
            break;
        out += text.substr(at, hit - at);
        out += to;
        at = hit + from.size();
    }
    return out += text.substr(at);
}

bool inSet(std::string_view set, std::string_view rune) { return set.find(rune) != std::string_view::npos; }

std::string_view trimSet(std::string_view text, std::string_view set, bool left, bool right)
{
    while (left && !text.empty()) {
        std::size_t n = 1;
        while (n < text.size() && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80)
            ++n;
        if (!inSet(set, text.substr(0, n)))
            break;
        text.remove_prefix(n);
    }
    while (right && !text.empty()) {
        std::size_t begin = text.size() - 1;
        while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80)
            --begin;
        if (!inSet(set, text.substr(begin)))
            break;
        text.remove_suffix(text.size() - begin);
    }
    return text;
}

std::string_view withoutPrefix(std::string_view text, std::string_view prefix) { return text.starts_with(prefix) ? text.substr(prefix.size()) : text; }
std::string_view withoutSuffix(std::string_view text, std::string_view suffix) { return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text; }

std::string indented(std::int64_t count, std::string_view text)
{
    const std::string pad(static_cast<std::size_t>(std::clamp<std::int64_t>(count, 0, 10'000)), ' ');
    return pad + replaced(text, "\n", "\n" + pad, -1);
}

/// Compiled expressions of this thread: templates name the same few again and again.
Result<const RE2*> regex(std::string_view pattern)
{
    static thread_local std::unordered_map<std::string, std::unique_ptr<const RE2>> cache;
    if (cache.size() > 100)
        cache.clear();
    auto& slot = cache[std::string(pattern)];
    if (!slot) {
        RE2::Options options;
        options.set_log_errors(false);
        slot = std::make_unique<const RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
    }
    if (!slot->ok())
        return fail(std::format("error parsing regexp: {}", slot->error()));
    return slot.get();
}

/// Puts groups in place of $1, ${1}, $name, ${name} and $$.
void expand(std::string& out, std::string_view text, const RE2& re, std::span<const re2::StringPiece> groups)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '$' || i + 1 >= text.size()) {
            out += text[i];
            continue;
        }
        if (text[i + 1] == '$') {
            out += '$';
            ++i;
            continue;
        }
        const bool braces = text[i + 1] == '{';
        auto begin = i + (braces ? 2 : 1);
        auto end = begin;
        while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_'))
            ++end;
        if (end == begin || (braces && (end >= text.size() || text[end] != '}'))) {
            out += '$';
            continue;
        }
        const auto name = text.substr(begin, end - begin);
        i = braces ? end : end - 1;
        int index = -1;
        const auto [last, error] = std::from_chars(name.data(), name.data() + name.size(), index);
        if (error != std::errc() || last != name.data() + name.size()) {
            const auto& names = re.NamedCapturingGroups();
            const auto found = names.find(std::string(name));
            index = found == names.end() ? -1 : found->second;
        }
        if (index >= 0 && static_cast<std::size_t>(index) < groups.size())
            out.append(groups[static_cast<std::size_t>(index)].data(), groups[static_cast<std::size_t>(index)].size());
    }
}

/// Calls `found(groups)` for every match, as Go's FindAll does, and `between(text)` for what lies between.
template <class Found, class Between>
void eachMatch(const RE2& re, std::string_view text, Found found, Between between)
{
    std::array<re2::StringPiece, 32> groups;
    const int count = std::min<int>(static_cast<int>(groups.size()), re.NumberOfCapturingGroups() + 1);
    std::size_t at = 0;
    std::size_t copied = 0;
    bool afterMatch = false;
    while (at <= text.size()) {
        if (!re.Match(re2::StringPiece(text.data(), text.size()), at, text.size(), RE2::UNANCHORED, groups.data(), count))
            break;
        const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
        const auto end = begin + groups[0].size();
        // No empty match right behind another match.
        if (end > begin || begin != copied || !afterMatch) {
            between(text.substr(copied, begin - copied));
            found(std::span<const re2::StringPiece>(groups.data(), static_cast<std::size_t>(count)));
            copied = end;
            afterMatch = true;
        }
        if (end > begin) {
            at = end;
        } else {
            at = end + 1;
            while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
                ++at;
        }
    }
    between(text.substr(copied));
}

Value jsonValue(const Json& json)
{
    switch (json.type()) {
    case Json::Type::null: return {};
    case Json::Type::boolean: return Value(json.toBool());
    case Json::Type::number: return Value(json.toDouble());
    case Json::Type::string: return Value(json.text());
    case Json::Type::array: {
        List list;
        for (const auto& item : json.items())
            list.push_back(jsonValue(item));
        return Value(std::move(list));
    }
    case Json::Type::object: {
        Map map;
        for (const auto& member : json.members())
            map.insert_or_assign(member.key, jsonValue(member.value));
        return Value(std::move(map));
    }
    }
    return {};
}

std::string base64(std::string_view text)
{
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        const auto byte = [&](std::size_t k) { return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U; };
        const unsigned group = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        out += kDigits[group >> 18];
        out += kDigits[(group >> 12) & 63];
        out += i + 1 < text.size() ? kDigits[(group >> 6) & 63] : '=';
        out += i + 2 < text.size() ? kDigits[group & 63] : '=';
    }
    return out;
}

/// As in sprig, the text of the error is the result.
std::string unbase64(std::string_view text)
{
    std::string out;
    unsigned group = 0;
    int bits = 0;
    std::size_t digits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const int value = c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' ? 62 : c == '/' ? 63 : -1;
        if (c == '\n' || c == '\r')
            continue;
        if (c == '=' && digits % 4 >= 2 && text.size() - i <= 2) {
            digits += text.size() - i;
            break;
        }
        if (value < 0)
            return std::format("illegal base64 data at input byte {}", i);
        ++digits;
        group = (group << 6) | static_cast<unsigned>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>((group >> bits) & 0xFF);
        }
    }
    return digits % 4 == 0 ? out : std::format("illegal base64 data at input byte {}", text.size());
}

Text urlDecoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%') {
            unsigned code = 0;
            if (i + 2 >= text.size() || std::from_chars(text.data() + i + 1, text.data() + i + 3, code, 16).ptr != text.data() + i + 3)
                return fail(std::format("invalid URL escape \"{}\"", text.substr(i, 3)));
            out += static_cast<char>(code);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return Value(std::move(out));
}

std::string aligned(std::int64_t count, std::string_view text, bool left)
{
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80)
            starts.push_back(i);
    }
    const auto length = static_cast<std::int64_t>(starts.size());
    if (count < 0 || count == length || count > 1'000'000)
        return std::string(text);
    if (count > length) {
        const std::string pad(static_cast<std::size_t>(count - length), ' ');
        return left ? std::string(text) + pad : pad + std::string(text);
    }
    if (left)
        return std::string(text.substr(0, starts[static_cast<std::size_t>(count)]));
    return count == 0 ? std::string() : std::string(text.substr(starts[static_cast<std::size_t>(length - count)]));
}

Text parsedSize(std::string_view text)
{
    const auto value = parseByteSize(text);
    if (!value)
        return fail(value.error().message);
    return Value(*value);
}

Text parsedDuration(std::string_view text)
{
    const auto value = parseGoDuration(text);
    if (!value)
        return fail(value.error().message);
    // Whole seconds and the rest apart, as Go's Duration.Seconds: 2.72s is 2.7199999999999998.
    return Value(static_cast<double>(*value / 1'000'000'000) + static_cast<double>(*value % 1'000'000'000) / 1e9);
}

Text unixToTime(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return fail(std::format("unable to parse time '{}'", text));
    switch (text.size()) {
    case 5: return timeValue(value * 86'400'000'000'000);
    case 10: return timeValue(value * 1'000'000'000);
    case 13: return timeValue(value * 1'000'000);
    case 16: return timeValue(value * 1'000);
    case 19: return timeValue(value);
    default: return fail(std::format("unable to parse time '{}'", text));
    }
}

Text formatted(const Call& call)
{
    if (auto ok = call.expect(2); !ok)
        return std::unexpected(ok.error());
    const auto layout = call.stringAt(0);
    if (!layout)
        return std::unexpected(layout.error());
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    if (call.arguments[1].integer()) {
        seconds = std::clamp<std::int64_t>(*call.arguments[1].integer(), -100'000'000'000, 100'000'000'000);
    } else if (const auto time = timeAt(call, 1)) {
        seconds = (*time)->seconds;
        nanoseconds = (*time)->nanoseconds;
    } else {
        return std::unexpected(time.error());
    }
    auto out = formatGoTimeParts(*layout, seconds, nanoseconds);
    if (!out)
        return fail(out.error().message);
    return Value(std::move(*out));
}

const LineState& stateOf(const Call& call) { return *static_cast<const LineState*>(call.context); }

Functions makeFunctions()
{
    Functions out;
    // The line itself.
    out["__line__"] = [](const Call& call) -> Text { return Value(stateOf(call).line); };
    out["__timestamp__"] = [](const Call& call) -> Text { return timeValue(stateOf(call).timeNs); };

    // Text; the capital ones take the text first, the others last.
    for (const char* name : { "ToLower", "lower" })
        out[name] = ofStrings<1>([](std::string_view text) -> Text { return Value(mapped(text, false)); });
    for (const char* name : { "ToUpper", "upper" })
        out[name] = ofStrings<1>([](std::string_view text) -> Text { return Value(mapped(text, true)); });
    out["title"] = ofStrings<1>([](std::string_view text) -> Text { return Value(titled(text)); });
    out["Replace"] = [](const Call& call) -> Text {
        if (auto ok = call.expect(4); !ok)
            return std::unexpected(ok.error());
        const auto text = call.stringAt(0), from = call.stringAt(1), to = call.stringAt(2);
        const auto count = call.integerAt(3);
        if (!text || !from || !to)
            return std::unexpected((!text ? text : !from ? from : to).error());
        if (!count)
            return std::unexpected(count.error());
        return Value(replaced(*text, *from, *to, *count));
    };
    out["replace"] = ofStrings<3>([](std::string_view from, std::string_view to, std::string_view text) -> Text { return Value(replaced(text, from, to, -1)); });
    out["Trim"] = ofStrings<2>([](std::string_view text, std::string_view set) -> Text { return Value(trimSet(text, set, true, true)); });
    out["TrimLeft"] = ofStrings<2>([](std::string_view text, std::string_view set) -> Text { return Value(trimSet(text, set, true, false)); });
    out["TrimRight"] = ofStrings<2>([](std::string_view text, std::string_view set) -> Text { return Value(trimSet(text, set, false, true)); });
    out["TrimPrefix"] = ofStrings<2>([](std::string_view text, std::string_view prefix) -> Text { return Value(withoutPrefix(text, prefix)); });
    out["TrimSuffix"] = ofStrings<2>([](std::string_view text, std::string_view suffix) -> Text { return Value(withoutSuffix(text, suffix)); });
    for (const char* name : { "TrimSpace", "trim" })
        out[name] = ofStrings<1>([](std::string_view text) -> Text { return Value(trim(text)); });
    out["trimAll"] = ofStrings<2>([](std::string_view set, std::string_view text) -> Text { return Value(trimSet(text, set, true, true)); });
    out["trimPrefix"] = ofStrings<2>([](std::string_view prefix, std::string_view text) -> Text { return Value(withoutPrefix(text, prefix)); });
    out["trimSuffix"] = ofStrings<2>([](std::string_view suffix, std::string_view text) -> Text { return Value(withoutSuffix(text, suffix)); });
    out["contains"] = ofStrings<2>([](std::string_view part, std::string_view text) -> Text { return Value(text.contains(part)); });
    out["hasPrefix"] = ofStrings<2>([](std::string_view part, std::string_view text) -> Text { return Value(text.starts_with(part)); });
    out["hasSuffix"] = ofStrings<2>([](std::string_view part, std::string_view text) -> Text { return Value(text.ends_with(part)); });
    out["indent"] = ofCountAndString([](std::int64_t count, std::string_view text) -> Text { return Value(indented(count, text)); });
    out["nindent"] = ofCountAndString([](std::int64_t count, std::string_view text) -> Text { return Value("\n" + indented(count, text)); });
    out["repeat"] = ofCountAndString([](std::int64_t count, std::string_view text) -> Text {
        if (count < 0 || static_cast<std::uint64_t>(count) * std::max<std::size_t>(1, text.size()) > 1'000'000)
            return fail("strings: negative or too large Repeat count");
        std::string repeated;
        for (std::int64_t i = 0; i < count; ++i)
            repeated += text;
        return Value(std::move(repeated));
    });
    out["trunc"] = ofCountAndString([](std::int64_t count, std::string_view text) -> Text {
        const auto size = static_cast<std::int64_t>(text.size());
        if (count < 0)
            return Value(size + count > 0 ? text.substr(static_cast<std::size_t>(size + count)) : text);
        return Value(text.substr(0, static_cast<std::size_t>(count)));
    });
    out["substr"] = [](const Call& call) -> Text {
        if (auto ok = call.expect(3); !ok)
            return std::unexpected(ok.error());
        const auto from = call.integerAt(0), to = call.integerAt(1);
        const auto text = call.stringAt(2);
        if (!from || !to)
            return std::unexpected((!from ? from : to).error());
        if (!text)
            return std::unexpected(text.error());
        const auto size = static_cast<std::int64_t>(text->size());
        const auto begin = std::clamp<std::int64_t>(*from, 0, size);
        const auto end = *to < 0 || *to > size ? size : *to;
        return Value(text->substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(std::max<std::int64_t>(0, end - begin))));
    };
    out["alignLeft"] = ofCountAndString([](std::int64_t count, std::string_view text) -> Text { return Value(aligned(count, text, true)); });
    out["alignRight"] = ofCountAndString([](std::int64_t count, std::string_view text) -> Text { return Value(aligned(count, text, false)); });
    out["default"] = [](const Call& call) -> Text {
        if (call.arguments.empty())
            return fail("wrong number of args for default: want at least 1 got 0");
        return call.arguments.size() > 1 && call.arguments[1].truth() ? call.arguments[1] : call.arguments[0];
    };

    // Regular expressions.
    out["regexReplaceAll"] = ofStrings<3>([](std::string_view pattern, std::string_view text, std::string_view replacement) -> Text {
        const auto re = regex(pattern);
        if (!re)
            return std::unexpected(re.error());
        std::string result;
        eachMatch(**re, text, [&](std::span<const re2::StringPiece> groups) { expand(result, replacement, **re, groups); },
            [&](std::string_view between) { result += between; });
        return Value(std::move(result));
    });
    out["regexReplaceAllLiteral"] = ofStrings<3>([](std::string_view pattern, std::string_view text, std::string_view replacement) -> Text {
        const auto re = regex(pattern);
        if (!re)
            return std::unexpected(re.error());
        std::string result;
        eachMatch(**re, text, [&](std::span<const re2::StringPiece>) { result += replacement; }, [&](std::string_view between) { result += between; });
        return Value(std::move(result));
    });
    out["count"] = ofStrings<2>([](std::string_view pattern, std::string_view text) -> Text {
        const auto re = regex(pattern);
        if (!re)
            return std::unexpected(re.error());
        std::int64_t matches = 0;
        eachMatch(**re, text, [&](std::span<const re2::StringPiece>) { ++matches; }, [](std::string_view) { });
        return Value(matches);
    });

    // Encodings.
    out["b64enc"] = ofStrings<1>([](std::string_view text) -> Text { return Value(base64(text)); });
    out["b64dec"] = ofStrings<1>([](std::string_view text) -> Text { return Value(unbase64(text)); });
    out["urlencode"] = ofStrings<1>([](std::string_view text) -> Text { return Value(formEncoded(text)); });
    out["urldecode"] = ofStrings<1>(urlDecoded);
    out["fromJson"] = ofStrings<1>([](std::string_view text) -> Text {
        const auto json = Json::parse(text);
        return json ? jsonValue(*json) : Value(); // as in sprig, broken text is nil
    });
    out["bytes"] = ofStrings<1>(parsedSize);
    out["duration"] = ofStrings<1>(parsedDuration);
    out["duration_seconds"] = ofStrings<1>(parsedDuration);

    // Numbers.
    out["int"] = [](const Call& call) -> Text {
        if (auto ok = call.expect(1); !ok)
            return std::unexpected(ok.error());
        return Value(looseInteger(call.arguments[0]));
    };
    out["float64"] = [](const Call& call) -> Text {
        if (auto ok = call.expect(1); !ok)
            return std::unexpected(ok.error());
        return Value(looseNumber(call.arguments[0]));
    };
    using Integer = Result<std::int64_t>;
    out["add"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer { return wrapped(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b)); });
    out["sub"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer { return wrapped(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b)); });
    out["mul"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer { return wrapped(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b)); });
    out["div"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer {
        if (b == 0)
            return fail("runtime error: integer divide by zero");
        return b == -1 ? wrapped(0 - static_cast<std::uint64_t>(a)) : a / b;
    });
    out["mod"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer {
        if (b == 0)
            return fail("runtime error: integer divide by zero");
        return b == -1 ? 0 : a % b;
    });
    out["addf"] = decimalFunction([](long double a, long double b) { return a + b; });
    out["subf"] = decimalFunction([](long double a, long double b) { return a - b; });
    out["mulf"] = decimalFunction([](long double a, long double b) { return a * b; });
    out["divf"] = decimalFunction([](long double a, long double b) {
        // Sixteen decimals, as the decimal type of the original has.
        const auto quotient = a / b;
        return std::fabs(quotient) < 100 ? std::roundl(quotient * 1e16L) / 1e16L : quotient;
    });
    out["maxf"] = extremum([](double a, double b) { return std::max(a, b); });
    out["minf"] = extremum([](double a, double b) { return std::min(a, b); });
    out["max"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer { return std::max(a, b); });
    out["min"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer { return std::min(a, b); });
    out["ceil"] = [](const Call& call) -> Text {
        if (auto ok = call.expect(1); !ok)
            return std::unexpected(ok.error());
        return Value(std::ceil(looseNumber(call.arguments[0])));
    };
    out["floor"] = [](const Call& call) -> Text {
        if (auto ok = call.expect(1); !ok)
            return std::unexpected(ok.error());
        return Value(std::floor(looseNumber(call.arguments[0])));
    };
    out["round"] = [](const Call& call) -> Text {
        if (call.arguments.size() < 2 || call.arguments.size() > 3)
            return fail(std::format("wrong number of args for round: want at least 2 got {}", call.arguments.size()));
        const double value = looseNumber(call.arguments[0]);
        const auto places = call.integerAt(1);
        if (!places)
            return std::unexpected(places.error());
        const double up = call.arguments.size() == 3 ? looseNumber(call.arguments[2]) : 0.5;
        const double power = std::pow(10, static_cast<double>(*places));
        const double scaled = value * power;
        double whole = 0;
        const double fraction = std::modf(scaled, &whole);
        return Value((fraction >= up ? std::ceil(scaled) : std::floor(scaled)) / power);
    };

    // Times.
    out["now"] = [](const Call&) -> Text {
        using namespace std::chrono;
        return timeValue(duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count());
    };
    out["date"] = formatted;
    out["toDate"] = ofStrings<2>([](std::string_view layout, std::string_view text) -> Text { return timeValue(parseGoTime(layout, text)); });
    out["toDateInZone"] = ofStrings<3>([](std::string_view layout, std::string_view zone, std::string_view text) -> Text { return timeValue(parseGoTime(layout, text, zone)); });
    out["unixToTime"] = ofStrings<1>(unixToTime);
    const auto epoch = [](std::int64_t perSecond) {
        return [perSecond](const Call& call) -> Text {
            const auto time = timeAt(call, 0);
            if (!time)
                return std::unexpected(time.error());
            return Value(std::to_string((*time)->unix(perSecond)));
        };
    };
    out["unixEpoch"] = epoch(1);
    out["unixEpochMillis"] = epoch(1'000);
    out["unixEpochNanos"] = epoch(1'000'000'000);
    return out;
}

}

const gotemplate::Functions& templateFunctions()
{
    static const Functions functions = makeFunctions();
    return functions;
}

gotemplate::Value templateData(const LineState& state)
{
    return Value(std::static_pointer_cast<const gotemplate::Object>(std::make_shared<const LabelsObject>(state)));
}

std::string_view decolorized(std::string_view text, Arena& arena)
{
    if (!text.contains('\x1B') && !text.contains("\xC2\x9B"))
        return text;
    // Control sequences: ESC or the one-character CSI, brackets and punctuation, parameters, a final letter; and
    // operating system commands up to BEL.
    static const RE2 kSequences("[\\x{1b}\\x{9b}][\\[\\]()#;?]*(?:(?:(?:[a-zA-Z\\d]*(?:;[a-zA-Z\\d]*)*)?\\x{07})|(?:(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PRZcf-ntqry=><~]))");
    std::string out;
    eachMatch(kSequences, text, [](std::span<const re2::StringPiece>) { }, [&](std::string_view between) { out += between; });
    return arena.store(out);
}

}
