#include "core/tail/follower.h"

#include "core/base/format.h"
#include "core/tail/glob.h"
#include "core/tail/tailed_file.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace belvedere::tail {

namespace {

using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kRetryAfter = 1s;

}

struct Follower::Private {
    /// What the sink's thread leaves for ours; outlives us where an append is still on its way.
    struct Mailbox {
        std::mutex mutex;
        std::condition_variable_any filled;
        std::vector<std::pair<FileId, Result<model::LogAppendSummary>>> answers; // guarded by mutex
    };
    struct Followed {
        std::unique_ptr<TailedFile> file;
        std::filesystem::path standsAt; ///< where the last scan saw it; empty if nowhere
        bool waiting = false;           ///< for the answer to an append
        Steady::time_point retryAt {};
        std::optional<Steady::time_point> leftAt; ///< since when it has not stood at its own path
    };

    FollowerOptions options;
    model::LogSink& sink;
    const Clock& clock;
    Logger& logger;
    std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>();
    std::map<FileId, Followed> files;
    std::map<std::string, Error> problems; ///< by path, of files that cannot be opened
    std::set<std::string> present;         ///< what the last scan found

    mutable std::mutex statusMutex;
    std::vector<FileStatus> shown; // guarded by statusMutex
    std::jthread thread;

    void run(const std::stop_token& stop);
    void scan();
    void consider(const std::filesystem::path& path, const Target& target, std::set<FileId>& seen);
    void findPredecessor(const std::filesystem::path& path, const Target& target, FileId own, std::set<FileId>& seen);
    void tellProblem(const std::string& path, const Error& error);
    bool add(const std::filesystem::path& path, const Target& target, FileId id);
    void takeAnswers();
    bool readFiles();
    bool readOne(Followed& followed);
    void dropLeft();
    void fail(Followed& followed, const Error& error) const;
    void show();
};

void Follower::Private::run(const std::stop_token& stop)
{
    auto nextScan = Steady::now();
    while (!stop.stop_requested()) {
        takeAnswers();
        if (Steady::now() >= nextScan) {
            scan();
            nextScan = Steady::now() + std::chrono::milliseconds(options.scanIntervalMs);
        }
        const bool moved = readFiles();
        dropLeft();
        show();
        // With something on its way the answer wakes us; without, the next look does.
        std::unique_lock lock(mailbox->mutex);
        mailbox->filled.wait_for(lock, stop, moved ? 10ms : std::chrono::milliseconds(options.pollIntervalMs), [this] { return !mailbox->answers.empty(); });
    }
}

void Follower::Private::scan()
{
    std::set<FileId> seen;
    present.clear();
    for (const auto& target : options.targets) {
        for (const auto& glob : target.globs) {
            const auto paths = expandGlob(glob);
            if (const auto closed = paths.empty() ? unreadableFolder(glob) : std::nullopt) {
                present.insert(glob);
                tellProblem(glob, failure(ErrorCode::io, formatted("{}: the folder {} cannot be read; allow it to the user that Belvedere runs as", glob, closed->string())).error());
            }
            for (const auto& path : paths) {
                const auto excluded = std::ranges::any_of(target.exclude, [&](const std::string& pattern) { return matchesGlob(pattern, path.string()); });
                if (excluded)
                    continue;
                present.insert(path.string());
                consider(path, target, seen);
            }
        }
    }
    std::erase_if(problems, [this](const auto& problem) { return !present.contains(problem.first); });
    for (auto& [id, followed] : files) {
        if (!seen.contains(id))
            followed.standsAt.clear();
        const bool atHome = followed.standsAt == followed.file->path();
        if (atHome)
            followed.leftAt.reset();
        else if (!followed.leftAt) {
            followed.leftAt = Steady::now();
            ++(followed.file->removed() ? options.counters->removed : options.counters->renamed);
        }
    }
}

void Follower::Private::consider(const std::filesystem::path& path, const Target& target, std::set<FileId>& seen)
{
    const auto id = identify(path);
    if (!id || !seen.insert(*id).second)
        return;
    if (const auto it = files.find(*id); it != files.end()) {
        it->second.standsAt = path;
        return;
    }
    if (files.size() >= options.mostFiles) {
        tellProblem(path.string(),
            failure(ErrorCode::limit, formatted("{}: {} files are followed already, and more cannot be kept open; name fewer, or raise the limit of open files (ulimit -n)", path.string(), files.size())).error());
        return;
    }
    findPredecessor(path, target, *id, seen);
    if (add(path, target, *id))
        files.at(*id).standsAt = path;
}

// While nobody looked, the file may have been rotated away, and the rest of it under a name that no glob fits.
void Follower::Private::findPredecessor(const std::filesystem::path& path, const Target& target, FileId own, std::set<FileId>& seen)
{
    const auto stored = sink.position("file/" + path.string());
    const auto known = [&](FileId id) { return files.contains(id) || seen.contains(id); };
    if (!stored || !*stored || **stored == own.toString() || std::ranges::any_of(files, [&](const auto& item) { return item.first.toString() == **stored; }))
        return;
    std::error_code ec;
    for (auto it = std::filesystem::directory_iterator(path.parent_path(), ec); !ec && it != std::filesystem::directory_iterator(); it.increment(ec)) {
        const auto id = identify(it->path());
        if (id && id->toString() == **stored && !known(*id)) {
            seen.insert(*id);
            add(it->path(), target, *id);
            return;
        }
    }
}

