#pragma once

#include "core/logql/ast.h"
#include "core/logql/token_reader.h"

#include <optional>
#include <string>
#include <vector>

namespace belvedere::logql {

/// Reads what chooses lines and what is done with each: the selector in braces and the stages behind it.
///
/// Functions append to or fill in their argument and answer false at the first error, which the reader keeps.
class PipelineParser : public TokenReader {
public:
    using TokenReader::TokenReader;

protected:
    ~PipelineParser() = default;

    [[nodiscard]] bool selector(model::Matchers& out);
    /// Stages up to the first token that begins none, or to an unwrap. Each is compiled once on the way, for its errors.
    [[nodiscard]] bool pipeline(std::vector<Stage>& stages);
    [[nodiscard]] bool labelFilter(LabelFilter& out);
    [[nodiscard]] bool isUnwrap() const { return isSymbol("|") && isKeyword("unwrap", 1); }

private:
    // Selector.
    [[nodiscard]] bool labelMatcher(std::optional<model::Matcher>& out);
    [[nodiscard]] bool matcherOperator(model::Matcher::Op& op);
    [[nodiscard]] bool makeMatcher(model::Matcher::Op op, std::string label, std::string value, TextRange where, std::optional<model::Matcher>& out);

    // Pipeline.
    [[nodiscard]] bool isLineFilterOperator() const;
    [[nodiscard]] bool lineFilter(LineFilter& out);
    [[nodiscard]] bool stage(Stage& out);
    [[nodiscard]] bool json(Stage& out);
    [[nodiscard]] bool logfmt(Stage& out);
    [[nodiscard]] bool regexp(Stage& out);
    [[nodiscard]] bool pattern(Stage& out);
    [[nodiscard]] bool lineFormat(Stage& out);
    [[nodiscard]] bool unpack(Stage& out);
    [[nodiscard]] bool decolorize(Stage& out);
    [[nodiscard]] bool drop(Stage& out);
    [[nodiscard]] bool keep(Stage& out);
    [[nodiscard]] bool extractions(std::vector<Extraction>& out);
    [[nodiscard]] bool labelFormat(Stage& out);
    [[nodiscard]] bool labelChoices(LabelSelectStage& out);

    // Label filters.
    [[nodiscard]] bool startsLabelFilter() const { return at(TokenKind::identifier) || isSymbol("("); }
    static LabelFilter join(LabelFilter::Kind kind, LabelFilter left, LabelFilter right);
    [[nodiscard]] bool conjunction(LabelFilter& out);
    /// A comma or a blank takes everything that follows as its right side, as Loki's grammar does.
    [[nodiscard]] bool listed(LabelFilter& out);
    [[nodiscard]] bool singleFilter(LabelFilter& out);
    [[nodiscard]] bool comparison(Comparison& out);
    [[nodiscard]] bool comparedValue(LabelFilter& out, bool plainEqual);
};

}
