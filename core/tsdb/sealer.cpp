#include "core/tsdb/sealer.h"

#include <algorithm>
#include <numeric>

namespace belvedere::tsdb {

Sealer::Sealer(const SeriesIndex& index, FindTarget findTarget)
    : m_index(index)
    , m_findTarget(std::move(findTarget))
{
}

Result<std::vector<SealedPartition>> Sealer::seal(const Head& head)
{
    for (const auto& group : head.groups()) {
        if (auto done = sealGroup(*group); !done)
            return std::unexpected(std::move(done.error()));
    }
    if (auto done = sealTimed(head); !done)
        return std::unexpected(std::move(done.error()));
    std::vector<SealedPartition> out;
    for (auto& [start, opened] : m_open) {
        auto& sealed = opened.sealed;
        if (!sealed.newSeries.empty())
            sealed.record.parts = sealed.part + 1;
        sealed.record.series += sealed.newSeries.size();
        sealed.record.segments = sealed.firstSegment + static_cast<std::uint32_t>(sealed.segments.size());
        ++sealed.record.seals;
        out.push_back(std::move(sealed));
    }
    return out;
}

Result<Sealer::Open*> Sealer::open(std::int64_t timeMs)
{
    auto after = m_open.upper_bound(timeMs);
    if (after != m_open.begin()) {
        auto& last = std::prev(after)->second;
        if (timeMs < last.sealed.record.endMs)
            return &last;
    }
    auto target = m_findTarget(timeMs);
    if (!target)
        return std::unexpected(std::move(target.error()));
    auto& opened = m_open[target->record.startMs];
    opened.numbers = target->numbers;
    opened.sealed.firstSegment = target->record.segments;
    opened.sealed.part = target->record.parts;
    opened.sealed.record = std::move(target->record);
    return &opened;
}

Result<void> Sealer::sealGroup(const Head::Group& group)
{
    std::vector<BlockReader> chunks(group.chunks.size());
    std::vector<std::int64_t> times;
    times.reserve(group.timestamps);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        if (!chunks[i].open(group.chunks[i]->block))
            return failure(ErrorCode::corrupt, "a chunk in memory is damaged");
        times.insert(times.end(), chunks[i].times().begin(), chunks[i].times().end());
    }
    if (group.rowCount > 0)
        times.insert(times.end(), group.rows->times.begin(), group.rows->times.begin() + static_cast<std::ptrdiff_t>(group.rowCount));
    if (times.empty())
        return {};
    ColumnDecoder decoder;
    return sealColumns(times, group.members, [&](std::size_t slot, std::vector<double>& values, std::vector<std::uint8_t>& present) {
        values.clear();
        present.clear();
        for (const auto& chunk : chunks) {
            const auto begin = present.size();
            const auto bytes = slot < chunk.columnCount() ? chunk.column(slot) : Bytes();
            present.resize(begin + chunk.times().size());
            if (bytes.empty())
                continue;
            if (!decoder.open(bytes, chunk.times().size()))
                return false;
            const auto first = values.size();
            values.resize(first + decoder.count());
            if (!decoder.values(0, decoder.count(), values.data() + first))
                return false;
            for (std::size_t i = 0; i < chunk.times().size(); ++i)
                present[begin + i] = decoder.full() || decoder.rank(i + 1) > decoder.rank(i);
        }
        for (std::size_t row = 0; row < group.rowCount; ++row) {
            const bool has = slot < group.rows->slots && group.rows->has(row, slot);
            present.push_back(has);
            if (has)
                values.push_back(group.rows->value(row, slot));
        }
        return true;
    });
}

