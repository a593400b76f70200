#include "core/tsdb/selection.h"

#include "core/base/format.h"

#include <algorithm>
#include <unordered_map>

// Samples of a series lie in pieces: a column in each block of its lane, a column in each chunk of its group in the head,
// the rows behind them, and samples that came alone. Nearly always the pieces follow each other in time and are decoded one
// behind the other into one buffer; neighbouring series then have the very same timestamps, which are put together once.
// Only where pieces overlap (late samples) are they merged.

namespace belvedere::tsdb {

namespace {

// Decoded samples of the series at hand. A thread keeps its buffers from call to call.
struct Buffers {
    std::vector<std::int64_t> times;
    std::vector<double> values;
    std::vector<std::int64_t> mergedTimes;
    std::vector<double> mergedValues;
    bool inUse = false;
};
thread_local Buffers t_buffers;

// What of a block's timestamps lies in the range.
struct OpenBlock {
    BlockReader reader;
    std::size_t from = 0;
    std::size_t to = 0;
    bool open = false;
};

void cut(OpenBlock& block, model::TimeRange range)
{
    const auto times = block.reader.times();
    block.from = static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), range.fromMs) - times.begin());
    block.to = static_cast<std::size_t>(std::upper_bound(times.begin(), times.end(), range.toMs) - times.begin());
}

}

Selection::Selection(const kv::Environment& environment, kv::Table table, model::TimeRange range, std::vector<Handle> series, std::vector<model::LabelsRef> labels)
    : m_environment(environment)
    , m_table(table)
    , m_range(range)
    , m_series(std::move(series))
    , m_labels(std::move(labels))
{
}

void Selection::addPartition(std::shared_ptr<const Partition> partition)
{
    PartitionView view;
    view.startMs = partition->record.startMs;
    view.blocks = partition->content->blocks;
    view.numbers.resize(m_series.size(), kNone);
    bool any = false;
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        if (const auto at = partition->content->numbers.find(m_series[i]); at != partition->content->numbers.end()) {
            view.numbers[i] = at->second;
            any = true;
        }
    }
    view.partition = std::move(partition);
    if (any)
        m_partitions.push_back(std::move(view));
}

void Selection::addHead(const Head& head)
{
    if (head.empty() || head.minMs() > m_range.toMs || head.maxMs() < m_range.fromMs)
        return;
    HeadView view;
    view.places.resize(m_series.size());
    view.timed.resize(m_series.size(), kNone);
    std::vector<std::uint32_t> viewOf(head.groups().size(), kNone);
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        const auto place = head.place(m_series[i]);
        if (place.group != Head::kNowhere) {
            auto& number = viewOf[place.group];
            if (number == kNone) {
                number = static_cast<std::uint32_t>(view.groups.size());
                const auto& group = *head.groups()[place.group];
                auto& out = view.groups.emplace_back();
                for (const auto& chunk : group.chunks) {
                    if (chunk->minMs <= m_range.toMs && chunk->maxMs >= m_range.fromMs)
                        out.chunks.push_back(chunk);
                }
                if (group.rows) {
                    out.rows = group.rows;
                    const auto* times = group.rows->times.data();
                    out.firstRow = static_cast<std::size_t>(std::lower_bound(times, times + group.rowCount, m_range.fromMs) - times);
                    out.endRow = static_cast<std::size_t>(std::upper_bound(times, times + group.rowCount, m_range.toMs) - times);
                }
            }
            view.places[i] = { number, place.slot };
        }
        if (const auto at = head.timed().find(m_series[i]); at != head.timed().end()) {
            auto column = at->second;
            column.sort();
            TimedColumn inRange;
            const auto from = std::lower_bound(column.timesMs.begin(), column.timesMs.end(), m_range.fromMs) - column.timesMs.begin();
            const auto to = std::upper_bound(column.timesMs.begin(), column.timesMs.end(), m_range.toMs) - column.timesMs.begin();
            if (from < to) {
                inRange.timesMs.assign(column.timesMs.begin() + from, column.timesMs.begin() + to);
                inRange.values.assign(column.values.begin() + from, column.values.begin() + to);
                view.timed[i] = static_cast<std::uint32_t>(view.timedColumns.size());
                view.timedColumns.push_back(std::move(inRange));
            }
        }
    }
    m_heads.push_back(std::move(view));
}

