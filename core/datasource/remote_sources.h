#pragma once

#include "core/datasource/data_source.h"
#include "core/datasource/http_client.h"

#include <memory>

namespace belvedere::datasource {

/// A Prometheus, VictoriaMetrics or Mimir over its HTTP API. `info.url` is set from `options`.
[[nodiscard]] std::shared_ptr<const DataSource> makeRemotePrometheus(Info info, RemoteOptions options);

/// A Loki over its HTTP API. Its live tail asks for new lines once a second, which works through every proxy.
[[nodiscard]] std::shared_ptr<const DataSource> makeRemoteLoki(Info info, RemoteOptions options);

}
