#include "core/dashboard/date_math.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace belvedere::dashboard {
namespace {

constexpr std::int64_t kSecondMs = 1000;
constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kDayMs = 24 * kHourMs;

std::int64_t addMonths(std::int64_t timeMs, std::int64_t months, const TimeZone& zone)
{
    auto local = LocalTime::at(timeMs, zone);
    const auto total = local.year * 12 + (local.month - 1) + months;
    local.year = total >= 0 ? total / 12 : (total - 11) / 12;
    local.month = static_cast<int>(total - local.year * 12) + 1;
    local.day = std::min(local.day, daysInMonth(local.year, local.month));
    return local.toMs(zone);
}

/// Days keep the wall clock; smaller units are spans of time.
std::int64_t add(std::int64_t timeMs, std::int64_t count, char unit, const TimeZone& zone)
{
    switch (unit) {
    case 'y':
        return addMonths(timeMs, count * 12, zone);
    case 'Q':
        return addMonths(timeMs, count * 3, zone);
    case 'M':
        return addMonths(timeMs, count, zone);
    case 'w':
        return zone.toUtcMs(LocalTime::at(timeMs, zone).asIfUtcMs() + count * 7 * kDayMs);
    case 'd':
        return zone.toUtcMs(LocalTime::at(timeMs, zone).asIfUtcMs() + count * kDayMs);
    case 'h':
        return timeMs + count * kHourMs;
    case 'm':
        return timeMs + count * kMinuteMs;
    default:
        return timeMs + count * kSecondMs;
    }
}

std::int64_t startOf(std::int64_t timeMs, char unit, const DateMathOptions& options)
{
    auto local = LocalTime::at(timeMs, options.zone);
    if (unit == 's' || unit == 'm' || unit == 'h') {
        // Whole seconds, minutes and hours of the wall clock; offsets are whole minutes.
        const auto length = unit == 's' ? kSecondMs : unit == 'm' ? kMinuteMs : kHourMs;
        const auto wall = local.asIfUtcMs();
        return timeMs - ((wall % length) + length) % length;
    }
    local.hour = local.minute = local.second = local.millisecond = 0;
    if (unit == 'w')
        return options.zone.toUtcMs(local.asIfUtcMs() - (local.weekday() - options.weekStart + 7) % 7 * kDayMs);
    if (unit != 'd')
        local.day = 1;
    if (unit == 'Q')
        local.month = (local.month - 1) / 3 * 3 + 1;
    if (unit == 'y')
        local.month = 1;
    return local.toMs(options.zone);
}

std::int64_t endOf(std::int64_t timeMs, char unit, const DateMathOptions& options)
{
    return add(startOf(timeMs, unit, options), 1, unit, options.zone) - 1;
}

/// Start of the fiscal year or quarter that holds `timeMs`.
std::int64_t fiscalStart(std::int64_t timeMs, char unit, const DateMathOptions& options)
{
    const auto local = LocalTime::at(timeMs, options.zone);
    const int months = (local.month - 1 - options.fiscalYearStartMonth + 12) % (unit == 'y' ? 12 : 3);
    return startOf(addMonths(timeMs, -months, options.zone), 'M', options);
}

std::optional<std::int64_t> applyMath(std::string_view math, std::int64_t timeMs, const DateMathOptions& options)
{
    std::string text;
    std::ranges::copy_if(math, std::back_inserter(text), [](char c) { return c != ' ' && c != '\t' && c != '\n' && c != '\r'; });
    for (std::size_t i = 0; i < text.size();) {
        const char operation = text[i++];
        if (operation != '/' && operation != '+' && operation != '-')
            return std::nullopt;
        const auto begin = i;
        while (i < text.size() && text[i] >= '0' && text[i] <= '9')
            ++i;
        constexpr std::size_t kMaxDigits = 5;
        if (i - begin > kMaxDigits)
            return std::nullopt;
        std::int64_t count = 1;
        std::from_chars(text.data() + begin, text.data() + i, count);
        if (operation == '/' && count != 1)
            return std::nullopt;
        const bool fiscal = i < text.size() && text[i] == 'f';
        if (fiscal)
            ++i;
        const char unit = i < text.size() ? text[i++] : '\0';
        if (unit == '\0' || std::string_view("yMwdhmsQ").find(unit) == std::string_view::npos)
            return std::nullopt;
        if (operation != '/') {
            timeMs = add(timeMs, operation == '+' ? count : -count, unit, options.zone);
        } else if (!fiscal) {
            timeMs = options.roundUp ? endOf(timeMs, unit, options) : startOf(timeMs, unit, options);
        } else if (unit == 'y' || unit == 'Q') {
            timeMs = fiscalStart(timeMs, unit, options);
            if (options.roundUp)
                timeMs = addMonths(timeMs, unit == 'y' ? 12 : 3, options.zone) - 1;
        }
    }
    return timeMs;
}

}

