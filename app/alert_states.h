#pragma once

#include "core/alert/rule_manager.h"
#include "core/base/logger.h"
#include "core/base/result.h"
#include "core/workspace/state_database.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace belvedere::app {

/// Keeps alert states in the workspace's state database. What cannot be kept is logged, and the rules go on.
class AlertStates final : public alert::AlertStateStore {
public:
    /// Both must outlive this.
    AlertStates(workspace::StateDatabase& database, Logger& logger);

    std::vector<alert::StoredAlert> load(const std::string& groupKey) override;
    void save(const std::string& groupKey, const std::vector<alert::StoredAlert>& alerts) override;
    void recordChange(const model::AlertStatus& alert, std::int64_t timeMs) override;

    /// Grows with each change that was recorded. From any thread.
    [[nodiscard]] std::uint64_t changes() const { return m_changes; }

private:
    void report(const Error& error);

    workspace::StateDatabase& m_database;
    Logger& m_logger;
    std::atomic<std::uint64_t> m_changes = 0;
};

}
