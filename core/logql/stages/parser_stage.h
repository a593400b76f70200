#pragma once

#include "core/base/result.h"
#include "core/logql/ast.h"
#include "core/logql/pipeline.h"

#include <memory>
#include <string_view>
#include <vector>

namespace belvedere::logql {

inline constexpr std::string_view kJsonError = "JSONParserErr"; ///< __error__ of json and unpack

/// A stage that makes labels of a line's text: what is wanted of them, and filters to test early. Pipeline::compile() fills
/// these in; both are borrowed from the pipeline, which owns the stage too.
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
    /// Sets __error__ and its details; the line goes on.
    void fail(LineState& state, std::string_view error, std::string_view details) const;

private:
    [[nodiscard]] bool testEarly(LineState& state, std::string_view name) const;
};

/// These fail with ErrorCode::parse on a broken expression. A compiled stage needs its node of the tree no longer.
[[nodiscard]] Result<std::unique_ptr<ParserStage>> compileJson(const JsonStage& stage);
[[nodiscard]] Result<std::unique_ptr<ParserStage>> compileLogfmt(const LogfmtStage& stage);
[[nodiscard]] Result<std::unique_ptr<ParserStage>> compileRegexp(const RegexpStage& stage);
[[nodiscard]] Result<std::unique_ptr<ParserStage>> compilePattern(const PatternStage& stage);
[[nodiscard]] std::unique_ptr<ParserStage> compileUnpack();

/// Marks `name` as set for Hints::satisfied().
void recordExtracted(const Hints& hints, LineState& state, std::string_view name);

}