/// Reads one series after the other within one transaction.
class Selection::SeriesReader {
public:
    SeriesReader(const Selection& selection, Buffers& buffers)
        : m_selection(selection)
        , m_buffers(buffers)
        , m_lanes(selection.m_partitions.size())
        , m_chunks(selection.m_heads.size())
        , m_chunkGroup(selection.m_heads.size(), kNone)
    {
    }

    [[nodiscard]] Result<void> begin()
    {
        if (m_selection.m_partitions.empty())
            return {};
        auto txn = m_selection.m_environment.read();
        if (!txn)
            return std::unexpected(std::move(txn.error()));
        m_txn.emplace(std::move(*txn));
        return {};
    }

    /// The samples of a series, in order; valid until the next call.
    [[nodiscard]] Result<model::SampleView> samples(std::size_t series)
    {
        m_count = 0;
        m_ordered = true;
        m_ages.clear();
        m_signature.clear();
        for (std::size_t p = 0; p < m_selection.m_partitions.size(); ++p) {
            if (auto done = readPartition(p, series); !done)
                return std::unexpected(std::move(done.error()));
        }
        for (std::size_t h = 0; h < m_selection.m_heads.size(); ++h) {
            if (auto done = readHead(h, series); !done)
                return std::unexpected(std::move(done.error()));
        }
        if (m_count == 0)
            return model::SampleView {};
        if (m_ordered)
            return model::SampleView { { finishTimes(), m_count }, { m_buffers.values.data(), m_count } };
        return merge();
    }

private:
    static constexpr std::uint64_t kHeadAge = std::uint64_t { 1 } << 63; ///< younger than any block

    struct Lane {
        const BlockLane* lane = nullptr;
        std::vector<OpenBlock> blocks; ///< as in the lane
    };
    struct Candidate {
        const BlockInfo* info;
        OpenBlock* block;
    };
    /// Where the times of a piece are if the series has a value at each of them.
    struct SharedTimes {
        const std::int64_t* times;
        std::size_t count;
        bool operator==(const SharedTimes&) const = default;
    };

    [[nodiscard]] std::unexpected<Error> damaged(const BlockInfo& block, std::int64_t startMs) const
    {
        return failure(ErrorCode::corrupt, formatted("the block at byte {} of segment {} in partition {} is damaged", block.offset, block.segment, startMs));
    }

    [[nodiscard]] Result<void> openBlock(const PartitionView& view, const BlockInfo& info, OpenBlock& block)
    {
        auto segment = m_segments.find({ view.startMs, info.segment });
        if (segment == m_segments.end()) {
            const auto bytes = m_txn->get(m_selection.m_table, keys::part(keys::kSegment, view.startMs, info.segment));
            if (!bytes)
                return std::unexpected(bytes.error());
            if (!*bytes)
                return failure(ErrorCode::unavailable, "data was deleted while it was being read; run the query again");
            segment = m_segments.emplace(std::pair(view.startMs, info.segment), **bytes).first;
        }
        if (info.offset > segment->second.size() || info.size > segment->second.size() - info.offset)
            return damaged(info, view.startMs);
        if (!block.reader.open(segment->second.substr(info.offset, info.size)))
            return damaged(info, view.startMs);
        cut(block, m_selection.m_range);
        block.open = true;
        return {};
    }

    [[nodiscard]] Result<void> readPartition(std::size_t p, std::size_t series)
    {
        const auto& view = m_selection.m_partitions[p];
        const auto number = view.numbers[series];
        if (number == kNone)
            return {};
        // Series come in about the order of their numbers, so opened lanes are kept while they may still be wanted.
        auto& open = m_lanes[p];
        if (std::erase_if(open, [&](const Lane& lane) { return lane.lane->lastSeries < number || lane.lane->firstSeries > number; }) > 0)
            m_lastSignature.clear(); // it points into what is gone
        const auto& lanes = *view.blocks;
        auto lane = std::partition_point(lanes.begin(), lanes.end(), [&](const BlockLane& l) { return l.firstSeries <= number; });
        m_candidates.clear();
        std::size_t laneCount = 0;
        while (lane != lanes.begin() && std::prev(lane)->reach >= number) {
            --lane;
            if (lane->lastSeries < number)
                continue;
            ++laneCount;
            auto at = std::find_if(open.begin(), open.end(), [&](const Lane& known) { return known.lane == &*lane; });
            if (at == open.end())
                at = open.insert(open.end(), Lane { &*lane, std::vector<OpenBlock>(lane->blocks.size()) });
            for (std::size_t b = 0; b < lane->blocks.size(); ++b) {
                const auto& info = lane->blocks[b];
                if (info.minMs > m_selection.m_range.toMs)
                    break;
                if (info.maxMs >= m_selection.m_range.fromMs)
                    m_candidates.push_back({ &info, at->blocks.data() + b });
            }
        }
        if (laneCount > 1)
            std::stable_sort(m_candidates.begin(), m_candidates.end(), [](const Candidate& a, const Candidate& b) { return a.info->minMs < b.info->minMs; });
        for (const auto& [info, block] : m_candidates) {
            const auto column = info->column(number);
            if (column == BlockInfo::kNone)
                continue;
            if (!block->open) {
                if (auto done = openBlock(view, *info, *block); !done)
                    return done;
            }
            if (column >= block->reader.columnCount() || !addColumn(*block, column, std::uint64_t { info->segment } << 32 | info->offset))
                return damaged(*info, view.startMs);
        }
        return {};
    }

