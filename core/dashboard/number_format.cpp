#include "core/dashboard/number_format.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace belvedere::dashboard {
namespace {

/// value = 0.d1d2d3… × 10^point; digits without trailing zeros, "0" for zero.
struct Decimal {
    bool negative = false;
    std::string digits;
    int point = 0;
};

Decimal shortest(double value)
{
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, std::abs(value), std::chars_format::scientific).ptr;
    const std::string text(buffer, end);
    const auto e = text.find('e');
    Decimal out { std::signbit(value), text.substr(0, 1), std::atoi(text.c_str() + e + 1) + 1 };
    if (e > 2)
        out.digits += text.substr(2, e - 2);
    while (out.digits.size() > 1 && out.digits.back() == '0')
        out.digits.pop_back();
    return out;
}

/// Rounds halves away from zero so that `decimals` digits stay behind the point.
void roundTo(Decimal& number, int decimals)
{
    const int keep = number.point + decimals;
    if (keep >= static_cast<int>(number.digits.size()))
        return;
    if (keep < 0) {
        number.digits = "0";
        number.point = 1;
        return;
    }
    const bool up = number.digits[static_cast<std::size_t>(keep)] >= '5';
    number.digits.resize(static_cast<std::size_t>(keep));
    if (up) {
        int i = keep - 1;
        while (i >= 0 && number.digits[static_cast<std::size_t>(i)] == '9')
            number.digits[static_cast<std::size_t>(i--)] = '0';
        if (i >= 0) {
            ++number.digits[static_cast<std::size_t>(i)];
        } else {
            number.digits.insert(number.digits.begin(), '1');
            ++number.point;
        }
    }
    if (number.digits.find_first_not_of('0') == std::string::npos) {
        number.digits = "0";
        number.point = 1;
    }
}

/// Integer digits and fraction digits, without sign.
std::pair<std::string, std::string> positional(const Decimal& number)
{
    const auto& digits = number.digits;
    if (number.point <= 0)
        return { "0", std::string(static_cast<std::size_t>(-number.point), '0') + (digits == "0" ? "" : digits) };
    const auto point = static_cast<std::size_t>(number.point);
    if (digits.size() <= point)
        return { digits + std::string(point - digits.size(), '0'), "" };
    return { digits.substr(0, point), digits.substr(point) };
}

std::string infinityText(double value)
{
    return value < 0 ? "-∞" : "∞";
}

double roundHalfUp(double value)
{
    const double down = std::floor(value);
    return value - down >= 0.5 ? down + 1 : down;
}

/// Two to three significant digits, none for whole numbers.
int decimalsFor(double value)
{
    if (value == 0 || std::fmod(value, 1) == 0)
        return 0;
    const int log10 = static_cast<int>(std::floor(std::log(std::abs(value)) / std::log(10.0)));
    int decimals = -log10 + 1;
    if (std::abs(value) / std::pow(10, -decimals) > 2.25)
        ++decimals;
    return std::max(0, decimals);
}

}

std::string shortestNumber(double value)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value < 0 ? "-Infinity" : "Infinity";
    if (value == 0)
        return "0";
    const auto number = shortest(value);
    std::string out = number.negative ? "-" : "";
    if (number.point > 21 || number.point < -5) {
        out += number.digits[0];
        if (number.digits.size() > 1)
            out += "." + number.digits.substr(1);
        const int exponent = number.point - 1;
        return out + "e" + (exponent < 0 ? "-" : "+") + std::to_string(std::abs(exponent));
    }
    const auto [whole, fraction] = positional(number);
    out += whole;
    return fraction.empty() ? out : out + "." + fraction;
}

std::string toFixed(double value, std::optional<int> decimals)
{
    if (std::isinf(value))
        return infinityText(value);
    const int wanted = decimals ? std::clamp(*decimals, 0, 100) : std::isnan(value) ? 0 : decimalsFor(value);
    if (value == 0)
        return wanted > 0 ? "0." + std::string(static_cast<std::size_t>(wanted), '0') : "0";
    const double factor = std::pow(10, wanted);
    auto text = shortestNumber(roundHalfUp(value * factor) / factor);
    if (text.find_first_of("eNI") != std::string::npos)
        return text;
    const auto point = text.find('.');
    const int have = point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
    if (have < wanted) {
        if (have == 0)
            text += '.';
        text.append(static_cast<std::size_t>(wanted - have), '0');
    }
    return text;
}

