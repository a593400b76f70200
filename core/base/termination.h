#pragma once

#include <functional>
#include <memory>

namespace belvedere {

/// Calls a function when the operating system or the person asks the program to end (SIGINT, SIGTERM), or to read its
/// configuration again (SIGHUP).
///
/// Make it before any other thread starts: threads inherit what is blocked here. A second request to end, while the first
/// is being served, ends the program at once.
class TerminationWatch {
public:
    /// Both are called on a thread of the watch's own.
    TerminationWatch(std::function<void()> end, std::function<void()> reload);
    ~TerminationWatch();
    TerminationWatch(const TerminationWatch&) = delete;
    TerminationWatch& operator=(const TerminationWatch&) = delete;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}
