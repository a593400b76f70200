#pragma once

#include "core/datasource/data_source.h"

#include <QObject>

#include <memory>
#include <stop_token>
#include <vector>

namespace belvedere {
class TaskPool;
}

namespace belvedere::ui {

/// What runs at the moment, for the status bar. One for the window; lives in its thread.
class RunningQueries : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] int count() const { return m_count; }
    void add(int difference)
    {
        m_count += difference;
        Q_EMIT changed(m_count);
    }
    void stopAll() { Q_EMIT stopRequested(); }

Q_SIGNALS:
    void changed(int count);
    void stopRequested();

private:
    int m_count = 0;
};

/// One query of a page or panel, ready to run.
struct QueryJob {
    std::shared_ptr<const datasource::DataSource> source;
    datasource::QueryRequest request;
};

/// The answers to one submit(), in its order. Shared, never changed.
using QueryOutcome = std::shared_ptr<const std::vector<Result<model::QueryValue>>>;

/// Runs one view's queries away from the window's thread; the newest wins.
///
/// Create and use it in the window's thread. The pool and the RunningQueries outlive it. Queries that are under way when
/// it is destroyed are told to stop and their answers go nowhere.
class QueryRunner : public QObject {
    Q_OBJECT

public:
    QueryRunner(TaskPool& pool, RunningQueries& running, QObject* parent = nullptr);
    ~QueryRunner() override;

    /// Cancels what still runs, queues `jobs` side by side and answers the id of the whole.
    quint64 submit(std::vector<QueryJob> jobs);
    void cancel();
    [[nodiscard]] bool isRunning() const { return m_runningId != 0; }

Q_SIGNALS:
    /// Once for each submit() that no later one replaced; cancelled queries carry an error.
    void finished(quint64 id, const belvedere::ui::QueryOutcome& outcome);
    void runningChanged(bool running);

private:
    void setRunning(quint64 id);

    TaskPool& m_pool;
    RunningQueries& m_running;
    std::stop_source m_stop;
    quint64 m_lastId = 0;
    quint64 m_runningId = 0; // 0: nothing
};

/// A step for a range query of about `points` steps, rounded to one of 1, 2, 5, 10, 15, 30 seconds, minutes and so on,
/// and not shorter than `minimumMs`.
[[nodiscard]] qint64 stepFor(qint64 lengthMs, int points, qint64 minimumMs);

}
