#include "core/receive/loki_parameters.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/model/labels.h"
#include "core/receive/api_parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

// Loki takes times in three forms and tells two of them apart by how many digits there are; whatever a client of it sends must
// mean here what it means there.

namespace belvedere::receive {

namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr std::size_t kDefaultLimit = 100;
/// Some 73 years: sums and differences of two such times still fit in 64 bits.
constexpr std::int64_t kFarthestNs = 1LL << 61;

/// `count` units of `unitNs` nanoseconds, or the farthest that is calculated with.
std::int64_t inReach(std::int64_t count, std::int64_t unitNs)
{
    const auto most = kFarthestNs / unitNs;
    return std::clamp(count, -most, most) * unitNs;
}

std::unexpected<Error> bad(std::string message) { return failure(ErrorCode::invalidArgument, std::move(message)); }

}

Result<std::int64_t> lokiTime(std::string_view text)
{
    if (text.find('.') != std::string_view::npos) {
        if (const auto seconds = parseFloat(text); seconds && std::fabs(*seconds) < 9.2e9) {
            const double whole = std::trunc(*seconds);
            const double milliseconds = std::round((*seconds - whole) * 1000);
            return inReach(static_cast<std::int64_t>(whole), kSecondNs) + static_cast<std::int64_t>(milliseconds) * kMillisecondNs;
        }
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    constexpr std::size_t kMostSecondDigits = 10;
    if (error == std::errc() && end == text.data() + text.size())
        return inReach(number, text.size() <= kMostSecondDigits ? kSecondNs : 1);
    if (const auto time = parseRfc3339Ns(text))
        return inReach(*time, 1);
    return bad(formatted("cannot parse {} to a time; give Unix nanoseconds, Unix seconds or RFC 3339", goQuoted(text)));
}

Result<LokiBounds> lokiBounds(const Parameters& parameters, std::int64_t nowNs, std::int64_t sinceNs)
{
    LokiBounds range { .endNs = nowNs };
    if (const auto text = parameters.get("end"); !text.empty()) {
        const auto end = lokiTime(text);
        if (!end)
            return std::unexpected(end.error());
        range.endNs = *end;
    }
    if (const auto text = parameters.get("since"); !text.empty()) {
        const auto since = parseDurationMs(text);
        if (!since)
            return std::unexpected(since.error());
        sinceNs = inReach(*since, kMillisecondNs);
    }
    range.startNs = std::min(range.endNs, nowNs) - sinceNs;
    if (const auto text = parameters.get("start"); !text.empty()) {
        const auto start = lokiTime(text);
        if (!start)
            return std::unexpected(start.error());
        range.startNs = *start;
    }
    if (range.endNs < range.startNs)
        return bad("end timestamp must not be before or equal to start time");
    return range;
}

Result<std::int64_t> lokiStep(const Parameters& parameters, const LokiBounds& range)
{
    const auto text = parameters.get("step");
    if (text.empty()) {
        constexpr std::int64_t kDefaultPoints = 250;
        return std::max<std::int64_t>(1, (range.endNs - range.startNs) / kSecondNs / kDefaultPoints) * kSecondNs;
    }
    std::int64_t step = 0;
    if (const auto seconds = parseFloat(text); seconds && std::isfinite(*seconds) && std::fabs(*seconds) < 9e9)
        step = std::min(static_cast<std::int64_t>(*seconds * static_cast<double>(kSecondNs)), kFarthestNs);
    else if (const auto duration = parseDurationMs(text))
        step = inReach(*duration, kMillisecondNs);
    else
        return bad(formatted("cannot parse {} to a valid duration", goQuoted(text)));
    if (step <= 0)
        return bad("zero or negative query resolution step widths are not accepted. Try a positive integer");
    if ((range.endNs - range.startNs) / step > kMaxPointsPerSeries)
        return bad("exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter");
    return step;
}

Result<std::size_t> lokiLimit(const Parameters& parameters)
{
    const auto text = parameters.get("limit");
    if (text.empty())
        return kDefaultLimit;
    std::int64_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size())
        return bad(formatted("cannot parse {} to a limit", goQuoted(text)));
    if (limit <= 0)
        return bad("limit must be a positive value");
    return static_cast<std::size_t>(limit);
}

Result<logql::Direction> lokiDirection(const Parameters& parameters)
{
    const auto text = toLowerAscii(parameters.get("direction"));
    if (text.empty() || text == "backward")
        return logql::Direction::backward;
    if (text == "forward")
        return logql::Direction::forward;
    return bad(formatted("invalid direction '{}'", parameters.get("direction")));
}

LabelEncoding lokiEncoding(const Request& request)
{
    for (const auto flag : split(request.header("x-loki-response-encoding-flags"), ',')) {
        if (trim(flag) == "categorize-labels")
            return LabelEncoding::categorized;
    }
    return LabelEncoding::merged;
}

}
