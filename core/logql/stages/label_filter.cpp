#include "core/logql/stages/label_filter.h"

#include "core/base/format.h"
#include "core/base/go_time.h"
#include "core/logql/lexer.h"
#include "core/logql/quick_float.h"
#include "core/logql/text_search.h"

#include <optional>
#include <string_view>
#include <utility>

namespace belvedere::logql {

namespace {

constexpr std::string_view kLabelFilterError = "LabelFilterErr";

template <class T>
bool compare(Comparison comparison, T left, T right)
{
    switch (comparison) {
    case Comparison::equal: return left == right;
    case Comparison::notEqual: return left != right;
    case Comparison::greater: return left > right;
    case Comparison::greaterOrEqual: return left >= right;
    case Comparison::less: return left < right;
    case Comparison::lessOrEqual: return left <= right;
    }
    return false;
}

class MatcherFilter final : public LabelFilterStage {
public:
    explicit MatcherFilter(const model::Matcher& matcher)
        : m_matcher(matcher)
    {
    }
    bool run(LineState& state) const override
    {
        return (bit & state.testedFilters) != 0 || m_matcher.matches(state.valueOrEmpty(m_matcher.name()));
    }

private:
    model::Matcher m_matcher;
};

/// Numbers, durations and sizes. A line without the label is dropped; a value that does not convert makes an error.
class NumberFilter final : public LabelFilterStage {
public:
    NumberFilter(LabelFilter::Kind kind, std::string name, Comparison comparison, double number)
        : m_kind(kind)
        , m_name(std::move(name))
        , m_comparison(comparison)
        , m_number(number)
    {
    }
    bool run(LineState& state) const override
    {
        if ((bit & state.testedFilters) != 0)
            return true;
        const auto text = state.get(m_name);
        if (!text)
            return false;
        switch (m_kind) {
        case LabelFilter::Kind::duration: {
            const auto value = parseGoDuration(*text);
            return value ? compare(m_comparison, static_cast<double>(*value) / 1e9, m_number) : refuse(state, value.error().message);
        }
        case LabelFilter::Kind::bytes: {
            const auto value = parseByteSize(*text);
            return value ? compare(m_comparison, *value, m_number) : refuse(state, value.error().message);
        }
        default: {
            const auto value = quickFloat(*text);
            return value ? compare(m_comparison, *value, m_number) : refuse(state, formatted("'{}' is not a number", *text));
        }
        }
    }

private:
    static bool refuse(LineState& state, std::string_view details)
    {
        state.setError(kLabelFilterError, details);
        return true;
    }

    LabelFilter::Kind m_kind;
    std::string m_name;
    Comparison m_comparison;
    double m_number;
};

class IpFilter final : public LabelFilterStage {
public:
    IpFilter(std::string name, bool negative, IpMatcher matcher)
        : m_name(std::move(name))
        , m_negative(negative)
        , m_matcher(matcher)
    {
    }
    bool run(LineState& state) const override
    {
        if (state.hasError())
            return true;
        const auto text = state.get(m_name);
        return text && m_matcher.in(*text) != m_negative;
    }

private:
    std::string m_name;
    bool m_negative;
    IpMatcher m_matcher;
};

class JoinedFilter final : public LabelFilterStage {
public:
    JoinedFilter(bool both, std::unique_ptr<StageRunner> left, std::unique_ptr<StageRunner> right)
        : m_both(both)
        , m_left(std::move(left))
        , m_right(std::move(right))
    {
    }
    bool run(LineState& state) const override
    {
        const bool left = m_left->run(state);
        if (!m_both && left)
            return true;
        const bool right = m_right->run(state);
        return m_both ? left && right : right;
    }

private:
    bool m_both;
    std::unique_ptr<StageRunner> m_left;
    std::unique_ptr<StageRunner> m_right;
};

}

Result<std::unique_ptr<LabelFilterStage>> compileFilter(const LabelFilter& filter)
{
    switch (filter.kind) {
    case LabelFilter::Kind::matcher: return std::make_unique<MatcherFilter>(*filter.matcher);
    case LabelFilter::Kind::number:
    case LabelFilter::Kind::duration:
    case LabelFilter::Kind::bytes: return std::make_unique<NumberFilter>(filter.kind, filter.name, filter.comparison, filter.number);
    case LabelFilter::Kind::ip: {
        auto matcher = IpMatcher::parse(filter.text);
        if (!matcher)
            return std::unexpected(matcher.error());
        return std::make_unique<IpFilter>(filter.name, filter.comparison == Comparison::notEqual, *matcher);
    }
    case LabelFilter::Kind::both:
    case LabelFilter::Kind::either: break;
    }
    auto left = compileFilter(*filter.left);
    if (!left)
        return left;
    auto right = compileFilter(*filter.right);
    if (!right)
        return right;
    return std::make_unique<JoinedFilter>(filter.kind == LabelFilter::Kind::both, std::move(*left), std::move(*right));
}

void collectNames(const LabelFilter& filter, std::vector<std::string>& names)
{
    if (filter.left) {
        collectNames(*filter.left, names);
        collectNames(*filter.right, names);
    } else {
        names.push_back(filter.name);
    }
}

}
