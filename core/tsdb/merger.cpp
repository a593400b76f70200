#include "core/tsdb/merger.h"

#include "core/base/format.h"
#include "core/tsdb/series_part.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

// A partition is filled by one seal after the other, each of which makes blocks of what a head had collected: a few hundred
// timestamps. Blocks that follow each other in time and have mostly the same series are a chain, whose timestamps are theirs
// one behind the other. The new blocks are made from a chain in pieces of up to kMaxBlockTimestamps timestamps, for some series each.
// Nothing is decoded twice except where a piece ends within a block.
//
// Late samples lie in blocks that overlap others and become chains of their own. Where a series has two samples with one time, the one
// that was stored first counts for readers; only that one is kept, so that nothing depends on the order of the new blocks.

namespace belvedere::tsdb {

namespace {

std::uint64_t ageOf(const BlockInfo& block) { return std::uint64_t { block.segment } << 32 | block.offset; }

template <class Visit>
void visitSeries(const BlockInfo& block, Visit&& visit)
{
    if (block.series) {
        for (const auto number : *block.series)
            visit(number);
    } else {
        for (auto number = block.firstSeries; number <= block.lastSeries; ++number)
            visit(number);
    }
}

std::size_t seriesCount(const BlockInfo& block) { return block.series ? block.series->size() : block.lastSeries - block.firstSeries + 1; }

Error cancelled() { return { ErrorCode::cancelled, "merging was stopped", std::nullopt }; }

}

Merger::Merger(const kv::Environment& environment, kv::Table table, const SeriesIndex& index, Source source)
    : m_environment(environment)
    , m_table(table)
    , m_index(index)
    , m_source(std::move(source))
{
}

// ---------------------------------------------------------------------------------------------------------------- plan

Result<bool> Merger::plan(std::stop_token stop)
{
    for (const auto& lane : *m_source.blocks) {
        for (const auto& info : lane.blocks)
            m_blocks.push_back({ &info, 0, {} });
    }
    std::sort(m_blocks.begin(), m_blocks.end(), [](const Block& a, const Block& b) { return ageOf(*a.info) < ageOf(*b.info); });
    const auto txn = m_environment.read();
    if (!txn)
        return std::unexpected(txn.error());
    if (auto done = findBlocks(*txn, stop); !done)
        return std::unexpected(std::move(done.error()));
    findChains();
    if (!worthIt())
        return false;
    numberSeries();
    return true;
}

Result<BlockReader> Merger::open(const kv::Transaction& txn, const BlockInfo& info) const
{
    const auto start = m_source.record.startMs;
    const auto segment = txn.get(m_table, keys::part(keys::kSegment, start, info.segment));
    if (!segment)
        return std::unexpected(segment.error());
    BlockReader reader;
    if (!*segment || info.offset > (*segment)->size() || info.size > (*segment)->size() - info.offset || !reader.open((*segment)->substr(info.offset, info.size))
        || reader.columnCount() < seriesCount(info))
        return failure(ErrorCode::corrupt, formatted("the block at byte {} of segment {} in partition {} is damaged", info.offset, info.segment, start));
    return reader;
}

Result<void> Merger::findBlocks(const kv::Transaction& txn, std::stop_token stop)
{
    for (auto& block : m_blocks) {
        if (stop.stop_requested())
            return std::unexpected(cancelled());
        const auto reader = open(txn, *block.info);
        if (!reader)
            return std::unexpected(reader.error());
        block.timestamps = reader->times().size();
        m_columns += seriesCount(*block.info);
    }
    return {};
}

void Merger::findChains()
{
    std::vector<std::uint32_t> order(m_blocks.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) { return m_blocks[a].info->minMs < m_blocks[b].info->minMs; });
    std::vector<Candidates> chainsOf(m_source.handles.size());
    std::vector<std::int64_t> newest(m_source.handles.size(), std::numeric_limits<std::int64_t>::min());
    for (const auto number : order) {
        const auto& info = *m_blocks[number].info;
        visitSeries(info, [&](std::uint32_t series) {
            if (newest[series] >= info.minMs)
                m_contested.insert(series);
            newest[series] = std::max(newest[series], info.maxMs);
        });
        join(number, chainsOf);
    }
    for (auto& chain : m_chains) {
        std::sort(chain.series.begin(), chain.series.end());
        chain.series.erase(std::unique(chain.series.begin(), chain.series.end()), chain.series.end());
    }
    std::stable_sort(m_chains.begin(), m_chains.end(), [](const Chain& a, const Chain& b) { return a.series.front() < b.series.front(); });
}

