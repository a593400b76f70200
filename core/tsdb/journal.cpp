#include "core/tsdb/journal.h"

#include <zstd.h>

#include <algorithm>
#include <array>

namespace belvedere::tsdb {

namespace {

// Head of a definitions record, and its entries.
constexpr unsigned kPlain = 0;
constexpr unsigned kCompressed = 1;
constexpr unsigned kSeries = 1;
constexpr unsigned kGroup = 2;
constexpr unsigned kMembers = 3;

// Entries of the other records: a kind and flags.
constexpr unsigned kRow = 1;
constexpr unsigned kTimed = 2;
constexpr unsigned kChunk = 3;
constexpr unsigned kKindMask = 3;
constexpr unsigned kFresh = 4;   ///< values are coded against 0
constexpr unsigned kInOrder = 8; ///< a row of the first slots

constexpr std::size_t kMaxRecordBytes = std::size_t { 1 } << 30;

// A code of four bits a value tells what follows: 0 nothing, the value is the one before; 1 to 7 so many bytes of an
// integer difference; 8 to 15 the low (code - 7) bytes of the XOR with the value before.
void putValues(std::string& out, std::span<double> previous, std::span<const double> values)
{
    const auto codes = out.size();
    out.resize(codes + (values.size() + 1) / 2 + values.size() * 8);
    char* at = out.data() + codes + (values.size() + 1) / 2;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto bits = std::bit_cast<std::uint64_t>(values[i]);
        const auto changed = bits ^ std::bit_cast<std::uint64_t>(previous[i]);
        unsigned code = 0;
        if (changed != 0) {
            constexpr double kExact = 9007199254740992.0; // 2^53
            std::uint64_t payload = changed;
            std::size_t size = (static_cast<std::size_t>(std::bit_width(changed)) + 7) / 8;
            code = static_cast<unsigned>(size) + 7;
            if (values[i] > -kExact && values[i] < kExact && previous[i] > -kExact && previous[i] < kExact) {
                const auto now = static_cast<std::int64_t>(values[i]);
                const auto before = static_cast<std::int64_t>(previous[i]);
                // Both must come back from their integers bit by bit: -0 does not.
                if (std::bit_cast<std::uint64_t>(static_cast<double>(now)) == bits && static_cast<double>(before) == previous[i]) {
                    const auto difference = zigzag(now - before);
                    const auto needed = (static_cast<std::size_t>(std::bit_width(difference)) + 7) / 8;
                    // No difference means that 0 follows -0; that is for the XOR.
                    if (needed > 0 && needed < size) {
                        payload = difference;
                        size = needed;
                        code = static_cast<unsigned>(needed);
                    }
                }
            }
            std::memcpy(at, &payload, 8);
            at += size;
        }
        auto& pair = out[codes + i / 2];
        pair = static_cast<char>(static_cast<unsigned char>(pair) | (i % 2 == 0 ? code : code << 4));
        previous[i] = values[i];
    }
    out.resize(static_cast<std::size_t>(at - out.data()));
}

unsigned codeAt(Bytes codes, std::size_t index)
{
    const auto pair = static_cast<unsigned char>(codes[index / 2]);
    return index % 2 == 0 ? pair & 15U : pair >> 4;
}

double applyCode(unsigned code, std::uint64_t payload, double previous)
{
    if (code >= 8)
        return std::bit_cast<double>(std::bit_cast<std::uint64_t>(previous) ^ payload);
    const auto before = previous > -9.2e18 && previous < 9.2e18 ? static_cast<std::int64_t>(previous) : 0;
    return static_cast<double>(wrappingAdd(before, unzigzag(payload)));
}

// The value that `code` makes of the one before it.
double readValue(Reader& in, unsigned code, double previous)
{
    if (code == 0)
        return previous;
    const std::size_t size = code < 8 ? code : code - 7;
    const auto bytes = in.take(size);
    if (in.failed())
        return previous;
    std::uint64_t payload = 0;
    std::memcpy(&payload, bytes.data(), size);
    return applyCode(code, payload, previous);
}

// Replaying a journal is mostly this, so bytes are taken eight at a time as long as there are as many.
bool readValues(Reader& in, std::span<double> previous)
{
    const auto codes = in.take((previous.size() + 1) / 2);
    if (in.failed())
        return false;
    constexpr std::array<std::uint64_t, 9> kMasks = { 0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF, ~0ULL };
    std::size_t i = 0;
    for (; i < previous.size() && in.left() >= 8; ++i) {
        const auto code = codeAt(codes, i);
        if (code == 0)
            continue;
        std::uint64_t payload;
        std::memcpy(&payload, in.position(), 8);
        const std::size_t size = code < 8 ? code : code - 7;
        (void)in.take(size);
        previous[i] = applyCode(code, payload & kMasks[size], previous[i]);
    }
    for (; i < previous.size(); ++i)
        previous[i] = readValue(in, codeAt(codes, i), previous[i]);
    return !in.failed();
}

std::unexpected<Error> damaged(const char* what) { return failure(ErrorCode::corrupt, std::string("a journal record is damaged: ") + what); }

}

