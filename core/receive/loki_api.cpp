#include "core/receive/loki_api.h"

#include "core/base/format.h"
#include "core/base/json_writer.h"
#include "core/base/text.h"
#include "core/ingest/loki_push.h"
#include "core/receive/api_support.h"
#include "core/receive/loki_json.h"
#include "core/receive/loki_parameters.h"
#include "core/receive/loki_tail.h"
#include "core/receive/push_gate.h"
#include "core/receive/result_json.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace belvedere::receive {

namespace {

/// The version whose behaviour this API has; Grafana decides by it what it may ask for.
constexpr std::string_view kLokiVersion = "3.7.6";

constexpr std::int64_t kHourNs = 3'600'000'000'000;
constexpr std::int64_t kQuerySinceNs = kHourNs;      // how far back a query looks that does not say
constexpr std::int64_t kMetadataSinceNs = 6 * kHourNs; // and a request for labels or series

/// Loki answers errors as plain text. What PromQL would call an execution error is a bad request too.
Response lokiError(const Error& error)
{
    if (error.code == ErrorCode::execution || error.code == ErrorCode::limit)
        return textResponse(400, error.message);
    return textResponse(errorForm(error.code).status, error.message);
}

/// The selector of a request for labels; none selects everything.
Result<std::vector<model::Matchers>> selectorOf(const Parameters& parameters)
{
    std::vector<model::Matchers> sets;
    const auto text = parameters.get("query");
    if (trim(text).empty() || trim(text) == "{}")
        return sets;
    auto matchers = logql::parseSelector(text);
    if (!matchers)
        return std::unexpected(matchers.error());
    sets.push_back(std::move(*matchers));
    return sets;
}

/// What a request for labels is about.
struct StreamSelection {
    LokiBounds range;
    std::vector<model::Matchers> matcherSets;
};

Result<StreamSelection> streamSelection(const Parameters& parameters, std::int64_t nowNs)
{
    const auto range = lokiBounds(parameters, nowNs, kMetadataSinceNs);
    if (!range)
        return std::unexpected(range.error());
    auto sets = selectorOf(parameters);
    if (!sets)
        return std::unexpected(sets.error());
    return StreamSelection { *range, std::move(*sets) };
}

Result<model::Matcher> equals(const std::string& name, std::string value)
{
    return model::Matcher::create(model::Matcher::Op::equal, name, std::move(value));
}

}

class LokiApi::Impl {
public:
    explicit Impl(LokiServices services)
        : m_services(std::move(services))
    {
    }

    Response query(const Request& request);
    Response queryRange(const Request& request);
    Response formatQuery(const Request& request) const;
    Response labelNames(const Request& request) const;
    Response labelValues(const Request& request) const;
    Response series(const Request& request) const;
    Response indexStats(const Request& request) const;
    Response indexVolume(const Request& request) const;
    Response buildInfo() const;
    Response push(const Request& request);
    std::expected<WebSocketSession, Response> tail(const Request& request) const;

private:
    Response answer(Result<model::QueryValue> value, const TimedStop& stop, LabelEncoding encoding, std::chrono::steady_clock::time_point begin) const;

    const LokiServices m_services;
    PushGate m_pushGate;
};

