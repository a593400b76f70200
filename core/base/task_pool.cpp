#include "core/base/task_pool.h"

#include <algorithm>
#include <atomic>
#include <memory>

namespace belvedere {

TaskPool::TaskPool(unsigned threads)
{
    if (threads == 0)
        threads = std::max(1U, std::thread::hardware_concurrency());
    m_threads.reserve(threads);
    for (unsigned i = 0; i < threads; ++i)
        m_threads.emplace_back([this] { work(); });
}

TaskPool::~TaskPool()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    for (auto& thread : m_threads)
        thread.join();
}

void TaskPool::submit(std::function<void()> task)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_tasks.push_back(std::move(task));
    }
    m_wake.notify_one();
}

void TaskPool::work()
{
    for (;;) {
        std::function<void()> task;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_stopping || !m_tasks.empty(); });
            if (m_tasks.empty())
                return;
            task = std::move(m_tasks.front());
            m_tasks.pop_front();
        }
        task();
    }
}

void TaskPool::parallelFor(std::size_t count, const std::function<void(std::size_t)>& body)
{
    if (count == 0)
        return;
    if (count == 1 || threadCount() == 1) {
        for (std::size_t i = 0; i < count; ++i)
            body(i);
        return;
    }

    // The indices are shared out one by one. Helpers that start after the caller has finished find none left and never
    // touch `body`, so its lifetime is bounded by `running`.
    struct Shared {
        std::atomic<std::size_t> next = 0;
        std::mutex mutex;
        std::condition_variable done;
        std::size_t running = 0; // guarded by mutex
        bool closed = false;     // guarded by mutex
    };
    const auto shared = std::make_shared<Shared>();
    const auto drain = [&body, count](Shared& state) {
        for (std::size_t i = state.next.fetch_add(1); i < count; i = state.next.fetch_add(1))
            body(i);
    };
    const std::size_t helpers = std::min<std::size_t>(threadCount() - 1, count - 1);
    for (std::size_t h = 0; h < helpers; ++h) {
        submit([shared, drain] {
            {
                const std::scoped_lock lock(shared->mutex);
                if (shared->closed)
                    return;
                ++shared->running;
            }
            drain(*shared);
            const std::scoped_lock lock(shared->mutex);
            --shared->running;
            shared->done.notify_all();
        });
    }
    drain(*shared);
    std::unique_lock lock(shared->mutex);
    shared->closed = true;
    shared->done.wait(lock, [&] { return shared->running == 0; });
}

}
