#include "core/logql/template_functions.h"

#include "core/base/format.h"
#include "core/logql/template/arguments.h"
#include "core/logql/template/groups.h"

#include <memory>
#include <string>
#include <vector>

// What a template of line_format or label_format sees of a line: its labels as data, the line and its time as functions,
// and beside these the functions of the groups in template/.

namespace belvedere::logql {

namespace {

using gotemplate::Call;
using gotemplate::Value;

class LabelsObject final : public gotemplate::Object {
public:
    explicit LabelsObject(const LineState& state)
        : m_state(state)
    {
    }
    Answer member(std::string_view name, std::span<const Value> arguments) const override
    {
        if (!arguments.empty())
            return templateFailure(formatted("{} is not a method but has arguments", name));
        // Errors are no labels here.
        return Value(m_state.get(name).value_or(std::string_view()));
    }
    std::string text() const override
    {
        std::vector<LineState::Cell> cells;
        m_state.appendAll(cells);
        std::string out = "map[";
        for (const auto& cell : cells) {
            if (out.size() > 4)
                out += ' ';
            out += formatted("{}:{}", cell.name, cell.value);
        }
        return out += ']';
    }

private:
    const LineState& m_state;
};

const LineState& stateOf(const Call& call) { return *static_cast<const LineState*>(call.context); }

gotemplate::Functions allFunctions()
{
    gotemplate::Functions out;
    out["__line__"] = [](const Call& call) -> Answer { return Value(stateOf(call).line); };
    out["__timestamp__"] = [](const Call& call) -> Answer { return timeValue(stateOf(call).timeNs); };
    addTextFunctions(out);
    addExpressionFunctions(out);
    addEncodingFunctions(out);
    addNumberFunctions(out);
    addTimeFunctions(out);
    return out;
}

}

const gotemplate::Functions& templateFunctions()
{
    static const gotemplate::Functions functions = allFunctions();
    return functions;
}

gotemplate::Value templateData(const LineState& state)
{
    return Value(std::static_pointer_cast<const gotemplate::Object>(std::make_shared<const LabelsObject>(state)));
}

}
