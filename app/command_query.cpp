#include "app/commands.h"
#include "app/console_logger.h"
#include "app/output.h"
#include "app/workspace_folder.h"

#include "core/base/clock.h"
#include "core/base/format.h"
#include "core/base/termination.h"
#include "core/base/text.h"
#include "core/datasource/embedded_sources.h"
#include "core/datasource/remote_sources.h"
#include "core/tsdb/store.h"

#include <algorithm>
#include <iostream>

namespace belvedere::app {

namespace {

/// About as many steps as a terminal has rows.
constexpr std::int64_t kDefaultSteps = 60;

Result<datasource::QueryRequest> queryRequest(const Arguments& arguments)
{
    const SystemClock clock;
    const auto now = clock.nowNs();
    datasource::QueryRequest request;
    request.expr = arguments.positional().front();
    const auto timeOf = [&](std::string_view option, std::int64_t fallback) {
        return arguments.has(option) ? parseTimeArgument(arguments.get(option), now) : Result<std::int64_t>(fallback);
    };
    request.instant = !arguments.has("from") && !arguments.has("step") && !arguments.has("to");
    if (!request.instant && arguments.has("at"))
        return failure(ErrorCode::invalidArgument, "give --at for one point in time, or --from, --to and --step for a range");
    if (!request.instant && !arguments.has("from"))
        return failure(ErrorCode::invalidArgument, "a range needs --from");
    const auto to = timeOf(request.instant ? "at" : "to", now);
    if (!to)
        return std::unexpected(to.error());
    request.toNs = *to;
    if (request.instant)
        return request;
    const auto from = timeOf("from", 0);
    if (!from)
        return std::unexpected(from.error());
    request.fromNs = *from;
    if (request.fromNs > request.toNs)
        return failure(ErrorCode::invalidArgument, "--from lies after --to");
    if (arguments.has("step")) {
        const auto text = arguments.get("step");
        const auto seconds = parseFloat(text);
        const auto duration = seconds ? Result<std::int64_t>(static_cast<std::int64_t>(*seconds * 1000)) : parseDurationMs(text);
        if (!duration || *duration <= 0)
            return failure(ErrorCode::invalidArgument, formatted("'{}' is not a step; write it like 15s or 5m", text));
        request.stepNs = *duration * 1'000'000;
    } else {
        constexpr std::int64_t kSecondNs = 1'000'000'000;
        request.stepNs = std::max(kSecondNs, (request.toNs - request.fromNs) / kDefaultSteps / kSecondNs * kSecondNs);
    }
    return request;
}

ExitStatus answer(const datasource::DataSource& source, const datasource::QueryRequest& request, Format format, std::stop_token stop)
{
    const auto value = source.query(request, std::move(stop));
    if (!value) {
        printQueryError(value.error(), request.expr);
        return ExitStatus::failed;
    }
    print(std::cout, *value, format);
    printRemarks(*value);
    return ExitStatus::fine;
}

ExitStatus query(const Arguments& arguments)
{
    ConsoleLogger logger(Logger::Level::warning);
    const auto format = parseFormat(arguments.get("format"));
    if (!format)
        return usageFailure(format.error());
    const auto request = queryRequest(arguments);
    if (!request)
        return usageFailure(request.error());
    std::stop_source stop;
    const TerminationWatch watch([&] { stop.request_stop(); }, [] { });
    if (arguments.has("url")) {
        const auto source = datasource::makeRemotePrometheus({ .uid = "url", .name = "url", .type = "prometheus", .url = {} }, { .url = arguments.get("url") });
        return answer(*source, *request, *format, stop.get_token());
    }
    const SystemClock clock;
    const auto folder = workspaceFolder(arguments);
    tsdb::StoreOptions options;
    options.readOnly = true;
    const auto store = tsdb::Store::open(metricsFolder(folder), options, clock, logger);
    if (!store)
        return fail(withContext(store.error(), formatted("cannot open the metrics of '{}'", folder.string())).error());
    TaskPool pool;
    promql::EngineOptions engineOptions;
    engineOptions.features = parseFeatures(arguments.get("enable-feature"), logger);
    const promql::Engine engine(**store, pool, engineOptions);
    const auto source = datasource::makeEmbeddedMetrics({ .uid = "metrics", .name = "metrics", .type = "prometheus", .url = {}, .embedded = true }, engine, **store);
    return answer(*source, *request, *format, stop.get_token());
}

}

Command queryCommand()
{
    return { .name = "query",
        .synopsis = "EXPR",
        .summary = "Evaluates PromQL over a workspace or a remote Prometheus.",
        .options = { workspaceOption(), urlOption(), { "at", "T", "one point in time (default: now)" }, { "from", "T", "begin of a range: 2025-06-01T12:00:00Z, 1748779200, now-1h" },
            { "to", "T", "end of a range (default: now)" }, { "step", "D", "step of a range: 15s, 5m" }, formatOption(), featureOption() },
        .minPositional = 1,
        .maxPositional = 1,
        .run = query };
}

}
