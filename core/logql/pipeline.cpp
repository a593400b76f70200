#include "core/logql/pipeline.h"

#include "core/base/go_template.h"
#include "core/base/go_time.h"
#include "core/base/text.h"
#include "core/logql/decolorize.h"
#include "core/logql/lexer.h"
#include "core/logql/stages/parser_stage.h"
#include "core/logql/template_functions.h"
#include "core/logql/text_search.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <format>
#include <set>

namespace belvedere::logql {

namespace {

constexpr std::string_view kLabelFilterError = "LabelFilterErr";
constexpr std::string_view kTemplateError = "TemplateFormatErr";

template <class... Lambdas>
struct Overloaded : Lambdas... {
    using Lambdas::operator()...;
};

// -------------------------------------------------------------------------------------------------------- line filters

class LineFilterStage final : public StageRunner {
public:
    static Result<std::unique_ptr<LineFilterStage>> compile(const LineFilter& filter)
    {
        auto stage = std::make_unique<LineFilterStage>();
        stage->m_negative = filter.negative();
        for (const auto& one : filter.alternatives) {
            std::vector<std::string> literals;
            if (one.ip) {
                auto ip = IpMatcher::parse(one.text);
                if (!ip)
                    return std::unexpected(ip.error());
                stage->m_tests.emplace_back(std::move(*ip));
                stage->m_exactLiterals = false;
            } else if (filter.op == LineFilter::Op::contains || filter.op == LineFilter::Op::notContains) {
                stage->m_literals.push_back(one.text);
                stage->m_tests.emplace_back(Substring(one.text));
            } else if (filter.op == LineFilter::Op::matches || filter.op == LineFilter::Op::notMatches) {
                auto regex = SearchRegex::compile(one.text);
                if (!regex)
                    return std::unexpected(regex.error());
                if (filter.alternatives.size() == 1)
                    stage->m_required = regex->requiredLiterals();
                stage->m_exactLiterals = false;
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
                stage->m_exactLiterals = false;
                stage->m_tests.emplace_back(std::move(*pattern));
            }
        }
        if (stage->m_exactLiterals && std::ranges::none_of(stage->m_literals, &std::string::empty))
            stage->m_required.push_back(stage->m_literals);
        if (stage->m_negative)
            stage->m_required.clear();
        return stage;
    }

    bool run(LineState& state) const override
    {
        for (const auto& test : m_tests) {
            if (std::visit([&](const auto& one) { return found(one, state.line); }, test))
                return !m_negative;
        }
        return m_negative;
    }

    const std::vector<std::vector<std::string>>& required() const { return m_required; }

private:
    static bool found(const LinePattern& pattern, std::string_view line) { return pattern.matches(line); }
    template <class Test>
    static bool found(const Test& test, std::string_view line)
    {
        return test.in(line);
    }

    std::vector<std::variant<Substring, SearchRegex, IpMatcher, LinePattern>> m_tests;
    std::vector<std::string> m_literals;
    std::vector<std::vector<std::string>> m_required;
    bool m_exactLiterals = true;
    bool m_negative = false;
};

// ------------------------------------------------------------------------------------------------------- label filters

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

class LabelFilterStage : public StageRunner {
public:
    std::uint64_t bit = 0; ///< set if a parser may have tested it already
};

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
            return value ? compare(m_comparison, *value, m_number) : refuse(state, std::format("'{}' is not a number", *text));
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

// ------------------------------------------------------------------------------------------------------------- formats

class LineFormatter final : public StageRunner {
public:
    explicit LineFormatter(gotemplate::Template text)
        : m_template(std::move(text))
    {
    }
    bool run(LineState& state) const override
    {
        std::string out;
        if (const auto done = m_template.execute(out, templateData(state), &state); !done)
            state.setError(kTemplateError, done.error().message);
        else
            state.line = state.arena().store(out);
        return true;
    }
    const gotemplate::Template& text() const { return m_template; }

private:
    gotemplate::Template m_template;
};

class LabelFormatter final : public StageRunner {
public:
    struct Format {
        std::string name;
        std::string source; ///< of a rename
        std::optional<gotemplate::Template> text;
    };
    explicit LabelFormatter(std::vector<Format> formats)
        : m_formats(std::move(formats))
    {
    }
    const Hints* hints = nullptr;

