#pragma once

#include "core/base/clock.h"

#include <atomic>

namespace belvedere::test {

/// A clock that stands still until it is moved.
class FakeClock final : public Clock {
public:
    explicit FakeClock(std::int64_t nowMs = 0)
        : m_nowNs(nowMs * 1'000'000)
    {
    }
    [[nodiscard]] std::int64_t nowNs() const override { return m_nowNs; }
    void setMs(std::int64_t nowMs) { m_nowNs = nowMs * 1'000'000; }
    void advanceMs(std::int64_t ms) { m_nowNs += ms * 1'000'000; }

private:
    std::atomic<std::int64_t> m_nowNs;
};

}