    [[nodiscard]] Result<void> readHead(std::size_t h, std::size_t series)
    {
        const auto& view = m_selection.m_heads[h];
        const auto place = view.places[series];
        if (place.group != Head::kNowhere) {
            const auto& group = view.groups[place.group];
            auto& chunks = m_chunks[h];
            if (m_chunkGroup[h] != place.group) {
                m_chunkGroup[h] = place.group;
                chunks.assign(group.chunks.size(), {});
                // Signatures point into readers, which are gone now.
                m_lastSignature.clear();
            }
            for (std::size_t c = 0; c < chunks.size(); ++c) {
                if (!chunks[c].open) {
                    if (!chunks[c].reader.open(group.chunks[c]->block))
                        return failure(ErrorCode::corrupt, "a chunk in memory is damaged");
                    cut(chunks[c], m_selection.m_range);
                    chunks[c].open = true;
                }
                if (place.slot < chunks[c].reader.columnCount() && !addColumn(chunks[c], place.slot, kHeadAge + h))
                    return failure(ErrorCode::corrupt, "a chunk in memory is damaged");
            }
            if (group.rows && place.slot < group.rows->slots)
                addRows(group, place.slot, kHeadAge + h);
        }
        if (view.timed[series] != kNone) {
            const auto& column = view.timedColumns[view.timed[series]];
            reserve(column.timesMs.size());
            std::copy(column.values.begin(), column.values.end(), m_buffers.values.begin() + static_cast<std::ptrdiff_t>(m_count));
            addPiece(column.timesMs.data(), column.timesMs.size(), kHeadAge + h);
        }
        return {};
    }

    void reserve(std::size_t more)
    {
        if (m_buffers.values.size() < m_count + more)
            m_buffers.values.resize((m_count + more) * 3 / 2 + 64);
    }

    /// Samples were put behind those in the buffer; their times are `times`, all of which stay valid for now.
    /// Where pieces overlap, those of lower age count.
    void addPiece(const std::int64_t* times, std::size_t count, std::uint64_t age)
    {
        if (!m_signature.empty() && times[0] <= m_signature.back().times[m_signature.back().count - 1])
            m_ordered = false;
        m_signature.push_back({ times, count });
        m_ages.push_back(age);
        m_count += count;
    }

    [[nodiscard]] bool addColumn(const OpenBlock& block, std::size_t column, std::uint64_t age)
    {
        const auto bytes = block.reader.column(column);
        if (bytes.empty() || block.from == block.to)
            return true;
        if (!m_decoder.open(bytes, block.reader.times().size()))
            return false;
        const auto from = m_decoder.rank(block.from);
        const auto to = m_decoder.rank(block.to);
        if (from == to)
            return true;
        reserve(to - from);
        if (!m_decoder.values(from, to, m_buffers.values.data() + m_count))
            return false;
        if (m_decoder.full()) {
            addPiece(block.reader.times().data() + from, to - from, age);
            return true;
        }
        auto& own = ownTimes(to - from);
        m_decoder.times(block.reader.times(), from, to, own.data());
        addPiece(own.data(), to - from, age);
        return true;
    }

    void addRows(const GroupView& group, std::size_t slot, std::uint64_t age)
    {
        const auto& rows = *group.rows;
        std::size_t count = 0;
        reserve(group.endRow - group.firstRow);
        for (auto row = group.firstRow; row < group.endRow; ++row) {
            if (rows.has(row, slot))
                m_buffers.values[m_count + count++] = rows.value(row, slot);
        }
        if (count == 0)
            return;
        if (count == group.endRow - group.firstRow) {
            addPiece(rows.times.data() + group.firstRow, count, age);
            return;
        }
        auto& own = ownTimes(count);
        count = 0;
        for (auto row = group.firstRow; row < group.endRow; ++row) {
            if (rows.has(row, slot))
                own[count++] = rows.times[row];
        }
        addPiece(own.data(), count, age);
    }

