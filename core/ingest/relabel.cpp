#include "core/ingest/relabel.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/ingest/md5.h"

#include <algorithm>
#include <array>
#include <optional>

#include <re2/re2.h>

namespace belvedere::ingest {

namespace {

enum class Action : std::uint8_t { replace, keep, drop, keepEqual, dropEqual, hashMod, labelMap, labelDrop, labelKeep, lowercase, uppercase };

std::optional<Action> actionNamed(std::string_view name)
{
    static constexpr std::array<std::pair<std::string_view, Action>, 11> kActions { {
        { "replace", Action::replace },
        { "keep", Action::keep },
        { "drop", Action::drop },
        { "keepequal", Action::keepEqual },
        { "dropequal", Action::dropEqual },
        { "hashmod", Action::hashMod },
        { "labelmap", Action::labelMap },
        { "labeldrop", Action::labelDrop },
        { "labelkeep", Action::labelKeep },
        { "lowercase", Action::lowercase },
        { "uppercase", Action::uppercase },
    } };
    const auto lower = toLowerAscii(name);
    const auto at = std::ranges::find(kActions, std::string_view(lower), &std::pair<std::string_view, Action>::first);
    return at == kActions.end() ? std::nullopt : std::optional(at->second);
}

/// A text with references to groups, as Go's regexp.Expand reads it: `$1`, `${1}`, `$name`, `${name}`, `$$`.
class Template {
public:
    Template() = default;
    Template(std::string_view text, const re2::RE2& regex)
    {
        std::string literal;
        while (!text.empty()) {
            const auto dollar = std::min(text.find('$'), text.size());
            literal += text.substr(0, dollar);
            text.remove_prefix(dollar);
            if (text.empty())
                break;
            if (text.starts_with("$$")) {
                literal += '$';
                text.remove_prefix(2);
                continue;
            }
            const auto name = reference(text);
            if (name.empty()) {
                literal += '$';
                text.remove_prefix(1);
                continue;
            }
            m_pieces.push_back({ std::exchange(literal, {}), groupNumber(name, regex) });
        }
        m_tail = std::move(literal);
    }

    [[nodiscard]] bool isLiteral() const { return m_pieces.empty(); }

    [[nodiscard]] std::string expand(std::span<const absl::string_view> groups) const
    {
        std::string out;
        for (const auto& piece : m_pieces) {
            out += piece.literal;
            if (piece.group >= 0 && static_cast<std::size_t>(piece.group) < groups.size()) {
                const auto group = groups[static_cast<std::size_t>(piece.group)];
                out.append(group.data() ? group.data() : "", group.size());
            }
        }
        return out + m_tail;
    }

private:
    struct Piece {
        std::string literal;
        int group = -1; // -1: no such group, expands to nothing
    };

    static bool isWord(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

    /// Takes `$name` or `${name}` from the front of `text`; empty, and nothing taken, if it is malformed.
    static std::string_view reference(std::string_view& text)
    {
        const bool braces = text.starts_with("${");
        const std::size_t start = braces ? 2 : 1;
        std::size_t end = start;
        while (end < text.size() && isWord(text[end]))
            ++end;
        const auto name = text.substr(start, end - start);
        if (name.empty() || (braces && (end == text.size() || text[end] != '}')))
            return {};
        text.remove_prefix(end + (braces ? 1 : 0));
        return name;
    }

    static int groupNumber(std::string_view name, const re2::RE2& regex)
    {
        if (std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) {
            int number = 0;
            for (const char c : name) {
                number = number * 10 + (c - '0');
                if (number > regex.NumberOfCapturingGroups())
                    return -1;
            }
            return number;
        }
        const auto& named = regex.NamedCapturingGroups();
        const auto at = named.find(std::string(name));
        return at == named.end() ? -1 : at->second;
    }

    std::vector<Piece> m_pieces;
    std::string m_tail;
};

std::string toUpperAscii(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return out;
}

constexpr int kMostGroups = 32;

}

struct RelabelRule::Compiled {
    Action action;
    std::vector<std::string> sourceLabels;
    std::string separator;
    std::uint64_t modulus;
    std::string targetLabel;
    re2::RE2 regex;
    bool matchesEverything; // the default expression: nothing to run
    Template target;
    Template replacement;

    [[nodiscard]] bool matches(std::string_view text) const
    {
        return matchesEverything || re2::RE2::FullMatch(absl::string_view(text.data(), text.size()), regex);
    }

    /// Groups of a full match; empty if there is none.
    [[nodiscard]] std::span<const absl::string_view> groups(std::string_view text, std::array<absl::string_view, kMostGroups>& storage) const
    {
        const int count = std::min(regex.NumberOfCapturingGroups() + 1, kMostGroups);
        const absl::string_view whole(text.data(), text.size());
        if (!regex.Match(whole, 0, whole.size(), re2::RE2::ANCHOR_BOTH, storage.data(), count))
            return {};
        return std::span(storage).first(static_cast<std::size_t>(count));
    }

