#pragma once

#include "core/base/result.h"
#include "core/base/task_pool.h"
#include "core/model/rule_status.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace belvedere::workspace {

/// A query that a person ran.
struct QueryRecord {
    std::int64_t timeMs = 0;
    std::string language; ///< promql or logql
    std::string dataSource; ///< uid
    std::string text;

    bool operator==(const QueryRecord&) const = default;
};

/// The state of an alert as it is kept over restarts.
struct AlertRecord {
    std::string rule;
    model::Labels labels;
    model::AlertState state = model::AlertState::pending;
    std::int64_t activeAtMs = 0;
    std::int64_t firedAtMs = 0;
    std::int64_t keepFiringSinceMs = 0;
    std::int64_t lastEvaluationMs = 0;
    model::Labels annotations = {};
    double value = 0; ///< NaN is kept as such

    bool operator==(const AlertRecord&) const = default;
};

/// The small things of a workspace that are neither samples nor lines: `state.sqlite`. Layout: docs/format/state.md.
///
/// Threading: every call from any thread; they run one after the other on a thread of the database's own, since an SQLite
/// connection of Qt belongs to one thread, and return when done. A QCoreApplication must exist.
class StateDatabase {
public:
    /// Makes the file, or brings an older one to the present layout. Fails with corrupt for a file that is no database
    /// or comes from a newer Belvedere.
    [[nodiscard]] static Result<std::unique_ptr<StateDatabase>> open(const std::filesystem::path& file);
    ~StateDatabase();
    StateDatabase(const StateDatabase&) = delete;
    StateDatabase& operator=(const StateDatabase&) = delete;

    /// A query that is repeated moves to the front. Keeps the newest kQueriesKept.
    static constexpr int kQueriesKept = 2000;
    [[nodiscard]] Result<void> addQuery(const QueryRecord& query);
    /// Newest first; `language` "" means all.
    [[nodiscard]] Result<std::vector<QueryRecord>> queries(const std::string& language, int limit) const;

    /// All alerts of a rule group, as last saved.
    [[nodiscard]] Result<std::vector<AlertRecord>> alerts(const std::string& group) const;
    /// Replaces what is kept for the group.
    [[nodiscard]] Result<void> setAlerts(const std::string& group, const std::vector<AlertRecord>& alerts);

    static constexpr int kChangesKept = 10'000;
    [[nodiscard]] Result<void> addChange(const model::AlertChange& change);
    /// Newest first.
    [[nodiscard]] Result<std::vector<model::AlertChange>> changes(int limit) const;

private:
    class Connection;
    StateDatabase();
    /// Runs `work` on the database's thread and waits for it.
    void run(const std::function<void()>& work) const;

    std::unique_ptr<Connection> m_connection; // made, used and destroyed on m_thread
    mutable TaskPool m_thread { 1 };
};

}
