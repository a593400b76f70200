#include "core/receive/prometheus_api.h"

#include "core/base/json_writer.h"
#include "core/base/text.h"
#include "core/ingest/remote_write.h"
#include "core/receive/api_support.h"
#include "core/receive/push_gate.h"
#include "core/receive/timed_stop.h"

#include <algorithm>
#include <atomic>
#include <array>
#include <charconv>
#include <cmath>
#include <condition_variable>
#include <format>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <set>

namespace belvedere::receive {

namespace {

/// The version whose behaviour this API has; Grafana decides by it what it may ask for.
constexpr std::string_view kPrometheusVersion = "3.5.0";
/// Answers with more samples are sent in pieces while they are written.
constexpr std::size_t kStreamedSamples = 100'000;
constexpr std::string_view kTruncated = "results truncated due to limit";

/// `{"status":"success","data":…}` around what `write` puts there.
template <class Write>
Response success(Write write, std::string_view warning = {})
{
    Response response;
    JsonWriter json(response.body);
    json.beginObject().key("status").string("success").key("data");
    write(json);
    if (!warning.empty())
        json.key("warnings").beginArray().string(warning).endArray();
    json.endObject();
    return response;
}

Response stringList(const std::vector<std::string>& list, bool truncated)
{
    return success(
        [&](JsonWriter& json) {
            json.beginArray();
            for (const auto& text : list)
                json.string(text);
            json.endArray();
        },
        truncated ? kTruncated : std::string_view());
}

void writeLabels(JsonWriter& json, const model::Labels& labels)
{
    json.beginObject();
    for (const auto& label : labels)
        json.key(label.name).string(label.value);
    json.endObject();
}

/// RFC 3339; Go's zero time where there is none.
void writeTime(JsonWriter& json, std::int64_t timeMs)
{
    if (timeMs == 0)
        json.string("0001-01-01T00:00:00Z");
    else
        json.string(formatRfc3339Ns(timeMs * 1'000'000));
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

bool restrictsNothing(const model::Matchers& matchers)
{
    return std::ranges::all_of(matchers, [](const model::Matcher& matcher) { return matcher.matchesEmpty(); });
}

struct SeriesSelection {
    std::vector<model::Matchers> matcherSets;
    model::TimeRange range;
    std::size_t limit = 0; ///< 0: none

    /// What to ask the source for: one more than the limit tells whether something was cut.
    [[nodiscard]] std::size_t asked() const { return limit == 0 ? 0 : limit + 1; }
    template <class T>
    [[nodiscard]] bool truncate(std::vector<T>& list) const
    {
        if (limit == 0 || list.size() <= limit)
            return false;
        list.resize(limit);
        return true;
    }
};

Result<std::vector<model::Matchers>> matcherSets(const Parameters& parameters)
{
    std::vector<model::Matchers> sets;
    for (const auto text : parameters.all("match[]")) {
        auto matchers = promql::parseSelector(text);
        if (!matchers)
            return failure(ErrorCode::invalidArgument, std::format("invalid parameter \"match[]\": {}", matchers.error().message));
        if (restrictsNothing(*matchers))
            return failure(ErrorCode::invalidArgument, "invalid parameter \"match[]\": match[] must contain at least one non-empty matcher");
        sets.push_back(std::move(*matchers));
    }
    return sets;
}

Result<SeriesSelection> seriesSelection(const Parameters& parameters)
{
    SeriesSelection selection;
    const auto limit = limitParameter(parameters, "limit");
    if (!limit)
        return std::unexpected(limit.error());
    selection.limit = *limit;
    const auto from = timeParameter(parameters, "start", kAllTime.fromMs);
    if (!from)
        return std::unexpected(from.error());
    const auto to = timeParameter(parameters, "end", kAllTime.toMs);
    if (!to)
        return std::unexpected(to.error());
    selection.range = { *from, *to };
    auto sets = matcherSets(parameters);
    if (!sets)
        return std::unexpected(sets.error());
    selection.matcherSets = std::move(*sets);
    return selection;
}

/// Waits for several commits and adds up what became of them.
class CommitWaiter {
public:
    explicit CommitWaiter(std::size_t expected)
        : m_open(expected)
    {
    }
    void take(const Result<model::AppendSummary>& summary)
    {
        // Notified under the lock: the waiter may be gone as soon as it is let go.
        const std::scoped_lock lock(m_mutex);
        if (summary) {
            m_sum.appended += summary->appended;
            m_sum.outOfOrder += summary->outOfOrder;
            m_sum.duplicate += summary->duplicate;
            m_sum.tooOld += summary->tooOld;
        } else if (!m_error) {
            m_error = summary.error();
        }
        --m_open;
        m_changed.notify_one();
    }
    Result<model::AppendSummary> wait()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_open == 0; });
        if (m_error)
            return std::unexpected(*m_error);
        return m_sum;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::size_t m_open;             // guarded by m_mutex
    model::AppendSummary m_sum;     // guarded by m_mutex
    std::optional<Error> m_error;   // guarded by m_mutex
};

}

