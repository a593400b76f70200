#include "core/logs/index.h"

#include "core/base/format.h"
#include "core/logs/bytes.h"

#include <xxhash.h>

// Streams have small numbers. Each partition has its own postings: for every label of its streams the set of their
// numbers, and one set of all. A chunk is found by partition, stream and sequence; what a query needs to know before it
// looks into a chunk stands in a row of its own, so that a scan of the index touches few pages.

namespace belvedere::logs {

namespace {

constexpr std::uint64_t kFormat = 1;
/// LMDB takes keys of up to 511 bytes.
constexpr std::size_t kLongestKeyText = 400;
constexpr std::size_t kCachedLabels = 200'000;

void appendStream(std::string& key, StreamId id)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        key += static_cast<char>(static_cast<std::uint32_t>(id) >> shift);
}

StreamId readStream(kv::Bytes key)
{
    std::uint32_t id = 0;
    for (std::size_t i = 0; i < 4; ++i)
        id = id << 8 | static_cast<unsigned char>(key[i]);
    return StreamId { id };
}

std::string streamKey(StreamId id)
{
    std::string key;
    appendStream(key, id);
    return key;
}

std::string partitionKey(std::int64_t partition)
{
    std::string key;
    kv::appendKeySigned64(key, partition);
    return key;
}

/// `text`, or its beginning and a hash if it is too long for a key.
void appendKeyText(std::string& key, std::string_view text)
{
    if (text.size() <= kLongestKeyText) {
        key += text;
        return;
    }
    key += text.substr(0, kLongestKeyText);
    const auto hash = XXH3_128bits(text.data(), text.size());
    kv::appendKey64(key, hash.high64);
    kv::appendKey64(key, hash.low64);
}

std::string encodeLabels(const model::Labels& labels)
{
    std::string out;
    putVarint(out, labels.size());
    for (const auto& [name, value] : labels) {
        putText(out, name);
        putText(out, value);
    }
    return out;
}

Result<StreamRow> readStreamRow(StreamId id, kv::Bytes bytes)
{
    ByteReader reader(bytes);
    StreamRow row;
    row.id = id;
    row.maxSealedNs = static_cast<std::int64_t>(reader.fixed(8));
    std::vector<model::Label> labels;
    const auto count = reader.varint();
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
        const auto name = reader.text();
        labels.push_back({ std::string(name), std::string(reader.text()) });
    }
    if (!reader.ok())
        return failure(ErrorCode::corrupt, formatted("the labels of log stream {} are damaged", static_cast<std::uint32_t>(id)));
    row.labels = model::makeLabels(model::Labels(std::move(labels)));
    return row;
}

std::string encodeTotals(const PartitionTotals& totals)
{
    std::string out;
    for (const auto value : { totals.chunks, totals.entries, totals.textBytes, totals.chunkBytes, totals.filterBytes })
        putVarint(out, value);
    return out;
}

PartitionTotals readTotals(kv::Bytes bytes)
{
    ByteReader reader(bytes);
    PartitionTotals totals;
    for (auto* value : { &totals.chunks, &totals.entries, &totals.textBytes, &totals.chunkBytes, &totals.filterBytes })
        *value = reader.varint();
    return totals;
}

}

StreamSet StreamSet::parse(std::string_view bytes)
{
    StreamSet set;
    if (auto* parsed = roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size())) {
        roaring_bitmap_free(set.m_bitmap);
        set.m_bitmap = parsed;
    }
    return set;
}

std::string StreamSet::bytes() const
{
    std::string out(roaring_bitmap_portable_size_in_bytes(m_bitmap), '\0');
    roaring_bitmap_portable_serialize(m_bitmap, out.data());
    return out;
}

std::vector<StreamId> StreamSet::list() const
{
    static_assert(sizeof(StreamId) == sizeof(std::uint32_t));
    std::vector<std::uint32_t> numbers(roaring_bitmap_get_cardinality(m_bitmap));
    roaring_bitmap_to_uint32_array(m_bitmap, numbers.data());
    std::vector<StreamId> ids;
    ids.reserve(numbers.size());
    for (const auto number : numbers)
        ids.push_back(StreamId { number });
    return ids;
}

std::string ChunkRow::key() const
{
    auto key = partitionKey(partition);
    appendStream(key, stream);
    kv::appendKey64(key, sequence);
    return key;
}

