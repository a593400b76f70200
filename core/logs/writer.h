#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/base/result.h"
#include "core/logs/chunk.h"
#include "core/logs/head.h"
#include "core/logs/index.h"
#include "core/logs/packer.h"
#include "core/logs/store.h"
#include "core/model/log_source.h"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace belvedere::logs {

/// One call of Store::append().
struct AppendCall {
    std::vector<model::LogPush> pushes;
    std::vector<model::LogPosition> positions;
    model::LogSink::Committed committed;
    std::size_t bytes = 0;
};

/// Turns appends into commits, and full heads into chunks. Threading: used by the store's writer thread alone, except
/// stats() and hasPacked().
class Writer {
public:
    using Told = std::function<void(const model::LabelsRef& stream, std::span<const model::LogEntry> entries)>;

    /// `told` hears of every stream and its new entries after their commit, if `listening` says that anybody wants to.
    /// `packed` is called on another thread when hasPacked() has become true.
    Writer(kv::Environment& environment, Index& index, Head& head, const StoreOptions& options, const Clock& clock,
        Logger& logger, std::function<bool()> listening, Told told, std::function<void()> packed);

    /// Reads the journal back into the head.
    [[nodiscard]] Result<void> restore();
    /// Commits `calls` as one and reports to each. Has full heads packed.
    [[nodiscard]] Result<void> commit(std::vector<AppendCall> calls);
    [[nodiscard]] bool hasPacked() const { return m_packer.hasFinished(); }
    /// Stores the chunks that are packed; waits for some while too much is being packed.
    [[nodiscard]] Result<void> storePacked();
    /// Stores all that is being packed.
    [[nodiscard]] Result<void> finishPacking();
    /// Turns every head into chunks.
    [[nodiscard]] Result<void> sealAll();
    /// Removes the partitions that are too old or too much.
    [[nodiscard]] Result<void> applyRetention();

    /// Only the counters that the writer keeps.
    [[nodiscard]] Stats stats() const;

private:
    struct Hash {
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        auto operator<=>(const Hash&) const = default;
    };
    struct HashOfHash {
        std::size_t operator()(const Hash& hash) const noexcept { return hash.low; }
    };
    /// What is being packed of a stream.
    struct FrozenPart {
        std::size_t entries = 0; ///< 0: nothing is
        std::size_t weight = 0;
        std::int64_t newestNs = 0;
        std::uint64_t journalEnd = 0; ///< its records have smaller numbers
    };
    /// A stream that is being written.
    struct OpenStream {
        StreamRow row;
        bool isNew = true; ///< not yet in the index
        std::uint64_t touchedBy = 0; ///< the last commit that had entries for it
        BlockList blocks; ///< those being packed are frozen
        FrozenPart frozen;
        std::size_t entries = 0;
        std::size_t weight = 0; ///< bytes of memory, about
        std::int64_t newestNs = std::numeric_limits<std::int64_t>::min();
        bool inOrder = true;
        /// Time and line of all entries in the head; filled when it is first needed.
        std::unordered_set<Hash, HashOfHash> seen;
        bool seenFilled = false;
    };
    /// What a stream was before the commit under way.
    struct Touched {
        OpenStream* stream = nullptr;
        std::vector<BlockView> views;
        std::size_t entries = 0;
        std::size_t weight = 0;
        std::int64_t newestNs = 0;
        bool inOrder = true;
    };
    static Hash hashOf(std::int64_t timeNs, std::string_view line);
    [[nodiscard]] Result<OpenStream*> openStream(const model::Labels& labels);
    void touch(OpenStream& stream, std::vector<Touched>& touched);
    void add(OpenStream& stream, std::int64_t timeNs, std::string_view line, std::string_view packedMetadata);
    [[nodiscard]] Result<bool> isDuplicate(OpenStream& stream, const model::LogEntry& entry);
    [[nodiscard]] bool isInHead(OpenStream& stream, const model::LogEntry& entry);
    [[nodiscard]] Result<bool> isInChunks(const OpenStream& stream, const model::LogEntry& entry);
    [[nodiscard]] Result<model::LogAppendSummary> addCall(AppendCall& call, std::vector<Touched>& touched);
    [[nodiscard]] std::vector<OpenStream*> fullStreams(const std::vector<Touched>& touched) const;
    void freeze(OpenStream& stream, bool hasty);
    [[nodiscard]] Result<void> store(const std::vector<Packer::Packed>& packed);
    void rollBack(std::vector<Touched>& touched);
    void forgetIdleStreams();

    kv::Environment& m_environment;
    Index& m_index;
    Head& m_head;
    const StoreOptions& m_options;
    const Clock& m_clock;
    Logger& m_logger;
    std::function<bool()> m_listening;
    Told m_told;

    ChunkEncoder m_encoder;
    ChunkDecoder m_decoder;
    std::unordered_map<model::Labels, std::unique_ptr<OpenStream>> m_streams;
    std::uint64_t m_nextStream = 0;
    std::uint64_t m_nextSequence = 0;
    std::uint64_t m_epoch = 0;
    std::uint64_t m_commitNumber = 1;
    std::size_t m_headWeight = 0;
    std::size_t m_frozenWeight = 0; ///< the part of m_headWeight that is being packed
    std::unordered_map<StreamId, OpenStream*> m_packing;
    std::string m_packed;

    /// Sorted hashes of the entries of chunks that were lately compared with; the last used in front.
    using ChunkHashes = std::pair<std::string, std::vector<Hash>>;
    std::list<ChunkHashes> m_chunkHashes;

    mutable std::mutex m_statsMutex;
    Stats m_stats; // guarded by m_statsMutex

    Packer m_packer;
};

}
