#pragma once

#include "core/promql/engine.h"
#include "core/promql/token_reader.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace belvedere::promql {

/// Reads ranges, steps and offsets: a number or duration, or arithmetic on them where the feature is on.
///
/// Each answers with milliseconds in `ms`, and with the expression only if it is more than one number or duration: then it
/// must be kept for printing.
class DurationParser : public TokenReader {
public:
    /// Both must outlive the parser.
    DurationParser(std::string_view text, const Features& features)
        : TokenReader(text)
        , m_features(features)
    {
    }

protected:
    ~DurationParser() = default;

    /// Range or step inside brackets; must be positive. `context` is as for unexpected().
    [[nodiscard]] Result<std::unique_ptr<DurationExpr>> rangeDuration(std::string_view context, std::int64_t& ms);
    /// What stands behind `offset`: a number or duration with an optional sign, or an expression in parentheses.
    [[nodiscard]] Result<std::unique_ptr<DurationExpr>> offsetDuration(std::int64_t& ms);
    /// Seconds of a duration token.
    [[nodiscard]] double durationSeconds(const Token& token) const;

    const Features& m_features;

private:
    [[nodiscard]] Result<std::unique_ptr<DurationExpr>> durationLeaf(std::string_view context);
    [[nodiscard]] Result<std::unique_ptr<DurationExpr>> durationPrimary(std::string_view context);
    [[nodiscard]] Result<std::unique_ptr<DurationExpr>> durationBinary(int minPrecedence, std::string_view context);
    /// Computes `expr` into `ms`; gives it back only if it must be remembered for printing.
    [[nodiscard]] Result<std::unique_ptr<DurationExpr>> settle(std::unique_ptr<DurationExpr> expr, TextRange where, bool mustBePositive, std::int64_t& ms) const;

    std::uint32_t m_operators = 0; ///< of durations in the whole query
};

}
