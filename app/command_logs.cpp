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
#include "core/logs/store.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <iostream>
#include <mutex>

namespace belvedere::app {

namespace {

constexpr std::int64_t kHourNs = std::int64_t { 3600 } * 1'000'000'000;

Result<datasource::QueryRequest> logsRequest(const Arguments& arguments)
{
    const SystemClock clock;
    const auto now = clock.nowNs();
    datasource::QueryRequest request;
    request.expr = arguments.positional().front();
    const auto to = arguments.has("to") ? parseTimeArgument(arguments.get("to"), now) : Result<std::int64_t>(now);
    if (!to)
        return std::unexpected(to.error());
    const auto from = arguments.has("from") ? parseTimeArgument(arguments.get("from"), now) : Result<std::int64_t>(*to - kHourNs);
    if (!from)
        return std::unexpected(from.error());
    if (*from > *to)
        return failure(ErrorCode::invalidArgument, "--from lies after --to");
    request.fromNs = *from;
    request.toNs = *to;
    constexpr std::int64_t kSecondNs = 1'000'000'000;
    constexpr std::int64_t kSteps = 60;
    request.stepNs = std::max(kSecondNs, (*to - *from) / kSteps / kSecondNs * kSecondNs); // of metric queries
    if (arguments.has("limit")) {
        const auto text = arguments.get("limit");
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), request.limit);
        if (error != std::errc() || end != text.data() + text.size() || request.limit == 0)
            return failure(ErrorCode::invalidArgument, formatted("'{}' is not a number of lines", text));
    }
    return request;
}

/// Prints lines as they come, until the person ends it.
ExitStatus follow(const datasource::DataSource& source, datasource::QueryRequest request, std::stop_token stop)
{
    const auto expr = request.expr;
    // A tail goes on trying when the server goes away; that it was never there, or knows no such query, is told at once.
    request.limit = 1;
    if (const auto there = source.query(request, stop); !there) {
        printQueryError(there.error(), expr);
        return ExitStatus::failed;
    }
    std::mutex mutex; // keeps lines whole, and guards nothing else
    const auto tail = source.tail(expr, [&](const model::LabelsRef& stream, const model::LogLine& line) {
        const std::scoped_lock lock(mutex);
        std::cout << formatRfc3339Ns(line.timeNs) << "  " << stream->toString() << "  " << line.line << std::endl;
    });
    if (!tail) {
        printQueryError(tail.error(), expr);
        return ExitStatus::failed;
    }
    std::mutex waitMutex;
    std::condition_variable_any ended;
    std::unique_lock lock(waitMutex);
    ended.wait(lock, stop, [] { return false; });
    return ExitStatus::fine;
}

ExitStatus answer(const datasource::DataSource& source, const datasource::QueryRequest& request, bool following, Format format, const std::stop_token& stop)
{
    if (following)
        return follow(source, request, stop);
    const auto value = source.query(request, stop);
    if (!value) {
        printQueryError(value.error(), request.expr);
        return ExitStatus::failed;
    }
    print(std::cout, *value, format);
    printRemarks(*value);
    if (const auto* streams = std::get_if<model::Streams>(&value->data)) {
        std::size_t lines = 0;
        for (const auto& stream : *streams)
            lines += stream.lines.size();
        if (lines >= request.limit)
            std::cerr << formatted("info: these are the newest {}; there may be more: raise --limit or shorten the time\n", counted(lines, "line"));
    }
    return ExitStatus::fine;
}

ExitStatus logsOf(const Arguments& arguments)
{
    ConsoleLogger logger(Logger::Level::warning);
    const auto format = parseFormat(arguments.get("format"));
    if (!format)
        return usageFailure(format.error());
    const auto request = logsRequest(arguments);
    if (!request)
        return usageFailure(request.error());
    std::stop_source stop;
    const TerminationWatch watch([&] { stop.request_stop(); }, [] { });
    const bool following = arguments.has("follow");
    if (arguments.has("url")) {
        const auto source = datasource::makeRemoteLoki({ .uid = "url", .name = "url", .type = "loki", .url = {} }, { .url = arguments.get("url") });
        return answer(*source, *request, following, *format, stop.get_token());
    }
    if (following)
        return usageFailure({ ErrorCode::invalidArgument, "--follow needs the server that writes: add --url http://127.0.0.1:9797", std::nullopt });
    const SystemClock clock;
    const auto folder = workspaceFolder(arguments);
    logs::StoreOptions options;
    options.readOnly = true;
    const auto store = logs::Store::open(logsFolder(folder), options, clock, logger);
    if (!store)
        return fail(withContext(store.error(), formatted("cannot open the logs of '{}'", folder.string())).error());
    TaskPool pool;
    const logql::Engine engine(**store, pool, logql::EngineOptions());
    const auto source = datasource::makeEmbeddedLogs({ .uid = "logs", .name = "logs", .type = "loki", .url = {}, .embedded = true }, engine, **store, pool);
    return answer(*source, *request, false, *format, stop.get_token());
}

}

Command logsCommand()
{
    return { .name = "logs",
        .synopsis = "EXPR",
        .summary = "Evaluates LogQL over a workspace or a remote Loki.",
        .options = { workspaceOption(), urlOption(), { "from", "T", "begin: 2025-06-01T12:00:00Z, 1748779200, now-1h (default: an hour before the end)" }, { "to", "T", "end (default: now)" },
            { "limit", "N", "lines at most (default: 1000)" }, { "follow", "", "print lines as they come; needs --url" }, formatOption() },
        .minPositional = 1,
        .maxPositional = 1,
        .run = logsOf };
}

}
