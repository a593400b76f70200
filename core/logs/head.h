#pragma once

#include "core/logs/block.h"
#include "core/logs/index.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace belvedere::logs {

/// The blocks of one stream. Used by one thread; others read through views.
class BlockList {
public:
    void append(
        std::int64_t timeNs, std::string_view line, std::string_view packedMetadata, std::uint64_t& nextSequence);

    [[nodiscard]] const std::vector<BlockView>& views() const noexcept { return m_views; }
    [[nodiscard]] bool empty() const noexcept { return m_views.empty(); }
    /// Back to what views() was, after a commit that failed. They hold what is frozen at least.
    void rollBack(std::vector<BlockView> views);
    void clear();

    /// No entry joins the blocks that are here now; answers what they hold.
    std::vector<BlockView> freeze();
    /// How many blocks are frozen.
    [[nodiscard]] std::size_t frozen() const noexcept { return m_frozen; }
    /// Marks the frozen blocks as being in a chunk from this epoch on.
    void setSealedAt(std::uint64_t epoch);
    void dropFrozen();
    /// The frozen blocks are as the others again.
    void thaw() { m_frozen = 0; }

    /// All entries in arrival order, from the `skip`ped number on. Valid until the list changes.
    [[nodiscard]] std::vector<EntryView> entries(std::size_t skip = 0) const;

private:
    std::vector<std::shared_ptr<Block>> m_blocks;
    std::vector<BlockView> m_views;
    std::size_t m_frozen = 0;
    bool m_lastIsFull = false; ///< the last block takes no more, however much room it has
};

/// One stream's part of the head, as readers see it.
struct HeadStream {
    StreamId id{};
    model::LabelsRef labels;
    std::vector<BlockView> blocks;
};

/// What has been committed and is not yet in chunks. Threading: every call from any thread.
class Head {
public:
    [[nodiscard]] std::vector<HeadStream> snapshot(const std::function<bool(const model::Labels&)>& wanted) const;
    [[nodiscard]] bool contains(StreamId id) const;
    /// Replaces the streams' parts; one without blocks goes.
    void publish(std::vector<HeadStream> streams);

private:
    mutable std::mutex m_mutex;
    std::unordered_map<StreamId, HeadStream> m_streams; // guarded by m_mutex
};

}
