#pragma once

#include "core/base/task_pool.h"
#include "core/logs/block.h"
#include "core/logs/index.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace belvedere::logs {

/// A chunk that is ready to be stored.
struct NewChunk {
    ChunkRow row;
    std::string bytes;
    std::size_t filterBytes = 0;
};

/// What is to be made into chunks: blocks of one stream that do not change any more.
struct PackOrder {
    StreamId stream{};
    std::vector<BlockView> blocks; ///< not empty
    std::size_t chunkBytes = 0; ///< text of a chunk, about
    bool hasty = false; ///< see ChunkEncoder::Kind
    /// Number of the first chunk; those that follow it inside a partition count on. See chunkNumbers().
    std::uint64_t firstSequence = 0;
};

/// An upper bound for the numbers that an order takes from `firstSequence` on.
[[nodiscard]] std::uint64_t chunkNumbers(const PackOrder& order);

[[nodiscard]] std::vector<NewChunk> pack(const PackOrder& order);

/// Packs on threads of its own: the writer must not wait for the compressor.
/// Threading: submit() and take() from one thread, the others from any.
class Packer {
public:
    struct Packed {
        StreamId stream{};
        std::vector<NewChunk> chunks;
    };

    /// `finished` is called on a packing thread after each order.
    explicit Packer(std::function<void()> finished);

    void submit(PackOrder order);
    /// What is finished, in no order.
    [[nodiscard]] std::vector<Packed> take();
    [[nodiscard]] bool hasFinished() const;
    /// Returns when something is finished and not yet taken, or nothing is being packed.
    void wait() const;

private:
    void run(const PackOrder& order);

    std::function<void()> m_finished;
    mutable std::mutex m_mutex;
    mutable std::condition_variable m_change;
    std::size_t m_waiting = 0; // guarded by m_mutex
    std::vector<Packed> m_packed; // guarded by m_mutex
    std::optional<TaskPool> m_pool; // from the first order on; last, since its threads use the others
};

}
