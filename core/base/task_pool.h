#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace belvedere {

/// A fixed set of threads for queries and rules: one a core.
///
/// parallelFor() may be called from a pool thread: the caller works too, so nested use cannot deadlock.
class TaskPool {
public:
    /// `threads` 0 means one a core.
    explicit TaskPool(unsigned threads = 0);
    ~TaskPool(); ///< runs what is queued, then joins

    TaskPool(const TaskPool&) = delete;
    TaskPool& operator=(const TaskPool&) = delete;

    [[nodiscard]] unsigned threadCount() const noexcept { return static_cast<unsigned>(m_threads.size()); }

    /// Runs `task` on a pool thread some time later. `task` must not throw.
    void submit(std::function<void()> task);

    /// Calls `body(i)` once for each i in [0, count), on the caller's and the pool's threads, and returns when all are
    /// done. `body` must not throw and is called concurrently.
    void parallelFor(std::size_t count, const std::function<void(std::size_t)>& body);

private:
    void work();

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_tasks; // guarded by m_mutex
    bool m_stopping = false;                   // guarded by m_mutex
    std::vector<std::thread> m_threads;
};

}
