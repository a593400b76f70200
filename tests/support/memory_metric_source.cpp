#include "tests/support/memory_metric_source.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/promql/lexer.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <set>

namespace belvedere::test {

namespace {

using promql::Token;
using promql::TokenKind;

/// Reads `name{label="value", …}` and says where it ends.
class LabelReader {
public:
    explicit LabelReader(std::string_view line)
        : m_line(line)
        , m_tokens(promql::tokenize(line).tokens)
    {
    }

    Result<model::Labels> read(std::size_t& end)
    {
        std::vector<model::Label> labels;
        if (kind() != TokenKind::leftBrace) {
            const auto name = text();
            if (name.empty() || !model::isPlainMetricName(name))
                return bad("expected a metric name or '{'");
            labels.push_back({ std::string(model::kMetricName), std::string(name) });
            end = m_tokens[m_at++].range.end;
        }
        if (kind() != TokenKind::leftBrace || (m_at > 0 && m_tokens[m_at].range.begin != end))
            return model::Labels(std::move(labels));
        ++m_at;
        while (kind() != TokenKind::rightBrace) {
            if (kind() == TokenKind::comma) {
                ++m_at;
                continue;
            }
            auto name = kind() == TokenKind::string ? promql::unquote(text()) : Result<std::string>(text());
            if (!name || name->empty())
                return bad("expected a label name");
            ++m_at;
            if (kind() != TokenKind::assign) {
                labels.push_back({ std::string(model::kMetricName), std::move(*name) });
                continue;
            }
            ++m_at;
            auto value = kind() == TokenKind::string ? promql::unquote(text()) : bad("expected a label value");
            if (!value)
                return std::unexpected(std::move(value.error()));
            ++m_at;
            labels.push_back({ std::move(*name), std::move(*value) });
        }
        end = m_tokens[m_at].range.end;
        return model::Labels(std::move(labels));
    }

private:
    [[nodiscard]] TokenKind kind() const { return m_at < m_tokens.size() ? m_tokens[m_at].kind : TokenKind::end; }
    [[nodiscard]] std::string_view text() const
    {
        if (kind() == TokenKind::end || kind() == TokenKind::error)
            return {};
        const auto range = m_tokens[m_at].range;
        return m_line.substr(range.begin, range.end - range.begin);
    }
    [[nodiscard]] Result<std::string> bad(std::string_view message) const { return failure(ErrorCode::parse, formatted("{} in '{}'", message, m_line)); }
    [[nodiscard]] std::unexpected<Error> bad(const char* message) const { return failure(ErrorCode::parse, formatted("{} in '{}'", message, m_line)); }

    std::string_view m_line;
    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
};

/// Reads a number at the front of `text`; hexadecimal is not meant (0x10 is zero, eleven times).
std::optional<double> takeNumber(std::string_view& text)
{
    std::size_t length = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
    const auto rest = toLowerAscii(text.substr(length));
    if (rest.starts_with("inf") || rest.starts_with("nan")) {
        length += 3;
    } else {
        const auto from = length;
        while (length < text.size() && ((text[length] >= '0' && text[length] <= '9') || text[length] == '.' || ((text[length] == 'e' || text[length] == 'E') && length > from)
                   || ((text[length] == '-' || text[length] == '+') && (text[length - 1] == 'e' || text[length - 1] == 'E') && length > from)))
            ++length;
    }
    const auto value = parseFloat(text.substr(0, length));
    if (!value)
        return std::nullopt;
    text.remove_prefix(length);
    return *value;
}

/// The number behind an `x` at the front of `text`.
std::optional<std::size_t> takeCount(std::string_view text)
{
    std::size_t count = 0;
    if (!text.starts_with('x'))
        return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), count);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(count) : std::nullopt;
}

