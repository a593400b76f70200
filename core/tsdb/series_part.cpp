#include "core/tsdb/series_part.h"

#include <zstd.h>

#include <algorithm>
#include <map>

namespace belvedere::tsdb {

namespace {

constexpr std::size_t kMaxPartBytes = std::size_t { 1 } << 30;

void putNumbers(std::string& out, const std::vector<std::uint32_t>& numbers, std::size_t below)
{
    const unsigned width = below <= 0x100 ? 1 : below <= 0x10000 ? 2 : 4;
    for (const auto number : numbers)
        out.append(reinterpret_cast<const char*>(&number), width);
}

std::string compress(const std::string& plain)
{
    std::string out;
    putVarint(out, plain.size());
    const auto begin = out.size();
    out.resize(begin + ZSTD_compressBound(plain.size()));
    const int level = plain.size() < (1U << 20) ? 19 : plain.size() < (8U << 20) ? 7 : 3;
    const auto size = ZSTD_compress(out.data() + begin, out.size() - begin, plain.data(), plain.size(), level);
    out.resize(begin + size);
    return out;
}

}

std::string encodeSeries(const SeriesIndex& index, std::span<const Handle> series)
{
    // Names and values that occur, sorted by text.
    std::map<std::string_view, std::map<std::string_view, std::uint32_t>> dictionary;
    for (const auto handle : series)
        index.visitLabels(handle, [&](std::string_view name, std::string_view value) { dictionary[name].emplace(value, 0U); });

    std::string plain;
    putVarint(plain, series.size());
    putVarint(plain, dictionary.size());
    std::map<std::string_view, std::uint32_t> nameNumbers;
    for (auto& [name, values] : dictionary) {
        nameNumbers.emplace(name, static_cast<std::uint32_t>(nameNumbers.size()));
        putText(plain, name);
        putVarint(plain, values.size());
        std::uint32_t number = 0;
        std::string_view previous;
        for (auto& [value, assigned] : values) {
            assigned = number++;
            const auto shared = static_cast<std::size_t>(std::mismatch(previous.begin(), previous.end(), value.begin(), value.end()).first - previous.begin());
            putVarint(plain, shared);
            putText(plain, value.substr(shared));
            previous = value;
        }
    }

    // Which names a series has is one of few patterns, in runs.
    std::map<std::vector<std::uint32_t>, std::uint32_t> schemaNumbers;
    std::vector<std::vector<std::uint32_t>> schemas;
    std::vector<std::uint32_t> schemaOf;
    std::vector<std::vector<std::uint32_t>> columns(dictionary.size());
    for (const auto handle : series) {
        std::vector<std::uint32_t> names;
        index.visitLabels(handle, [&](std::string_view name, std::string_view value) {
            const auto number = nameNumbers.at(name);
            names.push_back(number);
            columns[number].push_back(dictionary.at(name).at(value));
        });
        const auto [at, isNew] = schemaNumbers.emplace(names, static_cast<std::uint32_t>(schemas.size()));
        if (isNew)
            schemas.push_back(std::move(names));
        schemaOf.push_back(at->second);
    }
    putVarint(plain, schemas.size());
    for (const auto& names : schemas) {
        putVarint(plain, names.size());
        for (const auto name : names)
            putVarint(plain, name);
    }
    for (std::size_t begin = 0; begin < schemaOf.size();) {
        auto end = begin;
        while (end < schemaOf.size() && schemaOf[end] == schemaOf[begin])
            ++end;
        putVarint(plain, schemaOf[begin]);
        putVarint(plain, end - begin);
        begin = end;
    }
    for (const auto& [name, values] : dictionary)
        putNumbers(plain, columns[nameNumbers.at(name)], values.size());
    return compress(plain);
}

Result<std::vector<Handle>> decodeSeries(Bytes part, SeriesIndex& index)
{
    const auto damaged = [](std::string_view what) { return failure(ErrorCode::corrupt, "stored series are damaged: " + std::string(what)); };
    Reader frame(part);
    const auto size = frame.count(kMaxPartBytes);
    if (frame.failed() || ZSTD_getFrameContentSize(frame.position(), frame.left()) != size)
        return damaged("size");
    std::string plain(size, '\0');
    if (ZSTD_decompress(plain.data(), size, frame.position(), frame.left()) != size)
        return damaged("compression");

    Reader in(plain);
    const auto seriesCount = in.count(kMaxPartBytes);
    const auto nameCount = in.count(in.left());
    struct Name {
        std::string_view text;
        std::vector<std::string> values;
        Bytes column;
        std::size_t width = 0;
        std::size_t series = 0;
        std::size_t next = 0;
    };
    std::vector<Name> names(in.failed() ? 0 : nameCount);
    for (auto& name : names) {
        name.text = in.text();
        const auto count = in.count(in.left());
        if (in.failed())
            return damaged("names");
        name.values.reserve(count);
        std::string value;
        for (std::size_t i = 0; i < count; ++i) {
            value.resize(in.count(value.size()));
            value += in.text();
            if (in.failed())
                return damaged("values");
            name.values.push_back(value);
        }
        name.width = count <= 0x100 ? 1 : count <= 0x10000 ? 2 : 4;
    }
    std::vector<std::vector<std::uint32_t>> schemas(in.count(in.left()));
    for (auto& schema : schemas) {
        schema.resize(in.count(names.size()));
        for (auto& name : schema) {
            name = static_cast<std::uint32_t>(in.varint());
            if (in.failed() || name >= names.size())
                return damaged("patterns");
        }
    }
    std::vector<std::pair<std::size_t, std::size_t>> runs;
    for (std::size_t done = 0; done < seriesCount;) {
        const auto schema = in.count(schemas.empty() ? 0 : schemas.size() - 1);
        const auto count = in.count(seriesCount - done);
        if (in.failed() || schemas.empty() || count == 0)
            return damaged("runs");
        runs.emplace_back(schema, count);
        for (const auto name : schemas[schema])
            names[name].series += count;
        done += count;
    }
    for (auto& name : names) {
        if (name.series > in.left())
            return damaged("columns");
        name.column = in.take(name.series * name.width);
    }
    if (in.failed())
        return damaged("columns");

    std::vector<Handle> handles;
    handles.reserve(std::min<std::size_t>(seriesCount, plain.size()));
    std::vector<SeriesIndex::LabelText> labels;
    for (const auto& [schema, count] : runs) {
        for (std::size_t i = 0; i < count; ++i) {
            labels.clear();
            for (const auto number : schemas[schema]) {
                auto& name = names[number];
                std::uint32_t value = 0;
                std::memcpy(&value, name.column.data() + name.next, name.width);
                name.next += name.width;
                if (value >= name.values.size())
                    return damaged("value number");
                labels.push_back({ name.text, name.values[value] });
            }
            handles.push_back(index.intern(labels));
        }
    }
    return handles;
}

}
