#include "core/ingest/exposition.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/model/sample.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

// One pass over the bytes. The two formats differ in their blanks (the text format takes any run of blanks nearly
// everywhere, OpenMetrics exactly one space where it must be), in comments and in the end mark, and share the rest.
//
// The hot path is a body whose series come in the same order as last time: one memcmp for the series, and a number read
// digit by digit. Everything else is written for clear errors rather than for speed.

namespace belvedere::ingest {

namespace {

bool isBlank(char c) { return c == ' ' || c == '\t'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLabelStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isMetricStart(char c) { return isLabelStart(c) || c == ':'; }

const char* skipMetricName(const char* at, const char* end)
{
    while (at != end && (isMetricStart(*at) || isDigit(*at)))
        ++at;
    return at;
}

const char* skipLabelName(const char* at, const char* end)
{
    while (at != end && (isLabelStart(*at) || isDigit(*at)))
        ++at;
    return at;
}

/// The closing quote of the text that starts after an opening one; `end` if there is none.
const char* closingQuote(const char* at, const char* end, bool overLines)
{
    while (at != end && *at != '"') {
        if (*at == '\n' && !overLines)
            return end;
        at += *at == '\\' && at + 1 != end ? 2 : 1;
    }
    return at;
}

std::string_view between(const char* begin, const char* end) { return { begin, static_cast<std::size_t>(end - begin) }; }

/// Undoes `\\`, `\"` and `\n`; other escapes stay as they are, as in Prometheus.
std::string unescaped(std::string_view text, bool quotes)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            const char next = text[i + 1];
            if (next == '\\' || next == 'n' || (next == '"' && quotes)) {
                out += next == 'n' ? '\n' : next;
                ++i;
                continue;
            }
        }
        out += text[i];
    }
    return out;
}

std::string plain(std::string_view text) { return text.find('\\') == text.npos ? std::string(text) : unescaped(text, true); }

constexpr std::array<double, 23> kPowersOfTen { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/// Reads `-?digits(.digits)?` of at most 2^53 without the point, which IEEE division makes exact (Clinger 1990). Returns
/// the first byte behind it, or nullptr for the slow way.
const char* parseSimpleNumber(const char* at, const char* end, double& value)
{
    const bool negative = at != end && *at == '-';
    if (negative)
        ++at;
    const char* const first = at;
    std::uint64_t digits = 0;
    while (at != end && isDigit(*at))
        digits = digits * 10 + static_cast<unsigned>(*at++ - '0');
    auto count = at - first;
    std::ptrdiff_t decimals = 0;
    if (count != 0 && at != end && *at == '.') {
        const char* const point = ++at;
        while (at != end && isDigit(*at))
            digits = digits * 10 + static_cast<unsigned>(*at++ - '0');
        decimals = at - point;
        count += decimals;
    }
    if (count == 0 || count > 18 || digits > (std::uint64_t { 1 } << 53))
        return nullptr;
    value = static_cast<double>(digits);
    if (decimals != 0)
        value /= kPowersOfTen[static_cast<std::size_t>(decimals)];
    if (negative)
        value = -value;
    return at;
}

/// Go's quoting, cut to a length that fits an error text.
std::string shown(std::string_view text)
{
    constexpr std::size_t kMost = 60;
    return text.size() <= kMost ? goQuoted(text) : goQuoted(text.substr(0, kMost)) + "...";
}

}

Result<ExpositionFormat> expositionFormat(std::string_view contentType, std::optional<ExpositionFormat> fallback)
{
    const auto media = toLowerAscii(trim(contentType.substr(0, std::min(contentType.find(';'), contentType.size()))));
    if (media == "text/plain")
        return ExpositionFormat::text;
    if (media == "application/openmetrics-text")
        return ExpositionFormat::openMetrics;
    if (fallback)
        return *fallback;
    if (media.empty())
        return failure(ErrorCode::parse,
            "the target sends no Content-Type; set fallback_scrape_protocol: PrometheusText0.0.4 in its scrape_config if what it serves are metrics");
    return failure(ErrorCode::parse,
        formatted("the target sends Content-Type \"{}\", which is no metrics format; check metrics_path, or set fallback_scrape_protocol: PrometheusText0.0.4 in its scrape_config",
            contentType));
}

std::string normalizedBound(std::string_view text)
{
    const auto number = parseFloat(text);
    if (!number)
        return std::string(text);
    if (std::isnan(*number))
        return "NaN";
    if (std::isinf(*number))
        return *number > 0 ? "+Inf" : "-Inf";
    std::array<char, 40> buffer;
    // An exponent below 1e-4 and from 1e6 on, with two digits at least: Go's 'g' and C's agree on that.
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), *number, std::chars_format::general);
    std::string out(buffer.data(), end);
    if (out.find_first_of("e.") == out.npos)
        out += ".0";
    return out;
}

