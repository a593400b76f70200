#pragma once

#include "core/base/result.h"
#include "core/ingest/exposition.h"
#include "core/ingest/relabel.h"
#include "core/model/labels.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace belvedere::ingest {

/// Targets that share labels: an entry of `static_configs`, of a discovery file, or of an HTTP discovery's answer.
struct TargetGroup {
    std::vector<std::string> targets = {}; ///< host:port
    std::vector<model::Label> labels = {};

    bool operator==(const TargetGroup&) const = default;
};

/// An entry of `file_sd_configs`. Relative paths were made absolute when the configuration was read.
struct FileDiscovery {
    std::vector<std::string> files = {}; ///< may contain * in the last part
    std::int64_t refreshIntervalMs = 5 * 60 * 1000;

    bool operator==(const FileDiscovery&) const = default;
};

/// An entry of `http_sd_configs`.
struct HttpDiscovery {
    std::string url = {};
    std::int64_t refreshIntervalMs = 60 * 1000;

    bool operator==(const HttpDiscovery&) const = default;
};

/// An entry of `dns_sd_configs`.
struct DnsDiscovery {
    enum class Type : std::uint8_t { srv, a, aaaa, mx, ns };

    std::vector<std::string> names = {};
    Type type = Type::srv;
    std::uint16_t port = 0; ///< of the targets; SRV records bring their own
    std::int64_t refreshIntervalMs = 30 * 1000;

    bool operator==(const DnsDiscovery&) const = default;
};

/// Limits of P10; 0 means none.
struct ScrapeLimits {
    std::size_t samples = 0;
    std::size_t labels = 0;
    std::size_t labelNameLength = 0;
    std::size_t labelValueLength = 0;
    std::size_t bodyBytes = 0;
    std::size_t targets = 0;

    bool operator==(const ScrapeLimits&) const = default;
};

/// Credentials are values here; files that were named in the configuration have been read.
struct ScrapeAuthorization {
    std::string basicUser = {}; ///< with basicPassword; not together with bearer
    std::string basicPassword = {};
    std::string type = "Bearer";
    std::string credentials = {}; ///< empty: none

    bool operator==(const ScrapeAuthorization&) const = default;
};

/// An entry of `scrape_configs`: one scrape pool. Plain values; the defaults are Prometheus'.
struct ScrapeJob {
    std::string name = {};
    std::int64_t intervalMs = 60 * 1000;
    std::int64_t timeoutMs = 10 * 1000;
    std::string metricsPath = "/metrics";
    std::string scheme = "http";
    std::vector<std::pair<std::string, std::vector<std::string>>> params = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    ScrapeAuthorization authorization = {};
    bool insecureSkipVerify = false;
    bool followRedirects = true;
    bool honorLabels = false;
    bool honorTimestamps = true;
    std::optional<ExpositionFormat> fallbackProtocol = {};
    ScrapeLimits limits = {};
    std::vector<TargetGroup> staticTargets = {};
    std::vector<FileDiscovery> fileDiscoveries = {};
    std::vector<HttpDiscovery> httpDiscoveries = {};
    std::vector<DnsDiscovery> dnsDiscoveries = {};
    std::vector<RelabelConfig> relabelConfigs = {};
    std::vector<RelabelConfig> metricRelabelConfigs = {};

    bool operator==(const ScrapeJob&) const = default;
};

/// Reads a value of `fallback_scrape_protocol` or `scrape_protocols`: OpenMetricsText1.0.0, PrometheusText0.0.4, ...
[[nodiscard]] Result<ExpositionFormat> scrapeProtocol(std::string_view name);

/// What makes a job unusable: no name, an interval of 0, a timeout above the interval, an unknown scheme, a relabel rule
/// that does not compile. The error names the job.
[[nodiscard]] Result<void> validate(const ScrapeJob& job);

/// What discovery gave of one target, with the job's labels added (job, __address__, __scheme__, __metrics_path__,
/// __param_*, __scrape_interval__, __scrape_timeout__) where they are not set.
[[nodiscard]] model::Labels discoveredLabels(const ScrapeJob& job, const std::string& address, const std::vector<model::Label>& groupLabels);

/// A target after relabelling.
struct RelabelledTarget {
    model::Labels labels; ///< public ones, with instance
    std::string url = {};
    std::int64_t intervalMs = 0;
    std::int64_t timeoutMs = 0;
};

/// Applies `relabelling` to discovered labels; nothing if a rule drops the target. Fails if what came out cannot be
/// scraped: no address, a path in the address, a bad interval or timeout.
[[nodiscard]] Result<std::optional<RelabelledTarget>> relabelTarget(const ScrapeJob& job, const Relabeler& relabelling, const model::Labels& discovered);

}
