#include "core/receive/result_json.h"

#include "core/base/format.h"
#include "core/base/json_writer.h"
#include "core/base/write_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

// A large answer is millions of samples of some 25 bytes each, so that writing it costs as much as computing it. Samples are
// therefore written by hand into a buffer; everything around them is written once a series and may be slow.

namespace belvedere::receive {

namespace {

constexpr std::size_t kPieceBytes = std::size_t { 256 } * 1024;

/// Writes Unix seconds. Times that follow one another share all but their last digits, so the rest is kept as text.
class SecondsWriter {
public:
    /// Room that write() needs at most.
    static constexpr std::size_t kMaxChars = 24;

    /// `1748743200.125`, without decimals where there are none; returns the end of the text.
    [[nodiscard]] char* write(char* out, std::int64_t timeMs) noexcept
    {
        if (timeMs < 0) {
            *out++ = '-';
            timeMs = -timeMs;
        }
        const auto seconds = timeMs / 1000;
        const auto high = seconds / kLowSeconds;
        if (high == 0) {
            out = std::to_chars(out, out + kMaxChars, seconds).ptr;
        } else {
            if (high != m_high) {
                m_high = high;
                m_size = static_cast<std::size_t>(std::to_chars(m_text.data(), m_text.data() + m_text.size(), high).ptr - m_text.data());
            }
            out = std::copy_n(m_text.data(), m_size, out);
            out = writeDigits(out, seconds % kLowSeconds, 4);
        }
        if (const auto rest = timeMs % 1000; rest != 0) {
            *out++ = '.';
            out = writeDigits(out, rest, 3);
        }
        return out;
    }

private:
    static constexpr std::int64_t kLowSeconds = 10'000;

    static char* writeDigits(char* out, std::int64_t number, int digits) noexcept
    {
        for (int i = digits; i > 0; --i, number /= 10)
            out[i - 1] = static_cast<char>('0' + number % 10);
        return out + digits;
    }

    std::int64_t m_high = 0;
    std::array<char, kMaxChars> m_text {};
    std::size_t m_size = 0;
};

/// Room that writeSample() needs at most.
constexpr std::size_t kMaxSampleChars = SecondsWriter::kMaxChars + kMaxValueChars + 8;

/// `[time,"value"]`
char* writeSample(char* out, SecondsWriter& seconds, std::int64_t timeMs, double value) noexcept
{
    *out++ = '[';
    out = seconds.write(out, timeMs);
    *out++ = ',';
    *out++ = '"';
    out = writeValue(out, value);
    *out++ = '"';
    *out++ = ']';
    return out;
}

/// Appends `"resultType":…,"result":…`; calls `between` after each item of a list, and ends early when it answers false.
template <class Between>
void appendItems(std::string& out, const model::QueryValue& value, Between between)
{
    const auto list = [&](std::string_view type, const auto& items, const auto& append) {
        out += formatted("\"resultType\":\"{}\",\"result\":[", type);
        bool first = true;
        for (const auto& item : items) {
            if (!std::exchange(first, false))
                out += ',';
            append(item);
            if (!between())
                return;
        }
        out += ']';
    };
    if (const auto* scalar = std::get_if<model::Scalar>(&value.data)) {
        out += "\"resultType\":\"scalar\",\"result\":";
        appendSample(out, scalar->timeMs, scalar->value);
    } else if (const auto* text = std::get_if<model::Text>(&value.data)) {
        out += "\"resultType\":\"string\",\"result\":[";
        appendSeconds(out, text->timeMs);
        out += ',';
        appendJsonString(out, text->value);
        out += ']';
    } else if (const auto* vector = std::get_if<model::Vector>(&value.data)) {
        list("vector", *vector, [&](const model::VectorSample& sample) {
            out += "{\"metric\":";
            appendLabels(out, sample.labels->list());
            out += ",\"value\":";
            appendSample(out, sample.timeMs, sample.value);
            out += '}';
        });
    } else if (const auto* matrix = std::get_if<model::Matrix>(&value.data)) {
        list("matrix", *matrix, [&](const model::Series& series) { appendSeries(out, series); });
    }
}

}

void appendSeconds(std::string& out, std::int64_t timeMs)
{
    std::array<char, SecondsWriter::kMaxChars> buffer;
    out.append(buffer.data(), SecondsWriter().write(buffer.data(), timeMs));
}

void appendLabels(std::string& out, std::span<const model::Label> labels)
{
    out += '{';
    bool first = true;
    for (const auto& label : labels) {
        if (!std::exchange(first, false))
            out += ',';
        appendJsonString(out, label.name);
        out += ':';
        appendJsonString(out, label.value);
    }
    out += '}';
}

void appendSample(std::string& out, std::int64_t timeMs, double value)
{
    SecondsWriter seconds;
    std::array<char, kMaxSampleChars> buffer;
    out.append(buffer.data(), writeSample(buffer.data(), seconds, timeMs, value));
}

void appendSeries(std::string& out, const model::Series& series)
{
    out += "{\"metric\":";
    appendLabels(out, series.labels->list());
    out += ",\"values\":[";
    SecondsWriter seconds;
    constexpr std::size_t kBatch = 128;
    std::array<char, kBatch * (kMaxSampleChars + 1)> buffer;
    for (std::size_t begin = 0; begin < series.values.size(); begin += kBatch) {
        char* at = buffer.data();
        const auto end = std::min(series.values.size(), begin + kBatch);
        for (auto i = begin; i < end; ++i) {
            at = writeSample(at, seconds, series.timesMs[i], series.values[i]);
            *at++ = ',';
        }
        out.append(buffer.data(), at);
    }
    if (!series.values.empty())
        out.pop_back(); // the last comma
    out += "]}";
}

void appendRemarks(std::string& out, const model::QueryValue& value)
{
    for (const auto kind : { model::Remark::Kind::warning, model::Remark::Kind::info }) {
        std::vector<std::string> texts;
        for (const auto& remark : value.remarks) {
            if (remark.kind == kind)
                texts.push_back(remark.message);
        }
        if (kind == model::Remark::Kind::warning && !value.incomplete.empty())
            texts.push_back(value.incomplete);
        if (texts.empty())
            continue;
        out += kind == model::Remark::Kind::warning ? ",\"warnings\":[" : ",\"infos\":[";
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (i > 0)
                out += ',';
            appendJsonString(out, texts[i]);
        }
        out += ']';
    }
}

void appendResult(std::string& out, const model::QueryValue& value)
{
    constexpr std::size_t kUsualSampleChars = 28;
    out.reserve(out.size() + sampleCount(value) * kUsualSampleChars);
    appendItems(out, value, [] { return true; });
}

void writeResult(BodyWriter& writer, std::string& pending, const model::QueryValue& value)
{
    appendItems(pending, value, [&] {
        if (pending.size() < kPieceBytes)
            return true;
        const bool alive = writer.write(std::move(pending));
        pending.clear();
        pending.reserve(kPieceBytes + kPieceBytes / 4);
        return alive;
    });
}

std::size_t sampleCount(const model::QueryValue& value)
{
    if (const auto* vector = std::get_if<model::Vector>(&value.data))
        return vector->size();
    std::size_t count = 1;
    if (const auto* matrix = std::get_if<model::Matrix>(&value.data)) {
        for (const auto& series : *matrix)
            count += series.values.size();
    }
    return count;
}

}
