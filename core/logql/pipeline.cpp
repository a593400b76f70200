#include "core/logql/pipeline.h"

#include "core/logql/stages/formats.h"
#include "core/logql/stages/label_filter.h"
#include "core/logql/stages/level_detector.h"
#include "core/logql/stages/line_filter.h"
#include "core/logql/stages/parser_stage.h"
#include "core/logql/stages/small_stages.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

// What concerns the stages of a query together: the order in which they run, which labels anybody wants, which filters a parser
// may test early, and what the store may leave out. What each stage does stands in stages/.

namespace belvedere::logql {

namespace {

template <class... Lambdas>
struct Overloaded : Lambdas... {
    using Lambdas::operator()...;
};

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
            [](const DecolorizeStage&) -> Result<std::unique_ptr<StageRunner>> { return makeDecolorizer(); },
            [](const LineFormatStage& one) { return widened(compileLineFormat(one)); },
            [](const LabelFormatStage& one) { return widened(compileLabelFormat(one)); },
            [](const LabelSelectStage& one) -> Result<std::unique_ptr<StageRunner>> { return makeLabelSelector(one); },
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
    std::vector<std::string> names = wants.labels;
    const bool known = collectRequired(stages, out.m_stages, names);
    for (const auto& filter : filtersAfter)
        collectNames(filter, names);
    const bool detectsLevel = std::ranges::contains(names, kDetectedLevelLabel);
    if (wants.metric) {
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
    if (detectsLevel) {
        // Behind the line filters at the front, which leave less to look at.
        const auto place = std::ranges::find_if(out.m_order, [](const StageRunner* runner) { return !dynamic_cast<const LineFilterStage*>(runner); });
        out.m_order.insert(place, out.m_stages.emplace_back(makeLevelDetector()).get());
        out.m_readsLine = true;
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

}
