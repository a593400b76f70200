#include "core/base/format.h"
#include "core/logql/stages/parser_stage.h"
#include "core/logql/text_search.h"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <re2/re2.h>

// `| regexp` and `| pattern`: the query itself says which parts of the line become labels, by naming captures.

namespace belvedere::logql {

namespace {

class RegexpParser final : public ParserStage {
public:
    RegexpParser(std::unique_ptr<const RE2> re, std::vector<std::pair<int, std::string>> groups)
        : m_re(std::move(re))
        , m_groups(std::move(groups))
    {
    }

    bool run(LineState& state) const override
    {
        if (nothingWanted(state))
            return true;
        const auto groups = static_cast<std::size_t>(m_groups.back().first) + 1; // the whole match is the first
        std::array<re2::StringPiece, 32> usual;
        std::vector<re2::StringPiece> many(groups > usual.size() ? groups : 0);
        auto* const found = many.empty() ? usual.data() : many.data();
        if (!m_re->Match(re2::StringPiece(state.line.data(), state.line.size()), 0, state.line.size(), RE2::UNANCHORED, found, static_cast<int>(groups)))
            return true;
        for (const auto& [index, name] : m_groups) {
            if (!set(state, name, { found[index].data(), found[index].size() }))
                return false;
        }
        return true;
    }

private:
    std::unique_ptr<const RE2> m_re;
    std::vector<std::pair<int, std::string>> m_groups; ///< by number
};

class PatternParser final : public ParserStage {
public:
    explicit PatternParser(LinePattern pattern)
        : m_pattern(std::move(pattern))
    {
    }

    bool run(LineState& state) const override
    {
        if (nothingWanted(state))
            return true;
        bool keep = true;
        m_pattern.capture(state.line, [&](std::string_view name, std::string_view value) { keep = keep && set(state, name, value); });
        return keep;
    }

private:
    LinePattern m_pattern;
};

}

Result<std::unique_ptr<ParserStage>> compileRegexp(const RegexpStage& stage)
{
    RE2::Options options;
    options.set_log_errors(false);
    auto re = std::make_unique<const RE2>(re2::StringPiece(stage.pattern.data(), stage.pattern.size()), options);
    if (!re->ok())
        return failure(ErrorCode::parse, formatted("bad regular expression '{}': {}", stage.pattern, re->error()));
    std::vector<std::pair<int, std::string>> groups;
    for (const auto& [index, name] : re->CapturingGroupNames()) {
        if (!model::isPlainLabelName(name))
            return failure(ErrorCode::parse, formatted("the group '{}' is no label name", name));
        groups.emplace_back(index, name);
    }
    if (groups.empty())
        return failure(ErrorCode::parse, "the expression needs at least one named group such as (?P<status>\\d+)");
    return std::make_unique<RegexpParser>(std::move(re), std::move(groups));
}

Result<std::unique_ptr<ParserStage>> compilePattern(const PatternStage& stage)
{
    auto pattern = LinePattern::parseCaptures(stage.pattern);
    if (!pattern)
        return std::unexpected(pattern.error());
    return std::make_unique<PatternParser>(std::move(*pattern));
}

}
