#include "core/dashboard/variables.h"

#include "core/base/text.h"
#include "core/dashboard/likely_option.h"
#include "core/dashboard/pattern.h"
#include "core/dashboard/value.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace belvedere::dashboard {
namespace {

constexpr std::int64_t kNsInMs = 1'000'000;

/// A data source that is not one of ours: its queries are kept and not run.
bool isForeignType(std::string_view type)
{
    return !type.empty() && type != "prometheus" && type != "loki" && type != "datasource" && !type.starts_with("victoriametrics-metrics");
}

/// Number in front or behind, for the numeric orders.
double firstNumber(const std::string& text)
{
    const auto begin = text.find_first_of("0123456789");
    return begin == std::string::npos ? -1 : std::strtod(text.c_str() + begin, nullptr);
}

/// "h2" before "h10".
bool naturalLess(const std::string& a, const std::string& b)
{
    std::size_t i = 0;
    std::size_t k = 0;
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    while (i < a.size() && k < b.size()) {
        if (digit(a[i]) && digit(b[k])) {
            auto iEnd = i;
            auto kEnd = k;
            while (iEnd < a.size() && digit(a[iEnd]))
                ++iEnd;
            while (kEnd < b.size() && digit(b[kEnd]))
                ++kEnd;
            const double x = std::strtod(a.substr(i, iEnd - i).c_str(), nullptr);
            const double y = std::strtod(b.substr(k, kEnd - k).c_str(), nullptr);
            if (x != y)
                return x < y;
            i = iEnd;
            k = kEnd;
        } else {
            if (a[i] != b[k])
                return a[i] < b[k];
            ++i;
            ++k;
        }
    }
    return a.size() - i < b.size() - k;
}

void sortOptions(std::vector<VariableOption>& options, int sort)
{
    const auto by = [&options, sort](auto less) {
        std::ranges::stable_sort(options, [&less](const auto& a, const auto& b) { return less(a.text, b.text); });
        if (sort % 2 == 0)
            std::ranges::reverse(options);
    };
    switch (sort) {
    case 1:
    case 2:
        by(std::less<>());
        break;
    case 3:
    case 4:
        by([](const auto& a, const auto& b) { return firstNumber(a) < firstNumber(b); });
        break;
    case 5:
    case 6:
        by([](const auto& a, const auto& b) { return toLowerAscii(a) < toLowerAscii(b); });
        break;
    case 7:
    case 8:
        by(naturalLess);
        break;
    default:
        break;
    }
}

/// The text between the brackets of `function(…)`; null if `query` is no such call.
std::optional<std::string> callArgument(std::string_view query, std::string_view function)
{
    query = trim(query);
    if (!query.starts_with(function))
        return std::nullopt;
    query = trim(query.substr(function.size()));
    if (!query.starts_with('(') || !query.ends_with(')'))
        return std::nullopt;
    return std::string(trim(query.substr(1, query.size() - 2)));
}

std::vector<VariableOption> plainOptions(const std::vector<std::string>& values)
{
    std::vector<VariableOption> out;
    for (const auto& value : values)
        out.push_back({ value, value });
    return out;
}

/// Fills one variable by asking its data source.
class QueryVariable {
public:
    QueryVariable(const datasource::DataSource& source, TimeRangeMs range, std::stop_token stop)
        : m_source(source)
        , m_range(range)
        , m_stop(std::move(stop))
    {
    }

    Result<std::vector<VariableOption>> ask(const Variable& variable, const Scope& scope) const
    {
        const auto& object = variable.queryObject;
        // Loki keeps label, stream and kind apart.
        if (object.has("type") && object["type"].isNumber()) {
            const auto stream = interpolateQuery(object["stream"].text(), scope);
            const auto label = interpolate(object["label"].text(), scope);
            return object["type"].toInt() == 0 ? labelNames({}) : labelValues(label, stream);
        }
        const auto query = interpolateQuery(variable.query, scope);
        if (const auto argument = callArgument(query, "label_values")) {
            const auto comma = argument->rfind(',');
            const auto brace = argument->rfind('}');
            if (comma == std::string::npos || (brace != std::string::npos && comma < brace))
                return labelValues(*argument, {});
            return labelValues(std::string(trim(std::string_view(*argument).substr(comma + 1))), std::string(trim(std::string_view(*argument).substr(0, comma))));
        }
        if (const auto argument = callArgument(query, "label_names"))
            return labelNames(*argument);
        if (const auto argument = callArgument(query, "metrics"))
            return metricNames(*argument);
        if (const auto argument = callArgument(query, "query_result"))
            return queryResult(*argument);
        if (query.empty())
            return std::vector<VariableOption>();
        return seriesTexts(query);
    }

private:
    [[nodiscard]] std::int64_t fromNs() const { return m_range.fromMs * kNsInMs; }
    [[nodiscard]] std::int64_t toNs() const { return m_range.toMs * kNsInMs; }
    [[nodiscard]] static std::vector<std::string> selectors(const std::string& text) { return text.empty() || text == "{}" ? std::vector<std::string>() : std::vector { text }; }

