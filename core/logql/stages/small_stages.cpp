#include "core/logql/stages/small_stages.h"

#include "core/logql/decolorize.h"

#include <algorithm>
#include <vector>

// The stages that can neither fail nor want anything of the others.

namespace belvedere::logql {

namespace {

class Decolorizer final : public StageRunner {
public:
    bool run(LineState& state) const override
    {
        state.line = decolorized(state.line, state.arena());
        return true;
    }
};

class LabelSelector final : public StageRunner {
public:
    explicit LabelSelector(const LabelSelectStage& stage)
        : m_stage(stage)
    {
    }
    bool run(LineState& state) const override
    {
        if (m_stage.keep)
            keep(state);
        else
            drop(state);
        return true;
    }

private:
    void drop(LineState& state) const
    {
        for (const auto& choice : m_stage.choices) {
            if (choice.name == kErrorLabel || choice.name == kErrorDetailsLabel) {
                const bool isError = choice.name == kErrorLabel;
                if (!choice.matcher || choice.matcher->matches(isError ? state.error() : std::string_view(state.errorDetails()))) {
                    if (isError)
                        state.clearError();
                    else
                        state.clearErrorDetails();
                }
            } else if (!choice.matcher || choice.matcher->matches(state.valueOrEmpty(choice.name))) {
                if (state.get(choice.name))
                    state.remove(choice.name);
            }
        }
    }

    void keep(LineState& state) const
    {
        std::vector<LineState::Cell> cells;
        state.appendAll(cells);
        for (const auto& cell : cells) {
            if (cell.name == kErrorLabel || cell.name == kErrorDetailsLabel)
                continue;
            const bool kept = std::ranges::any_of(m_stage.choices, [&](const LabelSelectStage::Choice& choice) {
                return choice.name == cell.name && (!choice.matcher || choice.matcher->matches(cell.value));
            });
            if (!kept)
                state.remove(cell.name);
        }
    }

    LabelSelectStage m_stage;
};

}

std::unique_ptr<StageRunner> makeLabelSelector(const LabelSelectStage& stage) { return std::make_unique<LabelSelector>(stage); }
std::unique_ptr<StageRunner> makeDecolorizer() { return std::make_unique<Decolorizer>(); }

}
