#pragma once

#include "core/base/result.h"
#include "core/model/labels.h"
#include "core/model/metric_source.h"
#include "core/model/query_value.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace belvedere::datasource {

/// Who a data source is. `type` is Grafana's plug-in id: "prometheus" (also for VictoriaMetrics and Mimir) or "loki".
struct Info {
    std::string uid = {};
    std::string name = {};
    std::string type = {};
    std::string url = {};       ///< empty for the embedded stores
    bool embedded = false;
    bool isDefault = false; ///< the one that a panel without a data source of this type gets
    std::int64_t scrapeIntervalMs = 15'000; ///< for $__rate_interval
};

/// One query with every variable already replaced.
struct QueryRequest {
    std::string expr = {};
    bool instant = false;
    std::int64_t fromNs = 0; ///< instant queries are evaluated at toNs
    std::int64_t toNs = 0;
    std::int64_t stepNs = 0;      ///< range queries
    std::size_t limit = 1000;     ///< lines of a log query
    bool forward = false;         ///< log queries: oldest first
};

/// Answers queries: the embedded stores, or a remote Prometheus, VictoriaMetrics, Mimir or Loki.
///
/// Calls block; they are made on the query pool, never on the window's thread. Each ends soon after `stop` is requested.
/// Threading: every call from any thread. Selectors are texts like `up{job="x"}`; no selector means everything.
class DataSource {
public:
    virtual ~DataSource() = default;

    [[nodiscard]] virtual const Info& info() const = 0;

    [[nodiscard]] virtual Result<model::QueryValue> query(const QueryRequest& request, std::stop_token stop) const = 0;
    /// Checks the text only, without data; error with the place in it. Remote sources use the embedded parsers.
    [[nodiscard]] virtual Result<void> check(const std::string& expr) const = 0;

    [[nodiscard]] virtual Result<std::vector<std::string>> labelNames(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const = 0;
    [[nodiscard]] virtual Result<std::vector<std::string>> labelValues(const std::string& label, const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const = 0;
    [[nodiscard]] virtual Result<std::vector<model::LabelsRef>> series(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const = 0;
    /// Metadata of one metric, of all if it is ""; empty for logs.
    [[nodiscard]] virtual Result<std::vector<model::MetricMetadata>> metadata(const std::string& metric, std::stop_token stop) const = 0;

    /// Hands every new entry that passes `expr` (a log query) to `onLine` on a thread of the source's own, until the
    /// handle is destroyed; that waits for a running call. Entries that could not be handed over in time are dropped and
    /// their number goes to `onDropped`, on the same thread. Fails with invalidArgument where the source has no live tail.
    using OnLine = std::function<void(const model::LabelsRef& stream, const model::LogLine& line)>;
    using OnDropped = std::function<void(std::size_t lines)>;
    [[nodiscard]] virtual Result<std::shared_ptr<void>> tail(const std::string& expr, OnLine onLine, OnDropped onDropped = {}) const = 0;
};

/// The data sources of a session: a value that is replaced as a whole when the configuration changes.
class Registry {
public:
    Registry() = default;
    explicit Registry(std::vector<std::shared_ptr<const DataSource>> sources);

    [[nodiscard]] const std::vector<std::shared_ptr<const DataSource>>& all() const noexcept { return m_sources; }
    /// By uid, else by name; null if there is none.
    [[nodiscard]] std::shared_ptr<const DataSource> find(const std::string& uidOrName) const;
    /// The default source of a type, else the first of it; null if there is none.
    [[nodiscard]] std::shared_ptr<const DataSource> defaultFor(const std::string& type) const;

private:
    std::vector<std::shared_ptr<const DataSource>> m_sources;
};

}