    bool run(LineState& state) const override
    {
        // Templates see the labels as they were before the first of them; renames act at once.
        std::optional<gotemplate::Value> before;
        for (const auto& format : m_formats) {
            if (!format.text) {
                const auto value = state.get(format.source);
                if (!value)
                    continue;
                const auto kept = *value;
                state.setParsed(format.name, kept);
                recordExtracted(*hints, state, format.name);
                state.remove(format.source); // also under its own name: so does Loki
                continue;
            }
            if (!before)
                before = m_formats.size() > 1 ? gotemplate::Value(snapshot(state)) : templateData(state);
            std::string out;
            if (const auto done = format.text->execute(out, *before, &state); !done) {
                state.setError(kTemplateError, done.error().message);
                continue;
            }
            state.setParsed(format.name, state.arena().store(out));
            recordExtracted(*hints, state, format.name);
        }
        return true;
    }
    const std::vector<Format>& formats() const { return m_formats; }

private:
    static gotemplate::Map snapshot(const LineState& state)
    {
        std::vector<LineState::Cell> cells;
        state.appendAll(cells);
        gotemplate::Map map;
        for (const auto& cell : cells)
            map.insert_or_assign(std::string(cell.name), gotemplate::Value(cell.value));
        return map;
    }

    std::vector<Format> m_formats;
};

class Decolorizer final : public StageRunner {
public:
    bool run(LineState& state) const override
    {
        state.line = decolorized(state.line, state.arena());
        return true;
    }
};

class LabelSelector final : public StageRunner {
public:
    explicit LabelSelector(const LabelSelectStage& stage)
        : m_stage(stage)
    {
    }
    bool run(LineState& state) const override
    {
        if (m_stage.keep)
            keep(state);
        else
            drop(state);
        return true;
    }

private:
    void drop(LineState& state) const
    {
        for (const auto& choice : m_stage.choices) {
            if (choice.name == kErrorLabel || choice.name == kErrorDetailsLabel) {
                const bool isError = choice.name == kErrorLabel;
                if (!choice.matcher || choice.matcher->matches(isError ? state.error() : std::string_view(state.errorDetails()))) {
                    if (isError)
                        state.clearError();
                    else
                        state.clearErrorDetails();
                }
            } else if (!choice.matcher || choice.matcher->matches(state.valueOrEmpty(choice.name))) {
                if (state.get(choice.name))
                    state.remove(choice.name);
            }
        }
    }

    void keep(LineState& state) const
    {
        std::vector<LineState::Cell> cells;
        state.appendAll(cells);
        for (const auto& cell : cells) {
            if (cell.name == kErrorLabel || cell.name == kErrorDetailsLabel)
                continue;
            const bool kept = std::ranges::any_of(m_stage.choices, [&](const LabelSelectStage::Choice& choice) {
                return choice.name == cell.name && (!choice.matcher || choice.matcher->matches(cell.value));
            });
            if (!kept)
                state.remove(cell.name);
        }
    }

