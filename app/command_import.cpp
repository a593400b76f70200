#include "app/commands.h"
#include "app/console_logger.h"
#include "app/workspace_folder.h"

#include "core/base/clock.h"
#include "core/base/format.h"
#include "core/base/termination.h"
#include "core/base/text.h"
#include "core/ingest/compress.h"
#include "core/ingest/loki_push.h"
#include "core/ingest/openmetrics_import.h"
#include "core/logs/store.h"
#include "core/model/commit_waiter.h"
#include "core/tsdb/store.h"

#include <cctype>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>

namespace belvedere::app {

namespace fs = std::filesystem;

namespace {

/// What is imported may be of any age and comes in any order.
constexpr std::int64_t kAnyAgeMs = std::int64_t { 1000 } * 365 * 24 * 3600 * 1000;

std::unexpected<Error> openFailure(const Error& error, const fs::path& folder)
{
    if (error.code == ErrorCode::alreadyExists)
        return failure(error.code, formatted("the workspace '{}' is open in another Belvedere; close it first, or push to its API", folder.string()));
    return withContext(error, formatted("cannot open the workspace '{}'", folder.string()));
}

Result<void> makeFolder(const fs::path& folder)
{
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed)
        return failure(ErrorCode::io, formatted("cannot make '{}': {}", folder.string(), failed.message()));
    return {};
}

ExitStatus importMetrics(const Arguments& arguments)
{
    ConsoleLogger logger(Logger::Level::warning);
    const SystemClock clock;
    std::stop_source stop;
    const TerminationWatch watch([&] { stop.request_stop(); }, [] { });
    const auto folder = workspaceFolder(arguments);
    if (const auto made = makeFolder(metricsFolder(folder)); !made)
        return fail(made.error());
    tsdb::StoreOptions options;
    options.outOfOrderWindowMs = kAnyAgeMs;
    auto store = tsdb::Store::open(metricsFolder(folder), options, clock, logger);
    if (!store)
        return fail(openFailure(store.error(), folder).error());

    auto status = ExitStatus::fine;
    for (const auto& file : arguments.positional()) {
        const auto summary = file == "-" ? ingest::importMetrics(std::cin, nameOf(file), **store, {}, stop.get_token()) : ingest::importMetrics(file, **store, {}, stop.get_token());
        if (!summary) {
            status = fail(summary.error());
            if (summary.error().code == ErrorCode::cancelled)
                break;
            continue; // the other files may be good
        }
        std::cerr << formatted("{}: {} of {} series read, {} stored", nameOf(file), counted(summary->samples, "sample"), summary->series, summary->stored.appended);
        const auto refused = summary->stored.outOfOrder + summary->stored.tooOld;
        if (summary->stored.duplicate > 0)
            std::cerr << formatted(", {} with another value for a time that was there already", summary->stored.duplicate);
        if (refused > 0)
            std::cerr << formatted(", {} refused as out of order or too old", refused);
        if (summary->withoutTimestamp > 0)
            std::cerr << formatted(", {} without a timestamp left out", summary->withoutTimestamp);
        std::cerr << '\n';
        if (refused + summary->withoutTimestamp > 0)
            status = ExitStatus::failed;
    }
    if (const auto flushed = (*store)->flush(); !flushed)
        return fail(flushed.error());
    return status;
}

/// Calls `take` with each line of a stream, plain or gzip. Never seeks: it may be a pipe. `take` ends the reading by failing.
Result<void> forEachLine(std::istream& stream, const std::function<Result<void>(std::string&&)>& take)
{
    constexpr std::size_t kPieceBytes = std::size_t { 1 } << 20;
    constexpr std::size_t kMostInflatedBytes = std::size_t { 1 } << 31; // of one piece
    std::optional<ingest::GunzipStream> unpacker;
    std::string piece(kPieceBytes, '\0');
    std::string pending;
    for (bool first = true; stream; first = false) {
        stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        const std::string_view got(piece.data(), static_cast<std::size_t>(stream.gcount()));
        if (first && got.starts_with("\x1f\x8b"))
            unpacker.emplace();
        if (!unpacker)
            pending += got;
        else if (const auto fed = unpacker->feed(got, kMostInflatedBytes, pending); !fed)
            return fed;
        std::size_t begin = 0;
        for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n', begin)) {
            if (const auto taken = take(pending.substr(begin, end - begin)); !taken)
                return taken;
            begin = end + 1;
        }
        pending.erase(0, begin);
    }
    if (unpacker) {
        if (const auto finished = unpacker->finish(); !finished)
            return finished;
    }
    return pending.empty() ? Result<void>() : take(std::move(pending));
}

