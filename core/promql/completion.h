#pragma once

#include "core/base/result.h"
#include "core/model/matcher.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::promql {

/// What can be written at a place in a query that may be half finished; what an editor needs to offer it.
struct CompletionPlace {
    enum class Kind : std::uint8_t {
        none,          ///< in a comment, a number, a free string
        operand,       ///< a metric, a function, an aggregation, a number
        afterOperand,  ///< an operator, a range, `offset`, `@`, `by`
        labelName,     ///< of a matcher
        matchOperator, ///< = != =~ !~
        labelValue,    ///< of a matcher, inside or in place of its quotes
        groupingLabel, ///< in by, without, on, ignoring, group_left, group_right
        duration,      ///< in brackets or behind `offset`
        time,          ///< behind `@`
    };

    Kind kind = Kind::operand;
    TextRange replace;  ///< what a choice replaces: the word or string around the place
    std::string prefix; ///< what is typed of it, before the place
    bool inQuotes = false; ///< labelValue, groupingLabel: `replace` lies inside quotes that are there already

    /// The selector around the place (labelName, labelValue), or the first one in the aggregation it is about (groupingLabel).
    std::string metric;
    model::Matchers matchers; ///< its finished matchers, the name's not included
    std::string label;        ///< labelValue: of which label

    /// The innermost call around the place, and which of its arguments is being written; "" if there is none.
    std::string function;
    std::size_t argument = 0;
};

/// `offset` is a byte index in [0, query.size()].
[[nodiscard]] CompletionPlace completionPlace(std::string_view query, std::size_t offset);

}
