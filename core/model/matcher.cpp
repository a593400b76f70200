#include "core/model/matcher.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>
#include <optional>

#include <re2/re2.h>

namespace belvedere::model {

namespace {

constexpr std::string_view kSpecial = R"(\.+*?()|[]{}^$)";

/// Reads a run of literal characters from the front of `pattern`; escaped punctuation counts as a literal.
std::string takeLiteral(std::string_view& pattern)
{
    std::string out;
    while (!pattern.empty()) {
        if (pattern.front() == '\\') {
            if (pattern.size() < 2 || kSpecial.find(pattern[1]) == std::string_view::npos)
                break;
            out += pattern[1];
            pattern.remove_prefix(2);
        } else if (kSpecial.find(pattern.front()) == std::string_view::npos) {
            out += pattern.front();
            pattern.remove_prefix(1);
        } else {
            break;
        }
    }
    return out;
}

/// The alternatives of `a|b|(c|d)`-like expressions without nesting inside words; nothing if it is anything else.
std::optional<std::vector<std::string>> literalAlternatives(std::string_view pattern)
{
    std::vector<std::string> words;
    while (pattern.size() >= 2 && pattern.front() == '(' && pattern.back() == ')' && !pattern.ends_with("\\)")) {
        std::string_view inner = pattern.substr(1, pattern.size() - 2);
        if (inner.starts_with("?:"))
            inner.remove_prefix(2);
        if (inner.find_first_of("()?") != std::string_view::npos)
            return std::nullopt;
        pattern = inner;
    }
    for (;;) {
        words.push_back(takeLiteral(pattern));
        if (pattern.empty())
            break;
        if (pattern.front() != '|')
            return std::nullopt;
        pattern.remove_prefix(1);
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

}

struct AnchoredRegex::Compiled {
    explicit Compiled(std::string_view text)
        : pattern(text)
    {
    }

    std::string pattern;
    std::vector<std::string> literals;
    std::string prefix;
    bool everything = false;
    bool prefixOnly = false; ///< literal prefix followed by `.*`
    std::unique_ptr<const RE2> re;
};

Result<AnchoredRegex> AnchoredRegex::compile(std::string_view pattern)
{
    auto compiled = std::make_shared<Compiled>(pattern);
    RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true);
    options.set_never_capture(true);
    compiled->re = std::make_unique<const RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
    if (!compiled->re->ok())
        return failure(ErrorCode::parse, formatted("invalid regular expression {}: {}", goQuoted(pattern), compiled->re->error()));
    if (auto words = literalAlternatives(pattern)) {
        compiled->literals = std::move(*words);
    } else if (pattern.find('|') == std::string_view::npos) {
        std::string_view rest = pattern;
        auto prefix = takeLiteral(rest);
        // A quantifier binds to the last character of the prefix.
        const bool quantified = !rest.empty() && std::string_view("*?{+").find(rest.front()) != std::string_view::npos;
        if (quantified && !prefix.empty())
            prefix.clear();
        else if (rest == ".*")
            compiled->prefixOnly = true;
        compiled->everything = compiled->prefixOnly && prefix.empty();
        if (isPlainMetricName(prefix) || compiled->prefixOnly || !quantified)
            compiled->prefix = std::move(prefix);
    }
    AnchoredRegex out;
    out.m_compiled = std::move(compiled);
    return out;
}

bool AnchoredRegex::matches(std::string_view text) const
{
    const auto& c = *m_compiled;
    if (c.everything)
        return true;
    if (!c.literals.empty())
        return std::binary_search(c.literals.begin(), c.literals.end(), text);
    if (!text.starts_with(c.prefix))
        return false;
    return c.prefixOnly || RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *c.re);
}

const std::string& AnchoredRegex::pattern() const noexcept { return m_compiled->pattern; }
const std::vector<std::string>& AnchoredRegex::literals() const noexcept { return m_compiled->literals; }
const std::string& AnchoredRegex::prefix() const noexcept { return m_compiled->prefix; }
bool AnchoredRegex::matchesEverything() const noexcept { return m_compiled->everything; }

Result<Matcher> Matcher::create(Op op, std::string name, std::string value)
{
    Matcher matcher;
    matcher.m_op = op;
    if (op == Op::regexMatch || op == Op::regexNoMatch) {
        auto regex = AnchoredRegex::compile(value);
        if (!regex)
            return std::unexpected(std::move(regex.error()));
        matcher.m_regex = std::make_shared<const AnchoredRegex>(std::move(*regex));
    }
    matcher.m_name = std::move(name);
    matcher.m_value = std::move(value);
    return matcher;
}

bool Matcher::matches(std::string_view labelValue) const
{
    switch (m_op) {
    case Op::equal: return labelValue == m_value;
    case Op::notEqual: return labelValue != m_value;
    case Op::regexMatch: return m_regex->matches(labelValue);
    case Op::regexNoMatch: return !m_regex->matches(labelValue);
    }
    return false;
}

std::string Matcher::toString() const
{
    constexpr std::string_view kOps[] = { "=", "!=", "=~", "!~" };
    return (isPlainLabelName(m_name) ? m_name : goQuoted(m_name)) + std::string(kOps[static_cast<std::size_t>(m_op)]) + goQuoted(m_value);
}

bool matchesAll(const Matchers& matchers, const Labels& labels)
{
    return std::all_of(matchers.begin(), matchers.end(), [&](const Matcher& matcher) { return matcher.matches(labels); });
}

}
