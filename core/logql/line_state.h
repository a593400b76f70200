#pragma once

#include "core/model/labels.h"
#include "core/model/log_source.h"
#include "core/model/query_value.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace belvedere::logql {

inline constexpr std::string_view kErrorLabel = "__error__";
inline constexpr std::string_view kErrorDetailsLabel = "__error_details__";
inline constexpr std::string_view kDuplicateSuffix = "_extracted";

/// Text that lives as long as the line being worked on.
class Arena {
public:
    [[nodiscard]] char* allocate(std::size_t size)
    {
        while (m_block < m_blocks.size() && m_used + size > m_blocks[m_block].size) {
            ++m_block;
            m_used = 0;
        }
        if (m_block == m_blocks.size()) {
            const auto length = size > kBlock ? size : kBlock;
            m_blocks.push_back({ std::make_unique_for_overwrite<char[]>(length), length });
            m_used = 0;
        }
        char* out = m_blocks[m_block].data.get() + m_used;
        m_used += size;
        return out;
    }
    [[nodiscard]] std::string_view store(std::string_view text)
    {
        if (text.empty())
            return {};
        char* out = allocate(text.size());
        std::memcpy(out, text.data(), text.size());
        return { out, text.size() };
    }
    [[nodiscard]] std::string_view join(std::string_view a, std::string_view b)
    {
        if (a.empty() || b.empty())
            return store(a.empty() ? b : a);
        char* out = allocate(a.size() + b.size());
        std::memcpy(out, a.data(), a.size());
        std::memcpy(out + a.size(), b.data(), b.size());
        return { out, a.size() + b.size() };
    }
    void reset()
    {
        m_block = 0;
        m_used = 0;
    }

private:
    static constexpr std::size_t kBlock = 16 * 1024;
    struct Block {
        std::unique_ptr<char[]> data;
        std::size_t size;
    };
    std::vector<Block> m_blocks;
    std::size_t m_block = 0;
    std::size_t m_used = 0;
};

/// A line on its way through a pipeline: its text and what the stages made of its labels. One per thread, used again for
/// every line. Names and values are views into the line, the batch, the stages or the arena.
class LineState {
public:
    struct Cell {
        std::string_view name;
        std::string_view value;
    };

    std::int64_t timeNs = 0;
    std::string_view line;
    /// Bits of the label filters that a parser has already tested (see Pipeline).
    std::uint64_t testedFilters = 0;
    /// Required labels that have been set: bits of Hints::required.
    std::uint64_t extracted = 0;
    bool preserveError = false;

    void begin(const model::Labels& stream, std::int64_t time, std::string_view text, model::MetadataView metadata);

    [[nodiscard]] const model::Labels& stream() const { return *m_stream; }
    [[nodiscard]] const std::vector<Cell>& metadata() const { return m_metadata; }
    [[nodiscard]] const std::vector<Cell>& parsed() const { return m_parsed; }
    [[nodiscard]] bool unchanged() const { return m_metadata.empty() && m_parsed.empty() && m_deleted.empty() && m_error.empty(); }

    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
    /// "" for a label that is not there; knows __error__.
    [[nodiscard]] std::string_view valueOrEmpty(std::string_view name) const;
    /// True if a parser that finds `name` must call it `name_extracted`.
    [[nodiscard]] bool isTaken(std::string_view name) const;
    [[nodiscard]] bool hasParsed(std::string_view name) const;
    [[nodiscard]] bool isDeleted(std::string_view name) const;

    /// `value` must outlive the line.
    void setMetadata(std::string_view name, std::string_view value) { m_metadata.push_back({ name, value }); }
    void setParsed(std::string_view name, std::string_view value);
    void remove(std::string_view name);

    [[nodiscard]] bool hasError() const { return !m_error.empty(); }
    [[nodiscard]] std::string_view error() const { return m_error; }
    [[nodiscard]] const std::string& errorDetails() const { return m_errorDetails; }
    void setError(std::string_view error, std::string_view details);
    void clearError() { m_error = {}; }
    void clearErrorDetails() { m_errorDetails.clear(); }

    [[nodiscard]] Arena& arena() { return m_arena; }

    /// Labels of the stream that no stage removed or replaced.
    [[nodiscard]] bool keepsStreamLabel(std::string_view name) const;
    [[nodiscard]] bool keepsWholeStream() const;
    /// Everything, sorted: stream, metadata, parsed and errors.
    void appendAll(std::vector<Cell>& out) const;
    /// What parsers made, with errors; sorted.
    [[nodiscard]] std::vector<model::Label> parsedLabels() const;
    [[nodiscard]] std::vector<model::Label> metadataLabels() const;

private:
    const model::Labels* m_stream = nullptr;
    std::vector<Cell> m_metadata;
    std::vector<Cell> m_parsed;
    std::vector<std::string_view> m_deleted;
    std::string_view m_error;
    std::string m_errorDetails;
    Arena m_arena;
};

}
