#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

namespace belvedere {

/// Hands values from many threads to one. Bounded: a full queue refuses (tryPush) or waits (push).
template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity)
        : m_capacity(capacity)
    {
    }

    /// False, and `value` is left alone, if the queue is full or closed.
    [[nodiscard]] bool tryPush(T&& value)
    {
        {
            const std::scoped_lock lock(m_mutex);
            if (m_closed || m_items.size() >= m_capacity)
                return false;
            m_items.push_back(std::move(value));
        }
        m_notEmpty.notify_one();
        return true;
    }

    /// Waits for room. False if the queue is closed or `stop` is requested first.
    [[nodiscard]] bool push(T&& value, std::stop_token stop = {})
    {
        {
            std::unique_lock lock(m_mutex);
            m_notFull.wait(lock, stop, [this] { return m_closed || m_items.size() < m_capacity; });
            if (m_closed || m_items.size() >= m_capacity)
                return false;
            m_items.push_back(std::move(value));
        }
        m_notEmpty.notify_one();
        return true;
    }

    /// Waits for the first value, then takes all there are. Empty only when closed and drained, or stopped.
    [[nodiscard]] std::vector<T> takeAll(std::stop_token stop = {})
    {
        std::vector<T> taken;
        {
            std::unique_lock lock(m_mutex);
            m_notEmpty.wait(lock, stop, [this] { return m_closed || !m_items.empty(); });
            taken.reserve(m_items.size());
            for (auto& item : m_items)
                taken.push_back(std::move(item));
            m_items.clear();
        }
        m_notFull.notify_all();
        return taken;
    }

    /// Refuses further values; what is queued can still be taken.
    void close()
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_closed = true;
        }
        m_notEmpty.notify_all();
        m_notFull.notify_all();
    }

    [[nodiscard]] bool closed() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_closed;
    }

    [[nodiscard]] std::size_t size() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_items.size();
    }

private:
    const std::size_t m_capacity;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_notEmpty;
    std::condition_variable_any m_notFull;
    std::deque<T> m_items; // guarded by m_mutex
    bool m_closed = false; // guarded by m_mutex
};

}
