#include "core/ingest/loki_push.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/ingest/protobuf_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <simdjson.h>

namespace belvedere::ingest {

namespace {

namespace json = simdjson::ondemand;
using Wire = ProtobufReader::Wire;

std::unexpected<Error> bad(std::string message) { return failure(ErrorCode::parse, std::move(message)); }

/// What both encodings check, once a stream is complete.
Result<model::Labels> streamLabels(std::vector<model::Label> labels, const LokiPushLimits& limits)
{
    if (labels.size() > limits.labelsPerStream)
        return failure(ErrorCode::limit, formatted("more than {} labels", limits.labelsPerStream));
    for (const auto& label : labels) {
        if (!model::isPlainLabelName(label.name))
            return bad(formatted("label name {} is not allowed; it must be letters, digits and _", goQuoted(label.name)));
        if (!isValidUtf8(label.value))
            return bad(formatted("the value of label {} is not valid UTF-8", label.name));
    }
    model::Labels out(std::move(labels));
    if (out.empty())
        return bad("at least one label pair is required per stream");
    return out;
}

void sortMetadata(std::vector<model::Label>& metadata)
{
    if (metadata.size() > 1)
        std::ranges::stable_sort(metadata, {}, &model::Label::name);
}

/// Counts entries and looks at their size while a body is decoded.
class Budget {
public:
    explicit Budget(const LokiPushLimits& limits)
        : m_limits(limits)
    {
    }
    Result<void> take(std::size_t lineBytes)
    {
        if (++m_entries > m_limits.entries)
            return failure(ErrorCode::limit, formatted("more than {} entries in one push; send smaller batches", m_limits.entries));
        if (lineBytes > m_limits.lineBytes)
            return failure(ErrorCode::limit, formatted("a line of {} bytes is longer than the limit of {}", lineBytes, m_limits.lineBytes));
        return {};
    }

private:
    const LokiPushLimits& m_limits;
    std::size_t m_entries = 0;
};

Result<void> decodeJsonLabels(json::object object, std::vector<model::Label>& out)
{
    for (auto field : object) {
        std::string_view name;
        std::string_view value;
        if (field.unescaped_key(true).get(name))
            return bad("malformed JSON in a label name");
        auto& label = out.emplace_back();
        label.name = name;
        if (field.value().get_string(true).get(value))
            return bad(formatted("the value of {} is not a string", goQuoted(label.name)));
        label.value = value;
    }
    return {};
}

/// Nanoseconds as a string of digits, as Loki wants them, or as a number.
std::optional<std::int64_t> decodeJsonTime(json::value value)
{
    std::int64_t ns = 0;
    std::string_view text;
    if (value.get_string().get(text) == simdjson::SUCCESS) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ns);
        return error == std::errc() && end == text.data() + text.size() ? std::optional(ns) : std::nullopt;
    }
    return value.get_int64().get(ns) == simdjson::SUCCESS ? std::optional(ns) : std::nullopt;
}

/// `[time, line, metadata?]`.
Result<void> decodeJsonEntry(json::array array, model::LogEntry& entry, Budget& budget)
{
    std::size_t index = 0;
    for (auto element : array) {
        json::value value;
        if (element.get(value))
            return bad("malformed JSON");
        switch (index++) {
        case 0:
            if (const auto ns = decodeJsonTime(value))
                entry.timeNs = *ns;
            else
                return bad("the time is not a string of Unix nanoseconds");
            break;
        case 1: {
            std::string_view line;
            if (value.get_string(true).get(line))
                return bad("the line is not a string");
            if (auto room = budget.take(line.size()); !room)
                return room;
            entry.line = line;
            break;
        }
        case 2: {
            json::object metadata;
            if (value.get_object().get(metadata))
                return bad("the structured metadata is not an object");
            if (auto decoded = decodeJsonLabels(metadata, entry.metadata); !decoded)
                return withContext(std::move(decoded.error()), "structured metadata");
            sortMetadata(entry.metadata);
            break;
        }
        default: return bad("an entry has more than time, line and structured metadata");
        }
    }
    if (index < 2)
        return bad("an entry needs a time and a line");
    return {};
}

