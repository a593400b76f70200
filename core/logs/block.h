#pragma once

#include "core/logs/chunk.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>

namespace belvedere::logs {

/// A piece of the head: room for entries of one stream that fills up and never moves.
///
/// Threading: the writer appends behind what it has published; readers touch only entries below a count they were given
/// under the store's mutex, so both work without a lock.
class Block {
public:
    struct Entry {
        std::int64_t timeNs;
        std::uint32_t offset; ///< of the line in text; its packed metadata follows
        std::uint32_t lineBytes;
        std::uint32_t metadataBytes;
    };

    explicit Block(std::size_t textCapacity)
        : m_textCapacity(textCapacity)
        , m_entryCapacity(textCapacity / 16 + 1)
        , m_text(std::make_unique_for_overwrite<char[]>(textCapacity))
        , m_entries(std::make_unique_for_overwrite<Entry[]>(m_entryCapacity))
    {
    }

    // Writer.
    [[nodiscard]] bool hasRoom(std::size_t bytes) const noexcept { return m_count < m_entryCapacity && m_textCapacity - m_used >= bytes; }
    void append(std::int64_t timeNs, std::string_view line, std::string_view packedMetadata)
    {
        auto* const at = m_text.get() + m_used;
        if (!line.empty())
            std::memcpy(at, line.data(), line.size());
        if (!packedMetadata.empty())
            std::memcpy(at + line.size(), packedMetadata.data(), packedMetadata.size());
        m_entries[m_count++] = { timeNs, static_cast<std::uint32_t>(m_used), static_cast<std::uint32_t>(line.size()), static_cast<std::uint32_t>(packedMetadata.size()) };
        m_used += line.size() + packedMetadata.size();
    }
    [[nodiscard]] std::size_t count() const noexcept { return m_count; }
    [[nodiscard]] std::size_t textCapacity() const noexcept { return m_textCapacity; }
    /// Forgets the entries from `count` on, after a commit that failed.
    void truncate(std::size_t count) noexcept
    {
        m_count = count;
        m_used = count == 0 ? 0 : m_entries[count - 1].offset + m_entries[count - 1].lineBytes + m_entries[count - 1].metadataBytes;
    }

    // Anyone, below a published count.
    [[nodiscard]] EntryView entry(std::size_t i) const noexcept
    {
        const auto& entry = m_entries[i];
        return { entry.timeNs, { m_text.get() + entry.offset, entry.lineBytes }, { m_text.get() + entry.offset + entry.lineBytes, entry.metadataBytes } };
    }
    [[nodiscard]] std::int64_t timeNs(std::size_t i) const noexcept { return m_entries[i].timeNs; }

    /// The store's epoch that has these entries in a chunk: a reader whose transaction is that new must not count them
    /// twice. Set before the commit that makes it true.
    std::atomic<std::uint64_t> sealedAt = std::numeric_limits<std::uint64_t>::max();

private:
    const std::size_t m_textCapacity;
    const std::size_t m_entryCapacity;
    std::unique_ptr<char[]> m_text;
    std::unique_ptr<Entry[]> m_entries;
    std::size_t m_used = 0;
    std::size_t m_count = 0;
};

/// What readers may see of a block.
struct BlockView {
    std::shared_ptr<const Block> block;
    std::size_t count = 0;
    std::int64_t minNs = 0;
    std::int64_t maxNs = 0;
    std::size_t textBytes = 0;
    std::uint64_t sequence = 0;
    bool sorted = true;
    bool hasMetadata = false;
};

}