/// Puts each column of a block behind the chain that its series was in, if most of that chain's series come along and it ends before the block
/// begins. The other columns join the chain that takes most of the block, or begin a new one.
void Merger::join(std::uint32_t number, std::vector<Candidates>& chainsOf)
{
    auto& block = m_blocks[number];
    std::vector<std::uint32_t> series;
    visitSeries(*block.info, [&](std::uint32_t one) { series.push_back(one); });
    std::unordered_map<std::uint32_t, std::size_t> votes;
    for (const auto one : series) {
        for (const auto chain : { chainsOf[one].newest, chainsOf[one].before }) {
            if (chain != kNone && m_chains[chain].maxMs < block.info->minMs)
                ++votes[chain];
        }
    }
    std::erase_if(votes, [this](const auto& vote) { return vote.second * 2 < m_chains[vote.first].newestSeries; });
    const auto votesFor = [&](std::uint32_t chain) {
        const auto at = votes.find(chain);
        return at == votes.end() ? 0 : at->second;
    };
    auto rest = kNone; // where series go that have no chain
    for (const auto& [chain, count] : votes) {
        if (count * 2 > series.size())
            rest = chain;
    }
    block.chains.reserve(series.size());
    for (const auto one : series) {
        const auto [newest, before] = chainsOf[one];
        auto chosen = votesFor(before) > votesFor(newest) ? before : newest;
        if (votesFor(chosen) == 0) {
            if (rest == kNone) {
                rest = static_cast<std::uint32_t>(m_chains.size());
                m_chains.emplace_back().id = rest;
            }
            chosen = rest;
        }
        block.chains.push_back(chosen);
        auto& chain = m_chains[chosen];
        if (chain.blocks.empty() || chain.blocks.back() != number) {
            chain.blocks.push_back(number);
            chain.maxMs = block.info->maxMs;
            chain.timestamps += block.timestamps;
            chain.newestSeries = 0;
        }
        ++chain.newestSeries;
        chain.series.push_back(one);
        if (newest != chosen)
            chainsOf[one] = { chosen, newest };
    }
    if (std::equal(block.chains.begin() + 1, block.chains.end(), block.chains.begin()))
        block.chains = { block.chains.front() };
}

bool Merger::worthIt() const
{
    // What a column costs beside its values is what merging saves.
    std::size_t columns = 0;
    for (const auto& chain : m_chains)
        columns += chain.series.size() * chain.pieces();
    return columns * 4 <= m_columns * 3;
}

/// Series get new numbers, chain by chain and in the order of their labels, so that those of one metric are neighbours.
void Merger::numberSeries()
{
    m_numbers.assign(m_source.handles.size(), kNone);
    for (auto& chain : m_chains) {
        auto& series = chain.series;
        const auto isNew = std::partition(series.begin(), series.end(), [this](std::uint32_t one) { return m_numbers[one] != kNone; });
        std::sort(series.begin(), isNew, [this](std::uint32_t a, std::uint32_t b) { return m_numbers[a] < m_numbers[b]; });
        std::sort(isNew, series.end(), [this](std::uint32_t a, std::uint32_t b) { return m_index.less(m_source.handles[a], m_source.handles[b]); });
        for (auto at = isNew; at != series.end(); ++at) {
            m_numbers[*at] = static_cast<std::uint32_t>(m_handles.size());
            m_handles.push_back(m_source.handles[*at]);
        }
    }
    m_record = m_source.record;
    m_record.samples = 0;
    m_record.bytes = 0;
    m_record.minMs = std::numeric_limits<std::int64_t>::max();
    m_record.maxMs = std::numeric_limits<std::int64_t>::min();
}

