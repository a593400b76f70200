#include "core/logs/store.h"

#include "core/logs/head.h"
#include "core/logs/index.h"
#include "core/logs/selection.h"
#include "core/logs/writer.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace belvedere::logs {

namespace {

using namespace std::chrono_literals;

/// Commits of little text that follow each other more quickly than this wait for company.
constexpr auto kGatherTime = 10ms;
constexpr std::size_t kGatherBytes = std::size_t{ 256 } << 10;
/// What one commit takes at most from the queue: bounds how long an acknowledgement waits.
constexpr std::size_t kCommitBytes = std::size_t{ 8 } << 20;
constexpr auto kRetentionInterval = 60s;

std::size_t sizeOf(const std::vector<model::LogPush>& pushes)
{
    std::size_t bytes = 0;
    for (const auto& push : pushes) {
        for (const auto& entry : push.entries) {
            bytes += entry.line.size() + sizeof entry;
            for (const auto& [name, value] : entry.metadata)
                bytes += name.size() + value.size();
        }
    }
    return bytes;
}

}

struct Store::Private {
    Private(StoreOptions o, const Clock& c, Logger& l)
        : options(o),
          clock(c),
          logger(l)
    {
    }

    [[nodiscard]] Sources sources() const { return { *environment, *index, head, options.readOnly }; }
    void run();
    void tell(const model::LabelsRef& stream, std::span<const model::LogEntry> entries);

    const StoreOptions options;
    const Clock& clock;
    Logger& logger;
    std::unique_ptr<kv::Environment> environment;
    std::unique_ptr<Index> index;
    Head head;

    mutable std::mutex queueMutex;
    std::condition_variable queueFilled;
    std::condition_variable queueHasRoom;
    std::deque<AppendCall> queue; // guarded by queueMutex
    std::size_t queuedBytes = 0; // guarded by queueMutex
    std::vector<std::promise<Result<void>>> flushes; // guarded by queueMutex
    bool stopping = false; // guarded by queueMutex

    mutable std::mutex listenerMutex;
    std::map<std::uint64_t, Listener> listeners; // guarded by listenerMutex
    std::uint64_t nextListener = 0; // guarded by listenerMutex

    std::unique_ptr<Writer> writer; // behind what its packing threads call
    std::thread thread;
};

void Store::Private::tell(const model::LabelsRef& stream, std::span<const model::LogEntry> entries)
{
    const std::scoped_lock lock(listenerMutex);
    for (const auto& [id, listener] : listeners)
        listener(stream, entries);
}

void Store::Private::run()
{
    auto lastCommit = std::chrono::steady_clock::now() - kGatherTime;
    auto lastRetention = std::chrono::steady_clock::now();
    for (;;) {
        std::vector<AppendCall> calls;
        std::vector<std::promise<Result<void>>> flushing;
        bool ending = false;
        {
            std::unique_lock lock(queueMutex);
            const auto hasWork
                = [this] { return !queue.empty() || !flushes.empty() || stopping || writer->hasPacked(); };
            queueFilled.wait_for(lock, kRetentionInterval, hasWork);
            if (!flushes.empty() || stopping || queuedBytes >= kGatherBytes) {
                // No reason to wait.
            } else if (!queue.empty()) {
                queueFilled.wait_until(lock, lastCommit + kGatherTime,
                    [this] { return queuedBytes >= kGatherBytes || !flushes.empty() || stopping; });
            }
            std::size_t taken = 0;
            while (!queue.empty() && taken < kCommitBytes) {
                taken += queue.front().bytes;
                calls.push_back(std::move(queue.front()));
                queue.pop_front();
            }
            queuedBytes -= taken;
            if (queue.empty())
                flushing = std::exchange(flushes, {});
            ending = stopping && calls.empty() && flushing.empty();
        }
        queueHasRoom.notify_all();
        Result<void> result;
        if (!calls.empty()) {
            result = writer->commit(std::move(calls));
            lastCommit = std::chrono::steady_clock::now();
        }
        auto packed = !flushing.empty() ? writer->sealAll() : ending ? writer->finishPacking() : writer->storePacked();
        if (!packed)
            logger.log(Logger::Level::error, "logs", packed.error().message);
        if (result)
            result = std::move(packed);
        if (ending)
            return;
        const auto now = std::chrono::steady_clock::now();
        if (!flushing.empty() || now - lastRetention >= kRetentionInterval) {
            lastRetention = now;
            auto cleaned = writer->applyRetention();
            if (!cleaned)
                logger.log(Logger::Level::error, "logs", cleaned.error().message);
            if (!flushing.empty()) {
                if (result)
                    result = std::move(cleaned);
                if (result)
                    result = environment->sync();
            }
        }
        for (auto& promise : flushing)
            promise.set_value(result);
    }
}

