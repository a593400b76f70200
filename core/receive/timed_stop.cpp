#include "core/receive/timed_stop.h"

namespace belvedere::receive {

Deadlines::Deadlines()
    : m_thread([this](std::stop_token stop) { work(std::move(stop)); })
{
}

Deadlines::~Deadlines() = default; // the thread, the last member, is stopped and joined first

Deadlines::Key Deadlines::add(Time time, std::function<void()> expired)
{
    const std::scoped_lock lock(m_mutex);
    const Key key(time, ++m_added);
    m_waiting.emplace(key, std::move(expired));
    if (m_waiting.begin()->first == key)
        m_changed.notify_one();
    return key;
}

void Deadlines::remove(const Key& key)
{
    const std::scoped_lock lock(m_mutex);
    m_waiting.erase(key);
}

void Deadlines::work(std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    while (!stop.stop_requested()) {
        if (m_waiting.empty()) {
            m_changed.wait(lock, stop, [this] { return !m_waiting.empty(); });
            continue;
        }
        const Key first = m_waiting.begin()->first;
        m_changed.wait_until(lock, stop, first.first, [this, &first] { return m_waiting.empty() || m_waiting.begin()->first != first; });
        while (!m_waiting.empty() && m_waiting.begin()->first.first <= std::chrono::steady_clock::now()) {
            const auto expired = std::move(m_waiting.begin()->second);
            m_waiting.erase(m_waiting.begin());
            expired(); // under the lock: remove() must be able to promise that it does not run any more
        }
    }
}

TimedStop::TimedStop(Deadlines& deadlines, const std::stop_token& parent, std::chrono::milliseconds timeout)
    : m_deadlines(deadlines)
    , m_parent(parent, [this] { m_source.request_stop(); })
    , m_key(deadlines.add(std::chrono::steady_clock::now() + timeout, [this] {
        m_timedOut = true;
        m_source.request_stop();
    }))
{
}

TimedStop::~TimedStop() { m_deadlines.remove(m_key); }

}
