#pragma once

#include "core/base/result.h"
#include "core/logql/engine.h"
#include "core/receive/http.h"
#include "core/receive/loki_json.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace belvedere::receive {

// How Loki's API spells what a request is about. All times are Unix nanoseconds; beyond what can be calculated with they are
// the farthest that can.

/// Nanoseconds, or seconds when there are at most ten digits or a decimal point, or RFC 3339.
[[nodiscard]] Result<std::int64_t> lokiTime(std::string_view text);

/// The range of a request: `start` and `end`, or `since` back from now.
struct LokiBounds {
    std::int64_t startNs = 0;
    std::int64_t endNs = 0;
};
/// `sinceNs` is how far back a request looks that does not say.
[[nodiscard]] Result<LokiBounds> lokiBounds(const Parameters& parameters, std::int64_t nowNs, std::int64_t sinceNs);
/// Nanoseconds between points; for a request that does not say some 250 points of whole seconds.
[[nodiscard]] Result<std::int64_t> lokiStep(const Parameters& parameters, const LokiBounds& range);
/// At least 1; 100 for a request that does not say.
[[nodiscard]] Result<std::size_t> lokiLimit(const Parameters& parameters);
[[nodiscard]] Result<logql::Direction> lokiDirection(const Parameters& parameters);
[[nodiscard]] LabelEncoding lokiEncoding(const Request& request);

}
