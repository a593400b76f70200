#include "core/alert/rule_file.h"

#include "core/alert/template.h"
#include "core/base/format.h"
#include "core/base/text.h"
#include "core/logql/engine.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

namespace belvedere::alert {

namespace {

/// Walks the document and collects every fault with its place.
class Reader {
public:
    Reader(std::string file, Language language, const promql::Features& features)
        : m_file(std::move(file))
        , m_language(language)
        , m_features(features)
    {
    }

    std::vector<RuleGroup> read(std::string_view text);
    std::vector<std::string> takeFaults() { return std::move(m_faults); }

private:
    void fault(const YAML::Mark& mark, const std::string& what)
    {
        m_faults.push_back(mark.is_null() ? formatted("{}: {}", m_file, what) : formatted("{}:{}:{}: {}", m_file, mark.line + 1, mark.column + 1, what));
    }
    bool expectMap(const YAML::Node& node, std::string_view what, std::initializer_list<std::string_view> known);
    std::string text(const YAML::Node& node, std::string_view key);
    std::int64_t duration(const YAML::Node& node, std::string_view key);
    std::int64_t integer(const YAML::Node& node, std::string_view key);
    std::vector<model::Label> labels(const YAML::Node& parent, std::string_view key, bool templates);
    void readGroup(const YAML::Node& node, std::vector<RuleGroup>& groups);
    void readRule(const YAML::Node& node, RuleGroup& group);
    void checkExpression(const YAML::Node& node, const std::string& expr);

