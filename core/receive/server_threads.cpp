#include "core/receive/server_threads.h"

namespace belvedere::receive {

ServerThreads::ServerThreads(boost::asio::io_context& io, unsigned jobs)
    : m_io(io)
{
    m_threads.reserve(jobs + 1);
    for (unsigned i = 0; i < jobs + 1; ++i)
        m_threads.emplace_back([this] { work(); });
}

ServerThreads::~ServerThreads() { join(); }

void ServerThreads::join()
{
    for (auto& thread : m_threads)
        thread.join();
    m_threads.clear();
}

void ServerThreads::submit(Job job)
{
    const std::scoped_lock lock(m_mutex);
    m_jobs.push_back(std::move(job));
}

void ServerThreads::work()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        Job job;
        if (!m_led && !m_ended) {
            m_led = true;
            lock.unlock();
            job = lead();
            lock.lock();
            m_led = false;
            if (!job) {
                m_ended = true;
                while (!m_waiting.empty())
                    callOne();
                continue;
            }
            callOne();
        } else if (!m_jobs.empty()) {
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
        } else if (m_ended) {
            return;
        } else {
            wait(lock);
            continue;
        }
        lock.unlock();
        job();
        job = nullptr; // what it holds is let go before anybody waits for this thread
        lock.lock();
    }
}

void ServerThreads::wait(std::unique_lock<std::mutex>& lock)
{
    Waiter self;
    m_waiting.push_back(&self);
    self.wake.wait(lock, [&self] { return self.called; });
}

/// Called with the mutex held: who is called takes itself off the stack only after that.
void ServerThreads::callOne()
{
    if (m_waiting.empty())
        return;
    auto* const waiter = m_waiting.back();
    m_waiting.pop_back();
    waiter->called = true;
    waiter->wake.notify_one();
}

ServerThreads::Job ServerThreads::lead()
{
    while (m_io.run_one() > 0) {
        const std::scoped_lock lock(m_mutex);
        if (m_jobs.empty() || m_waiting.empty())
            continue;
        auto job = std::move(m_jobs.front());
        m_jobs.pop_front();
        return job;
    }
    return {};
}

}