    LabelSelectStage m_stage;
};

// ------------------------------------------------------------------------------------------------------------- compile

Result<std::unique_ptr<LineFormatter>> compileLineFormat(const LineFormatStage& stage)
{
    auto text = gotemplate::Template::parse("line", stage.text, templateFunctions());
    if (!text)
        return failure(ErrorCode::parse, std::format("line_format: {}", text.error().message));
    return std::make_unique<LineFormatter>(std::move(*text));
}

Result<std::unique_ptr<LabelFormatter>> compileLabelFormat(const LabelFormatStage& stage)
{
    std::vector<LabelFormatter::Format> formats;
    std::set<std::string_view> names;
    for (const auto& one : stage.formats) {
        if (one.name == kErrorLabel || one.name == kErrorDetailsLabel)
            return failure(ErrorCode::parse, std::format("label_format cannot set {}", one.name));
        if (!names.insert(one.name).second)
            return failure(ErrorCode::parse, std::format("label_format sets '{}' twice", one.name));
        LabelFormatter::Format format { one.name, {}, std::nullopt };
        if (one.rename) {
            format.source = one.value;
        } else {
            auto text = gotemplate::Template::parse("label", one.value, templateFunctions());
            if (!text)
                return failure(ErrorCode::parse, std::format("label_format {}: {}", one.name, text.error().message));
            format.text = std::move(*text);
        }
        formats.push_back(std::move(format));
    }
    return std::make_unique<LabelFormatter>(std::move(formats));
}

template <class T>
Result<std::unique_ptr<StageRunner>> widened(Result<std::unique_ptr<T>> result)
{
    if (!result)
        return std::unexpected(result.error());
    return std::unique_ptr<StageRunner>(std::move(*result));
}

Result<std::unique_ptr<StageRunner>> compileStage(const Stage& stage)
{
    return std::visit(
        Overloaded {
            [](const LineFilter& one) { return widened(LineFilterStage::compile(one)); },
            [](const JsonStage& one) { return widened(compileJson(one)); },
            [](const LogfmtStage& one) { return widened(compileLogfmt(one)); },
            [](const RegexpStage& one) { return widened(compileRegexp(one)); },
            [](const PatternStage& one) { return widened(compilePattern(one)); },
            [](const UnpackStage&) -> Result<std::unique_ptr<StageRunner>> { return compileUnpack(); },
            [](const DecolorizeStage&) -> Result<std::unique_ptr<StageRunner>> { return std::make_unique<Decolorizer>(); },
            [](const LineFormatStage& one) { return widened(compileLineFormat(one)); },
            [](const LabelFormatStage& one) { return widened(compileLabelFormat(one)); },
            [](const LabelSelectStage& one) -> Result<std::unique_ptr<StageRunner>> { return std::make_unique<LabelSelector>(one); },
            [](const LabelFilter& one) { return widened(compileFilter(one)); },
        },
        stage.data);
}

bool changesLine(const Stage& stage)
{
    return std::holds_alternative<LineFormatStage>(stage.data) || std::holds_alternative<UnpackStage>(stage.data);
}

/// The order in which stages run: line filters in front of everything up to the last stage that changes the line, as Loki
/// has it. (So a line filter behind decolorize tests the line with its colours.)
std::vector<std::size_t> runOrder(std::span<const Stage> stages)
{
    std::vector<std::size_t> order;
    std::vector<std::size_t> filters;
    std::vector<std::size_t> rest;
    const auto flush = [&] {
        order.insert(order.end(), filters.begin(), filters.end());
        order.insert(order.end(), rest.begin(), rest.end());
        filters.clear();
        rest.clear();
    };
    for (std::size_t i = 0; i < stages.size(); ++i) {
        (std::holds_alternative<LineFilter>(stages[i].data) ? filters : rest).push_back(i);
        if (changesLine(stages[i]))
            flush();
    }
    flush();
    return order;
}

/// Labels that stages read.
bool collectRequired(std::span<const Stage> stages, std::span<const std::unique_ptr<StageRunner>> runners, std::vector<std::string>& names)
{
    bool known = true;
    const auto add = [&](const gotemplate::Template& text) {
        if (const auto* fields = text.fieldsUsed())
            names.insert(names.end(), fields->begin(), fields->end());
        else
            known = false;
    };
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (const auto* filter = std::get_if<LabelFilter>(&stages[i].data)) {
            collectNames(*filter, names);
        } else if (const auto* line = dynamic_cast<const LineFormatter*>(runners[i].get())) {
            add(line->text());
        } else if (const auto* label = dynamic_cast<const LabelFormatter*>(runners[i].get())) {
            for (const auto& format : label->formats()) {
                if (format.text)
                    add(*format.text);
                else
                    names.push_back(format.source);
            }
        }
    }
    return known;
}

}

bool Hints::wants(std::string_view name) const
{
    return required.empty() || std::ranges::find(required, name) != required.end();
}

Pipeline::Pipeline() = default;
Pipeline::Pipeline(Pipeline&&) noexcept = default;
Pipeline& Pipeline::operator=(Pipeline&&) noexcept = default;
Pipeline::~Pipeline() = default;

