#pragma once

#include "core/model/query_value.h"

#include <string>

namespace belvedere::receive {

/// How streams are written. `merged`: each line's structured metadata and parsed labels belong to its stream's labels, so
/// that lines with different ones are different streams. `categorized`: streams carry their own labels only, and each
/// line what else it has, which is what Grafana asks for.
enum class LabelEncoding { merged, categorized };

/// Appends `[{"stream":{…},"values":[["<ns>","line"],…]},…]`, sorted by labels; lines keep their order.
void appendStreams(std::string& out, const model::Streams& streams, LabelEncoding encoding);

}