    Result<std::vector<VariableOption>> labelValues(const std::string& label, const std::string& selector) const
    {
        auto values = m_source.labelValues(label, selectors(selector), fromNs(), toNs(), m_stop);
        return values ? Result<std::vector<VariableOption>>(plainOptions(*values)) : std::unexpected(values.error());
    }
    Result<std::vector<VariableOption>> labelNames(const std::string& selector) const
    {
        auto names = m_source.labelNames(selectors(selector), fromNs(), toNs(), m_stop);
        return names ? Result<std::vector<VariableOption>>(plainOptions(*names)) : std::unexpected(names.error());
    }
    Result<std::vector<VariableOption>> metricNames(const std::string& regex) const
    {
        auto names = m_source.labelValues(std::string(model::kMetricName), {}, fromNs(), toNs(), m_stop);
        if (!names)
            return std::unexpected(names.error());
        re2::RE2::Options options;
        options.set_log_errors(false);
        const re2::RE2 wanted(regex, options);
        if (!wanted.ok())
            return failure(ErrorCode::parse, "metrics(" + regex + "): " + wanted.error());
        std::erase_if(*names, [&wanted](const std::string& name) { return !re2::RE2::PartialMatch(name, wanted); });
        return plainOptions(*names);
    }
    Result<std::vector<VariableOption>> queryResult(const std::string& expr) const
    {
        auto value = m_source.query({ .expr = expr, .instant = true, .fromNs = fromNs(), .toNs = toNs() }, m_stop);
        if (!value)
            return std::unexpected(value.error());
        std::vector<VariableOption> out;
        const auto add = [&out](const std::string& labels, double number, std::int64_t timeMs) {
            auto text = labels + " " + textOf(number) + " " + std::to_string(timeMs);
            out.push_back({ text, text });
        };
        if (const auto* vector = std::get_if<model::Vector>(&value->data)) {
            for (const auto& sample : *vector)
                add(sample.labels->toString(), sample.value, sample.timeMs);
        } else if (const auto* scalar = std::get_if<model::Scalar>(&value->data)) {
            add("", scalar->value, scalar->timeMs);
        }
        return out;
    }
    Result<std::vector<VariableOption>> seriesTexts(const std::string& selector) const
    {
        auto series = m_source.series({ selector }, fromNs(), toNs(), m_stop);
        if (!series)
            return std::unexpected(series.error());
        std::vector<VariableOption> out;
        for (const auto& labels : *series)
            out.push_back({ labels->toString(), labels->toString() });
        return out;
    }

