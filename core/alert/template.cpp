#include "core/alert/template.h"

#include "core/base/format.h"
#include "core/base/go_template.h"
#include "core/base/text.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>

// Prometheus' templates: Go's language with four variables and the functions of its template package. A sample, as `query`
// yields it, is a map with Labels and Value.

namespace belvedere::alert {

namespace {

using gotemplate::Call;
using gotemplate::List;
using gotemplate::Map;
using gotemplate::Value;

constexpr std::string_view kPrelude = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}";

struct Context {
    const promql::Engine* engine = nullptr;
    std::int64_t timeMs = 0;
    const std::string* externalUrl = nullptr;
    std::stop_token stop;
};

const Context& contextOf(const Call& call) { return *static_cast<const Context*>(call.context); }

std::string general(double value) { return gotemplate::sprintf("%.4g", std::array<Value, 1> { value }); }

Result<double> numberOf(const Call& call, std::size_t index)
{
    if (index >= call.arguments.size())
        return failure(ErrorCode::execution, formatted("{} needs a number", call.name));
    const auto& argument = call.arguments[index];
    if (const auto* text = argument.string())
        return parseFloat(*text);
    if (const auto* integer = argument.integer())
        return static_cast<double>(*integer);
    if (const auto* number = argument.number())
        return *number;
    return failure(ErrorCode::execution, formatted("{} needs a number, not {}", call.name, argument.typeName()));
}

/// "12.35k": `step` is 1000 or 1024.
std::string scaled(double value, double step, std::initializer_list<const char*> prefixes)
{
    const char* prefix = "";
    for (const auto* next : prefixes) {
        if (std::fabs(value) < step)
            break;
        prefix = next;
        value /= step;
    }
    return general(value) + prefix;
}

std::string scaledDown(double value)
{
    const char* prefix = "";
    for (const auto* next : { "m", "u", "n", "p", "f", "a", "z", "y" }) {
        if (std::fabs(value) >= 1)
            break;
        prefix = next;
        value *= 1000;
    }
    return general(value) + prefix;
}

std::string humanize(double value)
{
    if (value == 0 || !std::isfinite(value))
        return general(value);
    if (std::fabs(value) >= 1)
        return scaled(value, 1000, { "k", "M", "G", "T", "P", "E", "Z", "Y" });
    return scaledDown(value);
}

std::string humanize1024(double value)
{
    if (std::fabs(value) <= 1 || !std::isfinite(value))
        return general(value);
    return scaled(value, 1024, { "ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi" });
}

std::string humanizeDuration(double value)
{
    if (!std::isfinite(value))
        return general(value);
    if (value == 0)
        return general(value) + "s";
    if (std::fabs(value) < 1)
        return scaledDown(value) + "s";
    const std::string sign = value < 0 ? "-" : "";
    value = std::fabs(value);
    constexpr double kMostSeconds = 9.2e18; // what 64 bits hold
    const auto whole = static_cast<std::int64_t>(std::min(value, kMostSeconds));
    const auto seconds = whole % 60, minutes = whole / 60 % 60, hours = whole / 3600 % 24, days = whole / 86400;
    if (days != 0)
        return formatted("{}{}d {}h {}m {}s", sign, days, hours, minutes, seconds);
    if (hours != 0)
        return formatted("{}{}h {}m {}s", sign, hours, minutes, seconds);
    if (minutes != 0)
        return formatted("{}{}m {}s", sign, minutes, seconds);
    return sign + general(value) + "s";
}

/// Go's default text of a time in UTC.
Result<std::string> timestampText(double seconds)
{
    if (!std::isfinite(seconds) || std::fabs(seconds) > 9.2e9)
        return failure(ErrorCode::execution, formatted("{} is not a time", formatValue(seconds)));
    auto text = formatRfc3339Ns(std::llround(seconds * 1000) * 1'000'000);
    text.pop_back();
    text[10] = ' ';
    return text + " +0000 UTC";
}

Map labelMap(const model::Labels& labels)
{
    Map map;
    for (const auto& label : labels)
        map.emplace(label.name, label.value);
    return map;
}

Result<Value> runQuery(const Call& call)
{
    const auto text = call.stringAt(0);
    if (!text)
        return std::unexpected(text.error());
    const auto& context = contextOf(call);
    auto answer = context.engine->instant(*text, context.timeMs, context.stop);
    if (!answer)
        return withContext(answer.error(), formatted("query {}", *text));
    List samples;
    if (const auto* vector = std::get_if<model::Vector>(&answer->data)) {
        for (const auto& sample : *vector)
            samples.emplace_back(Map { { "Labels", labelMap(*sample.labels) }, { "Value", sample.value } });
    } else if (const auto* scalar = std::get_if<model::Scalar>(&answer->data)) {
        samples.emplace_back(Map { { "Labels", Map {} }, { "Value", scalar->value } });
    } else {
        return failure(ErrorCode::execution, formatted("query {} gives neither a vector nor a scalar", *text));
    }
    return samples;
}

Result<const Value*> memberOf(const Call& call, std::size_t index, std::string_view name)
{
    const auto* sample = index < call.arguments.size() ? call.arguments[index].map() : nullptr;
    const auto member = sample ? sample->find(name) : Map::const_iterator();
    if (!sample || member == sample->end())
        return failure(ErrorCode::execution, formatted("{} needs a sample, as query gives it", call.name));
    return &member->second;
}

Result<Value> labelOf(const Call& call)
{
    const auto name = call.stringAt(0);
    if (!name)
        return std::unexpected(name.error());
    const auto labels = memberOf(call, 1, "Labels");
    if (!labels)
        return std::unexpected(labels.error());
    const auto found = (*labels)->map()->find(*name);
    return found == (*labels)->map()->end() ? Value("") : found->second;
}

Result<Value> firstOf(const Call& call)
{
    const auto* list = call.arguments.empty() ? nullptr : call.arguments[0].list();
    if (!list || list->empty())
        return failure(ErrorCode::execution, "first() called on a list without elements");
    return list->front();
}

Result<Value> sortedByLabel(const Call& call)
{
    const auto name = call.stringAt(0);
    if (!name)
        return std::unexpected(name.error());
    const auto* list = call.arguments.size() > 1 ? call.arguments[1].list() : nullptr;
    if (!list)
        return failure(ErrorCode::execution, "sortByLabel needs a list, as query gives it");
    const auto key = [&](const Value& sample) {
        const auto* map = sample.map();
        const auto labels = map ? map->find(std::string_view("Labels")) : Map::const_iterator();
        if (!map || labels == map->end() || !labels->second.map())
            return std::string();
        const auto found = labels->second.map()->find(*name);
        return found == labels->second.map()->end() ? std::string() : found->second.text();
    };
    List sorted = *list;
    std::stable_sort(sorted.begin(), sorted.end(), [&](const Value& a, const Value& b) { return key(a) < key(b); });
    return sorted;
}

std::string queryEscaped(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || std::string_view("-_.~").find(c) != std::string_view::npos)
            out += c;
        else if (c == ' ')
            out += '+';
        else
            out += formatted("%{:02X}", byte);
    }
    return out;
}

