#include "core/logs/packer.h"

#include "core/logs/chunk.h"

#include <algorithm>
#include <memory>
#include <span>
#include <thread>
#include <utility>

namespace belvedere::logs {

namespace {

/// Half the cores: the others receive, decode and journal what is to be packed next.
unsigned packingThreads()
{
    return std::clamp(std::thread::hardware_concurrency() / 2, 1U, 4U);
}

std::size_t textBytesOf(const std::vector<BlockView>& blocks)
{
    std::size_t bytes = 0;
    for (const auto& block : blocks)
        bytes += block.textBytes;
    return bytes;
}

/// A little more than a chunk is better than a tiny chunk behind it.
std::size_t fullChunk(std::size_t chunkBytes)
{
    return chunkBytes + chunkBytes / 4;
}

}

std::uint64_t chunkNumbers(const PackOrder& order)
{
    return textBytesOf(order.blocks) / std::max<std::size_t>(fullChunk(order.chunkBytes), 1) + 1;
}

std::vector<NewChunk> pack(const PackOrder& order)
{
    std::vector<EntryView> entries;
    bool sorted = true;
    for (const auto& view : order.blocks) {
        for (std::size_t i = 0; i < view.count; ++i) {
            entries.push_back(view.block->entry(i));
            sorted = sorted && (entries.size() < 2 || entries[entries.size() - 2].timeNs <= entries.back().timeNs);
        }
    }
    if (!sorted)
        std::ranges::stable_sort(entries, {}, &EntryView::timeNs);
    std::vector<NewChunk> chunks;
    ChunkEncoder encoder;
    for (std::size_t begin = 0; begin < entries.size();) {
        const auto partition = partitionOf(entries[begin].timeNs);
        std::size_t textBytes = 0;
        auto end = begin;
        while (end < entries.size() && textBytes < fullChunk(order.chunkBytes)
            && partitionOf(entries[end].timeNs) == partition)
            textBytes += entries[end++].line.size();
        const auto sequence = !chunks.empty() && chunks.back().row.partition == partition
            ? chunks.back().row.sequence + 1
            : order.firstSequence;
        NewChunk chunk;
        chunk.row = { partition, order.stream, sequence, entries[begin].timeNs, entries[end - 1].timeNs, end - begin,
            textBytes };
        chunk.bytes = encoder.encode(std::span(entries).subspan(begin, end - begin),
            order.hasty ? ChunkEncoder::Kind::hastyChunk : ChunkEncoder::Kind::chunk);
        if (const auto header = readChunkHeader(chunk.bytes))
            chunk.filterBytes = header->filter.size();
        chunks.push_back(std::move(chunk));
        begin = end;
    }
    return chunks;
}

Packer::Packer(std::function<void()> finished)
    : m_finished(std::move(finished))
{
}

void Packer::submit(PackOrder order)
{
    {
        const std::scoped_lock lock(m_mutex);
        ++m_waiting;
    }
    if (!m_pool)
        m_pool.emplace(packingThreads());
    m_pool->submit([this, order = std::make_shared<const PackOrder>(std::move(order))] { run(*order); });
}

void Packer::run(const PackOrder& order)
{
    auto chunks = pack(order);
    {
        const std::scoped_lock lock(m_mutex);
        m_packed.push_back({ order.stream, std::move(chunks) });
        --m_waiting;
    }
    m_change.notify_all();
    m_finished();
}

std::vector<Packer::Packed> Packer::take()
{
    const std::scoped_lock lock(m_mutex);
    return std::exchange(m_packed, {});
}

bool Packer::hasFinished() const
{
    const std::scoped_lock lock(m_mutex);
    return !m_packed.empty();
}

void Packer::wait() const
{
    std::unique_lock lock(m_mutex);
    m_change.wait(lock, [this] { return !m_packed.empty() || m_waiting == 0; });
}

}