/// Hands pushes to the store and keeps count of what became of them.
class LogImport {
public:
    LogImport(logs::Store& store, std::stop_token stop)
        : m_store(store)
        , m_stop(std::move(stop))
    {
    }

    Result<void> push(std::vector<model::LogPush> pushes)
    {
        if (m_stop.stop_requested())
            return failure(ErrorCode::cancelled, "interrupted");
        if (const auto soFar = m_commits.soFar(); !soFar)
            return std::unexpected(soFar.error());
        m_commits.queued();
        m_store.append(std::move(pushes), {}, [this](const Result<model::LogAppendSummary>& summary) { m_commits.take(summary); });
        return {};
    }

    Result<model::LogAppendSummary> wait() { return m_commits.wait(); }

private:
    logs::Store& m_store;
    const std::stop_token m_stop;
    model::CommitWaiter<model::LogAppendSummary> m_commits;
};

/// The time that a raw line begins with: RFC 3339, or a date and a time of day in UTC as log formats write them.
std::optional<std::int64_t> timeAtBegin(std::string_view line)
{
    constexpr std::size_t kDateTime = 19; // 2025-06-01T12:00:00
    if (line.starts_with('['))
        line.remove_prefix(1);
    if (line.size() < kDateTime || line[4] != '-' || line[7] != '-' || (line[10] != 'T' && line[10] != ' '))
        return std::nullopt;
    std::string text(line.substr(0, kDateTime));
    text[10] = 'T';
    std::size_t at = kDateTime;
    if (at + 1 < line.size() && (line[at] == '.' || line[at] == ',') && std::isdigit(static_cast<unsigned char>(line[at + 1]))) {
        text += '.';
        while (++at < line.size() && std::isdigit(static_cast<unsigned char>(line[at])))
            text += line[at];
    }
    constexpr std::size_t kOffset = 6; // +02:00
    const bool offset = at + kOffset <= line.size() && (line[at] == '+' || line[at] == '-') && line[at + 3] == ':';
    text += offset ? line.substr(at, kOffset) : std::string_view("Z");
    const auto time = parseRfc3339Ns(text);
    return time ? std::optional(*time) : std::nullopt;
}

/// Raw lines become one stream. A line without a time of its own belongs to the one before it and gets its time; those
/// before the first time get `timeNs`.
class RawLines {
public:
    RawLines(LogImport& import, model::Labels labels, std::int64_t timeNs)
        : m_import(import)
        , m_push { std::move(labels), {} }
        , m_timeNs(timeNs)
    {
    }

    Result<void> take(std::string&& line)
    {
        constexpr std::size_t kEntriesAtOnce = 20'000;
        if (line.ends_with('\r'))
            line.pop_back();
        if (line.empty())
            return {};
        m_timeNs = timeAtBegin(line).value_or(m_timeNs);
        m_push.entries.push_back({ m_timeNs, toValidUtf8(line), {} });
        return m_push.entries.size() < kEntriesAtOnce ? Result<void>() : flush();
    }

    Result<void> flush()
    {
        if (m_push.entries.empty())
            return {};
        std::vector<model::LogPush> pushes;
        pushes.push_back(std::exchange(m_push, { m_push.labels, {} }));
        return m_import.push(std::move(pushes));
    }

private:
    LogImport& m_import;
    model::LogPush m_push;
    std::int64_t m_timeNs;
};