// Series with the same timestamps are found by a hash over them, and by comparing where the hash agrees.
Result<void> Sealer::sealTimed(const Head& head)
{
    std::vector<std::pair<Handle, TimedColumn>> columns;
    columns.reserve(head.timed().size());
    for (const auto& [handle, column] : head.timed()) {
        columns.emplace_back(handle, column);
        columns.back().second.sort();
    }
    std::sort(columns.begin(), columns.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::unordered_multimap<std::size_t, std::size_t> byTimes; // hash of the times to index in clusters
    std::vector<std::vector<std::size_t>> clusters;            // of columns
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& times = columns[i].second.timesMs;
        const auto hash = std::hash<std::string_view>()({ reinterpret_cast<const char*>(times.data()), times.size() * sizeof(times[0]) });
        const auto [begin, end] = byTimes.equal_range(hash);
        const auto same = std::find_if(begin, end, [&](const auto& entry) { return columns[clusters[entry.second][0]].second.timesMs == times; });
        if (same != end) {
            clusters[same->second].push_back(i);
        } else {
            byTimes.emplace(hash, clusters.size());
            clusters.push_back({ i });
        }
    }
    for (const auto& cluster : clusters) {
        std::vector<Handle> series;
        series.reserve(cluster.size());
        for (const auto column : cluster)
            series.push_back(columns[column].first);
        const auto done = sealColumns(columns[cluster[0]].second.timesMs, series, [&](std::size_t index, std::vector<double>& values, std::vector<std::uint8_t>& present) {
            values = columns[cluster[index]].second.values;
            present.assign(values.size(), 1);
            return true;
        });
        if (!done)
            return done;
    }
    return {};
}

Result<void> Sealer::sealColumns(std::span<const std::int64_t> times, std::span<const Handle> series, const ReadColumn& read)
{
    for (std::size_t begin = 0; begin < times.size();) {
        auto target = open(times[begin]);
        if (!target)
            return std::unexpected(std::move(target.error()));
        const auto& record = (*target)->sealed.record;
        auto end = static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), record.endMs) - times.begin());
        end = std::min(end, begin + kMaxBlockTimestamps);
        if (auto done = sealRange(**target, times, begin, end, series, read); !done)
            return done;
        begin = end;
    }
    return {};
}

Result<void> Sealer::sealRange(Open& target, std::span<const std::int64_t> times, std::size_t begin, std::size_t end, std::span<const Handle> series, const ReadColumn& read)
{
    const auto numberOf = [&](Handle handle) -> std::optional<std::uint32_t> {
        if (target.numbers) {
            if (const auto at = target.numbers->find(handle); at != target.numbers->end())
                return at->second;
        }
        const auto at = target.newNumbers.find(handle);
        return at == target.newNumbers.end() ? std::nullopt : std::optional(at->second);
    };
    // Columns go by the numbers of their series; new series get theirs here, in the order of their labels, so that those
    // of one metric are neighbours.
    std::vector<std::size_t> order(series.size());
    std::iota(order.begin(), order.end(), std::size_t { 0 });
    const auto known = std::partition(order.begin(), order.end(), [&](std::size_t i) { return numberOf(series[i]).has_value(); });
    std::sort(order.begin(), known, [&](std::size_t a, std::size_t b) { return *numberOf(series[a]) < *numberOf(series[b]); });
    std::sort(known, order.end(), [&](std::size_t a, std::size_t b) { return m_index.less(series[a], series[b]); });

    auto& sealed = target.sealed;
    const auto range = times.subspan(begin, end - begin);
    const auto perBlock = seriesPerBlock(range.size());
    std::optional<BlockBuilder> builder;
    std::vector<std::uint32_t> numbers;
    const auto finish = [&] {
        if (!builder)
            return;
        sealed.record.bytes += addBlock(sealed.segments, sealed.firstSegment, *builder, range, std::move(numbers));
        builder.reset();
        numbers.clear();
    };
    std::vector<double> values;
    std::vector<std::uint8_t> present;
    for (const auto index : order) {
        if (!read(index, values, present))
            return failure(ErrorCode::corrupt, "a chunk in memory is damaged");
        const auto flags = std::span(present).subspan(begin, end - begin);
        const auto before = static_cast<std::size_t>(std::count(present.begin(), present.begin() + static_cast<std::ptrdiff_t>(begin), 1));
        const auto count = static_cast<std::size_t>(std::count(flags.begin(), flags.end(), 1));
        if (count == 0)
            continue;
        auto number = numberOf(series[index]);
        if (!number) {
            number = static_cast<std::uint32_t>(sealed.record.series + sealed.newSeries.size());
            target.newNumbers.emplace(series[index], *number);
            sealed.newSeries.push_back(series[index]);
        }
        if (!builder)
            builder.emplace(range, Effort::full);
        builder->add(std::span(values).subspan(before, count), flags);
        numbers.push_back(*number);
        sealed.record.samples += count;
        if (numbers.size() >= perBlock)
            finish();
    }
    finish();
    sealed.record.minMs = std::min(sealed.record.minMs, range.front());
    sealed.record.maxMs = std::max(sealed.record.maxMs, range.back());
    return {};
}

}
