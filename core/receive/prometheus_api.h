#pragma once

#include "core/base/clock.h"
#include "core/model/metric_source.h"
#include "core/model/rule_status.h"
#include "core/model/target_status.h"
#include "core/promql/engine.h"
#include "core/receive/ignored_pushes.h"
#include "core/receive/router.h"
#include "core/receive/timed_stop.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace belvedere::receive {

/// What Prometheus' API answers from. Everything that is borrowed must outlive the API.
struct PrometheusServices {
    const model::MetricSource& source;
    model::MetricSink& sink;
    const promql::Engine& engine;
    const Clock& clock;
    Deadlines& deadlines;
    /// The newest values; never null.
    std::function<std::shared_ptr<const model::TargetList>()> targets;
    std::function<std::shared_ptr<const std::vector<model::RuleGroupStatus>>()> rules;
    std::string version;          ///< of Belvedere
    std::string retention;        ///< as written in the workspace, for status/runtimeinfo
    std::string workspaceFolder;
    std::chrono::milliseconds queryTimeout { 120'000 }; ///< most that a request may ask for
};

/// Prometheus' HTTP API, /api/v1/…, with the shapes and errors of Prometheus 3, so that Grafana and scripts need no change.
///
/// Queries run on the connection's handler thread and use the engine's pool; they end when the client hangs up.
/// Threading: handlers are called from any thread.
class PrometheusApi {
public:
    explicit PrometheusApi(PrometheusServices services);
    ~PrometheusApi();

    PrometheusApi(const PrometheusApi&) = delete;
    PrometheusApi& operator=(const PrometheusApi&) = delete;

    /// The API must outlive every server that uses `router`.
    void addRoutes(Router& router);

    [[nodiscard]] IgnoredPushes ignored() const;

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}
