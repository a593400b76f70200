#include "core/logs/chunk.h"

#include "core/base/format.h"
#include "core/logs/bytes.h"
#include "core/logs/time_column.h"

#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>

namespace belvedere::logs {

namespace {

constexpr char kMagic = 'L';
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 72;
constexpr std::size_t kChecksumEnd = 16;
/// How zstd works, measured on 131 MB of mixed JSON, logfmt and plain lines in pieces of 1 MB: level 5 reaches 7.3 : 1
/// at 130 MB/s, level 3 6.5 : 1 at 340 MB/s, level -3 4.4 : 1 at 550 MB/s. Matches shorter than seven bytes are not
/// worth their place in log lines: leaving them out makes both more quickly packed, smaller, and more quickly unpacked.
struct Effort {
    int level;
    int shortestMatch; ///< 0: as the level has it
};
constexpr Effort kChunkEffort{ 5, 7 };
constexpr Effort kHastyEffort{ 3, 7 };
constexpr Effort kJournalEffort{ -3, 0 };
/// Text this short does not repay a frame of its own.
constexpr std::size_t kSmallestFrame = 96;
/// What a chunk may claim to hold: an upper bound for decoders, far beyond what the store writes.
constexpr std::size_t kMaxSectionBytes = std::size_t{ 1 } << 31;

struct Header {
    ChunkHeader known;
    std::uint64_t checksum = 0;
    bool hasMetadata = false;
    std::size_t lengthsRaw = 0;
    std::size_t metadataRaw = 0;
    std::string_view times;
    std::string_view lengths;
    std::string_view metadata;
    std::string_view text;
};

/// Of everything but the checksum itself: what stands before it is the seed.
std::uint64_t checksumOf(std::string_view chunk)
{
    const auto body = chunk.substr(kChecksumEnd);
    return XXH3_64bits_withSeed(body.data(), body.size(), ByteReader(chunk).fixed(8));
}

std::unexpected<Error> corrupt(std::string_view what)
{
    return failure(ErrorCode::corrupt, formatted("damaged chunk: {}", what));
}

Result<Header> parseHeader(std::string_view chunk)
{
    ByteReader reader(chunk);
    const auto magic = reader.fixed(1);
    const auto version = reader.fixed(1);
    if (!reader.ok() || magic != static_cast<unsigned char>(kMagic))
        return corrupt("it does not begin as a chunk does");
    if (version != kVersion)
        return failure(ErrorCode::corrupt,
            formatted("the chunk has version {}, this program reads version {}", version, kVersion));
    Header header;
    header.hasMetadata = (reader.fixed(1) & 1) != 0;
    reader.fixed(1);
    const auto filterBytes = reader.fixed(4);
    header.checksum = reader.fixed(8);
    header.known.entries = reader.fixed(4);
    header.lengthsRaw = reader.fixed(4);
    header.known.textBytes = reader.fixed(8);
    header.known.minNs = static_cast<std::int64_t>(reader.fixed(8));
    header.known.maxNs = static_cast<std::int64_t>(reader.fixed(8));
    header.metadataRaw = reader.fixed(4);
    reader.fixed(4);
    const auto timesBytes = reader.fixed(4);
    const auto lengthsBytes = reader.fixed(4);
    const auto metadataBytes = reader.fixed(4);
    const auto textBytes = reader.fixed(4);
    header.known.filter = reader.take(filterBytes);
    header.times = reader.take(timesBytes);
    header.lengths = reader.take(lengthsBytes);
    header.metadata = reader.take(metadataBytes);
    header.text = reader.take(textBytes);
    if (!reader.ok() || !reader.atEnd())
        return corrupt("its length differs from what its header says");
    if (header.known.entries == 0 || header.known.textBytes > kMaxSectionBytes || header.lengthsRaw > kMaxSectionBytes
        || header.metadataRaw > kMaxSectionBytes)
        return corrupt("impossible counts in its header");
    return header;
}

}

namespace {

void appendPairs(std::string& out, const auto& pairs)
{
    if (pairs.empty())
        return;
    putVarint(out, pairs.size());
    for (const auto& [name, value] : pairs) {
        putText(out, name);
        putText(out, value);
    }
}

}

void appendPackedMetadata(std::string& out, const std::vector<model::Label>& metadata)
{
    appendPairs(out, metadata);
}
void appendPackedMetadata(std::string& out, model::MetadataView metadata)
{
    appendPairs(out, metadata);
}

bool readPackedMetadata(std::string_view packed, std::vector<std::pair<std::string_view, std::string_view>>& pairs)
{
    if (packed.empty())
        return true;
    ByteReader reader(packed);
    const auto count = reader.varint();
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
        const auto name = reader.text();
        pairs.emplace_back(name, reader.text());
    }
    return reader.ok() && reader.atEnd();
}

ChunkEncoder::ChunkEncoder()
    : m_context(ZSTD_createCCtx())
{
}

ChunkEncoder::~ChunkEncoder()
{
    ZSTD_freeCCtx(m_context);
}

