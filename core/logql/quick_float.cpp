#include "core/logql/quick_float.h"

#include "core/base/text.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace belvedere::logql {

std::optional<double> quickFloat(std::string_view text)
{
    // Up to fifteen digits and a power of ten are exact, and so is their quotient (Clinger, 1990).
    static constexpr double kPowers[] { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
    if (!text.empty() && text.size() <= 16) {
        const bool negative = text.front() == '-';
        std::size_t i = negative ? 1 : 0;
        std::uint64_t digits = 0;
        std::size_t count = 0;
        std::size_t decimals = 0;
        bool point = false;
        for (; i < text.size(); ++i) {
            const char c = text[i];
            if (c >= '0' && c <= '9') {
                digits = digits * 10 + static_cast<std::uint64_t>(c - '0');
                ++count;
                decimals += point ? 1 : 0;
            } else if (c == '.' && !point) {
                point = true;
            } else {
                break;
            }
        }
        if (i == text.size() && count > 0 && count <= 15) {
            const double value = static_cast<double>(digits) / kPowers[decimals];
            return negative ? -value : value;
        }
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value))
        return value;
    const auto slow = parseFloat(text);
    return slow ? std::optional(*slow) : std::nullopt;
}

}
