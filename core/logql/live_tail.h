#pragma once

#include "core/base/bounded_queue.h"
#include "core/base/result.h"
#include "core/base/task_pool.h"
#include "core/model/log_source.h"
#include "core/model/query_value.h"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace belvedere::logql {

/// Runs a log query over what is committed from now on, until it is destroyed.
class LiveTail {
public:
    /// On the tail's own thread: lines that pass, as the engine answers them, oldest first; how many entries were left
    /// out since the last call because they came faster than they were taken.
    using Handler = std::function<void(const model::Streams& streams, std::size_t dropped)>;

    /// Fails with parse, or with invalidArgument for a query that computes a metric. `source` and `pool` must outlive
    /// it.
    [[nodiscard]] static Result<std::unique_ptr<LiveTail>> start(
        model::LogSource& source, TaskPool& pool, std::string query, Handler handler);
    ~LiveTail(); ///< waits for the handler; do not destroy it there

    LiveTail(const LiveTail&) = delete;
    LiveTail& operator=(const LiveTail&) = delete;

private:
    struct Push {
        model::LabelsRef stream;
        std::vector<model::LogEntry> entries;
    };
    /// Pushes waiting for a slow reader; a push is at most what one commit holds of a stream.
    static constexpr std::size_t kWaitingPushes = 4096;

    LiveTail(model::LogSource& source, TaskPool& pool, std::string query, Handler handler);
    void work(const std::stop_token& stop);

    TaskPool& m_pool;
    const std::string m_query;
    const Handler m_handler;
    BoundedQueue<Push> m_queue{ kWaitingPushes };
    std::atomic<std::size_t> m_dropped = 0;
    std::shared_ptr<void> m_listening;
    std::jthread m_thread; // last: it uses the others
};

}
