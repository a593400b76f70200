#include "core/receive/prometheus_status.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/receive/api_parameters.h"
#include "core/receive/api_support.h"
#include "core/receive/series_selection.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

// Targets, rules, alerts and the store, as the lists that Prometheus gives of them. Each function writes one answer from values
// that were handed to it, so nothing here waits or locks but the two that ask the source.

namespace belvedere::receive {

namespace {

void writeLabels(JsonWriter& json, const model::Labels& labels)
{
    json.beginObject();
    for (const auto& label : labels)
        json.key(label.name).string(label.value);
    json.endObject();
}

std::string_view toString(model::AlertState state)
{
    switch (state) {
    case model::AlertState::inactive: return "inactive";
    case model::AlertState::pending: return "pending";
    case model::AlertState::firing: break;
    }
    return "firing";
}

std::string_view toString(model::TargetStatus::Health health)
{
    switch (health) {
    case model::TargetStatus::Health::unknown: return "unknown";
    case model::TargetStatus::Health::up: return "up";
    case model::TargetStatus::Health::down: break;
    }
    return "down";
}

/// Go's %e in its shortest form: the way Prometheus writes the value of an alert.
std::string scientific(double value)
{
    if (!std::isfinite(value))
        return formatValue(value);
    std::array<char, 40> buffer;
    return { buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr };
}

void writeAlert(JsonWriter& json, const model::AlertStatus& alert)
{
    json.beginObject().key("labels");
    writeLabels(json, alert.labels);
    json.key("annotations");
    writeLabels(json, alert.annotations);
    json.key("state").string(toString(alert.state)).key("activeAt");
    writeTime(json, alert.activeAtMs);
    if (alert.keepFiringSinceMs != 0) {
        json.key("keepFiringSince");
        writeTime(json, alert.keepFiringSinceMs);
    }
    json.key("value").string(scientific(alert.value)).endObject();
}

void writeRule(JsonWriter& json, const model::RuleStatus& rule, bool withAlerts)
{
    const bool alerting = rule.kind == model::RuleStatus::Kind::alerting;
    json.beginObject();
    if (alerting)
        json.key("state").string(toString(rule.state));
    json.key("name").string(rule.name).key("query").string(rule.expr);
    if (alerting) {
        json.key("duration").number(static_cast<double>(rule.holdDurationMs) / 1000);
        json.key("keepFiringFor").number(static_cast<double>(rule.keepFiringForMs) / 1000);
    }
    json.key("labels");
    writeLabels(json, rule.labels);
    if (alerting) {
        json.key("annotations");
        writeLabels(json, rule.annotations);
        json.key("alerts").beginArray();
        for (const auto& alert : rule.alerts) {
            if (withAlerts && alert.state != model::AlertState::inactive)
                writeAlert(json, alert);
        }
        json.endArray();
    }
    json.key("health").string(rule.health);
    if (!rule.lastError.empty())
        json.key("lastError").string(rule.lastError);
    json.key("evaluationTime").number(rule.evaluationSeconds).key("lastEvaluation");
    writeTime(json, rule.lastEvaluationMs);
    json.key("type").string(alerting ? "alerting" : "recording").endObject();
}

bool selects(const std::vector<std::string_view>& wanted, std::string_view value)
{
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

}

void writeTime(JsonWriter& json, std::int64_t timeMs)
{
    if (timeMs == 0)
        json.string("0001-01-01T00:00:00Z");
    else
        json.string(formatRfc3339Ns(timeMs * 1'000'000));
}

Response targetsStatus(const Parameters& parameters, const model::TargetList& targets)
{
    const auto state = toLowerAscii(parameters.get("state"));
    const bool showActive = state.empty() || state == "any" || state == "active";
    const bool showDropped = state.empty() || state == "any" || state == "dropped";
    const auto pool = parameters.get("scrapePool");
    return success([&](JsonWriter& json) {
        std::map<std::string, std::int64_t> droppedCounts;
        json.beginObject().key("activeTargets").beginArray();
        for (const auto& target : targets.active) {
            droppedCounts.try_emplace(target.job, 0);
            if (!showActive || (!pool.empty() && target.job != pool))
                continue;
            json.beginObject();
            json.key("discoveredLabels");
            writeLabels(json, target.discoveredLabels);
            json.key("labels");
            writeLabels(json, target.labels);
            json.key("scrapePool").string(target.job).key("scrapeUrl").string(target.url).key("globalUrl").string(target.url);
            json.key("lastError").string(target.error).key("lastScrape");
            writeTime(json, target.lastScrapeMs);
            json.key("lastScrapeDuration").number(target.lastDurationSeconds).key("health").string(toString(target.health));
            json.key("scrapeInterval").string(formatDurationMs(target.intervalMs)).key("scrapeTimeout").string(formatDurationMs(target.timeoutMs));
            json.endObject();
        }
        json.endArray().key("droppedTargets").beginArray();
        for (const auto& target : targets.dropped) {
            ++droppedCounts[target.job];
            if (!showDropped || (!pool.empty() && target.job != pool))
                continue;
            json.beginObject().key("discoveredLabels");
            writeLabels(json, target.discoveredLabels);
            json.key("scrapePool").string(target.job).endObject();
        }
        json.endArray().key("droppedTargetCounts").beginObject();
        if (showDropped) {
            for (const auto& [job, count] : droppedCounts)
                json.key(job).number(count);
        }
        json.endObject().endObject();
    });
}

Response scrapePoolsStatus(const model::TargetList& targets)
{
    std::set<std::string> pools;
    for (const auto& target : targets.active)
        pools.insert(target.job);
    for (const auto& target : targets.dropped)
        pools.insert(target.job);
    return success([&](JsonWriter& json) {
        json.beginObject().key("scrapePools").beginArray();
        for (const auto& pool : pools)
            json.string(pool);
        json.endArray().endObject();
    });
}

Response rulesStatus(const Parameters& parameters, const RuleGroups& ruleGroups)
{
    const auto type = toLowerAscii(parameters.get("type"));
    if (!type.empty() && type != "alert" && type != "record")
        return errorResponse(400, "bad_data", formatted("invalid parameter \"type\": not supported value {}", goQuoted(type)));
    const auto names = parameters.all("rule_name[]");
    const auto groups = parameters.all("rule_group[]");
    const auto files = parameters.all("file[]");
    const bool withAlerts = toLowerAscii(parameters.get("exclude_alerts")) != "true";
    const auto sets = matcherSets(parameters);
    if (!sets)
        return errorResponse(sets.error());
    const auto wanted = [&](const model::RuleStatus& rule) {
        const bool alerting = rule.kind == model::RuleStatus::Kind::alerting;
        if ((type == "alert" && !alerting) || (type == "record" && alerting))
            return false;
        return selects(names, rule.name)
            && (sets->empty() || std::ranges::any_of(*sets, [&](const model::Matchers& set) { return model::matchesAll(set, rule.labels); }));
    };
    return success([&](JsonWriter& json) {
        json.beginObject().key("groups").beginArray();
        for (const auto& group : ruleGroups) {
            if (!selects(groups, group.name) || !selects(files, group.file))
                continue;
            if ((!names.empty() || !sets->empty()) && std::ranges::none_of(group.rules, wanted))
                continue;
            json.beginObject().key("name").string(group.name).key("file").string(group.file).key("rules").beginArray();
            for (const auto& rule : group.rules) {
                if (wanted(rule))
                    writeRule(json, rule, withAlerts);
            }
            json.endArray();
            json.key("interval").number(static_cast<double>(group.intervalMs) / 1000).key("limit").number(group.limit);
            json.key("evaluationTime").number(group.evaluationSeconds).key("lastEvaluation");
            writeTime(json, group.lastEvaluationMs);
            json.endObject();
        }
        json.endArray().endObject();
    });
}

Response alertsStatus(const RuleGroups& ruleGroups)
{
    return success([&](JsonWriter& json) {
        json.beginObject().key("alerts").beginArray();
        for (const auto& group : ruleGroups) {
            for (const auto& rule : group.rules) {
                for (const auto& alert : rule.alerts) {
                    if (alert.state != model::AlertState::inactive)
                        writeAlert(json, alert);
                }
            }
        }
        json.endArray().endObject();
    });
}

Response metadataStatus(const Parameters& parameters, const model::MetricSource& source)
{
    const auto limit = limitParameter(parameters, "limit");
    const auto limitPerMetric = limitParameter(parameters, "limit_per_metric");
    if (!limit || !limitPerMetric)
        return errorResponse((limit ? limitPerMetric : limit).error());
    const auto found = source.metadata(std::string(parameters.get("metric")));
    if (!found)
        return errorResponse(found.error());
    return success([&](JsonWriter& json) {
        json.beginObject();
        std::size_t metrics = 0;
        for (std::size_t i = 0; i < found->size();) {
            if (*limit > 0 && metrics++ >= *limit)
                break;
            const auto& name = (*found)[i].metric;
            json.key(name).beginArray();
            for (std::size_t ofMetric = 0; i < found->size() && (*found)[i].metric == name; ++i, ++ofMetric) {
                if (*limitPerMetric > 0 && ofMetric >= *limitPerMetric)
                    continue;
                const auto& entry = (*found)[i];
                json.beginObject().key("type").string(entry.type).key("help").string(entry.help).key("unit").string(entry.unit).endObject();
            }
            json.endArray();
        }
        json.endObject();
    });
}

Response tsdbStatus(const Parameters& parameters, const model::MetricSource& source, std::int64_t nowMs)
{
    const auto asked = limitParameter(parameters, "limit");
    if (!asked)
        return errorResponse(asked.error());
    constexpr std::size_t kUsual = 10;
    constexpr std::int64_t kHeadMs = 3 * 3600 * 1000; // what Prometheus' head block would hold about now
    const std::size_t limit = *asked == 0 ? kUsual : *asked;
    const auto found = source.series({}, { nowMs - kHeadMs, kAllTime.toMs }, 0);
    if (!found)
        return errorResponse(found.error());
    std::map<std::string, std::size_t> seriesByMetric, seriesByPair, memoryByLabel;
    std::map<std::string, std::set<std::string_view>> valuesByLabel;
    for (const auto& labels : *found) {
        ++seriesByMetric[std::string(labels->metricName())];
        for (const auto& label : *labels) {
            ++seriesByPair[label.name + "=" + label.value];
            if (valuesByLabel[label.name].insert(label.value).second)
                memoryByLabel[label.name] += label.value.size();
        }
    }
    std::map<std::string, std::size_t> valueCounts;
    for (const auto& [name, values] : valuesByLabel)
        valueCounts[name] = values.size();
    return success([&](JsonWriter& json) {
        const auto top = [&](std::string_view key, const std::map<std::string, std::size_t>& counts) {
            std::vector<std::pair<std::string, std::size_t>> list(counts.begin(), counts.end());
            std::ranges::stable_sort(list, std::greater(), &std::pair<std::string, std::size_t>::second);
            list.resize(std::min(list.size(), limit));
            json.key(key).beginArray();
            for (const auto& [name, value] : list)
                json.beginObject().key("name").string(name).key("value").number(value).endObject();
            json.endArray();
        };
        json.beginObject().key("headStats").beginObject();
        json.key("numSeries").number(found->size());
        json.key("numLabelPairs").number(seriesByPair.size());
        json.key("chunkCount").number(0).key("minTime").number(nowMs - kHeadMs).key("maxTime").number(nowMs).endObject();
        top("seriesCountByMetricName", seriesByMetric);
        top("labelValueCountByLabelName", valueCounts);
        top("memoryInBytesByLabelName", memoryByLabel);
        top("seriesCountByLabelValuePair", seriesByPair);
        json.endObject();
    });
}

}
