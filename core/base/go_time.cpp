#include "core/base/go_time.h"

#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <utility>

namespace belvedere {

namespace {

using namespace std::chrono;

enum class Part : std::uint8_t {
    none, longMonth, month, numMonth, zeroMonth, longWeekDay, weekDay, day, underDay, zeroDay, yearDay, hour, hour12,
    zeroHour12, minute, zeroMinute, second, zeroSecond, longYear, year, upperPm, lowerPm, zoneName, isoColon, iso,
    numColon, num, numShort, fraction,
};

constexpr std::array<std::string_view, 12> kMonths { "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December" };
constexpr std::array<std::string_view, 7> kDays { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
    "Saturday" };

/// The longest spelling first where one begins with another.
constexpr std::array<std::pair<std::string_view, Part>, 28> kParts { {
    { "January", Part::longMonth },
    { "Jan", Part::month },
    { "Monday", Part::longWeekDay },
    { "Mon", Part::weekDay },
    { "MST", Part::zoneName },
    { "002", Part::yearDay },
    { "01", Part::zeroMonth },
    { "02", Part::zeroDay },
    { "03", Part::zeroHour12 },
    { "04", Part::zeroMinute },
    { "05", Part::zeroSecond },
    { "06", Part::year },
    { "15", Part::hour },
    { "2006", Part::longYear },
    { "1", Part::numMonth },
    { "2", Part::day },
    { "_2", Part::underDay },
    { "3", Part::hour12 },
    { "4", Part::minute },
    { "5", Part::second },
    { "PM", Part::upperPm },
    { "pm", Part::lowerPm },
    { "-07:00", Part::numColon },
    { "-0700", Part::num },
    { "-07", Part::numShort },
    { "Z07:00", Part::isoColon },
    { "Z0700", Part::iso },
    { "Z07", Part::iso },
} };

struct Piece {
    std::string_view literal; ///< text before the part
    Part part = Part::none;
    std::string_view spelling;
};

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Takes the next part off the front of `layout`.
Piece nextPiece(std::string_view& layout)
{
    for (std::size_t i = 0; i < layout.size(); ++i) {
        const auto rest = layout.substr(i);
        Piece piece { layout.substr(0, i), Part::none, {} };
        if ((rest[0] == '.' || rest[0] == ',') && rest.size() > 1 && (rest[1] == '0' || rest[1] == '9')) {
            std::size_t end = 1;
            while (end < rest.size() && rest[end] == rest[1])
                ++end;
            if (end == rest.size() || !isDigit(rest[end])) {
                piece.part = Part::fraction;
                piece.spelling = rest.substr(0, end);
            }
        } else {
            for (const auto& [spelling, part] : kParts) {
                if (!rest.starts_with(spelling) || (spelling == "Jan" && rest.size() > 3 && rest[3] >= 'a' && rest[3] <= 'z')
                    || (spelling == "Mon" && rest.size() > 3 && rest[3] >= 'a' && rest[3] <= 'z')
                    || (spelling == "_2" && rest.starts_with("_2006")))
                    continue;
                piece.part = part;
                piece.spelling = spelling;
                break;
            }
        }
        if (piece.part != Part::none) {
            layout.remove_prefix(i + piece.spelling.size());
            return piece;
        }
    }
    return { std::exchange(layout, {}), Part::none, {} };
}

struct Zone {
    std::int64_t offsetSeconds = 0;
    std::string name = "UTC";
};

Result<Zone> zoneAt(std::string_view name, std::int64_t unixSeconds)
{
    if (name.empty() || name == "UTC" || name == "Local")
        return Zone {};
    try {
        const auto info = locate_zone(name)->get_info(sys_seconds(seconds(unixSeconds)));
        return Zone { info.offset.count(), info.abbrev };
    } catch (const std::exception&) {
        return failure(ErrorCode::invalidArgument, formatted("unknown time zone {}", name));
    }
}

std::int64_t floorDiv(std::int64_t a, std::int64_t b)
{
    const auto q = a / b;
    return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}

bool takeNumber(std::string_view& text, std::size_t minimum, std::size_t maximum, int& value)
{
    std::size_t n = 0;
    value = 0;
    while (n < maximum && n < text.size() && isDigit(text[n]))
        value = value * 10 + (text[n++] - '0');
    if (n < minimum)
        return false;
    text.remove_prefix(n);
    return true;
}

template <std::size_t N>
bool takeName(std::string_view& text, const std::array<std::string_view, N>& names, bool shortForm, int& index)
{
    for (std::size_t i = 0; i < N; ++i) {
        const auto name = shortForm ? names[i].substr(0, 3) : names[i];
        const bool same = text.size() >= name.size()
            && std::equal(name.begin(), name.end(), text.begin(), [](char a, char b) { return (a | 32) == (b | 32); });
        if (same) {
            index = static_cast<int>(i);
            text.remove_prefix(name.size());
            return true;
        }
    }
    return false;
}

}

Result<std::string> formatGoTime(std::string_view layout, std::int64_t unixNs, std::string_view zoneName)
{
    const auto unixSeconds = floorDiv(unixNs, 1'000'000'000);
    return formatGoTimeParts(layout, unixSeconds, unixNs - unixSeconds * 1'000'000'000, zoneName);
}

Result<std::string> formatGoTimeParts(std::string_view layout, std::int64_t unixSeconds, std::int64_t nanos, std::string_view zoneName)
{
    const auto zone = zoneAt(zoneName, unixSeconds);
    if (!zone)
        return std::unexpected(zone.error());
    const sys_seconds local { seconds(unixSeconds + zone->offsetSeconds) };
    const auto date = floor<days>(local);
    const year_month_day ymd { date };
    const hh_mm_ss clock { local - date };
    const int hour = static_cast<int>(clock.hours().count());
    const int month = static_cast<int>(static_cast<unsigned>(ymd.month()));
    const int day = static_cast<int>(static_cast<unsigned>(ymd.day()));
    const int yearNumber = static_cast<int>(ymd.year());
    const auto weekDay = kDays[weekday(date).c_encoding()];
    const int hour12 = hour % 12 == 0 ? 12 : hour % 12;

    std::string out;
    const auto offset = [&](bool colon, bool onlyHours) {
        const auto magnitude = std::abs(zone->offsetSeconds) / 60;
        out += zone->offsetSeconds < 0 ? '-' : '+';
        out += formatted("{:02}", magnitude / 60);
        if (!onlyHours)
            out += formatted("{}{:02}", colon ? ":" : "", magnitude % 60);
    };
    while (!layout.empty()) {
        const auto piece = nextPiece(layout);
        out += piece.literal;
        switch (piece.part) {
        case Part::none: break;
        case Part::longMonth: out += kMonths[static_cast<std::size_t>(month - 1)]; break;
        case Part::month: out += kMonths[static_cast<std::size_t>(month - 1)].substr(0, 3); break;
        case Part::numMonth: out += std::to_string(month); break;
        case Part::zeroMonth: out += formatted("{:02}", month); break;
        case Part::longWeekDay: out += weekDay; break;
        case Part::weekDay: out += weekDay.substr(0, 3); break;
        case Part::day: out += std::to_string(day); break;
        case Part::underDay: out += formatted("{:2}", day); break;
        case Part::zeroDay: out += formatted("{:02}", day); break;
        case Part::yearDay: out += formatted("{:03}", (date - sys_days(ymd.year() / January / 1)).count() + 1); break;
        case Part::hour: out += formatted("{:02}", hour); break;
        case Part::hour12: out += std::to_string(hour12); break;
        case Part::zeroHour12: out += formatted("{:02}", hour12); break;
        case Part::minute: out += std::to_string(clock.minutes().count()); break;
        case Part::zeroMinute: out += formatted("{:02}", clock.minutes().count()); break;
        case Part::second: out += std::to_string(clock.seconds().count()); break;
        case Part::zeroSecond: out += formatted("{:02}", clock.seconds().count()); break;
        case Part::longYear: out += formatted("{:04}", yearNumber); break;
        case Part::year: out += formatted("{:02}", yearNumber % 100); break;
        case Part::upperPm: out += hour >= 12 ? "PM" : "AM"; break;
        case Part::lowerPm: out += hour >= 12 ? "pm" : "am"; break;
        case Part::zoneName: out += zone->name; break;
        case Part::isoColon:
        case Part::iso:
            if (zone->offsetSeconds == 0)
                out += 'Z';
            else
                offset(piece.part == Part::isoColon, piece.spelling == "Z07");
            break;
        case Part::numColon: offset(true, false); break;
        case Part::num: offset(false, false); break;
        case Part::numShort: offset(false, true); break;
        case Part::fraction: {
            std::string digits = formatted("{:09}", nanos);
            digits.resize(std::min<std::size_t>(9, piece.spelling.size() - 1));
            if (piece.spelling[1] == '9') {
                while (!digits.empty() && digits.back() == '0')
                    digits.pop_back();
            }
            if (!digits.empty()) {
                out += piece.spelling[0];
                out += digits;
            }
            break;
        }
        }
    }
    return out;
}

Result<std::int64_t> parseGoTime(std::string_view layout, std::string_view text, std::string_view zoneName)
{
    const auto whole = text;
    const auto wholeLayout = layout;
    const auto bad = [&] {
        return failure(ErrorCode::parse, formatted("parsing time \"{}\" as \"{}\": cannot parse \"{}\"", whole, wholeLayout, text));
    };
    int yearNumber = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, yearDay = 0, number = 0;
    std::int64_t nanos = 0;
    bool afternoon = false, halfDay = false, hasOffset = false;
    std::int64_t offsetSeconds = 0;
    while (!layout.empty()) {
        const auto piece = nextPiece(layout);
        if (!text.starts_with(piece.literal))
            return bad();
        text.remove_prefix(piece.literal.size());
        bool ok = true;
        switch (piece.part) {
        case Part::none: break;
        case Part::longMonth: ok = takeName(text, kMonths, false, number); month = number + 1; break;
        case Part::month: ok = takeName(text, kMonths, true, number); month = number + 1; break;
        case Part::numMonth: ok = takeNumber(text, 1, 2, month); break;
        case Part::zeroMonth: ok = takeNumber(text, 2, 2, month); break;
        case Part::longWeekDay: ok = takeName(text, kDays, false, number); break;
        case Part::weekDay: ok = takeName(text, kDays, true, number); break;
        case Part::underDay:
            if (text.starts_with(' '))
                text.remove_prefix(1);
            ok = takeNumber(text, 1, 2, day);
            break;
        case Part::day: ok = takeNumber(text, 1, 2, day); break;
        case Part::zeroDay: ok = takeNumber(text, 2, 2, day); break;
        case Part::yearDay: ok = takeNumber(text, 3, 3, yearDay); break;
        case Part::hour: ok = takeNumber(text, 2, 2, hour); break;
        case Part::hour12: ok = takeNumber(text, 1, 2, hour); break;
        case Part::zeroHour12: ok = takeNumber(text, 2, 2, hour); break;
        case Part::minute: ok = takeNumber(text, 1, 2, minute); break;
        case Part::zeroMinute: ok = takeNumber(text, 2, 2, minute); break;
        case Part::second:
        case Part::zeroSecond:
            ok = takeNumber(text, piece.part == Part::second ? 1 : 2, 2, second);
            // A fraction may follow the seconds even if the layout does not show one.
            if (ok && text.size() > 1 && (text[0] == '.' || text[0] == ',') && isDigit(text[1])) {
                auto rest = layout;
                if (nextPiece(rest).part != Part::fraction) {
                    text.remove_prefix(1);
                    std::int64_t unit = 100'000'000;
                    for (; !text.empty() && isDigit(text.front()); text.remove_prefix(1), unit /= 10)
                        nanos += (text.front() - '0') * unit;
                }
            }
            break;
        case Part::longYear: ok = takeNumber(text, 4, 4, yearNumber); break;
        case Part::year: ok = takeNumber(text, 2, 2, yearNumber); yearNumber += yearNumber >= 69 ? 1900 : 2000; break;
        case Part::upperPm:
        case Part::lowerPm:
            ok = text.size() >= 2 && (text[1] | 32) == 'm' && ((text[0] | 32) == 'p' || (text[0] | 32) == 'a');
            if (ok) {
                halfDay = true;
                afternoon = (text[0] | 32) == 'p';
                text.remove_prefix(2);
            }
            break;
        case Part::zoneName: {
            std::size_t n = 0;
            while (n < text.size() && text[n] >= 'A' && text[n] <= 'Z')
                ++n;
            ok = n >= 3;
            if (ok && (text.substr(0, n) == "UTC" || text.substr(0, n) == "GMT"))
                hasOffset = true;
            text.remove_prefix(n);
            break;
        }
        case Part::isoColon:
        case Part::iso:
        case Part::numColon:
        case Part::num:
        case Part::numShort: {
            hasOffset = true;
            if ((piece.part == Part::isoColon || piece.part == Part::iso) && text.starts_with('Z')) {
                text.remove_prefix(1);
                break;
            }
            ok = !text.empty() && (text.front() == '+' || text.front() == '-');
            if (!ok)
                break;
            const bool negative = text.front() == '-';
            text.remove_prefix(1);
            int hours = 0, minutes = 0;
            ok = takeNumber(text, 2, 2, hours);
            const bool colon = piece.part == Part::isoColon || piece.part == Part::numColon;
            if (ok && piece.part != Part::numShort && piece.spelling != "Z07") {
                ok = !colon || text.starts_with(':');
                if (ok && colon)
                    text.remove_prefix(1);
                ok = ok && takeNumber(text, 2, 2, minutes);
            }
            offsetSeconds = (negative ? -1 : 1) * (hours * 3600 + minutes * 60);
            break;
        }
        case Part::fraction: {
            if (text.empty() || (text.front() != '.' && text.front() != ',')) {
                ok = piece.spelling[1] == '9';
                break;
            }
            text.remove_prefix(1);
            std::int64_t unit = 100'000'000;
            std::size_t digits = 0;
            for (; !text.empty() && isDigit(text.front()); text.remove_prefix(1), unit /= 10, ++digits)
                nanos += (text.front() - '0') * unit;
            ok = piece.spelling[1] == '9' ? digits > 0 : digits == piece.spelling.size() - 1;
            break;
        }
        }
        if (!ok)
            return bad();
    }
    if (!text.empty())
        return failure(ErrorCode::parse, formatted("parsing time \"{}\": extra text: \"{}\"", whole, text));
    if (halfDay)
        hour = hour % 12 + (afternoon ? 12 : 0);
    const year_month_day ymd { year(yearNumber), std::chrono::month(static_cast<unsigned>(month)), std::chrono::day(static_cast<unsigned>(day)) };
    if (!ymd.ok() || hour > 23 || minute > 59 || second > 59 || yearNumber < 1678 || yearNumber > 2261)
        return failure(ErrorCode::parse, formatted("parsing time \"{}\": out of range", whole));
    auto date = sys_days(ymd);
    if (yearDay > 0)
        date = sys_days(ymd.year() / January / 1) + days(yearDay - 1);
    std::int64_t unixSeconds = duration_cast<seconds>(date.time_since_epoch()).count() + hour * 3600 + minute * 60 + second;
    if (hasOffset) {
        unixSeconds -= offsetSeconds;
    } else {
        // The offset at the local time read as UTC, then once more at the time that gives.
        auto zone = zoneAt(zoneName, unixSeconds);
        if (zone)
            zone = zoneAt(zoneName, unixSeconds - zone->offsetSeconds);
        if (!zone)
            return std::unexpected(zone.error());
        unixSeconds -= zone->offsetSeconds;
    }
    return unixSeconds * 1'000'000'000 + nanos;
}

Result<std::int64_t> parseGoDuration(std::string_view text)
{
    const auto whole = text;
    const auto bad = [&] { return failure(ErrorCode::parse, formatted("time: invalid duration \"{}\"", whole)); };
    bool negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    if (text == "0")
        return 0;
    if (text.empty())
        return bad();
    static constexpr std::array<std::pair<std::string_view, double>, 8> kUnits { { { "ns", 1 }, { "us", 1e3 },
        { "\u00B5s", 1e3 }, { "\u03BCs", 1e3 }, { "ms", 1e6 }, { "s", 1e9 }, { "m", 60e9 }, { "h", 3600e9 } } };
    std::int64_t total = 0;
    while (!text.empty()) {
        std::int64_t integer = 0;
        std::int64_t fraction = 0;
        double scale = 1;
        std::size_t digits = 0;
        for (; !text.empty() && isDigit(text.front()); text.remove_prefix(1), ++digits) {
            if (integer > (std::numeric_limits<std::int64_t>::max() - 9) / 10)
                return bad();
            integer = integer * 10 + (text.front() - '0');
        }
        if (text.starts_with('.')) {
            text.remove_prefix(1);
            for (; !text.empty() && isDigit(text.front()); text.remove_prefix(1), ++digits) {
                if (fraction > std::numeric_limits<std::int64_t>::max() / 100)
                    continue; // more digits than a nanosecond needs
                scale *= 10;
                fraction = fraction * 10 + (text.front() - '0');
            }
        }
        if (digits == 0)
            return bad();
        std::size_t n = 0;
        while (n < text.size() && text[n] != '.' && !isDigit(text[n]))
            ++n;
        const auto unit = std::ranges::find(kUnits, text.substr(0, n), &std::pair<std::string_view, double>::first);
        if (n == 0)
            return failure(ErrorCode::parse, formatted("time: missing unit in duration \"{}\"", whole));
        if (unit == kUnits.end())
            return failure(ErrorCode::parse, formatted("time: unknown unit \"{}\" in duration \"{}\"", text.substr(0, n), whole));
        text.remove_prefix(n);
        const auto unitNs = static_cast<std::int64_t>(unit->second);
        std::int64_t product = 0;
        if (__builtin_mul_overflow(integer, unitNs, &product)
            || __builtin_add_overflow(total, product, &total)
            || __builtin_add_overflow(total, static_cast<std::int64_t>(static_cast<double>(fraction) * (unit->second / scale)), &total))
            return bad();
    }
    return negative ? -total : total;
}

std::string formatGoDuration(std::int64_t nanoseconds)
{
    if (nanoseconds == 0)
        return "0s";
    std::string out = nanoseconds < 0 ? "-" : "";
    auto rest = nanoseconds < 0 ? 0 - static_cast<std::uint64_t>(nanoseconds) : static_cast<std::uint64_t>(nanoseconds);
    const auto decimal = [&](std::uint64_t value, std::uint64_t unit, std::string_view name) {
        out += std::to_string(value / unit);
        if (value % unit != 0) {
            std::string digits = std::to_string(unit + value % unit).substr(1);
            while (digits.back() == '0')
                digits.pop_back();
            out += '.';
            out += digits;
        }
        out += name;
    };
    if (rest < 1'000) {
        decimal(rest, 1, "ns");
    } else if (rest < 1'000'000) {
        decimal(rest, 1'000, "\u00B5s");
    } else if (rest < 1'000'000'000) {
        decimal(rest, 1'000'000, "ms");
    } else {
        const auto hours = rest / 3'600'000'000'000ULL;
        rest %= 3'600'000'000'000ULL;
        if (hours > 0)
            out += formatted("{}h", hours);
        if (hours > 0 || rest >= 60'000'000'000ULL)
            out += formatted("{}m", rest / 60'000'000'000ULL);
        decimal(rest % 60'000'000'000ULL, 1'000'000'000ULL, "s");
    }
    return out;
}

}
