#pragma once

#include "core/base/result.h"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>

namespace belvedere::model {

/// Adds up what became of queued appends, and waits for the last of them. `Summary` is AppendSummary or LogAppendSummary.
///
/// Threading: every call from any thread. It must be there until wait() has returned, or as long as a writer may call back.
template <class Summary>
class CommitWaiter {
public:
    /// Before the append is queued: it may be committed before the call that queues it returns.
    void queued()
    {
        const std::scoped_lock lock(m_mutex);
        ++m_open;
    }

    /// What the sink calls back with.
    void take(const Result<Summary>& summary)
    {
        // Notified under the lock: the waiter may be gone as soon as it is let go.
        const std::scoped_lock lock(m_mutex);
        if (summary)
            m_sum += *summary;
        else if (!m_error)
            m_error = summary.error();
        --m_open;
        m_changed.notify_one();
    }

    /// The sum of what was committed since wait() returned one last, or the first error of all.
    [[nodiscard]] Result<Summary> soFar() const
    {
        const std::scoped_lock lock(m_mutex);
        if (m_error)
            return std::unexpected(*m_error);
        return m_sum;
    }

    /// Waits until nothing is open, answers as soFar() and begins with a new sum.
    [[nodiscard]] Result<Summary> wait()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_open == 0; });
        if (m_error)
            return std::unexpected(*m_error);
        return std::exchange(m_sum, {});
    }

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::size_t m_open = 0;       // guarded by m_mutex
    Summary m_sum;                // guarded by m_mutex
    std::optional<Error> m_error; // guarded by m_mutex
};

}
