#include "core/tsdb/series_index.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

// The id of a series is the hash of its labels, so that it needs no table and is the same after a restart. Should two
// label sets that are known at the same time have the same hash (one chance in 2^64 a pair), the later one takes the next
// free number; partitions store such ids explicitly.

namespace belvedere::tsdb {

using model::Labels;
using model::LabelsRef;
using model::Matcher;

namespace {

// Label sets kept ready for the next query, about 700 bytes each.
constexpr std::size_t kMaxCachedLabels = 32'768;

}

std::optional<std::uint32_t> SeriesIndex::findText(std::string_view text) const
{
    const auto at = m_textNumbers.find(text);
    return at == m_textNumbers.end() ? std::nullopt : std::optional(at->second);
}

std::uint32_t SeriesIndex::internText(std::string_view text)
{
    if (const auto known = findText(text))
        return *known;
    const auto number = static_cast<std::uint32_t>(m_texts.size());
    m_textNumbers.emplace(m_texts.emplace_back(text), number);
    return number;
}

template <class List>
bool SeriesIndex::sameLabels(Handle handle, const List& labels) const
{
    const auto pairs = row(handle);
    return std::equal(pairs.begin(), pairs.end(), labels.begin(), labels.end(), [this](const Pair& pair, const auto& label) {
        return m_texts[pair.name] == label.name && m_texts[pair.value] == label.value;
    });
}

template <class List>
std::optional<Handle> SeriesIndex::findRow(std::uint64_t hash, const List& labels) const
{
    for (;; ++hash) {
        const auto at = m_byId.find(hash);
        if (at == m_byId.end())
            return std::nullopt;
        if (sameLabels(at->second, labels))
            return at->second;
    }
}

template <class List>
Handle SeriesIndex::internAs(std::uint64_t hash, const List& labels)
{
    {
        const std::shared_lock lock(m_mutex);
        if (const auto known = findRow(hash, labels))
            return *known;
    }
    const std::unique_lock lock(m_mutex);
    if (const auto known = findRow(hash, labels))
        return *known;
    std::vector<Pair> pairs;
    pairs.reserve(labels.size());
    for (const auto& label : labels)
        pairs.push_back({ internText(label.name), internText(label.value) });
    return add(hash, pairs);
}

Handle SeriesIndex::intern(const Labels& labels) { return internAs(labels.hash(), labels); }

Handle SeriesIndex::intern(std::span<const LabelText> labels)
{
    // The bytes that Labels::hash() hashes, in one piece.
    thread_local std::string bytes;
    bytes.clear();
    for (const auto& label : labels) {
        bytes += label.name;
        bytes += '\xFF';
        bytes += label.value;
        bytes += '\xFF';
    }
    return internAs(XXH3_64bits(bytes.data(), bytes.size()), labels);
}

Handle SeriesIndex::add(std::uint64_t hash, std::span<const Pair> pairs)
{
    const auto handle = static_cast<Handle>(m_ids.size());
    while (!m_byId.emplace(hash, handle).second)
        ++hash;
    m_ids.push_back(hash);
    m_pairs.insert(m_pairs.end(), pairs.begin(), pairs.end());
    m_rows.push_back(static_cast<std::uint32_t>(m_pairs.size()));
    for (const auto& pair : pairs) {
        const auto [at, isNew] = m_nameNumbers.emplace(pair.name, static_cast<std::uint32_t>(m_names.size()));
        if (isNew)
            m_names.emplace_back().text = pair.name;
        auto& name = m_names[at->second];
        name.series.add(handle);
        name.values[m_texts[pair.value]].add(handle);
    }
    return handle;
}

std::optional<Handle> SeriesIndex::find(model::SeriesId id) const
{
    const std::shared_lock lock(m_mutex);
    const auto at = m_byId.find(static_cast<std::uint64_t>(id));
    return at == m_byId.end() ? std::nullopt : std::optional(at->second);
}

void SeriesIndex::find(std::span<const model::SeriesId> ids, std::vector<Handle>& out) const
{
    out.clear();
    out.reserve(ids.size());
    const std::shared_lock lock(m_mutex);
    for (const auto id : ids) {
        const auto at = m_byId.find(static_cast<std::uint64_t>(id));
        out.push_back(at == m_byId.end() ? kNoHandle : at->second);
    }
}

model::SeriesId SeriesIndex::id(Handle handle) const
{
    const std::shared_lock lock(m_mutex);
    return model::SeriesId(m_ids[handle]);
}

std::size_t SeriesIndex::size() const
{
    const std::shared_lock lock(m_mutex);
    return m_ids.size();
}

const SeriesIndex::Name* SeriesIndex::findName(std::string_view name) const
{
    const auto text = findText(name);
    if (!text)
        return nullptr;
    const auto at = m_nameNumbers.find(*text);
    return at == m_nameNumbers.end() ? nullptr : &m_names[at->second];
}

// Series whose value of the matcher's label is there and passes it (or, if not `wanted`, fails it).
HandleSet SeriesIndex::matching(const Matcher& matcher, bool wanted, const HandleSet& within) const
{
    const auto* name = findName(matcher.name());
    if (!name)
        return {};
    const bool negative = matcher.op() == Matcher::Op::notEqual || matcher.op() == Matcher::Op::regexNoMatch;
    // The values that the text or the expression itself names, when that is what is looked for.
    const bool listed = wanted != negative;
    const auto lookUp = [&](const std::string& value) -> const HandleSet* {
        const auto at = name->values.find(value);
        return at == name->values.end() ? nullptr : &at->second;
    };
    if (listed && !matcher.regex()) {
        const auto* series = lookUp(matcher.value());
        return series ? *series : HandleSet();
    }
    std::vector<const HandleSet*> sets;
    if (listed && !matcher.regex()->literals().empty()) {
        for (const auto& value : matcher.regex()->literals()) {
            if (const auto* series = lookUp(value))
                sets.push_back(series);
        }
    } else {
        if (listed && matcher.regex() && matcher.regex()->matchesEverything())
            return name->series;
        const std::string_view prefix = listed && matcher.regex() ? std::string_view(matcher.regex()->prefix()) : std::string_view();
        for (auto at = name->values.lower_bound(prefix); at != name->values.end() && at->first.starts_with(prefix); ++at) {
            // An expression costs more than a look at the bitmap.
            if (at->second.intersect(within) && matcher.matches(at->first) == wanted)
                sets.push_back(&at->second);
        }
    }
    if (sets.empty())
        return {};
    return HandleSet::fastunion(sets.size(), sets.data());
}

HandleSet SeriesIndex::resolve(const model::Matchers& matchers, const HandleSet& within) const
{
    const std::shared_lock lock(m_mutex);
    // A matcher that accepts "" accepts series without the label, so it is applied by taking away what fails it. Plain
    // equality goes first: it leaves little for the others to look at.
    HandleSet result = within;
    const auto apply = [&](const Matcher& matcher) {
        if (matcher.matchesEmpty())
            result -= matching(matcher, false, result);
        else
            result &= matching(matcher, true, result);
    };
    for (const auto& matcher : matchers) {
        if (matcher.op() == Matcher::Op::equal)
            apply(matcher);
    }
    for (const auto& matcher : matchers) {
        if (matcher.op() != Matcher::Op::equal && !result.isEmpty())
            apply(matcher);
    }
    return result;
}

std::vector<std::string> SeriesIndex::names(const HandleSet& of, std::size_t limit) const
{
    std::vector<std::string> out;
    {
        const std::shared_lock lock(m_mutex);
        for (const auto& name : m_names) {
            if (name.series.intersect(of))
                out.push_back(m_texts[name.text]);
        }
    }
    std::sort(out.begin(), out.end());
    if (limit > 0 && out.size() > limit)
        out.resize(limit);
    return out;
}

std::vector<std::string> SeriesIndex::values(const std::string& wanted, const HandleSet& of, std::size_t limit) const
{
    std::vector<std::string> out;
    const std::shared_lock lock(m_mutex);
    const auto* name = findName(wanted);
    if (!name)
        return out;
    const auto count = of.cardinality();
    if (count * 4 < name->values.size()) {
        // Few series: look at them rather than at every value.
        const auto text = name->text;
        std::vector<std::uint32_t> found;
        for (const auto handle : of) {
            for (const auto& pair : row(handle)) {
                if (pair.name == text)
                    found.push_back(pair.value);
            }
        }
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        for (const auto value : found)
            out.push_back(m_texts[value]);
        std::sort(out.begin(), out.end());
        if (limit > 0 && out.size() > limit)
            out.resize(limit);
        return out;
    }
    const bool all = name->series.isSubset(of); // the usual question
    for (const auto& [value, series] : name->values) {
        if (!all && !series.intersect(of))
            continue;
        out.emplace_back(value);
        if (out.size() == limit)
            break;
    }
    return out;
}

LabelsRef SeriesIndex::build(Handle handle) const
{
    std::vector<model::Label> labels;
    const auto pairs = row(handle);
    labels.reserve(pairs.size());
    for (const auto& pair : pairs)
        labels.push_back({ m_texts[pair.name], m_texts[pair.value] });
    return model::makeLabels(Labels::fromSorted(std::move(labels)));
}

LabelsRef SeriesIndex::labels(Handle handle) const { return labels(std::span(&handle, 1)).front(); }

std::vector<LabelsRef> SeriesIndex::labels(std::span<const Handle> handles) const
{
    std::vector<LabelsRef> out;
    out.reserve(handles.size());
    const std::shared_lock lock(m_mutex);
    const std::scoped_lock cacheLock(m_cacheMutex);
    if (m_cache.size() < m_ids.size())
        m_cache.resize(m_ids.size());
    for (const auto handle : handles) {
        auto& cached = m_cache[handle];
        if (!cached) {
            if (m_cached >= kMaxCachedLabels) {
                // The sets in use live on with their users.
                std::fill(m_cache.begin(), m_cache.end(), nullptr);
                m_cached = 0;
            }
            cached = build(handle);
            ++m_cached;
        }
        out.push_back(cached);
    }
    return out;
}

bool SeriesIndex::less(Handle a, Handle b) const
{
    const std::shared_lock lock(m_mutex);
    const auto left = row(a);
    const auto right = row(b);
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(), [this](const Pair& x, const Pair& y) {
        if (x.name != y.name)
            return m_texts[x.name] < m_texts[y.name];
        return x.value != y.value && m_texts[x.value] < m_texts[y.value];
    });
}

}
