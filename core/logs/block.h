#pragma once

#include "core/logs/chunk.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>

namespace belvedere::logs {

/// A piece of the head: room for entries of one stream that fills up and never moves. Text grows from the front, the
/// table of entries from the end, so that neither long nor short lines leave half of it empty.
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

    /// Room for `bytes`, or for one entry with `firstBytes` of text if that is more.
    Block(std::size_t bytes, std::size_t firstBytes)
        : m_bytes(std::max(bytes, firstBytes + sizeof(Entry))),
          m_memory(std::make_unique_for_overwrite<char[]>(m_bytes))
    {
    }

    // Writer.
    [[nodiscard]] bool hasRoom(std::size_t bytes) const noexcept
    {
        return m_bytes - m_used - m_count * sizeof(Entry) >= bytes + sizeof(Entry);
    }
    void append(std::int64_t timeNs, std::string_view line, std::string_view packedMetadata)
    {
        auto* const at = m_memory.get() + m_used;
        if (!line.empty())
            std::memcpy(at, line.data(), line.size());
        if (!packedMetadata.empty())
            std::memcpy(at + line.size(), packedMetadata.data(), packedMetadata.size());
        const Entry entry{ timeNs, static_cast<std::uint32_t>(m_used), static_cast<std::uint32_t>(line.size()),
            static_cast<std::uint32_t>(packedMetadata.size()) };
        std::memcpy(place(m_count++), &entry, sizeof entry);
        m_used += line.size() + packedMetadata.size();
    }
    [[nodiscard]] std::size_t bytes() const noexcept { return m_bytes; }
    /// Forgets the entries from `count` on, after a commit that failed.
    void truncate(std::size_t count) noexcept
    {
        m_count = count;
        m_used = 0;
        if (count > 0) {
            const auto last = at(count - 1);
            m_used = last.offset + last.lineBytes + last.metadataBytes;
        }
    }

    // Anyone, below a published count.
    [[nodiscard]] EntryView entry(std::size_t i) const noexcept
    {
        const auto entry = at(i);
        return { entry.timeNs, { m_memory.get() + entry.offset, entry.lineBytes },
            { m_memory.get() + entry.offset + entry.lineBytes, entry.metadataBytes } };
    }
    [[nodiscard]] std::int64_t timeNs(std::size_t i) const noexcept { return at(i).timeNs; }

    /// The store's epoch that has these entries in a chunk: a reader whose transaction is that new must not count them
    /// twice. Set before the commit that makes it true.
    std::atomic<std::uint64_t> sealedAt = std::numeric_limits<std::uint64_t>::max();

private:
    [[nodiscard]] char* place(std::size_t i) const noexcept
    {
        return m_memory.get() + m_bytes - (i + 1) * sizeof(Entry);
    }
    [[nodiscard]] Entry at(std::size_t i) const noexcept
    {
        Entry entry;
        std::memcpy(&entry, place(i), sizeof entry);
        return entry;
    }

    const std::size_t m_bytes;
    std::unique_ptr<char[]> m_memory;
    std::size_t m_used = 0; ///< by text
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
