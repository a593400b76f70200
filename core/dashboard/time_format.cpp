#include "core/dashboard/time_format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace belvedere::dashboard {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::array kMonths { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" };
constexpr std::array kDays { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };

std::int64_t floorDiv(std::int64_t a, std::int64_t b)
{
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

/// Days since 1970-01-01 of a proleptic Gregorian date: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
std::int64_t daysFromCivil(std::int64_t year, int month, int day)
{
    year -= month <= 2;
    const auto era = floorDiv(year, 400);
    const auto yearOfEra = year - era * 400;
    const auto dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

bool isLeap(std::int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

std::string padded(std::int64_t value, int width)
{
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%0*lld", width, static_cast<long long>(value));
    return buffer;
}

std::string ordinal(std::int64_t value)
{
    const auto tens = value % 100;
    const char* suffix = tens >= 11 && tens <= 13 ? "th" : value % 10 == 1 ? "st" : value % 10 == 2 ? "nd" : value % 10 == 3 ? "rd" : "th";
    return std::to_string(value) + suffix;
}

std::string offsetText(std::int64_t seconds, std::string_view colon)
{
    const auto minutes = std::abs(seconds) / 60;
    return std::string(seconds < 0 ? "-" : "+") + padded(minutes / 60, 2) + std::string(colon) + padded(minutes % 60, 2);
}

/// Week and week year; `first` is the first day of the week, a year's first week holds January the `anchor`th.
std::pair<int, std::int64_t> weekOf(const LocalTime& time, int first, int anchor)
{
    const auto firstWeekStart = [&](std::int64_t year) {
        const LocalTime day { year, 1, anchor };
        return daysFromCivil(year, 1, anchor) - (day.weekday() - first + 7) % 7;
    };
    const auto today = daysFromCivil(time.year, time.month, time.day);
    auto year = time.year + 1;
    while (firstWeekStart(year) > today)
        --year;
    return { static_cast<int>((today - firstWeekStart(year)) / 7 + 1), year };
}

/// Expands the locale's long forms (L, LT, …) and formats one letter group.
std::string formatToken(std::string_view token, std::int64_t timeMs, const TimeZone& zone, const LocalTime& t)
{
    const auto hour12 = t.hour % 12 == 0 ? 12 : t.hour % 12;
    const auto quarter = (t.month - 1) / 3 + 1;
    const auto name = [](std::string_view text, std::size_t length) { return std::string(text.substr(0, length)); };
    const auto month = std::string_view(kMonths[static_cast<std::size_t>(t.month - 1)]);
    const auto weekday = std::string_view(kDays[static_cast<std::size_t>(t.weekday())]);
    const auto expand = [&](std::string_view pattern) { return formatTime(timeMs, zone, pattern); };
    switch (token[0]) {
    case 'Y':
        if (token == "YY")
            return padded((t.year % 100 + 100) % 100, 2);
        return token == "Y" ? std::to_string(t.year) : padded(t.year, static_cast<int>(token.size()));
    case 'Q':
        return token == "Qo" ? ordinal(quarter) : std::to_string(quarter);
    case 'M':
        if (token == "M")
            return std::to_string(t.month);
        if (token == "Mo")
            return ordinal(t.month);
        return token == "MM" ? padded(t.month, 2) : token == "MMM" ? name(month, 3) : std::string(month);
    case 'D':
        if (token == "D")
            return std::to_string(t.day);
        if (token == "Do")
            return ordinal(t.day);
        if (token == "DD")
            return padded(t.day, 2);
        if (token == "DDDo")
            return ordinal(t.dayOfYear());
        return token == "DDD" ? std::to_string(t.dayOfYear()) : padded(t.dayOfYear(), 3);
    case 'd':
        if (token == "d")
            return std::to_string(t.weekday());
        if (token == "do")
            return ordinal(t.weekday());
        return token == "dd" ? name(weekday, 2) : token == "ddd" ? name(weekday, 3) : std::string(weekday);
    case 'e':
        return std::to_string(t.weekday());
    case 'E':
        return std::to_string(t.weekday() == 0 ? 7 : t.weekday());
    case 'w':
    case 'W': {
        const auto week = token[0] == 'w' ? weekOf(t, 0, 1).first : weekOf(t, 1, 4).first;
        return token.size() == 1 ? std::to_string(week) : token[1] == 'o' ? ordinal(week) : padded(week, 2);
    }
    case 'g':
    case 'G': {
        const auto year = token[0] == 'g' ? weekOf(t, 0, 1).second : weekOf(t, 1, 4).second;
        return token.size() == 2 ? padded(year % 100, 2) : padded(year, 4);
    }
    case 'H':
        return padded(t.hour, static_cast<int>(token.size()));
    case 'h':
        return padded(hour12, static_cast<int>(token.size()));
    case 'k':
        return padded(t.hour == 0 ? 24 : t.hour, static_cast<int>(token.size()));
    case 'm':
        return padded(t.minute, static_cast<int>(token.size()));
    case 's':
        return padded(t.second, static_cast<int>(token.size()));
    case 'S': {
        auto text = padded(t.millisecond, 3);
        text.resize(token.size(), '0');
        return text;
    }
    case 'A':
        return t.hour < 12 ? "AM" : "PM";
    case 'a':
        return t.hour < 12 ? "am" : "pm";
    case 'Z':
        return offsetText(zone.offsetAt(timeMs), token.size() == 1 ? ":" : "");
    case 'z':
        return zone.name();
    case 'X':
        return std::to_string(floorDiv(timeMs, 1000));
    case 'x':
        return std::to_string(timeMs);
    case 'L':
        if (token == "LT")
            return expand("h:mm A");
        if (token == "LTS")
            return expand("h:mm:ss A");
        return expand(token == "L" ? "MM/DD/YYYY" : token == "LL" ? "MMMM D, YYYY" : token == "LLL" ? "MMMM D, YYYY h:mm A" : "dddd, MMMM D, YYYY h:mm A");
    case 'l':
        return expand(token == "l" ? "M/D/YYYY" : token == "ll" ? "MMM D, YYYY" : token == "lll" ? "MMM D, YYYY h:mm A" : "ddd, MMM D, YYYY h:mm A");
    default:
        return std::string(token);
    }
}

/// How many characters of `rest` make one token; 0 if its first character is no token letter.
std::size_t tokenLength(std::string_view rest)
{
    static constexpr std::array kTokens { "DDDo", "DDDD", "MMMM", "dddd", "YYYYYY", "YYYYY", "YYYY", "GGGG", "gggg", "LLLL", "llll", "LTS", "LLL", "lll", "MMM",
        "DDD", "ddd", "SSSSSSSSS", "SSSSSSSS", "SSSSSSS", "SSSSSS", "SSSSS", "SSSS", "SSS", "LT", "LL", "ll", "Mo", "MM", "Qo", "Do", "DD", "do", "dd", "wo", "ww",
        "Wo", "WW", "YY", "gg", "GG", "HH", "hh", "kk", "mm", "ss", "SS", "ZZ", "zz", "L", "l", "M", "Q", "D", "d", "e", "E", "w", "W", "Y", "A", "a", "H", "h", "k",
        "m", "s", "S", "Z", "z", "X", "x" };
    std::size_t longest = 0;
    for (const std::string_view token : kTokens) {
        if (token.size() > longest && rest.starts_with(token))
            longest = token.size();
    }
    return longest;
}

}

Result<TimeZone> TimeZone::named(std::string_view name)
{
    if (name == "utc" || name == "UTC")
        return TimeZone();
    if (name.empty() || name == "browser")
        return local();
    try {
        TimeZone zone;
        zone.m_zone = std::chrono::locate_zone(name);
        return zone;
    } catch (const std::exception&) {
        return failure(ErrorCode::notFound, "unknown time zone " + std::string(name));
    }
}

TimeZone TimeZone::local()
{
    TimeZone zone;
    try {
        zone.m_zone = std::chrono::current_zone();
    } catch (const std::exception&) {
        // A machine without zone data shows UTC.
    }
    return zone;
}

std::string TimeZone::name() const
{
    return m_zone ? std::string(m_zone->name()) : "UTC";
}

std::int64_t TimeZone::offsetAt(std::int64_t timeMs) const
{
    if (!m_zone)
        return 0;
    // Rules of far years repeat; the database is asked for years it can represent.
    constexpr std::int64_t kFarSeconds = 64'000'000'000; // about the year 3998
    const auto seconds = std::clamp(floorDiv(timeMs, 1000), -kFarSeconds, kFarSeconds);
    return m_zone->get_info(std::chrono::sys_seconds(std::chrono::seconds(seconds))).offset.count();
}

std::int64_t TimeZone::toUtcMs(std::int64_t localMs) const
{
    if (!m_zone)
        return localMs;
    // Before a change the earlier offset holds: right for repeated times, and it moves skipped ones forward.
    const auto before = offsetAt(localMs - kDayMs) * 1000;
    if (offsetAt(localMs - before) * 1000 == before)
        return localMs - before;
    const auto after = offsetAt(localMs + kDayMs) * 1000;
    return offsetAt(localMs - after) * 1000 == after ? localMs - after : localMs - before;
}

LocalTime LocalTime::at(std::int64_t timeMs, const TimeZone& zone)
{
    // 100 million days around 1970: where the dates of a dashboard's own language end, and far from overflow.
    constexpr std::int64_t kLastMs = 100'000'000 * kDayMs;
    timeMs = std::clamp(timeMs, -kLastMs, kLastMs);
    const auto local = timeMs + zone.offsetAt(timeMs) * 1000;
    const auto days = floorDiv(local, kDayMs);
    const auto rest = local - days * kDayMs;
    const auto z = days + 719468;
    const auto era = floorDiv(z, 146097);
    const auto dayOfEra = z - era * 146097;
    const auto yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const auto dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const auto mp = (5 * dayOfYear + 2) / 153;
    LocalTime out;
    out.day = static_cast<int>(dayOfYear - (153 * mp + 2) / 5 + 1);
    out.month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
    out.year = yearOfEra + era * 400 + (out.month <= 2);
    out.hour = static_cast<int>(rest / 3'600'000);
    out.minute = static_cast<int>(rest / 60'000 % 60);
    out.second = static_cast<int>(rest / 1000 % 60);
    out.millisecond = static_cast<int>(rest % 1000);
    return out;
}

std::int64_t LocalTime::asIfUtcMs() const
{
    return daysFromCivil(year, month, day) * kDayMs + hour * 3'600'000LL + minute * 60'000LL + second * 1000LL + millisecond;
}

int LocalTime::weekday() const
{
    const auto days = daysFromCivil(year, month, day);
    return static_cast<int>(((days + 4) % 7 + 7) % 7);
}

int LocalTime::dayOfYear() const
{
    return static_cast<int>(daysFromCivil(year, month, day) - daysFromCivil(year, 1, 1) + 1);
}

int daysInMonth(std::int64_t year, int month)
{
    static constexpr std::array kLengths { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 2 && isLeap(year) ? 29 : kLengths[static_cast<std::size_t>(month - 1)];
}

std::string formatTime(std::int64_t timeMs, const TimeZone& zone, std::string_view pattern)
{
    if (pattern.empty())
        return zone.name() == "UTC" ? formatTime(timeMs, zone, "YYYY-MM-DDTHH:mm:ss[Z]") : formatTime(timeMs, zone, "YYYY-MM-DDTHH:mm:ssZ");
    const auto local = LocalTime::at(timeMs, zone);
    std::string out;
    for (std::size_t i = 0; i < pattern.size();) {
        if (pattern[i] == '[') {
            const auto close = pattern.find(']', i);
            if (close != std::string_view::npos) {
                out += pattern.substr(i + 1, close - i - 1);
                i = close + 1;
                continue;
            }
        }
        if (pattern[i] == '\\' && i + 1 < pattern.size()) {
            out += pattern[i + 1];
            i += 2;
            continue;
        }
        if (const auto length = tokenLength(pattern.substr(i)); length > 0) {
            out += formatToken(pattern.substr(i, length), timeMs, zone, local);
            i += length;
        } else {
            out += pattern[i++];
        }
    }
    return out;
}

std::string isoTime(std::int64_t timeMs)
{
    return formatTime(timeMs, TimeZone(), "YYYY-MM-DDTHH:mm:ss.SSS[Z]");
}

std::string relativeTime(std::int64_t timeMs, std::int64_t nowMs)
{
    const double difference = std::abs(static_cast<double>(timeMs - nowMs));
    const auto seconds = std::llround(difference / 1000);
    const auto minutes = std::llround(difference / 60'000);
    const auto hours = std::llround(difference / 3'600'000);
    const double exactDays = difference / static_cast<double>(kDayMs);
    const auto days = std::llround(exactDays);
    const auto months = std::llround(exactDays * 4800 / 146097);
    const auto years = std::llround(exactDays * 400 / 146097);
    std::string text;
    if (seconds <= 44)
        text = "a few seconds";
    else if (minutes <= 1)
        text = "a minute";
    else if (minutes < 45)
        text = std::to_string(minutes) + " minutes";
    else if (hours <= 1)
        text = "an hour";
    else if (hours < 22)
        text = std::to_string(hours) + " hours";
    else if (days <= 1)
        text = "a day";
    else if (days < 26)
        text = std::to_string(days) + " days";
    else if (months <= 1)
        text = "a month";
    else if (months < 11)
        text = std::to_string(months) + " months";
    else if (years <= 1)
        text = "a year";
    else
        text = std::to_string(years) + " years";
    return timeMs > nowMs ? "in " + text : text + " ago";
}

std::optional<std::int64_t> parseIsoTime(std::string_view text, const TimeZone& zone)
{
    std::size_t at = 0;
    const auto digits = [&](std::size_t count) -> std::optional<int> {
        if (at + count > text.size())
            return std::nullopt;
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const char c = text[at + i];
            if (c < '0' || c > '9')
                return std::nullopt;
            value = value * 10 + (c - '0');
        }
        at += count;
        return value;
    };
    const auto accept = [&](char c) {
        if (at >= text.size() || text[at] != c)
            return false;
        ++at;
        return true;
    };
    LocalTime time;
    const auto year = digits(4);
    if (!year)
        return std::nullopt;
    time.year = *year;
    const bool extended = accept('-');
    const bool hasMonth = at < text.size();
    if (hasMonth) {
        const auto month = digits(2);
        if (!month || *month < 1 || *month > 12)
            return std::nullopt;
        time.month = *month;
        if ((extended && accept('-')) || (!extended && at < text.size())) {
            const auto day = digits(2);
            if (!day || *day < 1 || *day > daysInMonth(time.year, time.month))
                return std::nullopt;
            time.day = *day;
        } else if (!extended || at < text.size()) {
            return std::nullopt;
        }
    } else if (extended) {
        return std::nullopt;
    }
    if (at < text.size() && (accept('T') || accept(' '))) {
        const auto hour = digits(2);
        if (!hour || *hour > 24)
            return std::nullopt;
        time.hour = *hour;
        if (extended ? accept(':') : at < text.size() && text[at] >= '0' && text[at] <= '9') {
            const auto minute = digits(2);
            if (!minute || *minute > 59)
                return std::nullopt;
            time.minute = *minute;
            if (extended ? accept(':') : at < text.size() && text[at] >= '0' && text[at] <= '9') {
                const auto second = digits(2);
                if (!second || *second > 59)
                    return std::nullopt;
                time.second = *second;
                if (accept('.') || accept(',')) {
                    int scale = 100;
                    const auto begin = at;
                    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
                        time.millisecond += (text[at++] - '0') * scale;
                        scale /= 10;
                    }
                    if (at == begin)
                        return std::nullopt;
                }
            }
        }
        if (time.hour == 24 && (time.minute != 0 || time.second != 0 || time.millisecond != 0))
            return std::nullopt;
        if (accept('Z'))
            return at == text.size() ? std::optional(time.asIfUtcMs()) : std::nullopt;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
            const int sign = text[at++] == '-' ? -1 : 1;
            const auto hours = digits(2);
            accept(':');
            const auto minutes = at < text.size() ? digits(2) : std::optional(0);
            if (!hours || !minutes || at != text.size())
                return std::nullopt;
            return time.asIfUtcMs() - sign * (*hours * 60LL + *minutes) * 60'000;
        }
    }
    return at == text.size() ? std::optional(time.toMs(zone)) : std::nullopt;
}

}