std::string JournalKey::encode() const
{
    std::string key;
    kv::appendKey64(key, epoch);
    key += static_cast<char>(kind);
    kv::appendKey64(key, sequence);
    return key;
}

Result<JournalKey> JournalKey::decode(kv::Bytes key)
{
    if (key.size() != 17)
        return failure(ErrorCode::corrupt, "the journal has a damaged key");
    const auto kind = static_cast<JournalKind>(key[8]);
    if (kind != JournalKind::definitions && kind != JournalKind::packed && kind != JournalKind::rows)
        return failure(ErrorCode::corrupt, "the journal has a record of unknown kind");
    return JournalKey { kv::readKey64(key), kind, kv::readKey64(key.substr(9)) };
}

std::pair<std::string, std::string> journalEpoch(std::uint64_t epoch)
{
    return { JournalKey { epoch, JournalKind::definitions, 0 }.encode(), JournalKey { epoch + 1, JournalKind::definitions, 0 }.encode() };
}

std::pair<std::string, std::string> journalRows(std::uint64_t epoch)
{
    return { JournalKey { epoch, JournalKind::rows, 0 }.encode(), JournalKey { epoch + 1, JournalKind::definitions, 0 }.encode() };
}

// ------------------------------------------------------------------------------------------------------------- writing

JournalEncoder::JournalEncoder(const SeriesIndex& index, const JournalNames& names)
    : m_index(index)
    , m_series(names.series)
    , m_timed(names.series.size())
{
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        if (m_numbers.size() <= m_series[i])
            m_numbers.resize(std::max<std::size_t>(m_series[i] + 1, m_numbers.size() * 3 / 2));
        m_numbers[m_series[i]] = static_cast<std::uint32_t>(i + 1);
    }
    for (const auto& group : names.groups)
        m_groups[static_cast<std::uint64_t>(group.id)] = { m_groups.size() + 1, group.members, 0, std::vector<double>(group.members) };
}

void JournalEncoder::beginRecord()
{
    m_definitions.clear();
    m_rows.clear();
    m_lastTime = 0;
    m_undo = { m_series.size(), m_groups.size(), {} };
}

std::uint64_t JournalEncoder::define(Handle series)
{
    if (const auto number = numberOf(series))
        return number;
    if (m_numbers.size() <= series)
        m_numbers.resize(std::max<std::size_t>(series + 1, m_numbers.size() * 3 / 2));
    m_series.push_back(series);
    m_timed.emplace_back();
    m_numbers[series] = static_cast<std::uint32_t>(m_series.size());
    std::string labels;
    std::size_t count = 0;
    m_index.visitLabels(series, [&](std::string_view name, std::string_view value) {
        putText(labels, name);
        putText(labels, value);
        ++count;
    });
    putByte(m_definitions, kSeries);
    putVarint(m_definitions, count);
    m_definitions += labels;
    return m_series.size();
}