Result<void> decodeJsonStream(json::object object, model::LogPush& push, const LokiPushLimits& limits, Budget& budget)
{
    std::vector<model::Label> labels;
    bool haveLabels = false;
    for (auto field : object) {
        std::string_view key;
        if (field.unescaped_key().get(key))
            return bad("malformed JSON");
        if (key == "stream") {
            json::object map;
            if (field.value().get_object().get(map))
                return bad("'stream' is not an object of labels");
            if (auto decoded = decodeJsonLabels(map, labels); !decoded)
                return decoded;
            haveLabels = true;
        } else if (key == "values") {
            json::array values;
            if (field.value().get_array().get(values))
                return bad("'values' is not an array of entries");
            for (auto element : values) {
                json::array entry;
                if (element.get_array().get(entry))
                    return bad(formatted("entry {} is not an array [time, line]", push.entries.size() + 1));
                if (auto decoded = decodeJsonEntry(entry, push.entries.emplace_back(), budget); !decoded)
                    return withContext(std::move(decoded.error()), formatted("entry {}", push.entries.size()));
            }
        }
    }
    if (!haveLabels)
        return bad("the stream has no labels ('stream')");
    auto checked = streamLabels(std::move(labels), limits);
    if (!checked)
        return std::unexpected(checked.error());
    push.labels = std::move(*checked);
    return {};
}

}

Result<std::vector<model::LogPush>> decodeLokiPushJson(std::string& body, const LokiPushLimits& limits)
{
    const auto size = body.size();
    body.reserve(size + simdjson::SIMDJSON_PADDING);
    json::parser parser;
    json::document document;
    if (const auto error = parser.iterate(body.data(), size, body.capacity()).get(document))
        return bad(formatted("the body is not JSON: {}", simdjson::error_message(error)));
    json::object root;
    if (document.get_object().get(root))
        return bad("the body is not a JSON object with 'streams'");

    std::vector<model::LogPush> out;
    Budget budget(limits);
    bool haveStreams = false;
    for (auto field : root) {
        std::string_view key;
        if (const auto error = field.unescaped_key().get(key))
            return bad(formatted("the body is not valid JSON: {}", simdjson::error_message(error)));
        if (key != "streams")
            continue;
        haveStreams = true;
        json::array streams;
        if (field.value().get_array().get(streams))
            return bad("'streams' is not an array");
        std::size_t number = 0;
        for (auto element : streams) {
            ++number;
            json::object stream;
            if (element.get_object().get(stream))
                return bad(formatted("stream {} is not an object with 'stream' and 'values'", number));
            model::LogPush push;
            if (auto decoded = decodeJsonStream(stream, push, limits, budget); !decoded)
                return withContext(std::move(decoded.error()), formatted("stream {}", number));
            if (!push.entries.empty())
                out.push_back(std::move(push));
        }
    }
    if (!haveStreams)
        return bad("the body has no 'streams'");
    if (!document.at_end())
        return bad("there is something behind the end of the JSON object");
    return out;
}

