#pragma once

#include "core/promql/duration_parser.h"

#include <cstdint>
#include <string>
#include <vector>

namespace belvedere::promql {

/// Reads what chooses series, and what may stand behind it: a range or subquery in brackets, offset and @.
class SelectorParser : public DurationParser {
public:
    using DurationParser::DurationParser;

protected:
    ~SelectorParser() = default;

    /// A node over children of at most `childDepth`; fails if the tree would become too deep.
    [[nodiscard]] Result<ExprPtr> make(TextRange range, ValueType type, std::uint32_t childDepth, decltype(Expr::node) node) const;

    /// A metric name, matchers in braces, or both.
    [[nodiscard]] Result<ExprPtr> vectorSelector();
    /// These take over what stands in front of them.
    [[nodiscard]] Result<ExprPtr> bracket(ExprPtr operand);
    [[nodiscard]] Result<ExprPtr> offset(ExprPtr operand);
    [[nodiscard]] Result<ExprPtr> at(ExprPtr operand);
    /// Label names in parentheses, as by, on and group_left have them.
    [[nodiscard]] Result<std::vector<std::string>> labelList();
    /// The value of a string token.
    [[nodiscard]] Result<std::string> stringValue(const Token& token) const;

    bool m_mayBeEmpty = false; ///< inside info()'s second argument, where a selector may select everything

private:
    [[nodiscard]] Result<void> labelMatcher(VectorSelector& selector, std::string& nameInBraces);
    /// The shift of a selector or subquery; null for anything else.
    static TimeShift* shiftOf(Expr& expr);
    [[nodiscard]] Result<void> addNameMatcher(VectorSelector& selector, const std::string& name, TextRange where) const;
};

/// Words that may stand where a metric name is expected.
[[nodiscard]] bool canNameMetric(TokenKind kind);

}
