#include "core/workspace/form_checks.h"

#include "core/base/format.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace belvedere::workspace {

void checkAlertmanager(YamlMap& root, YamlDiagnostics& diagnostics)
{
    std::set<std::string> intervals;
    for (const auto* key : { "time_intervals", "mute_time_intervals" }) {
        root.maps(key, [&](YamlMap& interval) {
            std::string name;
            interval.text("name", name);
            interval.ignoreRest();
            if (name.empty())
                diagnostics.fault(interval.mark(), formatted("{} has no name", interval.what()));
            else if (!intervals.insert(name).second)
                diagnostics.fault(interval.mark(), formatted("there are two time intervals named '{}'", name));
        });
    }
    std::set<std::string> receivers;
    root.maps("receivers", [&](YamlMap& receiver) {
        std::string name;
        receiver.text("name", name);
        receiver.ignoreRest();
        if (name.empty())
            diagnostics.fault(receiver.mark(), formatted("{} has no name", receiver.what()));
        else if (!receivers.insert(name).second)
            diagnostics.fault(receiver.mark(), formatted("there are two receivers named '{}'", name));
    });
    const std::function<void(YamlMap&, bool)> checkRoute = [&](YamlMap& route, bool top) {
        std::string receiver;
        route.text("receiver", receiver);
        route.ignoreRest();
        if (top && receiver.empty())
            diagnostics.fault(route.mark(), "the top route has no receiver; name the one that takes what no other route does");
        for (const auto* key : { "match", "match_re", "matchers", "mute_time_intervals", "active_time_intervals", "continue" }) {
            const auto value = route.raw(key);
            const bool given = value.IsDefined() && !value.IsNull() && !(value.IsScalar() ? value.Scalar() == "false" : value.size() == 0);
            if (top && given)
                diagnostics.fault(value.Mark(), formatted("the top route takes every alert and cannot have '{}'; put it into a route below", key));
        }
        for (const auto* key : { "mute_time_intervals", "active_time_intervals" }) {
            std::vector<std::string> names;
            route.texts(key, names);
            for (const auto& name : names) {
                if (!intervals.contains(name))
                    diagnostics.fault(route.raw(key).Mark(), formatted("there is no time interval named '{}'", name));
            }
        }
        std::vector<std::string> groupBy;
        route.texts("group_by", groupBy);
        if (groupBy.size() > 1 && std::ranges::find(groupBy, "...") != groupBy.end())
            diagnostics.fault(route.raw("group_by").Mark(), "'...' of group_by means every label; it stands alone");
        if (!receiver.empty() && !receivers.contains(receiver))
            diagnostics.fault(route.mark(), formatted("there is no receiver named '{}'", receiver));
        route.maps("routes", [&](YamlMap& inner) { checkRoute(inner, false); });
    };
    if (!root.has("route"))
        diagnostics.fault(root.mark(), "there is no 'route'; alerts need a top route with a receiver");
    root.map("route", [&](YamlMap& route) { checkRoute(route, true); });
    root.ignoreRest();
    diagnostics.warn(root.mark(), "this is an alertmanager.yml: its form was checked; routing and receivers have no effect in Belvedere yet");
}

void checkPromtail(YamlMap& root, YamlDiagnostics& diagnostics)
{
    root.maps("scrape_configs", [&](YamlMap& map) {
        std::string job;
        map.text("job_name", job);
        map.list("pipeline_stages", [&](const YAML::Node& stage, const std::string& what) {
            if (!stage.IsMap() || stage.size() != 1)
                diagnostics.fault(stage.Mark(), formatted("{} of {} must be a mapping with the one stage's name as its key", what, map.what()));
        });
        map.ignoreRest();
        if (job.empty())
            diagnostics.fault(map.mark(), formatted("{} has no job_name", map.what()));
    });
    root.ignoreRest();
    diagnostics.warn(root.mark(), "this is a promtail.yml: its form was checked; to collect its logs, put its scrape_configs under 'logs' of workspace.yml");
}

}
