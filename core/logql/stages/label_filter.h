#pragma once

#include "core/base/result.h"
#include "core/logql/ast.h"
#include "core/logql/pipeline.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace belvedere::logql {

/// `| status >= 500 and method="GET"`. A line whose label does not convert is kept, with __error__ set.
class LabelFilterStage : public StageRunner {
public:
    std::uint64_t bit = 0; ///< set if a parser may have tested it already
};

/// Fails on a broken address; everything else was checked when the query was read.
[[nodiscard]] Result<std::unique_ptr<LabelFilterStage>> compileFilter(const LabelFilter& filter);

/// Appends the labels that a filter looks at.
void collectNames(const LabelFilter& filter, std::vector<std::string>& names);

}
