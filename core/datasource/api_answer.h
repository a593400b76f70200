#pragma once

#include "core/base/result.h"
#include "core/datasource/http_client.h"
#include "core/model/metric_source.h"
#include "core/model/query_value.h"

#include <string>
#include <string_view>
#include <vector>

/// Reading of what Prometheus' and Loki's HTTP APIs answer. VictoriaMetrics and Mimir answer the same.
///
/// Errors: what the server refused, with the place in `query` when its message names one; corrupt when the body is not
/// what the API promises.
namespace belvedere::datasource {

[[nodiscard]] Result<model::QueryValue> readQueryAnswer(const HttpAnswer& answer, std::string_view query);
/// Labels and label values; absent data (Loki leaves it out) is an empty list.
[[nodiscard]] Result<std::vector<std::string>> readStringsAnswer(const HttpAnswer& answer);
[[nodiscard]] Result<std::vector<model::LabelsRef>> readSeriesAnswer(const HttpAnswer& answer);
[[nodiscard]] Result<std::vector<model::MetricMetadata>> readMetadataAnswer(const HttpAnswer& answer);

}