Store::Store(std::unique_ptr<Private> p)
    : d(std::move(p))
{
}

Store::~Store()
{
    if (!d->thread.joinable())
        return;
    {
        const std::scoped_lock lock(d->queueMutex);
        d->stopping = true;
    }
    d->queueFilled.notify_all();
    d->queueHasRoom.notify_all();
    d->thread.join();
}

Result<std::unique_ptr<Store>> Store::open(
    const std::filesystem::path& folder, StoreOptions options, const Clock& clock, Logger& logger)
{
    auto p = std::make_unique<Private>(options, clock, logger);
    auto environment
        = kv::Environment::open(folder, { .readOnly = options.readOnly, .syncEveryCommit = options.syncEveryCommit });
    if (!environment)
        return std::unexpected(std::move(environment.error()));
    p->environment = std::move(*environment);
    auto index = Index::open(*p->environment, options.readOnly);
    if (!index)
        return std::unexpected(std::move(index.error()));
    p->index = std::move(*index);
    auto* const raw = p.get();
    const auto listening = [raw] {
        const std::scoped_lock lock(raw->listenerMutex);
        return !raw->listeners.empty();
    };
    p->writer = std::make_unique<Writer>(
        *p->environment, *p->index, p->head, p->options, clock, logger, listening,
        [raw](const model::LabelsRef& stream, std::span<const model::LogEntry> entries) { raw->tell(stream, entries); },
        [raw] {
            {
                const std::scoped_lock lock(raw->queueMutex);
            } // so that a writer about to wait has seen it
            raw->queueFilled.notify_one();
        });
    if (!options.readOnly) {
        if (auto restored = p->writer->restore(); !restored)
            return withContext(std::move(restored.error()), "read the journal of the log store");
        p->thread = std::thread([raw] { raw->run(); });
    }
    return std::unique_ptr<Store>(new Store(std::move(p)));
}

void Store::append(std::vector<model::LogPush> pushes, std::vector<model::LogPosition> positions, Committed committed)
{
    if (d->options.readOnly) {
        if (committed)
            committed(failure(ErrorCode::invalidArgument, "the log store is open for reading only"));
        return;
    }
    AppendCall call{ std::move(pushes), std::move(positions), std::move(committed), 0 };
    call.bytes = sizeOf(call.pushes);
    {
        std::unique_lock lock(d->queueMutex);
        d->queueHasRoom.wait(lock, [this] { return d->queuedBytes < d->options.queueBytes || d->stopping; });
        if (!d->stopping) {
            d->queuedBytes += call.bytes;
            d->queue.push_back(std::move(call));
            lock.unlock();
            d->queueFilled.notify_one();
            return;
        }
    }
    if (call.committed)
        call.committed(failure(ErrorCode::cancelled, "the log store is being closed"));
}

Result<void> Store::flush()
{
    if (d->options.readOnly)
        return failure(ErrorCode::invalidArgument, "the log store is open for reading only");
    std::future<Result<void>> done;
    {
        const std::scoped_lock lock(d->queueMutex);
        done = d->flushes.emplace_back().get_future();
    }
    d->queueFilled.notify_one();
    return done.get();
}

Result<std::unique_ptr<model::LogSelection>> Store::select(const model::LogRequest& request, std::stop_token stop) const
{
    return selectEntries(d->sources(), request, stop);
}