class PrometheusApi::Impl {
public:
    explicit Impl(PrometheusServices services)
        : m_services(std::move(services))
        , m_writeDecoder(m_services.sink)
        , m_startMs(m_services.clock.nowMs())
    {
    }

    Response query(const Request& request);
    Response queryRange(const Request& request);
    Response formatQuery(const Request& request) const;
    Response labelNames(const Request& request) const;
    Response labelValues(const Request& request) const;
    Response series(const Request& request) const;
    Response metadata(const Request& request) const;
    Response targets(const Request& request) const;
    Response scrapePools() const;
    Response rules(const Request& request) const;
    Response alerts() const;
    Response buildInfo() const;
    Response runtimeInfo() const;
    Response tsdbStatus(const Request& request) const;
    Response write(const Request& request);
    Ignored ignored() const { return { m_exemplars, m_histograms, m_series }; }

private:
    std::atomic<std::uint64_t> m_exemplars = 0;
    std::atomic<std::uint64_t> m_histograms = 0;
    std::atomic<std::uint64_t> m_series = 0;
    struct QueryOptions {
        std::chrono::milliseconds timeout;
        std::int64_t lookbackMs = 0;
        std::size_t limit = 0;
    };
    Result<QueryOptions> queryOptions(const Parameters& parameters) const;
    Response answer(Result<model::QueryValue> value, const TimedStop& stop, std::string query, std::size_t limit) const;

    const PrometheusServices m_services;
    ingest::RemoteWriteDecoder m_writeDecoder;
    PushGate m_pushGate;
    const std::int64_t m_startMs;
};

Result<PrometheusApi::Impl::QueryOptions> PrometheusApi::Impl::queryOptions(const Parameters& parameters) const
{
    QueryOptions options { .timeout = m_services.queryTimeout };
    if (!parameters.get("timeout").empty()) {
        const auto timeout = durationParameter(parameters, "timeout");
        if (!timeout)
            return std::unexpected(timeout.error());
        if (*timeout <= 0)
            return failure(ErrorCode::invalidArgument, "invalid parameter \"timeout\": it must be longer than 0");
        options.timeout = std::min(options.timeout, std::chrono::milliseconds(*timeout));
    }
    if (!parameters.get("lookback_delta").empty()) {
        const auto lookback = durationParameter(parameters, "lookback_delta");
        if (!lookback)
            return std::unexpected(lookback.error());
        options.lookbackMs = *lookback;
    }
    const auto limit = limitParameter(parameters, "limit");
    if (!limit)
        return std::unexpected(limit.error());
    options.limit = *limit;
    return options;
}

Response PrometheusApi::Impl::answer(Result<model::QueryValue> value, const TimedStop& stop, std::string query, std::size_t limit) const
{
    if (!value) {
        Error error = std::move(value.error());
        if (error.code == ErrorCode::parse)
            error.message = "invalid parameter \"query\": " + error.message;
        if (error.code == ErrorCode::cancelled && stop.timedOut())
            error = { ErrorCode::timeout, "query timed out in expression evaluation", std::nullopt };
        return errorResponse(error);
    }
    const auto cut = [&](auto& items) {
        if (limit == 0 || items.size() <= limit)
            return;
        items.resize(limit);
        value->remarks.push_back({ model::Remark::Kind::warning, std::string(kTruncated), std::nullopt });
    };
    if (auto* vector = std::get_if<model::Vector>(&value->data))
        cut(*vector);
    else if (auto* matrix = std::get_if<model::Matrix>(&value->data))
        cut(*matrix);

    static constexpr std::string_view kBegin = "{\"status\":\"success\",\"data\":{";
    const auto end = [](std::string& out, const model::QueryValue& written, std::string_view text) {
        out += '}';
        appendRemarks(out, written, text);
        out += '}';
    };
    Response response;
    if (sampleCount(*value) <= kStreamedSamples) {
        response.body = kBegin;
        appendResult(response.body, *value);
        end(response.body, *value, query);
        return response;
    }
    // Shared, since a std::function is copied.
    auto shared = std::make_shared<const model::QueryValue>(std::move(*value));
    response.stream = [shared, end, query = std::move(query)](BodyWriter& writer) {
        std::string pending(kBegin);
        writeResult(writer, pending, *shared);
        end(pending, *shared, query);
        (void)writer.write(std::move(pending));
    };
    return response;
}