namespace {

std::size_t linesOf(std::string_view text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

}

ExpositionParser::ExpositionParser(std::string_view body, ExpositionFormat format, bool more)
    : m_body(body)
    , m_at(body.data())
    , m_end(body.data() + body.size())
    , m_format(format)
    , m_linesHere(more ? linesOf(body) : 0)
    , m_more(more)
{
}

void ExpositionParser::resume(std::string_view body, bool more)
{
    m_linesBefore += m_linesHere; // counted before: the text it was of may be gone
    m_linesHere = more ? linesOf(body) : 0;
    m_body = body;
    m_at = m_entry = body.data();
    m_end = body.data() + body.size();
    m_more = more;
    m_finished = !m_error.message.empty();
}

const char* ExpositionParser::skipBlanks(const char* at) const noexcept
{
    while (at != m_end && isBlank(*at))
        ++at;
    return at;
}

std::string_view ExpositionParser::lineRest(const char* at) const noexcept
{
    const auto* const newline = at == m_end ? nullptr : static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(m_end - at)));
    return between(at, newline ? newline : m_end);
}

std::string ExpositionParser::found(const char* at) const
{
    if (at == m_end)
        return "the end of the text";
    if (*at == '\n')
        return "the end of the line";
    if (*at == '\r')
        return "a carriage return; lines must end with \\n alone";
    return shown(lineRest(at));
}

std::size_t ExpositionParser::line() const noexcept
{
    return lineOf(m_entry ? m_entry : m_body.data());
}

std::size_t ExpositionParser::lineOf(const char* at) const noexcept
{
    return m_linesBefore + 1 + static_cast<std::size_t>(std::count(m_body.data(), at, '\n'));
}

ExpositionParser::Event ExpositionParser::fail(const char* at, std::string message)
{
    m_finished = true;
    const auto offset = static_cast<std::size_t>(at - m_body.data());
    m_error = Error { ErrorCode::parse, formatted("line {}: {}", lineOf(at), message), TextRange { offset, offset + lineRest(at).size() } };
    return Event::error;
}

ExpositionParser::Event ExpositionParser::next(std::string_view expected)
{
    if (m_finished)
        return m_error.message.empty() ? Event::end : Event::error;

    if (!expected.empty() && static_cast<std::size_t>(m_end - m_at) > expected.size() && std::memcmp(m_at, expected.data(), expected.size()) == 0) {
        const char* const behind = m_at + expected.size();
        // Without labels the name may go on, or the labels stand behind a blank.
        const char* const value = skipBlanks(behind);
        const bool complete = expected.back() == '}' || (value != behind && value != m_end && *value != '{');
        if (complete) {
            m_entry = m_at;
            m_series = between(m_at, behind);
            m_expected = true;
            return parseSuffix(behind);
        }
    }
    m_expected = false;
    while (true) {
        m_entry = m_at;
        const char* at = m_format == ExpositionFormat::text ? skipBlanks(m_at) : m_at;
        if (at == m_end) {
            if (m_format == ExpositionFormat::openMetrics && !m_more && !m_endMark)
                return fail(m_end, "the text does not end with # EOF; OpenMetrics demands it, so that cut answers are noticed");
            m_finished = true;
            return Event::end;
        }
        if (m_endMark)
            return fail(at, formatted("unexpected data after # EOF: {}", found(at)));
        if (*at == '\n' && m_format == ExpositionFormat::text) {
            m_at = at + 1;
            continue;
        }
        if (*at != '#')
            return parseSample(at);
        const auto event = parseComment(at);
        if (event != Event::sample) // sample: an ordinary comment, skipped
            return event;
    }
}

