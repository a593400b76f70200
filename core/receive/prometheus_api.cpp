#include "core/receive/prometheus_api.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/receive/api_parameters.h"
#include "core/receive/api_support.h"
#include "core/receive/prometheus_status.h"
#include "core/receive/push_gate.h"
#include "core/receive/remote_write_receiver.h"
#include "core/receive/result_json.h"
#include "core/receive/series_selection.h"

#include <algorithm>
#include <memory>
#include <utility>

// The requests that are about samples: queries, labels and series; and the table of all routes. What answers about targets
// and rules stands in prometheus_status, what takes pushes in remote_write_receiver.

namespace belvedere::receive {

namespace {

/// The version whose behaviour this API has; Grafana decides by it what it may ask for.
constexpr std::string_view kPrometheusVersion = "3.5.0";
/// Answers with more samples are sent in pieces while they are written.
constexpr std::size_t kStreamedSamples = 100'000;
constexpr std::string_view kTruncated = "results truncated due to limit";

}

class PrometheusApi::Impl {
public:
    explicit Impl(PrometheusServices services)
        : m_services(std::move(services))
        , m_receiver(m_services.sink)
        , m_startMs(m_services.clock.nowMs())
    {
    }

    Response query(const Request& request);
    Response queryRange(const Request& request);
    Response formatQuery(const Request& request) const;
    Response labelNames(const Request& request) const;
    Response labelValues(const Request& request) const;
    Response series(const Request& request) const;
    Response buildInfo() const;
    Response runtimeInfo() const;
    Response write(const Request& request) { return m_receiver.take(request); }
    IgnoredPushes ignored() const { return m_receiver.ignored(); }

    const PrometheusServices& services() const { return m_services; }

private:
    struct QueryOptions {
        std::chrono::milliseconds timeout;
        std::int64_t lookbackMs = 0;
        std::size_t limit = 0;
    };
    Result<QueryOptions> queryOptions(const Parameters& parameters) const;
    Response answer(Result<model::QueryValue> value, const TimedStop& stop, std::size_t limit) const;

    const PrometheusServices m_services;
    RemoteWriteReceiver m_receiver;
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

Response PrometheusApi::Impl::answer(Result<model::QueryValue> value, const TimedStop& stop, std::size_t limit) const
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
    const auto end = [](std::string& out, const model::QueryValue& written) {
        out += '}';
        appendRemarks(out, written);
        out += '}';
    };
    Response response;
    if (sampleCount(*value) <= kStreamedSamples) {
        response.body = kBegin;
        appendResult(response.body, *value);
        end(response.body, *value);
        return response;
    }
    // Shared, since a std::function is copied.
    auto shared = std::make_shared<const model::QueryValue>(std::move(*value));
    response.stream = [shared, end](BodyWriter& writer) {
        std::string pending(kBegin);
        writeResult(writer, pending, *shared);
        end(pending, *shared);
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
    auto value = m_services.engine.instant(parameters.get("query"), *time, stop.token(), options->lookbackMs);
    return answer(std::move(value), stop, options->limit);
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
    auto value = m_services.engine.range(parameters.get("query"), { *start, *end, *step }, stop.token(), options->lookbackMs);
    return answer(std::move(value), stop, options->limit);
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
    return stringList(*names, truncated ? kTruncated : std::string_view());
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
    return stringList(*values, truncated ? kTruncated : std::string_view());
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
        appendLabels(response.body, labels->list());
    }
    response.body += truncated ? formatted("],\"warnings\":[\"{}\"]}}", kTruncated) : "]}";
    return response;
}

Response PrometheusApi::Impl::buildInfo() const
{
    return success([&](JsonWriter& json) { writeBuildInfo(json, kPrometheusVersion, m_services.version); });
}

Response PrometheusApi::Impl::runtimeInfo() const
{
    return success([&](JsonWriter& json) {
        json.beginObject().key("startTime");
        writeTime(json, m_startMs);
        json.key("CWD").string(m_services.workspaceFolder);
        json.key("serverTime");
        writeTime(json, m_services.clock.nowMs());
        json.key("reloadConfigSuccess").boolean(true).key("corruptionCount").number(0);
        json.key("storageRetention").string(m_services.retention).endObject();
    });
}

PrometheusApi::PrometheusApi(PrometheusServices services)
    : m_impl(std::make_unique<Impl>(std::move(services)))
{
}

PrometheusApi::~PrometheusApi() = default;

IgnoredPushes PrometheusApi::ignored() const { return m_impl->ignored(); }

void PrometheusApi::addRoutes(Router& router)
{
    auto& impl = *m_impl;
    const auto& services = impl.services();
    router.query("/api/v1/query", [&impl](const Request& request) { return impl.query(request); });
    router.query("/api/v1/query_range", [&impl](const Request& request) { return impl.queryRange(request); });
    router.query("/api/v1/format_query", [&impl](const Request& request) { return impl.formatQuery(request); });
    router.query("/api/v1/labels", [&impl](const Request& request) { return impl.labelNames(request); });
    router.get("/api/v1/label/{name}/values", [&impl](const Request& request) { return impl.labelValues(request); });
    router.query("/api/v1/series", [&impl](const Request& request) { return impl.series(request); });
    router.get("/api/v1/metadata", [&services](const Request& request) { return metadataStatus(request.parameters, services.source); });
    // No exemplars are stored, hence every selection of them is empty.
    router.query("/api/v1/query_exemplars", [](const Request&) { return success([](JsonWriter& json) { json.beginArray().endArray(); }); });
    router.get("/api/v1/targets", [&services](const Request& request) { return targetsStatus(request.parameters, *services.targets()); });
    router.get("/api/v1/scrape_pools", [&services](const Request&) { return scrapePoolsStatus(*services.targets()); });
    router.get("/api/v1/rules", [&services](const Request& request) { return rulesStatus(request.parameters, *services.rules()); });
    router.get("/api/v1/alerts", [&services](const Request&) { return alertsStatus(*services.rules()); });
    router.get("/api/v1/status/buildinfo", [&impl](const Request&) { return impl.buildInfo(); });
    router.get("/api/v1/status/runtimeinfo", [&impl](const Request&) { return impl.runtimeInfo(); });
    router.get("/api/v1/status/tsdb", [&services](const Request& request) { return tsdbStatus(request.parameters, services.source, services.clock.nowMs()); });
    router.post("/api/v1/write", [&impl](const Request& request) { return impl.write(request); }, kPushBodyBytes);
}

}
