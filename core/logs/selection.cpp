#include "core/logs/selection.h"

#include "core/base/format.h"
#include "core/logs/chunk.h"
#include "core/logs/line_filter.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_map>

// A reader takes the head first and begins its transaction then. What was sealed in between stands in both; the blocks
// know the epoch of the chunk that replaces them, and the transaction knows its own epoch.

namespace belvedere::logs {

namespace {

bool matchesAny(std::span<const model::Matchers> matcherSets, const model::Labels& labels)
{
    return matcherSets.empty() || std::ranges::any_of(matcherSets, [&](const model::Matchers& matchers) { return model::matchesAll(matchers, labels); });
}

/// A group of a request's literals, ready for searching.
using LiteralGroup = std::vector<TextFinder>;

bool passes(std::string_view line, const LiteralGroup& group)
{
    return std::ranges::any_of(group, [&](const TextFinder& literal) { return literal.find(line) != std::string_view::npos; });
}

/// The pieces of a request. Chunks are read from the store again, blocks are held.
class Selection final : public model::LogSelection {
public:
    Selection(const Sources& sources, const model::LogRequest& request, std::vector<LiteralGroup> literals, std::vector<Piece> pieces)
        : m_sources(sources)
        , m_fromNs(request.fromNs)
        , m_toNs(request.toNs)
        , m_needLines(request.needLines)
        , m_literals(std::move(literals))
    {
        std::ranges::sort(pieces, [](const Piece& a, const Piece& b) { return std::pair(a.minNs(), a.sequence()) < std::pair(b.minNs(), b.sequence()); });
        std::unordered_map<StreamId, std::size_t> streams;
        for (auto& piece : pieces) {
            const auto [it, isNew] = streams.try_emplace(piece.stream, m_streams.size());
            if (isNew)
                m_streams.push_back(piece.labels);
            m_units.push_back({ it->second, piece.minNs(), piece.maxNs(), piece.entries(), piece.textBytes(), piece.sequence() });
            m_places.push_back(std::move(piece.place));
        }
    }

    [[nodiscard]] std::span<const model::LabelsRef> streams() const override { return m_streams; }
    [[nodiscard]] std::span<const model::LogUnit> units() const override { return m_units; }

    [[nodiscard]] Result<void> read(std::size_t unit, const Visitor& visitor, std::stop_token stop) const override
    {
        if (stop.stop_requested())
            return failure(ErrorCode::cancelled, "cancelled");
        if (const auto* row = std::get_if<ChunkRow>(&m_places[unit]))
            return readChunk(*row, *m_streams[m_units[unit].stream], visitor);
        readBlock(std::get<BlockView>(m_places[unit]), visitor);
        return {};
    }

private:
    /// Decoders keep half a megabyte or more; each thread has one, and a second when a visitor reads in turn.
    class BorrowedDecoder {
    public:
        BorrowedDecoder()
            : m_decoder(t_spare ? std::move(t_spare) : std::make_unique<ChunkDecoder>())
        {
        }
        ~BorrowedDecoder() { t_spare = std::move(m_decoder); }
        BorrowedDecoder(const BorrowedDecoder&) = delete;
        BorrowedDecoder& operator=(const BorrowedDecoder&) = delete;

        ChunkDecoder* operator->() const { return m_decoder.get(); }

    private:
        static thread_local std::unique_ptr<ChunkDecoder> t_spare;
        std::unique_ptr<ChunkDecoder> m_decoder;
    };

