#pragma once

#include "core/model/labels.h"
#include "core/model/query_value.h"
#include "core/receive/http.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace belvedere::receive {

// The values of queries as Prometheus' API writes them, which Loki's shares for metrics.

/// `1748743200.125`, without decimals where there are none.
void appendSeconds(std::string& out, std::int64_t timeMs);
/// `{"name":"value",…}`.
void appendLabels(std::string& out, std::span<const model::Label> labels);
/// `[time,"value"]`.
void appendSample(std::string& out, std::int64_t timeMs, double value);
/// `{"metric":{…},"values":[…]}`.
void appendSeries(std::string& out, const model::Series& series);

/// The remarks of a value, warnings apart from infos, as Prometheus puts them beside `data`.
void appendRemarks(std::string& out, const model::QueryValue& value);

/// `"resultType":…,"result":…` of anything but streams.
void appendResult(std::string& out, const model::QueryValue& value);
/// The same, written to `writer` in pieces of bounded size; what is left is in `pending`.
void writeResult(BodyWriter& writer, std::string& pending, const model::QueryValue& value);
/// Samples that a value holds.
[[nodiscard]] std::size_t sampleCount(const model::QueryValue& value);

}