Response PrometheusApi::Impl::query(const Request& request)
{
    const auto& parameters = request.parameters;
    const auto time = timeParameter(parameters, "time", m_services.clock.nowMs());
    if (!time)
        return errorResponse(time.error());
    const auto options = queryOptions(parameters);
    if (!options)
        return errorResponse(options.error());
    const TimedStop stop(m_services.deadlines, request.stop, options->timeout);
    std::string text(parameters.get("query"));
    auto value = m_services.engine.instant(text, *time, stop.token(), options->lookbackMs);
    return answer(std::move(value), stop, std::move(text), options->limit);
}

Response PrometheusApi::Impl::queryRange(const Request& request)
{
    const auto& parameters = request.parameters;
    const auto start = requiredTimeParameter(parameters, "start");
    if (!start)
        return errorResponse(start.error());
    const auto end = requiredTimeParameter(parameters, "end");
    if (!end)
        return errorResponse(end.error());
    if (*end < *start)
        return errorResponse(400, "bad_data", "invalid parameter \"end\": end timestamp must not be before start time");
    const auto step = durationParameter(parameters, "step");
    if (!step)
        return errorResponse(step.error());
    if (*step <= 0)
        return errorResponse(400, "bad_data", "invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer");
    if ((*end - *start) / *step > kMaxPointsPerSeries)
        return errorResponse(400, "bad_data", "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)");
    const auto options = queryOptions(parameters);
    if (!options)
        return errorResponse(options.error());
    const TimedStop stop(m_services.deadlines, request.stop, options->timeout);
    std::string text(parameters.get("query"));
    auto value = m_services.engine.range(text, { *start, *end, *step }, stop.token(), options->lookbackMs);
    return answer(std::move(value), stop, std::move(text), options->limit);
}

Response PrometheusApi::Impl::formatQuery(const Request& request) const
{
    const auto formatted = promql::format(request.parameters.get("query"), m_services.engine.options().features);
    if (!formatted)
        return errorResponse(400, "bad_data", "invalid parameter \"query\": " + formatted.error().message);
    return success([&](JsonWriter& json) { json.string(*formatted); });
}

Response PrometheusApi::Impl::labelNames(const Request& request) const
{
    const auto selection = seriesSelection(request.parameters);
    if (!selection)
        return errorResponse(selection.error());
    auto names = m_services.source.labelNames(selection->matcherSets, selection->range, selection->asked());
    if (!names)
        return errorResponse(names.error());
    const bool truncated = selection->truncate(*names);
    return stringList(*names, truncated);
}

Response PrometheusApi::Impl::labelValues(const Request& request) const
{
    const auto name = unescapedName(request.captured.at(0));
    if (!isValidUtf8(name))
        return errorResponse(400, "bad_data", "invalid label name: it is not UTF-8");
    const auto selection = seriesSelection(request.parameters);
    if (!selection)
        return errorResponse(selection.error());
    auto values = m_services.source.labelValues(name, selection->matcherSets, selection->range, selection->asked());
    if (!values)
        return errorResponse(values.error());
    const bool truncated = selection->truncate(*values);
    return stringList(*values, truncated);
}

Response PrometheusApi::Impl::series(const Request& request) const
{
    if (!request.parameters.has("match[]"))
        return errorResponse(400, "bad_data", "no match[] parameter provided");
    const auto selection = seriesSelection(request.parameters);
    if (!selection)
        return errorResponse(selection.error());
    auto found = m_services.source.series(selection->matcherSets, selection->range, selection->asked());
    if (!found)
        return errorResponse(found.error());
    const bool truncated = selection->truncate(*found);
    Response response;
    response.body = "{\"status\":\"success\",\"data\":[";
    bool first = true;
    for (const auto& labels : *found) {
        if (!std::exchange(first, false))
            response.body += ',';
        appendLabels(response.body, *labels);
    }
    response.body += truncated ? std::format("],\"warnings\":[\"{}\"]}}", kTruncated) : "]}";
    return response;
}