    [[nodiscard]] Result<void> readChunk(const ChunkRow& row, const model::Labels& labels, const Visitor& visitor) const
    {
        const BorrowedDecoder chunk;
        {
            auto txn = m_sources.environment.read();
            if (!txn)
                return std::unexpected(std::move(txn.error()));
            const auto bytes = m_sources.index.chunk(*txn, row.key());
            if (!bytes)
                return std::unexpected(bytes.error());
            if (!*bytes) // retention has taken it in the meantime
                return {};
            if (auto decoded = chunk->decode(**bytes, { m_needLines || !m_literals.empty(), true }); !decoded)
                return withContext(std::move(decoded.error()), formatted("read {} from {}", labels.toString(), row.minNs));
        }
        const auto& times = chunk->timesNs();
        const auto first = static_cast<std::size_t>(std::ranges::lower_bound(times, m_fromNs) - times.begin());
        const auto end = static_cast<std::size_t>(std::ranges::lower_bound(times, m_toNs) - times.begin());
        if (first >= end)
            return {};
        std::vector<std::string_view> lines;
        if (m_literals.empty()) {
            if (m_needLines) {
                lines.reserve(end - first);
                for (auto i = first; i < end; ++i)
                    lines.push_back(chunk->line(i));
            }
            const auto metadata = std::span(chunk->metadata());
            visitor({ std::span(times).subspan(first, end - first), lines, metadata.empty() ? metadata : metadata.subspan(first, end - first) });
            return {};
        }
        std::vector<std::int64_t> keptTimes;
        std::vector<model::MetadataView> keptMetadata;
        for (const auto i : matchingLines(*chunk.operator->(), first, end)) {
            keptTimes.push_back(times[i]);
            lines.push_back(chunk->line(i));
            if (!chunk->metadata().empty())
                keptMetadata.push_back(chunk->metadata()[i]);
        }
        if (!keptTimes.empty())
            visitor({ keptTimes, lines, keptMetadata });
        return {};
    }

    /// Searches the whole text for the first group and only the lines that it leaves for the others.
    [[nodiscard]] std::vector<std::size_t> matchingLines(const ChunkDecoder& chunk, std::size_t first, std::size_t end) const
    {
        const auto& ends = chunk.lineEnds();
        const auto textEnd = ends[end - 1];
        std::vector<std::size_t> found;
        for (const auto& literal : m_literals.front()) {
            std::size_t entry = first;
            std::size_t at = first == 0 ? 0 : ends[first - 1];
            const auto text = chunk.text().substr(0, textEnd);
            while ((at = literal.find(text, at)) != std::string_view::npos) {
                while (ends[entry] <= at)
                    ++entry;
                if (at + literal.needle().size() <= ends[entry]) {
                    found.push_back(entry);
                    at = ends[entry];
                } else {
                    ++at; // half in the next line
                }
            }
        }
        if (m_literals.front().size() > 1) {
            std::ranges::sort(found);
            const auto [from, to] = std::ranges::unique(found);
            found.erase(from, to);
        }
        for (const auto& group : std::span(m_literals).subspan(1))
            std::erase_if(found, [&](std::size_t i) { return !passes(chunk.line(i), group); });
        return found;
    }

    void readBlock(const BlockView& view, const Visitor& visitor) const
    {
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < view.count; ++i) {
            const auto time = view.block->timeNs(i);
            if (time < m_fromNs || time >= m_toNs)
                continue;
            const auto line = view.block->entry(i).line;
            if (std::ranges::all_of(m_literals, [&](const LiteralGroup& group) { return passes(line, group); }))
                order.push_back(i);
        }
        if (order.empty())
            return;
        if (!view.sorted)
            std::ranges::stable_sort(order, {}, [&](std::size_t i) { return view.block->timeNs(i); });
        std::vector<std::int64_t> times;
        std::vector<std::string_view> lines;
        std::vector<std::pair<std::string_view, std::string_view>> pairs;
        std::vector<std::size_t> pairEnds;
        for (const auto i : order) {
            const auto entry = view.block->entry(i);
            times.push_back(entry.timeNs);
            if (m_needLines)
                lines.push_back(entry.line);
            if (view.hasMetadata) {
                readPackedMetadata(entry.packedMetadata, pairs);
                pairEnds.push_back(pairs.size());
            }
        }
        std::vector<model::MetadataView> metadata;
        std::size_t begin = 0;
        for (const auto pairEnd : pairEnds) {
            metadata.emplace_back(pairs.data() + begin, pairEnd - begin);
            begin = pairEnd;
        }
        visitor({ times, lines, metadata });
    }

