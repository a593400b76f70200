#include "core/receive/api_parameters.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

// How Prometheus' API spells times, durations and names in a request. Clients depend on details: fractions of seconds, RFC
// 3339 with any zone, the two times that Go's client sends for "always", and the wording of errors.

namespace belvedere::receive {

namespace {

std::unexpected<Error> badParameter(std::string_view name, std::string_view why)
{
    return failure(ErrorCode::invalidArgument, formatted("invalid parameter \"{}\": {}", name, why));
}

Result<std::int64_t> parseTimeParameter(std::string_view name, std::string_view text)
{
    // What Prometheus' own client sends for the ends of time.
    if (text == "-292273086-05-16T16:47:06Z")
        return kAllTime.fromMs;
    if (text == "292277025-08-18T07:12:54.999999999Z")
        return kAllTime.toMs;
    const auto time = parseTimeMs(text);
    if (!time)
        return badParameter(name, formatted("cannot parse {} to a valid timestamp", goQuoted(text)));
    return std::clamp(*time, kAllTime.fromMs, kAllTime.toMs);
}

}

Result<std::int64_t> timeParameter(const Parameters& parameters, std::string_view name, std::int64_t fallbackMs)
{
    const auto text = parameters.get(name);
    return text.empty() ? Result<std::int64_t>(fallbackMs) : parseTimeParameter(name, text);
}

Result<std::int64_t> requiredTimeParameter(const Parameters& parameters, std::string_view name)
{
    return parseTimeParameter(name, parameters.get(name));
}

Result<std::int64_t> durationParameter(const Parameters& parameters, std::string_view name)
{
    const auto text = parameters.get(name);
    if (const auto seconds = parseFloat(text)) {
        constexpr double kMostMs = 9.2e15;
        if (!std::isfinite(*seconds) || std::fabs(*seconds * 1000) > kMostMs)
            return badParameter(name, formatted("cannot parse {} to a valid duration. It overflows int64", goQuoted(text)));
        return static_cast<std::int64_t>(*seconds * 1000);
    }
    if (const auto duration = parseDurationMs(text))
        return *duration;
    return badParameter(name, formatted("cannot parse {} to a valid duration", goQuoted(text)));
}

Result<std::size_t> limitParameter(const Parameters& parameters, std::string_view name)
{
    const auto text = parameters.get(name);
    if (text.empty())
        return 0;
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size() || limit > static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max()))
        return badParameter(name, formatted("cannot parse {} to a limit; give a whole number that is not negative", goQuoted(text)));
    return limit;
}

std::string unescapedName(std::string_view name)
{
    constexpr std::string_view kPrefix = "U__";
    const std::string original(name);
    if (!name.starts_with(kPrefix))
        return original;
    name.remove_prefix(kPrefix.size());
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] != '_') {
            out += name[i];
            continue;
        }
        const auto end = name.find('_', i + 1);
        if (end == std::string_view::npos)
            return original;
        const auto code = name.substr(i + 1, end - i - 1);
        i = end;
        if (code.empty()) {
            out += '_';
            continue;
        }
        constexpr std::size_t kMostDigits = 6;
        constexpr std::uint32_t kLastCodePoint = 0x10ffff;
        std::uint32_t value = 0;
        const auto [stop, error] = std::from_chars(code.data(), code.data() + code.size(), value, 16);
        if (code.size() > kMostDigits || error != std::errc() || stop != code.data() + code.size() || value > kLastCodePoint)
            return original;
        appendUtf8(out, value);
    }
    return out;
}

}
