#pragma once

#include "core/logql/ast.h"
#include "core/logql/pipeline.h"

#include <memory>

namespace belvedere::logql {

/// `| drop a, b="c"` and `| keep a`.
[[nodiscard]] std::unique_ptr<StageRunner> makeLabelSelector(const LabelSelectStage& stage);
/// `| decolorize`
[[nodiscard]] std::unique_ptr<StageRunner> makeDecolorizer();

}
