#include "core/dashboard/likely_option.h"

#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace belvedere::dashboard {
namespace {

constexpr std::size_t kMetricsAsked = 12;
constexpr std::int64_t kNsInMs = 1'000'000;

/// A metric, and the label by which a query narrows it to the variable.
using Use = std::pair<std::string, std::string>;

/// Metrics like `m{label="$name"}` in a query.
void collectUses(std::string expr, const std::string& name, std::set<Use>& uses)
{
    static const re2::RE2 kBraced(R"(\$\{(\w+)(?::\w+)?\}|\[\[(\w+)(?::\w+)?\]\])");
    static const re2::RE2 kSelector(R"(([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{([^{}]*)\})");
    const re2::RE2 matcher(R"((\w+)\s*=~?\s*["']\$)" + name + R"(["'])");
    re2::RE2::GlobalReplace(&expr, kBraced, R"($\1\2)");
    re2::StringPiece rest(expr);
    std::string metric;
    std::string inside;
    std::string label;
    while (re2::RE2::FindAndConsume(&rest, kSelector, &metric, &inside)) {
        if (re2::RE2::PartialMatch(inside, matcher, &label))
            uses.emplace(metric, label);
    }
}

void collectUses(const std::vector<Panel>& panels, const std::string& name, std::set<Use>& uses)
{
    for (const auto& panel : panels) {
        for (const auto& target : panel.targets)
            collectUses(target.expr, name, uses);
        collectUses(panel.panels, name, uses);
    }
}

}

const VariableOption* likelyOption(const Variable& variable, const std::vector<Panel>& panels, const datasource::DataSource& source, TimeRangeMs range, const std::stop_token& stop)
{
    std::set<Use> uses;
    collectUses(panels, variable.name, uses);
    std::map<std::string, int> metricsWith;
    std::size_t asked = 0;
    for (const auto& [metric, label] : uses) {
        if (asked++ == kMetricsAsked || stop.stop_requested())
            break;
        if (const auto values = source.labelValues(label, { metric }, range.fromMs * kNsInMs, range.toMs * kNsInMs, stop)) {
            for (const auto& value : *values)
                ++metricsWith[value];
        }
    }
    const VariableOption* best = nullptr;
    int most = 0;
    for (const auto& option : variable.options) {
        const auto found = metricsWith.find(option.value);
        if (found != metricsWith.end() && found->second > most) {
            most = found->second;
            best = &option;
        }
    }
    return best;
}

}