Result<std::unique_ptr<Index>> Index::open(kv::Environment& environment, bool readOnly)
{
    auto index = std::unique_ptr<Index>(new Index);
    const std::pair<kv::Table*, const char*> tables[] {
        { &index->m_meta, "meta" },
        { &index->m_positions, "positions" },
        { &index->m_streams, "streams" },
        { &index->m_streamHashes, "stream_hashes" },
        { &index->m_partitions, "partitions" },
        { &index->m_postings, "postings" },
        { &index->m_rows, "rows" },
        { &index->m_chunks, "chunks" },
        { &index->m_journal, "journal" },
    };
    for (const auto& [table, name] : tables) {
        auto opened = environment.table(name);
        if (!opened)
            return withContext(std::move(opened.error()), "open the log store");
        *table = *opened;
    }
    std::uint64_t format = 0;
    {
        auto txn = environment.read();
        if (!txn)
            return std::unexpected(std::move(txn.error()));
        auto stored = index->counter(*txn, "format");
        if (!stored)
            return std::unexpected(std::move(stored.error()));
        format = *stored;
    }
    if (format > kFormat)
        return failure(ErrorCode::corrupt, formatted("the log store was written by a newer Belvedere (format {}, this one reads {}); update Belvedere", format, kFormat));
    if (format == 0 && !readOnly) {
        auto written = environment.write([&](kv::Transaction& txn) { return index->setCounter(txn, "format", kFormat); });
        if (!written)
            return std::unexpected(std::move(written.error()));
    }
    return index;
}

Result<std::uint64_t> Index::counter(const kv::Transaction& txn, std::string_view name) const
{
    const auto value = txn.get(m_meta, name);
    if (!value)
        return std::unexpected(value.error());
    return *value ? ByteReader(**value).fixed(8) : 0;
}

Result<void> Index::setCounter(kv::Transaction& txn, std::string_view name, std::uint64_t value) const
{
    std::string bytes;
    putFixed(bytes, value, 8);
    return txn.put(m_meta, name, bytes);
}

Result<std::optional<std::string>> Index::position(const kv::Transaction& txn, std::string_view source) const
{
    std::string key;
    appendKeyText(key, source);
    const auto value = txn.get(m_positions, key);
    if (!value)
        return std::unexpected(value.error());
    if (!*value)
        return std::nullopt;
    return std::string(**value);
}

Result<void> Index::setPosition(kv::Transaction& txn, std::string_view source, std::string_view value) const
{
    std::string key;
    appendKeyText(key, source);
    if (!value.empty())
        return txn.put(m_positions, key, value);
    if (auto removed = txn.remove(m_positions, key); !removed)
        return std::unexpected(std::move(removed.error()));
    return {};
}

Result<std::optional<StreamRow>> Index::findStream(const kv::Transaction& txn, const model::Labels& labels) const
{
    std::string prefix;
    kv::appendKey64(prefix, labels.hash());
    auto cursor = txn.cursor(m_streamHashes);
    if (!cursor)
        return std::unexpected(std::move(cursor.error()));
    for (bool found = cursor->seek(prefix); found && cursor->key().starts_with(prefix); found = cursor->next()) {
        if (cursor->key().size() != 12)
            continue;
        auto row = stream(txn, readStream(cursor->key().substr(8)));
        if (!row || (*row && *(*row)->labels == labels))
            return row;
    }
    return std::nullopt;
}

Result<std::optional<StreamRow>> Index::stream(const kv::Transaction& txn, StreamId id) const
{
    const auto bytes = txn.get(m_streams, streamKey(id));
    if (!bytes)
        return std::unexpected(bytes.error());
    if (!*bytes)
        return std::nullopt;
    auto row = readStreamRow(id, **bytes);
    if (!row)
        return std::unexpected(std::move(row.error()));
    return std::move(*row);
}

Result<void> Index::putStream(kv::Transaction& txn, const StreamRow& row, bool isNew) const
{
    if (isNew) {
        std::string key;
        kv::appendKey64(key, row.labels->hash());
        appendStream(key, row.id);
        if (auto put = txn.put(m_streamHashes, key, {}); !put)
            return put;
    }
    std::string value;
    putFixed(value, static_cast<std::uint64_t>(row.maxSealedNs), 8);
    value += encodeLabels(*row.labels);
    return txn.put(m_streams, streamKey(row.id), value);
}

Result<model::LabelsRef> Index::labels(const kv::Transaction& txn, StreamId id) const
{
    {
        const std::scoped_lock lock(m_mutex);
        if (const auto it = m_labels.find(id); it != m_labels.end())
            return it->second;
    }
    const auto row = stream(txn, id);
    if (!row)
        return std::unexpected(row.error());
    if (!*row)
        return nullptr;
    const std::scoped_lock lock(m_mutex);
    if (m_labels.size() >= kCachedLabels)
        m_labels.clear();
    return m_labels.try_emplace(id, (*row)->labels).first->second;
}

