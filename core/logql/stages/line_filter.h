#pragma once

#include "core/base/result.h"
#include "core/logql/ast.h"
#include "core/logql/pipeline.h"
#include "core/logql/text_search.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace belvedere::logql {

/// `|=`, `!=`, `|~`, `!~`, `|>`, `!>` with their alternatives.
class LineFilterStage final : public StageRunner {
public:
    /// Fails on a broken expression, pattern or address.
    [[nodiscard]] static Result<std::unique_ptr<LineFilterStage>> compile(const LineFilter& filter);

    [[nodiscard]] bool run(LineState& state) const override;

    /// As model::LogRequest::requiredLiterals: a line passes only if it contains one literal of each group.
    [[nodiscard]] const std::vector<std::vector<std::string>>& required() const { return m_required; }

private:
    std::vector<std::variant<Substring, SearchRegex, IpMatcher, LinePattern>> m_tests;
    std::vector<std::vector<std::string>> m_required;
    bool m_negative = false;
};

}
