#include "core/logql/stages/json_cursor.h"
#include "core/logql/stages/parser_stage.h"

#include <memory>
#include <optional>
#include <vector>

// `| unpack` undoes what Promtail's pack stage does: a line that is one JSON object becomes labels of its texts, and the text
// under `_entry` becomes the line. Nothing is set before the whole line has been read without a fault.

namespace belvedere::logql {

namespace {

constexpr std::string_view kPackedEntry = "_entry";

class UnpackParser final : public ParserStage {
public:
    bool run(LineState& state) const override
    {
        if (state.line.empty() || nothingWanted(state))
            return true;
        if (state.line[0] != '{') {
            fail(state, kJsonError, "expecting json object(6), but it is not");
            return true;
        }
        auto& arena = state.arena();
        std::vector<LineState::Cell> labels;
        std::optional<std::string_view> packed;
        JsonCursor cursor(state.line);
        std::string_view error;
        const bool ok = cursor.object(arena, [&](std::string_view key, const JsonValue& value) {
            if (value.type != JsonType::string)
                return true;
            if (key == kPackedEntry) {
                auto text = value.text;
                if (!unescape(text, arena)) {
                    error = JsonCursor::kInvalidEscape;
                    return false;
                }
                packed = text;
                return true;
            }
            auto name = arena.store(key);
            if (state.isTaken(name))
                name = arena.join(name, kDuplicateSuffix);
            if (hints->wants(name) && !state.hasParsed(name))
                labels.push_back({ name, jsonLabelValue(value.text, arena) });
            return true;
        });
        if (!ok || !error.empty()) {
            fail(state, kJsonError, ok ? error : cursor.error());
            return true;
        }
        if (!packed)
            return true;
        for (const auto& cell : labels) {
            if (!setFinal(state, cell.name, cell.value))
                return false;
        }
        state.line = *packed;
        return true;
    }
};

}

std::unique_ptr<ParserStage> compileUnpack() { return std::make_unique<UnpackParser>(); }

}
