#include "core/base/format.h"
#include "core/base/go_time.h"
#include "core/logql/template/arguments.h"
#include "core/logql/template/groups.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

// Times in templates, all UTC. They are kept as Go keeps them, in seconds and nanoseconds apart, since its zero time, which
// stands for text that is no time, lies outside of what nanoseconds can count.

namespace belvedere::logql {

namespace {

using gotemplate::Call;
using gotemplate::Functions;
using gotemplate::Value;

constexpr std::int64_t kSecondNs = 1'000'000'000;

class TimeObject final : public gotemplate::Object {
public:
    /// Go's zero time, which is what text becomes that is no time.
    TimeObject()
        : seconds(-62'135'596'800)
    {
    }
    /// `unix` since 1970 in units of which `perSecond` make a second.
    TimeObject(std::int64_t unix, std::int64_t perSecond)
        : seconds(unix / perSecond - (unix % perSecond < 0 ? 1 : 0))
        , nanoseconds((unix % perSecond + (unix % perSecond < 0 ? perSecond : 0)) * (kSecondNs / perSecond))
    {
    }
    Answer member(std::string_view name, std::span<const Value> arguments) const override
    {
        if (name == "Format" && arguments.size() == 1 && arguments[0].string()) {
            auto out = formatGoTimeParts(*arguments[0].string(), seconds, nanoseconds);
            return out ? Answer(Value(std::move(*out))) : templateFailure(out.error().message);
        }
        if (name == "Unix")
            return Value(seconds);
        if (name == "UnixMilli")
            return Value(unix(1'000));
        if (name == "UnixNano")
            return Value(unix(kSecondNs));
        return templateFailure(formatted("can't evaluate field {} in type time.Time", name));
    }
    std::string text() const override { return formatGoTimeParts("2006-01-02 15:04:05.999999999 -0700 MST", seconds, nanoseconds).value_or(std::string()); }

    /// Since 1970 in units of which `perSecond` make a second; wraps around as Go's integers do.
    std::int64_t unix(std::int64_t perSecond) const
    {
        const auto rest = nanoseconds / (kSecondNs / perSecond);
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(seconds) * static_cast<std::uint64_t>(perSecond) + static_cast<std::uint64_t>(rest));
    }

    const std::int64_t seconds;
    const std::int64_t nanoseconds = 0;
};

template <class... Arguments>
Value makeTime(Arguments... arguments)
{
    return Value(std::static_pointer_cast<const gotemplate::Object>(std::make_shared<const TimeObject>(arguments...)));
}

Value timeOrZero(const Result<std::int64_t>& unixNs) { return unixNs ? timeValue(*unixNs) : makeTime(); }

Result<const TimeObject*> timeAt(const Call& call, std::size_t index)
{
    if (index < call.arguments.size()) {
        if (const auto* time = dynamic_cast<const TimeObject*>(call.arguments[index].object()))
            return time;
        return templateFailure(formatted("wrong type for value; expected time.Time; got {}", call.arguments[index].typeName()));
    }
    return templateFailure(formatted("wrong number of args for {}: want {} got {}", call.name, index + 1, call.arguments.size()));
}

Answer unixToTime(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return templateFailure(formatted("unable to parse time '{}'", text));
    // How many digits there are tells the unit.
    switch (text.size()) {
    case 5: return makeTime(value * 86'400, 1);
    case 10: return makeTime(value, 1);
    case 13: return makeTime(value, 1'000);
    case 16: return makeTime(value, 1'000'000);
    case 19: return makeTime(value, kSecondNs);
    default: return templateFailure(formatted("unable to parse time '{}'", text));
    }
}

Answer date(const Call& call)
{
    if (auto ok = call.expect(2); !ok)
        return std::unexpected(ok.error());
    const auto layout = call.stringAt(0);
    if (!layout)
        return std::unexpected(layout.error());
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    if (call.arguments[1].integer()) {
        seconds = std::clamp<std::int64_t>(*call.arguments[1].integer(), -100'000'000'000, 100'000'000'000);
    } else if (const auto time = timeAt(call, 1)) {
        seconds = (*time)->seconds;
        nanoseconds = (*time)->nanoseconds;
    } else {
        return std::unexpected(time.error());
    }
    auto out = formatGoTimeParts(*layout, seconds, nanoseconds);
    if (!out)
        return templateFailure(out.error().message);
    return Value(std::move(*out));
}

}

gotemplate::Value timeValue(std::int64_t unixNs) { return makeTime(unixNs, kSecondNs); }

void addTimeFunctions(Functions& out)
{
    out["now"] = [](const Call&) -> Answer {
        using namespace std::chrono;
        return timeValue(duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count());
    };
    out["date"] = date;
    out["toDate"] = ofStrings<2>([](std::string_view layout, std::string_view text) -> Answer { return timeOrZero(parseGoTime(layout, text)); });
    out["toDateInZone"] = ofStrings<3>([](std::string_view layout, std::string_view zone, std::string_view text) -> Answer { return timeOrZero(parseGoTime(layout, text, zone)); });
    out["unixToTime"] = ofStrings<1>(unixToTime);
    const auto epoch = [](std::int64_t perSecond) {
        return [perSecond](const Call& call) -> Answer {
            const auto time = timeAt(call, 0);
            if (!time)
                return std::unexpected(time.error());
            return Value(std::to_string((*time)->unix(perSecond)));
        };
    };
    out["unixEpoch"] = epoch(1);
    out["unixEpochMillis"] = epoch(1'000);
    out["unixEpochNanos"] = epoch(kSecondNs);
}

}
