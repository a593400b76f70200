#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/base/result.h"
#include "core/base/task_pool.h"
#include "core/logql/engine.h"
#include "core/logs/store.h"
#include "core/model/rule_status.h"
#include "core/model/target_status.h"
#include "core/promql/engine.h"
#include "core/receive/http_server.h"
#include "core/receive/loki_api.h"
#include "core/receive/prometheus_api.h"
#include "core/receive/self_metrics.h"
#include "core/receive/timed_stop.h"
#include "core/tsdb/store.h"
#include "core/workspace/configuration.h"

#include <QObject>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace belvedere::app {

/// What the API answers from. All of it must outlive the server; the functions are called on the server's threads.
struct ApiParts {
    tsdb::Store& metrics;
    logs::Store& logs;
    const promql::Engine& promql;
    const logql::Engine& logql;
    TaskPool& pool;
    const Clock& clock;
    Logger& logger;
    std::filesystem::path workspaceFolder;
    std::function<std::shared_ptr<const model::TargetList>()> targets;
    std::function<std::shared_ptr<const std::vector<model::RuleGroupStatus>>()> rules;
    std::function<void(receive::MetricsText&)> appendMetrics; ///< what stands under /metrics
    std::function<bool()> ready;
    std::function<Result<void>()> reload; ///< called in the thread that made the server
};

/// Prometheus' and Loki's API at one address, with health, /metrics and /-/reload.
///
/// Threading: made, started, stopped and destroyed in one thread with an event loop; the rest from any.
class ApiServer {
public:
    /// Of `configuration` it takes the address, and the retention that the API tells of.
    ApiServer(const workspace::Configuration& configuration, ApiParts parts);

    [[nodiscard]] Result<void> start();
    /// Lets running requests finish, and answers no more.
    void stop();

    /// Where this machine reaches it: "127.0.0.1:9797".
    [[nodiscard]] std::string address() const;
    [[nodiscard]] receive::ServerCounters counters() const { return m_server->counters(); }
    [[nodiscard]] receive::IgnoredPushes ignored() const { return m_prometheus.ignored(); }

private:
    [[nodiscard]] receive::Response reload(const receive::Request& request);

    const ApiParts m_parts;
    const workspace::Listen m_listen;
    QObject m_home; ///< lives in the thread that made this
    receive::Deadlines m_deadlines;
    receive::PrometheusApi m_prometheus;
    receive::LokiApi m_loki;
    receive::Router m_router;
    std::unique_ptr<receive::HttpServer> m_server; ///< null once it has stopped
};

}
