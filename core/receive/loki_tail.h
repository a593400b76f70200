#pragma once

#include "core/base/task_pool.h"
#include "core/logql/engine.h"
#include "core/model/log_source.h"
#include "core/receive/loki_json.h"
#include "core/receive/web_socket.h"

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>

namespace belvedere::receive {

struct LokiTailRequest {
    std::string query;
    std::int64_t startNs = 0; ///< of the lines that are sent first
    std::int64_t nowNs = 0;
    std::size_t limit = 0; ///< how many of them at most, the newest
    LabelEncoding encoding = LabelEncoding::merged;
    std::stop_token stop = {}; ///< of the connection: ends the reading of the stored lines
};

/// A session of Loki's live tail: sends the newest stored lines, then what is committed until the client goes. Each
/// message is `{"streams": […]}`, oldest lines first; when lines had to be left out because the client reads too
/// slowly, it also has `"dropped": <count>` and, as Loki's own clients look for,
/// `"dropped_entries": [{"labels": {}, "timestamp": "<ns>"}]`.
///
/// The query has been checked to be a log query. `engine` answers from `source`; they and `pool` must outlive the
/// server.
[[nodiscard]] WebSocketSession lokiTail(
    LokiTailRequest request, const logql::Engine& engine, model::LogSource& source, TaskPool& pool);

}
