#include "core/dashboard/variables.h"

#include "core/base/json.h"
#include "core/base/json_writer.h"
#include "core/dashboard/time_format.h"

#include <algorithm>
#include <charconv>
#include <cctype>

namespace belvedere::dashboard {
namespace {

bool isWord(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

std::string joined(const std::vector<std::string>& values, std::string_view separator)
{
    std::string out;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0)
            out += separator;
        out += values[i];
    }
    return out;
}

template <class Change>
std::vector<std::string> each(const std::vector<std::string>& values, Change change)
{
    std::vector<std::string> out;
    out.reserve(values.size());
    for (const auto& value : values)
        out.push_back(change(value));
    return out;
}

std::string escaped(std::string_view text, std::string_view special, std::string_view with)
{
    std::string out;
    for (const char c : text) {
        if (special.find(c) != std::string_view::npos)
            out += with;
        out += c;
    }
    return out;
}

std::string escapedRegex(std::string_view text)
{
    return escaped(text, "\\^$*+?.()|[]{}/", "\\");
}

std::string percentEncoded(std::string_view text, std::string_view kept = "-_.~")
{
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) || kept.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += '%';
            out += kHex[static_cast<unsigned char>(c) >> 4];
            out += kHex[static_cast<unsigned char>(c) & 15];
        }
    }
    return out;
}

std::string htmlEscaped(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

std::string jsonText(const std::string& text)
{
    std::string out;
    appendJsonString(out, text);
    return out;
}

std::string luceneEscaped(std::string_view text)
{
    return escaped(text, " !*+&|()[]{}^~?:\"/\\-=<>", "\\");
}

std::string dateText(const std::string& value, std::string_view pattern)
{
    std::int64_t timeMs = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), timeMs);
    if (error != std::errc() || end != value.data() + value.size())
        return "NaN";
    if (pattern.empty() || pattern == "iso")
        return isoTime(timeMs);
    if (pattern == "seconds")
        return std::to_string(timeMs / 1000);
    if (pattern == "ms")
        return value;
    return formatTime(timeMs, TimeZone(), pattern);
}

struct Mention {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string_view name;
    std::string_view path;
    std::string_view format;
    bool hasFormat = false;
};

/// The next `$name`, `${name…}` or `[[name…]]` from `at` on.
std::optional<Mention> nextMention(std::string_view text, std::size_t at)
{
    for (std::size_t i = at; i < text.size(); ++i) {
        if (text[i] == '[' && text.substr(i).starts_with("[[")) {
            auto end = i + 2;
            while (end < text.size() && isWord(text[end]))
                ++end;
            Mention mention { i, 0, text.substr(i + 2, end - i - 2), {}, {}, false };
            if (end < text.size() && text[end] == ':') {
                const auto begin = ++end;
                while (end < text.size() && isWord(text[end]))
                    ++end;
                mention.format = text.substr(begin, end - begin);
                mention.hasFormat = true;
            }
            if (!mention.name.empty() && text.substr(end).starts_with("]]")) {
                mention.end = end + 2;
                return mention;
            }
        }
        if (text[i] != '$')
            continue;
        if (i + 1 < text.size() && isWord(text[i + 1])) {
            auto end = i + 1;
            while (end < text.size() && isWord(text[end]))
                ++end;
            return Mention { i, end, text.substr(i + 1, end - i - 1), {}, {}, false };
        }
        if (i + 1 < text.size() && text[i + 1] == '{') {
            auto end = i + 2;
            while (end < text.size() && (isWord(text[end]) || text[end] == '-'))
                ++end;
            Mention mention { i, 0, text.substr(i + 2, end - i - 2), {}, {}, false };
            const auto close = text.find('}', end);
            if (mention.name.empty() || close == std::string_view::npos)
                continue;
            if (end < text.size() && (text[end] == '.' || text[end] == '[')) {
                auto pathEnd = std::min(text.find(':', end), close);
                mention.path = text.substr(end, pathEnd - end);
                end = pathEnd;
            }
            if (text[end] == ':') {
                mention.format = text.substr(end + 1, close - end - 1);
                mention.hasFormat = true;
                end = close;
            }
            if (end == close) {
                mention.end = close + 1;
                return mention;
            }
        }
    }
    return std::nullopt;
}

}

