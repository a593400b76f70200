#pragma once

#include "core/base/result.h"
#include "core/logs/line_filter.h"
#include "core/model/log_source.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct ZSTD_CCtx_s;

namespace belvedere::logs {

/// Structured metadata as it stands in the head: a count, then names and values with their lengths. "" if there is
/// none.
void appendPackedMetadata(std::string& out, const std::vector<model::Label>& metadata);
void appendPackedMetadata(std::string& out, model::MetadataView metadata);
/// Appends the pairs; they point into `packed`. False if it is malformed.
bool readPackedMetadata(std::string_view packed, std::vector<std::pair<std::string_view, std::string_view>>& pairs);

/// An entry on its way into a chunk.
struct EntryView {
    std::int64_t timeNs = 0;
    std::string_view line;
    std::string_view packedMetadata;
};

/// Packs entries of one stream into one value: times, line lengths, line text and structured metadata in columns of
/// their own. The same form serves chunks (sorted by time, with a filter, compressed well) and journal records (in
/// arrival order, without a filter, compressed fast). Layout: docs/format/logs.md.
/// Threading: used by one thread.
class ChunkEncoder {
public:
    /// A hasty chunk takes a third of the time and an eighth more room.
    enum class Kind : std::uint8_t { chunk, hastyChunk, journal };

    ChunkEncoder();
    ~ChunkEncoder();
    ChunkEncoder(const ChunkEncoder&) = delete;
    ChunkEncoder& operator=(const ChunkEncoder&) = delete;

    /// `entries` is not empty; for chunks it is sorted by time.
    [[nodiscard]] std::string encode(std::span<const EntryView> entries, Kind kind);

private:
    void compress(std::string& out, std::string_view text) const;

    ZSTD_CCtx_s* m_context;
    LineFilterBuilder m_filter;
    std::string m_text;
    std::string m_lengths;
    std::string m_metadata;
};

/// What can be known of a chunk without decoding it.
struct ChunkHeader {
    std::size_t entries = 0;
    std::size_t textBytes = 0;
    std::int64_t minNs = 0;
    std::int64_t maxNs = 0; ///< inclusive
    std::string_view filter;
};

/// Fails with corrupt.
[[nodiscard]] Result<ChunkHeader> readChunkHeader(std::string_view chunk);

/// The columns of a chunk. Keeps its memory, so use it again.
class ChunkDecoder {
public:
    struct Parts {
        bool lines = true;
        bool metadata = true;
    };

    ChunkDecoder();
    ~ChunkDecoder();
    ChunkDecoder(const ChunkDecoder&) = delete;
    ChunkDecoder& operator=(const ChunkDecoder&) = delete;

    /// Fails with corrupt; then the columns are empty. `chunk` is not needed afterwards.
    [[nodiscard]] Result<void> decode(std::string_view chunk, Parts parts);

    // Valid until the next decode().
    [[nodiscard]] const std::vector<std::int64_t>& timesNs() const noexcept { return m_times; }
    /// All lines, one behind the other.
    [[nodiscard]] std::string_view text() const noexcept { return m_text; }
    /// Where each line ends in text().
    [[nodiscard]] const std::vector<std::uint32_t>& lineEnds() const noexcept { return m_ends; }
    [[nodiscard]] std::string_view line(std::size_t entry) const
    {
        const auto begin = entry == 0 ? 0 : m_ends[entry - 1];
        return text().substr(begin, m_ends[entry] - begin);
    }
    /// Empty if no entry has any.
    [[nodiscard]] const std::vector<model::MetadataView>& metadata() const noexcept { return m_metadata; }

private:
    struct Context;
    [[nodiscard]] Result<void> decodeColumns(std::string_view chunk, Parts parts);
    [[nodiscard]] bool decodeMetadata(std::size_t entries);
    void clear();

    std::unique_ptr<Context> m_context;
    std::vector<std::int64_t> m_times;
    std::vector<std::uint32_t> m_ends;
    std::string m_text;
    std::string m_lengths;
    std::string m_metadataText;
    std::vector<std::pair<std::string_view, std::string_view>> m_pairs;
    std::vector<model::MetadataView> m_metadata;
};

}