Response PrometheusApi::Impl::metadata(const Request& request) const
{
    const auto limit = limitParameter(request.parameters, "limit");
    const auto limitPerMetric = limitParameter(request.parameters, "limit_per_metric");
    if (!limit || !limitPerMetric)
        return errorResponse((limit ? limitPerMetric : limit).error());
    const auto found = m_services.source.metadata(std::string(request.parameters.get("metric")));
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

Response PrometheusApi::Impl::targets(const Request& request) const
{
    const auto state = toLowerAscii(request.parameters.get("state"));
    const bool showActive = state.empty() || state == "any" || state == "active";
    const bool showDropped = state.empty() || state == "any" || state == "dropped";
    const auto pool = request.parameters.get("scrapePool");
    const auto list = m_services.targets();
    return success([&](JsonWriter& json) {
        std::map<std::string, std::int64_t> droppedCounts;
        json.beginObject().key("activeTargets").beginArray();
        for (const auto& target : list->active) {
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
        for (const auto& target : list->dropped) {
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

Response PrometheusApi::Impl::scrapePools() const
{
    std::set<std::string> pools;
    const auto list = m_services.targets();
    for (const auto& target : list->active)
        pools.insert(target.job);
    for (const auto& target : list->dropped)
        pools.insert(target.job);
    return success([&](JsonWriter& json) {
        json.beginObject().key("scrapePools").beginArray();
        for (const auto& pool : pools)
            json.string(pool);
        json.endArray().endObject();
    });
}

namespace {

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

Response PrometheusApi::Impl::rules(const Request& request) const
{
    const auto& parameters = request.parameters;
    const auto type = toLowerAscii(parameters.get("type"));
    if (!type.empty() && type != "alert" && type != "record")
        return errorResponse(400, "bad_data", std::format("invalid parameter \"type\": not supported value {}", model::quoted(type)));
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
    const auto list = m_services.rules();
    return success([&](JsonWriter& json) {
        json.beginObject().key("groups").beginArray();
        for (const auto& group : *list) {
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

Response PrometheusApi::Impl::alerts() const
{
    const auto list = m_services.rules();
    return success([&](JsonWriter& json) {
        json.beginObject().key("alerts").beginArray();
        for (const auto& group : *list) {
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

Response PrometheusApi::Impl::buildInfo() const
{
    return success([&](JsonWriter& json) {
        json.beginObject().key("version").string(kPrometheusVersion).key("revision").string("");
        json.key("branch").string("").key("buildUser").string("").key("buildDate").string("").key("goVersion").string("");
        json.key("application").string("Belvedere").key("applicationVersion").string(m_services.version).endObject();
    });
}

Response PrometheusApi::Impl::runtimeInfo() const
{
    return success([&](JsonWriter& json) {
        json.beginObject().key("startTime");
        writeTime(json, m_startMs);
        json.key("CWD").string(m_services.workspaceFolder);
        json.key("serverTime");
        writeTime(json, m_services.clock.nowMs());
        json.key("reloadConfigSuccess").boolean(true).key("corruptionCount").number(std::int64_t { 0 });
        json.key("storageRetention").string(m_services.retention).endObject();
    });
}

Response PrometheusApi::Impl::tsdbStatus(const Request& request) const
{
    const auto asked = limitParameter(request.parameters, "limit");
    if (!asked)
        return errorResponse(asked.error());
    constexpr std::size_t kUsual = 10;
    constexpr std::int64_t kHeadMs = 3 * 3600 * 1000; // what Prometheus' head block would hold about now
    const std::size_t limit = *asked == 0 ? kUsual : *asked;
    const auto now = m_services.clock.nowMs();
    const auto found = m_services.source.series({}, { now - kHeadMs, kAllTime.toMs }, 0);
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
                json.beginObject().key("name").string(name).key("value").number(static_cast<std::int64_t>(value)).endObject();
            json.endArray();
        };
        json.beginObject().key("headStats").beginObject();
        json.key("numSeries").number(static_cast<std::int64_t>(found->size()));
        json.key("numLabelPairs").number(static_cast<std::int64_t>(seriesByPair.size()));
        json.key("chunkCount").number(std::int64_t { 0 }).key("minTime").number(now - kHeadMs).key("maxTime").number(now).endObject();
        top("seriesCountByMetricName", seriesByMetric);
        top("labelValueCountByLabelName", valueCounts);
        top("memoryInBytesByLabelName", memoryByLabel);
        top("seriesCountByLabelValuePair", seriesByPair);
        json.endObject();
    });
}

Response PrometheusApi::Impl::write(const Request& request)
{
    const auto contentType = toLowerAscii(request.header("content-type"));
    if (contentType.find("io.prometheus.write.v2") != std::string::npos)
        return textResponse(415, "remote write 2.0 is not understood here; use prometheus.WriteRequest (1.0)");
    const auto encoding = request.header("content-encoding");
    const auto body = m_pushGate.unpack(encoding.empty() ? "snappy" : encoding, request.body);
    if (!body)
        return textResponse(pushStatus(body.error().code), body.error().message);
    auto decoded = m_writeDecoder.decode(body->text);
    if (!decoded) {
        const auto code = decoded.error().code;
        const bool senders = code == ErrorCode::parse || code == ErrorCode::invalidArgument || code == ErrorCode::limit;
        return textResponse(code == ErrorCode::limit ? 413 : senders ? 400 : 500, decoded.error().message);
    }
    m_exemplars += decoded->exemplars;
    m_histograms += decoded->histograms;
    m_series += decoded->rejectedSeries;
    CommitWaiter commits(decoded->batches.size());
    for (auto& batch : decoded->batches)
        m_services.sink.append(std::move(batch), [&commits](const Result<model::AppendSummary>& summary) { commits.take(summary); });
    const auto summary = commits.wait();
    if (!summary) // the sender tries again
        return textResponse(summary.error().code == ErrorCode::full ? 507 : 500, summary.error().message);
    const auto refused = summary->outOfOrder + summary->duplicate + summary->tooOld;
    if (refused == 0 && decoded->rejectedSeries == 0)
        return textResponse(204, {});
    // What could be stored is; 400 tells the sender that trying again will not help.
    std::string why;
    if (refused > 0)
        why = std::format("{} of {} samples were not stored: {} out of order, {} with another value for their time, {} older than the retention",
            refused, decoded->samples, summary->outOfOrder, summary->duplicate, summary->tooOld);
    if (decoded->rejectedSeries > 0)
        why += std::format("{}{} series were not stored: {}", why.empty() ? "" : "; ", decoded->rejectedSeries, decoded->firstRejection);
    return textResponse(400, why);
}

PrometheusApi::PrometheusApi(PrometheusServices services)
    : m_impl(std::make_unique<Impl>(std::move(services)))
{
}

PrometheusApi::~PrometheusApi() = default;

PrometheusApi::Ignored PrometheusApi::ignored() const { return m_impl->ignored(); }

void PrometheusApi::addRoutes(Router& router)
{
    auto& impl = *m_impl;
    router.query("/api/v1/query", [&impl](const Request& request) { return impl.query(request); });
    router.query("/api/v1/query_range", [&impl](const Request& request) { return impl.queryRange(request); });
    router.query("/api/v1/format_query", [&impl](const Request& request) { return impl.formatQuery(request); });
    router.query("/api/v1/labels", [&impl](const Request& request) { return impl.labelNames(request); });
    router.get("/api/v1/label/{name}/values", [&impl](const Request& request) { return impl.labelValues(request); });
    router.query("/api/v1/series", [&impl](const Request& request) { return impl.series(request); });
    router.get("/api/v1/metadata", [&impl](const Request& request) { return impl.metadata(request); });
    // No exemplars are stored, hence every selection of them is empty.
    router.query("/api/v1/query_exemplars", [](const Request&) { return success([](JsonWriter& json) { json.beginArray().endArray(); }); });
    router.get("/api/v1/targets", [&impl](const Request& request) { return impl.targets(request); });
    router.get("/api/v1/scrape_pools", [&impl](const Request&) { return impl.scrapePools(); });
    router.get("/api/v1/rules", [&impl](const Request& request) { return impl.rules(request); });
    router.get("/api/v1/alerts", [&impl](const Request&) { return impl.alerts(); });
    router.get("/api/v1/status/buildinfo", [&impl](const Request&) { return impl.buildInfo(); });
    router.get("/api/v1/status/runtimeinfo", [&impl](const Request&) { return impl.runtimeInfo(); });
    router.get("/api/v1/status/tsdb", [&impl](const Request& request) { return impl.tsdbStatus(request); });
    router.post("/api/v1/write", [&impl](const Request& request) { return impl.write(request); }, kPushBodyBytes);
}

}
