#include "core/base/termination.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <stop_token>
#include <thread>
#include <utility>

namespace belvedere {

namespace {

sigset_t watchedSignals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

}

struct TerminationWatch::State {
    std::function<void()> end;
    std::function<void()> reload;
    sigset_t before {};
    std::jthread thread;

    void watch(const std::stop_token& stop) const
    {
        const sigset_t set = watchedSignals();
        bool ending = false;
        while (!stop.stop_requested()) {
            const int signal = sigwaitinfo(&set, nullptr);
            if (stop.stop_requested())
                return;
            if (signal == SIGHUP)
                reload();
            if (signal != SIGINT && signal != SIGTERM)
                continue;
            if (std::exchange(ending, true))
                _exit(128 + signal);
            end();
        }
    }
};

TerminationWatch::TerminationWatch(std::function<void()> end, std::function<void()> reload)
    : m_state(std::make_unique<State>())
{
    m_state->end = std::move(end);
    m_state->reload = std::move(reload);
    const sigset_t set = watchedSignals();
    pthread_sigmask(SIG_BLOCK, &set, &m_state->before);
    m_state->thread = std::jthread([state = m_state.get()](const std::stop_token& stop) { state->watch(stop); });
}

TerminationWatch::~TerminationWatch()
{
    m_state->thread.request_stop();
    pthread_kill(m_state->thread.native_handle(), SIGHUP); // wakes it; it sees the request to stop first
    m_state->thread.join();
    pthread_sigmask(SIG_SETMASK, &m_state->before, nullptr);
}

}