// ---------------------------------------------------------------------------------------------------------------- work

Result<void> Merger::step(std::size_t bytes, std::stop_token stop)
{
    const auto txn = m_environment.read();
    if (!txn)
        return std::unexpected(txn.error());
    const auto enough = m_record.bytes + bytes;
    while (m_chain < m_chains.size() && m_record.bytes < enough) {
        if (stop.stop_requested())
            return std::unexpected(cancelled());
        if (m_open.empty()) {
            if (auto done = openPiece(*txn); !done)
                return done;
        }
        if (auto done = makeBlock(*txn); !done)
            return done;
        advance();
    }
    m_open.clear(); // what it points to is gone with the transaction
    if (m_chain == m_chains.size())
        finish();
    return {};
}

/// Opens the blocks that the piece at hand is made from.
Result<void> Merger::openPiece(const kv::Transaction& txn)
{
    const auto& chain = m_chains[m_chain];
    const auto begin = m_piece == 0 ? 0 : chain.pieceEnd(m_piece - 1);
    const auto end = chain.pieceEnd(m_piece);
    m_times.clear();
    m_timesBegin = begin;
    std::size_t at = 0;
    for (const auto number : chain.blocks) {
        const auto& block = m_blocks[number];
        const auto blockBegin = std::exchange(at, at + block.timestamps);
        if (at <= begin || blockBegin >= end)
            continue;
        auto reader = open(txn, *block.info);
        if (!reader)
            return std::unexpected(std::move(reader.error()));
        const auto from = std::max(begin, blockBegin) - blockBegin;
        const auto to = std::min(end, at) - blockBegin;
        const auto times = reader->times().subspan(from, to - from);
        m_times.insert(m_times.end(), times.begin(), times.end());
        m_open.push_back({ &block, std::move(*reader), blockBegin });
    }
    return {};
}

/// The values of a series at the timestamps of the piece. False if something is damaged.
bool Merger::readColumn(std::uint32_t series)
{
    m_values.resize(m_times.size());
    m_ages.resize(m_times.size());
    m_present.assign(m_times.size(), 0);
    std::vector<double> values;
    std::vector<std::int64_t> times;
    for (const auto& block : m_open) {
        const auto column = block.block->info->column(series);
        if (column == BlockInfo::kNone || block.block->chain(column) != m_chains[m_chain].id)
            continue;
        const auto bytes = block.reader.column(column);
        if (bytes.empty())
            continue;
        const auto timestamps = block.reader.times().size();
        if (!m_decoder.open(bytes, timestamps))
            return false;
        const auto from = std::max(block.begin, m_timesBegin) - block.begin;
        const auto to = std::min(block.begin + timestamps, m_timesBegin + m_times.size()) - block.begin;
        const auto first = m_decoder.rank(from);
        const auto last = m_decoder.rank(to);
        values.resize(last - first);
        if (!m_decoder.values(first, last, values.data()))
            return false;
        times.resize(values.size());
        m_decoder.times(block.reader.times(), first, last, times.data());
        auto place = block.begin + from - m_timesBegin;
        for (std::size_t i = 0; i < values.size(); ++i, ++place) {
            while (m_times[place] != times[i])
                ++place;
            m_present[place] = 1;
            m_values[place] = values[i];
            m_ages[place] = ageOf(*block.block->info);
        }
    }
    return true;
}

