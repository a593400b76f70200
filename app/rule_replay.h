#pragma once

#include "core/alert/rule_manager.h"
#include "core/base/clock.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <thread>

namespace belvedere::app {

/// Evaluates the rules over a history, so that its alerts have one too, and then begins with the present.
///
/// Threading: begin() and end() in one thread, isRunning() from any. Runs a thread of its own in between.
class RuleReplay {
public:
    /// Until end(), `rules` and `clock` must be there. Instead of rules.start(), which comes when the past is through;
    /// before that `presentReached` is called, in the replay's thread, when what fires does so now.
    void begin(alert::RuleManager& rules, const Clock& clock, std::int64_t historyMs, std::function<void()> presentReached);
    /// Waits for the evaluation that runs; what is left of the history stays unevaluated.
    void end();

    /// What fires now fired long ago.
    [[nodiscard]] bool isRunning() const { return m_running; }

private:
    void run(const std::stop_token& stop, alert::RuleManager& rules, const Clock& clock, std::int64_t historyMs);

    std::function<void()> m_presentReached;

    std::atomic<bool> m_running = false;
    std::jthread m_thread;
};

}
