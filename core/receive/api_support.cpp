#include "core/receive/api_support.h"

#include "core/base/json_writer.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <format>
#include <limits>

namespace belvedere::receive {

namespace {

constexpr std::size_t kPieceBytes = std::size_t { 256 } * 1024;

std::unexpected<Error> badParameter(std::string_view name, std::string_view why)
{
    return failure(ErrorCode::invalidArgument, std::format("invalid parameter \"{}\": {}", name, why));
}

Result<std::int64_t> parseTimeParameter(std::string_view name, std::string_view text)
{
    // What Prometheus' own client sends for the ends of time.
    if (text == "-292273086-05-16T16:47:06Z")
        return kAllTime.fromMs;
    if (text == "292277025-08-18T07:12:54.999999999Z")
        return kAllTime.toMs;
    const auto time = parseTimeMs(text);
    if (!time)
        return badParameter(name, std::format("cannot parse {} to a valid timestamp", model::quoted(text)));
    return std::clamp(*time, kAllTime.fromMs, kAllTime.toMs);
}

void appendNumber(std::string& out, std::int64_t number)
{
    std::array<char, 24> buffer;
    out.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr);
}

/// As appendValue(), with a short way for whole numbers: most samples are.
void appendSampleValue(std::string& out, double value)
{
    constexpr double kExact = 1e15;
    if (std::fabs(value) < kExact) {
        const auto whole = static_cast<std::int64_t>(value);
        if (static_cast<double>(whole) == value && (whole != 0 || !std::signbit(value))) {
            appendNumber(out, whole);
            return;
        }
    }
    appendValue(out, value);
}

/// Line and column, from 1, as Prometheus names places.
std::string placeIn(std::string_view query, TextRange where)
{
    const auto before = query.substr(0, std::min(where.begin, query.size()));
    const auto line = std::ranges::count(before, '\n') + 1;
    const auto lineBegin = before.rfind('\n');
    const auto column = before.size() - (lineBegin == std::string_view::npos ? 0 : lineBegin + 1) + 1;
    return std::format(" ({}:{})", line, column);
}

void flushPiece(BodyWriter& writer, std::string& pending, bool& alive)
{
    if (pending.size() < kPieceBytes)
        return;
    alive = writer.write(std::move(pending));
    pending.clear();
    pending.reserve(kPieceBytes + kPieceBytes / 4);
}

}

Result<std::int64_t> timeParameter(const Parameters& parameters, std::string_view name, std::int64_t fallbackMs)
{
    const auto text = parameters.get(name);
    return text.empty() ? Result<std::int64_t>(fallbackMs) : parseTimeParameter(name, text);
}

Result<std::int64_t> requiredTimeParameter(const Parameters& parameters, std::string_view name)
{
    return parseTimeParameter(name, parameters.get(name));
}

Result<std::int64_t> durationParameter(const Parameters& parameters, std::string_view name)
{
    const auto text = parameters.get(name);
    if (const auto seconds = parseFloat(text)) {
        constexpr double kMostMs = 9.2e15;
        if (!std::isfinite(*seconds) || std::fabs(*seconds * 1000) > kMostMs)
            return badParameter(name, std::format("cannot parse {} to a valid duration. It overflows int64", model::quoted(text)));
        return static_cast<std::int64_t>(*seconds * 1000);
    }
    if (const auto duration = parseDurationMs(text))
        return *duration;
    return badParameter(name, std::format("cannot parse {} to a valid duration", model::quoted(text)));
}

Result<std::size_t> limitParameter(const Parameters& parameters, std::string_view name)
{
    const auto text = parameters.get(name);
    if (text.empty())
        return 0;
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size() || limit > static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max()))
        return badParameter(name, std::format("cannot parse {} to a limit; give a whole number that is not negative", model::quoted(text)));
    return limit;
}

std::string unescapedName(std::string_view name)
{
    constexpr std::string_view kPrefix = "U__";
    const std::string original(name);
    if (!name.starts_with(kPrefix))
        return original;
    name.remove_prefix(kPrefix.size());
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] != '_') {
            out += name[i];
            continue;
        }
        const auto end = name.find('_', i + 1);
        if (end == std::string_view::npos)
            return original;
        const auto code = name.substr(i + 1, end - i - 1);
        i = end;
        if (code.empty()) {
            out += '_';
            continue;
        }
        constexpr std::size_t kMostDigits = 6;
        constexpr std::uint32_t kLastCodePoint = 0x10ffff;
        std::uint32_t value = 0;
        const auto [stop, error] = std::from_chars(code.data(), code.data() + code.size(), value, 16);
        if (code.size() > kMostDigits || error != std::errc() || stop != code.data() + code.size() || value > kLastCodePoint)
            return original;
        appendUtf8(out, value);
    }
    return out;
}