gotemplate::Function onText(std::string (*change)(std::string_view))
{
    return [change](const Call& call) -> Result<Value> {
        const auto text = call.stringAt(0);
        if (!text)
            return std::unexpected(text.error());
        return Value(change(*text));
    };
}

gotemplate::Function onNumber(std::string (*change)(double))
{
    return [change](const Call& call) -> Result<Value> {
        const auto number = numberOf(call, 0);
        if (!number)
            return std::unexpected(number.error());
        return Value(change(*number));
    };
}

Result<Value> replaceAll(const Call& call)
{
    const auto pattern = call.stringAt(0), replacement = call.stringAt(1), text = call.stringAt(2);
    if (!pattern || !replacement || !text)
        return failure(ErrorCode::execution, "reReplaceAll needs a pattern, a replacement and a text");
    RE2::Options options;
    options.set_log_errors(false);
    const RE2 re(std::string(*pattern), options);
    if (!re.ok())
        return failure(ErrorCode::execution, "reReplaceAll: " + re.error());
    // Go writes groups as $1 or ${1}, RE2 as \1.
    std::string rewrite;
    for (std::size_t i = 0; i < replacement->size(); ++i) {
        const char c = (*replacement)[i];
        const bool braced = c == '$' && i + 3 < replacement->size() + 1 && replacement->substr(i + 1, 1) == "{";
        const auto digit = i + (braced ? 2 : 1);
        if (c == '$' && digit < replacement->size() && std::isdigit(static_cast<unsigned char>((*replacement)[digit])) != 0) {
            rewrite += '\\';
            rewrite += (*replacement)[digit];
            i = digit + (braced ? 1 : 0);
        } else {
            rewrite += c == '\\' ? "\\\\" : std::string(1, c);
        }
    }
    std::string out(*text);
    RE2::GlobalReplace(&out, re, rewrite);
    return Value(std::move(out));
}