    /// Room for times that belong to this series alone; kept until the next series.
    std::vector<std::int64_t>& ownTimes(std::size_t count)
    {
        const auto index = m_signature.size();
        if (m_own.size() <= index)
            m_own.resize(index + 1);
        m_own[index].resize(count);
        m_lastSignature.clear(); // it must not be mistaken for the times of the series before
        return m_own[index];
    }

    [[nodiscard]] const std::int64_t* finishTimes()
    {
        if (m_signature.size() == 1)
            return m_signature.front().times;
        if (m_signature != m_lastSignature) {
            auto& times = m_buffers.times;
            times.resize(m_count);
            std::size_t at = 0;
            for (const auto& piece : m_signature) {
                std::copy_n(piece.times, piece.count, times.data() + at);
                at += piece.count;
            }
            m_lastSignature = m_signature;
        }
        return m_buffers.times.data();
    }

    /// Samples of overlapping pieces by time; of several with one time the one that was stored first.
    [[nodiscard]] model::SampleView merge()
    {
        struct Source {
            std::int64_t timeMs;
            std::uint64_t age;
            double value;
        };
        std::vector<Source> sources;
        sources.reserve(m_count);
        for (std::size_t p = 0; p < m_signature.size(); ++p) {
            for (std::size_t i = 0; i < m_signature[p].count; ++i)
                sources.push_back({ m_signature[p].times[i], m_ages[p], m_buffers.values[sources.size()] });
        }
        std::stable_sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.timeMs != b.timeMs ? a.timeMs < b.timeMs : a.age < b.age; });
        auto& outTimes = m_buffers.mergedTimes;
        auto& outValues = m_buffers.mergedValues;
        outTimes.clear();
        outValues.clear();
        for (const auto& source : sources) {
            if (!outTimes.empty() && source.timeMs == outTimes.back())
                continue;
            outTimes.push_back(source.timeMs);
            outValues.push_back(source.value);
        }
        return { outTimes, outValues };
    }

    struct SegmentHash {
        std::size_t operator()(const std::pair<std::int64_t, std::uint32_t>& key) const noexcept
        {
            return std::hash<std::int64_t>()(key.first) * 31 + key.second;
        }
    };

    const Selection& m_selection;
    Buffers& m_buffers;
    std::optional<kv::Transaction> m_txn;
    std::unordered_map<std::pair<std::int64_t, std::uint32_t>, kv::Bytes, SegmentHash> m_segments;
    std::vector<std::vector<Lane>> m_lanes;       ///< by partition
    std::vector<std::vector<OpenBlock>> m_chunks; ///< by head; of the group at hand
    std::vector<std::uint32_t> m_chunkGroup;      ///< by head
    ColumnDecoder m_decoder;
    std::vector<std::vector<std::int64_t>> m_own;
    std::vector<std::uint64_t> m_ages; ///< as m_signature
    std::vector<Candidate> m_candidates;
    std::vector<SharedTimes> m_signature;
    std::vector<SharedTimes> m_lastSignature; ///< of what is in m_buffers.times
    std::size_t m_count = 0;
    bool m_ordered = true;
};

Result<void> Selection::read(std::size_t begin, std::size_t end, const Visitor& visitor, std::stop_token stop) const
{
    // A visitor may read another selection on the same thread.
    Buffers own;
    const bool shared = !t_buffers.inUse;
    auto& buffers = shared ? t_buffers : own;
    buffers.inUse = true;
    const auto release = [](Buffers* used) { used->inUse = false; };
    const std::unique_ptr<Buffers, decltype(release)> guard(&buffers, release);

    SeriesReader reader(*this, buffers);
    if (auto done = reader.begin(); !done)
        return done;
    for (auto i = begin; i < end; ++i) {
        if (i % 64 == 0 && stop.stop_requested())
            return failure(ErrorCode::cancelled, "the query was stopped");
        const auto samples = reader.samples(i);
        if (!samples)
            return std::unexpected(samples.error());
        if (!samples->timesMs.empty())
            visitor(i, *samples);
    }
    return {};
}

}