JournalEncoder::Group& JournalEncoder::define(model::GroupId id, std::span<const Handle> members)
{
    auto& group = m_groups.try_emplace(static_cast<std::uint64_t>(id)).first->second;
    if (group.number == 0) {
        group.number = m_groups.size();
        putByte(m_definitions, kGroup);
        putFixed(m_definitions, static_cast<std::uint64_t>(id));
    }
    if (group.named == members.size())
        return group;
    m_undo.named.emplace_back(&group, group.named);
    std::string numbers;
    for (const auto member : members.subspan(group.named))
        putVarint(numbers, define(member));
    putByte(m_definitions, kMembers);
    putVarint(m_definitions, group.number);
    putVarint(m_definitions, members.size() - group.named);
    m_definitions += numbers;
    group.named = members.size();
    group.previous.resize(members.size());
    return group;
}

void JournalEncoder::addRow(model::GroupId id, std::span<const Handle> members, std::int64_t timeMs, std::span<const std::uint32_t> slots, std::span<const double> values)
{
    auto& group = define(id, members);
    const bool fresh = group.era != m_era;
    if (fresh)
        std::ranges::fill(group.previous, 0.0);
    group.era = m_era;
    putByte(m_rows, kRow | (fresh ? kFresh : 0) | (slots.empty() ? kInOrder : 0));
    putVarint(m_rows, group.number);
    putSigned(m_rows, wrappingSub(timeMs, m_lastTime));
    m_lastTime = timeMs;
    putVarint(m_rows, values.size());
    if (slots.empty()) {
        putValues(m_rows, group.previous, values);
        return;
    }
    std::int64_t last = -1;
    std::vector<double> previous;
    previous.reserve(slots.size());
    for (const auto slot : slots) {
        putSigned(m_rows, static_cast<std::int64_t>(slot) - last - 1);
        last = slot;
        previous.push_back(group.previous[slot]);
    }
    putValues(m_rows, previous, values);
    for (std::size_t i = 0; i < slots.size(); ++i)
        group.previous[slots[i]] = previous[i];
}

namespace {

/// Times and values of a series behind its number. `before` is the value before the first one.
void putSamples(std::string& out, std::span<const std::int64_t> timesMs, std::span<const double> values, std::int64_t lastTime, double before)
{
    putVarint(out, values.size());
    std::vector<double> previous;
    previous.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        putSigned(out, wrappingSub(timesMs[i], lastTime));
        lastTime = timesMs[i];
        previous.push_back(i == 0 ? before : values[i - 1]);
    }
    putValues(out, previous, values);
}

}

void JournalEncoder::addTimed(std::span<const HandleSample> samples)
{
    std::vector<std::int64_t> times;
    std::vector<double> values;
    for (std::size_t begin = 0; begin < samples.size();) {
        times.clear();
        values.clear();
        auto end = begin;
        for (; end < samples.size() && samples[end].series == samples[begin].series; ++end) {
            times.push_back(samples[end].timeMs);
            values.push_back(samples[end].value);
        }
        const auto number = define(samples[begin].series);
        auto& timed = m_timed[number - 1];
        const bool fresh = timed.era != m_era;
        putByte(m_rows, kTimed | (fresh ? kFresh : 0));
        putVarint(m_rows, number);
        putSamples(m_rows, times, values, m_lastTime, fresh ? 0.0 : timed.previous);
        m_lastTime = times.back();
        timed = { m_era, values.back() };
        begin = end;
    }
}

JournalEncoder::Records JournalEncoder::takeRecords()
{
    Records out;
    out.rows = std::move(m_rows);
    m_rows.clear();
    if (m_definitions.empty())
        return out;
    constexpr std::size_t kWorthCompressing = 256;
    if (m_definitions.size() < kWorthCompressing) {
        putByte(out.definitions, kPlain);
        out.definitions += m_definitions;
    } else {
        putByte(out.definitions, kCompressed);
        putVarint(out.definitions, m_definitions.size());
        const auto begin = out.definitions.size();
        out.definitions.resize(begin + ZSTD_compressBound(m_definitions.size()));
        out.definitions.resize(begin + ZSTD_compress(out.definitions.data() + begin, out.definitions.size() - begin, m_definitions.data(), m_definitions.size(), 1));
    }
    m_definitions.clear();
    return out;
}

