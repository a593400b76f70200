#include "app/data_sources.h"

#include "app/workspace_folder.h"
#include "core/base/format.h"
#include "core/datasource/embedded_sources.h"
#include "core/datasource/remote_sources.h"
#include "core/logs/store.h"
#include "core/tsdb/store.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace belvedere::app {

std::shared_ptr<const datasource::Registry> makeRegistry(const workspace::Configuration& configuration, const EmbeddedParts& embedded)
{
    std::vector<std::shared_ptr<const datasource::DataSource>> sources;
    const auto remoteDefault = [&](std::string_view type) {
        return std::ranges::any_of(configuration.dataSources, [&](const workspace::RemoteSource& source) { return source.isDefault && source.type == type; });
    };
    if (embedded.metrics)
        sources.push_back(datasource::makeEmbeddedMetrics({ .uid = "belvedere-metrics", .name = "Belvedere metrics", .type = "prometheus", .url = {}, .embedded = true,
                                                             .isDefault = !remoteDefault("prometheus"), .scrapeIntervalMs = configuration.scrapeIntervalMs },
            *embedded.promql, *embedded.metrics));
    if (embedded.logs)
        sources.push_back(datasource::makeEmbeddedLogs({ .uid = "belvedere-logs", .name = "Belvedere logs", .type = "loki", .url = {}, .embedded = true, .isDefault = !remoteDefault("loki") },
            *embedded.logql, *embedded.logs, embedded.pool));
    for (const auto& remote : configuration.dataSources) {
        const datasource::Info info { .uid = remote.uid, .name = remote.name, .type = remote.type, .url = remote.url, .embedded = false, .isDefault = remote.isDefault,
            .scrapeIntervalMs = remote.scrapeIntervalMs };
        datasource::RemoteOptions options;
        options.url = remote.url;
        options.user = remote.basicUser;
        options.password = remote.basicPassword;
        sources.push_back(remote.type == "loki" ? datasource::makeRemoteLoki(info, options) : datasource::makeRemotePrometheus(info, options));
    }
    return std::make_shared<const datasource::Registry>(std::move(sources));
}

std::shared_ptr<const datasource::Registry> makeRegistry(const std::string& url)
{
    return std::make_shared<const datasource::Registry>(std::vector<std::shared_ptr<const datasource::DataSource>> {
        datasource::makeRemotePrometheus({ .uid = "metrics", .name = "metrics", .type = "prometheus", .url = url, .isDefault = true }, { .url = url }),
        datasource::makeRemoteLoki({ .uid = "logs", .name = "logs", .type = "loki", .url = url, .isDefault = true }, { .url = url }) });
}

StoredSources::StoredSources() = default;
StoredSources::~StoredSources() = default;

Result<std::unique_ptr<StoredSources>> StoredSources::open(const std::filesystem::path& folder, const Clock& clock, Logger& logger)
{
    std::unique_ptr<StoredSources> made(new StoredSources);
    tsdb::StoreOptions metricsOptions;
    metricsOptions.readOnly = true;
    auto metrics = tsdb::Store::open(metricsFolder(folder), metricsOptions, clock, logger);
    logs::StoreOptions logsOptions;
    logsOptions.readOnly = true;
    auto logs = logs::Store::open(logsFolder(folder), logsOptions, clock, logger);
    if (!metrics && (metrics.error().code != ErrorCode::notFound || !logs))
        return withContext(metrics.error(), formatted("cannot open the metrics of '{}'", folder.string()));
    if (!logs && logs.error().code != ErrorCode::notFound)
        return withContext(logs.error(), formatted("cannot open the logs of '{}'", folder.string()));

    workspace::Configuration configuration;
    if (const auto file = folder / "workspace.yml"; std::filesystem::exists(file)) {
        auto parsed = workspace::loadConfiguration(file);
        if (parsed)
            configuration = std::move(parsed->configuration);
        for (const auto& fault : parsed ? workspace::Faults() : parsed.error())
            logger.log(Logger::Level::warning, "workspace", fault);
    }
    EmbeddedParts parts { .pool = made->m_pool };
    if (metrics) {
        made->m_metrics = std::move(*metrics);
        made->m_promql = std::make_unique<promql::Engine>(*made->m_metrics, made->m_pool, promql::EngineOptions());
        parts.metrics = made->m_metrics.get();
        parts.promql = made->m_promql.get();
    }
    if (logs) {
        made->m_logs = std::move(*logs);
        made->m_logql = std::make_unique<logql::Engine>(*made->m_logs, made->m_pool, logql::EngineOptions());
        parts.logs = made->m_logs.get();
        parts.logql = made->m_logql.get();
    }
    made->m_registry = makeRegistry(configuration, parts);
    return made;
}

}
