#include "core/tsdb/store_state.h"

#include "core/base/format.h"
#include "core/tsdb/bytes.h"

#include <algorithm>
#include <limits>
#include <string>

namespace belvedere::tsdb {

namespace {

constexpr std::uint64_t kFormatVersion = 3;
constexpr std::uint64_t kOldestFormatVersion = 2; ///< is read, and written on as the present one

std::int64_t floorTo(std::int64_t timeMs, std::int64_t step)
{
    const auto remainder = timeMs % step;
    return timeMs - (remainder < 0 ? remainder + step : remainder);
}

std::string formatRecord(std::uint64_t version)
{
    std::string value;
    putVarint(value, kFormatVersion);
    putVarint(value, version);
    return value;
}

}

StoreState::StoreState(StoreOptions o, const Clock& c, Logger& l)
    : options(o)
    , clock(c)
    , logger(l)
{
}

// ---------------------------------------------------------------------------------------------------------------- open

Result<void> StoreState::openTables(const std::filesystem::path& folder)
{
    auto opened = kv::Environment::open(folder, { .readOnly = options.readOnly, .maxReaders = 120, .syncEveryCommit = options.syncEveryCommit });
    if (!opened)
        return std::unexpected(std::move(opened.error()));
    environment = std::move(*opened);
    auto first = environment->table("store");
    if (!first)
        return std::unexpected(std::move(first.error()));
    auto second = environment->table("journal");
    if (!second)
        return std::unexpected(std::move(second.error()));
    table = *first;
    journal = *second;
    std::string format;
    {
        const auto txn = environment->read();
        if (!txn)
            return std::unexpected(txn.error());
        const auto stored = txn->get(table, std::string(1, keys::kFormat));
        if (!stored)
            return std::unexpected(stored.error());
        if (*stored)
            format = std::string(**stored);
    }
    if (format.empty()) {
        if (options.readOnly)
            return failure(ErrorCode::notFound, formatted("there is no metrics store in {}", folder.string()));
        return environment->write([&](kv::Transaction& txn) { return txn.put(table, std::string(1, keys::kFormat), formatRecord(0)); });
    }
    Reader in(format);
    if (const auto version = in.varint(); in.failed() || version < kOldestFormatVersion || version > kFormatVersion) {
        return failure(ErrorCode::corrupt, formatted("the metrics store in {} has format {}, this program knows {}; {}", folder.string(), version, kFormatVersion,
                                               version > kFormatVersion ? "use a newer one" : "import its data again"));
    }
    return {};
}

/// Counts seals, packings and deletions.
Result<std::uint64_t> StoreState::readVersion(const kv::Transaction& txn) const
{
    const auto stored = txn.get(table, std::string(1, keys::kFormat));
    if (!stored)
        return std::unexpected(stored.error());
    Reader in(stored->value_or(kv::Bytes()));
    (void)in.varint();
    const auto version = in.varint();
    if (in.failed())
        return failure(ErrorCode::corrupt, "the format record is damaged");
    return version;
}

Result<void> StoreState::putNextVersion(kv::Transaction& txn) const { return txn.put(table, std::string(1, keys::kFormat), formatRecord(m_version + 1)); }

Result<StoreState::Partitions> StoreState::readPartitions(const kv::Transaction& txn) const
{
    Partitions out;
    auto cursor = txn.cursor(table);
    if (!cursor)
        return std::unexpected(std::move(cursor.error()));
    for (bool more = cursor->seek(std::string(1, keys::kPartition)); more && cursor->key().front() == keys::kPartition; more = cursor->next()) {
        if (cursor->key().size() != 9)
            return failure(ErrorCode::corrupt, "a partition has a damaged key");
        const auto start = kv::readKeySigned64(cursor->key().substr(1));
        auto record = PartitionRecord::decode(start, cursor->value());
        if (!record)
            return std::unexpected(std::move(record.error()));
        auto partition = std::make_shared<Partition>();
        partition->record = *record;
        out.emplace(start, std::move(partition));
    }
    return out;
}

/// Reads partitions and journal anew.
Result<void> StoreState::readAll(const kv::Transaction& txn, std::uint64_t version)
{
    auto read = readPartitions(txn);
    if (!read)
        return std::unexpected(std::move(read.error()));
    auto journaled = std::make_unique<JournalReplay>(index);
    if (auto done = journaled->read(txn, journal); !done)
        return done;
    const std::unique_lock lock(mutex);
    partitions = std::move(*read);
    replay = std::move(journaled);
    m_version = version;
    takeHeads();
    return {};
}

/// Makes the heads of the journal those that are seen. Call with the lock.
void StoreState::takeHeads()
{
    const auto& epochs = replay->epochs();
    head = epochs.empty() ? std::make_shared<Head>() : epochs.back().head;
    frozen = epochs.size() > 1 ? epochs.front().head : nullptr;
}

Result<void> StoreState::open(const std::filesystem::path& folder)
{
    if (auto done = openTables(folder); !done)
        return done;
    const auto txn = environment->read();
    if (!txn)
        return std::unexpected(txn.error());
    const auto version = readVersion(*txn);
    if (!version)
        return std::unexpected(version.error());
    if (auto done = readAll(*txn, *version); !done)
        return withContext(std::move(done.error()), formatted("open the metrics store in {}", folder.string()));
    return {};
}

Result<void> StoreState::follow()
{
    if (!options.readOnly)
        return {};
    const std::scoped_lock followLock(m_followMutex);
    const auto txn = environment->read();
    if (!txn)
        return std::unexpected(txn.error());
    const auto version = readVersion(*txn);
    if (!version)
        return std::unexpected(version.error());
    if (*version != m_version)
        return readAll(*txn, *version);
    auto cursor = txn->cursor(journal);
    if (!cursor)
        return std::unexpected(std::move(cursor.error()));
    if (!cursor->last())
        return {};
    const auto newest = JournalKey::decode(cursor->key());
    if (!newest)
        return std::unexpected(newest.error());
    if (newest->sequence <= replay->lastSequence())
        return {};
    const std::unique_lock lock(mutex);
    auto done = replay->read(*txn, journal);
    takeHeads();
    return done;
}

std::int64_t StoreState::oldestAllowedMs() const
{
    return options.retentionMs > 0 ? clock.nowMs() - options.retentionMs : std::numeric_limits<std::int64_t>::min();
}

// ------------------------------------------------------------------------------------------------------------- reading

Result<void> StoreState::ensureLoaded(Partition& partition)
{
    const std::scoped_lock loadLock(partition.loadMutex);
    PartitionRecord record;
    {
        const std::shared_lock lock(mutex);
        if (partition.content)
            return {};
        record = partition.record;
    }
    const auto txn = environment->read();
    if (!txn)
        return std::unexpected(txn.error());
    if (options.readOnly) {
        const auto stored = txn->get(table, keys::partition(record.startMs));
        if (!stored)
            return std::unexpected(stored.error());
        const auto now = *stored ? PartitionRecord::decode(record.startMs, **stored) : failure(ErrorCode::notFound, "");
        if (!now || now->firstSegment != record.firstSegment)
            return failure(ErrorCode::unavailable, "a partition was replaced while it was being read; run the query again");
    }
    auto content = loadPartition(*txn, table, record, index);
    if (!content)
        return std::unexpected(std::move(content.error()));
    const std::unique_lock lock(mutex);
    partition.content = std::move(*content);
    return {};
}

Result<void> StoreState::ensureLoaded(model::TimeRange range)
{
    std::vector<std::shared_ptr<Partition>> missing;
    {
        const std::shared_lock lock(mutex);
        for (const auto& [start, partition] : partitions) {
            if (!partition->content && partition->record.overlaps(range.fromMs, range.toMs))
                missing.push_back(partition);
        }
    }
    for (const auto& partition : missing) {
        if (auto done = ensureLoaded(*partition); !done)
            return done;
    }
    return {};
}

Result<void> StoreState::withMembers(model::TimeRange range, const std::function<void(const HandleSet& members)>& work)
{
    // As long as the process that writes replaces partitions between two looks at them, this one begins anew.
    constexpr int kMostAttempts = 10;
    for (int attempt = 1;; ++attempt) {
        if (auto done = follow(); !done)
            return done;
        if (auto done = ensureLoaded(range); !done) {
            if (done.error().code == ErrorCode::unavailable && attempt < kMostAttempts)
                continue;
            return done;
        }
        const std::shared_lock lock(mutex);
        std::vector<const HandleSet*> sets;
        bool loaded = true;
        for (const auto& [start, partition] : partitions) {
            if (!partition->record.overlaps(range.fromMs, range.toMs))
                continue;
            if (!partition->content) {
                loaded = false; // sealed just now
                break;
            }
            sets.push_back(&partition->content->members);
        }
        if (!loaded)
            continue;
        for (const auto& some : { frozen, head }) {
            if (some && !some->empty() && some->minMs() <= range.toMs && some->maxMs() >= range.fromMs)
                sets.push_back(&some->members());
        }
        if (sets.empty())
            work(HandleSet());
        else if (sets.size() == 1)
            work(*sets.front());
        else
            work(HandleSet::fastunion(sets.size(), sets.data()));
        return {};
    }
}

Result<HandleSet> StoreState::resolveAny(std::span<const model::Matchers> matcherSets, model::TimeRange range)
{
    HandleSet out;
    auto done = withMembers(range, [&](const HandleSet& members) {
        if (matcherSets.empty())
            out = members;
        for (const auto& matchers : matcherSets)
            out |= index.resolve(matchers, members);
    });
    if (!done)
        return std::unexpected(std::move(done.error()));
    return out;
}

Result<Sealer::Target> StoreState::sealTarget(std::int64_t timeMs)
{
    Sealer::Target target;
    std::shared_ptr<Partition> existing;
    {
        const std::shared_lock lock(mutex);
        const auto after = partitions.upper_bound(timeMs);
        target.record.startMs = floorTo(timeMs, options.partitionMs);
        target.record.endMs = target.record.startMs + options.partitionMs;
        if (after != partitions.begin()) {
            const auto& before = std::prev(after)->second;
            if (timeMs < before->record.endMs)
                existing = before;
            // Partitions of another length may be in the way of a new one.
            target.record.startMs = std::max(target.record.startMs, before->record.endMs);
        }
        if (after != partitions.end())
            target.record.endMs = std::min(target.record.endMs, after->second->record.startMs);
    }
    if (!existing)
        return target;
    if (auto done = ensureLoaded(*existing); !done)
        return std::unexpected(std::move(done.error()));
    const std::shared_lock lock(mutex);
    target.record = existing->record;
    target.numbers = &existing->content->numbers;
    return target;
}

}
