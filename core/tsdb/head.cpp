#include "core/tsdb/head.h"

#include <algorithm>
#include <numeric>

namespace belvedere::tsdb {

void TimedColumn::add(std::int64_t timeMs, double value)
{
    if (!timesMs.empty() && timeMs <= timesMs.back())
        sorted = false;
    timesMs.push_back(timeMs);
    values.push_back(value);
}

void TimedColumn::sort()
{
    if (sorted)
        return;
    std::vector<std::size_t> order(timesMs.size());
    std::iota(order.begin(), order.end(), std::size_t { 0 });
    std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) { return timesMs[a] < timesMs[b]; });
    TimedColumn out;
    for (const auto index : order) {
        if (out.timesMs.empty() || timesMs[index] > out.timesMs.back())
            out.add(timesMs[index], values[index]);
    }
    *this = std::move(out);
}

std::optional<std::uint32_t> Head::findGroup(model::GroupId id) const
{
    const auto at = m_groupNumbers.find(static_cast<std::uint64_t>(id));
    return at == m_groupNumbers.end() ? std::nullopt : std::optional(at->second);
}

std::uint32_t Head::group(model::GroupId id)
{
    const auto [at, isNew] = m_groupNumbers.emplace(static_cast<std::uint64_t>(id), static_cast<std::uint32_t>(m_groups.size()));
    if (isNew)
        m_groups.emplace_back(std::make_unique<Group>())->id = id;
    return at->second;
}

std::uint32_t Head::slot(std::uint32_t group, Handle series)
{
    if (m_places.size() <= series)
        m_places.resize(std::max<std::size_t>(series + 1, m_places.size() * 3 / 2));
    auto& place = m_places[series];
    if (place.group == kNowhere) {
        auto& members = m_groups[group]->members;
        place = { group, static_cast<std::uint32_t>(members.size()) };
        members.push_back(series);
    }
    return place.group == group ? place.slot : kNowhere;
}

std::shared_ptr<const HeadChunk> packRows(const HeadRows& rows, std::size_t rowCount, std::size_t slots)
{
    auto chunk = std::make_shared<HeadChunk>();
    chunk->minMs = rows.times[0];
    chunk->maxMs = rows.times[rowCount - 1];
    chunk->timestamps = rowCount;
    BlockBuilder builder(std::span(rows.times).first(rowCount), Effort::fast);
    std::array<double, HeadRows::kRows> values;
    std::array<std::uint8_t, HeadRows::kRows> present;
    for (std::size_t slot = 0; slot < slots; ++slot) {
        std::size_t count = 0;
        for (std::size_t row = 0; row < rowCount; ++row) {
            present[row] = rows.has(row, slot);
            if (present[row])
                values[count++] = rows.value(row, slot);
        }
        builder.add(std::span(values).first(count), std::span(present).first(rowCount));
        chunk->samples += count;
    }
    builder.finish(chunk->block);
    chunk->block.shrink_to_fit();
    return chunk;
}

Head::Packed Head::makeRoom(const Group& group) const
{
    Packed packed;
    const auto slots = group.members.size();
    const bool fits = group.rows && group.rows->slots >= slots;
    if (fits && group.rowCount < HeadRows::kRows)
        return packed;
    if (group.rowCount > 0)
        packed.chunk = packRows(*group.rows, group.rowCount, std::min(slots, group.rows->slots));
    // Some spare places, so that a few new series do not cost a chunk.
    packed.rows = std::make_shared<HeadRows>(fits ? group.rows->slots : slots + slots / 16);
    return packed;
}

Head::Packed Head::packAll(const Group& group) const
{
    Packed packed;
    if (group.rowCount > 0)
        packed.chunk = packRows(*group.rows, group.rowCount, std::min(group.members.size(), group.rows->slots));
    return packed;
}

void Head::install(Group& group, Packed packed)
{
    if (!packed.rows && !packed.chunk)
        return;
    constexpr auto perSlot = HeadRows::kRows * sizeof(double);
    if (group.rows)
        m_bytes -= group.rows->slots * perSlot;
    if (packed.rows)
        m_bytes += packed.rows->slots * perSlot;
    if (packed.chunk) {
        m_bytes += packed.chunk->block.size();
        group.chunks.push_back(std::move(packed.chunk));
    }
    group.rows = std::move(packed.rows);
    group.rowCount = 0;
}

void Head::sawTime(std::int64_t timeMs)
{
    m_minMs = std::min(m_minMs, timeMs);
    m_maxMs = std::max(m_maxMs, timeMs);
}

