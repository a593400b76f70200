#include "tests/support/memory_log_source.h"

#include "core/base/json.h"
#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>

#include <zlib.h>

namespace belvedere::test {

struct MemoryLogSource::Stream {
    struct Entry {
        std::int64_t timeNs;
        std::string line;
        std::vector<model::Label> metadata;
        std::vector<std::pair<std::string_view, std::string_view>> views;
    };
    model::LabelsRef labels;
    std::vector<Entry> entries; ///< in the order of time, equal times in that of arrival
};

namespace {

class Selection final : public model::LogSelection {
public:
    struct Piece {
        const MemoryLogSource::Stream* stream;
        std::size_t begin;
        std::size_t end;
    };

    Selection(const model::LogRequest& request, std::size_t batchEntries)
        : m_needLines(request.needLines)
        , m_batchEntries(batchEntries)
        , m_required(request.requiredLiterals)
    {
    }

    void addStream(const MemoryLogSource::Stream& stream, std::size_t begin, std::size_t end, std::size_t unitEntries)
    {
        if (begin == end)
            return;
        const auto index = m_streams.size();
        m_streams.push_back(stream.labels);
        for (std::uint64_t sequence = 0; begin < end; ++sequence) {
            const auto until = std::min(begin + unitEntries, end);
            model::LogUnit unit { index, stream.entries[begin].timeNs, stream.entries[until - 1].timeNs, until - begin, 0, sequence };
            for (auto i = begin; i < until; ++i)
                unit.bytes += stream.entries[i].line.size();
            m_pieces.emplace_back(unit, Piece { &stream, begin, until });
            begin = until;
        }
    }

    void finish()
    {
        std::ranges::stable_sort(m_pieces, [](const auto& a, const auto& b) { return std::pair(a.first.minNs, a.first.sequence) < std::pair(b.first.minNs, b.first.sequence); });
        for (const auto& [unit, piece] : m_pieces)
            m_units.push_back(unit);
    }

    std::span<const model::LabelsRef> streams() const override { return m_streams; }
    std::span<const model::LogUnit> units() const override { return m_units; }

