#pragma once

#include "core/base/go_template.h"
#include "core/logql/line_state.h"

namespace belvedere::logql {

/// The functions of line_format and label_format. The context of a call is the LineState.
[[nodiscard]] const gotemplate::Functions& templateFunctions();

/// The labels of a line as a template's data; `state` must outlive it.
[[nodiscard]] gotemplate::Value templateData(const LineState& state);

}