Result<Pipeline> Pipeline::compile(std::span<const Stage> stages, const Wants& wants, std::span<const LabelFilter> filtersAfter)
{
    Pipeline out;
    for (const auto& stage : stages) {
        auto runner = compileStage(stage);
        if (!runner)
            return failure(ErrorCode::parse, runner.error().message, stage.where);
        out.m_stages.push_back(std::move(*runner));
    }

    auto hints = std::make_unique<Hints>();
    if (wants.metric) {
        std::vector<std::string> names = wants.labels;
        const bool known = collectRequired(stages, out.m_stages, names);
        for (const auto& filter : filtersAfter)
            collectNames(filter, names);
        for (std::size_t i = 0, count = names.size(); i < count; ++i) {
            if (names[i].ends_with(kDuplicateSuffix)) {
                hints->wantsExtracted = true;
                names.push_back(names[i].substr(0, names[i].size() - kDuplicateSuffix.size()));
            }
        }
        std::ranges::sort(names);
        names.erase(std::ranges::unique(names).begin(), names.end());
        hints->preserveError = std::ranges::find(names, kErrorLabel) != names.end();
        if (wants.noLabels && names.empty() && known)
            hints->noLabels = true;
        else if ((wants.noLabels || wants.by) && known && names.size() <= 64)
            hints->required = std::move(names);
        for (const auto& name : hints->required)
            hints->requiredLengths |= 1ULL << Hints::lengthBit(name.size());
    }

    // A parser may test the label filters that follow it as soon as it sets a label, if nothing between them could
    // change that label.
    std::uint64_t nextBit = 1;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (auto* format = dynamic_cast<LabelFormatter*>(out.m_stages[i].get()))
            format->hints = hints.get();
        auto* parser = dynamic_cast<ParserStage*>(out.m_stages[i].get());
        if (!parser)
            continue;
        parser->hints = hints.get();
        for (std::size_t j = i + 1; j < stages.size(); ++j) {
            if (std::holds_alternative<LineFilter>(stages[j].data))
                continue;
            const auto* filter = std::get_if<LabelFilter>(&stages[j].data);
            if (!filter)
                break;
            if (filter->left || filter->name.starts_with("__error") || nextBit == 0)
                continue;
            auto* runner = static_cast<LabelFilterStage*>(out.m_stages[j].get());
            parser->earlyFilters.push_back({ filter->name, runner, nextBit });
            runner->bit = nextBit;
            nextBit <<= 1;
        }
    }

    bool lineIsStored = true;
    for (const auto i : runOrder(stages)) {
        const auto* runner = out.m_stages[i].get();
        out.m_order.push_back(runner);
        if (const auto* filter = dynamic_cast<const LineFilterStage*>(runner)) {
            if (lineIsStored)
                out.m_requiredLiterals.insert(out.m_requiredLiterals.end(), filter->required().begin(), filter->required().end());
        }
        const auto& data = stages[i].data;
        const bool isParser = dynamic_cast<const ParserStage*>(runner) != nullptr;
        out.m_readsLine = out.m_readsLine || isParser || std::holds_alternative<LineFilter>(data) || std::holds_alternative<DecolorizeStage>(data)
            || std::holds_alternative<LineFormatStage>(data) || std::holds_alternative<LabelFormatStage>(data);
        if (changesLine(stages[i]) || std::holds_alternative<DecolorizeStage>(data))
            lineIsStored = false;
    }
    out.m_hints = std::move(hints);
    return out;
}

Result<void> checkStage(const Stage& stage)
{
    if (auto compiled = compileStage(stage); !compiled)
        return std::unexpected(compiled.error());
    return {};
}

Result<std::unique_ptr<StageRunner>> compileLabelFilter(const LabelFilter& filter) { return widened(compileFilter(filter)); }

std::optional<double> quickFloat(std::string_view text)
{
    // Up to fifteen digits and a power of ten are exact, and so is their quotient (Clinger, 1990).
    static constexpr double kPowers[] { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
    if (!text.empty() && text.size() <= 16) {
        const bool negative = text.front() == '-';
        std::size_t i = negative ? 1 : 0;
        std::uint64_t digits = 0;
        std::size_t count = 0;
        std::size_t decimals = 0;
        bool point = false;
        for (; i < text.size(); ++i) {
            const char c = text[i];
            if (c >= '0' && c <= '9') {
                digits = digits * 10 + static_cast<std::uint64_t>(c - '0');
                ++count;
                decimals += point ? 1 : 0;
            } else if (c == '.' && !point) {
                point = true;
            } else {
                break;
            }
        }
        if (i == text.size() && count > 0 && count <= 15) {
            const double value = static_cast<double>(digits) / kPowers[decimals];
            return negative ? -value : value;
        }
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value))
        return value;
    const auto slow = parseFloat(text);
    return slow ? std::optional(*slow) : std::nullopt;
}

}