    const datasource::DataSource& m_source;
    TimeRangeMs m_range;
    std::stop_token m_stop;
};

std::vector<VariableOption> intervalOptions(const Variable& variable)
{
    std::vector<VariableOption> out;
    for (const auto& word : split(variable.query, ',')) {
        auto text = std::string(trim(word));
        if (text.size() > 1 && (text.front() == '"' || text.front() == '\''))
            text = text.substr(1, text.size() - 2);
        if (!text.empty() && text != "auto")
            out.push_back({ text, text });
    }
    return out;
}

std::vector<VariableOption> sourceOptions(const Variable& variable, const datasource::Registry& registry)
{
    std::vector<VariableOption> out;
    const bool hasRegex = !variable.regex.empty();
    const Pattern pattern(variable.regex.starts_with('/') ? variable.regex : "/" + variable.regex + "/");
    for (const auto& source : registry.all()) {
        const auto& info = source->info();
        if (info.type != variable.query && !(info.type == "prometheus" && variable.query.starts_with("victoriametrics-metrics")))
            continue;
        if (!hasRegex || pattern.matches(info.name))
            out.push_back({ info.name, info.uid });
    }
    // Nothing chosen yet means the default source, as everywhere else, whatever its place in the list.
    if (const auto preferred = registry.defaultFor(variable.query))
        std::ranges::stable_partition(out, [&](const VariableOption& option) { return option.value == preferred->info().uid; });
    // A pattern written for other names than ours still gets a source.
    if (out.empty()) {
        if (const auto source = registry.defaultFor(variable.query))
            out.push_back({ source->info().name, source->info().uid });
    }
    return out;
}

bool isOffered(const Variable& variable, const std::string& value)
{
    return std::ranges::any_of(variable.options, [&value](const auto& one) { return one.value == value || one.text == value; });
}

/// Nothing that was chosen is among the options.
bool needsChoice(const Variable& variable)
{
    return !(variable.isAll() && variable.includeAll) && std::ranges::none_of(variable.values, [&](const std::string& value) { return isOffered(variable, value); });
}

/// Keeps what is chosen if it is still offered; else takes the first, or all.
void settleChoice(Variable& variable)
{
    if (variable.isAll() && variable.includeAll) {
        variable.texts = { "All" };
        return;
    }
    std::vector<std::string> values;
    std::vector<std::string> texts;
    for (const auto& value : variable.values) {
        const auto option = std::ranges::find_if(variable.options, [&value](const auto& one) { return one.value == value || one.text == value; });
        if (option != variable.options.end()) {
            values.push_back(option->value);
            texts.push_back(option->text);
        }
    }
    if (values.empty()) {
        if (!variable.options.empty()) {
            values = { variable.options.front().value };
            texts = { variable.options.front().text };
        } else if (variable.includeAll) {
            values = { std::string(kAllValue) };
            texts = { "All" };
        }
    }
    if (!variable.multi && values.size() > 1) {
        values.resize(1);
        texts.resize(1);
    }
    variable.values = std::move(values);
    variable.texts = std::move(texts);
}

bool isAutoInterval(const Variable& variable)
{
    return variable.type == "interval" && !variable.values.empty() && variable.values.front().starts_with("$__auto");
}

std::vector<std::string> dependencies(const Variable& variable)
{
    auto text = variable.query + " " + variable.regex + " " + variable.source.uid + " " + variable.queryObject["stream"].toString() + " " + variable.queryObject["label"].toString();
    return mentionedVariables(text);
}

/// Indices in an order in which every variable stands behind those it uses; what is in a circle is put last and named.
std::vector<std::size_t> orderOf(const std::vector<Variable>& variables, std::vector<std::string>& problems)
{
    std::vector<std::size_t> order;
    std::set<std::string> done;
    std::set<std::string> names;
    for (const auto& variable : variables)
        names.insert(variable.name);
    while (order.size() < variables.size()) {
        const auto before = order.size();
        for (std::size_t i = 0; i < variables.size(); ++i) {
            const auto& variable = variables[i];
            if (done.contains(variable.name))
                continue;
            const auto uses = dependencies(variable);
            const bool ready = std::ranges::all_of(uses, [&](const std::string& name) { return name == variable.name || !names.contains(name) || done.contains(name); });
            if (ready) {
                order.push_back(i);
                done.insert(variable.name);
            }
        }
        if (order.size() > before)
            continue;
        for (std::size_t i = 0; i < variables.size(); ++i) {
            if (done.insert(variables[i].name).second) {
                problems.push_back("variable " + variables[i].name + " uses itself by way of others");
                order.push_back(i);
            }
        }
        break;
    }
    return order;
}

}

std::vector<VariableOption> customOptions(std::string_view query)
{
    std::vector<VariableOption> out;
    std::string word;
    const auto finish = [&] {
        auto text = std::string(trim(word));
        word.clear();
        if (text.empty())
            return;
        const auto colon = text.rfind(" : ");
        if (colon == std::string::npos)
            out.push_back({ text, text });
        else
            out.push_back({ std::string(trim(std::string_view(text).substr(0, colon))), std::string(trim(std::string_view(text).substr(colon + 3))) });
    };
    for (std::size_t i = 0; i < query.size(); ++i) {
        if (query[i] == '\\' && i + 1 < query.size() && query[i + 1] == ',') {
            word += ',';
            ++i;
        } else if (query[i] == ',') {
            finish();
        } else {
            word += query[i];
        }
    }
    finish();
    return out;
}

Result<std::vector<VariableOption>> queryOptions(const std::vector<VariableOption>& answered, const std::string& regex, int sort)
{
    std::vector<VariableOption> out;
    if (regex.empty()) {
        out = answered;
    } else {
        const Pattern pattern(regex);
        if (!pattern.valid())
            return failure(ErrorCode::parse, "the regular expression " + regex + " is malformed: " + pattern.regex().error());
        const auto& names = pattern.regex().NamedCapturingGroups();
        const auto groups = static_cast<std::size_t>(pattern.regex().NumberOfCapturingGroups()) + 1;
        std::vector<re2::StringPiece> found(groups);
        for (const auto& option : answered) {
            std::size_t at = 0;
            const re2::StringPiece input(option.value.data(), option.value.size());
            while (at <= option.value.size() && pattern.regex().Match(input, at, option.value.size(), re2::RE2::UNANCHORED, found.data(), static_cast<int>(groups))) {
                const auto group = [&](const char* name) -> std::optional<std::string> {
                    const auto place = names.find(name);
                    return place == names.end() ? std::nullopt : std::optional(std::string(found[static_cast<std::size_t>(place->second)]));
                };
                const auto value = group("value");
                const auto text = group("text");
                if (value || text)
                    out.push_back({ text.value_or(value.value_or("")), value.value_or(text.value_or("")) });
                else if (groups > 1)
                    out.push_back({ std::string(found[1]), std::string(found[1]) });
                else
                    out.push_back(option);
                const auto end = static_cast<std::size_t>(found[0].data() - option.value.data()) + found[0].size();
                if (!pattern.global() || groups == 1)
                    break;
                at = found[0].empty() ? end + 1 : end;
            }
        }
    }
    std::set<std::string> seen;
    std::erase_if(out, [&seen](const VariableOption& option) { return !seen.insert(option.value).second; });
    sortOptions(out, sort);
    return out;
}