Result<void> appendValues(std::string_view word, std::vector<std::optional<double>>& values)
{
    const auto bad = [&] { return failure(ErrorCode::parse, formatted("'{}' is no value of series notation", word)); };
    const auto repeat = [&](std::string_view rest, std::size_t extra, std::optional<double> value) -> Result<void> {
        if (!rest.empty() && !takeCount(rest))
            return bad();
        values.insert(values.end(), rest.empty() ? 1 : *takeCount(rest) + extra, value);
        return {};
    };
    if (word.starts_with('_'))
        return repeat(word.substr(1), 0, std::nullopt);
    if (word.starts_with("stale"))
        return repeat(word.substr(5), 1, model::staleMarker());
    std::string_view rest = word;
    const auto first = takeNumber(rest);
    if (!first)
        return bad();
    if (rest.empty() || rest.starts_with('x'))
        return repeat(rest, 1, *first);
    const auto delta = takeNumber(rest);
    const auto count = takeCount(rest);
    if (!delta || !count)
        return bad();
    for (std::size_t i = 0; i <= *count; ++i)
        values.emplace_back(*first + static_cast<double>(i) * *delta);
    return {};
}

}

Result<SeriesLine> parseSeriesLine(std::string_view line)
{
    line = trim(line);
    SeriesLine out;
    std::size_t end = 0;
    auto labels = LabelReader(line).read(end);
    if (!labels)
        return std::unexpected(std::move(labels.error()));
    out.labels = std::move(*labels);
    auto rest = line.substr(end);
    if (const auto comment = rest.find(" #"); comment != std::string_view::npos)
        rest = rest.substr(0, comment);
    while (!(rest = trim(rest)).empty()) {
        const auto length = std::min(rest.find_first_of(" \t"), rest.size());
        if (auto done = appendValues(rest.substr(0, length), out.values); !done)
            return std::unexpected(std::move(done.error()));
        rest.remove_prefix(length);
    }
    return out;
}

class MemoryMetricSource::Selection final : public model::MetricSelection {
public:
    Selection(std::vector<const Stored*> series, model::TimeRange range)
        : m_series(std::move(series))
        , m_range(range)
    {
    }

    [[nodiscard]] std::size_t size() const override { return m_series.size(); }
    [[nodiscard]] const model::LabelsRef& labels(std::size_t series) const override { return m_series[series]->labels; }
    [[nodiscard]] Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor, std::stop_token stop) const override
    {
        for (std::size_t i = begin; i < end; ++i) {
            if (stop.stop_requested())
                return failure(ErrorCode::cancelled, "reading was cancelled");
            const auto& one = *m_series[i];
            const auto from = std::ranges::lower_bound(one.timesMs, m_range.fromMs) - one.timesMs.begin();
            const auto to = std::ranges::upper_bound(one.timesMs, m_range.toMs) - one.timesMs.begin();
            if (from >= to)
                continue;
            const auto offset = static_cast<std::size_t>(from);
            const auto count = static_cast<std::size_t>(to - from);
            visitor(i, { std::span(one.timesMs).subspan(offset, count), std::span(one.values).subspan(offset, count) });
        }
        return {};
    }

private:
    std::vector<const Stored*> m_series;
    model::TimeRange m_range;
};

bool MemoryMetricSource::Stored::hasSamplesIn(model::TimeRange range) const
{
    const auto at = std::ranges::lower_bound(timesMs, range.fromMs);
    return at != timesMs.end() && *at <= range.toMs;
}

MemoryMetricSource::Stored& MemoryMetricSource::stored(const model::Labels& labels)
{
    const auto [at, isNew] = m_series.try_emplace(labels);
    if (isNew) {
        at->second.labels = model::makeLabels(labels);
        m_byName[std::string(labels.metricName())].push_back(&at->second);
    }
    return at->second;
}

void MemoryMetricSource::add(const model::Labels& labels, std::int64_t timeMs, double value)
{
    auto& series = stored(labels);
    series.timesMs.push_back(timeMs);
    series.values.push_back(value);
}

void MemoryMetricSource::add(const model::Labels& labels, std::vector<std::int64_t> timesMs, std::vector<double> values)
{
    auto& series = stored(labels);
    series.timesMs = std::move(timesMs);
    series.values = std::move(values);
}

