#pragma once

#include "core/base/result.h"
#include "core/model/metric_source.h"
#include "core/tsdb/bytes.h"
#include "core/tsdb/series_index.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

/// The journal: what was appended since the head was last sealed, one record a commit. Rows of a group are coded against
/// the row before, so a scrape in which little changed takes a byte or two a sample. Byte layout: docs/format/metrics.md,
/// "Journal".
namespace belvedere::tsdb {

/// A sample of a series known by its handle.
struct HandleSample {
    Handle series = 0;
    std::int64_t timeMs = 0;
    double value = 0;
};

/// Writes records. Each refers to what earlier ones since the last reset() have named, so all must be kept or none.
class JournalEncoder {
public:
    /// `needsLabels(handle)` tells whether the series' labels are stored nowhere else yet.
    JournalEncoder(const SeriesIndex& index, std::function<bool(Handle)> needsLabels);

    /// Forgets what earlier records named; the next record says so.
    void reset();

    void beginRecord();
    /// One row of a group: `slots` are numbers of series in `group`, whose members are `members` (only ever appended to).
    /// An empty `slots` means all in order.
    void addRow(model::GroupId group, std::span<const Handle> members, std::int64_t timeMs, std::span<const std::uint32_t> slots, std::span<const double> values);
    void addTimed(std::span<const HandleSample> samples);
    /// True if nothing was added since beginRecord().
    [[nodiscard]] bool empty() const noexcept { return m_record.empty(); }
    /// The finished record, ready to be stored.
    [[nodiscard]] std::string takeRecord();

private:
    struct Group {
        std::uint64_t number = 0;
        std::size_t named = 0; ///< members that records have named
        std::vector<double> previous;
    };
    void putSeries(Handle series);
    [[nodiscard]] std::uint32_t numberOf(Handle series) const { return series < m_numbers.size() ? m_numbers[series] : 0; }

    const SeriesIndex& m_index;
    std::function<bool(Handle)> m_needsLabels;
    std::string m_record;
    bool m_reset = true;
    bool m_compress = false;
    std::int64_t m_lastTime = 0;
    std::unordered_map<std::uint64_t, Group> m_groups;
    std::vector<std::uint32_t> m_numbers; ///< by handle; 0 is none
    std::vector<double> m_timedPrevious;  ///< by number
};

/// Reads records back in their order.
class JournalDecoder {
public:
    struct Callbacks {
        /// A series with labels that are stored here.
        std::function<Handle(const model::Labels&)> define;
        /// A series whose labels are stored in a partition.
        std::function<Result<Handle>(model::SeriesId)> resolve;
        std::function<void(model::GroupId, std::int64_t timeMs, std::span<const Handle>, std::span<const double>)> row;
        std::function<void(std::span<const HandleSample>)> timed;
    };
    explicit JournalDecoder(Callbacks callbacks);

    /// Any bytes are safe to pass.
    [[nodiscard]] Result<void> record(Bytes record);

private:
    struct Group {
        std::uint64_t id = 0;
        std::vector<Handle> members;
        std::vector<double> previous;
    };
    [[nodiscard]] Result<std::uint32_t> readSeries(Reader& in);
    [[nodiscard]] Result<void> readRow(Reader& in);
    [[nodiscard]] Result<void> readTimed(Reader& in);

    Callbacks m_callbacks;
    std::int64_t m_lastTime = 0;
    std::vector<Group> m_groups;
    std::vector<Handle> m_series { 0 }; ///< by number; 0 is none
    std::vector<double> m_timedPrevious { 0 };
};

}