Result<std::vector<model::LabelsRef>> Store::series(
    std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const
{
    std::vector<model::LabelsRef> found;
    if (fromNs >= toNs)
        return found;
    auto head = snapshotHead(d->sources(), matcherSets);
    const auto txn = d->environment->read();
    if (!txn)
        return std::unexpected(txn.error());
    const auto pieces = findPieces(d->sources(), *txn, std::move(head), matcherSets, fromNs, toNs - 1, {});
    if (!pieces)
        return std::unexpected(pieces.error());
    std::unordered_map<StreamId, bool> known;
    for (const auto& piece : *pieces) {
        if (known.try_emplace(piece.stream, true).second)
            found.push_back(piece.labels);
    }
    std::ranges::sort(found, [](const model::LabelsRef& a, const model::LabelsRef& b) { return *a < *b; });
    return found;
}

Result<std::vector<std::string>> Store::labelNames(
    std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const
{
    const auto streams = series(matcherSets, fromNs, toNs);
    if (!streams)
        return std::unexpected(streams.error());
    std::set<std::string> names;
    for (const auto& labels : *streams) {
        for (const auto& label : *labels)
            names.insert(label.name);
    }
    return std::vector<std::string>(names.begin(), names.end());
}

Result<std::vector<std::string>> Store::labelValues(
    const std::string& name, std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const
{
    const auto streams = series(matcherSets, fromNs, toNs);
    if (!streams)
        return std::unexpected(streams.error());
    std::set<std::string> values;
    for (const auto& labels : *streams) {
        if (labels->has(name))
            values.emplace(labels->get(name));
    }
    return std::vector<std::string>(values.begin(), values.end());
}

Result<model::LogVolume> Store::volume(const model::Matchers& matchers, std::int64_t fromNs, std::int64_t toNs) const
{
    model::LogVolume volume;
    if (fromNs >= toNs)
        return volume;
    const std::span sets(&matchers, 1);
    auto head = snapshotHead(d->sources(), sets);
    const auto txn = d->environment->read();
    if (!txn)
        return std::unexpected(txn.error());
    const auto pieces = findPieces(d->sources(), *txn, std::move(head), sets, fromNs, toNs - 1, {});
    if (!pieces)
        return std::unexpected(pieces.error());
    std::set<StreamId> streams;
    for (const auto& piece : *pieces) {
        streams.insert(piece.stream);
        volume.chunks += std::holds_alternative<ChunkRow>(piece.place);
        const auto length = static_cast<double>(piece.maxNs()) - static_cast<double>(piece.minNs()) + 1;
        const auto inside = static_cast<double>(std::min(piece.maxNs(), toNs - 1))
            - static_cast<double>(std::max(piece.minNs(), fromNs)) + 1;
        const auto part = std::min(1.0, inside / length);
        volume.entries += static_cast<std::size_t>(static_cast<double>(piece.entries()) * part + 0.5);
        volume.bytes += static_cast<std::size_t>(static_cast<double>(piece.textBytes()) * part + 0.5);
    }
    volume.streams = streams.size();
    return volume;
}

std::shared_ptr<void> Store::listen(Listener listener)
{
    const std::scoped_lock lock(d->listenerMutex);
    const auto id = d->nextListener++;
    d->listeners.emplace(id, std::move(listener));
    auto* const raw = d.get();
    return std::shared_ptr<void>(raw, [id](void* p) {
        auto* const store = static_cast<Private*>(p);
        const std::scoped_lock listenerLock(store->listenerMutex);
        store->listeners.erase(id);
    });
}

Result<std::optional<std::string>> Store::position(std::string_view source) const
{
    const auto txn = d->environment->read();
    if (!txn)
        return std::unexpected(txn.error());
    return d->index->position(*txn, source);
}

Result<void> Store::copyTo(const std::filesystem::path& folder) const
{
    return d->environment->copyTo(folder);
}

Stats Store::stats() const
{
    auto stats = d->writer->stats();
    const auto everything = [](const model::Labels&) { return true; };
    for (const auto& stream : d->head.snapshot(everything)) {
        ++stats.headStreams;
        for (const auto& view : stream.blocks) {
            stats.headEntries += view.count;
            stats.headTextBytes += view.textBytes;
        }
    }
    if (const auto txn = d->environment->read()) {
        if (const auto streams = d->index->streamCount(*txn))
            stats.streams = *streams;
        if (const auto partitions = d->index->partitions(*txn)) {
            for (const auto& [partition, totals] : *partitions) {
                stats.chunks += totals.chunks;
                stats.chunkEntries += totals.entries;
                stats.chunkTextBytes += totals.textBytes;
                stats.chunkBytes += totals.chunkBytes;
                stats.filterBytes += totals.filterBytes;
            }
        }
    }
    const auto usage = d->environment->usage();
    stats.usedBytes = usage.usedBytes;
    stats.fileBytes = usage.fileBytes;
    const std::scoped_lock lock(d->queueMutex);
    stats.queuedTextBytes = d->queuedBytes;
    return stats;
}

}