std::optional<std::int64_t> parseDateMath(std::string_view text, const DateMathOptions& options)
{
    if (text.starts_with("now"))
        return applyMath(text.substr(3), options.nowMs, options);
    const auto bars = text.find("||");
    const auto time = parseIsoTime(text.substr(0, bars), options.absoluteZone);
    if (!time || bars == std::string_view::npos)
        return time;
    return applyMath(text.substr(bars + 2), *time, options);
}

std::optional<TimeRangeMs> parseTimeRange(std::string_view from, std::string_view to, DateMathOptions options)
{
    const auto moment = [&options](std::string_view text, bool roundUp) -> std::optional<std::int64_t> {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error == std::errc() && end == text.data() + text.size() && text.size() > 8)
            return value;
        options.roundUp = roundUp;
        return parseDateMath(text, options);
    };
    const auto first = moment(from, false);
    const auto last = moment(to, true);
    if (!first || !last || *first >= *last)
        return std::nullopt;
    return TimeRangeMs { *first, *last };
}

std::optional<double> intervalToMs(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (!digit && !(text[i] == '-' && i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9'))
            continue;
        double count = 0;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), count, std::chars_format::fixed);
        if (error != std::errc())
            return std::nullopt;
        const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
        const auto bounded = [](double milliseconds) { return std::clamp(milliseconds, -kLongestIntervalMs, kLongestIntervalMs); };
        if (unit.empty() && i == 0)
            return bounded(count * kSecondMs);
        if (unit.starts_with("ms"))
            return bounded(count);
        static constexpr std::pair<char, double> kUnits[] = { { 'M', 30.0 * kDayMs }, { 'w', 7.0 * kDayMs }, { 'd', kDayMs }, { 'h', kHourMs }, { 'm', kMinuteMs }, { 's', kSecondMs }, { 'y', 365.0 * kDayMs } };
        for (const auto& [letter, length] : kUnits) {
            if (unit.starts_with(letter))
                return bounded(count * length);
        }
        i = static_cast<std::size_t>(end - text.data()) - 1;
    }
    return std::nullopt;
}

std::string intervalText(std::int64_t milliseconds)
{
    static constexpr std::pair<std::int64_t, const char*> kUnits[] = { { 365 * kDayMs, "y" }, { kDayMs, "d" }, { kHourMs, "h" }, { kMinuteMs, "m" }, { kSecondMs, "s" } };
    for (const auto& [length, name] : kUnits) {
        if (milliseconds >= length)
            return std::to_string(milliseconds / length) + name;
    }
    return std::to_string(milliseconds) + "ms";
}

std::int64_t roundInterval(double milliseconds)
{
    struct Step {
        double below;
        std::int64_t rounded;
    };
    static constexpr Step kSteps[] = { { 10, 1 }, { 15, 10 }, { 35, 20 }, { 75, 50 }, { 150, 100 }, { 350, 200 }, { 750, 500 }, { 1500, 1000 }, { 3500, 2000 },
        { 7500, 5000 }, { 12500, 10000 }, { 17500, 15000 }, { 25000, 20000 }, { 45000, 30000 }, { 90000, 60000 }, { 210000, 120000 }, { 450000, 300000 },
        { 750000, 600000 }, { 1050000, 900000 }, { 1500000, 1200000 }, { 2700000, 1800000 }, { 5400000, 3600000 }, { 9000000, 7200000 }, { 16200000, 10800000 },
        { 32400000, 21600000 }, { 86400000, 43200000 }, { 604800000, 86400000 }, { 1814400000, 604800000 }, { 3628800000, 2592000000 } };
    for (const auto& step : kSteps) {
        if (milliseconds < step.below)
            return step.rounded;
    }
    return 31536000000;
}

std::int64_t calculateInterval(std::int64_t spanMs, double resolution, std::int64_t lowLimitMs)
{
    return std::max({ lowLimitMs, roundInterval(static_cast<double>(spanMs) / resolution), std::int64_t(1) });
}

}