void Head::addRow(Group& group, std::int64_t timeMs, std::span<const std::uint32_t> slots, std::span<const double> values)
{
    auto& rows = *group.rows;
    const auto row = group.rowCount;
    auto* out = rows.values.get() + row * rows.slots;
    auto* present = rows.present.get() + row * rows.words;
    if (slots.empty()) {
        std::copy(values.begin(), values.end(), out);
        const auto count = values.size();
        std::fill_n(present, count / 64, ~std::uint64_t { 0 });
        if (count % 64 != 0)
            present[count / 64] = (std::uint64_t { 1 } << (count % 64)) - 1;
    } else {
        for (std::size_t i = 0; i < slots.size(); ++i) {
            out[slots[i]] = values[i];
            present[slots[i] / 64] |= std::uint64_t { 1 } << (slots[i] % 64);
        }
    }
    rows.times[row] = timeMs;
    ++group.rowCount;
    ++group.timestamps;
    group.lastMs = timeMs;
    group.preparedMs = std::max(group.preparedMs, timeMs);
    m_longest = std::max(m_longest, group.timestamps);
    m_samples += values.size();
    sawTime(timeMs);
    sawMembers(group);
}

void Head::sawMembers(Group& group)
{
    m_members.addMany(group.members.size() - group.inMembers, group.members.data() + group.inMembers);
    group.inMembers = group.members.size();
}

void Head::addStoredChunk(Group& group, std::shared_ptr<const HeadChunk> chunk)
{
    group.timestamps += chunk->timestamps;
    group.lastMs = chunk->maxMs;
    group.preparedMs = std::max(group.preparedMs, chunk->maxMs);
    m_longest = std::max(m_longest, group.timestamps);
    m_samples += chunk->samples;
    m_storedSamples += chunk->samples;
    m_bytes += chunk->block.size();
    sawTime(chunk->minMs);
    sawTime(chunk->maxMs);
    sawMembers(group);
    group.chunks.push_back(std::move(chunk));
    group.storedChunks = group.chunks.size();
}

void Head::markStored()
{
    for (const auto& group : m_groups)
        group->storedChunks = group->chunks.size();
    for (auto& [series, column] : m_timed)
        column.stored = column.timesMs.size();
    m_storedSamples = m_samples;
}

Result<void> Head::visitNewestOfGroup(const Group& group, const std::function<void(Handle, std::int64_t, double)>& visit)
{
    std::vector<std::size_t> open; // slots whose newest sample was not found yet
    for (std::size_t slot = 0; slot < group.members.size(); ++slot) {
        auto row = group.rows && slot < group.rows->slots ? group.rowCount : 0;
        while (row > 0 && !group.rows->has(row - 1, slot))
            --row;
        if (row > 0)
            visit(group.members[slot], group.rows->times[row - 1], group.rows->value(row - 1, slot));
        else
            open.push_back(slot);
    }
    ColumnDecoder decoder;
    for (auto c = group.chunks.size(); c > 0 && !open.empty(); --c) {
        BlockReader chunk;
        if (!chunk.open(group.chunks[c - 1]->block))
            return failure(ErrorCode::corrupt, "packed rows of the journal are damaged");
        bool damaged = false;
        std::erase_if(open, [&](std::size_t slot) {
            const auto column = slot < chunk.columnCount() ? chunk.column(slot) : Bytes();
            if (column.empty())
                return false;
            double value = 0;
            std::int64_t timeMs = 0;
            if (!decoder.open(column, chunk.times().size()) || decoder.count() == 0 || !decoder.values(decoder.count() - 1, decoder.count(), &value)) {
                damaged = true;
                return false;
            }
            if (decoder.full())
                timeMs = chunk.times().back();
            else
                decoder.times(chunk.times(), decoder.count() - 1, decoder.count(), &timeMs);
            visit(group.members[slot], timeMs, value);
            return true;
        });
        if (damaged)
            return failure(ErrorCode::corrupt, "packed rows of the journal are damaged");
    }
    return {};
}

Result<void> Head::visitNewest(const std::function<void(Handle, std::int64_t, double)>& visit) const
{
    for (const auto& group : m_groups) {
        if (auto done = visitNewestOfGroup(*group, visit); !done)
            return done;
    }
    for (const auto& [series, column] : m_timed) {
        // Of several with one time the first counts.
        const auto newest = static_cast<std::size_t>(std::max_element(column.timesMs.begin(), column.timesMs.end()) - column.timesMs.begin());
        visit(series, column.timesMs[newest], column.values[newest]);
    }
    return {};
}

void Head::addTimed(std::span<const HandleSample> samples, bool stored)
{
    TimedColumn* column = nullptr;
    Handle last = 0;
    for (const auto& sample : samples) {
        if (!column || sample.series != last) {
            const auto [at, isNew] = m_timed.try_emplace(sample.series);
            if (isNew) {
                m_members.add(sample.series);
                m_bytes += sizeof(TimedColumn) + 32;
            }
            column = &at->second;
            last = sample.series;
        }
        column->add(sample.timeMs, sample.value);
        if (stored)
            column->stored = column->timesMs.size();
        sawTime(sample.timeMs);
    }
    m_samples += samples.size();
    if (stored)
        m_storedSamples += samples.size();
    m_bytes += samples.size() * 16;
}

}