    Sources m_sources;
    std::int64_t m_fromNs;
    std::int64_t m_toNs;
    bool m_needLines;
    std::vector<LiteralGroup> m_literals;
    std::vector<model::LabelsRef> m_streams;
    std::vector<model::LogUnit> m_units;
    std::vector<std::variant<ChunkRow, BlockView>> m_places;
};

thread_local std::unique_ptr<ChunkDecoder> Selection::BorrowedDecoder::t_spare;

/// The head of a store that another process writes.
Result<std::vector<HeadStream>> headFromJournal(const Sources& sources, const kv::Transaction& txn, std::span<const model::Matchers> matcherSets)
{
    std::vector<HeadStream> head;
    BlockList blocks;
    ChunkDecoder decoder;
    std::string packed;
    std::uint64_t sequence = std::numeric_limits<std::uint64_t>::max() / 2; // behind every chunk
    Result<void> failed;
    const auto finish = [&] {
        if (!head.empty() && head.back().blocks.empty())
            head.back().blocks = blocks.views();
        blocks.clear();
    };
    const auto wanted = [&](StreamId id) {
        const auto labels = sources.index.labels(txn, id);
        if (!labels) {
            failed = std::unexpected(labels.error());
            return false;
        }
        if (!*labels || !matchesAny(matcherSets, **labels))
            return false;
        finish();
        head.push_back({ id, *labels, {} });
        return true;
    };
    auto read = sources.index.journal(txn, wanted, [&](StreamId, std::uint64_t, kv::Bytes record) {
        if (!failed)
            return;
        if (auto decoded = decoder.decode(record, {}); !decoded) {
            failed = withContext(std::move(decoded.error()), "read the journal");
            return;
        }
        for (std::size_t i = 0; i < decoder.timesNs().size(); ++i) {
            packed.clear();
            if (!decoder.metadata().empty())
                appendPackedMetadata(packed, decoder.metadata()[i]);
            blocks.append(decoder.timesNs()[i], decoder.line(i), packed, sequence);
        }
    });
    finish();
    if (!read)
        return std::unexpected(std::move(read.error()));
    if (!failed)
        return std::unexpected(std::move(failed.error()));
    return head;
}

/// False if the filter of the chunk rules out that any of its lines passes.
bool mayPass(std::string_view filter, const std::vector<std::vector<LineProbe>>& probes)
{
    return std::ranges::all_of(probes, [&](const std::vector<LineProbe>& group) {
        return std::ranges::any_of(group, [&](const LineProbe& probe) { return probe.mayContain(filter); });
    });
}

}

std::int64_t Piece::minNs() const
{
    return std::visit([](const auto& at) { return at.minNs; }, place);
}
std::int64_t Piece::maxNs() const
{
    return std::visit([](const auto& at) { return at.maxNs; }, place);
}
std::size_t Piece::textBytes() const
{
    return std::visit([](const auto& at) { return at.textBytes; }, place);
}
std::uint64_t Piece::sequence() const
{
    return std::visit([](const auto& at) { return at.sequence; }, place);
}
std::size_t Piece::entries() const
{
    if (const auto* row = std::get_if<ChunkRow>(&place))
        return row->entries;
    return std::get<BlockView>(place).count;
}

std::vector<HeadStream> snapshotHead(const Sources& sources, std::span<const model::Matchers> matcherSets)
{
    if (sources.headFromJournal)
        return {};
    return sources.head.snapshot([&](const model::Labels& labels) { return matchesAny(matcherSets, labels); });
}