ResolvedSource resolveSource(const SourceRef& reference, const Scope& scope, const Document& document, const datasource::Registry& registry, std::string_view likelyType)
{
    ResolvedSource out;
    auto uid = interpolate(reference.uid, scope);
    std::string type = reference.type;
    // ${DS_X}: an input that Grafana asks for on import. Its plug-in id says what is meant.
    if (uid.starts_with("${") || uid.starts_with("$")) {
        const auto mentioned = mentionedVariables(uid);
        for (const auto& input : document.root()["__inputs"].items()) {
            if (!mentioned.empty() && input["name"].text() == mentioned.front() && type.empty())
                type = input["pluginId"].toString();
        }
    }
    if (!uid.empty()) {
        if (auto source = registry.find(uid)) {
            out.source = std::move(source);
            return out;
        }
    }
    const bool special = uid == "grafana" || uid == "-- Mixed --" || uid == "-- Grafana --" || uid == "default" || type == "datasource";
    if (isForeignType(type) && !special) {
        out.problem = "there is no data source of type " + type + " here";
        return out;
    }
    if (type.empty() || special)
        type = std::string(likelyType);
    if (type.starts_with("victoriametrics-metrics"))
        type = "prometheus";
    out.source = registry.defaultFor(type);
    if (!out.source) {
        out.problem = "there is no data source of type " + type + " here";
        return out;
    }
    if (!uid.empty() && !special)
        out.healed = "data source " + (reference.uid.empty() ? type : reference.uid) + " stands for " + out.source->info().name;
    return out;
}

VariableUpdate updateVariables(const Document& document, std::vector<Variable> variables, const datasource::Registry& registry, TimeRangeMs range, const std::string& changed, std::stop_token stop)
{
    VariableUpdate out;
    Scope scope;
    scope.setRange(range);
    const auto order = orderOf(variables, out.problems);
    std::set<std::string> touched;
    if (!changed.empty())
        touched.insert(changed);
    for (const auto index : order) {
        auto& variable = variables[index];
        const auto uses = dependencies(variable);
        const bool due = changed.empty() || (variable.name != changed && std::ranges::any_of(uses, [&](const std::string& name) { return touched.contains(name); }));
        if (due && !stop.stop_requested()) {
            const auto before = variable.values;
            if (variable.type == "custom") {
                variable.options = customOptions(interpolate(variable.query, scope));
                settleChoice(variable);
            } else if (variable.type == "datasource") {
                variable.options = sourceOptions(variable, registry);
                settleChoice(variable);
            } else if (variable.type == "interval") {
                variable.options = intervalOptions(variable);
                if (!isAutoInterval(variable))
                    settleChoice(variable);
            } else if (variable.type == "query") {
                const bool looksLikeLogs = variable.queryObject.has("stream");
                const auto resolved = resolveSource(variable.source, scope, document, registry, looksLikeLogs ? "loki" : "prometheus");
                if (!resolved.source) {
                    out.problems.push_back("variable " + variable.name + ": " + resolved.problem);
                } else {
                    const auto answered = QueryVariable(*resolved.source, range, stop).ask(variable, scope);
                    auto options = answered ? queryOptions(*answered, interpolate(variable.regex, scope), variable.sort) : std::unexpected(answered.error());
                    if (options)
                        variable.options = std::move(*options);
                    if (options && variable.options.size() > 1 && needsChoice(variable)) {
                        if (const auto* likely = likelyOption(variable, document.panels(), *resolved.source, range, stop))
                            variable.values = { likely->value };
                    } else if (!options)
                        out.problems.push_back("variable " + variable.name + ": " + options.error().message);
                }
                settleChoice(variable);
            }
            if (variable.values != before)
                touched.insert(variable.name);
        }
        if (isAutoInterval(variable)) {
            const auto least = static_cast<std::int64_t>(intervalToMs(variable.autoMin).value_or(10'000));
            scope.setPlain(variable.name, intervalText(calculateInterval(range.spanMs(), variable.autoCount, least)));
        } else {
            scope.setVariable(variable);
        }
    }
    out.variables = std::move(variables);
    return out;
}

}
