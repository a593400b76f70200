#pragma once

#include "core/base/result.h"
#include "core/model/metric_source.h"
#include "core/tsdb/bytes.h"

#include <string>

/// What a metric is, as it is stored; see docs/format/metrics.md.
namespace belvedere::tsdb {

[[nodiscard]] inline std::string encodeMetadata(const model::MetricMetadata& metadata)
{
    std::string out;
    putText(out, metadata.metric);
    putText(out, metadata.type);
    putText(out, metadata.help);
    putText(out, metadata.unit);
    return out;
}

/// Any bytes are safe to pass.
[[nodiscard]] inline Result<model::MetricMetadata> decodeMetadata(Bytes bytes)
{
    Reader in(bytes);
    model::MetricMetadata metadata;
    metadata.metric = in.text();
    metadata.type = in.text();
    metadata.help = in.text();
    metadata.unit = in.text();
    if (in.failed())
        return failure(ErrorCode::corrupt, "stored metadata is damaged");
    return metadata;
}

}