void Follower::Private::tellProblem(const std::string& path, const Error& error)
{
    // Thousands of one kind are told of once.
    const bool known = error.code == ErrorCode::limit && std::ranges::any_of(problems, [&](const auto& problem) { return problem.second.code == ErrorCode::limit; });
    auto& problem = problems.try_emplace(path, Error { error.code, {}, {} }).first->second;
    if (problem.message == error.message)
        return;
    problem = error;
    ++options.counters->errors;
    if (!known)
        logger.log(Logger::Level::warning, "tail", error.message);
}

bool Follower::Private::add(const std::filesystem::path& path, const Target& target, FileId id)
{
    auto opened = TailedFile::open(path, target, options.longestLineBytes, sink);
    if (!opened) {
        tellProblem(path.string(), opened.error());
        return false;
    }
    problems.erase(path.string());
    if ((*opened)->id() != id)
        return false; // rotated between two looks; the next one finds it
    files[id].file = std::move(*opened);
    return true;
}

void Follower::Private::takeAnswers()
{
    std::vector<std::pair<FileId, Result<model::LogAppendSummary>>> answers;
    {
        const std::scoped_lock lock(mailbox->mutex);
        answers.swap(mailbox->answers);
    }
    for (auto& [id, result] : answers) {
        const auto it = files.find(id);
        if (it == files.end())
            continue;
        it->second.waiting = false;
        if (result) {
            const auto done = it->second.file->committed();
            options.counters->lines += done.lines;
            options.counters->bytes += done.bytes;
            options.counters->cutLines += done.cutLines;
            it->second.file->error.clear();
            continue;
        }
        fail(it->second, result.error());
        if (auto back = it->second.file->failed(); !back)
            fail(it->second, back.error());
    }
}

void Follower::Private::fail(Followed& followed, const Error& error) const
{
    followed.retryAt = Steady::now() + kRetryAfter;
    ++options.counters->errors;
    if (followed.file->error != error.message)
        logger.log(Logger::Level::warning, "tail", formatted("{}: {}", followed.file->path(), error.message));
    followed.file->error = error.message;
}

bool Follower::Private::readFiles()
{
    bool moved = false;
    for (auto& [id, followed] : files)
        moved = readOne(followed) || moved;
    return moved;
}

bool Follower::Private::readOne(Followed& followed)
{
    const auto now = Steady::now();
    if (followed.waiting || now < followed.retryAt)
        return followed.waiting;
    const bool ending = followed.leftAt && now - *followed.leftAt >= std::chrono::milliseconds(options.graceMs);
    auto batch = followed.file->read(clock, ending);
    if (!batch) {
        // What was half read comes again from the committed place; a compressed file may still be growing.
        fail(followed, batch.error());
        if (auto back = followed.file->failed(); !back)
            fail(followed, back.error());
        return false;
    }
    if (!*batch)
        return false;
    if ((*batch)->startedOver)
        ++options.counters->truncated;
    std::vector<model::LogPush> pushes;
    if (!(*batch)->push.entries.empty())
        pushes.push_back(std::move((*batch)->push));
    followed.waiting = true;
    sink.append(std::move(pushes), std::move((*batch)->positions), [box = mailbox, id = followed.file->id()](const Result<model::LogAppendSummary>& result) {
        {
            const std::scoped_lock lock(box->mutex);
            box->answers.emplace_back(id, result);
        }
        box->filled.notify_one();
    });
    return true;
}

void Follower::Private::dropLeft()
{
    const auto now = Steady::now();
    for (auto it = files.begin(); it != files.end();) {
        auto& followed = it->second;
        const bool gone = !followed.waiting && followed.standsAt.empty() && followed.leftAt && now - *followed.leftAt >= std::chrono::milliseconds(options.graceMs);
        // One more look in which it is read to its end; only a file without news goes.
        if (!gone || readOne(followed)) {
            ++it;
            continue;
        }
        if (followed.file->removed())
            sink.append({}, { { followed.file->idSource(), std::string() } }, {});
        it = files.erase(it);
    }
}

void Follower::Private::show()
{
    std::vector<FileStatus> all;
    for (const auto& [id, followed] : files)
        all.push_back(followed.file->status());
    for (const auto& [path, problem] : problems) {
        FileStatus status;
        status.path = path;
        status.error = problem.message;
        all.push_back(std::move(status));
    }
    options.counters->files = files.size();
    options.counters->unusable = static_cast<std::uint64_t>(std::ranges::count_if(all, [](const FileStatus& status) { return !status.error.empty(); }));
    std::ranges::sort(all, {}, &FileStatus::path);
    const std::scoped_lock lock(statusMutex);
    shown = std::move(all);
}

Follower::Follower(FollowerOptions options, model::LogSink& sink, const Clock& clock, Logger& logger)
    : d(new Private { .options = std::move(options), .sink = sink, .clock = clock, .logger = logger, .files = {}, .problems = {}, .present = {}, .statusMutex = {}, .shown = {}, .thread = {} })
{
}

Follower::~Follower() = default;

void Follower::start()
{
    d->thread = std::jthread([p = d.get()](const std::stop_token& stop) { p->run(stop); });
}

std::vector<FileStatus> Follower::status() const
{
    const std::scoped_lock lock(d->statusMutex);
    return d->shown;
}

}
