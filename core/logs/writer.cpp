#include "core/logs/writer.h"

#include "core/base/format.h"

#include <xxhash.h>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

// A commit goes through four steps: the entries are added to the heads (memory nobody sees yet) and packed into journal
// records, one transaction stores these, readers are shown the new heads, and the callers hear of it. When the
// transaction fails, the heads go back to what they were.
//
// A head that is full is frozen and packed into chunks on other threads, while new entries gather behind it. Until a
// second transaction has stored the chunks and dropped their part of the journal, the frozen part is head and journal
// like the rest: readers see it, duplicates are found in it, and after a crash it is read back.

namespace belvedere::logs {

namespace {

constexpr std::size_t kEntryWeight = 24;
constexpr std::size_t kChunksToCompare = 64;
constexpr std::size_t kIdleStreams = 20'000;
/// Entries of the newest time that are compared one by one before a set of hashes is made.
constexpr std::size_t kCompareDirectly = 16;

}

Writer::Writer(kv::Environment& environment, Index& index, Head& head, const StoreOptions& options, const Clock& clock,
    Logger& logger, std::function<bool()> listening, Told told, std::function<void()> packed)
    : m_environment(environment),
      m_index(index),
      m_head(head),
      m_options(options),
      m_clock(clock),
      m_logger(logger),
      m_listening(std::move(listening)),
      m_told(std::move(told)),
      m_packer(std::move(packed))
{
}

Writer::Hash Writer::hashOf(std::int64_t timeNs, std::string_view line)
{
    const auto hash = XXH3_128bits_withSeed(line.data(), line.size(), static_cast<std::uint64_t>(timeNs));
    return { hash.low64, hash.high64 };
}

Result<void> Writer::restore()
{
    auto txn = m_environment.read();
    if (!txn)
        return std::unexpected(std::move(txn.error()));
    for (const auto& [name, value] : { std::pair{ "next_stream", &m_nextStream },
             std::pair{ "next_sequence", &m_nextSequence }, std::pair{ "epoch", &m_epoch } }) {
        auto stored = m_index.counter(*txn, name);
        if (!stored)
            return std::unexpected(std::move(stored.error()));
        *value = *stored;
    }
    OpenStream* stream = nullptr;
    std::vector<Touched> restored;
    const auto all = [](StreamId) { return true; };
    auto read = m_index.journal(*txn, all, [&](StreamId id, std::uint64_t, kv::Bytes record) {
        if (!stream || stream->row.id != id) {
            auto row = m_index.stream(*txn, id);
            if (!row || !*row) {
                m_logger.log(Logger::Level::error, "logs",
                    formatted("journal of log stream {} skipped: {}", static_cast<std::uint32_t>(id),
                        row ? "nothing is known of the stream" : row.error().message));
                return;
            }
            auto open = std::make_unique<OpenStream>();
            open->row = std::move(**row);
            open->isNew = false;
            stream = open.get();
            m_streams.insert_or_assign(*stream->row.labels, std::move(open));
            touch(*stream, restored);
        }
        if (auto decoded = m_decoder.decode(record, {}); !decoded) {
            m_logger.log(Logger::Level::error, "logs",
                formatted(
                    "a journal record of {} was skipped: {}", stream->row.labels->toString(), decoded.error().message));
            return;
        }
        for (std::size_t i = 0; i < m_decoder.timesNs().size(); ++i) {
            m_packed.clear();
            if (!m_decoder.metadata().empty())
                appendPackedMetadata(m_packed, m_decoder.metadata()[i]);
            add(*stream, m_decoder.timesNs()[i], m_decoder.line(i), m_packed);
        }
    });
    if (!read)
        return read;
    std::vector<HeadStream> shown;
    for (const auto& one : restored)
        shown.push_back({ one.stream->row.id, one.stream->row.labels, one.stream->blocks.views() });
    m_head.publish(std::move(shown));
    return {};
}

Result<Writer::OpenStream*> Writer::openStream(const model::Labels& labels)
{
    if (const auto it = m_streams.find(labels); it != m_streams.end())
        return it->second.get();
    auto txn = m_environment.read();
    if (!txn)
        return std::unexpected(std::move(txn.error()));
    auto found = m_index.findStream(*txn, labels);
    if (!found)
        return std::unexpected(std::move(found.error()));
    auto open = std::make_unique<OpenStream>();
    if (*found) {
        open->row = std::move(**found);
        open->isNew = false;
    } else {
        open->row.id = StreamId{ static_cast<std::uint32_t>(m_nextStream++) };
        open->row.labels = model::makeLabels(labels);
    }
    return m_streams.emplace(labels, std::move(open)).first->second.get();
}

void Writer::touch(OpenStream& stream, std::vector<Touched>& touched)
{
    if (std::exchange(stream.touchedBy, m_commitNumber) != m_commitNumber)
        touched.push_back(
            { &stream, stream.blocks.views(), stream.entries, stream.weight, stream.newestNs, stream.inOrder });
}

void Writer::add(OpenStream& stream, std::int64_t timeNs, std::string_view line, std::string_view packedMetadata)
{
    stream.blocks.append(timeNs, line, packedMetadata, m_nextSequence);
    stream.inOrder = stream.inOrder && timeNs >= stream.newestNs;
    stream.newestNs = std::max(stream.newestNs, timeNs);
    ++stream.entries;
    const auto weight = line.size() + packedMetadata.size() + kEntryWeight;
    stream.weight += weight;
    m_headWeight += weight;
    if (stream.seenFilled)
        stream.seen.insert(hashOf(timeNs, line));
}

Result<bool> Writer::isDuplicate(OpenStream& stream, const model::LogEntry& entry)
{
    if (stream.entries > 0 && entry.timeNs <= stream.newestNs && isInHead(stream, entry))
        return true;
    return entry.timeNs <= stream.row.maxSealedNs ? isInChunks(stream, entry) : false;
}

bool Writer::isInHead(OpenStream& stream, const model::LogEntry& entry)
{
    if (!stream.seenFilled && stream.inOrder && entry.timeNs == stream.newestNs) {
        std::size_t compared = 0;
        for (auto view = stream.blocks.views().rbegin(); view != stream.blocks.views().rend(); ++view) {
            for (auto i = view->count; i-- > 0 && compared <= kCompareDirectly; ++compared) {
                const auto other = view->block->entry(i);
                if (other.timeNs != entry.timeNs)
                    return false;
                if (other.line == entry.line)
                    return true;
            }
        }
        if (compared <= kCompareDirectly)
            return false;
    }
    if (!stream.seenFilled) {
        for (const auto& other : stream.blocks.entries())
            stream.seen.insert(hashOf(other.timeNs, other.line));
        stream.seenFilled = true;
    }
    return stream.seen.contains(hashOf(entry.timeNs, entry.line));
}

// The entries of a chunk are compared by 128-bit hashes of time and line, so that a long re-push decodes each chunk
// once.
Result<bool> Writer::isInChunks(const OpenStream& stream, const model::LogEntry& entry)
{
    auto txn = m_environment.read();
    if (!txn)
        return std::unexpected(std::move(txn.error()));
    std::vector<std::string> keys;
    auto listed = m_index.chunksOf(*txn, partitionOf(entry.timeNs), stream.row.id, entry.timeNs, entry.timeNs,
        [&](const ChunkRow& row) { keys.push_back(row.key()); });
    if (!listed)
        return std::unexpected(std::move(listed.error()));
    const auto hash = hashOf(entry.timeNs, entry.line);
    for (const auto& key : keys) {
        auto known = std::ranges::find(m_chunkHashes, key, &ChunkHashes::first);
        if (known == m_chunkHashes.end()) {
            const auto bytes = m_index.chunk(*txn, key);
            if (!bytes)
                return std::unexpected(bytes.error());
            std::vector<Hash> hashes;
            // A damaged chunk cannot be compared with; the entry is then stored rather than lost.
            if (const auto decoded = *bytes ? m_decoder.decode(**bytes, { true, false }) : Result<void>{};
                *bytes && decoded) {
                for (std::size_t i = 0; i < m_decoder.timesNs().size(); ++i)
                    hashes.push_back(hashOf(m_decoder.timesNs()[i], m_decoder.line(i)));
                std::ranges::sort(hashes);
            }
            if (m_chunkHashes.size() >= kChunksToCompare)
                m_chunkHashes.pop_back();
            m_chunkHashes.emplace_front(key, std::move(hashes));
            known = m_chunkHashes.begin();
        } else {
            m_chunkHashes.splice(m_chunkHashes.begin(), m_chunkHashes, known);
        }
        if (std::ranges::binary_search(known->second, hash))
            return true;
    }
    return false;
}

Result<model::LogAppendSummary> Writer::addCall(AppendCall& call, std::vector<Touched>& touched)
{
    model::LogAppendSummary summary;
    const auto oldestNs = m_options.retentionMs > 0 ? m_clock.nowNs() - m_options.retentionMs * 1'000'000
                                                    : std::numeric_limits<std::int64_t>::min();
    const bool listening = m_listening();
    for (auto& push : call.pushes) {
        if (push.entries.empty())
            continue;
        auto opened = openStream(push.labels);
        if (!opened)
            return std::unexpected(std::move(opened.error()));
        auto& stream = **opened;
        touch(stream, touched);
        std::vector<std::size_t> refused;
        for (std::size_t i = 0; i < push.entries.size(); ++i) {
            const auto& entry = push.entries[i];
            if (entry.timeNs < oldestNs) {
                ++summary.tooOld;
                refused.push_back(i);
                continue;
            }
            const auto duplicate = isDuplicate(stream, entry);
            if (!duplicate)
                return std::unexpected(duplicate.error());
            if (*duplicate) {
                ++summary.duplicate;
                refused.push_back(i);
                continue;
            }
            m_packed.clear();
            appendPackedMetadata(m_packed, entry.metadata);
            add(stream, entry.timeNs, entry.line, m_packed);
            ++summary.appended;
        }
        if (listening) {
            for (const auto i : std::views::reverse(refused))
                push.entries.erase(push.entries.begin() + static_cast<std::ptrdiff_t>(i));
        } else {
            push.entries.clear();
        }
    }
    return summary;
}

std::vector<Writer::OpenStream*> Writer::fullStreams(const std::vector<Touched>& touched) const
{
    std::vector<OpenStream*> chosen;
    auto left = m_headWeight - m_frozenWeight;
    if (left <= m_options.headBytes) {
        for (const auto& one : touched) {
            if (one.stream->frozen.entries == 0 && one.stream->weight >= m_options.chunkBytes)
                chosen.push_back(one.stream);
        }
        return chosen;
    }
    for (const auto& [labels, stream] : m_streams) {
        if (stream->entries > 0 && stream->frozen.entries == 0)
            chosen.push_back(stream.get());
    }
    // The largest first: they make the best chunks, and one of them frees what a hundred small ones would.
    std::ranges::sort(chosen, std::greater{}, &OpenStream::weight);
    const auto end = std::ranges::find_if(chosen, [&](const OpenStream* stream) {
        if (left <= m_options.headBytes / 4 * 3 && stream->weight < m_options.chunkBytes)
            return true;
        left -= stream->weight;
        return false;
    });
    chosen.erase(end, chosen.end());
    return chosen;
}

void Writer::freeze(OpenStream& stream, bool hasty)
{
    PackOrder order{ stream.row.id, stream.blocks.freeze(), m_options.chunkBytes, hasty, m_nextSequence };
    m_nextSequence += chunkNumbers(order);
    stream.frozen = { stream.entries, stream.weight, stream.newestNs, m_nextSequence };
    m_frozenWeight += stream.weight;
    m_packing.emplace(stream.row.id, &stream);
    m_packer.submit(std::move(order));
}

Result<void> Writer::storePacked()
{
    while (m_frozenWeight > m_options.packingBytes) {
        m_packer.wait();
        if (auto stored = store(m_packer.take()); !stored)
            return stored;
    }
    return store(m_packer.take());
}

Result<void> Writer::finishPacking()
{
    Result<void> result;
    while (!m_packing.empty()) {
        m_packer.wait();
        if (auto stored = store(m_packer.take()); !stored)
            result = std::move(stored);
    }
    return result;
}

Result<void> Writer::sealAll()
{
    // The first round leaves what had gathered behind frozen parts.
    for (int round = 0; round < 2; ++round) {
        for (const auto& [labels, stream] : m_streams) {
            if (stream->entries > 0 && stream->frozen.entries == 0)
                freeze(*stream, false);
        }
        if (auto finished = finishPacking(); !finished)
            return finished;
    }
    return {};
}

/// Replaces frozen parts by their chunks. If that fails they become head again, and are packed anew some time later.
Result<void> Writer::store(const std::vector<Packer::Packed>& packed)
{
    if (packed.empty())
        return {};
    const auto eachStream = [&](const auto& work) {
        for (const auto& one : packed)
            work(*m_packing.at(one.stream), one.chunks);
    };
    eachStream([&](OpenStream& stream, const auto&) { stream.blocks.setSealedAt(m_epoch + 1); });
    auto result = m_environment.write([&](kv::Transaction& txn) -> Result<void> {
        for (const auto& one : packed) {
            const auto& stream = *m_packing.at(one.stream);
            for (const auto& chunk : one.chunks) {
                if (auto put = m_index.putChunk(txn, chunk.row, *stream.row.labels, chunk.bytes, chunk.filterBytes);
                    !put)
                    return put;
            }
            auto row = stream.row;
            row.maxSealedNs = std::max(row.maxSealedNs, stream.frozen.newestNs);
            if (auto put = m_index.putStream(txn, row, false); !put)
                return put;
            if (auto dropped = m_index.dropJournal(txn, stream.row.id, stream.frozen.journalEnd); !dropped)
                return dropped;
        }
        if (auto set = m_index.setCounter(txn, "next_sequence", m_nextSequence); !set)
            return set;
        return m_index.setCounter(txn, "epoch", m_epoch + 1);
    });
    {
        const std::scoped_lock lock(m_statsMutex);
        ++(result ? m_stats.commits : m_stats.failedCommits);
    }
    std::vector<HeadStream> shown;
    eachStream([&](OpenStream& stream, const auto&) {
        const auto frozen = std::exchange(stream.frozen, {});
        m_frozenWeight -= frozen.weight;
        if (!result) {
            stream.blocks.setSealedAt(std::numeric_limits<std::uint64_t>::max());
            stream.blocks.thaw();
            return;
        }
        stream.row.maxSealedNs = std::max(stream.row.maxSealedNs, frozen.newestNs);
        stream.blocks.dropFrozen();
        stream.entries -= frozen.entries;
        stream.weight -= frozen.weight;
        m_headWeight -= frozen.weight;
        stream.newestNs = std::numeric_limits<std::int64_t>::min();
        stream.inOrder = true;
        for (const auto& view : stream.blocks.views()) {
            stream.inOrder = stream.inOrder && view.sorted && view.minNs >= stream.newestNs;
            stream.newestNs = std::max(stream.newestNs, view.maxNs);
        }
        stream.seen = {};
        stream.seenFilled = false;
        shown.push_back({ stream.row.id, stream.row.labels, stream.blocks.views() });
    });
    for (const auto& one : packed)
        m_packing.erase(one.stream);
    if (!result)
        return withContext(std::move(result.error()), "store packed log entries");
    ++m_epoch;
    m_head.publish(std::move(shown));
    forgetIdleStreams();
    return {};
}

void Writer::rollBack(std::vector<Touched>& touched)
{
    for (auto& before : touched) {
        auto& stream = *before.stream;
        m_headWeight -= stream.weight - before.weight;
        stream.blocks.rollBack(std::move(before.views));
        stream.entries = before.entries;
        stream.weight = before.weight;
        stream.newestNs = before.newestNs;
        stream.inOrder = before.inOrder;
        stream.seen.clear();
        stream.seenFilled = false;
    }
}

Result<void> Writer::commit(std::vector<AppendCall> calls)
{
    ++m_commitNumber;
    std::vector<Touched> touched;
    std::vector<model::LogAppendSummary> summaries;
    Result<void> result;
    const auto sequenceBefore = m_nextSequence;
    for (auto& call : calls) {
        auto summary = addCall(call, touched);
        if (!summary) {
            result = std::unexpected(std::move(summary.error()));
            break;
        }
        summaries.push_back(*summary);
    }

    std::vector<std::pair<StreamId, std::string>> records;
    std::vector<model::LogPosition> positions;
    std::size_t textBytes = 0;
    if (result) {
        for (const auto& before : touched) {
            const auto& stream = *before.stream;
            for (const auto& view : stream.blocks.views())
                textBytes += view.textBytes;
            for (const auto& view : before.views)
                textBytes -= view.textBytes;
            if (stream.entries > before.entries)
                records.emplace_back(stream.row.id,
                    m_encoder.encode(stream.blocks.entries(before.entries), ChunkEncoder::Kind::journal));
        }
        for (auto& call : calls)
            std::ranges::move(call.positions, std::back_inserter(positions));
    }

    if (result && (!records.empty() || !positions.empty())) {
        result = m_environment.write([&](kv::Transaction& txn) -> Result<void> {
            for (const auto& one : touched) {
                if (one.stream->isNew && one.stream->entries > 0) {
                    if (auto put = m_index.putStream(txn, one.stream->row, true); !put)
                        return put;
                }
            }
            auto number = m_nextSequence;
            for (const auto& [stream, record] : records) {
                if (auto put = m_index.putJournal(txn, stream, number++, record); !put)
                    return put;
            }
            for (const auto& position : positions) {
                if (auto set = m_index.setPosition(txn, position.source, position.value); !set)
                    return set;
            }
            if (auto set = m_index.setCounter(txn, "next_stream", m_nextStream); !set)
                return set;
            return m_index.setCounter(txn, "next_sequence", number);
        });
        const std::scoped_lock lock(m_statsMutex);
        ++(result ? m_stats.commits : m_stats.failedCommits);
    }

    if (result) {
        m_nextSequence += records.size();
        std::vector<HeadStream> shown;
        for (const auto& one : touched) {
            if (one.stream->entries > 0) {
                one.stream->isNew = false;
                shown.push_back({ one.stream->row.id, one.stream->row.labels, one.stream->blocks.views() });
            }
        }
        m_head.publish(std::move(shown));
        const bool hasty = m_frozenWeight > m_options.packingBytes / 2;
        for (auto* stream : fullStreams(touched))
            freeze(*stream, hasty);
        forgetIdleStreams();
        const std::scoped_lock lock(m_statsMutex);
        m_stats.appendedTextBytes += textBytes;
        for (const auto& summary : summaries) {
            m_stats.appendedEntries += summary.appended;
            m_stats.duplicateEntries += summary.duplicate;
            m_stats.tooOldEntries += summary.tooOld;
        }
    } else {
        rollBack(touched);
        m_nextSequence = sequenceBefore;
        m_logger.log(Logger::Level::error, "logs",
            formatted("a commit failed, nothing of it was stored: {}", result.error().message));
    }

    for (std::size_t i = 0; i < calls.size(); ++i) {
        if (result) {
            for (const auto& push : calls[i].pushes) {
                if (push.entries.empty())
                    continue;
                m_told(model::makeLabels(push.labels), push.entries);
            }
        }
        if (calls[i].committed)
            calls[i].committed(result ? Result<model::LogAppendSummary>(summaries[i])
                                      : Result<model::LogAppendSummary>(std::unexpected(result.error())));
    }
    return result;
}

void Writer::forgetIdleStreams()
{
    if (m_streams.size() > kIdleStreams)
        std::erase_if(m_streams, [](const auto& item) { return item.second->entries == 0 && !item.second->isNew; });
}

Result<void> Writer::applyRetention()
{
    if (m_options.retentionMs <= 0 && m_options.retentionBytes == 0)
        return {};
    std::vector<std::int64_t> goes;
    {
        auto txn = m_environment.read();
        if (!txn)
            return std::unexpected(std::move(txn.error()));
        auto partitions = m_index.partitions(*txn);
        if (!partitions)
            return std::unexpected(std::move(partitions.error()));
        std::uint64_t bytes = 0;
        for (const auto& [partition, totals] : *partitions)
            bytes += totals.chunkBytes;
        const auto oldest = m_options.retentionMs > 0 ? partitionOf(m_clock.nowNs() - m_options.retentionMs * 1'000'000)
                                                      : std::numeric_limits<std::int64_t>::min();
        for (const auto& [partition, totals] : *partitions) {
            const bool tooMuch = m_options.retentionBytes > 0 && bytes > m_options.retentionBytes
                && goes.size() + 1 < partitions->size();
            if (partition >= oldest && !tooMuch)
                break;
            goes.push_back(partition);
            bytes -= totals.chunkBytes;
        }
    }
    for (const auto partition : goes) {
        auto removed = m_environment.write([&](kv::Transaction& txn) {
            return m_index.removePartition(txn, partition, [&](StreamId id) { return m_head.contains(id); });
        });
        if (!removed)
            return withContext(std::move(removed.error()), "remove old log entries");
    }
    // A stream that was removed must get a new row when it comes back.
    if (!goes.empty())
        std::erase_if(m_streams, [](const auto& item) { return item.second->entries == 0; });
    return {};
}

Stats Writer::stats() const
{
    const std::scoped_lock lock(m_statsMutex);
    return m_stats;
}

}
