#include "core/logql/stages/line_filter.h"

#include <algorithm>
#include <string_view>
#include <utility>

// A line filter does two things: it tests lines, and it says what a line that passes must contain, so that the store can leave
// out whole chunks. The second is a hint and may say less than the first, never more.

namespace belvedere::logql {

namespace {

bool found(const LinePattern& pattern, std::string_view line) { return pattern.matches(line); }
template <class Test>
bool found(const Test& test, std::string_view line)
{
    return test.in(line);
}

}

Result<std::unique_ptr<LineFilterStage>> LineFilterStage::compile(const LineFilter& filter)
{
    auto stage = std::make_unique<LineFilterStage>();
    stage->m_negative = filter.negative();
    std::vector<std::string> plainTexts;
    bool onlyPlainTexts = true;
    for (const auto& one : filter.alternatives) {
        if (one.ip) {
            auto ip = IpMatcher::parse(one.text);
            if (!ip)
                return std::unexpected(ip.error());
            stage->m_tests.emplace_back(std::move(*ip));
            onlyPlainTexts = false;
        } else if (filter.op == LineFilter::Op::contains || filter.op == LineFilter::Op::notContains) {
            plainTexts.push_back(one.text);
            stage->m_tests.emplace_back(Substring(one.text));
        } else if (filter.op == LineFilter::Op::matches || filter.op == LineFilter::Op::notMatches) {
            auto regex = SearchRegex::compile(one.text);
            if (!regex)
                return std::unexpected(regex.error());
            if (filter.alternatives.size() == 1)
                stage->m_required = regex->requiredLiterals();
            onlyPlainTexts = false;
            stage->m_tests.emplace_back(std::move(*regex));
        } else {
            auto pattern = LinePattern::parseFilter(one.text);
            if (!pattern)
                return std::unexpected(pattern.error());
            if (filter.alternatives.size() == 1) {
                for (const auto& part : pattern->parts()) {
                    if (!part.capture)
                        stage->m_required.push_back({ part.text });
                }
            }
            onlyPlainTexts = false;
            stage->m_tests.emplace_back(std::move(*pattern));
        }
    }
    if (onlyPlainTexts && std::ranges::none_of(plainTexts, &std::string::empty))
        stage->m_required.push_back(std::move(plainTexts));
    if (stage->m_negative)
        stage->m_required.clear();
    return stage;
}

bool LineFilterStage::run(LineState& state) const
{
    for (const auto& test : m_tests) {
        if (std::visit([&](const auto& one) { return found(one, state.line); }, test))
            return !m_negative;
    }
    return m_negative;
}

}
