#pragma once

#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace belvedere::receive {

/// The threads of a server. At any time one of them, the leader, runs the I/O loop. When a job comes up there, the leader
/// passes the loop on to a thread that waits and does the job itself: a request is answered by the thread that read it, and
/// nobody has to be woken for that. (Leader/Followers: Schmidt, Stal, Rohnert, Buschmann, "Pattern-Oriented Software
/// Architecture", volume 2.)
///
/// While every other thread has a job, the leader stays with the loop and jobs wait: a job may block, the loop never does.
class ServerThreads {
public:
    /// `io` must outlive the threads, which run it until it is out of work. `jobs`: how many run at once, at least 1.
    ServerThreads(boost::asio::io_context& io, unsigned jobs);
    ~ServerThreads(); ///< joins

    ServerThreads(const ServerThreads&) = delete;
    ServerThreads& operator=(const ServerThreads&) = delete;

    /// Inside the I/O loop only: runs `job` once the handler that calls this has returned. `job` must not throw.
    void submit(std::function<void()> job);

    /// Waits until the loop is out of work and every job is done.
    void join();

private:
    using Job = std::function<void()>;
    struct Waiter {
        std::condition_variable wake;
        bool called = false;
    };

    void work();
    void wait(std::unique_lock<std::mutex>& lock);
    void callOne();
    /// Runs the loop, and returns a job that this thread is to do, or nothing when the loop is out of work.
    [[nodiscard]] Job lead();

    boost::asio::io_context& m_io;
    std::mutex m_mutex;
    std::deque<Job> m_jobs; // guarded by m_mutex; not empty only while nobody waits
    // Guarded by m_mutex. The last to come is called first: its stack and its part of the allocator are still at hand, and a
    // server that is asked one thing after the other needs two threads in all.
    std::vector<Waiter*> m_waiting;
    bool m_led = false;     // guarded by m_mutex; there is a leader
    bool m_ended = false;   // guarded by m_mutex; the loop is out of work
    std::vector<std::thread> m_threads;
};

}
