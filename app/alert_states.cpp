#include "app/alert_states.h"

namespace belvedere::app {

AlertStates::AlertStates(workspace::StateDatabase& database, Logger& logger)
    : m_database(database)
    , m_logger(logger)
{
}

std::vector<alert::StoredAlert> AlertStates::load(const std::string& groupKey)
{
    const auto records = m_database.alerts(groupKey);
    if (!records) {
        report(records.error());
        return {};
    }
    std::vector<alert::StoredAlert> alerts;
    for (const auto& record : *records) {
        alerts.push_back({ .rule = record.rule, .labels = record.labels, .state = record.state, .activeAtMs = record.activeAtMs, .firedAtMs = record.firedAtMs,
            .keepFiringSinceMs = record.keepFiringSinceMs, .lastEvaluationMs = record.lastEvaluationMs, .annotations = record.annotations, .value = record.value });
    }
    return alerts;
}

void AlertStates::save(const std::string& groupKey, const std::vector<alert::StoredAlert>& alerts)
{
    std::vector<workspace::AlertRecord> records;
    for (const auto& alert : alerts)
        records.push_back({ alert.rule, alert.labels, alert.state, alert.activeAtMs, alert.firedAtMs, alert.keepFiringSinceMs, alert.lastEvaluationMs, alert.annotations, alert.value });
    if (const auto saved = m_database.setAlerts(groupKey, records); !saved)
        report(saved.error());
}

void AlertStates::recordChange(const model::AlertStatus& alert, std::int64_t timeMs)
{
    if (const auto added = m_database.addChange({ timeMs, alert.rule, alert.labels, alert.state, alert.value }); !added)
        report(added.error());
    ++m_changes;
}

void AlertStates::report(const Error& error)
{
    m_logger.log(Logger::Level::error, "workspace", "alert states: " + error.message);
}

}
