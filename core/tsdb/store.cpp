#include "core/tsdb/store.h"

#include "core/base/format.h"
#include "core/tsdb/metadata.h"
#include "core/tsdb/selection.h"
#include "core/tsdb/store_state.h"
#include "core/tsdb/writer.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <mutex>

// The store as others see it. What it holds is in StoreState; all changes are made by the Writer, which a store that is open for
// reading only does not have.

namespace belvedere::tsdb {

namespace {

/// As long as PromQL looks back for a series, it counts as written to.
constexpr std::int64_t kLatelyMs = 300'000;

}

struct Store::Private {
    Private(StoreOptions options, const Clock& clock, Logger& logger)
        : state(options, clock, logger)
    {
    }

    StoreState state;
    std::optional<Writer> writer;
};

Store::Store(std::unique_ptr<Private> p)
    : d(std::move(p))
{
}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& folder, StoreOptions options, const Clock& clock, Logger& logger)
{
    auto p = std::make_unique<Private>(options, clock, logger);
    if (auto done = p->state.open(folder); !done)
        return std::unexpected(std::move(done.error()));
    if (!options.readOnly) {
        if (auto done = p->writer.emplace(p->state).start(); !done)
            return withContext(std::move(done.error()), formatted("open the metrics store in {}", folder.string()));
    }
    return std::unique_ptr<Store>(new Store(std::move(p)));
}

Result<std::unique_ptr<model::MetricSelection>> Store::select(const model::Matchers& matchers, model::TimeRange range, std::stop_token stop) const
{
    if (stop.stop_requested())
        return failure(ErrorCode::cancelled, "the query was stopped");
    std::unique_ptr<Selection> selection;
    auto done = d->state.withMembers(range, [&](const HandleSet& members) {
        const auto found = d->state.index.resolve(matchers, members);
        std::vector<Handle> series(found.cardinality());
        found.toUint32Array(series.data());
        auto labels = d->state.index.labels(series);
        selection = std::make_unique<Selection>(*d->state.environment, d->state.table, range, std::move(series), std::move(labels));
        for (const auto& [start, partition] : d->state.partitions) {
            if (partition->record.overlaps(range.fromMs, range.toMs))
                selection->addPartition(partition);
        }
        if (d->state.frozen)
            selection->addHead(*d->state.frozen);
        selection->addHead(*d->state.head);
    });
    if (!done)
        return std::unexpected(std::move(done.error()));
    return selection;
}

Result<std::vector<std::string>> Store::labelNames(std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const
{
    const auto series = d->state.resolveAny(matcherSets, range);
    if (!series)
        return std::unexpected(series.error());
    return d->state.index.names(*series, limit);
}

Result<std::vector<std::string>> Store::labelValues(const std::string& name, std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const
{
    const auto series = d->state.resolveAny(matcherSets, range);
    if (!series)
        return std::unexpected(series.error());
    return d->state.index.values(name, *series, limit);
}

Result<std::vector<model::LabelsRef>> Store::series(std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const
{
    const auto found = d->state.resolveAny(matcherSets, range);
    if (!found)
        return std::unexpected(found.error());
    std::vector<Handle> handles(found->cardinality());
    found->toUint32Array(handles.data());
    auto out = d->state.index.labels(handles);
    std::sort(out.begin(), out.end(), [](const model::LabelsRef& a, const model::LabelsRef& b) { return *a < *b; });
    if (limit > 0 && out.size() > limit)
        out.resize(limit);
    return out;
}

Result<std::vector<model::MetricMetadata>> Store::metadata(const std::string& metric) const
{
    const auto txn = d->state.environment->read();
    if (!txn)
        return std::unexpected(txn.error());
    auto cursor = txn->cursor(d->state.table);
    if (!cursor)
        return std::unexpected(std::move(cursor.error()));
    std::vector<model::MetricMetadata> out;
    for (bool more = cursor->seek(keys::metadata(metric)); more && cursor->key().front() == keys::kMetadata; more = cursor->next()) {
        auto one = decodeMetadata(cursor->value());
        if (!one)
            return std::unexpected(std::move(one.error()));
        if (!metric.empty() && one->metric != metric)
            break;
        out.push_back(std::move(*one));
    }
    return out;
}

Result<model::SeriesId> Store::seriesId(const model::Labels& labels)
{
    if (!d->writer)
        return failure(ErrorCode::invalidArgument, "the store is open for reading only");
    if (labels.metricName().empty())
        return failure(ErrorCode::invalidArgument, "a series needs a metric name");
    return d->state.index.id(d->state.index.intern(labels));
}

Result<model::GroupId> Store::groupId(std::string_view name)
{
    // Like the ids of series, those of groups come from what they stand for and need no table.
    return model::GroupId(XXH3_64bits(name.data(), name.size()));
}

void Store::append(model::MetricBatch batch, Committed committed)
{
    const auto refuse = [&](ErrorCode code, const char* why) {
        if (committed)
            committed(failure(code, why));
    };
    if (!d->writer)
        return refuse(ErrorCode::invalidArgument, "the store is open for reading only");
    QueuedBatch item { std::move(batch), std::move(committed) };
    auto callback = item.committed;
    if (!d->writer->queue().push(std::move(item)) && callback)
        callback(failure(ErrorCode::cancelled, "the store is being closed"));
}

Result<void> Store::flush()
{
    if (!d->writer)
        return failure(ErrorCode::invalidArgument, "the store is open for reading only");
    QueuedFlush order;
    auto done = order.done.get_future();
    if (!d->writer->queue().pushOrder(std::move(order)))
        return failure(ErrorCode::cancelled, "the store is being closed");
    return done.get();
}

Result<void> Store::copyTo(const std::filesystem::path& folder) const { return d->state.environment->copyTo(folder); }

Store::Stats Store::stats() const
{
    Stats stats;
    (void)d->state.follow();
    const auto usage = d->state.environment->usage();
    stats.usedBytes = usage.usedBytes;
    stats.fileBytes = usage.fileBytes;
    if (d->writer) {
        const auto& counters = d->writer->counters();
        stats.appended = counters.appended;
        stats.outOfOrder = counters.outOfOrder;
        stats.duplicate = counters.duplicate;
        stats.tooOld = counters.tooOld;
        stats.failedBatches = counters.failedBatches;
        stats.commits = counters.commits;
        stats.seals = counters.seals;
        stats.merges = d->writer->merges();
        stats.settling = d->writer->settling();
        stats.queuedBatches = d->writer->queue().batches();
    }
    const std::shared_lock lock(d->state.mutex);
    HandleSet active;
    const auto saw = [&](std::int64_t fromMs, std::int64_t toMs) {
        stats.oldestMs = std::min(stats.oldestMs.value_or(fromMs), fromMs);
        stats.newestMs = std::max(stats.newestMs.value_or(toMs), toMs);
    };
    for (const auto& some : { d->state.frozen, d->state.head }) {
        if (!some || some->empty())
            continue;
        active |= some->members();
        stats.headSamples += some->samples();
        stats.headBytes += some->bytes();
        saw(some->minMs(), some->maxMs());
    }
    // A head that has just begun has not seen every series yet.
    if (stats.newestMs && *stats.newestMs - d->state.sealedLastMs < kLatelyMs)
        active |= d->state.sealedLast;
    stats.activeSeries = active.cardinality();
    stats.partitions = d->state.partitions.size();
    for (const auto& [start, partition] : d->state.partitions) {
        stats.sealedSamples += partition->record.samples;
        saw(partition->record.minMs, partition->record.maxMs);
    }
    return stats;
}

}
