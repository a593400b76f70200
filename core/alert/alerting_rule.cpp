#include "core/alert/alerting_rule.h"

#include "core/base/format.h"

#include <algorithm>

namespace belvedere::alert {

using model::AlertState;
using model::AlertStatus;

AlertingRule::AlertingRule(Rule rule)
    : m_rule(std::move(rule))
{
}

Result<AlertingRule::Outcome> AlertingRule::evaluate(const model::Vector& result, std::int64_t timeMs, std::int64_t limit, const Expand& expand, std::stop_token stop)
{
    Outcome outcome;
    std::map<model::Labels, AlertStatus> found;
    for (const auto& sample : result) {
        if (stop.stop_requested())
            break;
        AlertStatus alert;
        model::LabelsBuilder builder(*sample.labels);
        builder.remove(model::kMetricName);
        for (const auto& label : m_rule.labels)
            builder.set(label.name, expand(label.value, *sample.labels, sample.value));
        builder.set("alertname", m_rule.name);
        alert.rule = m_rule.name;
        alert.labels = builder.build();
        std::vector<model::Label> annotations;
        for (const auto& annotation : m_rule.annotations)
            annotations.push_back({ annotation.name, expand(annotation.value, *sample.labels, sample.value) });
        alert.annotations = model::Labels(std::move(annotations));
        alert.value = sample.value;
        alert.activeAtMs = timeMs;
        alert.state = AlertState::pending;
        const auto key = alert.labels;
        if (!found.emplace(key, std::move(alert)).second)
            return failure(ErrorCode::execution, formatted("two results have the same labels {} after the rule's labels were applied; keep a label that tells them apart", key.toString()));
    }

    if (stop.stop_requested())
        return failure(ErrorCode::cancelled, "the evaluation was stopped");

    for (auto& [labels, alert] : found) {
        const auto known = m_alerts.find(labels);
        if (known != m_alerts.end() && known->second.state != AlertState::inactive) {
            known->second.value = alert.value;
            known->second.annotations = alert.annotations;
        } else {
            m_alerts.insert_or_assign(labels, alert);
        }
    }

    std::int64_t active = 0;
    for (auto it = m_alerts.begin(); it != m_alerts.end();) {
        auto& alert = it->second;
        if (!found.contains(it->first)) {
            bool keepFiring = false;
            if (alert.state == AlertState::firing && m_rule.keepFiringForMs > 0) {
                if (alert.keepFiringSinceMs == 0)
                    alert.keepFiringSinceMs = timeMs;
                keepFiring = timeMs - alert.keepFiringSinceMs < m_rule.keepFiringForMs;
            }
            if (!keepFiring) {
                const bool forget = alert.state == AlertState::pending || (alert.resolvedAtMs != 0 && timeMs - alert.resolvedAtMs > kResolvedRetentionMs);
                if (alert.state == AlertState::firing) {
                    alert.state = AlertState::inactive;
                    alert.resolvedAtMs = timeMs;
                    outcome.changes.push_back(alert);
                }
                it = forget ? m_alerts.erase(it) : std::next(it);
                continue;
            }
        } else {
            alert.keepFiringSinceMs = 0;
        }
        ++active;
        if (alert.state == AlertState::pending && timeMs - alert.activeAtMs >= m_rule.holdDurationMs) {
            alert.state = AlertState::firing;
            alert.firedAtMs = timeMs;
            outcome.changes.push_back(alert);
        }
        model::LabelsBuilder forState(alert.labels);
        forState.set(model::kMetricName, "ALERTS_FOR_STATE");
        outcome.series.push_back({ model::makeLabels(forState.build()), timeMs, static_cast<double>(alert.activeAtMs / 1000) });
        model::LabelsBuilder alerts(alert.labels);
        alerts.set(model::kMetricName, "ALERTS").set("alertstate", alert.state == AlertState::firing ? "firing" : "pending");
        outcome.series.push_back({ model::makeLabels(alerts.build()), timeMs, 1 });
        ++it;
    }

    if (limit > 0 && active > limit) {
        m_alerts.clear();
        return failure(ErrorCode::limit, formatted("the rule makes {} alerts, more than the group's limit of {}", active, limit));
    }
    return outcome;
}

void AlertingRule::restore(const StoredAlert& stored, std::int64_t nowMs)
{
    const auto gapMs = nowMs - stored.lastEvaluationMs;
    if (gapMs > kOutageToleranceMs || gapMs < 0 || stored.state == AlertState::inactive)
        return;
    AlertStatus alert;
    alert.rule = m_rule.name;
    alert.labels = stored.labels;
    alert.state = stored.state;
    // Time in which nobody looked does not count towards `for`.
    alert.activeAtMs = stored.state == AlertState::pending ? stored.activeAtMs + gapMs : stored.activeAtMs;
    alert.firedAtMs = stored.firedAtMs;
    alert.keepFiringSinceMs = stored.keepFiringSinceMs;
    alert.annotations = stored.annotations;
    alert.value = stored.value;
    m_alerts.insert_or_assign(alert.labels, alert);
}

std::vector<StoredAlert> AlertingRule::stored(std::int64_t timeMs) const
{
    std::vector<StoredAlert> out;
    for (const auto& [labels, alert] : m_alerts) {
        if (alert.state != AlertState::inactive)
            out.push_back({ m_rule.name, labels, alert.state, alert.activeAtMs, alert.firedAtMs, alert.keepFiringSinceMs, timeMs, alert.annotations, alert.value });
    }
    return out;
}

std::vector<AlertStatus> AlertingRule::active() const
{
    std::vector<AlertStatus> out;
    for (const auto& [labels, alert] : m_alerts) {
        if (alert.state != AlertState::inactive)
            out.push_back(alert);
    }
    return out;
}

AlertState AlertingRule::state() const
{
    auto state = AlertState::inactive;
    for (const auto& [labels, alert] : m_alerts)
        state = std::max(state, alert.state);
    return state;
}

}