Result<std::vector<Piece>> findPieces(const Sources& sources, const kv::Transaction& txn, std::vector<HeadStream> head, std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop)
{
    std::vector<Piece> pieces;
    if (fromNs > toNs)
        return pieces;
    const auto partitions = sources.index.partitions(txn);
    if (!partitions)
        return std::unexpected(partitions.error());
    const model::Matchers everything;
    const auto sets = matcherSets.empty() ? std::span(&everything, 1) : matcherSets;
    for (auto it = partitions->lower_bound(partitionOf(fromNs)); it != partitions->end() && it->first <= partitionOf(toNs); ++it) {
        StreamSet streams;
        for (const auto& matchers : sets) {
            const auto matching = sources.index.matching(txn, it->first, matchers);
            if (!matching)
                return std::unexpected(matching.error());
            streams.unite(*matching);
        }
        for (const auto id : streams.list()) {
            if (stop.stop_requested())
                return failure(ErrorCode::cancelled, "cancelled");
            model::LabelsRef labels;
            Result<void> failed;
            auto listed = sources.index.chunksOf(txn, it->first, id, fromNs, toNs, [&](const ChunkRow& row) {
                if (!labels) {
                    auto known = sources.index.labels(txn, id);
                    if (!known)
                        failed = std::unexpected(std::move(known.error()));
                    labels = known && *known ? *known : model::makeLabels({});
                }
                pieces.push_back({ id, labels, row });
            });
            if (!listed || !failed)
                return std::unexpected(!listed ? listed.error() : failed.error());
        }
    }
    if (sources.headFromJournal) {
        auto read = headFromJournal(sources, txn, matcherSets);
        if (!read)
            return std::unexpected(std::move(read.error()));
        head = std::move(*read);
    }
    const auto epoch = sources.index.counter(txn, "epoch");
    if (!epoch)
        return std::unexpected(epoch.error());
    for (auto& stream : head) {
        for (auto& view : stream.blocks) {
            if (view.minNs <= toNs && view.maxNs >= fromNs && view.block->sealedAt > *epoch)
                pieces.push_back({ stream.id, stream.labels, std::move(view) });
        }
    }
    return pieces;
}

Result<std::unique_ptr<model::LogSelection>> selectEntries(const Sources& sources, const model::LogRequest& request, std::stop_token stop)
{
    std::vector<LiteralGroup> literals;
    std::vector<std::vector<LineProbe>> probes;
    for (const auto& group : request.requiredLiterals) {
        // An empty literal is in every line.
        if (std::ranges::contains(group, std::string()))
            continue;
        auto& finders = literals.emplace_back();
        auto& probe = probes.emplace_back();
        for (const auto& literal : group) {
            finders.emplace_back(literal);
            probe.emplace_back(literal);
        }
    }
    // Fewest literals first, the longest of them first: the cheapest and the most telling search.
    std::ranges::sort(literals, [](const LiteralGroup& a, const LiteralGroup& b) {
        if (a.size() != b.size() || a.empty())
            return a.size() < b.size();
        return a.front().needle().size() > b.front().needle().size();
    });

    std::vector<Piece> pieces;
    if (request.fromNs < request.toNs) {
        const std::span matchers(&request.matchers, 1);
        auto head = snapshotHead(sources, matchers);
        auto txn = sources.environment.read();
        if (!txn)
            return std::unexpected(std::move(txn.error()));
        auto found = findPieces(sources, *txn, std::move(head), matchers, request.fromNs, request.toNs - 1, stop);
        if (!found)
            return std::unexpected(std::move(found.error()));
        pieces = std::move(*found);
        if (!probes.empty()) {
            Result<void> failed;
            std::erase_if(pieces, [&](const Piece& piece) {
                const auto* row = std::get_if<ChunkRow>(&piece.place);
                if (!row || !failed || stop.stop_requested())
                    return false;
                const auto bytes = sources.index.chunk(*txn, row->key());
                if (!bytes) {
                    failed = std::unexpected(bytes.error());
                    return false;
                }
                if (!*bytes)
                    return true;
                // What is wrong with a damaged chunk is told when it is read.
                const auto header = readChunkHeader(**bytes);
                return header && !mayPass(header->filter, probes);
            });
            if (!failed)
                return std::unexpected(std::move(failed.error()));
            if (stop.stop_requested())
                return failure(ErrorCode::cancelled, "cancelled");
        }
    }
    return std::make_unique<Selection>(sources, request, std::move(literals), std::move(pieces));
}

}
