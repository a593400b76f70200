#include "core/dashboard/placement.h"
#include "core/dashboard/loose.h"

#include <algorithm>
#include <numeric>
#include <span>

namespace belvedere::dashboard {
namespace {

constexpr int kColumns = 24;
constexpr int kMostPerRow = 4; ///< repeated panels side by side, where the document says nothing

/// What a repeat runs over; without options the panel stands once, for nothing.
std::vector<VariableOption> chosenOptions(const std::string& name, const std::vector<Variable>& variables)
{
    const auto variable = std::ranges::find(variables, name, &Variable::name);
    if (name.empty() || variable == variables.end())
        return {};
    if (variable->isAll())
        return variable->options;
    std::vector<VariableOption> chosen;
    for (std::size_t i = 0; i < variable->values.size(); ++i)
        chosen.push_back({ i < variable->texts.size() ? variable->texts[i] : variable->values[i], variable->values[i] });
    return chosen;
}

bool overlaps(const GridPos& a, const GridPos& b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/// Takes the grid rows away in which nothing stands: documents keep the height of rows that are folded, and Grafana too lets
/// everything fall upwards.
void closeGaps(std::vector<Placed>& placed)
{
    std::vector<std::size_t> order(placed.size());
    std::ranges::iota(order, std::size_t(0));
    std::ranges::stable_sort(order, {}, [&placed](std::size_t i) { return placed[i].grid.y; });
    int bottom = 0; // of everything so far, as the document has it
    int empty = 0;
    for (const auto index : order) {
        auto& grid = placed[index].grid;
        empty += std::max(0, grid.y - bottom);
        bottom = std::max(bottom, grid.y + (placed[index].panel.type == "row" ? 1 : grid.h));
        grid.y -= empty;
    }
}

class Placement {
public:
    explicit Placement(const std::vector<Variable>& variables)
        : m_variables(variables)
    {
    }

    std::vector<Placed> place(std::span<const Panel> panels)
    {
        for (std::size_t i = 0; i < panels.size();) {
            if (panels[i].type != "row") {
                placePanel(panels[i], {});
                ++i;
                continue;
            }
            // A row takes the panels behind it along, up to the next row.
            std::size_t end = i + 1;
            while (end < panels.size() && panels[end].type != "row")
                ++end;
            placeRow(panels.subspan(i, end - i));
            i = end;
        }
        closeGaps(m_placed);
        return std::move(m_placed);
    }

private:
    void placeRow(std::span<const Panel> row)
    {
        const auto options = chosenOptions(row.front().repeat, m_variables);
        int bottom = row.front().grid.y + 1;
        for (const auto& panel : row)
            bottom = std::max(bottom, panel.grid.y + (panel.type == "row" ? 1 : panel.grid.h));
        for (std::size_t copy = 0; copy < std::max<std::size_t>(options.size(), 1); ++copy) {
            if (copy > 0)
                m_shift += bottom - row.front().grid.y;
            std::vector<Repeat> repeats;
            if (!options.empty())
                repeats.emplace_back(row.front().repeat, options[copy]);
            m_placed.push_back({ row.front(), shifted(row.front().grid), repeats });
            for (const auto& panel : row.subspan(1))
                placePanel(panel, repeats);
        }
    }

    void placePanel(const Panel& panel, const std::vector<Repeat>& repeats)
    {
        const auto grid = shifted(panel.grid);
        const auto options = chosenOptions(panel.repeat, m_variables);
        const bool ofTheRow = std::ranges::any_of(repeats, [&panel](const Repeat& repeat) { return repeat.first == panel.repeat; });
        if (options.empty() || ofTheRow) {
            m_placed.push_back({ panel, grid, repeats });
            return;
        }
        const int count = static_cast<int>(options.size());
        const int perRow = panel.repeatVertically ? 1 : std::min(count, panel.maxPerRow > 0 ? panel.maxPerRow : kMostPerRow);
        const int width = panel.repeatVertically ? grid.w : std::max(1, kColumns / perRow);
        for (int i = 0; i < count; ++i) {
            auto own = repeats;
            own.emplace_back(panel.repeat, options[static_cast<std::size_t>(i)]);
            m_placed.push_back({ panel, { panel.repeatVertically ? grid.x : i % perRow * width, grid.y + i / perRow * grid.h, width, grid.h }, std::move(own) });
        }
        m_shift += ((count + perRow - 1) / perRow - 1) * grid.h;
    }

    [[nodiscard]] GridPos shifted(GridPos grid) const
    {
        grid.y += m_shift;
        return grid;
    }

    const std::vector<Variable>& m_variables;
    std::vector<Placed> m_placed;
    int m_shift = 0; ///< grid rows that copies have added so far
};

}

std::vector<Placed> placements(const std::vector<Panel>& panels, const std::vector<Variable>& variables)
{
    return Placement(variables).place(panels);
}

GridPos gridOf(const Json& panel)
{
    const auto& json = panel["gridPos"];
    const auto number = [&json](const char* key, int fallback) { return std::clamp(looseInt(json[key]).value_or(fallback), 0, 1'000'000); };
    return { number("x", 0), number("y", 0), number("w", GridPos().w), number("h", GridPos().h) };
}

void resolveCollisions(Json& panels, std::int64_t fixedId)
{
    auto& list = panels.mutableItems();
    std::vector<std::size_t> order(list.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::ranges::stable_sort(order, {}, [&list](std::size_t i) { return gridOf(list[i]).y; });
    std::vector<GridPos> taken;
    if (const auto fixed = std::ranges::find_if(order, [&](std::size_t i) { return list[i]["id"].toInt() == fixedId; }); fixed != order.end()) {
        taken.push_back(gridOf(list[*fixed]));
        order.erase(fixed);
    }
    for (const auto index : order) {
        auto grid = gridOf(list[index]);
        for (bool moved = true; moved;) {
            moved = false;
            for (const auto& other : taken) {
                if (overlaps(grid, other)) {
                    grid.y = other.y + other.h;
                    moved = true;
                }
            }
        }
        if (grid.y != gridOf(list[index]).y)
            list[index].set("gridPos", gridJson(grid));
        taken.push_back(grid);
    }
}

}