Response LokiApi::Impl::answer(Result<model::QueryValue> value, const TimedStop& stop, LabelEncoding encoding, std::chrono::steady_clock::time_point begin) const
{
    if (!value) {
        if (value.error().code == ErrorCode::cancelled && stop.timedOut())
            return textResponse(504, "the query took longer than it may");
        return lokiError(value.error());
    }
    Response response;
    std::string& out = response.body;
    out = "{\"status\":\"success\",\"data\":{";
    std::size_t entries = 0;
    if (const auto* streams = std::get_if<model::Streams>(&value->data)) {
        for (const auto& stream : *streams)
            entries += stream.lines.size();
        out += "\"resultType\":\"streams\",";
        if (encoding == LabelEncoding::categorized)
            out += "\"encodingFlags\":[\"categorize-labels\"],";
        out += "\"result\":";
        appendStreams(out, *streams, encoding);
    } else {
        entries = sampleCount(*value);
        appendResult(out, *value);
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    out += formatted(",\"stats\":{{\"summary\":{{\"execTime\":{},\"totalEntriesReturned\":{}}}}}}}", taken.count(), entries);
    appendRemarks(out, *value);
    out += '}';
    return response;
}

Response LokiApi::Impl::query(const Request& request)
{
    const auto begin = std::chrono::steady_clock::now();
    std::int64_t time = m_services.clock.nowNs();
    if (const auto text = request.parameters.get("time"); !text.empty()) {
        const auto parsed = lokiTime(text);
        if (!parsed)
            return lokiError(parsed.error());
        time = *parsed;
    }
    if (const auto limit = lokiLimit(request.parameters); !limit)
        return lokiError(limit.error());
    if (const auto wanted = lokiDirection(request.parameters); !wanted)
        return lokiError(wanted.error());
    const TimedStop stop(m_services.deadlines, request.stop, m_services.queryTimeout);
    return answer(m_services.engine.instant(request.parameters.get("query"), time, stop.token()), stop, lokiEncoding(request), begin);
}

Response LokiApi::Impl::queryRange(const Request& request)
{
    const auto begin = std::chrono::steady_clock::now();
    const auto& parameters = request.parameters;
    const auto range = lokiBounds(parameters, m_services.clock.nowNs(), kQuerySinceNs);
    if (!range)
        return lokiError(range.error());
    const auto step = lokiStep(parameters, *range);
    if (!step)
        return lokiError(step.error());
    const auto limit = lokiLimit(parameters);
    if (!limit)
        return lokiError(limit.error());
    const auto wanted = lokiDirection(parameters);
    if (!wanted)
        return lokiError(wanted.error());
    const TimedStop stop(m_services.deadlines, request.stop, m_services.queryTimeout);
    auto value = m_services.engine.range(parameters.get("query"),
        { .startNs = range->startNs, .endNs = range->endNs, .stepNs = *step, .limit = *limit, .direction = *wanted }, stop.token());
    return answer(std::move(value), stop, lokiEncoding(request), begin);
}

Response LokiApi::Impl::formatQuery(const Request& request) const
{
    const auto formatted = logql::format(request.parameters.get("query"));
    Response response;
    JsonWriter json(response.body);
    if (formatted) {
        json.beginObject().key("status").string("success").key("data").string(*formatted).endObject();
    } else {
        response.status = 400;
        json.beginObject().key("status").string("invalid-query").key("error").string(formatted.error().message).endObject();
    }
    return response;
}

Response LokiApi::Impl::labelNames(const Request& request) const
{
    const auto selection = streamSelection(request.parameters, m_services.clock.nowNs());
    if (!selection)
        return lokiError(selection.error());
    const auto names = m_services.source.labelNames(selection->matcherSets, selection->range.startNs, selection->range.endNs);
    return names ? stringList(*names) : lokiError(names.error());
}

Response LokiApi::Impl::labelValues(const Request& request) const
{
    const auto selection = streamSelection(request.parameters, m_services.clock.nowNs());
    if (!selection)
        return lokiError(selection.error());
    const auto values = m_services.source.labelValues(request.captured.at(0), selection->matcherSets, selection->range.startNs, selection->range.endNs);
    return values ? stringList(*values) : lokiError(values.error());
}

Response LokiApi::Impl::series(const Request& request) const
{
    const auto range = lokiBounds(request.parameters, m_services.clock.nowNs(), kMetadataSinceNs);
    if (!range)
        return lokiError(range.error());
    auto texts = request.parameters.all("match[]");
    if (texts.empty())
        texts = request.parameters.all("match");
    std::vector<model::Matchers> sets;
    for (const auto text : texts) {
        auto matchers = logql::parseSelector(text);
        if (!matchers)
            return lokiError(matchers.error());
        sets.push_back(std::move(*matchers));
    }
    const auto found = m_services.source.series(sets, range->startNs, range->endNs);
    if (!found)
        return lokiError(found.error());
    return success([&](JsonWriter& json) {
        json.beginArray();
        for (const auto& labels : *found) {
            std::string text;
            appendLabels(text, labels->list());
            json.raw(text);
        }
        json.endArray();
    });
}

Response LokiApi::Impl::indexStats(const Request& request) const
{
    const auto range = lokiBounds(request.parameters, m_services.clock.nowNs(), kMetadataSinceNs);
    if (!range)
        return lokiError(range.error());
    const auto matchers = logql::parseSelector(request.parameters.get("query"));
    if (!matchers)
        return lokiError(matchers.error());
    const auto volume = m_services.source.volume(*matchers, range->startNs, range->endNs);
    if (!volume)
        return lokiError(volume.error());
    Response response;
    JsonWriter json(response.body);
    json.beginObject().key("streams").number(volume->streams).key("chunks").number(volume->chunks);
    json.key("bytes").number(volume->bytes).key("entries").number(volume->entries).endObject();
    return response;
}

/// Bytes of line text by the values of some labels ("series"), or by the labels that streams have ("labels").
Response LokiApi::Impl::indexVolume(const Request& request) const
{
    const auto& parameters = request.parameters;
    const auto range = lokiBounds(parameters, m_services.clock.nowNs(), kQuerySinceNs);
    if (!range)
        return lokiError(range.error());
    const auto limit = lokiLimit(parameters);
    if (!limit)
        return lokiError(limit.error());
    const auto matchers = logql::parseSelector(parameters.get("query"));
    if (!matchers)
        return lokiError(matchers.error());
    const auto aggregateBy = parameters.get("aggregateBy");
    if (!aggregateBy.empty() && aggregateBy != "series" && aggregateBy != "labels")
        return textResponse(400, "invalid aggregateBy, must be 'series' or 'labels'");
    const bool byLabels = aggregateBy == "labels";

    std::vector<std::string> targets;
    for (const auto name : split(parameters.get("targetLabels"), ',')) {
        if (!trim(name).empty())
            targets.emplace_back(trim(name));
    }
    if (targets.empty() && !byLabels) {
        for (const auto& matcher : *matchers)
            targets.push_back(matcher.name());
    }
    std::ranges::sort(targets);
    targets.erase(std::ranges::unique(targets).begin(), targets.end());

    const std::vector<model::Matchers> sets { *matchers };
    const auto streams = m_services.source.series(sets, range->startNs, range->endNs);
    if (!streams)
        return lokiError(streams.error());
    std::set<model::Labels> groups;
    for (const auto& stream : *streams) {
        if (byLabels) {
            for (const auto& label : *stream) {
                if (targets.empty() || std::ranges::binary_search(targets, label.name))
                    groups.insert(model::Labels::fromSorted({ { label.name, "" } }));
            }
            continue;
        }
        model::LabelsBuilder group;
        for (const auto& name : targets)
            group.set(name, stream->get(name));
        if (!group.list().empty())
            groups.insert(group.build());
    }

    struct Volume {
        const model::Labels* labels;
        std::size_t bytes;
    };
    std::vector<Volume> volumes;
    for (const auto& group : groups) {
        auto restricted = *matchers;
        for (const auto& name : byLabels ? std::vector<std::string> { group.list().front().name } : targets) {
            auto matcher = byLabels ? model::Matcher::create(model::Matcher::Op::notEqual, name, "") : equals(name, std::string(group.get(name)));
            if (!matcher)
                return lokiError(matcher.error());
            restricted.push_back(std::move(*matcher));
        }
        const auto volume = m_services.source.volume(restricted, range->startNs, range->endNs);
        if (!volume)
            return lokiError(volume.error());
        volumes.push_back({ &group, volume->bytes });
    }
    std::ranges::stable_sort(volumes, std::greater(), &Volume::bytes);
    volumes.resize(std::min(volumes.size(), *limit));

    Response response;
    response.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[";
    bool first = true;
    for (const auto& volume : volumes) {
        response.body += std::exchange(first, false) ? "{\"metric\":" : ",{\"metric\":";
        appendLabels(response.body, volume.labels->list());
        response.body += ",\"value\":";
        appendSample(response.body, range->endNs / 1'000'000, static_cast<double>(volume.bytes));
        response.body += '}';
    }
    response.body += "]}}";
    return response;
}

Response LokiApi::Impl::buildInfo() const
{
    Response response;
    JsonWriter json(response.body);
    writeBuildInfo(json, kLokiVersion, m_services.version);
    return response;
}

Response LokiApi::Impl::push(const Request& request)
{
    const auto contentType = toLowerAscii(request.header("content-type"));
    const bool json = contentType.starts_with("application/json");
    if (!json && !contentType.starts_with("application/x-protobuf"))
        return textResponse(415, formatted("Content-Type '{}' is not understood here; use application/json or application/x-protobuf", contentType));
    auto encoding = request.header("content-encoding");
    if (!json && encoding.empty())
        encoding = "snappy"; // the protobuf form is always compressed, with or without the header
    auto body = m_pushGate.unpack(encoding, request.body);
    if (!body)
        return textResponse(pushStatus(body.error().code), body.error().message);

    auto pushes = json ? ingest::decodeLokiPushJson(body->text) : ingest::decodeLokiPushProtobuf(body->text);
    if (!pushes)
        return textResponse(pushes.error().code == ErrorCode::limit ? 413 : 400, pushes.error().message);
    for (const auto& stream : *pushes) {
        if (stream.labels.empty())
            return textResponse(400, "error at least one label pair is required per stream");
    }
    if (pushes->empty())
        return textResponse(204, {});
    const auto summary = m_services.sink.appendAndWait(std::move(*pushes));
    if (!summary)
        return textResponse(summary.error().code == ErrorCode::full ? 507 : 500, summary.error().message);
    if (summary->tooOld > 0)
        return textResponse(400, formatted("{} of {} entries are older than the retention and were not stored", summary->tooOld, summary->appended + summary->duplicate + summary->tooOld));
    return textResponse(204, {});
}

std::expected<WebSocketSession, Response> LokiApi::Impl::tail(const Request& request) const
{
    LokiTailRequest wanted { .query = std::string(request.parameters.get("query")), .nowNs = m_services.clock.nowNs(), .encoding = lokiEncoding(request), .stop = request.stop };
    const auto metric = logql::checkIsMetric(wanted.query);
    if (!metric)
        return std::unexpected(lokiError(metric.error()));
    if (*metric)
        return std::unexpected(textResponse(400, "a live tail needs a log query; this one computes a metric"));
    const auto limit = lokiLimit(request.parameters);
    if (!limit)
        return std::unexpected(lokiError(limit.error()));
    const auto range = lokiBounds(request.parameters, wanted.nowNs, kQuerySinceNs);
    if (!range)
        return std::unexpected(lokiError(range.error()));
    // delay_for is for slow ingesters, of which there are none here: a line is sent once it is committed.
    wanted.limit = *limit;
    wanted.startNs = range->startNs;
    return lokiTail(std::move(wanted), m_services.engine, m_services.source, m_services.pool);
}

LokiApi::LokiApi(LokiServices services)
    : m_impl(std::make_unique<Impl>(std::move(services)))
{
}

LokiApi::~LokiApi() = default;

void LokiApi::addRoutes(Router& router)
{
    auto& impl = *m_impl;
    router.query("/loki/api/v1/query", [&impl](const Request& request) { return impl.query(request); });
    router.query("/loki/api/v1/query_range", [&impl](const Request& request) { return impl.queryRange(request); });
    router.query("/loki/api/v1/format_query", [&impl](const Request& request) { return impl.formatQuery(request); });
    router.query("/loki/api/v1/labels", [&impl](const Request& request) { return impl.labelNames(request); });
    router.query("/loki/api/v1/label", [&impl](const Request& request) { return impl.labelNames(request); });
    router.query("/loki/api/v1/label/{name}/values", [&impl](const Request& request) { return impl.labelValues(request); });
    router.query("/loki/api/v1/series", [&impl](const Request& request) { return impl.series(request); });
    router.query("/loki/api/v1/index/stats", [&impl](const Request& request) { return impl.indexStats(request); });
    router.query("/loki/api/v1/index/volume", [&impl](const Request& request) { return impl.indexVolume(request); });
    router.get("/loki/api/v1/status/buildinfo", [&impl](const Request&) { return impl.buildInfo(); });
    router.webSocket("/loki/api/v1/tail", [&impl](const Request& request) { return impl.tail(request); });
    router.post("/loki/api/v1/push", [&impl](const Request& request) { return impl.push(request); }, kPushBodyBytes);
}

}
