#include "app/rule_replay.h"

#include <utility>

namespace belvedere::app {

void RuleReplay::begin(alert::RuleManager& rules, const Clock& clock, std::int64_t historyMs, std::function<void()> presentReached)
{
    m_presentReached = std::move(presentReached);
    m_running = true;
    m_thread = std::jthread([this, &rules, &clock, historyMs](const std::stop_token& stop) { run(stop, rules, clock, historyMs); });
}

void RuleReplay::end()
{
    m_thread = {};
}

void RuleReplay::run(const std::stop_token& stop, alert::RuleManager& rules, const Clock& clock, std::int64_t historyMs)
{
    constexpr std::int64_t kStepMs = 30'000; // as long as the shipped rules want a thing to last
    for (auto timeMs = clock.nowMs() - historyMs; timeMs < clock.nowMs() && !stop.stop_requested(); timeMs += kStepMs)
        rules.evaluateAll(timeMs);
    m_running = false;
    if (stop.stop_requested())
        return;
    m_presentReached();
    rules.start();
}

}