void JournalEncoder::undoRecords()
{
    for (auto i = m_undo.series; i < m_series.size(); ++i)
        m_numbers[m_series[i]] = 0;
    m_series.resize(m_undo.series);
    m_timed.resize(m_undo.series);
    for (const auto& [group, named] : m_undo.named) {
        group->named = named;
        group->previous.resize(named);
    }
    std::erase_if(m_groups, [this](const auto& entry) { return entry.second.number > m_undo.groups; });
    forgetValues(); // previous values are those that were not stored
    beginRecord();
}

void JournalEncoder::putPacked(std::string& out, model::GroupId id, const HeadChunk& chunk) const
{
    putByte(out, kChunk);
    putVarint(out, m_groups.at(static_cast<std::uint64_t>(id)).number);
    putSigned(out, chunk.minMs);
    putVarint(out, static_cast<std::uint64_t>(wrappingSub(chunk.maxMs, chunk.minMs)));
    putVarint(out, chunk.timestamps);
    putVarint(out, chunk.samples);
    putText(out, chunk.block);
}

void JournalEncoder::putPackedTimed(std::string& out, Handle series, std::span<const std::int64_t> timesMs, std::span<const double> values) const
{
    putByte(out, kTimed | kFresh);
    putVarint(out, numberOf(series));
    putSamples(out, timesMs, values, 0, 0.0);
}

// ------------------------------------------------------------------------------------------------------------- reading

JournalReader::JournalReader(SeriesIndex& index, Head& head)
    : m_index(index)
    , m_head(head)
{
}

JournalNames JournalReader::names() const
{
    JournalNames names { m_series, {} };
    for (const auto& group : m_groups) {
        const auto& inHead = m_head.groupAt(group.inHead);
        names.groups.push_back({ inHead.id, inHead.members.size() });
    }
    return names;
}

Result<void> JournalReader::record(JournalKind kind, Bytes record)
{
    if (kind == JournalKind::definitions)
        return readDefinitions(Reader(record));
    Reader in(record);
    m_lastTime = 0;
    while (!in.atEnd()) {
        const auto head = in.byte();
        Result<void> done;
        switch (head & kKindMask) {
        case kRow: done = kind == JournalKind::rows ? readRow(in, (head & kFresh) != 0, (head & kInOrder) != 0) : damaged("a row among packed ones"); break;
        case kTimed:
            if (kind == JournalKind::packed)
                m_lastTime = 0;
            done = readTimed(in, (head & kFresh) != 0, kind == JournalKind::packed);
            break;
        case kChunk: done = kind == JournalKind::packed ? readPacked(in) : damaged("packed rows among others"); break;
        default: done = damaged("unknown entry");
        }
        if (!done)
            return done;
    }
    return {};
}

Result<void> JournalReader::readDefinitions(Reader in)
{
    std::string plain;
    if (in.byte() == kCompressed) {
        const auto size = in.count(kMaxRecordBytes);
        if (in.failed() || ZSTD_getFrameContentSize(in.position(), in.left()) != size)
            return damaged("size");
        plain.resize(size);
        if (ZSTD_decompress(plain.data(), size, in.position(), in.left()) != size)
            return damaged("compression");
        in = Reader(plain);
    }
    std::vector<SeriesIndex::LabelText> labels;
    while (!in.atEnd()) {
        switch (in.byte()) {
        case kSeries:
            labels.resize(in.count(in.left()));
            for (auto& label : labels) {
                label.name = in.text();
                label.value = in.text();
            }
            if (in.failed() || !std::ranges::is_sorted(labels, std::ranges::less_equal(), &SeriesIndex::LabelText::name))
                return damaged("labels");
            m_series.push_back(m_index.intern(labels));
            m_timedPrevious.push_back(0.0);
            break;
        case kGroup: m_groups.push_back({ m_head.group(model::GroupId(in.fixed<std::uint64_t>())), {} }); break;
        case kMembers:
            if (auto done = readMembers(in); !done)
                return done;
            break;
        default: return damaged("unknown definition");
        }
        if (in.failed())
            return damaged("definitions");
    }
    return {};
}

