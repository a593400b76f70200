#include "core/logql/stages/level_detector.h"

#include "core/model/log_level.h"

namespace belvedere::logql {

namespace {

class LevelDetector final : public StageRunner {
public:
    bool run(LineState& state) const override
    {
        if (!state.get(kDetectedLevelLabel))
            state.setMetadata(kDetectedLevelLabel, model::levelName(levelOf(state)));
        return true;
    }

private:
    static model::LogLevel levelOf(const LineState& state)
    {
        for (const auto name : model::kLevelLabels) {
            const auto value = state.get(name);
            if (!value)
                continue;
            if (const auto level = model::levelFromText(*value); level != model::LogLevel::unknown)
                return level;
        }
        return model::levelInLine(state.line);
    }
};

}

std::unique_ptr<StageRunner> makeLevelDetector() { return std::make_unique<LevelDetector>(); }

}
