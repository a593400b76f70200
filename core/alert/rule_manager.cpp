#include "core/alert/rule_manager.h"

#include "core/alert/template.h"
#include "core/base/text.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <format>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

namespace belvedere::alert {

using model::RuleStatus;

// One thread keeps the schedule: it sleeps until the next group is due and hands the group to the pool. A group is
// evaluated by one pool thread at a time (`busy`), so a group's state needs no lock of its own; what others may see of it
// is published as a finished value.

namespace {

std::string keyOf(const RuleGroup& group) { return group.file + ";" + group.name; }

/// Spreads groups over their interval, the same at every start.
std::int64_t offsetOf(const std::string& key, std::int64_t intervalMs)
{
    const model::Labels labels { { "group", key } };
    return static_cast<std::int64_t>(labels.hash() % static_cast<std::uint64_t>(intervalMs));
}

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

struct RuleManager::Group {
    RuleGroup config;
    std::string key;
    std::int64_t intervalMs = 0;
    std::vector<std::optional<AlertingRule>> alerting; ///< one a rule, empty for recording rules
    /// Series that each rule wrote at the last evaluation.
    std::vector<std::unordered_map<model::Labels, model::SeriesId>> previous;
    model::RuleGroupStatus status;
    std::shared_ptr<const model::RuleGroupStatus> published; // guarded by Private::mutex
    std::int64_t nextMs = 0; // guarded by Private::mutex
    bool busy = false;       // guarded by Private::mutex
    bool hadAlerts = false;
};

struct RuleManager::Private {
    Parts parts;
    RuleManagerOptions options;
    AlertChanged alertChanged;
    StatusChanged statusChanged;

    mutable std::mutex mutex;
    std::condition_variable_any wake;
    std::vector<std::shared_ptr<Group>> groups; // guarded by mutex
    std::size_t running = 0;                    // guarded by mutex
    std::shared_ptr<const std::vector<model::RuleGroupStatus>> status; // guarded by mutex
    std::atomic<std::uint64_t> evaluations = 0;
    std::atomic<std::uint64_t> failures = 0;
    std::atomic<std::uint64_t> missed = 0;
    std::stop_source stop; ///< ends running queries
    std::jthread schedule;

    Private(Parts p, RuleManagerOptions o, AlertChanged a, StatusChanged s)
        : parts(p)
        , options(std::move(o))
        , alertChanged(std::move(a))
        , statusChanged(std::move(s))
        , status(std::make_shared<const std::vector<model::RuleGroupStatus>>())
    {
    }

