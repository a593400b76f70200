#include "core/base/format.h"
#include "core/base/go_time.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/logql/lexer.h"
#include "core/logql/template/arguments.h"
#include "core/logql/template/groups.h"

#include <charconv>
#include <string>
#include <string_view>

// Functions between text and what text stands for: base64, URLs, JSON, sizes and durations.

namespace belvedere::logql {

namespace {

using gotemplate::Functions;
using gotemplate::List;
using gotemplate::Map;
using gotemplate::Value;

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
            return formatted("illegal base64 data at input byte {}", i);
        ++digits;
        group = (group << 6) | static_cast<unsigned>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>((group >> bits) & 0xFF);
        }
    }
    return digits % 4 == 0 ? out : formatted("illegal base64 data at input byte {}", text.size());
}

Answer urlDecoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%') {
            unsigned code = 0;
            if (i + 2 >= text.size() || std::from_chars(text.data() + i + 1, text.data() + i + 3, code, 16).ptr != text.data() + i + 3)
                return templateFailure(formatted("invalid URL escape \"{}\"", text.substr(i, 3)));
            out += static_cast<char>(code);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return Value(std::move(out));
}

Answer parsedSize(std::string_view text)
{
    const auto value = parseByteSize(text);
    if (!value)
        return templateFailure(value.error().message);
    return Value(*value);
}

Answer parsedDuration(std::string_view text)
{
    const auto value = parseGoDuration(text);
    if (!value)
        return templateFailure(value.error().message);
    // Whole seconds and the rest apart, as Go's Duration.Seconds: 2.72s is 2.7199999999999998.
    return Value(static_cast<double>(*value / 1'000'000'000) + static_cast<double>(*value % 1'000'000'000) / 1e9);
}

}

void addEncodingFunctions(Functions& out)
{
    out["b64enc"] = ofStrings<1>([](std::string_view text) -> Answer { return Value(base64(text)); });
    out["b64dec"] = ofStrings<1>([](std::string_view text) -> Answer { return Value(unbase64(text)); });
    out["urlencode"] = ofStrings<1>([](std::string_view text) -> Answer { return Value(formEncoded(text)); });
    out["urldecode"] = ofStrings<1>(urlDecoded);
    out["fromJson"] = ofStrings<1>([](std::string_view text) -> Answer {
        const auto json = Json::parse(text);
        return json ? jsonValue(*json) : Value(); // as in sprig, broken text is nil
    });
    out["bytes"] = ofStrings<1>(parsedSize);
    out["duration"] = ofStrings<1>(parsedDuration);
    out["duration_seconds"] = ofStrings<1>(parsedDuration);
}

}