Result<void> MemoryMetricSource::load(std::int64_t intervalMs, std::span<const std::string> lines)
{
    for (const auto& line : lines) {
        auto parsed = parseSeriesLine(line);
        if (!parsed)
            return std::unexpected(std::move(parsed.error()));
        auto& series = stored(parsed->labels);
        std::map<std::int64_t, double> samples;
        for (std::size_t i = 0; i < series.timesMs.size(); ++i)
            samples[series.timesMs[i]] = series.values[i];
        for (std::size_t i = 0; i < parsed->values.size(); ++i) {
            if (parsed->values[i])
                samples[static_cast<std::int64_t>(i) * intervalMs] = *parsed->values[i];
        }
        series.timesMs.clear();
        series.values.clear();
        for (const auto& [time, value] : samples) {
            series.timesMs.push_back(time);
            series.values.push_back(value);
        }
    }
    return {};
}

void MemoryMetricSource::setMetadata(model::MetricMetadata metadata)
{
    m_metadata[metadata.metric] = std::move(metadata);
}

Result<std::unique_ptr<model::MetricSelection>> MemoryMetricSource::select(const model::Matchers& matchers, model::TimeRange range, std::stop_token) const
{
    std::vector<const Stored*> found;
    const auto byName = std::ranges::find_if(matchers, [](const model::Matcher& matcher) { return matcher.op() == model::Matcher::Op::equal && matcher.name() == model::kMetricName; });
    const auto consider = [&](const Stored& series) {
        if (model::matchesAll(matchers, *series.labels) && series.hasSamplesIn(range))
            found.push_back(&series);
    };
    if (byName != matchers.end()) {
        if (const auto named = m_byName.find(byName->value()); named != m_byName.end()) {
            for (const auto* series : named->second)
                consider(*series);
        }
    } else {
        for (const auto& [labels, series] : m_series)
            consider(series);
    }
    return std::make_unique<Selection>(std::move(found), range);
}

template <class Visit>
void MemoryMetricSource::eachMatching(std::span<const model::Matchers> matcherSets, model::TimeRange range, Visit visit) const
{
    for (const auto& [labels, series] : m_series) {
        const bool matches = matcherSets.empty() || std::ranges::any_of(matcherSets, [&](const model::Matchers& set) { return model::matchesAll(set, labels); });
        if (matches && series.hasSamplesIn(range))
            visit(series);
    }
}

Result<std::vector<std::string>> MemoryMetricSource::labelNames(std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const
{
    std::set<std::string> names;
    eachMatching(matcherSets, range, [&](const Stored& series) {
        for (const auto& label : *series.labels)
            names.insert(label.name);
    });
    std::vector<std::string> out(names.begin(), names.end());
    if (limit > 0 && out.size() > limit)
        out.resize(limit);
    return out;
}

Result<std::vector<std::string>> MemoryMetricSource::labelValues(const std::string& name, std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const
{
    std::set<std::string> values;
    eachMatching(matcherSets, range, [&](const Stored& series) {
        if (series.labels->has(name))
            values.emplace(series.labels->get(name));
    });
    std::vector<std::string> out(values.begin(), values.end());
    if (limit > 0 && out.size() > limit)
        out.resize(limit);
    return out;
}

Result<std::vector<model::LabelsRef>> MemoryMetricSource::series(std::span<const model::Matchers> matcherSets, model::TimeRange range, std::size_t limit) const
{
    std::vector<model::LabelsRef> out;
    eachMatching(matcherSets, range, [&](const Stored& series) {
        if (limit == 0 || out.size() < limit)
            out.push_back(series.labels);
    });
    return out;
}

Result<std::vector<model::MetricMetadata>> MemoryMetricSource::metadata(const std::string& metric) const
{
    std::vector<model::MetricMetadata> out;
    for (const auto& [name, one] : m_metadata) {
        if (metric.empty() || metric == name)
            out.push_back(one);
    }
    return out;
}

}
