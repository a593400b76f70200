#pragma once

#include "core/base/result.h"
#include "core/base/task_pool.h"
#include "core/promql/engine.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::test {

/// One `eval` of a test script that did not give what the script says.
struct ScriptFailure {
    std::size_t line = 0;
    std::string expression;
    std::string reason;
};

struct ScriptOutcome {
    std::size_t passed = 0;
    std::vector<ScriptFailure> failures;
};

/// Runs a script in the notation of promtool's own tests: `load INTERVAL` with series, `clear`, `eval instant at T EXPR` and
/// `eval range from A to B step S EXPR` with the expected series below; eval_fail, eval_ordered, eval_warn and eval_info.
/// Series of native histograms are skipped; `load_with_nhcb` counts as `load`. Values agree within 1e-6, as in the original.
[[nodiscard]] ScriptOutcome runScript(std::string_view text, TaskPool& pool, const promql::Features& features);

}