Result<void> JournalReader::readMembers(Reader& in)
{
    const auto number = in.varint();
    const auto count = in.count(in.left());
    if (in.failed() || number == 0 || number > m_groups.size())
        return damaged("group number");
    auto& group = m_groups[number - 1];
    for (std::size_t i = 0; i < count; ++i) {
        const auto series = in.varint();
        if (in.failed() || series == 0 || series > m_series.size())
            return damaged("series number");
        // Each member gets the next slot, unless it has one already.
        const auto slot = m_head.groupAt(group.inHead).members.size();
        if (m_head.slot(group.inHead, m_series[series - 1]) != slot)
            return damaged("a series in two places");
    }
    group.previous.resize(m_head.groupAt(group.inHead).members.size());
    return {};
}

Result<void> JournalReader::readPacked(Reader& in)
{
    const auto number = in.varint();
    auto chunk = std::make_shared<HeadChunk>();
    chunk->minMs = in.signedVarint();
    chunk->maxMs = wrappingAdd(chunk->minMs, static_cast<std::int64_t>(in.varint()));
    chunk->timestamps = in.varint();
    chunk->samples = in.varint();
    chunk->block = in.text();
    if (in.failed() || number == 0 || number > m_groups.size())
        return damaged("packed rows");
    auto& group = m_head.groupAt(m_groups[number - 1].inHead);
    if (chunk->minMs <= group.lastMs || chunk->maxMs < chunk->minMs || chunk->timestamps == 0)
        return damaged("times of packed rows");
    m_head.addStoredChunk(group, std::move(chunk));
    return {};
}

Result<void> JournalReader::readRow(Reader& in, bool fresh, bool inOrder)
{
    const auto number = in.varint();
    m_lastTime = wrappingAdd(m_lastTime, in.signedVarint());
    const auto count = in.varint();
    if (in.failed() || number == 0 || number > m_groups.size())
        return damaged("group number");
    auto& known = m_groups[number - 1];
    auto& group = m_head.groupAt(known.inHead);
    if (count == 0 || count > known.previous.size() || m_lastTime <= group.lastMs)
        return damaged("row");
    if (fresh)
        std::ranges::fill(known.previous, 0.0);
    std::vector<std::uint32_t> slots;
    std::vector<double> some;
    auto values = std::span(known.previous).first(count);
    if (!inOrder) {
        std::int64_t slot = -1;
        for (std::size_t i = 0; i < count; ++i) {
            slot = wrappingAdd(slot, wrappingAdd(in.signedVarint(), 1));
            if (in.failed() || slot < 0 || static_cast<std::uint64_t>(slot) >= known.previous.size())
                return damaged("slot");
            slots.push_back(static_cast<std::uint32_t>(slot));
            some.push_back(known.previous[slots.back()]);
        }
        values = some;
    }
    if (!readValues(in, values))
        return damaged("values");
    for (std::size_t i = 0; i < slots.size(); ++i)
        known.previous[slots[i]] = values[i];
    m_head.install(group, m_head.makeRoom(group));
    m_head.addRow(group, m_lastTime, slots, values);
    return {};
}

Result<void> JournalReader::readTimed(Reader& in, bool fresh, bool stored)
{
    const auto series = in.varint();
    const auto count = in.count(in.left());
    if (in.failed() || series == 0 || series > m_series.size())
        return damaged("series number");
    std::vector<HandleSample> samples(count);
    for (auto& sample : samples) {
        m_lastTime = wrappingAdd(m_lastTime, in.signedVarint());
        sample.series = m_series[series - 1];
        sample.timeMs = m_lastTime;
    }
    const auto codes = in.take((count + 1) / 2);
    if (in.failed())
        return damaged("timed samples");
    auto& previous = m_timedPrevious[series - 1];
    if (fresh)
        previous = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        previous = readValue(in, codeAt(codes, i), previous);
        samples[i].value = previous;
    }
    if (in.failed())
        return damaged("timed samples");
    m_head.addTimed(samples, stored);
    return {};
}

}
