#include "core/base/text.h"
#include "core/dashboard/migration/old_options.h"
#include "core/dashboard/migration/old_panels.h"

#include <string>
#include <utility>

// singlestat was both of today's stat and gauge, told apart by one of its options.

namespace belvedere::dashboard {

void migrateSinglestat(Json& panel, Notes& notes)
{
    const Json old = panel;
    const bool isGauge = old["gauge"]["show"].toBool();
    auto& config = panel.at("fieldConfig");
    // First: a member that is added later would move `defaults`.
    if (!config.has("overrides"))
        config.set("overrides", Json::array());
    auto& defaults = config.at("defaults");
    if (old["format"].isString())
        defaults.set("unit", old["format"]);
    if (const auto decimals = old["decimals"].looseNumber())
        defaults.set("decimals", *decimals);
    if (!old["nullText"].text().empty())
        defaults.set("noValue", old["nullText"]);
    defaults.set("mappings", mappingsOf(old));
    if (isGauge || !old["thresholds"].text().empty())
        defaults.set("thresholds", thresholdsOf(old["thresholds"], old["colors"]));
    defaults.set("color", Json::object({ { "mode", "thresholds" } }));
    if (isGauge) {
        defaults.set("min", old["gauge"]["minValue"].looseNumber().value_or(0));
        defaults.set("max", old["gauge"]["maxValue"].looseNumber().value_or(100));
    }
    auto& options = panel.at("options");
    const auto valueName = old["valueName"].toString("avg");
    Json reduce = Json::object({ { "calcs", Json::array({ calcOf(valueName) }) }, { "fields", "" }, { "values", false } });
    if (!old["tableColumn"].text().empty())
        reduce.set("fields", "/^" + old["tableColumn"].toString() + "$/");
    options.set("reduceOptions", std::move(reduce));
    if (isGauge) {
        options.set("showThresholdMarkers", old["gauge"]["thresholdMarkers"].toBool(true));
        options.set("showThresholdLabels", old["gauge"]["thresholdLabels"].toBool());
    } else {
        const bool colored = !old["thresholds"].text().empty();
        options.set("colorMode", colored && old["colorBackground"].toBool() ? "background" : colored && old["colorValue"].toBool() ? "value" : "none");
        options.set("graphMode", old["sparkline"]["show"].toBool() ? "area" : "none");
        options.set("textMode", valueName == "name" ? "name" : "auto");
        options.set("justifyMode", "auto");
    }
    const auto prefix = old["prefix"].toString();
    const auto postfix = old["postfix"].toString();
    if (!prefix.empty() || !postfix.empty()) {
        const auto unit = old["format"].text();
        if (unit.empty() || unit == "none")
            defaults.set("unit", postfix.empty() ? "prefix:" + prefix : "suffix:" + std::string(trim(postfix)));
        notes.add(Finding::Kind::guessed, "prefix or postfix of singlestat is shown as the unit where it had none");
    }
    panel.set("type", isGauge ? "gauge" : "stat");
    notes.add(Finding::Kind::changed, std::string("singlestat is shown as ") + (isGauge ? "gauge" : "stat"));
}

}