namespace {

std::unexpected<Error> damaged() { return bad("the protobuf message is cut or malformed"); }

Result<void> decodeProtobufEntry(std::string_view message, model::LogEntry& entry, Budget& budget)
{
    ProtobufReader reader(message);
    while (reader.next()) {
        if (reader.is(1, Wire::bytes)) {
            std::int64_t seconds = 0;
            std::int64_t nanos = 0;
            ProtobufReader time(reader.bytes());
            while (time.next()) {
                if (time.is(1, Wire::varint))
                    seconds = time.int64();
                else if (time.is(2, Wire::varint))
                    nanos = time.int64();
            }
            if (!time.ok())
                return damaged();
            if (__builtin_mul_overflow(seconds, std::int64_t { 1'000'000'000 }, &entry.timeNs) || __builtin_add_overflow(entry.timeNs, nanos, &entry.timeNs))
                return bad("the time is outside the years 1678 to 2261");
        } else if (reader.is(2, Wire::bytes)) {
            if (auto room = budget.take(reader.bytes().size()); !room)
                return room;
            entry.line = reader.bytes();
        } else if (reader.is(3, Wire::bytes)) {
            auto& label = entry.metadata.emplace_back();
            ProtobufReader pair(reader.bytes());
            while (pair.next()) {
                if (pair.is(1, Wire::bytes))
                    label.name = pair.bytes();
                else if (pair.is(2, Wire::bytes))
                    label.value = pair.bytes();
            }
            if (!pair.ok())
                return damaged();
        }
    }
    if (!reader.ok())
        return damaged();
    sortMetadata(entry.metadata);
    return {};
}

Result<void> decodeProtobufStream(std::string_view message, model::LogPush& push, const LokiPushLimits& limits, Budget& budget)
{
    std::string_view labels;
    ProtobufReader reader(message);
    while (reader.next()) {
        if (reader.is(1, Wire::bytes)) {
            labels = reader.bytes();
        } else if (reader.is(2, Wire::bytes)) {
            if (auto decoded = decodeProtobufEntry(reader.bytes(), push.entries.emplace_back(), budget); !decoded)
                return withContext(std::move(decoded.error()), formatted("entry {}", push.entries.size()));
        }
    }
    if (!reader.ok())
        return damaged();
    auto parsed = parseStreamLabels(labels);
    if (!parsed)
        return std::unexpected(parsed.error());
    auto checked = streamLabels(parsed->list(), limits);
    if (!checked)
        return std::unexpected(checked.error());
    push.labels = std::move(*checked);
    return {};
}

}

Result<std::vector<model::LogPush>> decodeLokiPushProtobuf(std::string_view body, const LokiPushLimits& limits)
{
    std::vector<model::LogPush> out;
    Budget budget(limits);
    std::size_t number = 0;
    ProtobufReader reader(body);
    while (reader.next()) {
        if (!reader.is(1, Wire::bytes))
            continue;
        ++number;
        model::LogPush push;
        if (auto decoded = decodeProtobufStream(reader.bytes(), push, limits, budget); !decoded)
            return withContext(std::move(decoded.error()), formatted("stream {}", number));
        if (!push.entries.empty())
            out.push_back(std::move(push));
    }
    if (!reader.ok())
        return damaged();
    return out;
}

namespace {

/// Reads `{name="value", ...}`.
class LabelSetReader {
public:
    explicit LabelSetReader(std::string_view text)
        : m_text(text)
    {
    }

    Result<model::Labels> read()
    {
        std::vector<model::Label> labels;
        skipBlanks();
        if (!take('{'))
            return wrong("'{'");
        skipBlanks();
        while (!take('}')) {
            auto& label = labels.emplace_back();
            const auto start = m_at;
            while (m_at < m_text.size() && isName(m_text[m_at]))
                ++m_at;
            label.name = m_text.substr(start, m_at - start);
            if (label.name.empty())
                return wrong("a label name");
            skipBlanks();
            if (!take('='))
                return wrong("'='");
            skipBlanks();
            if (!readQuoted(label.value))
                return wrong("a value in quotes");
            skipBlanks();
            if (take(','))
                skipBlanks();
            else if (m_at >= m_text.size() || m_text[m_at] != '}')
                return wrong("',' or '}'");
        }
        skipBlanks();
        if (m_at != m_text.size())
            return wrong("the end");
        return model::Labels(std::move(labels));
    }

private:
    static bool isName(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':' || c == '.' || c == '-'; }

    void skipBlanks()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t' || m_text[m_at] == '\n'))
            ++m_at;
    }
    bool take(char c)
    {
        if (m_at >= m_text.size() || m_text[m_at] != c)
            return false;
        ++m_at;
        return true;
    }
    std::unexpected<Error> wrong(std::string_view expected) const
    {
        return failure(ErrorCode::parse, formatted("labels {}: expected {} at character {}", goQuoted(m_text.substr(0, 200)), expected, m_at + 1),
            TextRange { std::min(m_at, m_text.size()), m_text.size() });
    }

    bool readQuoted(std::string& out)
    {
        if (take('`')) {
            const auto end = m_text.find('`', m_at);
            if (end == m_text.npos)
                return false;
            out = m_text.substr(m_at, end - m_at);
            m_at = end + 1;
            return true;
        }
        if (!take('"'))
            return false;
        while (m_at < m_text.size()) {
            const char c = m_text[m_at++];
            if (c == '"')
                return true;
            if (c != '\\')
                out += c;
            else if (!readEscape(out))
                return false;
        }
        return false;
    }

    bool readEscape(std::string& out)
    {
        if (m_at >= m_text.size())
            return false;
        const char c = m_text[m_at++];
        switch (c) {
        case 'a': out += '\a'; return true;
        case 'b': out += '\b'; return true;
        case 'f': out += '\f'; return true;
        case 'n': out += '\n'; return true;
        case 'r': out += '\r'; return true;
        case 't': out += '\t'; return true;
        case 'v': out += '\v'; return true;
        case '\\': case '"': case '\'': out += c; return true;
        case 'x': return readCode(out, 2, 16);
        case 'u': return readCode(out, 4, 16);
        case 'U': return readCode(out, 8, 16);
        default:
            --m_at;
            return c >= '0' && c <= '3' && readCode(out, 3, 8);
        }
    }

    /// Two and three digits give a byte, four and eight a code point.
    bool readCode(std::string& out, std::size_t digits, int base)
    {
        const auto text = m_text.substr(std::min(m_at, m_text.size()), digits);
        std::uint32_t code = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code, base);
        if (text.size() != digits || error != std::errc() || end != text.data() + text.size())
            return false;
        m_at += digits;
        if (digits <= 3) {
            out += static_cast<char>(code);
            return true;
        }
        if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
            return false;
        appendUtf8(out, code);
        return true;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

}

Result<model::Labels> parseStreamLabels(std::string_view text) { return LabelSetReader(text).read(); }

}
