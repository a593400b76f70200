#pragma once

#include "core/base/result.h"
#include "core/logql/ast.h"
#include "core/logql/pipeline.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::logql {

/// What every parser stage has: what is wanted, and filters to test early. Filled in by Pipeline::compile().
class ParserStage : public StageRunner {
public:
    const Hints* hints = nullptr;
    std::vector<EarlyFilter> earlyFilters;

protected:
    /// Sets a label under its own name or, if that is taken, with "_extracted". False if the line is dropped.
    [[nodiscard]] bool set(LineState& state, std::string_view name, std::string_view value) const;
    /// As set(), for parsers with expressions: filters are not tested early.
    void setExpression(LineState& state, std::string_view name, std::string_view value) const;
    /// As set(), for one of Hints::required.
    [[nodiscard]] bool setWanted(LineState& state, std::size_t required, std::string_view value) const;
    /// As set(), for a name that is final.
    [[nodiscard]] bool setFinal(LineState& state, std::string_view name, std::string_view value) const;
    [[nodiscard]] bool nothingWanted(const LineState& state) const { return hints->satisfied(state); }
    void fail(LineState& state, std::string_view error, std::string_view details) const;

private:
    [[nodiscard]] bool testEarly(LineState& state, std::string_view name) const;
};

[[nodiscard]] Result<std::unique_ptr<ParserStage>> compileJson(const JsonStage& stage);
[[nodiscard]] Result<std::unique_ptr<ParserStage>> compileLogfmt(const LogfmtStage& stage);
[[nodiscard]] Result<std::unique_ptr<ParserStage>> compileRegexp(const RegexpStage& stage);
[[nodiscard]] Result<std::unique_ptr<ParserStage>> compilePattern(const PatternStage& stage);
[[nodiscard]] std::unique_ptr<ParserStage> compileUnpack();

/// Marks `name` as set for Hints::satisfied().
void recordExtracted(const Hints& hints, LineState& state, std::string_view name);

}
