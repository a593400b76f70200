#include "ui/query_runner.h"

#include "ui/async.h"

#include <algorithm>
#include <array>

namespace belvedere::ui {

QueryRunner::QueryRunner(TaskPool& pool, RunningQueries& running, QObject* parent)
    : QObject(parent)
    , m_pool(pool)
    , m_running(running)
{
    connect(&running, &RunningQueries::stopRequested, this, &QueryRunner::cancel);
}

QueryRunner::~QueryRunner()
{
    m_stop.request_stop();
    if (m_runningId != 0)
        m_running.add(-1);
}

quint64 QueryRunner::submit(std::vector<QueryJob> jobs)
{
    m_stop.request_stop();
    m_stop = std::stop_source {};
    const quint64 id = ++m_lastId;
    setRunning(id);

    TaskPool& pool = m_pool;
    runAsync(
        m_pool, this,
        [&pool, jobs = std::move(jobs), stop = m_stop.get_token()]() -> QueryOutcome {
            auto answers = std::make_shared<std::vector<Result<model::QueryValue>>>(jobs.size());
            pool.parallelFor(jobs.size(), [&](std::size_t i) {
                if (stop.stop_requested())
                    (*answers)[i] = failure(ErrorCode::cancelled, "cancelled");
                else if (!jobs[i].source)
                    (*answers)[i] = failure(ErrorCode::notFound, "this query has no data source");
                else
                    (*answers)[i] = jobs[i].source->query(jobs[i].request, stop);
            });
            return answers;
        },
        [this, id](const QueryOutcome& outcome) {
            if (id != m_lastId)
                return;
            setRunning(0);
            Q_EMIT finished(id, outcome);
        });
    return id;
}

void QueryRunner::cancel() { m_stop.request_stop(); }

void QueryRunner::setRunning(quint64 id)
{
    const bool was = m_runningId != 0;
    m_runningId = id;
    if (was == (id != 0))
        return;
    m_running.add(id != 0 ? 1 : -1);
    Q_EMIT runningChanged(id != 0);
}

qint64 stepFor(qint64 lengthMs, int points, qint64 minimumMs)
{
    static constexpr std::array<qint64, 27> kSteps { 1, 10, 20, 50, 100, 200, 500, 1'000, 2'000, 5'000, 10'000, 15'000, 30'000, 60'000, 120'000, 300'000, 600'000, 900'000, 1'800'000,
        3'600'000, 7'200'000, 10'800'000, 21'600'000, 43'200'000, 86'400'000, 604'800'000, 2'592'000'000 };
    const qint64 wanted = std::max(lengthMs / std::max(points, 1), minimumMs);
    for (const qint64 step : kSteps) {
        if (step >= wanted)
            return step;
    }
    return kSteps.back() * ((wanted + kSteps.back() - 1) / kSteps.back());
}

}
