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
                m_follow.notify_all();
                continue;
            }
            m_follow.notify_one();
        } else if (!m_jobs.empty()) {
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
        } else if (m_ended) {
            return;
        } else {
            ++m_waiting;
            m_follow.wait(lock);
            --m_waiting;
            continue;
        }
        lock.unlock();
        job();
        job = nullptr; // what it holds is let go before anybody waits for this thread
        lock.lock();
    }
}

ServerThreads::Job ServerThreads::lead()
{
    while (m_io.run_one() > 0) {
        const std::scoped_lock lock(m_mutex);
        if (m_jobs.empty() || m_waiting == 0)
            continue;
        auto job = std::move(m_jobs.front());
        m_jobs.pop_front();
        return job;
    }
    return {};
}

}
