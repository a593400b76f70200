#pragma once

#include "core/base/result.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace belvedere::dashboard {

/// A time zone of the IANA database. A small value; every thread.
class TimeZone {
public:
    TimeZone() = default; ///< UTC

    /// "utc", "" and "browser" (the machine's), or an IANA name.
    [[nodiscard]] static Result<TimeZone> named(std::string_view name);
    [[nodiscard]] static TimeZone local();

    /// Seconds east of Greenwich at this moment.
    [[nodiscard]] std::int64_t offsetAt(std::int64_t timeMs) const;
    /// The moment of a wall-clock time given as if it were UTC. Times that a change of clocks skips move forward, times it
    /// repeats are the first of the two.
    [[nodiscard]] std::int64_t toUtcMs(std::int64_t localMs) const;
    [[nodiscard]] std::string name() const;

private:
    const std::chrono::time_zone* m_zone = nullptr;
};

/// A moment on the wall clock of a zone.
struct LocalTime {
    std::int64_t year = 1970;
    int month = 1; ///< 1 … 12
    int day = 1;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int millisecond = 0;

    [[nodiscard]] static LocalTime at(std::int64_t timeMs, const TimeZone& zone);
    [[nodiscard]] std::int64_t asIfUtcMs() const;
    [[nodiscard]] std::int64_t toMs(const TimeZone& zone) const { return zone.toUtcMs(asIfUtcMs()); }
    [[nodiscard]] int weekday() const; ///< 0 Sunday … 6 Saturday
    [[nodiscard]] int dayOfYear() const; ///< 1 …
};

[[nodiscard]] int daysInMonth(std::int64_t year, int month);

/// A moment by a pattern of moment.js' letters: "YYYY-MM-DD HH:mm:ss", "[Week] w", "LLLL", ….
[[nodiscard]] std::string formatTime(std::int64_t timeMs, const TimeZone& zone, std::string_view pattern);
/// "2024-07-17T13:45:30.123Z"
[[nodiscard]] std::string isoTime(std::int64_t timeMs);
/// "3 hours ago", "in a few seconds".
[[nodiscard]] std::string relativeTime(std::int64_t timeMs, std::int64_t nowMs);
/// ISO 8601 with date and optional time and offset; without an offset it is read in `zone`.
[[nodiscard]] std::optional<std::int64_t> parseIsoTime(std::string_view text, const TimeZone& zone);

}
