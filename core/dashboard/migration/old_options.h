#pragma once

#include "core/base/json.h"

#include <string>
#include <string_view>

namespace belvedere::dashboard {

// What graph, singlestat and the old table said in their own way about fields, as today's field configuration says it.

/// One property of an override: `{"id":…,"value":…}`.
[[nodiscard]] Json overrideProperty(std::string_view id, Json value);
/// Adds an override for the fields that `alias` names; "/…/" is a regular expression. None if there are no properties.
void addOverride(Json& overrides, std::string_view alias, Json properties);
/// The colour option of one fixed colour.
[[nodiscard]] Json fixedColor(const Json& color);
/// "85,95" or [85, 95], with a colour more than values, as absolute thresholds.
[[nodiscard]] Json thresholdsOf(const Json& thresholds, const Json& colors);
/// valueMaps and rangeMaps as value mappings.
[[nodiscard]] Json mappingsOf(const Json& from);
/// Today's name of a reduction; "mean" for one that is not known.
[[nodiscard]] std::string calcOf(std::string_view name);

}
