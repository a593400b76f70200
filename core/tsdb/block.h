#pragma once

#include "core/tsdb/column_codec.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// A block: timestamps once, and a value column for each of some series. The same form serves the head's small chunks
/// and the sealed data. Byte layout: docs/format/metrics.md, "Blocks".
namespace belvedere::tsdb {

/// Writes one block.
class BlockBuilder {
public:
    /// `times` strictly increase; at least one.
    BlockBuilder(std::span<const std::int64_t> times, Effort effort);

    /// Adds the next series' column; see encodeColumn(). A series without values gets an empty one.
    void add(std::span<const double> values, std::span<const std::uint8_t> present);

    /// Appends the block, which ends in kSlackBytes zeros.
    void finish(std::string& out) const;

private:
    Effort m_effort;
    std::size_t m_timestamps;
    std::string m_times;
    std::string m_columns;
    std::vector<std::uint64_t> m_sizes;
};

/// Reads one block in place. Any bytes are safe to pass; they must outlive the reader.
class BlockReader {
public:
    [[nodiscard]] bool open(Bytes block);

    [[nodiscard]] std::size_t columnCount() const noexcept { return m_columns; }
    [[nodiscard]] std::span<const std::int64_t> times() const noexcept { return m_times; }
    /// The bytes of a column; empty if the series has no values here. For ColumnDecoder::open().
    [[nodiscard]] Bytes column(std::size_t index) const;

private:
    std::size_t m_columns = 0;
    std::vector<std::int64_t> m_times;
    std::vector<std::uint32_t> m_offsets; ///< one more than columns
    Bytes m_data;
};

}