void Scope::setPlain(const std::string& name, std::string value)
{
    set(name, { { value }, { value }, false, true, false });
}

void Scope::setVariable(const Variable& variable)
{
    VariableValue value;
    value.escapesRegex = variable.multi || variable.includeAll;
    value.isList = variable.multi;
    if (variable.isAll()) {
        if (!variable.allValue.empty()) {
            value = { { interpolate(variable.allValue, *this) }, { "All" }, false, true, value.escapesRegex };
        } else {
            value.isList = true;
            for (const auto& option : variable.options) {
                value.values.push_back(option.value);
                value.texts.push_back(option.text);
            }
            value.texts = { "All" };
        }
    } else {
        value.values = variable.values;
        value.texts = variable.texts;
    }
    set(variable.name, std::move(value));
}

void Scope::setVariables(const std::vector<Variable>& variables)
{
    for (const auto& variable : variables)
        setVariable(variable);
}

void Scope::setRepeats(const std::vector<Repeat>& repeats)
{
    for (const auto& [name, option] : repeats)
        set(name, { { option.value }, { option.text }, false, false, true });
}

void Scope::setRange(TimeRangeMs range)
{
    setPlain("__from", std::to_string(range.fromMs));
    setPlain("__to", std::to_string(range.toMs));
    setPlain("__range_ms", std::to_string(range.spanMs()));
    setPlain("__range_s", std::to_string((range.spanMs() + 500) / 1000));
    setPlain("__range", std::to_string((range.spanMs() + 500) / 1000) + "s");
}

void Scope::setInterval(std::int64_t intervalMs, std::int64_t scrapeIntervalMs)
{
    const auto rate = std::max(intervalMs + scrapeIntervalMs, 4 * scrapeIntervalMs);
    // Only as coarse as is exact: 135 s is not "2m".
    const auto exact = [](std::int64_t ms) {
        if (ms % 1000 != 0)
            return std::to_string(ms) + "ms";
        return std::to_string(ms / 1000) + "s";
    };
    setPlain("__interval", exact(intervalMs));
    setPlain("__interval_ms", std::to_string(intervalMs));
    setPlain("__rate_interval", exact(rate));
    setPlain("__rate_interval_ms", std::to_string(rate));
}

const VariableValue* Scope::find(std::string_view name) const
{
    const auto found = m_values.find(name);
    return found == m_values.end() ? nullptr : &found->second;
}

