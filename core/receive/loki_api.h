#pragma once

#include "core/base/clock.h"
#include "core/base/task_pool.h"
#include "core/logql/engine.h"
#include "core/model/log_source.h"
#include "core/receive/router.h"
#include "core/receive/timed_stop.h"

#include <chrono>
#include <memory>
#include <string>

namespace belvedere::receive {

/// What Loki's API answers from. Everything that is borrowed must outlive the API.
struct LokiServices {
    model::LogSource& source;
    model::LogSink& sink;
    const logql::Engine& engine;
    const Clock& clock;
    Deadlines& deadlines;
    TaskPool& pool; ///< for the queries of live tails
    std::string version; ///< of Belvedere
    std::chrono::milliseconds queryTimeout { 120'000 };
};

/// Loki's HTTP API, /loki/api/v1/…, with the parameters, shapes and errors of Loki 3: queries in both encodings of labels,
/// labels, series, volumes, pushes in JSON and protobuf, and the live tail over WebSocket.
/// Threading: handlers are called from any thread.
class LokiApi {
public:
    explicit LokiApi(LokiServices services);
    ~LokiApi();

    LokiApi(const LokiApi&) = delete;
    LokiApi& operator=(const LokiApi&) = delete;

    /// The API must outlive every server that uses `router`.
    void addRoutes(Router& router);

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}
