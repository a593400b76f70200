#pragma once

#include "core/model/labels.h"
#include "core/model/matcher.h"
#include "core/model/metric_source.h"

#include <roaring/roaring.hh>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace roaring { }

namespace belvedere::tsdb {

/// Number of a series while the store is open: dense, so that sets of series are bitmaps.
using Handle = std::uint32_t;
using namespace roaring; // releases before 1.0 have the class in the global namespace
using HandleSet = Roaring;

/// All series that the process knows: those being written, and those of the partitions that queries have touched.
///
/// Names and values are stored once; a series is a row of pairs of their numbers. Postings (the set of series of a
/// name and value) are roaring bitmaps: Lemire et al., "Roaring Bitmaps: Implementation of an Optimized Software
/// Library", 2018. Label sets are built when somebody first asks for them and then shared.
///
/// Threading: every call from any thread. Handles never change their meaning.
class SeriesIndex {
public:
    struct Pair {
        std::uint32_t name;
        std::uint32_t value;
        bool operator==(const Pair&) const = default;
    };

    /// The series' handle, made if it is new.
    [[nodiscard]] Handle intern(const model::Labels& labels);
    /// As above, for labels as texts: names increasing, no empty values.
    struct LabelText {
        std::string_view name;
        std::string_view value;
    };
    [[nodiscard]] Handle intern(std::span<const LabelText> labels);
    /// The handle of an id that intern() has given out.
    [[nodiscard]] std::optional<Handle> find(model::SeriesId id) const;
    /// As find() for many at once; puts kNoHandle where there is none.
    void find(std::span<const model::SeriesId> ids, std::vector<Handle>& out) const;
    static constexpr Handle kNoHandle = 0xFFFFFFFF;
    [[nodiscard]] model::SeriesId id(Handle handle) const;
    [[nodiscard]] std::size_t size() const;

    /// Series of `within` that match.
    [[nodiscard]] HandleSet resolve(const model::Matchers& matchers, const HandleSet& within) const;
    /// Sorted, unique.
    [[nodiscard]] std::vector<std::string> names(const HandleSet& of, std::size_t limit) const;
    [[nodiscard]] std::vector<std::string> values(const std::string& name, const HandleSet& of, std::size_t limit) const;

    [[nodiscard]] model::LabelsRef labels(Handle handle) const;
    /// One for each handle, in the same order.
    [[nodiscard]] std::vector<model::LabelsRef> labels(std::span<const Handle> handles) const;
    /// Texts of a series without making a label set; `visit` gets name and value, sorted by name.
    template <class Visit>
    void visitLabels(Handle handle, Visit&& visit) const
    {
        const std::shared_lock lock(m_mutex);
        for (const auto& pair : row(handle))
            visit(std::string_view(m_texts[pair.name]), std::string_view(m_texts[pair.value]));
    }
    /// True if the labels of `a` sort before those of `b`.
    [[nodiscard]] bool less(Handle a, Handle b) const;

private:
    struct Name {
        std::uint32_t text = 0;
        HandleSet series; ///< that have this label
        /// The series of each value, in order at all times, so that readers hold the lock together. A tree: a label may
        /// have a million values (ids, pods), which come in any order.
        std::map<std::string_view, HandleSet> values;
    };

    [[nodiscard]] std::span<const Pair> row(Handle handle) const { return { m_pairs.data() + m_rows[handle], m_rows[handle + 1] - m_rows[handle] }; }
    [[nodiscard]] std::optional<std::uint32_t> findText(std::string_view text) const;
    [[nodiscard]] std::uint32_t internText(std::string_view text);
    template <class List>
    [[nodiscard]] bool sameLabels(Handle handle, const List& labels) const;
    template <class List>
    [[nodiscard]] std::optional<Handle> findRow(std::uint64_t hash, const List& labels) const;
    template <class List>
    [[nodiscard]] Handle internAs(std::uint64_t hash, const List& labels);
    [[nodiscard]] Handle add(std::uint64_t hash, std::span<const Pair> pairs);
    [[nodiscard]] const Name* findName(std::string_view name) const;
    [[nodiscard]] HandleSet matching(const model::Matcher& matcher, bool wanted, const HandleSet& within) const;
    [[nodiscard]] model::LabelsRef build(Handle handle) const;

    mutable std::shared_mutex m_mutex;
    // Guarded by m_mutex:
    std::deque<std::string> m_texts; // addresses stay
    std::unordered_map<std::string_view, std::uint32_t> m_textNumbers;
    std::vector<Pair> m_pairs;
    std::vector<std::uint32_t> m_rows { 0 };
    std::vector<std::uint64_t> m_ids;
    std::unordered_map<std::uint64_t, Handle> m_byId;
    std::vector<Name> m_names;
    std::unordered_map<std::uint32_t, std::uint32_t> m_nameNumbers; // text number to index in m_names

    mutable std::mutex m_cacheMutex;
    mutable std::vector<model::LabelsRef> m_cache; // guarded by m_cacheMutex; by handle
    mutable std::size_t m_cached = 0;              // guarded by m_cacheMutex
};

}