    Result<void> read(std::size_t unit, const Visitor& visitor, std::stop_token stop) const override
    {
        const auto& piece = m_pieces[unit].second;
        for (auto begin = piece.begin; begin < piece.end; begin += m_batchEntries) {
            if (stop.stop_requested())
                return failure(ErrorCode::cancelled, "cancelled");
            const auto end = std::min(begin + m_batchEntries, piece.end);
            std::vector<std::int64_t> times;
            std::vector<std::string_view> lines;
            std::vector<model::MetadataView> metadata;
            bool any = false;
            for (auto i = begin; i < end; ++i) {
                const auto& entry = piece.stream->entries[i];
                // A real source leaves out what cannot pass; so does this one.
                const bool canPass = std::ranges::all_of(m_required, [&](const auto& group) {
                    return std::ranges::any_of(group, [&](const std::string& literal) { return entry.line.contains(literal); });
                });
                if (!canPass)
                    continue;
                times.push_back(entry.timeNs);
                if (m_needLines)
                    lines.push_back(entry.line);
                metadata.push_back(entry.views);
                any = any || !entry.views.empty();
            }
            if (!any)
                metadata.clear();
            if (!times.empty())
                visitor({ times, lines, metadata });
        }
        return {};
    }

private:
    bool m_needLines;
    std::size_t m_batchEntries;
    std::vector<std::vector<std::string>> m_required;
    std::vector<model::LabelsRef> m_streams;
    std::vector<std::pair<model::LogUnit, Piece>> m_pieces;
    std::vector<model::LogUnit> m_units;
};

bool matchesAny(std::span<const model::Matchers> sets, const model::Labels& labels)
{
    return sets.empty() || std::ranges::any_of(sets, [&](const auto& set) { return model::matchesAll(set, labels); });
}

std::pair<std::size_t, std::size_t> within(const MemoryLogSource::Stream& stream, std::int64_t fromNs, std::int64_t toNs)
{
    using Entry = MemoryLogSource::Stream::Entry;
    const auto begin = std::ranges::lower_bound(stream.entries, fromNs, {}, &Entry::timeNs);
    const auto end = std::ranges::lower_bound(stream.entries, toNs, {}, &Entry::timeNs);
    return { static_cast<std::size_t>(begin - stream.entries.begin()), static_cast<std::size_t>(std::max(begin, end) - stream.entries.begin()) };
}

}

MemoryLogSource::MemoryLogSource(std::size_t unitEntries, std::size_t batchEntries)
    : m_unitEntries(unitEntries)
    , m_batchEntries(batchEntries)
{
}
MemoryLogSource::~MemoryLogSource() = default;

void MemoryLogSource::add(const model::Labels& labels, model::LogEntry entry)
{
    auto found = std::ranges::find_if(m_streams, [&](const auto& stream) { return *stream->labels == labels; });
    if (found == m_streams.end()) {
        m_streams.push_back(std::make_unique<Stream>());
        m_streams.back()->labels = model::makeLabels(labels);
        found = m_streams.end() - 1;
    }
    (*found)->entries.push_back({ entry.timeNs, std::move(entry.line), std::move(entry.metadata), {} });
}

void MemoryLogSource::finish()
{
    for (auto& stream : m_streams) {
        std::ranges::stable_sort(stream->entries, {}, &Stream::Entry::timeNs);
        std::set<std::pair<std::int64_t, std::string>> seen;
        std::erase_if(stream->entries, [&](const Stream::Entry& entry) { return !seen.emplace(entry.timeNs, entry.line).second; });
        for (auto& entry : stream->entries) {
            entry.views.clear();
            for (const auto& label : entry.metadata)
                entry.views.emplace_back(label.name, label.value);
        }
    }
}

void MemoryLogSource::loadPushBodies(const std::string& file)
{
    const auto text = readGzip(file);
    for (const auto body : split(text, '\n')) {
        if (body.empty())
            continue;
        const auto json = Json::parse(body);
        if (!json)
            throw std::runtime_error(json.error().message);
        for (const auto& stream : (*json)["streams"].items()) {
            std::vector<model::Label> labels;
            for (const auto& member : stream["stream"].members())
                labels.push_back({ member.key, member.value.toString() });
            const model::Labels key(std::move(labels));
            for (const auto& value : stream["values"].items()) {
                model::LogEntry entry;
                const auto time = value[std::size_t { 0 }].text();
                std::from_chars(time.data(), time.data() + time.size(), entry.timeNs);
                entry.line = value[1].toString();
                for (const auto& member : value[2].members())
                    entry.metadata.push_back({ member.key, member.value.toString() });
                std::ranges::sort(entry.metadata);
                add(key, std::move(entry));
            }
        }
    }
    finish();
}

Result<std::unique_ptr<model::LogSelection>> MemoryLogSource::select(const model::LogRequest& request, std::stop_token) const
{
    auto selection = std::make_unique<Selection>(request, m_batchEntries);
    for (const auto& stream : m_streams) {
        if (!model::matchesAll(request.matchers, *stream->labels))
            continue;
        const auto [begin, end] = within(*stream, request.fromNs, request.toNs);
        selection->addStream(*stream, begin, end, m_unitEntries);
    }
    selection->finish();
    return selection;
}

Result<std::vector<std::string>> MemoryLogSource::labelNames(std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const
{
    std::set<std::string> names;
    const auto found = series(matcherSets, fromNs, toNs);
    for (const auto& labels : *found) {
        for (const auto& label : *labels)
            names.insert(label.name);
    }
    return std::vector(names.begin(), names.end());
}

Result<std::vector<std::string>> MemoryLogSource::labelValues(const std::string& name, std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const
{
    std::set<std::string> values;
    const auto found = series(matcherSets, fromNs, toNs);
    for (const auto& labels : *found) {
        if (labels->has(name))
            values.emplace(labels->get(name));
    }
    return std::vector(values.begin(), values.end());
}

Result<std::vector<model::LabelsRef>> MemoryLogSource::series(std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const
{
    std::vector<model::LabelsRef> out;
    for (const auto& stream : m_streams) {
        const auto [begin, end] = within(*stream, fromNs, toNs);
        if (begin < end && matchesAny(matcherSets, *stream->labels))
            out.push_back(stream->labels);
    }
    std::ranges::sort(out, {}, [](const model::LabelsRef& labels) -> const model::Labels& { return *labels; });
    return out;
}

Result<model::LogVolume> MemoryLogSource::volume(const model::Matchers& matchers, std::int64_t fromNs, std::int64_t toNs) const
{
    model::LogVolume out;
    for (const auto& stream : m_streams) {
        const auto [begin, end] = within(*stream, fromNs, toNs);
        if (begin == end || !model::matchesAll(matchers, *stream->labels))
            continue;
        ++out.streams;
        ++out.chunks;
        out.entries += end - begin;
        for (auto i = begin; i < end; ++i)
            out.bytes += stream->entries[i].line.size();
    }
    return out;
}

std::shared_ptr<void> MemoryLogSource::listen(Listener) { return std::make_shared<int>(0); }

std::string readGzip(const std::string& file)
{
    const auto handle = gzopen(file.c_str(), "rb");
    if (!handle)
        throw std::runtime_error("cannot open " + file);
    std::string out;
    char buffer[1 << 16];
    for (int got = 0; (got = gzread(handle, buffer, sizeof buffer)) > 0;)
        out.append(buffer, static_cast<std::size_t>(got));
    gzclose(handle);
    return out;
}

}