Result<void> Index::addPosting(kv::Transaction& txn, std::int64_t partition, std::string_view name, std::string_view value, StreamId id) const
{
    std::string text(name);
    text += '\0';
    text += value;
    auto key = partitionKey(partition);
    appendKeyText(key, text);
    const auto stored = txn.get(m_postings, key);
    if (!stored)
        return std::unexpected(stored.error());
    StreamSet set;
    if (*stored) {
        ByteReader reader(**stored);
        reader.text();
        set = StreamSet::parse(reader.rest());
        if (set.contains(id))
            return {};
    }
    set.add(id);
    std::string bytes;
    putText(bytes, text);
    bytes += set.bytes();
    return txn.put(m_postings, key, bytes);
}

Result<void> Index::putChunk(kv::Transaction& txn, const ChunkRow& row, const model::Labels& labels, std::string_view chunk, std::size_t filterBytes) const
{
    for (const auto& [name, value] : labels) {
        if (auto added = addPosting(txn, row.partition, name, value, row.stream); !added)
            return added;
    }
    if (auto added = addPosting(txn, row.partition, {}, {}, row.stream); !added)
        return added;

    std::string value;
    putFixed(value, static_cast<std::uint64_t>(row.minNs), 8);
    putFixed(value, static_cast<std::uint64_t>(row.maxNs), 8);
    putVarint(value, row.entries);
    putVarint(value, row.textBytes);
    const auto key = row.key();
    if (auto put = txn.put(m_rows, key, value); !put)
        return put;
    if (auto put = txn.put(m_chunks, key, chunk); !put)
        return put;

    const auto stored = txn.get(m_partitions, partitionKey(row.partition));
    if (!stored)
        return std::unexpected(stored.error());
    auto totals = *stored ? readTotals(**stored) : PartitionTotals {};
    ++totals.chunks;
    totals.entries += row.entries;
    totals.textBytes += row.textBytes;
    totals.chunkBytes += chunk.size();
    totals.filterBytes += filterBytes;
    return txn.put(m_partitions, partitionKey(row.partition), encodeTotals(totals));
}

Result<void> Index::chunksOf(const kv::Transaction& txn, std::int64_t partition, StreamId stream, std::int64_t fromNs, std::int64_t toNs, const std::function<void(const ChunkRow&)>& visit) const
{
    auto prefix = partitionKey(partition);
    appendStream(prefix, stream);
    auto cursor = txn.cursor(m_rows);
    if (!cursor)
        return std::unexpected(std::move(cursor.error()));
    for (bool found = cursor->seek(prefix); found && cursor->key().starts_with(prefix); found = cursor->next()) {
        ByteReader reader(cursor->value());
        ChunkRow row;
        row.partition = partition;
        row.stream = stream;
        row.minNs = static_cast<std::int64_t>(reader.fixed(8));
        row.maxNs = static_cast<std::int64_t>(reader.fixed(8));
        row.entries = reader.varint();
        row.textBytes = reader.varint();
        if (cursor->key().size() != prefix.size() + 8 || !reader.ok())
            return failure(ErrorCode::corrupt, "a row of the log store's index is damaged");
        row.sequence = kv::readKey64(cursor->key().substr(prefix.size()));
        if (row.minNs <= toNs && row.maxNs >= fromNs)
            visit(row);
    }
    return {};
}

Result<std::map<std::int64_t, PartitionTotals>> Index::partitions(const kv::Transaction& txn) const
{
    auto cursor = txn.cursor(m_partitions);
    if (!cursor)
        return std::unexpected(std::move(cursor.error()));
    std::map<std::int64_t, PartitionTotals> all;
    for (bool found = cursor->first(); found; found = cursor->next()) {
        if (cursor->key().size() == 8)
            all.emplace(kv::readKeySigned64(cursor->key()), readTotals(cursor->value()));
    }
    return all;
}

Result<StreamSet> Index::posting(const kv::Transaction& txn, std::int64_t partition, std::string_view name, std::string_view value) const
{
    std::string text(name);
    text += '\0';
    text += value;
    auto key = partitionKey(partition);
    appendKeyText(key, text);
    const auto stored = txn.get(m_postings, key);
    if (!stored)
        return std::unexpected(stored.error());
    if (!*stored)
        return StreamSet();
    ByteReader reader(**stored);
    reader.text();
    return StreamSet::parse(reader.rest());
}

Result<StreamSet> Index::posted(const kv::Transaction& txn, std::int64_t partition, std::string_view name, const std::function<bool(std::string_view)>& accepts) const
{
    auto cursor = txn.cursor(m_postings);
    if (!cursor)
        return std::unexpected(std::move(cursor.error()));
    // The name itself may be too long for a key; then all that begin alike are looked at.
    std::string text(name);
    text += '\0';
    auto prefix = partitionKey(partition);
    prefix += std::string_view(text).substr(0, kLongestKeyText);
    StreamSet set;
    for (bool found = cursor->seek(prefix); found && cursor->key().starts_with(prefix); found = cursor->next()) {
        ByteReader reader(cursor->value());
        auto label = reader.text();
        if (!label.starts_with(text))
            continue;
        label.remove_prefix(text.size());
        if (accepts(label))
            set.unite(StreamSet::parse(reader.rest()));
    }
    return set;
}