    [[nodiscard]] std::string source(const model::LabelsBuilder& labels) const
    {
        std::string out;
        for (std::size_t i = 0; i < sourceLabels.size(); ++i) {
            if (i != 0)
                out += separator;
            out += labels.get(sourceLabels[i]);
        }
        return out;
    }
};

Result<RelabelRule> RelabelRule::compile(const RelabelConfig& config)
{
    const auto bad = [](std::string message) { return failure(ErrorCode::parse, std::move(message)); };
    const auto action = actionNamed(config.action);
    if (!action) {
        return bad(formatted("unknown relabel action '{}'; there are replace, keep, drop, keepequal, dropequal, hashmod, labelmap, labeldrop, labelkeep, lowercase and uppercase",
            config.action));
    }
    const RelabelConfig defaults;
    const auto name = toLowerAscii(config.action);
    const auto is = [&](auto... actions) { return ((*action == actions) || ...); };

    if (*action == Action::hashMod && config.modulus == 0)
        return bad("hashmod needs a modulus other than 0");
    if (is(Action::replace, Action::hashMod, Action::lowercase, Action::uppercase, Action::keepEqual, Action::dropEqual) && config.targetLabel.empty())
        return bad(formatted("{} needs a target_label", name));
    if (is(Action::lowercase, Action::uppercase) && config.replacement != defaults.replacement)
        return bad(formatted("{} takes no replacement", name));
    if (is(Action::keepEqual, Action::dropEqual)
        && (config.regex != defaults.regex || config.modulus != 0 || config.separator != defaults.separator || config.replacement != defaults.replacement))
        return bad(formatted("{} takes only source_labels and target_label", name));
    if (is(Action::labelDrop, Action::labelKeep)
        && (!config.sourceLabels.empty() || !config.targetLabel.empty() || config.modulus != 0 || config.separator != defaults.separator || config.replacement != defaults.replacement))
        return bad(formatted("{} takes only regex", name));
    if (!isValidUtf8(config.targetLabel))
        return bad("target_label is not valid UTF-8");

    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true);
    auto compiled = std::shared_ptr<Compiled>(new Compiled { *action, config.sourceLabels, config.separator, config.modulus, config.targetLabel,
        re2::RE2(absl::string_view(config.regex.data(), config.regex.size()), options),
        config.regex == defaults.regex || config.regex == ".*", {}, {} });
    if (!compiled->regex.ok())
        return bad(formatted("regex '{}' is not valid: {}", config.regex, compiled->regex.error()));
    if (compiled->regex.NumberOfCapturingGroups() >= kMostGroups)
        return bad(formatted("regex '{}' has more than {} groups", config.regex, kMostGroups - 1));
    compiled->target = Template(config.targetLabel, compiled->regex);
    compiled->replacement = Template(config.replacement, compiled->regex);

    RelabelRule rule;
    rule.m_compiled = std::move(compiled);
    return rule;
}

bool RelabelRule::apply(model::LabelsBuilder& labels) const
{
    const auto& rule = *m_compiled;
    std::array<absl::string_view, kMostGroups> storage;
    switch (rule.action) {
    case Action::keep: return rule.matches(rule.source(labels));
    case Action::drop: return !rule.matches(rule.source(labels));
    case Action::keepEqual: return labels.get(rule.targetLabel) == rule.source(labels);
    case Action::dropEqual: return labels.get(rule.targetLabel) != rule.source(labels);
    case Action::replace: {
        const auto source = rule.source(labels);
        const auto groups = rule.groups(source, storage);
        if (groups.empty())
            return true;
        // A target made of groups can come out empty; then there is nothing to write to.
        const auto target = rule.target.expand(groups);
        if (!target.empty())
            labels.set(target, rule.replacement.expand(groups));
        return true;
    }
    case Action::lowercase: labels.set(rule.targetLabel, toLowerAscii(rule.source(labels))); return true;
    case Action::uppercase: labels.set(rule.targetLabel, toUpperAscii(rule.source(labels))); return true;
    case Action::hashMod: labels.set(rule.targetLabel, std::to_string(md5Tail(rule.source(labels)) % rule.modulus)); return true;
    case Action::labelMap:
        for (const auto& label : std::vector(labels.list())) {
            const auto groups = rule.groups(label.name, storage);
            if (groups.empty())
                continue;
            const auto target = rule.replacement.expand(groups);
            if (!target.empty())
                labels.set(target, label.value);
        }
        return true;
    case Action::labelDrop:
    case Action::labelKeep:
        for (const auto& label : std::vector(labels.list())) {
            if (rule.matches(label.name) == (rule.action == Action::labelDrop))
                labels.remove(label.name);
        }
        return true;
    }
    return true;
}

Result<Relabeler> Relabeler::compile(std::span<const RelabelConfig> configs)
{
    Relabeler out;
    for (std::size_t i = 0; i < configs.size(); ++i) {
        auto rule = RelabelRule::compile(configs[i]);
        if (!rule)
            return withContext(std::move(rule.error()), formatted("relabel rule {}", i + 1));
        out.m_rules.push_back(std::move(*rule));
    }
    return out;
}

bool Relabeler::apply(model::LabelsBuilder& labels) const
{
    return std::ranges::all_of(m_rules, [&](const RelabelRule& rule) { return rule.apply(labels); });
}

}