// A section is stored as it is when compressing does not make it smaller; its stored size then equals its size.
void ChunkEncoder::compress(std::string& out, std::string_view text) const
{
    if (text.size() >= kSmallestFrame) {
        const auto at = out.size();
        const auto bound = ZSTD_compressBound(text.size());
        std::size_t written = 0;
        out.resize_and_overwrite(at + bound, [&](char* bytes, std::size_t) {
            written = ZSTD_compress2(m_context, bytes + at, bound, text.data(), text.size());
            return ZSTD_isError(written) ? at : at + written;
        });
        if (!ZSTD_isError(written) && written < text.size())
            return;
        out.resize(at);
    }
    out += text;
}

namespace {

/// Turns packed metadata into columns: the names, the distinct combinations of names, which combination each entry has,
/// and per name the values one behind the other. Values of one name look alike, so they compress well together.
void appendMetadataColumns(std::string& out, std::span<const EntryView> entries)
{
    std::unordered_map<std::string_view, std::size_t> nameIds;
    std::vector<std::string_view> names;
    std::vector<std::string> columns;
    std::unordered_map<std::string, std::size_t> shapeIds;
    std::vector<std::string> shapes;
    std::string shapeOfEntry;
    std::string shape;
    for (const auto& entry : entries) {
        shape.clear();
        ByteReader reader(entry.packedMetadata);
        const auto pairs = entry.packedMetadata.empty() ? 0 : reader.varint();
        for (std::uint64_t i = 0; i < pairs && reader.ok(); ++i) {
            const auto name = reader.text();
            const auto [it, isNew] = nameIds.try_emplace(name, names.size());
            if (isNew) {
                names.push_back(name);
                columns.emplace_back();
            }
            putVarint(shape, it->second);
            putText(columns[it->second], reader.text());
        }
        const auto [it, isNew] = shapeIds.try_emplace(shape, shapes.size());
        if (isNew)
            shapes.push_back(shape);
        putVarint(shapeOfEntry, it->second);
    }
    putVarint(out, names.size());
    for (const auto name : names)
        putText(out, name);
    putVarint(out, shapes.size());
    for (const auto& text : shapes)
        putText(out, text);
    out += shapeOfEntry;
    for (const auto& column : columns)
        putText(out, column);
}

}

std::string ChunkEncoder::encode(std::span<const EntryView> entries, Kind kind)
{
    std::vector<std::int64_t> times;
    times.reserve(entries.size());
    m_text.clear();
    m_lengths.clear();
    m_metadata.clear();
    bool hasMetadata = false;
    auto minNs = std::numeric_limits<std::int64_t>::max();
    auto maxNs = std::numeric_limits<std::int64_t>::min();
    for (const auto& entry : entries) {
        times.push_back(entry.timeNs);
        minNs = std::min(minNs, entry.timeNs);
        maxNs = std::max(maxNs, entry.timeNs);
        m_text += entry.line;
        putVarint(m_lengths, entry.line.size());
        hasMetadata = hasMetadata || !entry.packedMetadata.empty();
    }
    if (hasMetadata)
        appendMetadataColumns(m_metadata, entries);

    const auto effort = kind == Kind::chunk ? kChunkEffort : kind == Kind::hastyChunk ? kHastyEffort : kJournalEffort;
    ZSTD_CCtx_setParameter(m_context, ZSTD_c_compressionLevel, effort.level);
    ZSTD_CCtx_setParameter(m_context, ZSTD_c_minMatch, effort.shortestMatch);
    std::string body;
    body.reserve(m_text.size() / 4 + 256);
    if (kind != Kind::journal)
        m_filter.append(body, m_text);
    const auto filterEnd = body.size();
    appendTimes(body, times);
    const auto timesEnd = body.size();
    compress(body, m_lengths);
    const auto lengthsEnd = body.size();
    compress(body, m_metadata);
    const auto metadataEnd = body.size();
    compress(body, m_text);

    std::string counts;
    putFixed(counts, entries.size(), 4);
    putFixed(counts, m_lengths.size(), 4);
    putFixed(counts, m_text.size(), 8);
    putFixed(counts, static_cast<std::uint64_t>(minNs), 8);
    putFixed(counts, static_cast<std::uint64_t>(maxNs), 8);
    putFixed(counts, m_metadata.size(), 4);
    putFixed(counts, 0, 4);
    putFixed(counts, timesEnd - filterEnd, 4);
    putFixed(counts, lengthsEnd - timesEnd, 4);
    putFixed(counts, metadataEnd - lengthsEnd, 4);
    putFixed(counts, body.size() - metadataEnd, 4);
    std::string chunk;
    chunk.reserve(kHeaderBytes + body.size());
    chunk += kMagic;
    putFixed(chunk, kVersion, 1);
    putFixed(chunk, hasMetadata ? 1 : 0, 1);
    putFixed(chunk, 0, 1);
    putFixed(chunk, filterEnd, 4);
    putFixed(chunk, 0, 8);
    chunk += counts;
    chunk += body;
    const auto checksum = checksumOf(chunk);
    for (std::size_t i = 0; i < 8; ++i)
        chunk[8 + i] = static_cast<char>(checksum >> (8 * i));
    return chunk;
}