Result<void> takePushBody(std::string& line, std::size_t number, LogImport& import)
{
    if (trim(line).empty())
        return {};
    auto pushes = ingest::decodeLokiPushJson(line);
    if (!pushes)
        return withContext(pushes.error(), formatted("line {}", number));
    return pushes->empty() ? Result<void>() : import.push(std::move(*pushes));
}

/// The first line tells whether a stream holds push bodies or raw lines.
Result<void> importStream(std::istream& stream, RawLines raw, LogImport& import)
{
    bool pushBodies = false;
    std::size_t number = 0;
    const auto read = forEachLine(stream, [&](std::string&& line) -> Result<void> {
        if (++number == 1)
            pushBodies = trim(line).starts_with('{') && line.find("\"streams\"") != std::string::npos;
        return pushBodies ? takePushBody(line, number, import) : raw.take(std::move(line));
    });
    return read ? raw.flush() : read;
}

Result<void> importLogFile(const std::string& file, LogImport& import, const Clock& clock)
{
    if (file == "-")
        return importStream(std::cin, RawLines(import, model::Labels { { "job", "import" } }, clock.nowNs()), import);
    std::ifstream stream(file, std::ios::binary);
    if (!stream || fs::is_directory(file))
        return failure(ErrorCode::io, "cannot be read; check that it exists and is readable");
    std::error_code failed;
    const auto changed = fs::last_write_time(file, failed);
    const auto sinceEpoch = std::chrono::clock_cast<std::chrono::system_clock>(changed).time_since_epoch();
    const model::Labels labels { { "job", "import" }, { "filename", fs::absolute(file).string() } };
    return importStream(stream, RawLines(import, labels, std::chrono::duration_cast<std::chrono::nanoseconds>(sinceEpoch).count()), import);
}

ExitStatus importLogs(const Arguments& arguments)
{
    ConsoleLogger logger(Logger::Level::warning);
    const SystemClock clock;
    std::stop_source stop;
    const TerminationWatch watch([&] { stop.request_stop(); }, [] { });
    const auto folder = workspaceFolder(arguments);
    if (const auto made = makeFolder(logsFolder(folder)); !made)
        return fail(made.error());
    auto store = logs::Store::open(logsFolder(folder), {}, clock, logger);
    if (!store)
        return fail(openFailure(store.error(), folder).error());
    LogImport import(**store, stop.get_token());
    auto status = ExitStatus::fine;
    for (const auto& file : arguments.positional()) {
        const auto read = importLogFile(file, import, clock);
        const auto summary = import.wait();
        if (!read || !summary) {
            const auto& error = read ? summary.error() : read.error();
            status = fail(withContext(error, nameOf(file)).error());
            if (error.code == ErrorCode::cancelled)
                break;
            continue; // the other files may be good
        }
        std::cerr << formatted("{}: {} stored", nameOf(file), counted(summary->appended, "line"));
        if (summary->duplicate > 0)
            std::cerr << formatted(", {} were there already", summary->duplicate);
        std::cerr << '\n';
    }
    if (const auto flushed = (*store)->flush(); !flushed)
        return fail(flushed.error());
    return status;
}

}

Command importMetricsCommand()
{
    return { .name = "import metrics",
        .synopsis = "FILE...|-",
        .summary = "Reads OpenMetrics or Prometheus text with timestamps, also .gz, into a workspace.",
        .options = { workspaceOption() },
        .minPositional = 1,
        .maxPositional = std::numeric_limits<std::size_t>::max(),
        .run = importMetrics };
}

Command importLogsCommand()
{
    return { .name = "import logs",
        .synopsis = "FILE...|-",
        .summary = "Reads Loki push bodies (JSON, one a line) or raw log files, also .gz, into a workspace.",
        .options = { workspaceOption() },
        .minPositional = 1,
        .maxPositional = std::numeric_limits<std::size_t>::max(),
        .run = importLogs };
}

}
