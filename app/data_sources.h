#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/base/result.h"
#include "core/base/task_pool.h"
#include "core/datasource/data_source.h"
#include "core/logql/engine.h"
#include "core/model/log_source.h"
#include "core/model/metric_source.h"
#include "core/promql/engine.h"
#include "core/workspace/configuration.h"

#include <filesystem>
#include <memory>
#include <string>

namespace belvedere::logs {
class Store;
}
namespace belvedere::tsdb {
class Store;
}

namespace belvedere::app {

/// What the embedded sources are made of; a store that is not there is null. All of it must outlive the registry.
struct EmbeddedParts {
    const promql::Engine* promql = nullptr;
    const model::MetricSource* metrics = nullptr;
    const logql::Engine* logql = nullptr;
    model::LogSource* logs = nullptr;
    TaskPool& pool;
};

/// The embedded stores, and the remote servers that the configuration names.
[[nodiscard]] std::shared_ptr<const datasource::Registry> makeRegistry(const workspace::Configuration& configuration, const EmbeddedParts& embedded);
/// One server that speaks Prometheus' API, Loki's, or both.
[[nodiscard]] std::shared_ptr<const datasource::Registry> makeRegistry(const std::string& url);

/// A workspace's stores, opened for reading beside whoever writes them, and the data sources that its configuration names.
class StoredSources {
public:
    /// Fails if there is neither a metrics nor a log store. A configuration with faults is reported to `logger`; then only the
    /// stores are sources. `clock` and `logger` must outlive this.
    [[nodiscard]] static Result<std::unique_ptr<StoredSources>> open(const std::filesystem::path& workspace, const Clock& clock, Logger& logger);
    ~StoredSources();

    [[nodiscard]] const std::shared_ptr<const datasource::Registry>& registry() const noexcept { return m_registry; }
    [[nodiscard]] TaskPool& pool() noexcept { return m_pool; }

private:
    StoredSources();

    std::unique_ptr<tsdb::Store> m_metrics;
    std::unique_ptr<logs::Store> m_logs;
    TaskPool m_pool;
    std::unique_ptr<promql::Engine> m_promql;
    std::unique_ptr<logql::Engine> m_logql;
    std::shared_ptr<const datasource::Registry> m_registry;
};

}
