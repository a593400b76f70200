#pragma once

#include <optional>
#include <string>

namespace belvedere::dashboard {

/// Numbers as Grafana's displays write them. It runs in a browser, so the rules are those of ECMAScript: the shortest digits
/// that read back as the same double, halves rounded away from zero.

/// ECMAScript's Number::toString: "0.1", "1e+21", "NaN".
[[nodiscard]] std::string shortestNumber(double value);

/// Fixed decimals; without a number of them, as many as show about three significant digits. Infinity is "∞".
[[nodiscard]] std::string toFixed(double value, std::optional<int> decimals = std::nullopt);

/// `value` with at most `decimals` decimals, halves away from zero as they stand in its shortest text: 1.005 gives 1.01.
[[nodiscard]] double roundDecimals(double value, int decimals);
/// How many decimals the shortest text has.
[[nodiscard]] int guessDecimals(double value);

/// With thousands separators: at least `minDecimals` and at most `maxDecimals` decimals.
[[nodiscard]] std::string groupedNumber(double value, int minDecimals = 0, int maxDecimals = 3);

/// "1.23e+4"; as many decimals as needed if none are given.
[[nodiscard]] std::string exponentialNumber(double value, std::optional<int> decimals = std::nullopt);
/// Upper-case hexadecimal, with a fraction where there is one: "9.FD70A3D70A3D8".
[[nodiscard]] std::string hexNumber(double value);

}