ExpositionParser::Event ExpositionParser::parseComment(const char* hash)
{
    const bool strict = m_format == ExpositionFormat::openMetrics;
    const auto whole = lineRest(hash);
    const char* const lineEnd = whole.data() + whole.size();
    const auto ordinaryComment = [&] {
        if (strict)
            return fail(hash, formatted("expected HELP, TYPE, UNIT or EOF after '# ', found {}; OpenMetrics has no other comments", found(hash)));
        m_at = lineEnd == m_end ? m_end : lineEnd + 1;
        return Event::sample;
    };

    if (strict && whole.starts_with("# EOF")) {
        const char* behind = hash + 5;
        if (behind != m_end && *behind == '\n')
            ++behind;
        if (behind != m_end)
            return fail(behind, formatted("unexpected data after # EOF: {}", found(behind)));
        m_finished = m_endMark = true;
        m_at = m_end;
        return Event::end;
    }
    const char* at = hash + 1;
    if (at == lineEnd || !isBlank(*at))
        return ordinaryComment();
    at = strict ? at + 1 : skipBlanks(at);
    const auto word = between(at, std::min(at + 4, lineEnd));
    const bool known = word == "HELP" || word == "TYPE" || (word == "UNIT" && strict);
    if (!known || at + 4 == lineEnd || !isBlank(at[4]) || (strict && at[4] != ' '))
        return ordinaryComment();
    at = strict ? at + 5 : skipBlanks(at + 4);

    if (at != lineEnd && *at == '"') {
        const char* const quote = closingQuote(at + 1, lineEnd, false);
        if (quote == lineEnd)
            return strict ? fail(at, "the quoted metric name is not closed") : ordinaryComment();
        m_family = between(at + 1, quote);
        at = quote + 1;
    } else {
        const char* const nameEnd = at != lineEnd && isMetricStart(*at) ? skipMetricName(at, lineEnd) : at;
        if (nameEnd == at)
            return strict ? fail(at, formatted("expected a metric name after {}, found {}", word, found(at))) : ordinaryComment();
        m_family = between(at, nameEnd);
        at = nameEnd;
    }
    if (strict && (at == lineEnd || *at != ' '))
        return fail(at, formatted("expected a space and text after {} {}, found {}", word, m_family, found(at)));
    if (strict && lineEnd == m_end)
        return fail(m_end, "the text does not end with # EOF; OpenMetrics demands it, so that cut answers are noticed");
    m_text = between(std::min(at + 1, lineEnd), lineEnd);
    m_at = lineEnd == m_end ? m_end : lineEnd + 1;

    if (word == "HELP") {
        if (!isValidUtf8(m_text))
            return fail(hash, formatted("the HELP text of {} is not valid UTF-8", m_family));
        return Event::help;
    }
    if (word == "UNIT") {
        const bool suffix = m_family.size() > m_text.size() && m_family.ends_with(m_text) && m_family[m_family.size() - m_text.size() - 1] == '_';
        if (!m_text.empty() && !suffix)
            return fail(hash, formatted("unit \"{}\" is not a suffix of metric \"{}\"; it must be called {}_{}", m_text, m_family, m_family, m_text));
        return Event::unit;
    }
    using namespace std::string_view_literals;
    static constexpr std::array kText { "counter"sv, "gauge"sv, "histogram"sv, "summary"sv, "untyped"sv };
    static constexpr std::array kOpenMetrics { "counter"sv, "gauge"sv, "histogram"sv, "gaugehistogram"sv, "summary"sv, "info"sv, "stateset"sv, "unknown"sv };
    const bool valid = strict ? std::ranges::find(kOpenMetrics, m_text) != kOpenMetrics.end() : std::ranges::find(kText, m_text) != kText.end();
    if (!valid) {
        return fail(hash, formatted("invalid metric type {} of {}; it must be one of {}", shown(m_text), m_family,
            strict ? "counter, gauge, histogram, gaugehistogram, summary, info, stateset, unknown" : "counter, gauge, histogram, summary, untyped"));
    }
    m_bounds = m_text == "histogram" ? Bounds::le : m_text == "summary" ? Bounds::quantile : Bounds::none;
    if (m_text == "untyped")
        m_text = "unknown";
    return Event::type;
}

ExpositionParser::Event ExpositionParser::parseSample(const char* at)
{
    const bool strict = m_format == ExpositionFormat::openMetrics;
    m_labels.clear();
    m_name = {};
    m_nameQuoted = false;
    const char* afterName = at;
    if (isMetricStart(*at)) {
        afterName = skipMetricName(at, m_end);
        // Blanks in front of the name belong to it, as Prometheus has it.
        m_name = between(m_entry, afterName);
        at = strict ? afterName : skipBlanks(afterName);
        m_series = m_name;
    } else if (*at != '{') {
        return fail(at, formatted("expected a metric name, found {}", found(at)));
    }
    if (at != m_end && *at == '{') {
        ++at;
        if (!parseLabelSet(at, false))
            return Event::error;
        m_series = between(m_entry, at);
    } else {
        at = afterName;
    }
    if (m_name.empty())
        return fail(m_entry, formatted("the metric name is not set in {}; write it in front of the brace, or first inside and in quotes", shown(m_series)));
    return parseSuffix(at);
}

