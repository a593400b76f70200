#pragma once

#include "core/logql/pipeline.h"

#include <memory>
#include <string_view>

namespace belvedere::logql {

inline constexpr std::string_view kDetectedLevelLabel = "detected_level";

/// Gives a line its `detected_level` where it has none. Loki stores that with each entry as it arrives; here it is found out
/// when a query names the label, so that lines of any age and origin have it and none is larger for it.
[[nodiscard]] std::unique_ptr<StageRunner> makeLevelDetector();

}
