#include "core/base/format.h"
#include "core/logql/quick_float.h"
#include "core/logql/template/arguments.h"
#include "core/logql/template/groups.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

// Arithmetic on anything that looks like a number. Labels are text, so every function converts first; what does not convert
// counts as 0. Integers wrap around as Go's do; the functions that end in f calculate in decimal.

namespace belvedere::logql {

namespace {

using gotemplate::Call;
using gotemplate::Functions;
using gotemplate::Value;

/// Numbers out of anything, as the sprig functions make them: what does not convert is 0.
std::int64_t looseInteger(const Value& value)
{
    if (value.integer())
        return *value.integer();
    if (value.number())
        return std::fabs(*value.number()) < 9.2e18 ? static_cast<std::int64_t>(*value.number()) : 0;
    if (value.boolean())
        return *value.boolean() ? 1 : 0;
    if (value.string()) {
        std::string_view text = *value.string();
        if (const auto dot = text.find('.'); dot != std::string_view::npos && dot + 1 < text.size() && text.find_first_not_of('0', dot + 1) == std::string_view::npos)
            text = text.substr(0, dot);
        const bool negative = text.starts_with('-');
        if (negative || text.starts_with('+'))
            text.remove_prefix(1);
        int base = 10;
        if (text.size() > 1 && text[0] == '0') {
            const char c = static_cast<char>(text[1] | 32);
            base = c == 'x' ? 16 : c == 'b' ? 2 : 8;
            text.remove_prefix(c == 'x' || c == 'b' || c == 'o' ? 2 : 1);
        }
        std::int64_t out = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
        if (error == std::errc() && end == text.data() + text.size() && !text.empty())
            return negative ? -out : out;
    }
    return 0;
}

double looseNumber(const Value& value)
{
    if (value.number())
        return *value.number();
    if (value.integer())
        return static_cast<double>(*value.integer());
    if (value.boolean())
        return *value.boolean() ? 1 : 0;
    if (value.string())
        return quickFloat(*value.string()).value_or(0);
    return 0;
}

/// The decimal number that is printed, not the binary one that is stored: 0.1 + 0.2 is 0.3.
long double decimal(const Value& value)
{
    std::array<char, 64> buffer;
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), looseNumber(value));
    long double out = 0;
    std::from_chars(buffer.data(), end, out);
    return out;
}

template <class Operation>
gotemplate::Function decimalFunction(Operation operation)
{
    return [operation](const Call& call) -> Answer {
        if (call.arguments.empty())
            return templateFailure(formatted("wrong number of args for {}: want at least 1 got 0", call.name));
        auto total = decimal(call.arguments[0]);
        for (const auto& argument : call.arguments.subspan(1))
            total = operation(total, decimal(argument));
        if (std::isnan(total) || std::isinf(total))
            return templateFailure(formatted("decimal division by 0"));
        return Value(static_cast<double>(total));
    };
}

template <class Operation>
gotemplate::Function integerFunction(Operation operation)
{
    return [operation](const Call& call) -> Answer {
        if (call.arguments.empty())
            return templateFailure(formatted("wrong number of args for {}: want at least 1 got 0", call.name));
        auto total = looseInteger(call.arguments[0]);
        for (const auto& argument : call.arguments.subspan(1)) {
            auto next = operation(total, looseInteger(argument));
            if (!next)
                return std::unexpected(next.error());
            total = *next;
        }
        return Value(total);
    };
}

/// Of two integers, without overflow's undefined behaviour.
std::int64_t wrapped(std::uint64_t value) { return static_cast<std::int64_t>(value); }

template <class Choose>
gotemplate::Function extremum(Choose choose)
{
    return [choose](const Call& call) -> Answer {
        if (call.arguments.empty())
            return templateFailure(formatted("wrong number of args for {}: want at least 1 got 0", call.name));
        double out = looseNumber(call.arguments[0]);
        for (const auto& argument : call.arguments)
            out = choose(out, looseNumber(argument));
        return Value(out);
    };
}

/// round: value, decimals and, if given, from which fraction on it goes up.
Answer rounded(const Call& call)
{
    if (call.arguments.size() < 2 || call.arguments.size() > 3)
        return templateFailure(formatted("wrong number of args for round: want at least 2 got {}", call.arguments.size()));
    const double value = looseNumber(call.arguments[0]);
    const auto places = call.integerAt(1);
    if (!places)
        return std::unexpected(places.error());
    const double up = call.arguments.size() == 3 ? looseNumber(call.arguments[2]) : 0.5;
    const double power = std::pow(10, static_cast<double>(*places));
    const double scaled = value * power;
    double whole = 0;
    const double fraction = std::modf(scaled, &whole);
    return Value((fraction >= up ? std::ceil(scaled) : std::floor(scaled)) / power);
}

}

void addNumberFunctions(Functions& out)
{
    out["int"] = ofAnything([](const Value& value) -> Answer { return Value(looseInteger(value)); });
    out["float64"] = ofAnything([](const Value& value) -> Answer { return Value(looseNumber(value)); });
    using Integer = Result<std::int64_t>;
    out["add"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer { return wrapped(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b)); });
    out["sub"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer { return wrapped(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b)); });
    out["mul"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer { return wrapped(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b)); });
    out["div"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer {
        if (b == 0)
            return templateFailure("runtime error: integer divide by zero");
        return b == -1 ? wrapped(0 - static_cast<std::uint64_t>(a)) : a / b;
    });
    out["mod"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer {
        if (b == 0)
            return templateFailure("runtime error: integer divide by zero");
        return b == -1 ? 0 : a % b;
    });
    out["addf"] = decimalFunction([](long double a, long double b) { return a + b; });
    out["subf"] = decimalFunction([](long double a, long double b) { return a - b; });
    out["mulf"] = decimalFunction([](long double a, long double b) { return a * b; });
    out["divf"] = decimalFunction([](long double a, long double b) {
        // Sixteen decimals, as the decimal type of the original has.
        const auto quotient = a / b;
        return std::fabs(quotient) < 100 ? std::roundl(quotient * 1e16L) / 1e16L : quotient;
    });
    out["maxf"] = extremum([](double a, double b) { return std::max(a, b); });
    out["minf"] = extremum([](double a, double b) { return std::min(a, b); });
    out["max"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer { return std::max(a, b); });
    out["min"] = integerFunction([](std::int64_t a, std::int64_t b) -> Integer { return std::min(a, b); });
    out["ceil"] = ofAnything([](const Value& value) -> Answer { return Value(std::ceil(looseNumber(value))); });
    out["floor"] = ofAnything([](const Value& value) -> Answer { return Value(std::floor(looseNumber(value))); });
    out["round"] = rounded;
}

}