/// From behind the opening brace to behind the closing one; fills m_labels or m_exemplarLabels.
bool ExpositionParser::parseLabelSet(const char*& at, bool inExemplar)
{
    const bool strict = m_format == ExpositionFormat::openMetrics;
    auto& labels = inExemplar ? m_exemplarLabels : m_labels;
    const auto skip = [&] {
        if (!strict)
            at = skipBlanks(at);
    };
    const auto bad = [&](const char* where, std::string message) {
        fail(where, std::move(message));
        return false;
    };
    while (true) {
        skip();
        if (at == m_end)
            return bad(m_entry, "the labels are not closed with '}'");
        if (*at == '}') {
            ++at;
            return true;
        }
        std::string_view name;
        const bool quotedName = *at == '"';
        if (quotedName) {
            const char* const quote = closingQuote(at + 1, m_end, !inExemplar);
            if (quote == m_end)
                return bad(at, "the quoted name is not closed");
            name = between(at + 1, quote);
            at = quote + 1;
        } else if (isLabelStart(*at)) {
            const char* const nameEnd = skipLabelName(at, m_end);
            name = between(at, nameEnd);
            at = nameEnd;
        } else {
            return bad(at, formatted("expected a label name or '}}', found {}", found(at)));
        }
        skip();
        if (quotedName && !inExemplar && at != m_end && (*at == ',' || *at == '}')) {
            if (m_name.data() != nullptr)
                return bad(at, formatted("the metric name is given twice: {} and {}", shown(m_name), shown(name)));
            if (!isValidUtf8(name))
                return bad(at, "the metric name is not valid UTF-8");
            m_name = name;
            m_nameQuoted = true;
            if (*at == ',') {
                ++at;
                skip();
            }
            continue;
        }
        if (at == m_end || *at != '=')
            return bad(at, formatted("expected '=' after the label name {}, found {}", shown(name), found(at)));
        ++at;
        skip();
        if (at == m_end || *at != '"')
            return bad(at, formatted("expected the value of label {} in double quotes, found {}", shown(name), found(at)));
        const char* const quote = closingQuote(at + 1, m_end, !strict);
        if (quote == m_end)
            return bad(at, formatted("the value of label {} has no closing quote", shown(name)));
        const auto value = between(at + 1, quote);
        if (!isValidUtf8(value) || !isValidUtf8(name))
            return bad(at, formatted("label {} is not valid UTF-8", shown(name)));
        at = quote + 1;
        labels.push_back({ name, value });
        skip();
        if (at != m_end && *at == ',')
            ++at;
        else if (strict && (at == m_end || *at != '}'))
            return bad(at, formatted("expected ',' or '}}' after the value of label {}, found {}", shown(name), found(at)));
    }
}

/// Reads the number at `at` into m_value; `after` is for the error text.
bool ExpositionParser::parseNumber(const char*& at, std::string_view after)
{
    double value = 0;
    if (const char* const behind = parseSimpleNumber(at, m_end, value); behind && (behind == m_end || *behind == '\n' || *behind == ' ')) {
        at = behind;
        m_value = value;
        return true;
    }
    const char* behind = at;
    const bool strict = m_format == ExpositionFormat::openMetrics;
    while (behind != m_end && *behind != '\n' && *behind != ' ' && (strict || (*behind != '\t' && *behind != '{')))
        ++behind;
    if (behind == at) {
        fail(at, formatted("expected a value after {}, found {}", shown(after), found(at)));
        return false;
    }
    const auto token = between(at, behind);
    // Go's hexadecimal floats and digit separators are no part of the format.
    const bool foreign = token.find_first_of("pP_") != token.npos;
    const auto number = foreign ? failure(ErrorCode::parse, "") : parseFloat(token);
    if (!number) {
        const bool carriageReturn = token.ends_with('\r');
        const bool tooLarge = number.error().message.contains("range");
        fail(at, formatted("{} is {} for {}{}", shown(token), tooLarge ? "out of the range of a double" : "not a number", shown(after),
            carriageReturn ? "; lines must end with \\n alone, not \\r\\n" : ""));
        return false;
    }
    m_value = std::isnan(*number) ? std::bit_cast<double>(model::kNormalNaNBits) : *number;
    at = behind;
    return true;
}