ErrorForm errorForm(ErrorCode code) noexcept
{
    switch (code) {
    case ErrorCode::invalidArgument:
    case ErrorCode::parse:
    case ErrorCode::alreadyExists:
    case ErrorCode::outOfOrder: return { 400, "bad_data" };
    case ErrorCode::execution:
    case ErrorCode::limit: return { 422, "execution" };
    case ErrorCode::notFound: return { 404, "not_found" };
    case ErrorCode::cancelled: return { 503, "canceled" };
    case ErrorCode::timeout: return { 503, "timeout" };
    case ErrorCode::unavailable: return { 503, "unavailable" };
    case ErrorCode::full: return { 507, "internal" };
    case ErrorCode::io:
    case ErrorCode::corrupt: break;
    }
    return { 500, "internal" };
}

Response errorResponse(const Error& error)
{
    const auto form = errorForm(error.code);
    return errorResponse(form.status, form.errorType, error.message);
}

void appendSeconds(std::string& out, std::int64_t timeMs)
{
    if (timeMs < 0) {
        out += '-';
        timeMs = -timeMs;
    }
    appendNumber(out, timeMs / 1000);
    if (const auto rest = timeMs % 1000; rest != 0) {
        out += '.';
        out += static_cast<char>('0' + rest / 100);
        out += static_cast<char>('0' + rest / 10 % 10);
        out += static_cast<char>('0' + rest % 10);
    }
}

void appendLabels(std::string& out, const model::Labels& labels)
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
    out += '[';
    appendSeconds(out, timeMs);
    out += ",\"";
    appendSampleValue(out, value);
    out += "\"]";
}

void appendSeries(std::string& out, const model::Series& series)
{
    out += "{\"metric\":";
    appendLabels(out, *series.labels);
    out += ",\"values\":[";
    for (std::size_t i = 0; i < series.values.size(); ++i) {
        if (i > 0)
            out += ',';
        appendSample(out, series.timesMs[i], series.values[i]);
    }
    out += "]}";
}

void appendRemarks(std::string& out, const model::QueryValue& value, std::string_view query)
{
    for (const auto kind : { model::Remark::Kind::warning, model::Remark::Kind::info }) {
        std::vector<std::string> texts;
        for (const auto& remark : value.remarks) {
            if (remark.kind == kind)
                texts.push_back(remark.where ? remark.message + placeIn(query, *remark.where) : remark.message);
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

void writeResult(BodyWriter& writer, std::string& pending, const model::QueryValue& value)
{
    bool alive = true;
    const auto list = [&](std::string_view type, const auto& items, const auto& append) {
        pending += std::format("\"resultType\":\"{}\",\"result\":[", type);
        bool first = true;
        for (const auto& item : items) {
            if (!std::exchange(first, false))
                pending += ',';
            append(item);
            flushPiece(writer, pending, alive);
            if (!alive)
                return;
        }
        pending += ']';
    };
    if (const auto* scalar = std::get_if<model::Scalar>(&value.data)) {
        pending += "\"resultType\":\"scalar\",\"result\":";
        appendSample(pending, scalar->timeMs, scalar->value);
    } else if (const auto* text = std::get_if<model::Text>(&value.data)) {
        pending += "\"resultType\":\"string\",\"result\":[";
        appendSeconds(pending, text->timeMs);
        pending += ',';
        appendJsonString(pending, text->value);
        pending += ']';
    } else if (const auto* vector = std::get_if<model::Vector>(&value.data)) {
        list("vector", *vector, [&](const model::VectorSample& sample) {
            pending += "{\"metric\":";
            appendLabels(pending, *sample.labels);
            pending += ",\"value\":";
            appendSample(pending, sample.timeMs, sample.value);
            pending += '}';
        });
    } else if (const auto* matrix = std::get_if<model::Matrix>(&value.data)) {
        list("matrix", *matrix, [&](const model::Series& series) { appendSeries(pending, series); });
    }
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
