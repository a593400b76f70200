#pragma once

#include "core/base/result.h"
#include "core/kv/kv.h"
#include "core/model/metric_source.h"
#include "core/tsdb/bytes.h"
#include "core/tsdb/head.h"
#include "core/tsdb/series_index.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

/// The journal: what was appended and is not sealed yet. Each head has an epoch of its own, whose records are of three kinds:
/// definitions give numbers to series and groups, rows hold what a commit brought, and packed records take the place of rows
/// once the head has packed those. So a store that is opened reads few rows, however much is waiting to be sealed. Byte
/// layout: docs/format/metrics.md, "Journal".
namespace belvedere::tsdb {

enum class JournalKind : char { definitions = 'd', packed = 'k', rows = 'r' };

struct JournalKey {
    std::uint64_t epoch = 0;
    JournalKind kind = JournalKind::definitions;
    std::uint64_t sequence = 0;

    [[nodiscard]] std::string encode() const;
    [[nodiscard]] static Result<JournalKey> decode(kv::Bytes key);
};
/// The key range of a whole epoch, and of its rows: [first, second).
[[nodiscard]] std::pair<std::string, std::string> journalEpoch(std::uint64_t epoch);
[[nodiscard]] std::pair<std::string, std::string> journalRows(std::uint64_t epoch);

/// What the records of an epoch call by number: series and groups in the order in which they were defined.
struct JournalNames {
    struct Group {
        model::GroupId id {};
        std::size_t members = 0; ///< so many of the group's slots are defined
    };
    std::vector<Handle> series;
    std::vector<Group> groups;
};

/// Writes the records of one epoch. Each refers to what earlier ones defined, so all must be stored in their order.
class JournalEncoder {
public:
    /// `names` is what the epoch's stored records have defined already.
    explicit JournalEncoder(const SeriesIndex& index, const JournalNames& names = {});

    void beginRecord();
    /// One row of a group: `slots` are numbers of series in `group`, whose members are `members` (only ever appended to).
    /// An empty `slots` means the first slots in order.
    void addRow(model::GroupId group, std::span<const Handle> members, std::int64_t timeMs, std::span<const std::uint32_t> slots, std::span<const double> values);
    void addTimed(std::span<const HandleSample> samples);
    /// True if nothing was added since beginRecord().
    [[nodiscard]] bool empty() const noexcept { return m_rows.empty(); }
    struct Records {
        std::string definitions; ///< empty if there are none
        std::string rows;
    };
    /// The finished records, to be stored in one transaction.
    [[nodiscard]] Records takeRecords();
    /// The records taken last were not stored: forgets what they defined.
    void undoRecords();
    /// The rows so far are going to be replaced by packed records: values are no longer coded against them.
    void forgetValues() { ++m_era; }

    // Entries of a packed record. The group and series must have been in rows before.
    void putPacked(std::string& out, model::GroupId group, const HeadChunk& chunk) const;
    void putPackedTimed(std::string& out, Handle series, std::span<const std::int64_t> timesMs, std::span<const double> values) const;

private:
    struct Group {
        std::uint64_t number = 0; ///< from 1
        std::size_t named = 0;    ///< members that records have defined
        std::uint64_t era = 0;    ///< in which `previous` was written
        std::vector<double> previous;
    };
    struct Timed {
        std::uint64_t era = 0;
        double previous = 0;
    };
    /// For undoRecords(): how it was when the record was begun.
    struct Undo {
        std::size_t series = 0;
        std::size_t groups = 0;
        std::vector<std::pair<Group*, std::size_t>> named;
    };
    [[nodiscard]] std::uint64_t define(Handle series);
    Group& define(model::GroupId group, std::span<const Handle> members);
    [[nodiscard]] std::uint32_t numberOf(Handle series) const { return series < m_numbers.size() ? m_numbers[series] : 0; }

    const SeriesIndex& m_index;
    std::string m_definitions;
    std::string m_rows;
    std::int64_t m_lastTime = 0;
    std::uint64_t m_era = 1;
    std::unordered_map<std::uint64_t, Group> m_groups;
    std::vector<std::uint32_t> m_numbers; ///< by handle; 0 is none
    std::vector<Handle> m_series;         ///< by number, less 1
    std::vector<Timed> m_timed;           ///< likewise
    Undo m_undo;
};

/// Rebuilds a head from the records of one epoch: definitions first, then packed records, then rows. Later definitions and
/// rows may follow. Any bytes are safe to pass.
class JournalReader {
public:
    /// Both must outlive the reader. The head is changed: see its threading.
    JournalReader(SeriesIndex& index, Head& head);

    [[nodiscard]] Result<void> record(JournalKind kind, Bytes record);
    /// What the records so far have defined.
    [[nodiscard]] JournalNames names() const;

private:
    struct Group {
        std::uint32_t inHead = 0;
        std::vector<double> previous;
    };
    [[nodiscard]] Result<void> readDefinitions(Reader in);
    [[nodiscard]] Result<void> readMembers(Reader& in);
    [[nodiscard]] Result<void> readPacked(Reader& in);
    [[nodiscard]] Result<void> readRow(Reader& in, bool fresh, bool inOrder);
    [[nodiscard]] Result<void> readTimed(Reader& in, bool fresh, bool stored);

    SeriesIndex& m_index;
    Head& m_head;
    std::int64_t m_lastTime = 0;
    std::vector<Group> m_groups;
    std::vector<Handle> m_series;
    std::vector<double> m_timedPrevious; ///< as m_series
};

}
