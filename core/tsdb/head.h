#pragma once

#include "core/model/metric_source.h"
#include "core/tsdb/block.h"
#include "core/tsdb/series_index.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace belvedere::tsdb {

/// A sample of a series known by its handle.
struct HandleSample {
    Handle series = 0;
    std::int64_t timeMs = 0;
    double value = 0;
};

/// The newest samples of a group that are not packed yet: one row a timestamp, one place a series. Rows are only ever
/// added, so whoever knows of the first n rows may read them while further ones are written.
struct HeadRows {
    static constexpr std::size_t kRows = 16;

    explicit HeadRows(std::size_t capacity)
        : slots(capacity)
        , words((capacity + 63) / 64)
        , values(std::make_unique_for_overwrite<double[]>(kRows * capacity))
        , present(std::make_unique<std::uint64_t[]>(kRows * words))
    {
    }
    [[nodiscard]] bool has(std::size_t row, std::size_t slot) const { return (present[row * words + slot / 64] >> (slot % 64) & 1) != 0; }
    [[nodiscard]] double value(std::size_t row, std::size_t slot) const { return values[row * slots + slot]; }

    const std::size_t slots; ///< room for so many series
    const std::size_t words;
    std::array<std::int64_t, kRows> times {};
    std::unique_ptr<double[]> values;
    std::unique_ptr<std::uint64_t[]> present;
};

/// Rows of a group, packed: a block whose columns are the group's slots. Never changes.
struct HeadChunk {
    std::int64_t minMs = 0;
    std::int64_t maxMs = 0;
    std::size_t timestamps = 0;
    std::size_t samples = 0;
    std::string block;
};

/// Samples of one series with timestamps of their own.
struct TimedColumn {
    std::vector<std::int64_t> timesMs;
    std::vector<double> values;
    bool sorted = true;
    std::size_t stored = 0; ///< so many of the samples are in packed records of the journal

    void add(std::int64_t timeMs, double value);
    /// Strictly increasing times; of several samples with one time the one that came first.
    void sort();
};

/// Samples that are journaled but not sealed.
///
/// Threading: one thread changes it. Others read under the store's state lock; "with the lock" below means that the
/// changing thread holds it alone.
class Head {
public:
    struct Group {
        model::GroupId id {};
        std::vector<Handle> members; ///< by slot; only ever appended to
        std::int64_t lastMs = std::numeric_limits<std::int64_t>::min();
        std::size_t timestamps = 0;
        std::vector<std::shared_ptr<const HeadChunk>> chunks;
        std::size_t storedChunks = 0; ///< so many of `chunks` are in packed records of the journal
        std::shared_ptr<HeadRows> rows; ///< null if there are none
        std::size_t rowCount = 0;
        std::size_t inMembers = 0; ///< so many of `members` are in the head's set of series

        // For the writer alone: what the last batch named, and where that was.
        std::vector<model::SeriesId> lastSeries;
        std::vector<Handle> lastHandles;
        std::vector<std::uint32_t> lastSlots;
        bool lastInOrder = false; ///< slots 0, 1, 2, …
        std::int64_t preparedMs = std::numeric_limits<std::int64_t>::min(); ///< as lastMs, with rows not yet committed
    };
    struct Place {
        std::uint32_t group = kNowhere;
        std::uint32_t slot = 0;
    };
    static constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

    [[nodiscard]] std::optional<std::uint32_t> findGroup(model::GroupId id) const;
    /// The group's number, made if it is new. Call with the lock.
    [[nodiscard]] std::uint32_t group(model::GroupId id);
    /// Where a series' rows are.
    [[nodiscard]] Place place(Handle series) const { return series < m_places.size() ? m_places[series] : Place {}; }
    /// The slot of a series in a group, given if it has none anywhere; kNowhere if it is in another group.
    /// Call with the lock.
    [[nodiscard]] std::uint32_t slot(std::uint32_t group, Handle series);

    /// Packs the group's rows if a row for `slots` series finds no room, so that addRow() will. Call without the lock.
    struct Packed {
        std::shared_ptr<const HeadChunk> chunk;
        std::shared_ptr<HeadRows> rows;
    };
    [[nodiscard]] Packed makeRoom(const Group& group) const;
    /// Packs whatever rows the group has. Call without the lock.
    [[nodiscard]] Packed packAll(const Group& group) const;
    /// Takes over what makeRoom() or packAll() made. Call with the lock.
    void install(Group& group, Packed packed);
    /// Adds a row; empty `slots` means all in order. Call with the lock.
    void addRow(Group& group, std::int64_t timeMs, std::span<const std::uint32_t> slots, std::span<const double> values);
    /// `stored`: they come from a packed record of the journal. Call with the lock.
    void addTimed(std::span<const HandleSample> samples, bool stored = false);
    /// Adds a chunk from the journal to a group that has no rows. Call with the lock.
    void addStoredChunk(Group& group, std::shared_ptr<const HeadChunk> chunk);
    /// For the thread that changes the head: all there is now is in packed records of the journal.
    void markStored();

    /// Calls `visit(series, time, value)` with each series' newest sample, from its group and of its own: up to two calls.
    /// Fails with corrupt if a chunk cannot be read.
    [[nodiscard]] Result<void> visitNewest(const std::function<void(Handle, std::int64_t, double)>& visit) const;

    [[nodiscard]] const std::vector<std::unique_ptr<Group>>& groups() const noexcept { return m_groups; }
    [[nodiscard]] Group& groupAt(std::uint32_t index) { return *m_groups[index]; }
    [[nodiscard]] const Group& groupAt(std::uint32_t index) const { return *m_groups[index]; }
    [[nodiscard]] const std::unordered_map<Handle, TimedColumn>& timed() const noexcept { return m_timed; }
    /// Series with samples here.
    [[nodiscard]] const HandleSet& members() const noexcept { return m_members; }
    [[nodiscard]] std::size_t samples() const noexcept { return m_samples; }
    /// Samples that the journal has in rows, not in packed records.
    [[nodiscard]] std::size_t unstoredSamples() const noexcept { return m_samples - m_storedSamples; }
    [[nodiscard]] std::size_t bytes() const noexcept { return m_bytes; }
    [[nodiscard]] std::int64_t minMs() const noexcept { return m_minMs; }
    [[nodiscard]] std::int64_t maxMs() const noexcept { return m_maxMs; }
    [[nodiscard]] bool empty() const noexcept { return m_samples == 0; }
    /// Greatest number of timestamps that a group has collected.
    [[nodiscard]] std::size_t longestGroup() const noexcept { return m_longest; }

private:
    void sawTime(std::int64_t timeMs);
    void sawMembers(Group& group);
    [[nodiscard]] static Result<void> visitNewestOfGroup(const Group& group, const std::function<void(Handle, std::int64_t, double)>& visit);

    std::vector<std::unique_ptr<Group>> m_groups;
    std::unordered_map<std::uint64_t, std::uint32_t> m_groupNumbers;
    std::vector<Place> m_places; ///< by handle
    std::unordered_map<Handle, TimedColumn> m_timed;
    HandleSet m_members;
    std::size_t m_samples = 0;
    std::size_t m_storedSamples = 0;
    std::size_t m_bytes = 0;
    std::size_t m_longest = 0;
    std::int64_t m_minMs = std::numeric_limits<std::int64_t>::max();
    std::int64_t m_maxMs = std::numeric_limits<std::int64_t>::min();
};

/// Packs the first `rowCount` rows of `slots` series.
[[nodiscard]] std::shared_ptr<const HeadChunk> packRows(const HeadRows& rows, std::size_t rowCount, std::size_t slots);

}
