#include "core/logql/stages/formats.h"

#include "core/base/format.h"
#include "core/logql/stages/parser_stage.h"
#include "core/logql/template_functions.h"

#include <set>
#include <string_view>

// Templates that make a line or labels anew. A template that fails leaves what was there and says so in __error__.

namespace belvedere::logql {

namespace {

constexpr std::string_view kTemplateError = "TemplateFormatErr";

gotemplate::Map snapshot(const LineState& state)
{
    std::vector<LineState::Cell> cells;
    state.appendAll(cells);
    gotemplate::Map map;
    for (const auto& cell : cells)
        map.insert_or_assign(std::string(cell.name), gotemplate::Value(cell.value));
    return map;
}

}

bool LineFormatter::run(LineState& state) const
{
    std::string out;
    if (const auto done = m_template.execute(out, templateData(state), &state); !done)
        state.setError(kTemplateError, done.error().message);
    else
        state.line = state.arena().store(out);
    return true;
}

bool LabelFormatter::run(LineState& state) const
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

Result<std::unique_ptr<LineFormatter>> compileLineFormat(const LineFormatStage& stage)
{
    auto text = gotemplate::Template::parse("line", stage.text, templateFunctions());
    if (!text)
        return failure(ErrorCode::parse, formatted("line_format: {}", text.error().message));
    return std::make_unique<LineFormatter>(std::move(*text));
}

Result<std::unique_ptr<LabelFormatter>> compileLabelFormat(const LabelFormatStage& stage)
{
    std::vector<LabelFormatter::Format> formats;
    std::set<std::string_view> names;
    for (const auto& one : stage.formats) {
        if (one.name == kErrorLabel || one.name == kErrorDetailsLabel)
            return failure(ErrorCode::parse, formatted("label_format cannot set {}", one.name));
        if (!names.insert(one.name).second)
            return failure(ErrorCode::parse, formatted("label_format sets '{}' twice", one.name));
        LabelFormatter::Format format { one.name, {}, std::nullopt };
        if (one.rename) {
            format.source = one.value;
        } else {
            auto text = gotemplate::Template::parse("label", one.value, templateFunctions());
            if (!text)
                return failure(ErrorCode::parse, formatted("label_format {}: {}", one.name, text.error().message));
            format.text = std::move(*text);
        }
        formats.push_back(std::move(format));
    }
    return std::make_unique<LabelFormatter>(std::move(formats));
}

}
