#include "core/tsdb/journal.h"

#include <zstd.h>

#include <array>

namespace belvedere::tsdb {

namespace {

constexpr unsigned kCompressed = 1;
constexpr unsigned kReset = 2;

constexpr unsigned kRow = 1;
constexpr unsigned kTimed = 2;

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

JournalEncoder::JournalEncoder(const SeriesIndex& index, std::function<bool(Handle)> needsLabels)
    : m_index(index)
    , m_needsLabels(std::move(needsLabels))
{
    reset();
}

void JournalEncoder::reset()
{
    m_reset = true;
    m_lastTime = 0;
    m_groups.clear();
    m_numbers.clear();
    m_timedPrevious.assign(1, 0.0);
}

void JournalEncoder::beginRecord()
{
    m_record.clear();
    m_compress = false;
}

void JournalEncoder::putSeries(Handle series)
{
    if (const auto number = numberOf(series)) {
        putVarint(m_record, number);
        return;
    }
    if (m_numbers.size() <= series)
        m_numbers.resize(std::max<std::size_t>(series + 1, m_numbers.size() * 3 / 2));
    const auto number = static_cast<std::uint32_t>(m_timedPrevious.size());
    m_numbers[series] = number;
    m_timedPrevious.push_back(0.0);
    putVarint(m_record, number);
    if (!m_needsLabels(series)) {
        putByte(m_record, 0);
        putFixed(m_record, static_cast<std::uint64_t>(m_index.id(series)));
        return;
    }
    m_compress = true;
    std::string labels;
    std::size_t count = 0;
    m_index.visitLabels(series, [&](std::string_view name, std::string_view value) {
        putText(labels, name);
        putText(labels, value);
        ++count;
    });
    putByte(m_record, 1);
    putVarint(m_record, count);
    m_record += labels;
}

void JournalEncoder::addRow(model::GroupId group, std::span<const Handle> members, std::int64_t timeMs, std::span<const std::uint32_t> slots, std::span<const double> values)
{
    auto& known = m_groups.try_emplace(static_cast<std::uint64_t>(group)).first->second;
    putByte(m_record, kRow);
    if (known.number == 0) {
        known.number = m_groups.size();
        putVarint(m_record, known.number);
        putFixed(m_record, static_cast<std::uint64_t>(group));
    } else {
        putVarint(m_record, known.number);
    }
    putVarint(m_record, members.size() - known.named);
    for (const auto member : members.subspan(known.named))
        putSeries(member);
    known.named = members.size();
    known.previous.resize(members.size());
    putSigned(m_record, wrappingSub(timeMs, m_lastTime));
    m_lastTime = timeMs;
    if (slots.empty()) {
        putByte(m_record, 1);
        putValues(m_record, known.previous, values);
        return;
    }
    putByte(m_record, 0);
    putVarint(m_record, slots.size());
    std::int64_t last = -1;
    std::vector<double> previous;
    previous.reserve(slots.size());
    for (const auto slot : slots) {
        putSigned(m_record, static_cast<std::int64_t>(slot) - last - 1);
        last = slot;
        previous.push_back(known.previous[slot]);
    }
    putValues(m_record, previous, values);
    for (std::size_t i = 0; i < slots.size(); ++i)
        known.previous[slots[i]] = previous[i];
}

void JournalEncoder::addTimed(std::span<const HandleSample> samples)
{
    std::vector<double> previous;
    std::vector<double> values;
    for (std::size_t begin = 0; begin < samples.size();) {
        auto end = begin;
        while (end < samples.size() && samples[end].series == samples[begin].series)
            ++end;
        putByte(m_record, kTimed);
        putSeries(samples[begin].series);
        const auto number = numberOf(samples[begin].series);
        putVarint(m_record, end - begin);
        previous.clear();
        values.clear();
        for (auto i = begin; i < end; ++i) {
            putSigned(m_record, wrappingSub(samples[i].timeMs, m_lastTime));
            m_lastTime = samples[i].timeMs;
            previous.push_back(i == begin ? m_timedPrevious[number] : samples[i - 1].value);
            values.push_back(samples[i].value);
        }
        putValues(m_record, previous, values);
        m_timedPrevious[number] = samples[end - 1].value;
        begin = end;
    }
}

std::string JournalEncoder::takeRecord()
{
    std::string out;
    unsigned head = m_reset ? kReset : 0;
    m_reset = false;
    constexpr std::size_t kWorthCompressing = 2048;
    if (m_compress && m_record.size() > kWorthCompressing) {
        putByte(out, head | kCompressed);
        putVarint(out, m_record.size());
        const auto begin = out.size();
        out.resize(begin + ZSTD_compressBound(m_record.size()));
        out.resize(begin + ZSTD_compress(out.data() + begin, out.size() - begin, m_record.data(), m_record.size(), 1));
    } else {
        putByte(out, head);
        out += m_record;
    }
    m_record.clear();
    return out;
}

JournalDecoder::JournalDecoder(Callbacks callbacks)
    : m_callbacks(std::move(callbacks))
{
}

Result<void> JournalDecoder::record(Bytes record)
{
    Reader in(record);
    const auto head = in.byte();
    std::string plain;
    if (head & kCompressed) {
        const auto size = in.count(kMaxRecordBytes);
        if (in.failed() || ZSTD_getFrameContentSize(in.position(), in.left()) != size)
            return damaged("size");
        plain.resize(size);
        if (ZSTD_decompress(plain.data(), size, in.position(), in.left()) != size)
            return damaged("compression");
        in = Reader(plain);
    }
    if (head & kReset) {
        m_lastTime = 0;
        m_groups.clear();
        m_series.assign(1, 0);
        m_timedPrevious.assign(1, 0.0);
    }
    while (!in.atEnd()) {
        const auto kind = in.byte();
        auto done = kind == kRow ? readRow(in) : kind == kTimed ? readTimed(in) : damaged("unknown entry");
        if (!done)
            return done;
    }
    return {};
}

Result<std::uint32_t> JournalDecoder::readSeries(Reader& in)
{
    const auto number = in.varint();
    if (in.failed() || number == 0 || number > m_series.size())
        return damaged("series number");
    if (number < m_series.size())
        return static_cast<std::uint32_t>(number);
    Handle handle = 0;
    if (in.byte() == 0) {
        const auto id = in.fixed<std::uint64_t>();
        if (in.failed())
            return damaged("series id");
        auto known = m_callbacks.resolve(model::SeriesId(id));
        if (!known)
            return std::unexpected(std::move(known.error()));
        handle = *known;
    } else {
        std::vector<model::Label> labels(in.count(in.left()));
        for (auto& label : labels) {
            label.name = in.text();
            label.value = in.text();
        }
        if (in.failed())
            return damaged("labels");
        handle = m_callbacks.define(model::Labels::fromSorted(std::move(labels)));
    }
    m_series.push_back(handle);
    m_timedPrevious.push_back(0.0);
    return static_cast<std::uint32_t>(number);
}

Result<void> JournalDecoder::readRow(Reader& in)
{
    const auto number = in.varint();
    if (in.failed() || number == 0 || number > m_groups.size() + 1)
        return damaged("group number");
    if (number == m_groups.size() + 1)
        m_groups.push_back({ in.fixed<std::uint64_t>(), {}, {} });
    auto& group = m_groups[number - 1];
    const auto added = in.count(in.left());
    for (std::size_t i = 0; i < added; ++i) {
        const auto series = readSeries(in);
        if (!series)
            return std::unexpected(series.error());
        group.members.push_back(m_series[*series]);
        group.previous.push_back(0.0);
    }
    m_lastTime = wrappingAdd(m_lastTime, in.signedVarint());
    if (in.byte() == 1) {
        if (in.failed() || !readValues(in, group.previous))
            return damaged("values");
        m_callbacks.row(model::GroupId(group.id), m_lastTime, group.members, group.previous);
        return {};
    }
    const auto count = in.count(in.left());
    std::vector<std::size_t> slots;
    std::vector<Handle> handles;
    std::vector<double> values;
    std::int64_t slot = -1;
    for (std::size_t i = 0; i < count; ++i) {
        slot = wrappingAdd(slot, wrappingAdd(in.signedVarint(), 1));
        if (in.failed() || slot < 0 || static_cast<std::uint64_t>(slot) >= group.members.size())
            return damaged("slot");
        slots.push_back(static_cast<std::size_t>(slot));
        handles.push_back(group.members[slots.back()]);
        values.push_back(group.previous[slots.back()]);
    }
    if (in.failed() || !readValues(in, values))
        return damaged("values");
    for (std::size_t i = 0; i < count; ++i)
        group.previous[slots[i]] = values[i];
    m_callbacks.row(model::GroupId(group.id), m_lastTime, handles, values);
    return {};
}

Result<void> JournalDecoder::readTimed(Reader& in)
{
    const auto series = readSeries(in);
    if (!series)
        return std::unexpected(series.error());
    const auto count = in.count(in.left());
    std::vector<HandleSample> samples(count);
    for (auto& sample : samples) {
        m_lastTime = wrappingAdd(m_lastTime, in.signedVarint());
        sample.series = m_series[*series];
        sample.timeMs = m_lastTime;
    }
    const auto codes = in.take((count + 1) / 2);
    if (in.failed())
        return damaged("timed samples");
    double previous = m_timedPrevious[*series];
    for (std::size_t i = 0; i < count; ++i) {
        previous = readValue(in, codeAt(codes, i), previous);
        samples[i].value = previous;
    }
    if (in.failed())
        return damaged("timed samples");
    m_timedPrevious[*series] = previous;
    m_callbacks.timed(samples);
    return {};
}

}
