#include "core/alert/rule_output.h"

#include "core/base/format.h"
#include "core/model/sample.h"

#include <algorithm>
#include <cctype>
#include <optional>

// A batch has one time and the series of one group id, as a scrape has: the store keeps both once. Every evaluation therefore
// cuts its results in the same places, and numbers the pieces.

namespace belvedere::alert {

namespace {

bool mentions(const std::string& expr, const std::string& metric)
{
    const auto isName = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':'; };
    for (auto at = expr.find(metric); at != std::string::npos; at = expr.find(metric, at + 1)) {
        const auto end = at + metric.size();
        if ((at == 0 || !isName(expr[at - 1])) && (end == expr.size() || !isName(expr[end])))
            return true;
    }
    // A selector by pattern could mean any metric.
    return expr.find("__name__") != std::string::npos;
}

}

RuleOutput::RuleOutput(model::MetricSink& sink, Logger& logger, std::string groupKey, std::int64_t timeMs)
    : m_sink(sink)
    , m_logger(logger)
    , m_groupKey(std::move(groupKey))
    , m_timeMs(timeMs)
{
}

void RuleOutput::prepareFor(const std::string& expr)
{
    if (std::ranges::any_of(m_unwritten, [&](const std::string& metric) { return mentions(expr, metric); }))
        write(true);
}

Result<void> RuleOutput::put(const Rule& rule, RuleResults results, Written& previous)
{
    Result<void> outcome;
    Written current;
    for (auto& [labels, value] : results) {
        const auto known = previous.find(labels);
        const auto id = known != previous.end() ? Result<model::SeriesId>(known->second) : m_sink.seriesId(labels);
        if (!id) {
            outcome = std::unexpected(id.error());
            continue;
        }
        add(*id, value);
        current.emplace(std::move(labels), *id);
    }
    for (const auto& [labels, id] : previous) {
        if (!current.contains(labels))
            add(id, model::staleMarker());
    }
    previous = std::move(current);
    if (rule.kind == model::RuleStatus::Kind::recording)
        m_unwritten.insert(rule.name);
    else
        m_unwritten.insert({ "ALERTS", "ALERTS_FOR_STATE" });
    return outcome;
}

void RuleOutput::add(model::SeriesId series, double value)
{
    if (!m_inBatch.insert(series).second)
        return; // another rule of the group was first
    m_batch.series.push_back(series);
    m_batch.values.push_back(value);
}

void RuleOutput::write(bool wait)
{
    const auto complain = [&logger = m_logger, key = m_groupKey](const Error& error) {
        logger.log(Logger::Level::error, "alert", formatted("results of group {} are lost: {}", key, error.message));
    };
    const auto segment = m_segment++;
    auto batch = std::exchange(m_batch, {});
    m_inBatch.clear();
    m_unwritten.clear();
    if (batch.series.empty())
        return;
    const auto id = m_sink.groupId(formatted("rules/{}/{}", m_groupKey, segment));
    if (!id)
        return complain(id.error());
    batch.group = *id;
    batch.timeMs = m_timeMs;
    if (!wait) {
        m_sink.append(std::move(batch), [complain](const Result<model::AppendSummary>& written) {
            if (!written)
                complain(written.error());
        });
    } else if (const auto written = m_sink.appendAndWait(std::move(batch)); !written) {
        complain(written.error());
    }
}

}
