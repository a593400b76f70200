#include "tests/conformance/promql/test_script.h"

#include "core/base/format.h"
#include "tests/support/memory_metric_source.h"

#include "core/base/text.h"
#include "core/promql/lexer.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <sstream>

namespace belvedere::test {

namespace {

struct Command {
    std::size_t line = 0;
    std::string head;
    std::vector<std::string> body;
};

std::vector<Command> readCommands(std::string_view text)
{
    std::vector<Command> commands;
    std::size_t number = 0;
    for (const auto raw : split(text, '\n')) {
        ++number;
        const auto line = trim(raw);
        if (line.empty() || line.starts_with('#'))
            continue;
        if (line.starts_with("eval") || line.starts_with("load") || line.starts_with("clear"))
            commands.push_back({ number, std::string(line), {} });
        else if (!commands.empty())
            commands.back().body.emplace_back(line);
    }
    return commands;
}

/// Takes the first word.
std::string takeWord(std::string_view& text)
{
    text = trim(text);
    const auto length = std::min(text.find_first_of(" \t"), text.size());
    std::string word(text.substr(0, length));
    text.remove_prefix(length);
    return word;
}

std::int64_t durationOf(std::string_view word)
{
    const bool negative = word.starts_with('-');
    if (negative)
        word.remove_prefix(1);
    auto ms = parseDurationMs(word);
    if (!ms) {
        const auto seconds = parseFloat(word);
        ms = seconds ? static_cast<std::int64_t>(std::llround(*seconds * 1000)) : 0;
    }
    return negative ? -*ms : *ms;
}

bool near(double got, double expected)
{
    if (std::isnan(got) || std::isnan(expected))
        return std::isnan(got) && std::isnan(expected);
    if (std::isinf(got) || std::isinf(expected) || got == expected)
        return got == expected;
    const double difference = std::fabs(got - expected);
    return difference <= 1e-6 * std::max(std::fabs(got), std::fabs(expected)) || difference < 1e-12;
}

struct Expectation {
    bool fails = false;
    bool ordered = false;
    bool warns = false;
    bool informs = false;
    std::optional<double> scalar;
    std::optional<std::string> text;
    std::optional<promql::RangeRequest> range; ///< of a range vector in an instant query
    std::vector<SeriesLine> series;
};

Result<Expectation> readExpectation(const std::string& kind, const std::vector<std::string>& body)
{
    Expectation out;
    out.fails = kind == "eval_fail";
    out.ordered = kind == "eval_ordered";
    out.warns = kind == "eval_warn";
    out.informs = kind == "eval_info";
    for (std::string_view line : body) {
        if (line.starts_with("expected_fail"))
            continue;
        if (line.starts_with("expect ")) {
            takeWord(line);
            const auto what = takeWord(line);
            if (what == "fail")
                out.fails = true;
            else if (what == "ordered")
                out.ordered = true;
            else if (what == "warn")
                out.warns = true;
            else if (what == "info")
                out.informs = true;
            else if (what == "string")
                out.text = promql::unquote(trim(line)).value_or("");
            else if (what == "range") {
                promql::RangeRequest range;
                for (auto word = takeWord(line); !word.empty(); word = takeWord(line)) {
                    if (word == "from")
                        range.startMs = durationOf(takeWord(line));
                    else if (word == "to")
                        range.endMs = durationOf(takeWord(line));
                    else if (word == "step")
                        range.stepMs = durationOf(takeWord(line));
                }
                out.range = range;
            }
            continue;
        }
        std::string_view digits = line;
        const double sign = digits.starts_with('-') ? -1 : 1;
        if (digits.starts_with('-') || digits.starts_with('+'))
            digits.remove_prefix(1);
        if (const auto number = promql::readNumber(digits)) {
            out.scalar = sign * *number;
            continue;
        }
        auto series = parseSeriesLine(line);
        if (!series)
            return std::unexpected(std::move(series.error()));
        out.series.push_back(std::move(*series));
    }
    return out;
}

std::string compareVector(const model::Vector& got, const Expectation& expected)
{
    std::map<model::Labels, double> values;
    for (const auto& sample : got)
        values[*sample.labels] = sample.value;
    if (values.size() != got.size())
        return "the answer has the same labels twice";
    if (expected.ordered) {
        for (std::size_t i = 0; i < std::min(got.size(), expected.series.size()); ++i) {
            if (*got[i].labels != expected.series[i].labels)
                return formatted("place {} has {}, expected {}", i, got[i].labels->toString(), expected.series[i].labels.toString());
        }
    }
    for (const auto& series : expected.series) {
        const auto found = values.find(series.labels);
        if (found == values.end())
            return "missing " + series.labels.toString();
        if (series.values.empty() || !series.values.front() || !near(found->second, *series.values.front()))
            return formatted("{}: got {}, expected {}", series.labels.toString(), found->second, series.values.empty() || !series.values.front() ? "nothing" : formatValue(*series.values.front()));
        values.erase(found);
    }
    return values.empty() ? "" : "unexpected " + values.begin()->first.toString();
}

std::string compareMatrix(const model::Matrix& got, const Expectation& expected, const promql::RangeRequest& range)
{
    std::map<model::Labels, const model::Series*> series;
    for (const auto& one : got)
        series[*one.labels] = &one;
    if (series.size() != got.size())
        return "the answer has the same labels twice";
    auto wanted = expected.series;
    if (expected.scalar)
        wanted.push_back({ {}, { *expected.scalar } });
    for (const auto& one : wanted) {
        std::map<std::int64_t, double> values;
        for (std::size_t i = 0; i < one.values.size(); ++i) {
            if (one.values[i])
                values[range.startMs + static_cast<std::int64_t>(i) * range.stepMs] = *one.values[i];
        }
        const auto found = series.find(one.labels);
        if (values.empty() && found == series.end())
            continue;
        if (found == series.end())
            return "missing " + one.labels.toString();
        if (found->second->timesMs.size() != values.size())
            return formatted("{}: {} values, expected {}", one.labels.toString(), found->second->timesMs.size(), values.size());
        std::size_t i = 0;
        for (const auto& [time, value] : values) {
            if (found->second->timesMs[i] != time)
                return formatted("{}: a value at {}, expected one at {}", one.labels.toString(), found->second->timesMs[i], time);
            if (!near(found->second->values[i], value))
                return formatted("{} at {}: got {}, expected {}", one.labels.toString(), time, found->second->values[i], value);
            ++i;
        }
        series.erase(found);
    }
    return series.empty() ? "" : "unexpected " + series.begin()->first.toString();
}

std::string compare(const Result<model::QueryValue>& got, const Expectation& expected, const std::optional<promql::RangeRequest>& range)
{
    if (expected.fails)
        return got ? "it did not fail" : "";
    if (!got)
        return got.error().message;
    const auto remarked = [&](model::Remark::Kind kind) { return std::ranges::any_of(got->remarks, [kind](const model::Remark& remark) { return remark.kind == kind; }); };
    if (expected.warns && !remarked(model::Remark::Kind::warning))
        return "no warning";
    if (expected.informs && !remarked(model::Remark::Kind::info))
        return "no info";
    if (const auto* scalar = std::get_if<model::Scalar>(&got->data)) {
        if (!expected.scalar)
            return "a scalar, which was not expected";
        return near(scalar->value, *expected.scalar) ? "" : formatted("got {}, expected {}", scalar->value, *expected.scalar);
    }
    if (const auto* text = std::get_if<model::Text>(&got->data))
        return expected.text == text->value ? "" : formatted("got '{}'", text->value);
    if (const auto* matrix = std::get_if<model::Matrix>(&got->data))
        return compareMatrix(*matrix, expected, expected.range ? *expected.range : range.value_or(promql::RangeRequest { 0, 0, 1 }));
    return compareVector(std::get<model::Vector>(got->data), expected);
}

/// Runs one eval; "" if it gives what was expected.
std::string evaluate(const promql::Engine& engine, const Command& command, std::string& expression)
{
    std::string_view rest = command.head;
    const auto kind = takeWord(rest);
    const auto expected = readExpectation(kind, command.body);
    if (!expected)
        return expected.error().message;
    if (takeWord(rest) == "instant") {
        takeWord(rest); // at
        const auto at = durationOf(takeWord(rest));
        expression = trim(rest);
        return compare(engine.instant(expression, at), *expected, std::nullopt);
    }
    takeWord(rest); // from
    promql::RangeRequest range;
    range.startMs = durationOf(takeWord(rest));
    takeWord(rest); // to
    range.endMs = durationOf(takeWord(rest));
    takeWord(rest); // step
    range.stepMs = durationOf(takeWord(rest));
    expression = trim(rest);
    return compare(engine.range(expression, range), *expected, range);
}

}

ScriptOutcome runScript(std::string_view text, TaskPool& pool, const promql::Features& features)
{
    ScriptOutcome outcome;
    MemoryMetricSource source;
    promql::EngineOptions options;
    options.features = features;
    for (const auto& command : readCommands(text)) {
        if (command.head.starts_with("clear")) {
            source = MemoryMetricSource();
        } else if (command.head.starts_with("load")) {
            std::string_view head = command.head;
            takeWord(head);
            std::vector<std::string> lines;
            std::ranges::copy_if(command.body, std::back_inserter(lines), [](const std::string& line) { return line.find("{{") == std::string::npos; });
            if (auto loaded = source.load(durationOf(takeWord(head)), lines); !loaded)
                outcome.failures.push_back({ command.line, command.head, loaded.error().message });
        } else {
            std::string expression = command.head;
            auto reason = evaluate(promql::Engine(source, pool, options), command, expression);
            if (reason.empty())
                ++outcome.passed;
            else
                outcome.failures.push_back({ command.line, expression, std::move(reason) });
        }
    }
    return outcome;
}

}