    void keepSchedule(std::stop_token token);
    void evaluate(Group& group, std::int64_t timeMs);
    [[nodiscard]] Result<model::Vector> query(const Group& group, const Rule& rule, std::int64_t timeMs) const;
    void publish();
};

RuleManager::RuleManager(Parts parts, RuleManagerOptions options, AlertChanged alertChanged, StatusChanged statusChanged)
    : d(std::make_unique<Private>(parts, std::move(options), std::move(alertChanged), std::move(statusChanged)))
{
}

RuleManager::~RuleManager()
{
    d->schedule.request_stop();
    d->stop.request_stop();
    d->wake.notify_all();
    if (d->schedule.joinable())
        d->schedule.join();
    std::unique_lock lock(d->mutex);
    d->wake.wait(lock, [this] { return d->running == 0; });
}

void RuleManager::setGroups(std::vector<RuleGroup> configs)
{
    std::unique_lock lock(d->mutex);
    // A running evaluation holds its group; wait, so that its alerts can be taken over.
    d->wake.wait(lock, [this] { return d->running == 0; });
    std::vector<std::shared_ptr<Group>> next;
    const auto now = d->parts.clock.nowMs();
    for (auto& config : configs) {
        const auto key = keyOf(config);
        const auto known = std::find_if(d->groups.begin(), d->groups.end(), [&](const auto& group) { return group->key == key; });
        if (known != d->groups.end() && (*known)->config == config) {
            next.push_back(*known);
            continue;
        }
        auto group = std::make_shared<Group>();
        group->key = key;
        group->intervalMs = config.intervalMs > 0 ? config.intervalMs : d->options.defaultIntervalMs;
        const auto stored = known == d->groups.end() ? d->parts.states.load(key) : std::vector<StoredAlert>();
        for (const auto& rule : config.rules) {
            group->previous.emplace_back();
            auto& slot = group->alerting.emplace_back();
            RuleStatus status;
            status.kind = rule.kind;
            status.name = rule.name;
            status.expr = rule.expr;
            status.holdDurationMs = rule.holdDurationMs;
            status.keepFiringForMs = rule.keepFiringForMs;
            status.labels = model::Labels(rule.labels);
            status.annotations = model::Labels(rule.annotations);
            status.health = "unknown";
            if (rule.kind == RuleStatus::Kind::alerting) {
                slot.emplace(rule);
                for (const auto& alert : stored) {
                    if (alert.rule == rule.name)
                        slot->restore(alert, now);
                }
                if (known != d->groups.end()) {
                    for (std::size_t i = 0; i < (*known)->config.rules.size(); ++i) {
                        const auto& old = (*known)->config.rules[i];
                        if (old.name == rule.name && old.expr == rule.expr && (*known)->alerting[i]) {
                            for (const auto& alert : (*known)->alerting[i]->stored(now))
                                slot->restore(alert, now);
                            group->previous.back() = (*known)->previous[i];
                        }
                    }
                }
                status.state = slot->state();
                status.alerts = slot->active();
                group->hadAlerts = group->hadAlerts || !status.alerts.empty();
            }
            group->status.rules.push_back(std::move(status));
        }
        group->status.name = config.name;
        group->status.file = config.file;
        group->status.intervalMs = group->intervalMs;
        group->status.limit = config.limit;
        const auto offset = offsetOf(key, group->intervalMs);
        group->nextMs = now - (now - offset) % group->intervalMs + group->intervalMs;
        group->config = std::move(config);
        group->published = std::make_shared<const model::RuleGroupStatus>(group->status);
        next.push_back(std::move(group));
    }
    d->groups = std::move(next);
    lock.unlock();
    d->wake.notify_all();
    d->publish();
}

void RuleManager::start()
{
    d->schedule = std::jthread([this](const std::stop_token& token) { d->keepSchedule(token); });
}

void RuleManager::Private::keepSchedule(std::stop_token token)
{
    std::unique_lock lock(mutex);
    while (!token.stop_requested()) {
        const auto now = parts.clock.nowMs();
        std::int64_t next = now + 1000;
        for (const auto& group : groups) {
            if (group->nextMs > now) {
                next = std::min(next, group->nextMs);
                continue;
            }
            // The slot that is due now; earlier ones that nobody was awake for are skipped and counted.
            const auto late = (now - group->nextMs) / group->intervalMs;
            const auto slot = group->nextMs + late * group->intervalMs;
            missed += static_cast<std::uint64_t>(late);
            group->nextMs = slot + group->intervalMs;
            next = std::min(next, group->nextMs);
            if (group->busy) {
                ++missed;
                continue;
            }
            group->busy = true;
            ++running;
            parts.pool.submit([this, group, slot] {
                evaluate(*group, slot);
                publish();
                {
                    const std::scoped_lock done(mutex);
                    group->busy = false;
                    --running;
                }
                wake.notify_all();
            });
        }
        wake.wait_for(lock, token, std::chrono::milliseconds(std::max<std::int64_t>(1, next - now)), [] { return false; });
    }
}

void RuleManager::evaluateAll(std::int64_t timeMs)
{
    std::vector<std::shared_ptr<Group>> groups;
    {
        const std::scoped_lock lock(d->mutex);
        groups = d->groups;
    }
    for (const auto& group : groups)
        d->evaluate(*group, timeMs);
    d->publish();
}

Result<model::Vector> RuleManager::Private::query(const Group& group, const Rule& rule, std::int64_t timeMs) const
{
    const auto ask = [&]() -> Result<model::QueryValue> {
        if (!group.config.source.empty()) {
            if (!parts.askSource)
                return failure(ErrorCode::unavailable, std::format("there is no data source '{}' to ask", group.config.source));
            return parts.askSource(group.config.source, rule.expr, timeMs, stop.get_token());
        }
        if (group.config.language == Language::promql)
            return parts.metrics.instant(rule.expr, timeMs, stop.get_token());
        if (!parts.logs)
            return failure(ErrorCode::unavailable, "there is no log store to ask");
        return parts.logs->instant(rule.expr, timeMs * 1'000'000, stop.get_token());
    };
    auto answer = ask();
    if (!answer)
        return std::unexpected(std::move(answer.error()));
    if (auto* vector = std::get_if<model::Vector>(&answer->data))
        return std::move(*vector);
    if (const auto* scalar = std::get_if<model::Scalar>(&answer->data))
        return model::Vector { { model::makeLabels({}), timeMs, scalar->value } };
    return failure(ErrorCode::execution, "a rule's expression must give an instant vector or a scalar");
}

void RuleManager::Private::evaluate(Group& group, std::int64_t timeMs)
{
    using SteadyClock = std::chrono::steady_clock;
    const auto started = SteadyClock::now();
    const auto seconds = [](SteadyClock::time_point since) { return std::chrono::duration<double>(SteadyClock::now() - since).count(); };
    const auto dataMs = timeMs - group.config.queryOffsetMs;

    // What rules yield is written in one batch, or in several where a rule reads what an earlier one of its group wrote.
    model::MetricBatch batch;
    std::set<model::SeriesId> inBatch;
    std::set<std::string> unwritten;
    int segment = 0;
    const auto write = [&](bool wait) {
        if (!batch.series.empty()) {
            if (const auto id = parts.sink.groupId(std::format("rules/{}/{}", group.key, segment))) {
                batch.group = *id;
                batch.timeMs = dataMs;
                if (wait) {
                    if (const auto written = parts.sink.appendAndWait(std::move(batch)); !written)
                        parts.logger.log(Logger::Level::error, "alert", std::format("group {}: {}", group.key, written.error().message));
                } else {
                    parts.sink.append(std::move(batch), {});
                }
            }
        }
        ++segment;
        batch = {};
        inBatch.clear();
        unwritten.clear();
    };
    const auto put = [&](model::SeriesId series, double value) {
        if (inBatch.insert(series).second) {
            batch.series.push_back(series);
            batch.values.push_back(value);
        }
    };

    std::vector<model::AlertStatus> changes;
    for (std::size_t i = 0; i < group.config.rules.size() && !stop.stop_requested(); ++i) {
        const auto& rule = group.config.rules[i];
        auto& shown = group.status.rules[i];
        const auto ruleStarted = SteadyClock::now();
        if (std::any_of(unwritten.begin(), unwritten.end(), [&](const std::string& metric) { return mentions(rule.expr, metric); }))
            write(true);

        std::vector<std::pair<model::Labels, double>> results;
        Result<void> outcome;
        if (auto vector = query(group, rule, dataMs); !vector) {
            outcome = std::unexpected(std::move(vector.error()));
        } else if (rule.kind == RuleStatus::Kind::recording) {
            std::set<model::Labels> seen;
            for (const auto& sample : *vector) {
                model::LabelsBuilder builder(*sample.labels);
                builder.set(model::kMetricName, rule.name);
                for (const auto& label : rule.labels)
                    builder.set(label.name, label.value);
                auto labels = builder.build();
                if (!seen.insert(labels).second) {
                    outcome = failure(ErrorCode::execution, std::format("two results have the same labels {} after the rule's labels were applied", labels.toString()));
                    break;
                }
                results.emplace_back(std::move(labels), sample.value);
            }
            if (outcome && group.config.limit > 0 && results.size() > static_cast<std::size_t>(group.config.limit))
                outcome = failure(ErrorCode::limit, std::format("the rule makes {} series, more than the group's limit of {}", results.size(), group.config.limit));
        } else {
            const auto expand = [&](const std::string& text, const model::Labels& labels, double value) {
                return expandTemplate(text, TemplateData { labels, options.externalLabels, options.externalUrl, value, dataMs }, parts.metrics);
            };
            auto evaluated = group.alerting[i]->evaluate(*vector, dataMs, group.config.limit, expand);
            if (evaluated) {
                for (const auto& sample : evaluated->series)
                    results.emplace_back(*sample.labels, sample.value);
                changes.insert(changes.end(), evaluated->changes.begin(), evaluated->changes.end());
            } else {
                outcome = std::unexpected(std::move(evaluated.error()));
            }
            shown.state = group.alerting[i]->state();
            shown.alerts = group.alerting[i]->active();
        }
        ++evaluations;
        shown.lastEvaluationMs = timeMs;
        shown.evaluationSeconds = seconds(ruleStarted);
        if (!outcome) {
            if (outcome.error().code == ErrorCode::cancelled)
                break;
            ++failures;
            if (shown.lastError != outcome.error().message)
                parts.logger.log(Logger::Level::warning, "alert", std::format("rule {} of group {}: {}", rule.name, group.key, outcome.error().message));
            shown.health = "err";
            shown.lastError = outcome.error().message;
            continue;
        }
        shown.health = "ok";
        shown.lastError.clear();

        auto& previous = group.previous[i];
        std::unordered_map<model::Labels, model::SeriesId> current;
        for (auto& [labels, value] : results) {
            model::SeriesId id {};
            if (const auto known = previous.find(labels); known != previous.end()) {
                id = known->second;
            } else if (const auto made = parts.sink.seriesId(labels)) {
                id = *made;
            } else {
                shown.health = "err";
                shown.lastError = made.error().message;
                continue;
            }
            put(id, value);
            current.emplace(std::move(labels), id);
        }
        for (const auto& [labels, id] : previous) {
            if (!current.contains(labels))
                put(id, model::staleMarker());
        }
        previous = std::move(current);
        if (rule.kind == RuleStatus::Kind::recording)
            unwritten.insert(rule.name);
        else
            unwritten.insert({ "ALERTS", "ALERTS_FOR_STATE" });
    }
    write(false);

    std::vector<StoredAlert> stored;
    for (const auto& rule : group.alerting) {
        if (rule) {
            auto alerts = rule->stored(timeMs);
            stored.insert(stored.end(), std::make_move_iterator(alerts.begin()), std::make_move_iterator(alerts.end()));
        }
    }
    if (!stored.empty() || group.hadAlerts)
        parts.states.save(group.key, stored);
    group.hadAlerts = !stored.empty();
    for (const auto& change : changes) {
        parts.states.recordChange(change, timeMs);
        if (alertChanged)
            alertChanged(change);
    }
    group.status.lastEvaluationMs = timeMs;
    group.status.evaluationSeconds = seconds(started);
    const std::scoped_lock lock(mutex);
    group.published = std::make_shared<const model::RuleGroupStatus>(group.status);
}

void RuleManager::Private::publish()
{
    auto next = std::make_shared<std::vector<model::RuleGroupStatus>>();
    {
        const std::scoped_lock lock(mutex);
        for (const auto& group : groups)
            next->push_back(*group->published);
        status = next;
    }
    if (statusChanged)
        statusChanged(next);
}

std::shared_ptr<const std::vector<model::RuleGroupStatus>> RuleManager::status() const
{
    const std::scoped_lock lock(d->mutex);
    return d->status;
}

RuleManager::Counters RuleManager::counters() const { return { d->evaluations, d->failures, d->missed }; }

}
