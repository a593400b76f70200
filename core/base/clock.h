#pragma once

#include <chrono>
#include <cstdint>

namespace belvedere {

/// The time of day, as a parameter, so that a day can be replayed in a second. Threading: any thread.
class Clock {
public:
    virtual ~Clock() = default;

    /// Unix nanoseconds, UTC.
    [[nodiscard]] virtual std::int64_t nowNs() const = 0;

    /// Unix milliseconds, UTC.
    [[nodiscard]] std::int64_t nowMs() const { return nowNs() / 1'000'000; }
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] std::int64_t nowNs() const override
    {
        using namespace std::chrono;
        return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
    }
};

}
