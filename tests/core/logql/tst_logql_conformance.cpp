// Runs the recorded queries (tests/conformance/logql) against the engine over the recorded corpus.
//
// LOGQL_CASE=s-0042 runs and prints one case; LOGQL_SHOW=20 prints the first twenty failing cases.

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/logql/engine.h"
#include "core/logql/lexer.h"
#include "tests/support/folders.h"
#include "tests/support/memory_log_source.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <set>

#include <gtest/gtest.h>

using namespace belvedere;

namespace {

/// Cases that must pass. Raise it when more do.
constexpr int kFloor = 596;

const std::string kFolder = (test::sourceFolder() / "tests/conformance/logql/").string();
using Pairs = std::map<std::string, std::string>;

// ------------------------------------------------------------------------------------------------------------ requests

std::optional<std::int64_t> timeNs(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size())
        return text.size() > 10 ? value : value * 1'000'000'000;
    const auto parsed = parseRfc3339Ns(text);
    return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<std::int64_t> stepNs(std::string_view text)
{
    if (const auto seconds = parseFloat(text))
        return static_cast<std::int64_t>(std::llround(*seconds * 1e9));
    const auto duration = logql::parseDuration(text);
    return duration ? std::optional(*duration) : std::nullopt;
}

Result<model::QueryValue> run(const logql::Engine& engine, const Json& record)
{
    const auto& params = record["params"];
    const auto bad = [](const char* what) { return failure(ErrorCode::invalidArgument, std::string("bad ") + what); };
    const auto query = params["query"].text();
    if (record["endpoint"].text().ends_with("/query")) {
        const auto time = timeNs(params["time"].text());
        return time ? engine.instant(query, *time) : bad("time");
    }
    logql::RangeRequest request;
    const auto start = timeNs(params["start"].text());
    const auto end = timeNs(params["end"].text());
    if (!start || !end)
        return bad("time");
    request.startNs = *start;
    request.endNs = *end;
    request.stepNs = std::max<std::int64_t>(1, (request.endNs - request.startNs) / 250 / 1'000'000'000) * 1'000'000'000;
    if (params.has("step")) {
        const auto step = stepNs(params["step"].text());
        if (!step)
            return bad("step");
        request.stepNs = *step;
    }
    if (params.has("limit")) {
        const int limit = std::atoi(std::string(params["limit"].text()).c_str());
        if (limit <= 0)
            return bad("limit");
        request.limit = static_cast<std::size_t>(limit);
    }
    const auto direction = toLowerAscii(params["direction"].text());
    if (direction == "forward")
        request.direction = logql::Direction::forward;
    else if (!direction.empty() && direction != "backward")
        return bad("direction");
    return engine.range(query, request);
}

// ------------------------------------------------------------------------------------------------------------- answers

Pairs pairs(const Json& object)
{
    Pairs out;
    for (const auto& member : object.members()) {
        if (member.key != "__error_details__")
            out[member.key] = member.value.toString();
    }
    return out;
}

Pairs pairs(const std::vector<model::Label>& labels)
{
    Pairs out;
    for (const auto& label : labels) {
        if (label.name != "__error_details__")
            out[label.name] = label.value;
    }
    return out;
}

std::string show(const Pairs& labels)
{
    std::string out = "{";
    for (const auto& [name, value] : labels)
        out += formatted("{}{}=\"{}\"", out.size() > 1 ? ", " : "", name, value);
    return out + "}";
}

double number(const Json& json)
{
    return parseFloat(json.text()).value_or(std::nan(""));
}

bool close(double a, double b)
{
    if (std::isnan(a) || std::isnan(b))
        return std::isnan(a) && std::isnan(b);
    return a == b || std::fabs(a - b) <= std::max(1e-12, 1e-9 * std::max(std::fabs(a), std::fabs(b)));
}

struct Entry {
    std::string time;
    std::string line;
    Pairs metadata;
    Pairs parsed;
    auto operator<=>(const Entry&) const = default;
};
using Streams = std::vector<std::pair<Pairs, std::vector<Entry>>>;

/// Without the error's details streams with an error can become one; their lines are compared as a set.
std::map<Pairs, std::vector<Entry>> joined(Streams streams)
{
    std::map<Pairs, std::vector<Entry>> out;
    for (auto& [labels, entries] : streams)
        std::ranges::move(entries, std::back_inserter(out[labels]));
    for (auto& [labels, entries] : out) {
        if (labels.contains("__error__"))
            std::ranges::sort(entries);
    }
    return out;
}

std::string compareStreams(const Json& expected, model::Streams got, bool categorized)
{
    Streams wanted;
    for (const auto& stream : expected.items()) {
        std::vector<Entry> entries;
        for (const auto& value : stream["values"].items())
            entries.push_back({ value[std::size_t { 0 }].toString(), value[1].toString(), pairs(value[2]["structuredMetadata"]), pairs(value[2]["parsed"]) });
        wanted.emplace_back(pairs(stream["stream"]), std::move(entries));
    }
    Streams answered;
    if (!categorized)
        got = logql::mergeLabels(std::move(got));
    for (const auto& stream : got) {
        std::vector<Entry> entries;
        for (const auto& line : stream.lines)
            entries.push_back({ std::to_string(line.timeNs), line.line, pairs(line.metadata), pairs(line.parsed) });
        answered.emplace_back(pairs(stream.labels->list()), std::move(entries));
    }
    const auto e = joined(std::move(wanted));
    const auto g = joined(std::move(answered));
    for (const auto& [labels, entries] : e) {
        const auto found = g.find(labels);
        if (found == g.end())
            return formatted("missing {} ({} streams, got {}{})", show(labels), e.size(), g.size(), g.empty() ? "" : ": " + show(g.begin()->first));
        for (std::size_t i = 0; i < std::min(entries.size(), found->second.size()); ++i) {
            const auto& a = entries[i];
            const auto& b = found->second[i];
            if (a != b)
                return formatted("{}: entry {} is {} '{}' {} {}, expected {} '{}' {} {}", show(labels), i, b.time, b.line, show(b.metadata), show(b.parsed), a.time, a.line, show(a.metadata), show(a.parsed));
        }
        if (entries.size() != found->second.size())
            return formatted("{}: {} entries, expected {}", show(labels), found->second.size(), entries.size());
    }
    for (const auto& [labels, entries] : g) {
        if (!e.contains(labels))
            return "unexpected " + show(labels);
    }
    return {};
}

using Points = std::vector<std::pair<double, double>>;

std::string comparePoints(const std::map<Pairs, Points>& expected, const std::map<Pairs, Points>& got)
{
    for (const auto& [labels, points] : expected) {
        const auto found = got.find(labels);
        if (found == got.end())
            return formatted("missing {} ({} series, got {}{})", show(labels), expected.size(), got.size(), got.empty() ? "" : ": " + show(got.begin()->first));
        for (std::size_t i = 0; i < std::min(points.size(), found->second.size()); ++i) {
            const auto& a = points[i];
            const auto& b = found->second[i];
            if (std::fabs(a.first - b.first) > 0.0005 || !close(a.second, b.second))
                return formatted("{}: {} at {}, expected {} at {}", show(labels), formatValue(b.second), b.first, formatValue(a.second), a.first);
        }
        if (points.size() != found->second.size())
            return formatted("{}: {} points, expected {}", show(labels), found->second.size(), points.size());
    }
    for (const auto& [labels, points] : got) {
        if (!expected.contains(labels))
            return formatted("unexpected {} ({} series, expected {})", show(labels), got.size(), expected.size());
    }
    return {};
}

/// "" if the answer is the recorded one, else what is different.
std::string difference(const Json& record, const Result<model::QueryValue>& got)
{
    if (record["status"].toInt() >= 400)
        return got ? "no error, expected: " + record["error"].toString().substr(0, 200) : "";
    if (!got)
        return "error: " + got.error().message;
    const auto& expected = record["expected"];
    const auto type = expected["resultType"].text();
    const auto& result = expected["result"];
    if (type == "streams") {
        const auto* streams = std::get_if<model::Streams>(&got->data);
        return streams ? compareStreams(result, *streams, !record["headers"].isNull()) : "no streams";
    }
    if (type == "scalar") {
        const auto* scalar = std::get_if<model::Scalar>(&got->data);
        if (!scalar)
            return "no scalar";
        return close(scalar->value, number(result[1])) ? "" : formatted("value {}, expected {}", scalar->value, result[1].text());
    }
    std::map<Pairs, Points> e;
    std::map<Pairs, Points> g;
    if (type == "matrix") {
        const auto* matrix = std::get_if<model::Matrix>(&got->data);
        if (!matrix)
            return "no matrix";
        for (const auto& series : result.items()) {
            for (const auto& value : series["values"].items())
                e[pairs(series["metric"])].emplace_back(value[std::size_t { 0 }].toDouble(), number(value[1]));
        }
        for (const auto& series : *matrix) {
            for (std::size_t i = 0; i < series.values.size(); ++i)
                g[pairs(series.labels->list())].emplace_back(static_cast<double>(series.timesMs[i]) / 1000, series.values[i]);
        }
        return comparePoints(e, g);
    }
    const auto* vector = std::get_if<model::Vector>(&got->data);
    if (!vector)
        return "no vector";
    const auto how = record["compare"].text();
    std::vector<double> wantedValues;
    std::vector<double> values;
    for (const auto& sample : result.items()) {
        wantedValues.push_back(number(sample["value"][1]));
        e[pairs(sample["metric"])].emplace_back(sample["value"][std::size_t { 0 }].toDouble(), wantedValues.back());
    }
    for (const auto& sample : *vector) {
        values.push_back(sample.value);
        g[pairs(sample.labels->list())].emplace_back(static_cast<double>(sample.timeMs) / 1000, sample.value);
    }
    if (how == "values") {
        std::ranges::sort(wantedValues);
        std::ranges::sort(values);
        return std::ranges::equal(wantedValues, values, close) ? "" : "other values";
    }
    auto why = comparePoints(e, g);
    if (why.empty() && how == "ordered" && !std::ranges::equal(wantedValues, values, close))
        why = "another order";
    return why;
}

TEST(LogqlConformance, answersAsRecorded)
{
    test::MemoryLogSource source;
    source.loadPushBodies(kFolder + "corpus_a.ndjson.gz");
    TaskPool pool(2);
    const logql::Engine engine(source, pool, {});

    const char* only = std::getenv("LOGQL_CASE");
    const char* shown = std::getenv("LOGQL_SHOW");
    int toShow = only ? 1 : shown ? std::atoi(shown) : 0;
    std::map<std::string, std::pair<int, int>> categories;
    int passed = 0;
    int failed = 0;
    const auto text = test::readGzip(kFolder + "queries.jsonl.gz");
    for (const auto line : split(text, '\n')) {
        if (line.empty())
            continue;
        const auto record = Json::parse(line);
        ASSERT_TRUE(record) << record.error().message;
        const auto endpoint = (*record)["endpoint"].text();
        if (!endpoint.ends_with("/query") && !endpoint.ends_with("/query_range"))
            continue; // those are the store's and the API's
        if (only && (*record)["id"].text() != only)
            continue;
        const auto why = difference(*record, run(engine, *record));
        auto& category = categories[(*record)["category"].toString()];
        ++category.second;
        if (why.empty()) {
            ++category.first;
            ++passed;
            continue;
        }
        ++failed;
        if (toShow-- > 0)
            std::cout << (*record)["id"].text() << " [" << (*record)["category"].text() << "] " << (*record)["params"]["query"].text() << "\n    " << why << "\n";
    }
    for (const auto& [name, counts] : categories)
        std::cout << formatted("{:<18} {:4}/{}\n", name, counts.first, counts.second);
    std::cout << formatted("{} passed, {} failed\n", passed, failed);
    if (!only) {
        EXPECT_GE(passed, kFloor);
    }
}

}
