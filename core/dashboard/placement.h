#pragma once

#include "core/base/json.h"
#include "core/dashboard/document.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace belvedere::dashboard {

/// A variable that stands for one of its values in a repeated panel, or in all panels of a repeated row.
using Repeat = std::pair<std::string, VariableOption>;

/// A panel or row where it stands; repeated ones several times.
struct Placed {
    Panel panel;
    GridPos grid;
    std::vector<Repeat> repeats;
};

/// Where everything of a dashboard stands for the present values of its variables; grid rows with nothing in them are left out.
[[nodiscard]] std::vector<Placed> placements(const std::vector<Panel>& panels, const std::vector<Variable>& variables);

/// `gridPos` of a panel of the document.
[[nodiscard]] GridPos gridOf(const Json& panel);
/// Moves panels down until none lies over another; `fixedId` stays where it is.
void resolveCollisions(Json& panels, std::int64_t fixedId);

}
