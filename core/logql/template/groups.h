#pragma once

#include "core/base/go_template.h"

#include <cstdint>

namespace belvedere::logql {

// The functions of line_format and label_format by what they work on; each adds its own to `out`. Names, order of arguments
// and odd results are those of Loki and of the sprig library it takes most of them from.

void addTextFunctions(gotemplate::Functions& out);
void addExpressionFunctions(gotemplate::Functions& out);
void addEncodingFunctions(gotemplate::Functions& out);
void addNumberFunctions(gotemplate::Functions& out);
void addTimeFunctions(gotemplate::Functions& out);

/// A time as templates see it, with methods Format, Unix, UnixMilli and UnixNano. Unix nanoseconds, UTC.
[[nodiscard]] gotemplate::Value timeValue(std::int64_t unixNs);

}
