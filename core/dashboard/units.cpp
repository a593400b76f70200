#include "core/dashboard/units.h"

#include "core/dashboard/number_format.h"
#include "core/dashboard/unit_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <unordered_map>
#include <vector>

namespace belvedere::dashboard {
namespace {

using Decimals = std::optional<int>;

constexpr std::array<std::string_view, 14> kSiPrefixes { "f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y" };
constexpr int kSiBase = 5;
constexpr std::array<std::string_view, 9> kBinaryPrefixes { "", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi" };
constexpr std::array<std::string_view, 9> kShortNames { "", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept" };
constexpr std::array<std::string_view, 5> kCountNames { "", "K", "M", "B", "T" };

FormattedValue fixed(double value, Decimals decimals, std::string suffix = {})
{
    return { toFixed(value, decimals), {}, std::move(suffix) };
}

/// With the step of `factor` that leaves one to three digits; step 0 is `names[offset]`. No step for what is not finite.
template <class Names>
std::pair<std::string, std::optional<std::size_t>> scaled(double value, Decimals decimals, double factor, const Names& names, int offset)
{
    if (!std::isfinite(value))
        return { toFixed(value), std::nullopt };
    const int last = static_cast<int>(names.size()) - 1;
    const int step = value == 0 ? 0 : static_cast<int>(std::floor(std::log10(std::abs(value)) / std::log10(factor)));
    const int used = std::clamp(step, -offset, last - offset);
    return { toFixed(value / std::pow(factor, used), decimals), static_cast<std::size_t>(offset + used) };
}

template <class Names>
FormattedValue scaledUnit(double value, Decimals decimals, double factor, const Names& names, int offset, std::string_view symbol)
{
    auto [text, index] = scaled(value, decimals, factor, names, offset);
    return { std::move(text), {}, index ? " " + std::string(names[*index]) + std::string(symbol) : std::string() };
}

FormattedValue siUnit(double value, Decimals decimals, std::string_view symbol, int offset)
{
    return scaledUnit(value, decimals, 1000, kSiPrefixes, kSiBase + offset, symbol);
}

FormattedValue countUnit(double value, Decimals decimals, std::string_view symbol)
{
    auto [text, index] = scaled(value, decimals, 1000, kCountNames, 0);
    return { std::move(text), {}, (index ? std::string(kCountNames[*index]) : std::string()) + " " + std::string(symbol) };
}

FormattedValue currencyUnit(double value, Decimals decimals, std::string_view symbol, bool behind)
{
    const bool negative = value < 0;
    auto [text, index] = scaled(std::abs(value), decimals, 1000, kCountNames, 0);
    const std::string name = index ? std::string(kCountNames[*index]) : std::string();
    const std::string sign = negative ? "-" : "";
    if (behind)
        return { std::move(text), sign, index ? name + std::string(symbol) : std::string() };
    return { std::move(text), sign + std::string(symbol), name };
}

FormattedValue financialUnit(double value, Decimals decimals, std::string_view symbol, bool behind)
{
    FormattedValue out { groupedNumber(value, decimals.value_or(0), decimals.value_or(1)), {}, {} };
    (behind ? out.suffix : out.prefix) = symbol;
    return out;
}

/// A step of a unit of time: used while |value| is below `limit`.
struct TimeStep {
    double limit;
    double divisor;
    const char* name;
    bool plural; ///< takes an s from more than one on
};

FormattedValue timeUnit(double value, Decimals decimals, std::span<const TimeStep> steps)
{
    for (const auto& step : steps) {
        if (std::abs(value) < step.limit || &step == &steps.back()) {
            const double shown = step.divisor < 1 ? value * std::round(1 / step.divisor) : value / step.divisor;
            return fixed(shown, decimals, std::string(" ") + step.name + (step.plural && std::abs(shown) > 1 ? "s" : ""));
        }
    }
    return fixed(value, decimals);
}

constexpr double kForever = HUGE_VAL;
constexpr TimeStep kNanoseconds[] = { { 1e3, 1, "ns", false }, { 1e6, 1e3, "µs", false }, { 1e9, 1e6, "ms", false }, { 6e10, 1e9, "s", false },
    { 3.6e12, 6e10, "min", true }, { 8.64e13, 3.6e12, "hour", true }, { kForever, 8.64e13, "day", true } };
constexpr TimeStep kMicroseconds[] = { { 1e3, 1, "µs", false }, { 1e6, 1e3, "ms", false }, { kForever, 1e6, "s", false } };
constexpr TimeStep kMilliseconds[] = { { 1e3, 1, "ms", false }, { 6e4, 1e3, "s", false }, { 3.6e6, 6e4, "min", true }, { 8.64e7, 3.6e6, "hour", true },
    { 3.1536e10, 8.64e7, "day", true }, { kForever, 3.1536e10, "year", true } };
constexpr TimeStep kSeconds[] = { { 1e-6, 1e-9, "ns", false }, { 1e-3, 1e-6, "µs", false }, { 1, 1e-3, "ms", false }, { 60, 1, "s", false }, { 3600, 60, "min", true },
    { 86400, 3600, "hour", true }, { 604800, 86400, "day", true }, { 31536000, 604800, "week", true }, { kForever, 3.15569e7, "year", true } };
constexpr TimeStep kMinutes[] = { { 60, 1, "min", false }, { 1440, 60, "hour", true }, { 10080, 1440, "day", true }, { 604800, 10080, "week", true }, { kForever, 5.25948e5, "year", true } };
constexpr TimeStep kHours[] = { { 24, 1, "hour", false }, { 168, 24, "day", true }, { 8760, 168, "week", true }, { kForever, 8760, "year", true } };
constexpr TimeStep kDays[] = { { 7, 1, "day", true }, { 365, 7, "week", true }, { kForever, 365, "year", true } };

FormattedValue secondsUnit(double value, Decimals decimals)
{
    if (value == 0)
        return { "0", {}, " s" };
    return timeUnit(value, decimals, kSeconds);
}

/// "1 hour, 2 minutes": the first unit that fits and `decimals` more. `scale`: milliseconds in one of what is counted.
FormattedValue durationUnit(double value, Decimals decimals, double scale, const char* name)
{
    if (value == 0)
        return { "0", {}, std::string(" ") + name + "s" };
    if (std::isnan(value))
        return {};
    if (value < 0) {
        auto out = durationUnit(-value, decimals, scale, name);
        out.suffix += " ago";
        return out;
    }
    static constexpr std::pair<const char*, double> kSteps[] = { { "year", 31536e6 }, { "month", 2592e6 }, { "week", 6048e5 }, { "day", 864e5 }, { "hour", 36e5 },
        { "minute", 6e4 }, { "second", 1e3 }, { "millisecond", 1 } };
    double rest = value * scale;
    int more = decimals.value_or(0);
    std::string text;
    for (const auto& [unit, length] : kSteps) {
        if (more < 0)
            break;
        const double count = rest / length;
        if (count < 1 && text.empty())
            continue;
        const double whole = std::floor(count);
        text += (text.empty() ? "" : ", ") + shortestNumber(whole) + " " + unit + (whole != 1 ? "s" : "");
        rest = std::fmod(rest, length);
        --more;
    }
    return { std::move(text), {}, {} };
}

std::string twoDigits(double value)
{
    auto text = shortestNumber(value);
    return text.size() < 2 ? "0" + text : text;
}

FormattedValue hmsUnit(double seconds, bool withDays)
{
    if (seconds < 0) {
        auto out = hmsUnit(-seconds, withDays);
        out.suffix += " ago";
        return out;
    }
    std::string text;
    if (withDays) {
        const double days = std::floor(seconds / 86400);
        if (days > 0)
            text = shortestNumber(days) + " d ";
        seconds = std::fmod(seconds, 86400);
    }
    const double hours = std::floor(seconds / 3600);
    const double minutes = std::floor(std::fmod(seconds, 3600) / 60);
    text += twoDigits(hours) + ":" + twoDigits(minutes) + ":" + twoDigits(std::floor(std::fmod(std::fmod(seconds, 3600), 60)));
    return { std::move(text), {}, {} };
}

FormattedValue clockUnit(double milliseconds, Decimals decimals)
{
    if (!std::isfinite(milliseconds))
        return { toFixed(milliseconds) + "h", {}, {} };
    const auto show = [milliseconds](const char* pattern) { return formatTime(static_cast<std::int64_t>(milliseconds), TimeZone(), pattern); };
    if (milliseconds < 1000)
        return { show("SSS[ms]"), {}, {} };
    if (milliseconds < 60'000)
        return { show(decimals == 0 ? "ss[s]" : "ss[s]:SSS[ms]"), {}, {} };
    if (milliseconds < 3'600'000)
        return { show(decimals == 0 ? "mm[m]" : decimals == 1 ? "mm[m]:ss[s]" : "mm[m]:ss[s]:SSS[ms]"), {}, {} };
    const auto hours = shortestNumber(std::floor(milliseconds / 3'600'000)) + "h";
    if (decimals == 0)
        return { hours, {}, {} };
    return { hours + ":" + show(decimals == 1 ? "mm[m]" : decimals == 2 ? "mm[m]:ss[s]" : "mm[m]:ss[s]:SSS[ms]"), {}, {} };
}

FormattedValue booleanUnit(double value, std::string_view words)
{
    const auto slash = words.find('/');
    const bool truth = value != 0 && !std::isnan(value);
    const auto word = slash == std::string_view::npos ? (truth ? words : "-") : (truth ? words.substr(0, slash) : words.substr(slash + 1));
    return { std::string(word), {}, {} };
}

FormattedValue timeText(double value, std::string_view patterns, const FormatContext& context)
{
    if (!std::isfinite(value) || std::abs(value) > 8.64e15)
        return { "Invalid date", {}, {} };
    const auto timeMs = static_cast<std::int64_t>(value);
    const auto bar = patterns.find('|');
    if (bar == std::string_view::npos)
        return { formatTime(timeMs, context.zone, patterns), {}, {} };
    const bool today = formatTime(timeMs, context.zone, "YYYYMMDD") == formatTime(context.nowMs, context.zone, "YYYYMMDD");
    return { formatTime(timeMs, context.zone, today ? patterns.substr(bar + 1) : patterns.substr(0, bar)), {}, {} };
}

FormattedValue formatRow(const UnitRow& row, double value, Decimals decimals, const FormatContext& context)
{
    switch (row.kind) {
    case UnitKind::none:
        return fixed(value, decimals);
    case UnitKind::text:
        return { shortestNumber(value), {}, {} };
    case UnitKind::suffix:
        return fixed(value, decimals, " " + std::string(row.symbol));
    case UnitKind::shortCount: {
        auto [text, index] = scaled(value, decimals, 1000, kShortNames, 0);
        return { std::move(text), {}, index ? std::string(kShortNames[*index]) : std::string() };
    }
    case UnitKind::percent:
        return fixed(value, decimals, "%");
    case UnitKind::percentUnit:
        return fixed(100 * value, decimals, "%");
    case UnitKind::hex0x:
    case UnitKind::hex: {
        const double shown = std::isfinite(value) ? std::strtod(toFixed(value, decimals).c_str(), nullptr) : value;
        const std::string sign = shown < 0 ? "-" : "";
        return { sign + (row.kind == UnitKind::hex0x ? "0x" : "") + hexNumber(std::abs(shown)), {}, {} };
    }
    case UnitKind::scientific:
        return { exponentialNumber(value, decimals), {}, {} };
    case UnitKind::locale:
        return { groupedNumber(value, 0, decimals.value_or(3)), {}, {} };
    case UnitKind::si:
        return siUnit(value, decimals, row.symbol, row.offset);
    case UnitKind::binary:
        return scaledUnit(value, decimals, 1024, kBinaryPrefixes, row.offset, row.symbol);
    case UnitKind::count:
        return countUnit(value, decimals, row.symbol);
    case UnitKind::currency:
        return currencyUnit(value, decimals, row.symbol, false);
    case UnitKind::currencySuffix:
        return currencyUnit(value, decimals, row.symbol, true);
    case UnitKind::psi: {
        static constexpr std::array<std::string_view, 3> kNames { "psi", "ksi", "Mpsi" };
        auto [text, index] = scaled(value, decimals, 1000, kNames, 0);
        return { std::move(text), {}, index ? std::string(kNames[*index]) : std::string() };
    }
    case UnitKind::nanoseconds:
        return timeUnit(value, decimals, kNanoseconds);
    case UnitKind::microseconds:
        return timeUnit(value, decimals, kMicroseconds);
    case UnitKind::milliseconds:
        return timeUnit(value, decimals, kMilliseconds);
    case UnitKind::seconds:
        return secondsUnit(value, decimals);
    case UnitKind::minutes:
        return timeUnit(value, decimals, kMinutes);
    case UnitKind::hours:
        return timeUnit(value, decimals, kHours);
    case UnitKind::days:
        return timeUnit(value, decimals, kDays);
    case UnitKind::durationMs:
        return durationUnit(value, decimals, 1, "millisecond");
    case UnitKind::durationSeconds:
        return durationUnit(value, decimals, 1000, "second");
    case UnitKind::hms:
        return hmsUnit(value, false);
    case UnitKind::dhms:
        return hmsUnit(value, true);
    case UnitKind::timeticks:
        return secondsUnit(value / 100, decimals);
    case UnitKind::clockMs:
        return clockUnit(value, decimals);
    case UnitKind::clockSeconds:
        return clockUnit(value * 1000, decimals);
    case UnitKind::boolean:
        return booleanUnit(value, row.symbol);
    case UnitKind::dateTime:
        return timeText(value, row.symbol, context);
    case UnitKind::fromNow:
        if (!std::isfinite(value))
            return { "Invalid date", {}, {} };
        return { relativeTime(static_cast<std::int64_t>(value), context.nowMs), {}, {} };
    }
    return fixed(value, decimals);
}

/// `si:kW`: a leading prefix letter says which power the number already has.
FormattedValue customSi(double value, Decimals decimals, std::string_view symbol)
{
    for (std::size_t i = 0; i < kSiPrefixes.size(); ++i) {
        const auto prefix = kSiPrefixes[i];
        if (!prefix.empty() && symbol.starts_with(prefix))
            return siUnit(value, decimals, symbol.substr(prefix.size()), static_cast<int>(i) - kSiBase);
    }
    static constexpr std::string_view kGreekMu = "μ"; // U+03BC; the table has the micro sign U+00B5
    if (symbol.starts_with(kGreekMu))
        return siUnit(value, decimals, symbol.substr(kGreekMu.size()), -2);
    return siUnit(value, decimals, symbol, 0);
}

FormattedValue customUnit(std::string_view unit, double value, Decimals decimals, const FormatContext& context)
{
    const auto colon = unit.find(':');
    if (colon != std::string_view::npos && colon > 0) {
        const auto kind = unit.substr(0, colon);
        const auto rest = unit.substr(colon + 1);
        if (kind == "prefix")
            return { toFixed(value, decimals), std::string(rest), {} };
        if (kind == "suffix")
            return fixed(value, decimals, rest.empty() ? "" : " " + std::string(rest));
        if (kind == "time")
            return timeText(value, rest, context);
        if (kind == "si")
            return customSi(value, decimals, rest);
        if (kind == "count")
            return countUnit(value, decimals, rest);
        if (kind == "bool")
            return booleanUnit(value, rest);
        if (kind == "currency") {
            static constexpr std::string_view kFinancial = "financial:";
            if (!rest.starts_with(kFinancial))
                return currencyUnit(value, decimals, rest, false);
            const auto symbol = rest.substr(kFinancial.size());
            const auto place = symbol.find(':');
            return financialUnit(value, decimals, symbol.substr(0, place), place != std::string_view::npos && symbol.substr(place + 1) == "suffix");
        }
    }
    return fixed(value, decimals, unit.empty() ? "" : " " + std::string(unit));
}

}

FormattedValue formatUnit(std::string_view unit, double value, std::optional<int> decimals, const FormatContext& context)
{
    static const auto byId = [] {
        std::unordered_map<std::string_view, const UnitRow*> index;
        for (const auto& row : unitRows())
            index.emplace(row.info.id, &row);
        index.emplace("farenheit", index.at("fahrenheit")); // as old dashboards spell it
        return index;
    }();
    const auto found = byId.find(unit);
    return found != byId.end() ? formatRow(*found->second, value, decimals, context) : customUnit(unit, value, decimals, context);
}

}
