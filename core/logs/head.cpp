#include "core/logs/head.h"

#include <algorithm>

namespace belvedere::logs {

namespace {

// A quiet stream must stay cheap and a busy one must not have hundreds of blocks: each is twice as large as the last.
constexpr std::size_t kSmallestBlock = std::size_t{ 1 } << 10;
constexpr std::size_t kLargestBlock = std::size_t{ 128 } << 10;

}

void BlockList::append(
    std::int64_t timeNs, std::string_view line, std::string_view packedMetadata, std::uint64_t& nextSequence)
{
    const auto bytes = line.size() + packedMetadata.size();
    if (m_blocks.empty() || m_lastIsFull || !m_blocks.back()->hasRoom(bytes)) {
        const auto usual = m_blocks.empty() ? kSmallestBlock : std::min(m_blocks.back()->bytes() * 2, kLargestBlock);
        m_blocks.push_back(std::make_shared<Block>(usual, bytes));
        m_lastIsFull = false;
        BlockView view;
        view.block = m_blocks.back();
        view.minNs = timeNs;
        view.maxNs = timeNs;
        view.sequence = nextSequence++;
        m_views.push_back(std::move(view));
    }
    m_blocks.back()->append(timeNs, line, packedMetadata);
    auto& view = m_views.back();
    view.sorted = view.sorted && timeNs >= view.maxNs;
    view.minNs = std::min(view.minNs, timeNs);
    view.maxNs = std::max(view.maxNs, timeNs);
    view.textBytes += line.size();
    view.hasMetadata = view.hasMetadata || !packedMetadata.empty();
    ++view.count;
}

void BlockList::rollBack(std::vector<BlockView> views)
{
    m_lastIsFull = m_lastIsFull || m_frozen == views.size();
    m_blocks.resize(views.size());
    m_views = std::move(views);
    if (!m_blocks.empty())
        m_blocks.back()->truncate(m_views.back().count);
}

void BlockList::clear()
{
    m_blocks.clear();
    m_views.clear();
    m_frozen = 0;
    m_lastIsFull = false;
}

std::vector<BlockView> BlockList::freeze()
{
    m_frozen = m_blocks.size();
    m_lastIsFull = true;
    return m_views;
}

void BlockList::setSealedAt(std::uint64_t epoch)
{
    for (std::size_t i = 0; i < m_frozen; ++i)
        m_blocks[i]->sealedAt = epoch;
}

void BlockList::dropFrozen()
{
    m_blocks.erase(m_blocks.begin(), m_blocks.begin() + static_cast<std::ptrdiff_t>(m_frozen));
    m_views.erase(m_views.begin(), m_views.begin() + static_cast<std::ptrdiff_t>(m_frozen));
    m_lastIsFull = m_lastIsFull && !m_blocks.empty();
    m_frozen = 0;
}

std::vector<EntryView> BlockList::entries(std::size_t skip) const
{
    std::vector<EntryView> all;
    for (const auto& view : m_views) {
        for (std::size_t i = std::min(skip, view.count); i < view.count; ++i)
            all.push_back(view.block->entry(i));
        skip -= std::min(skip, view.count);
    }
    return all;
}

std::vector<HeadStream> Head::snapshot(const std::function<bool(const model::Labels&)>& wanted) const
{
    std::vector<HeadStream> found;
    const std::scoped_lock lock(m_mutex);
    for (const auto& [id, stream] : m_streams) {
        if (wanted(*stream.labels))
            found.push_back(stream);
    }
    return found;
}

bool Head::contains(StreamId id) const
{
    const std::scoped_lock lock(m_mutex);
    return m_streams.contains(id);
}

void Head::publish(std::vector<HeadStream> streams)
{
    const std::scoped_lock lock(m_mutex);
    for (auto& stream : streams) {
        // Swapping leaves the old blocks in the argument, which is freed after the lock.
        const auto it = m_streams.try_emplace(stream.id).first;
        const bool goes = stream.blocks.empty();
        std::swap(it->second, stream);
        if (goes)
            m_streams.erase(it);
    }
}

}
