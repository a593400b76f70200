#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace belvedere::receive {

/// Triggers stop sources at their times, from one thread of its own.
class Deadlines {
public:
    using Time = std::chrono::steady_clock::time_point;

    Deadlines();
    ~Deadlines();
    Deadlines(const Deadlines&) = delete;
    Deadlines& operator=(const Deadlines&) = delete;

private:
    friend class TimedStop;

    /// A time, and a number that tells equal times apart.
    using Key = std::pair<Time, std::uint64_t>;
    Key add(Time time, std::function<void()> expired);
    /// After this `expired` is not running and will not run.
    void remove(const Key& key);
    void work(std::stop_token stop);

    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::map<Key, std::function<void()>> m_waiting; // guarded by m_mutex
    std::uint64_t m_added = 0;                      // guarded by m_mutex
    std::jthread m_thread;
};

/// A stop token that ends with another one, or when its time is up.
class TimedStop {
public:
    TimedStop(Deadlines& deadlines, const std::stop_token& parent, std::chrono::milliseconds timeout);
    ~TimedStop();
    TimedStop(const TimedStop&) = delete;
    TimedStop& operator=(const TimedStop&) = delete;

    [[nodiscard]] std::stop_token token() const { return m_source.get_token(); }
    [[nodiscard]] bool timedOut() const { return m_timedOut; }

private:
    Deadlines& m_deadlines;
    std::stop_source m_source;
    std::stop_callback<std::function<void()>> m_parent;
    std::atomic<bool> m_timedOut = false;
    Deadlines::Key m_key;
};

}