/// Takes away samples for which an older block has one with the same time.
Result<void> Merger::removeDoubles(const kv::Transaction& txn, std::uint32_t series)
{
    std::vector<std::int64_t> times;
    const auto& lanes = *m_source.blocks;
    auto lane = std::partition_point(lanes.begin(), lanes.end(), [&](const BlockLane& one) { return one.firstSeries <= series; });
    while (lane != lanes.begin() && std::prev(lane)->reach >= series) {
        --lane;
        for (const auto& info : lane->blocks) {
            const auto column = info.column(series);
            if (column == BlockInfo::kNone || !info.overlaps(m_times.front(), m_times.back()))
                continue;
            const auto block = std::lower_bound(m_blocks.begin(), m_blocks.end(), ageOf(info), [](const Block& one, std::uint64_t age) { return ageOf(*one.info) < age; });
            if (block->chain(column) == m_chains[m_chain].id)
                continue; // has none of its times twice
            const auto reader = open(txn, info);
            if (!reader)
                return std::unexpected(reader.error());
            const auto bytes = reader->column(column);
            if (bytes.empty())
                continue;
            if (!m_decoder.open(bytes, reader->times().size()))
                return failure(ErrorCode::corrupt, "a block is damaged");
            times.resize(m_decoder.count());
            m_decoder.times(reader->times(), 0, times.size(), times.data());
            auto place = m_times.begin();
            for (const auto time : times) {
                place = std::lower_bound(place, m_times.end(), time);
                if (place == m_times.end())
                    break;
                const auto i = static_cast<std::size_t>(place - m_times.begin());
                if (*place == time && m_ages[i] > ageOf(info))
                    m_present[i] = 0;
            }
        }
    }
    return {};
}

/// Makes the block of the next series of the piece.
Result<void> Merger::makeBlock(const kv::Transaction& txn)
{
    const auto& chain = m_chains[m_chain];
    const auto end = std::min(chain.series.size(), m_at + seriesPerBlock(m_times.size()));
    BlockBuilder builder(m_times, Effort::full);
    std::vector<std::uint32_t> numbers;
    std::vector<double> values;
    for (; m_at < end; ++m_at) {
        const auto series = chain.series[m_at];
        if (!readColumn(series))
            return failure(ErrorCode::corrupt, "a block is damaged");
        if (m_contested.contains(series)) {
            if (auto done = removeDoubles(txn, series); !done)
                return done;
        }
        values.clear();
        for (std::size_t i = 0; i < m_times.size(); ++i) {
            if (m_present[i] == 0)
                continue;
            values.push_back(m_values[i]);
            m_record.minMs = std::min(m_record.minMs, m_times[i]);
            m_record.maxMs = std::max(m_record.maxMs, m_times[i]);
        }
        if (values.empty())
            continue;
        builder.add(values, m_present);
        numbers.push_back(m_numbers[series]);
        m_record.samples += values.size();
    }
    if (!numbers.empty())
        m_record.bytes += addBlock(m_segments, m_source.record.segments, builder, m_times, std::move(numbers));
    return {};
}

/// To the next piece or chain, once all series of the piece are done.
void Merger::advance()
{
    const auto& chain = m_chains[m_chain];
    if (m_at < chain.series.size())
        return;
    m_at = 0;
    m_open.clear();
    if (++m_piece < chain.pieces())
        return;
    m_piece = 0;
    ++m_chain;
}

void Merger::finish()
{
    m_series = encodeSeries(m_index, m_handles);
    m_content = std::make_unique<Partition::Content>();
    m_content->numbers.reserve(m_handles.size());
    for (std::size_t i = 0; i < m_handles.size(); ++i)
        m_content->numbers.emplace(m_handles[i], static_cast<std::uint32_t>(i));
    m_content->members.addMany(m_handles.size(), m_handles.data());
    std::vector<BlockInfo> blocks;
    for (const auto& segment : m_segments)
        blocks.insert(blocks.end(), segment.blocks.begin(), segment.blocks.end());
    m_content->blocks = withBlocks({}, blocks);
    m_record.series = m_handles.size();
    m_content->handles = std::move(m_handles);
    m_record.bytes += m_series.size();
    m_record.firstPart = m_source.record.parts;
    m_record.parts = m_record.firstPart + 1;
    m_record.firstSegment = m_source.record.segments;
    m_record.segments = m_record.firstSegment + static_cast<std::uint32_t>(m_segments.size());
    m_record.seals = 1;
    m_record.mergedSamples = m_record.samples;
    m_finished = true;
}

}