std::string formatVariable(const VariableValue& value, std::string_view name, std::string_view whole)
{
    const auto colon = whole.find(':');
    const auto format = whole.substr(0, colon);
    const auto argument = colon == std::string_view::npos ? std::string_view() : whole.substr(colon + 1);
    const auto& values = value.values;
    const bool list = value.isList;
    const auto single = values.empty() ? std::string() : values.front();
    if (format == "text")
        return joined(value.texts, " + ");
    if (format == "queryparam") {
        std::string out;
        for (const auto& one : values)
            out += (out.empty() ? "" : "&") + std::string("var-") + std::string(name) + "=" + percentEncoded(one, "-_.~!*()'");
        return out;
    }
    if (value.isPlain && format != "percentencode" && format != "uriencode" && format != "date" && format != "customqueryparam")
        return single;
    if (format == "raw" || format == "csv")
        return joined(values, ",");
    if (format == "pipe")
        return joined(values, "|");
    if (format == "join")
        return joined(values, argument.empty() ? "," : argument);
    if (format == "regex") {
        if (!list)
            return escapedRegex(single);
        const auto parts = each(values, escapedRegex);
        return parts.size() == 1 ? parts.front() : "(" + joined(parts, "|") + ")";
    }
    if (format == "json")
        return list ? "[" + joined(each(values, jsonText), ",") + "]" : single;
    if (format == "singlequote")
        return joined(each(values, [](const auto& one) { return "'" + escaped(one, "'", "\\") + "'"; }), ",");
    if (format == "doublequote")
        return joined(each(values, [](const auto& one) { return "\"" + escaped(one, "\"", "\\") + "\""; }), ",");
    if (format == "sqlstring")
        return joined(each(values, [](const auto& one) { return "'" + escaped(one, "'", "'") + "'"; }), ",");
    if (format == "html")
        return joined(each(values, htmlEscaped), ", ");
    if (format == "distributed") {
        std::string out;
        for (const auto& one : values)
            out += (out.empty() ? "" : "," + std::string(name) + "=") + one;
        return out;
    }
    if (format == "lucene") {
        if (!list)
            return luceneEscaped(single);
        if (values.empty())
            return "__empty__";
        return "(" + joined(each(values, [](const auto& one) { return "\"" + luceneEscaped(one) + "\""; }), " OR ") + ")";
    }
    if (format == "percentencode" || format == "uriencode")
        return percentEncoded(list && (values.size() > 1 || format == "percentencode") ? (values.size() == 1 ? single : "{" + joined(values, ",") + "}") : single, "-_.~");
    if (format == "customqueryparam") {
        const auto second = argument.find(':');
        const std::string parameter(argument.empty() ? name : argument.substr(0, second));
        const std::string prefix(second == std::string_view::npos ? std::string_view() : argument.substr(second + 1));
        std::string out;
        for (const auto& one : values)
            out += (out.empty() ? "" : "&") + parameter + "=" + prefix + percentEncoded(one, "-_.~!*()'");
        return out;
    }
    if (format == "date")
        return list ? "NaN" : dateText(single, argument);
    // glob, and every format that is not known
    return list && values.size() > 1 ? "{" + joined(values, ",") + "}" : single;
}

std::string interpolate(std::string_view text, const Scope& scope, const DefaultFormat& byDefault)
{
    std::string out;
    std::size_t at = 0;
    while (const auto mention = nextMention(text, at)) {
        out += text.substr(at, mention->begin - at);
        at = mention->end;
        const auto* value = scope.find(mention->name);
        if (!value) {
            out += text.substr(mention->begin, mention->end - mention->begin);
            continue;
        }
        if (mention->hasFormat)
            out += formatVariable(*value, mention->name, mention->format);
        else if (byDefault)
            out += byDefault(*value);
        else
            out += formatVariable(*value, mention->name, "glob");
    }
    out += text.substr(at);
    return out;
}

std::string interpolateQuery(std::string_view expr, const Scope& scope)
{
    const auto special = [](const std::string& text) {
        std::string out;
        for (const char c : text) {
            if (c == '\\')
                out += "\\\\\\\\";
            else if (std::string_view("$^*{}[]'+?.()|").find(c) != std::string_view::npos)
                (out += "\\\\") += c;
            else
                out += c;
        }
        return out;
    };
    return interpolate(expr, scope, [&special](const VariableValue& value) -> std::string {
        if (value.values.empty())
            return {};
        if (value.isPlain)
            return value.values.front();
        if (!value.escapesRegex && !value.isList)
            return escaped(value.values.front(), "'", "\\\\");
        if (value.values.size() == 1)
            return special(value.values.front());
        return "(" + joined(each(value.values, special), "|") + ")";
    });
}

std::vector<std::string> mentionedVariables(std::string_view text)
{
    std::vector<std::string> out;
    std::size_t at = 0;
    while (const auto mention = nextMention(text, at)) {
        out.emplace_back(mention->name);
        at = mention->end;
    }
    return out;
}

}