    std::string m_file;
    Language m_language;
    const promql::Features& m_features;
    std::vector<std::string> m_faults;
};

bool Reader::expectMap(const YAML::Node& node, std::string_view what, std::initializer_list<std::string_view> known)
{
    if (!node.IsMap()) {
        fault(node.Mark(), formatted("{} must be a mapping of fields", what));
        return false;
    }
    std::set<std::string> seen;
    for (const auto& entry : node) {
        const auto key = entry.first.Scalar();
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            std::string names;
            for (const auto name : known)
                names += (names.empty() ? "" : ", ") + std::string(name);
            fault(entry.first.Mark(), formatted("unknown field '{}' in {}; known are {}", key, what, names));
        } else if (!seen.insert(key).second) {
            fault(entry.first.Mark(), formatted("field '{}' is given twice in {}", key, what));
        }
    }
    return true;
}

std::string Reader::text(const YAML::Node& node, std::string_view key)
{
    const auto value = node[std::string(key)];
    if (!value || value.IsNull())
        return {};
    if (!value.IsScalar()) {
        fault(value.Mark(), formatted("'{}' must be a text", key));
        return {};
    }
    return value.Scalar();
}

std::int64_t Reader::duration(const YAML::Node& node, std::string_view key)
{
    const auto value = text(node, key);
    if (value.empty())
        return 0;
    const auto parsed = parseDurationMs(value);
    if (!parsed) {
        fault(node[std::string(key)].Mark(), formatted("'{}': {}", key, parsed.error().message));
        return 0;
    }
    return *parsed;
}

std::int64_t Reader::integer(const YAML::Node& node, std::string_view key)
{
    const auto value = node[std::string(key)];
    if (!value)
        return 0;
    try {
        return value.as<std::int64_t>();
    } catch (const YAML::Exception&) {
        fault(value.Mark(), formatted("'{}' must be a whole number", key));
        return 0;
    }
}

std::vector<model::Label> Reader::labels(const YAML::Node& parent, std::string_view key, bool templates)
{
    std::vector<model::Label> out;
    const auto node = parent[std::string(key)];
    if (!node || node.IsNull())
        return out;
    if (!node.IsMap()) {
        fault(node.Mark(), formatted("'{}' must map names to texts", key));
        return out;
    }
    for (const auto& entry : node) {
        const auto name = entry.first.Scalar();
        if (key == "labels" && (name.empty() || name == model::kMetricName || !isValidUtf8(name)))
            fault(entry.first.Mark(), formatted("'{}' cannot be the name of a label here", name));
        else if (key == "annotations" && (name.empty() || !isValidUtf8(name)))
            fault(entry.first.Mark(), formatted("'{}' cannot be the name of an annotation", name));
        if (!entry.second.IsScalar() && !entry.second.IsNull()) {
            fault(entry.second.Mark(), formatted("the value of '{}' must be a text", name));
            continue;
        }
        const auto value = entry.second.IsNull() ? std::string() : entry.second.Scalar();
        if (templates) {
            if (const auto checked = checkTemplate(value); !checked)
                fault(entry.second.Mark(), formatted("template of '{}': {}", name, checked.error().message));
        }
        out.push_back({ name, value });
    }
    std::sort(out.begin(), out.end());
    return out;
}

void Reader::checkExpression(const YAML::Node& node, const std::string& expr)
{
    Error error;
    if (m_language == Language::promql) {
        const auto checked = promql::check(expr, m_features);
        if (checked)
            return;
        error = checked.error();
    } else {
        const auto metric = logql::checkIsMetric(expr);
        if (metric && *metric)
            return;
        error = metric ? Error { ErrorCode::parse, "a rule needs a metric query, such as count_over_time({…}[5m]) > 0", std::nullopt } : metric.error();
    }
    auto mark = node.Mark();
    // A plain one-line value starts where the node does; the place inside it can be given exactly.
    if (error.where && node.Tag() != "!" && expr.find('\n') == std::string::npos)
        mark.column += static_cast<int>(error.where->begin);
    fault(mark, "could not parse expression: " + error.message);
}

void Reader::readRule(const YAML::Node& node, RuleGroup& group)
{
    if (!expectMap(node, "a rule", { "record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations" }))
        return;
    Rule rule;
    const auto record = text(node, "record");
    const auto alert = text(node, "alert");
    if (!record.empty() && !alert.empty()) {
        fault(node.Mark(), "a rule has either 'record' or 'alert', not both");
        return;
    }
    if (record.empty() && alert.empty()) {
        fault(node.Mark(), "a rule needs 'record' or 'alert' with a name");
        return;
    }
    rule.kind = record.empty() ? model::RuleStatus::Kind::alerting : model::RuleStatus::Kind::recording;
    rule.name = record.empty() ? alert : record;
    rule.expr = text(node, "expr");
    if (trim(rule.expr).empty())
        fault(node.Mark(), formatted("rule '{}' needs an 'expr'", rule.name));
    else
        checkExpression(node["expr"], rule.expr);
    const bool alerting = rule.kind == model::RuleStatus::Kind::alerting;
    if (!alerting) {
        for (const auto* key : { "for", "keep_firing_for", "annotations" }) {
            if (node[key] && !(node[key].IsMap() && node[key].size() == 0))
                fault(node[key].Mark(), formatted("'{}' is for alerting rules; '{}' is a recording rule", key, rule.name));
        }
        if (!isValidUtf8(rule.name) || rule.name.find_first_of("{}") != std::string::npos)
            fault(node["record"].Mark(), formatted("'{}' is not a metric name", rule.name));
    }
    rule.holdDurationMs = duration(node, "for");
    rule.keepFiringForMs = duration(node, "keep_firing_for");
    rule.labels = labels(node, "labels", alerting);
    rule.annotations = labels(node, "annotations", alerting);
    group.rules.push_back(std::move(rule));
}

void Reader::readGroup(const YAML::Node& node, std::vector<RuleGroup>& groups)
{
    if (!expectMap(node, "a group", { "name", "interval", "query_offset", "limit", "labels", "rules", "partial_response_strategy" }))
        return;
    RuleGroup group;
    group.file = m_file;
    group.language = m_language;
    group.name = text(node, "name");
    if (group.name.empty())
        fault(node.Mark(), "a group needs a 'name'");
    if (std::any_of(groups.begin(), groups.end(), [&](const RuleGroup& other) { return other.name == group.name; }))
        fault(node["name"].Mark(), formatted("group '{}' is there already; names are unique in a file", group.name));
    group.intervalMs = duration(node, "interval");
    group.queryOffsetMs = duration(node, "query_offset");
    group.limit = integer(node, "limit");
    const auto shared = labels(node, "labels", false);
    if (const auto rules = node["rules"]; rules && !rules.IsNull()) {
        if (!rules.IsSequence())
            fault(rules.Mark(), "'rules' must be a list");
        else
            for (const auto& rule : rules)
                readRule(rule, group);
    }
    // Labels of the group apply where the rule has none of that name.
    for (auto& rule : group.rules) {
        for (const auto& label : shared) {
            if (std::none_of(rule.labels.begin(), rule.labels.end(), [&](const model::Label& own) { return own.name == label.name; }))
                rule.labels.push_back(label);
        }
        std::sort(rule.labels.begin(), rule.labels.end());
    }
    groups.push_back(std::move(group));
}

std::vector<RuleGroup> Reader::read(std::string_view document)
{
    std::vector<RuleGroup> groups;
    try {
        const auto root = YAML::Load(std::string(document));
        if (!root || root.IsNull())
            return groups;
        if (!expectMap(root, "the file", { "groups", "namespace" }))
            return groups;
        const auto list = root["groups"];
        if (!list || list.IsNull())
            return groups;
        if (!list.IsSequence()) {
            fault(list.Mark(), "'groups' must be a list");
            return groups;
        }
        for (const auto& group : list)
            readGroup(group, groups);
    } catch (const YAML::Exception& exception) {
        fault(exception.mark, "not valid YAML: " + exception.msg);
    }
    return groups;
}

}

std::expected<std::vector<RuleGroup>, std::vector<std::string>> parseRuleFile(
    std::string_view text, const std::string& file, Language language, const promql::Features& features)
{
    // The YAML reader takes a NUL for the end of the document and would find an empty file good.
    if (const auto bad = findControlCharacter(text)) {
        const auto before = text.substr(0, *bad);
        return std::unexpected(std::vector { formatted("{}:{}:{}: there is a control character (0x{:02x}); this is no text file, or it is damaged", file, std::ranges::count(before, '\n') + 1,
            *bad - (before.rfind('\n') + 1) + 1, static_cast<unsigned char>(text[*bad])) });
    }
    Reader reader(file, language, features);
    auto groups = reader.read(text);
    if (auto faults = reader.takeFaults(); !faults.empty())
        return std::unexpected(std::move(faults));
    return groups;
}

}
