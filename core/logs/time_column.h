#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::logs {

/// Appends times as Rice-coded differences. Log times are close to a Poisson process seen with a nanosecond clock;
/// for their exponential gaps a Rice code is within some hundredths of a bit of the entropy, where bytes or bit packing
/// waste one to five bits an entry. Times need not be sorted.
void appendTimes(std::string& out, std::span<const std::int64_t> timesNs);

/// Reads `count` times. False if the bytes are malformed.
[[nodiscard]] bool readTimes(std::string_view bytes, std::size_t count, std::vector<std::int64_t>& timesNs);

}