double roundDecimals(double value, int decimals)
{
    if (!std::isfinite(value) || std::fmod(value, 1) == 0)
        return value;
    auto number = shortest(value);
    roundTo(number, decimals);
    const auto [whole, fraction] = positional(number);
    return std::strtod(((number.negative ? "-" : "") + whole + "." + fraction).c_str(), nullptr);
}

int guessDecimals(double value)
{
    const auto text = shortestNumber(value);
    const auto point = text.find('.');
    return point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

std::string groupedNumber(double value, int minDecimals, int maxDecimals)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return infinityText(value);
    Decimal number = value == 0 ? Decimal { std::signbit(value), "0", 1 } : shortest(value);
    roundTo(number, maxDecimals);
    auto [whole, fraction] = positional(number);
    while (static_cast<int>(fraction.size()) > minDecimals && !fraction.empty() && fraction.back() == '0')
        fraction.pop_back();
    if (static_cast<int>(fraction.size()) < minDecimals)
        fraction.append(static_cast<std::size_t>(minDecimals) - fraction.size(), '0');
    for (auto i = static_cast<int>(whole.size()) - 3; i > 0; i -= 3)
        whole.insert(static_cast<std::size_t>(i), ",");
    return (number.negative ? "-" : "") + whole + (fraction.empty() ? "" : "." + fraction);
}

std::string exponentialNumber(double value, std::optional<int> decimals)
{
    if (!std::isfinite(value))
        return shortestNumber(value);
    Decimal number = value == 0 ? Decimal { false, "0", 1 } : shortest(value);
    if (decimals) {
        decimals = std::clamp(*decimals, 0, 100); // as JavaScript's toExponential() allows
        // The exact value decides, not its shortest text: print far more digits than asked for and round those.
        if (value != 0) {
            char buffer[400];
            std::snprintf(buffer, sizeof buffer, "%.*e", std::min(*decimals, 100) + 25, std::abs(value));
            const std::string text(buffer);
            const auto e = text.find('e');
            number.digits = text.substr(0, 1) + text.substr(2, e - 2);
        }
        const int point = number.point;
        number.point = 1;
        roundTo(number, *decimals);
        number.point += point - 1;
        number.digits.resize(static_cast<std::size_t>(*decimals) + 1, '0');
    }
    const int exponent = number.point - 1;
    std::string out = (number.negative ? "-" : "") + number.digits.substr(0, 1);
    if (number.digits.size() > 1)
        out += "." + number.digits.substr(1);
    return out + "e" + (exponent < 0 ? "-" : "+") + std::to_string(std::abs(exponent));
}

std::string hexNumber(double value)
{
    if (std::isnan(value))
        return "NAN";
    if (std::isinf(value))
        return value < 0 ? "-INFINITY" : "INFINITY";
    static constexpr char kDigits[] = "0123456789ABCDEF";
    const double magnitude = std::abs(value);
    double whole = std::floor(magnitude);
    double fraction = magnitude - whole;
    // Digits are produced until what is left is smaller than half the distance to the next double: the shortest text.
    double delta = std::max(0.5 * (std::nextafter(magnitude, std::numeric_limits<double>::infinity()) - magnitude), std::numeric_limits<double>::denorm_min());
    std::string after;
    while (fraction >= delta) {
        fraction *= 16;
        delta *= 16;
        const int digit = static_cast<int>(fraction);
        after += kDigits[digit];
        fraction -= digit;
        if ((fraction > 0.5 || (fraction == 0.5 && (digit & 1))) && fraction + delta > 1) {
            while (!after.empty() && after.back() == 'F')
                after.pop_back();
            if (after.empty())
                whole += 1;
            else
                after.back() = kDigits[(after.back() <= '9' ? after.back() - '0' : after.back() - 'A' + 10) + 1];
            break;
        }
    }
    std::string before;
    do {
        before += kDigits[static_cast<int>(std::fmod(whole, 16))];
        whole = std::floor(whole / 16);
    } while (whole > 0);
    std::ranges::reverse(before);
    return (value < 0 ? "-" : "") + before + (after.empty() ? "" : "." + after);
}

}
