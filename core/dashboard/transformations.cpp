#include "core/dashboard/panel_data.h"

#include "core/dashboard/transformations/kinds.h"

#include <algorithm>

// The transformations by the ids that documents have for them, and their running one after another.

namespace belvedere::dashboard {

namespace {

struct Kind {
    std::string_view id;
    void (*apply)(Frames& frames, const Json& options);
};

constexpr Kind kKinds[] {
    { "calculateField", calculateField },
    { "convertFieldType", convertFieldType },
    { "filterByRefId", filterByRefId },
    { "filterByValue", filterByValue },
    { "filterFieldsByName", filterFieldsByName },
    { "groupBy", groupBy },
    { "joinByField", joinByField },
    { "labelsToFields", labelsToFields },
    { "limit", limitRows },
    { "merge", merge },
    { "organize", organize },
    { "partitionByValues", partitionByValues },
    { "reduce", reduceFields },
    { "renameByRegex", renameByRegex },
    { "seriesToColumns", joinByField }, // its name until Grafana 9
    { "seriesToRows", seriesToRows },
    { "sortBy", sortBy },
};

}

bool isKnownTransformation(std::string_view id) { return std::ranges::find(kKinds, id, &Kind::id) != std::ranges::end(kKinds); }

void applyTransformations(std::vector<ShownFrame>& frames, const Json& transformations, const Scope& scope)
{
    for (const auto& item : transformations.items()) {
        const auto kind = std::ranges::find(kKinds, item["id"].text(), &Kind::id);
        if (item["disabled"].toBool() || kind == std::ranges::end(kKinds))
            continue;
        // Options may use variables in any of their texts.
        const auto options = Json::parse(interpolate(item["options"].write(), scope)).value_or(item["options"]);
        kind->apply(frames, options);
    }
}

}
