#include "core/logql/stages/parser_stage.h"

// Setting a label is where parsers meet the rest of the pipeline: the name may be taken, the label may not be wanted, and a
// filter further on may already decide that the line is dropped.

namespace belvedere::logql {

void recordExtracted(const Hints& hints, LineState& state, std::string_view name)
{
    for (std::size_t i = 0; i < hints.required.size(); ++i) {
        if (hints.required[i] == name)
            state.extracted |= 1ULL << i;
    }
}

bool ParserStage::set(LineState& state, std::string_view name, std::string_view value) const
{
    if (state.isTaken(name))
        name = state.arena().join(name, kDuplicateSuffix);
    if (!hints->wants(name) || state.hasParsed(name))
        return true;
    return setFinal(state, name, value);
}

void ParserStage::setExpression(LineState& state, std::string_view name, std::string_view value) const
{
    if (state.isTaken(name))
        name = state.arena().join(name, kDuplicateSuffix);
    state.setParsed(name, value);
    recordExtracted(*hints, state, name);
}

bool ParserStage::setWanted(LineState& state, std::size_t required, std::string_view value) const
{
    const std::string_view name = hints->required[required];
    if (state.isTaken(name))
        return true; // becomes name_extracted, which is not wanted
    state.setParsed(name, value);
    state.extracted |= 1ULL << required;
    return testEarly(state, name);
}

bool ParserStage::testEarly(LineState& state, std::string_view name) const
{
    for (const auto& early : earlyFilters) {
        if (early.name != name)
            continue;
        if (!early.filter->run(state))
            return false;
        state.testedFilters |= early.bit;
    }
    return true;
}

bool ParserStage::setFinal(LineState& state, std::string_view name, std::string_view value) const
{
    state.setParsed(name, value);
    recordExtracted(*hints, state, name);
    return testEarly(state, name);
}

void ParserStage::fail(LineState& state, std::string_view error, std::string_view details) const
{
    state.setError(error, details);
    state.preserveError = hints->preserveError;
}

}
