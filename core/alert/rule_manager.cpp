#include "core/alert/rule_manager.h"

#include "core/alert/rule_output.h"
#include "core/alert/template.h"
#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

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

/// Which rule of the group, as it was before, `rule` of the changed group goes on with: the same one, else the only one of
/// its name, whose expression then changed.
std::optional<std::size_t> placeBefore(const RuleGroup& before, const RuleGroup& now, const Rule& rule)
{
    const auto hasName = [&](const Rule& one) { return one.kind == rule.kind && one.name == rule.name; };
    auto found = std::ranges::find_if(before.rules, [&](const Rule& one) { return hasName(one) && one.expr == rule.expr; });
    if (found == before.rules.end() && std::ranges::count_if(before.rules, hasName) == 1 && std::ranges::count_if(now.rules, hasName) == 1)
        found = std::ranges::find_if(before.rules, hasName);
    return found == before.rules.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - before.rules.begin()));
}

/// What a recording rule makes of its expression's answer. `limit` 0: as many series as there are.
Result<RuleResults> recordingResults(const Rule& rule, const model::Vector& answer, std::int64_t limit)
{
    RuleResults results;
    std::set<model::Labels> seen;
    for (const auto& sample : answer) {
        model::LabelsBuilder builder(*sample.labels);
        builder.set(model::kMetricName, rule.name);
        for (const auto& label : rule.labels)
            builder.set(label.name, label.value);
        auto labels = builder.build();
        if (!seen.insert(labels).second)
            return failure(ErrorCode::execution, formatted("two results have the same labels {} after the rule's labels were applied", labels.toString()));
        results.emplace_back(std::move(labels), sample.value);
    }
    if (limit > 0 && results.size() > static_cast<std::size_t>(limit))
        return failure(ErrorCode::limit, formatted("the rule makes {} series, more than the group's limit of {}", results.size(), limit));
    return results;
}

}

struct RuleManager::Group {
    RuleGroup config;
    std::string key;
    std::int64_t intervalMs = 0;
    std::vector<std::optional<AlertingRule>> alerting; ///< one a rule, empty for recording rules
    /// Series that each rule wrote at the last evaluation.
    std::vector<RuleOutput::Written> previous;
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
    [[nodiscard]] Result<RuleResults> resultsOf(Group& group, std::size_t rule, std::int64_t timeMs, std::vector<model::AlertStatus>& changes) const;
    void saveAlerts(Group& group, const std::vector<model::AlertStatus>& changes, std::int64_t timeMs) const;
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
            auto& previous = group->previous.emplace_back();
            const auto before = known == d->groups.end() ? std::nullopt : placeBefore((*known)->config, config, rule);
            if (before)
                previous = (*known)->previous[*before]; // what the rule no longer yields gets its stale markers
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
                if (before && (*known)->config.rules[*before].expr == rule.expr) {
                    for (const auto& alert : (*known)->alerting[*before]->stored(now))
                        slot->restore(alert, now);
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
                return failure(ErrorCode::unavailable, formatted("there is no data source '{}' to ask", group.config.source));
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

/// Asks and, for an alerting rule, moves its alerts on; those that begin or end are added to `changes`.
Result<RuleResults> RuleManager::Private::resultsOf(Group& group, std::size_t rule, std::int64_t timeMs, std::vector<model::AlertStatus>& changes) const
{
    const auto& config = group.config.rules[rule];
    const auto answer = query(group, config, timeMs);
    if (!answer)
        return std::unexpected(answer.error());
    if (config.kind == RuleStatus::Kind::recording)
        return recordingResults(config, *answer, group.config.limit);
    const auto expand = [&](const std::string& text, const model::Labels& labels, double value) {
        return expandTemplate(text, TemplateData { labels, options.externalLabels, options.externalUrl, value, timeMs, stop.get_token() }, parts.metrics);
    };
    auto evaluated = group.alerting[rule]->evaluate(*answer, timeMs, group.config.limit, expand, stop.get_token());
    if (!evaluated)
        return std::unexpected(std::move(evaluated.error()));
    std::ranges::move(evaluated->changes, std::back_inserter(changes));
    RuleResults results;
    for (const auto& sample : evaluated->series)
        results.emplace_back(*sample.labels, sample.value);
    return results;
}

void RuleManager::Private::evaluate(Group& group, std::int64_t timeMs)
{
    using SteadyClock = std::chrono::steady_clock;
    const auto started = SteadyClock::now();
    const auto seconds = [](SteadyClock::time_point since) { return std::chrono::duration<double>(SteadyClock::now() - since).count(); };
    const auto dataMs = timeMs - group.config.queryOffsetMs;

    RuleOutput output(parts.sink, parts.logger, group.key, dataMs);
    std::vector<model::AlertStatus> changes;
    for (std::size_t i = 0; i < group.config.rules.size() && !stop.stop_requested(); ++i) {
        const auto& rule = group.config.rules[i];
        auto& shown = group.status.rules[i];
        const auto ruleStarted = SteadyClock::now();
        output.prepareFor(rule.expr);
        auto results = resultsOf(group, i, dataMs, changes);
        if (group.alerting[i]) {
            shown.state = group.alerting[i]->state();
            shown.alerts = group.alerting[i]->active();
        }
        ++evaluations;
        shown.lastEvaluationMs = timeMs;
        shown.evaluationSeconds = seconds(ruleStarted);
        if (!results && results.error().code == ErrorCode::cancelled)
            break;
        const auto outcome = results ? output.put(rule, std::move(*results), group.previous[i]) : std::unexpected(results.error());
        shown.health = outcome ? "ok" : "err";
        const auto error = outcome ? std::string() : outcome.error().message;
        if (!outcome) {
            ++failures;
            if (shown.lastError != error)
                parts.logger.log(Logger::Level::warning, "alert", formatted("rule {} of group {}: {}", rule.name, group.key, error));
        }
        shown.lastError = error;
    }
    output.finish();
    saveAlerts(group, changes, timeMs);

    group.status.lastEvaluationMs = timeMs;
    group.status.evaluationSeconds = seconds(started);
    const std::scoped_lock lock(mutex);
    group.published = std::make_shared<const model::RuleGroupStatus>(group.status);
}

void RuleManager::Private::saveAlerts(Group& group, const std::vector<model::AlertStatus>& changes, std::int64_t timeMs) const
{
    std::vector<StoredAlert> stored;
    for (const auto& rule : group.alerting) {
        if (rule)
            std::ranges::move(rule->stored(timeMs), std::back_inserter(stored));
    }
    if (!stored.empty() || group.hadAlerts)
        parts.states.save(group.key, stored);
    group.hadAlerts = !stored.empty();
    for (const auto& change : changes) {
        parts.states.recordChange(change, timeMs);
        if (alertChanged)
            alertChanged(change);
    }
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