const gotemplate::Functions& functions()
{
    static const gotemplate::Functions table {
        { "query", runQuery },
        { "first", firstOf },
        { "label", labelOf },
        { "value", [](const Call& call) -> Result<Value> {
             const auto value = memberOf(call, 0, "Value");
             return value ? Result<Value>(**value) : std::unexpected(value.error());
         } },
        { "strvalue", [](const Call& call) -> Result<Value> {
             const auto labels = memberOf(call, 0, "Labels");
             if (!labels)
                 return std::unexpected(labels.error());
             const auto found = (*labels)->map()->find(std::string_view("__value__"));
             return found == (*labels)->map()->end() ? Value("") : found->second;
         } },
        { "sortByLabel", sortedByLabel },
        { "args", [](const Call& call) -> Result<Value> {
             Map map;
             for (std::size_t i = 0; i < call.arguments.size(); ++i)
                 map.emplace("arg" + std::to_string(i), call.arguments[i]);
             return Value(std::move(map));
         } },
        { "humanize", onNumber(humanize) },
        { "humanize1024", onNumber(humanize1024) },
        { "humanizeDuration", onNumber(humanizeDuration) },
        { "humanizePercentage", onNumber([](double value) { return general(value * 100) + "%"; }) },
        { "humanizeTimestamp", [](const Call& call) -> Result<Value> {
             const auto seconds = numberOf(call, 0);
             if (!seconds)
                 return std::unexpected(seconds.error());
             auto text = timestampText(*seconds);
             return text ? Result<Value>(std::move(*text)) : std::unexpected(text.error());
         } },
        { "toTime", [](const Call& call) -> Result<Value> {
             const auto seconds = numberOf(call, 0);
             if (!seconds)
                 return std::unexpected(seconds.error());
             auto text = timestampText(*seconds);
             return text ? Result<Value>(std::move(*text)) : std::unexpected(text.error());
         } },
        { "parseDuration", [](const Call& call) -> Result<Value> {
             const auto text = call.stringAt(0);
             if (!text)
                 return std::unexpected(text.error());
             const auto ms = parseDurationMs(*text);
             return ms ? Result<Value>(static_cast<double>(*ms) / 1000) : std::unexpected(ms.error());
         } },
        { "reReplaceAll", replaceAll },
        { "match", [](const Call& call) -> Result<Value> {
             const auto pattern = call.stringAt(0), text = call.stringAt(1);
             if (!pattern || !text)
                 return failure(ErrorCode::execution, "match needs a pattern and a text");
             RE2::Options options;
             options.set_log_errors(false);
             const RE2 re(std::string(*pattern), options);
             if (!re.ok())
                 return failure(ErrorCode::execution, "match: " + re.error());
             return Value(RE2::PartialMatch(std::string(*text), re));
         } },
        { "title", onText([](std::string_view text) {
             std::string out(text);
             bool start = true;
             for (char& c : out) {
                 if (start && c >= 'a' && c <= 'z')
                     c = static_cast<char>(c - 32);
                 start = c == ' ';
             }
             return out;
         }) },
        { "toUpper", onText([](std::string_view text) {
             std::string out(text);
             for (char& c : out)
                 c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
             return out;
         }) },
        { "toLower", onText([](std::string_view text) { return toLowerAscii(text); }) },
        { "safeHtml", onText([](std::string_view text) { return std::string(text); }) },
        { "urlQueryEscape", onText(queryEscaped) },
        { "stripPort", onText([](std::string_view text) {
             const auto colon = text.rfind(':');
             return std::string(colon == std::string_view::npos || text.find(']', colon) != std::string_view::npos ? text : text.substr(0, colon));
         }) },
        { "stripDomain", onText([](std::string_view text) {
             const auto colon = text.rfind(':');
             const auto port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
             const auto host = text.substr(0, colon);
             if (host.find_first_not_of("0123456789.") == std::string_view::npos || host.starts_with('['))
                 return std::string(text);
             return std::string(host.substr(0, host.find('.'))) + std::string(port);
         }) },
        { "graphLink", onText([](std::string_view text) { return "/graph?g0.expr=" + queryEscaped(text) + "&g0.tab=0"; }) },
        { "tableLink", onText([](std::string_view text) { return "/graph?g0.expr=" + queryEscaped(text) + "&g0.tab=1"; }) },
        { "externalURL", [](const Call& call) -> Result<Value> { return Value(*contextOf(call).externalUrl); } },
        { "pathPrefix", [](const Call&) -> Result<Value> { return Value(""); } },
        { "now", [](const Call& call) -> Result<Value> { return Value(static_cast<double>(contextOf(call).timeMs) / 1000); } },
    };
    return table;
}

Result<std::string> run(std::string_view text, const Map& data, const Context& context)
{
    auto compiled = gotemplate::Template::parse("rule", text, functions(), kPrelude);
    if (!compiled)
        return std::unexpected(compiled.error());
    std::string out;
    if (auto done = compiled->execute(out, Value(data), &context); !done)
        return std::unexpected(done.error());
    return out;
}

}

Result<void> checkTemplate(std::string_view text)
{
    if (text.find("{{") == std::string_view::npos)
        return {};
    const auto compiled = gotemplate::Template::parse("rule", text, functions(), kPrelude);
    if (!compiled)
        return std::unexpected(compiled.error());
    return {};
}

std::string expandTemplate(const std::string& text, const TemplateData& data, const promql::Engine& engine)
{
    if (text.find("{{") == std::string::npos)
        return text;
    const Map map { { "Labels", labelMap(data.labels) }, { "ExternalLabels", labelMap(data.externalLabels) }, { "ExternalURL", data.externalUrl }, { "Value", data.value } };
    auto expanded = run(text, map, { &engine, data.timeMs, &data.externalUrl, data.stop });
    return expanded ? std::move(*expanded) : formatted("<error expanding template: {}>", expanded.error().message);
}

}
