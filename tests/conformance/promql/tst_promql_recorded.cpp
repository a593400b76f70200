// Answers recorded from Prometheus 3.5 over a recorded data set: what the engine says to the same requests. What the HTTP
// interface adds (spellings of parameters, metadata) is tested where that lives.

#include "core/base/format.h"
#include "tests/support/memory_metric_source.h"
#include "tests/support/open_metrics_reader.h"

#include "core/base/json.h"
#include "core/base/task_pool.h"
#include "core/base/text.h"
#include "core/promql/engine.h"
#include "tests/support/folders.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace belvedere::test {

namespace {

/// How many passed when this was last changed. Fewer is a regression.
constexpr std::size_t kFloor = 2200; // of 2201; the last one shows the last digit of a power, which depends on the C library

std::string gunzip(const std::string& path)
{
    std::string out;
    if (auto* file = gzopen(path.c_str(), "rb")) {
        std::string buffer(1 << 20, '\0');
        for (int read = 0; (read = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0;)
            out.append(buffer, 0, static_cast<std::size_t>(read));
        gzclose(file);
    }
    return out;
}

std::string dataFile(const char* name)
{
    return (test::sourceFolder() / "tests/conformance/promql" / name).string();
}

double numberOf(const Json& text)
{
    return parseFloat(text.text()).value_or(0);
}

bool same(double got, double expected)
{
    if (std::isnan(got) || std::isnan(expected))
        return std::isnan(got) && std::isnan(expected);
    if (got == expected)
        return true;
    if (std::isinf(got) || std::isinf(expected))
        return false;
    const double difference = std::fabs(got - expected);
    return difference <= 1e-9 * std::max(std::fabs(got), std::fabs(expected)) || difference <= 1e-13;
}

bool sameTime(std::int64_t gotMs, const Json& expectedSeconds)
{
    return std::fabs(static_cast<double>(gotMs) / 1000 - expectedSeconds.toDouble()) < 0.0011;
}

model::Labels labelsOf(const Json& metric)
{
    std::vector<model::Label> labels;
    for (const auto& member : metric.members())
        labels.push_back({ member.key, member.value.toString() });
    return model::Labels(std::move(labels));
}

std::string compareVector(const model::Vector& got, const Json& expected, std::string_view order)
{
    std::map<model::Labels, const model::VectorSample*> samples;
    for (const auto& sample : got)
        samples[*sample.labels] = &sample;
    if (samples.size() != got.size())
        return "the same labels twice";
    if (got.size() != expected.size())
        return formatted("{} series, expected {}", got.size(), expected.size());
    std::size_t place = 0;
    for (const auto& one : expected.items()) {
        const auto labels = labelsOf(one["metric"]);
        const auto found = samples.find(labels);
        if (found == samples.end())
            return "missing " + labels.toString();
        const double value = numberOf(one["value"][1]);
        if (!sameTime(found->second->timeMs, one["value"][0]) || !same(found->second->value, value))
            return formatted("{}: got {}, expected {}", labels.toString(), found->second->value, value);
        if ((order == "labels" && *got[place].labels != labels) || (order == "value" && !same(got[place].value, value)))
            return formatted("order differs at {}", place);
        ++place;
    }
    return "";
}

std::string compareMatrix(const model::Matrix& got, const Json& expected)
{
    std::map<model::Labels, const model::Series*> series;
    for (const auto& one : got)
        series[*one.labels] = &one;
    if (series.size() != got.size())
        return "the same labels twice";
    if (got.size() != expected.size())
        return formatted("{} series, expected {}", got.size(), expected.size());
    for (const auto& one : expected.items()) {
        const auto labels = labelsOf(one["metric"]);
        const auto found = series.find(labels);
        if (found == series.end())
            return "missing " + labels.toString();
        const auto& values = one["values"].items();
        if (values.size() != found->second->values.size())
            return formatted("{}: {} values, expected {}", labels.toString(), found->second->values.size(), values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (!sameTime(found->second->timesMs[i], values[i][0]) || !same(found->second->values[i], numberOf(values[i][1])))
                return formatted("{} at {}: got {}, expected {}", labels.toString(), found->second->timesMs[i], found->second->values[i], numberOf(values[i][1]));
        }
    }
    return "";
}

std::string compare(const Result<model::QueryValue>& got, const Json& request)
{
    if (request["status"].text() == "error")
        return got ? formatted("no error, expected: {}", request["error"].text()) : "";
    if (!got)
        return got.error().message;
    const auto& data = request["data"];
    const auto type = data["resultType"].text();
    const auto& expected = data["result"];
    if (const auto* scalar = std::get_if<model::Scalar>(&got->data); scalar && type == "scalar")
        return sameTime(scalar->timeMs, expected[0]) && same(scalar->value, numberOf(expected[1])) ? "" : formatted("got {}", scalar->value);
    if (const auto* text = std::get_if<model::Text>(&got->data); text && type == "string")
        return text->value == expected[1].text() ? "" : "got " + text->value;
    if (const auto* vector = std::get_if<model::Vector>(&got->data); vector && type == "vector")
        return compareVector(*vector, expected, request["order"].text());
    if (const auto* matrix = std::get_if<model::Matrix>(&got->data); matrix && type == "matrix")
        return compareMatrix(*matrix, expected);
    return "another type of answer";
}

std::set<std::string> remarksOf(const Json& request)
{
    std::set<std::string> out;
    for (const auto* key : { "warnings", "infos" }) {
        for (const auto& one : request[key].items())
            out.insert(one.toString());
    }
    return out;
}

/// Nothing if the request is not one for the engine.
std::optional<std::string> run(const promql::Engine& engine, const Json& request, std::size_t& remarksDiffer)
{
    const auto endpoint = request["endpoint"].text();
    const auto& params = request["params"];
    const auto category = request["category"].text();
    if (endpoint == "/api/v1/format_query") {
        const auto formatted = promql::format(params["query"].text(), engine.options().features);
        return formatted && *formatted == request["data"].text() ? "" : "got " + (formatted ? *formatted : formatted.error().message);
    }
    if ((endpoint != "/api/v1/query" && endpoint != "/api/v1/query_range") || category == "invalid_params" || category == "api_params")
        return std::nullopt;
    const auto query = params["query"].text();
    Result<model::QueryValue> got;
    if (endpoint == "/api/v1/query") {
        got = engine.instant(query, params.has("time") ? parseTimeMs(params["time"].text()).value_or(0) : 1748739600000);
    } else {
        const auto step = params["step"].text();
        const auto stepMs = parseDurationMs(step).value_or(static_cast<std::int64_t>(std::llround(parseFloat(step).value_or(0) * 1000)));
        got = engine.range(query, { parseTimeMs(params["start"].text()).value_or(0), parseTimeMs(params["end"].text()).value_or(0), stepMs });
    }
    if (got) {
        std::set<std::string> remarks;
        for (const auto& remark : got->remarks)
            remarks.insert(remark.message);
        if (remarks != remarksOf(request)) {
            ++remarksDiffer;
            if (std::getenv("BELVEDERE_SHOW_REMARKS")) {
                std::cout << "remarks differ: " << query << '\n';
                for (const auto& one : remarks)
                    std::cout << "    got  " << one << '\n';
                for (const auto& one : remarksOf(request))
                    std::cout << "    want " << one << '\n';
            }
        }
    }
    return compare(got, request);
}

TEST(RecordedAnswers, agree_with_prometheus)
{
    MemoryMetricSource source;
    const bool loaded = readOpenMetrics(dataFile("data.om.gz"), [&](const model::Labels& labels, std::span<const model::Sample> samples) {
        for (const auto& sample : samples)
            source.add(labels, sample.timeMs, sample.value);
    });
    ASSERT_TRUE(loaded);
    TaskPool pool(2);
    promql::EngineOptions options;
    options.features = { .experimentalFunctions = true, .durationExpressions = true, .delayedNameRemoval = false };
    const promql::Engine engine(source, pool, options);

    std::map<std::string, std::pair<std::size_t, std::size_t>> counts; // by category: passed, all
    std::size_t passed = 0;
    std::size_t total = 0;
    std::size_t remarksDiffer = 0;
    const auto requests = gunzip(dataFile("queries.jsonl.gz"));
    for (const auto line : split(requests, '\n')) {
        if (line.empty())
            continue;
        const auto request = Json::parse(line);
        ASSERT_TRUE(request) << request.error().message;
        const auto reason = run(engine, *request, remarksDiffer);
        if (!reason)
            continue;
        auto& [good, all] = counts[(*request)["category"].toString()];
        ++all;
        ++total;
        if (reason->empty()) {
            ++good;
            ++passed;
        } else {
            std::cout << (*request)["id"].text() << " " << (*request)["endpoint"].text() << " " << (*request)["params"].write() << "\n    " << *reason << '\n';
        }
    }
    for (const auto& [category, count] : counts)
        std::cout << formatted("{:20} {:5} of {}\n", category, count.first, count.second);
    std::cout << formatted("{} of {} requests passed; remarks differ in {}\n", passed, total, remarksDiffer);
    EXPECT_GE(passed, kFloor);
}

}

}
