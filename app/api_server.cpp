#include "app/api_server.h"

#include "app/version.h"
#include "core/base/format.h"

#include <QMetaObject>

#include <chrono>
#include <future>
#include <utility>

namespace belvedere::app {

namespace {

receive::ServerOptions serverOptions(const workspace::Listen& listen)
{
    receive::ServerOptions options;
    options.address = listen.address;
    options.port = listen.port;
    options.token = listen.token;
    return options;
}

}

ApiServer::ApiServer(const workspace::Configuration& configuration, ApiParts parts)
    : m_parts(std::move(parts))
    , m_listen(configuration.listen)
    , m_prometheus(receive::PrometheusServices {
          .source = m_parts.metrics,
          .sink = m_parts.metrics,
          .engine = m_parts.promql,
          .clock = m_parts.clock,
          .deadlines = m_deadlines,
          .targets = m_parts.targets,
          .rules = m_parts.rules,
          .version = kVersion,
          .retention = configuration.metricsRetention.timeMs == 0 ? std::string("unlimited") : formatted("{}h", configuration.metricsRetention.timeMs / 3'600'000),
          .workspaceFolder = m_parts.workspaceFolder.string(),
      })
    , m_loki(receive::LokiServices { .source = m_parts.logs, .sink = m_parts.logs, .engine = m_parts.logql, .clock = m_parts.clock, .deadlines = m_deadlines, .pool = m_parts.pool, .version = kVersion })
{
    m_prometheus.addRoutes(m_router);
    m_loki.addRoutes(m_router);
    receive::addMetricsRoute(m_router, m_parts.appendMetrics);
    receive::addHealthRoutes(m_router, m_parts.ready);
    m_router.post("/-/reload", [this](const receive::Request& request) { return reload(request); }, 0);
    m_server = std::make_unique<receive::HttpServer>(m_router, m_parts.logger, serverOptions(m_listen));
}

Result<void> ApiServer::start() { return m_server->start(); }

void ApiServer::stop()
{
    if (m_server)
        m_server->stop();
    m_server.reset();
}

receive::Response ApiServer::reload(const receive::Request& request)
{
    // Collectors belong to the thread that the session was opened in. When that thread stops the server it waits for
    // this handler, so the handler must not wait for it then.
    const auto reloaded = std::make_shared<std::promise<Result<void>>>();
    auto done = reloaded->get_future();
    QMetaObject::invokeMethod(&m_home, [this, reloaded] { reloaded->set_value(m_parts.reload()); }, Qt::QueuedConnection);
    while (done.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) {
        if (request.stop.stop_requested())
            return receive::textResponse(503, "the server stops");
    }
    const auto result = done.get();
    return result ? receive::textResponse(200, {}) : receive::textResponse(400, result.error().message);
}

std::string ApiServer::address() const
{
    const bool any = m_listen.address == "0.0.0.0" || m_listen.address == "::";
    const bool bracketed = !any && m_listen.address.find(':') != std::string::npos;
    return formatted("{}:{}", any ? "127.0.0.1" : bracketed ? "[" + m_listen.address + "]" : m_listen.address, m_server->port());
}

}
