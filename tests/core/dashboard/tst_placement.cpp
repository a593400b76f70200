#include "core/dashboard/placement.h"

#include <gtest/gtest.h>

#include <tuple>

using namespace belvedere;
using namespace belvedere::dashboard;

namespace {

Panel panel(std::int64_t id, const std::string& type, GridPos grid, const std::string& repeat = {})
{
    Panel out;
    out.id = id;
    out.type = type;
    out.grid = grid;
    out.repeat = repeat;
    return out;
}

std::vector<Variable> jobs(const std::vector<std::string>& values)
{
    Variable variable;
    variable.name = "job";
    variable.multi = true;
    variable.values = values;
    variable.texts = values;
    return { variable };
}

/// Id, place and what `job` stands for.
using Place = std::tuple<std::int64_t, GridPos, std::string>;
std::vector<Place> places(const std::vector<Panel>& panels, const std::vector<Variable>& variables)
{
    std::vector<Place> out;
    for (const auto& placed : placements(panels, variables))
        out.emplace_back(placed.panel.id, placed.grid, placed.repeats.empty() ? "" : placed.repeats.front().second.value);
    return out;
}

}

TEST(Placement, ARepeatedPanelStandsSideBySideAndPushesDownWhatFollows)
{
    auto repeated = panel(1, "stat", { 0, 0, 24, 4 }, "job");
    repeated.maxPerRow = 2;
    EXPECT_EQ(places({ repeated, panel(2, "stat", { 0, 4, 24, 4 }) }, jobs({ "a", "b", "c" })),
        (std::vector<Place> { { 1, { 0, 0, 12, 4 }, "a" }, { 1, { 12, 0, 12, 4 }, "b" }, { 1, { 0, 4, 12, 4 }, "c" }, { 2, { 0, 8, 24, 4 }, "" } }));
}

TEST(Placement, ARepeatedRowTakesItsPanelsAlong)
{
    const std::vector<Panel> panels { panel(1, "row", { 0, 0, 24, 1 }, "job"), panel(2, "stat", { 0, 1, 12, 5 }), panel(3, "row", { 0, 6, 24, 1 }), panel(4, "stat", { 0, 7, 12, 5 }) };
    EXPECT_EQ(places(panels, jobs({ "a", "b" })),
        (std::vector<Place> { { 1, { 0, 0, 24, 1 }, "a" }, { 2, { 0, 1, 12, 5 }, "a" }, { 1, { 0, 6, 24, 1 }, "b" }, { 2, { 0, 7, 12, 5 }, "b" }, { 3, { 0, 12, 24, 1 }, "" }, { 4, { 0, 13, 12, 5 }, "" } }));
}

TEST(Placement, AFoldedRepeatedRowIsALineAValue)
{
    const std::vector<Panel> panels { panel(1, "row", { 0, 0, 24, 1 }, "job"), panel(3, "row", { 0, 1, 24, 1 }) };
    EXPECT_EQ(places(panels, jobs({ "a", "b" })), (std::vector<Place> { { 1, { 0, 0, 24, 1 }, "a" }, { 1, { 0, 1, 24, 1 }, "b" }, { 3, { 0, 2, 24, 1 }, "" } }));
}

TEST(Placement, WithoutValuesItStandsOnce)
{
    EXPECT_EQ(places({ panel(1, "stat", { 0, 0, 24, 4 }, "job") }, jobs({})), (std::vector<Place> { { 1, { 0, 0, 24, 4 }, "" } }));
    EXPECT_EQ(places({ panel(1, "stat", { 0, 0, 24, 4 }, "unknown") }, {}), (std::vector<Place> { { 1, { 0, 0, 24, 4 }, "" } }));
}

TEST(Placement, TheHeightOfFoldedRowsIsNotLeftEmpty)
{
    // As mixins write them: a folded row keeps the room of its panels.
    const std::vector<Panel> panels { panel(1, "stat", { 0, 0, 12, 4 }), panel(2, "stat", { 12, 2, 12, 4 }), panel(3, "row", { 0, 6, 24, 1 }), panel(4, "row", { 0, 15, 24, 1 }), panel(5, "stat", { 0, 30, 24, 4 }) };
    EXPECT_EQ(places(panels, {}),
        (std::vector<Place> { { 1, { 0, 0, 12, 4 }, "" }, { 2, { 12, 2, 12, 4 }, "" }, { 3, { 0, 6, 24, 1 }, "" }, { 4, { 0, 7, 24, 1 }, "" }, { 5, { 0, 8, 24, 4 }, "" } }));
}

TEST(Placement, APanelWithoutAPlaceHasTheOneThatGrafanaLeavesOut)
{
    const auto document = Document::parse(R"({"panels":[{"id":1,"type":"stat"},{"id":2,"type":"stat","gridPos":{"x":6,"y":0,"w":6}}]})").value();
    EXPECT_EQ(places(document.panels(), {}), (std::vector<Place> { { 1, { 0, 0, 6, 3 }, "" }, { 2, { 6, 0, 6, 3 }, "" } }));
    EXPECT_EQ(gridOf(*document.panelJson(1)), (GridPos { 0, 0, 6, 3 }));
}