Result<StreamSet> Index::matching(const kv::Transaction& txn, std::int64_t partition, const model::Matchers& matchers) const
{
    auto result = posting(txn, partition, {}, {});
    if (!result)
        return result;
    for (const auto& matcher : matchers) {
        if (result->empty())
            break;
        // A label that a stream lacks has the value "", so a matcher that accepts "" is better turned round: take away
        // the streams whose value it refuses.
        const bool acceptsAbsent = matcher.matchesEmpty();
        Result<StreamSet> set;
        if (matcher.op() == model::Matcher::Op::equal && !acceptsAbsent) {
            set = posting(txn, partition, matcher.name(), matcher.value());
        } else if (matcher.op() == model::Matcher::Op::regexMatch && !acceptsAbsent && !matcher.regex()->literals().empty()) {
            StreamSet all;
            for (const auto& literal : matcher.regex()->literals()) {
                auto one = posting(txn, partition, matcher.name(), literal);
                if (!one)
                    return one;
                all.unite(*one);
            }
            set = std::move(all);
        } else {
            set = posted(txn, partition, matcher.name(), [&](std::string_view value) { return matcher.matches(value) != acceptsAbsent; });
        }
        if (!set)
            return set;
        if (acceptsAbsent)
            result->subtract(*set);
        else
            result->intersect(*set);
    }
    return result;
}

Result<void> Index::removePartition(kv::Transaction& txn, std::int64_t partition, const std::function<bool(StreamId)>& inHead) const
{
    auto gone = posting(txn, partition, {}, {});
    if (!gone)
        return std::unexpected(std::move(gone.error()));
    const auto others = partitions(txn);
    if (!others)
        return std::unexpected(others.error());
    for (const auto& [other, totals] : *others) {
        if (other == partition)
            continue;
        const auto there = posting(txn, other, {}, {});
        if (!there)
            return std::unexpected(there.error());
        gone->subtract(*there);
    }
    const auto from = partitionKey(partition);
    const auto to = partitionKey(partition + 1);
    for (const auto table : { m_postings, m_rows, m_chunks, m_partitions }) {
        if (auto removed = txn.removeRange(table, from, to); !removed)
            return std::unexpected(std::move(removed.error()));
    }
    for (const auto id : gone->list()) {
        if (inHead(id))
            continue;
        const auto row = stream(txn, id);
        if (!row)
            return std::unexpected(row.error());
        if (!*row)
            continue;
        std::string hashKey;
        kv::appendKey64(hashKey, (*row)->labels->hash());
        appendStream(hashKey, id);
        for (const auto& [table, key] : { std::pair { m_streamHashes, hashKey }, std::pair { m_streams, streamKey(id) } }) {
            if (auto removed = txn.remove(table, key); !removed)
                return std::unexpected(std::move(removed.error()));
        }
    }
    return {};
}

Result<void> Index::putJournal(kv::Transaction& txn, StreamId stream, std::uint64_t number, std::string_view record) const
{
    auto key = streamKey(stream);
    kv::appendKey64(key, number);
    return txn.put(m_journal, key, record);
}

Result<void> Index::dropJournal(kv::Transaction& txn, StreamId stream, std::uint64_t end) const
{
    const auto from = streamKey(stream);
    auto to = from;
    kv::appendKey64(to, end);
    if (auto removed = txn.removeRange(m_journal, from, to); !removed)
        return std::unexpected(std::move(removed.error()));
    return {};
}

Result<void> Index::journal(const kv::Transaction& txn, const std::function<bool(StreamId)>& wanted, const std::function<void(StreamId, std::uint64_t, kv::Bytes)>& visit) const
{
    auto cursor = txn.cursor(m_journal);
    if (!cursor)
        return std::unexpected(std::move(cursor.error()));
    bool found = cursor->first();
    while (found) {
        if (cursor->key().size() != 12)
            return failure(ErrorCode::corrupt, "a key of the log store's journal is damaged");
        const auto stream = readStream(cursor->key());
        const auto prefix = streamKey(stream);
        if (wanted(stream)) {
            for (; found && cursor->key().starts_with(prefix); found = cursor->next())
                visit(stream, kv::readKey64(cursor->key().substr(4)), cursor->value());
        } else {
            found = cursor->seek(prefix + std::string(9, '\xff'));
        }
    }
    return {};
}

}