/// Reads the timestamp at `at`: milliseconds as an integer in the text format, seconds in OpenMetrics.
bool ExpositionParser::parseTimestamp(const char*& at)
{
    if (m_format == ExpositionFormat::text) {
        std::int64_t ms = 0;
        const auto [behind, error] = std::from_chars(at, m_end, ms);
        if (error != std::errc() || *at == '-') {
            fail(at, formatted("expected a timestamp in whole milliseconds or the end of the line after the value, found {}", found(at)));
            return false;
        }
        at = behind;
        m_timestampMs = ms;
        return true;
    }
    const double value = m_value;
    if (!parseNumber(at, "the timestamp"))
        return false;
    const double seconds = std::exchange(m_value, value);
    if (!(std::fabs(seconds) < 9.2e15)) {
        fail(at, "the timestamp is out of range; OpenMetrics gives it in seconds");
        return false;
    }
    m_timestampMs = std::llround(seconds * 1000);
    return true;
}

/// From behind "# {" to the end of the line.
bool ExpositionParser::parseExemplar(const char*& at)
{
    const char* const start = at;
    m_exemplarLabels.clear();
    if (!parseLabelSet(at, true))
        return false;
    if (at == m_end || *at != ' ') {
        fail(at, formatted("expected a space and a value after the labels of the exemplar, found {}", found(at)));
        return false;
    }
    ++at;
    const double value = m_value;
    const auto timestamp = m_timestampMs;
    if (!parseNumber(at, "the exemplar"))
        return false;
    m_exemplarValue = std::exchange(m_value, value);
    m_exemplarTimestampMs.reset();
    if (at != m_end && *at == ' ') {
        ++at;
        if (!parseTimestamp(at))
            return false;
        m_exemplarTimestampMs = std::exchange(m_timestampMs, timestamp);
    }
    m_exemplar = between(start, at);
    return true;
}

/// From behind the series to the start of the next line.
ExpositionParser::Event ExpositionParser::parseSuffix(const char* at)
{
    const bool strict = m_format == ExpositionFormat::openMetrics;
    m_exemplar = {};
    m_timestampMs.reset();
    if (strict) {
        if (at == m_end || *at != ' ')
            return fail(at, formatted("expected one space and a value after {}, found {}", shown(m_series), found(at)));
        ++at;
    } else {
        at = skipBlanks(at);
    }
    if (!parseNumber(at, m_series))
        return Event::error;
    if (at != m_end && *at == '\n') {
        m_at = at + 1;
        return Event::sample;
    }
    if (strict) {
        if (at != m_end && *at == ' ' && !between(at, m_end).starts_with(" # {")) {
            ++at;
            if (!parseTimestamp(at))
                return Event::error;
        }
        if (between(at, m_end).starts_with(" # {")) {
            at += 4;
            if (!parseExemplar(at))
                return Event::error;
        }
        if (at == m_end)
            return fail(at, "the text does not end with # EOF; OpenMetrics demands it, so that cut answers are noticed");
    } else {
        at = skipBlanks(at);
        if (at != m_end && *at != '\n') {
            if (!parseTimestamp(at))
                return Event::error;
            at = skipBlanks(at);
        }
    }
    if (at != m_end && *at != '\n')
        return fail(at, formatted("expected the end of the line after {}, found {}", shown(between(m_entry, at)), found(at)));
    m_at = at == m_end ? at : at + 1;
    return Event::sample;
}

Result<void> ExpositionParser::labels(std::vector<model::Label>& out) const
{
    out.resize(m_labels.size() + 1);
    out[0].name = model::kMetricName;
    out[0].value = m_nameQuoted ? plain(m_name) : std::string(m_name);
    for (std::size_t i = 0; i < m_labels.size(); ++i) {
        auto& label = out[i + 1];
        label.name = plain(m_labels[i].name);
        label.value = plain(m_labels[i].value);
        if ((m_bounds == Bounds::le && label.name == "le") || (m_bounds == Bounds::quantile && label.name == "quantile"))
            label.value = normalizedBound(label.value);
    }
    std::ranges::sort(out, {}, &model::Label::name);
    const auto twice = std::ranges::adjacent_find(out, {}, &model::Label::name);
    if (twice != out.end())
        return failure(ErrorCode::parse, formatted("line {}: label name {} is not unique in {}", line(), shown(twice->name), shown(m_series)));
    return {};
}

ExpositionParser::Exemplar ExpositionParser::exemplar() const
{
    Exemplar out;
    out.value = m_exemplarValue;
    out.timestampMs = m_exemplarTimestampMs;
    for (const auto& label : m_exemplarLabels)
        out.labels.push_back({ plain(label.name), plain(label.value) });
    return out;
}

std::string ExpositionParser::helpText() const { return unescaped(m_text, m_format == ExpositionFormat::openMetrics); }

}