Result<ChunkHeader> readChunkHeader(std::string_view chunk)
{
    auto header = parseHeader(chunk);
    if (!header)
        return std::unexpected(std::move(header.error()));
    return header->known;
}

struct ChunkDecoder::Context {
    ZSTD_DCtx* zstd = ZSTD_createDCtx();

    ~Context() { ZSTD_freeDCtx(zstd); }

    /// False if `stored` does not hold exactly `size` bytes.
    bool expand(std::string_view stored, std::size_t size, std::string& out) const
    {
        if (stored.size() == size) {
            out.assign(stored);
            return true;
        }
        // A frame that claims another size is damaged; asking first keeps a damaged size from costing memory.
        if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != size)
            return false;
        std::size_t written = 0;
        out.resize_and_overwrite(size, [&](char* bytes, std::size_t) {
            written = ZSTD_decompressDCtx(zstd, bytes, size, stored.data(), stored.size());
            return ZSTD_isError(written) ? 0 : written;
        });
        return written == size;
    }
};

ChunkDecoder::ChunkDecoder()
    : m_context(std::make_unique<Context>())
{
}

ChunkDecoder::~ChunkDecoder() = default;

void ChunkDecoder::clear()
{
    m_times.clear();
    m_ends.clear();
    m_text.clear();
    m_pairs.clear();
    m_metadata.clear();
}

Result<void> ChunkDecoder::decode(std::string_view chunk, Parts parts)
{
    clear();
    auto result = decodeColumns(chunk, parts);
    if (!result)
        clear();
    return result;
}

Result<void> ChunkDecoder::decodeColumns(std::string_view chunk, Parts parts)
{
    const auto parsed = parseHeader(chunk);
    if (!parsed)
        return std::unexpected(parsed.error());
    const auto& header = *parsed;
    const auto entries = header.known.entries;
    if (checksumOf(chunk) != header.checksum)
        return corrupt("its checksum is wrong");
    if (!readTimes(header.times, entries, m_times))
        return corrupt("its times cannot be read");
    if (parts.lines) {
        if (!m_context->expand(header.lengths, header.lengthsRaw, m_lengths))
            return corrupt("its line lengths cannot be unpacked");
        ByteReader lengths(m_lengths);
        m_ends.reserve(std::min(entries, m_lengths.size()));
        std::uint64_t end = 0;
        for (std::size_t i = 0; i < entries && lengths.ok(); ++i) {
            end += std::min<std::uint64_t>(lengths.varint(), kMaxSectionBytes);
            m_ends.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(end, kMaxSectionBytes)));
        }
        if (!lengths.ok() || !lengths.atEnd() || end != header.known.textBytes)
            return corrupt("its line lengths do not fit its text");
        if (!m_context->expand(header.text, header.known.textBytes, m_text))
            return corrupt("its text cannot be unpacked");
    }
    if (parts.metadata && header.hasMetadata) {
        if (!m_context->expand(header.metadata, header.metadataRaw, m_metadataText) || !decodeMetadata(entries))
            return corrupt("its structured metadata cannot be read");
    }
    return {};
}

bool ChunkDecoder::decodeMetadata(std::size_t entries)
{
    ByteReader reader(m_metadataText);
    const auto nameCount = reader.varint();
    std::vector<std::string_view> names;
    for (std::uint64_t i = 0; i < nameCount && reader.ok(); ++i)
        names.push_back(reader.text());
    const auto shapeCount = reader.varint();
    std::vector<std::vector<std::size_t>> shapes;
    for (std::uint64_t i = 0; i < shapeCount && reader.ok(); ++i) {
        ByteReader shape(reader.text());
        auto& ids = shapes.emplace_back();
        while (!shape.atEnd()) {
            ids.push_back(shape.varint());
            if (!shape.ok() || ids.back() >= names.size())
                return false;
        }
    }
    std::vector<std::size_t> shapeOfEntry;
    shapeOfEntry.reserve(std::min(entries, m_metadataText.size()));
    std::size_t pairs = 0;
    for (std::size_t i = 0; i < entries && reader.ok(); ++i) {
        const auto shape = reader.varint();
        if (shape >= shapes.size())
            return false;
        shapeOfEntry.push_back(shape);
        pairs += shapes[shape].size();
    }
    std::vector<ByteReader> columns;
    for (std::size_t i = 0; i < names.size(); ++i)
        columns.emplace_back(reader.text());
    // Each pair takes a byte at least, so a count beyond that is a lie.
    if (!reader.ok() || !reader.atEnd() || pairs > m_metadataText.size())
        return false;
    m_pairs.reserve(pairs); // the views below point into it
    m_metadata.reserve(entries);
    for (const auto shape : shapeOfEntry) {
        const auto begin = m_pairs.size();
        for (const auto id : shapes[shape]) {
            m_pairs.emplace_back(names[id], columns[id].text());
            if (!columns[id].ok())
                return false;
        }
        m_metadata.emplace_back(m_pairs.data() + begin, m_pairs.size() - begin);
    }
    return true;
}

}
