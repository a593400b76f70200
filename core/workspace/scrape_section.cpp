#include "core/workspace/scrape_section.h"

#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

namespace belvedere::workspace {

namespace {

void readAuthorization(YamlMap& map, ingest::ScrapeAuthorization& authorization, Context& context)
{
    map.map("basic_auth", [&](YamlMap& basic) {
        basic.text("username", authorization.basicUser);
        basic.text("password", authorization.basicPassword);
        secretFile(basic, "username_file", authorization.basicUser, context, Missing::warning);
        secretFile(basic, "password_file", authorization.basicPassword, context, Missing::warning);
    });
    map.map("authorization", [&](YamlMap& inner) {
        inner.text("type", authorization.type);
        inner.text("credentials", authorization.credentials);
        secretFile(inner, "credentials_file", authorization.credentials, context, Missing::warning);
    });
    map.text("bearer_token", authorization.credentials);
    secretFile(map, "bearer_token_file", authorization.credentials, context, Missing::warning);
}

/// `relabelled`: rules may make an address of what is listed, as for a prober's targets; it can be anything then.
void readStaticConfigs(YamlMap& parent, std::vector<ingest::TargetGroup>& groups, bool relabelled, Context& context)
{
    parent.maps("static_configs", [&](YamlMap& map) {
        ingest::TargetGroup group;
        map.texts("targets", group.targets);
        readLabels(map, "labels", group.labels, context);
        for (const auto& target : group.targets) {
            if (!relabelled && target.find('/') != std::string::npos)
                context.diagnostics.fault(map.mark(), formatted("'{}' is not a target; write host:port only, and the path as metrics_path", target));
        }
        groups.push_back(std::move(group));
    });
}

/// Discoveries that Prometheus has and that are not understood here.
constexpr std::array kForeignDiscoveries { "azure_sd_configs", "consul_sd_configs", "digitalocean_sd_configs", "docker_sd_configs",
    "dockerswarm_sd_configs", "ec2_sd_configs", "eureka_sd_configs", "gce_sd_configs", "hetzner_sd_configs", "ionos_sd_configs", "kubernetes_sd_configs",
    "oci_sd_configs", "outscale_sd_configs", "stackit_sd_configs",
    "kuma_sd_configs", "lightsail_sd_configs", "linode_sd_configs", "marathon_sd_configs", "nerve_sd_configs", "nomad_sd_configs", "openstack_sd_configs",
    "ovhcloud_sd_configs", "puppetdb_sd_configs", "scaleway_sd_configs", "serverset_sd_configs", "triton_sd_configs", "uyuni_sd_configs", "vultr_sd_configs" };

/// Settings of a scrape that change nothing of what is collected here.
constexpr std::array kHarmlessScrapeKeys { "enable_compression", "enable_http2", "track_timestamps_staleness", "scrape_classic_histograms",
    "always_scrape_classic_histograms", "convert_classic_histograms_to_nhcb", "native_histogram_bucket_limit", "native_histogram_min_bucket_factor",
    "keep_dropped_targets", "metric_name_validation_scheme", "metric_name_escaping_scheme", "scrape_native_histograms",
    "extra_scrape_metrics" };

void readLimits(YamlMap& map, ingest::ScrapeLimits& limits)
{
    const auto limit = [&](const char* key, std::size_t& value) {
        std::uint64_t number = 0;
        map.count(key, number);
        if (number > 0) // as in Prometheus, 0 leaves the global one
            value = number;
    };
    limit("sample_limit", limits.samples);
    limit("label_limit", limits.labels);
    limit("label_name_length_limit", limits.labelNameLength);
    limit("label_value_length_limit", limits.labelValueLength);
    limit("target_limit", limits.targets);
    std::uint64_t bodyBytes = 0;
    map.bytes("body_size_limit", bodyBytes);
    if (bodyBytes > 0)
        limits.bodyBytes = bodyBytes;
}

ingest::DnsDiscovery readDnsDiscovery(YamlMap& map, Context& context)
{
    using enum ingest::DnsDiscovery::Type;
    constexpr std::array<std::pair<std::string_view, ingest::DnsDiscovery::Type>, 5> kTypes { { { "SRV", srv }, { "A", a }, { "AAAA", aaaa }, { "MX", mx }, { "NS", ns } } };
    ingest::DnsDiscovery dns;
    map.texts("names", dns.names);
    if (dns.names.empty())
        context.diagnostics.fault(map.mark(), formatted("{} has no names", map.what()));
    std::string type = "SRV";
    map.text("type", type);
    std::ranges::transform(type, type.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const auto* known = std::ranges::find(kTypes, type, &decltype(kTypes)::value_type::first);
    if (known == kTypes.end())
        context.diagnostics.fault(map.mark(), formatted("'{}' is not a type of {}; use SRV, A, AAAA, MX or NS", type, map.what()));
    else
        dns.type = known->second;
    std::uint64_t port = 0;
    map.count("port", port);
    if (port > std::numeric_limits<std::uint16_t>::max() || (port == 0 && dns.type != srv))
        context.diagnostics.fault(map.mark(), formatted("{} needs a port from 1 to 65535: its records have none", map.what()));
    dns.port = static_cast<std::uint16_t>(port);
    map.durationMs("refresh_interval", dns.refreshIntervalMs);
    return dns;
}

ingest::ScrapeJob readScrapeJob(YamlMap& map, const Configuration& configuration, Context& context)
{
    ingest::ScrapeJob job;
    job.intervalMs = configuration.scrapeIntervalMs;
    map.text("job_name", job.name);
    map.durationMs("scrape_interval", job.intervalMs);
    // A job that is faster than the global time-out allows gets its own interval as time-out, as in Prometheus.
    job.timeoutMs = std::min(configuration.scrapeTimeoutMs, job.intervalMs);
    map.durationMs("scrape_timeout", job.timeoutMs);
    map.text("metrics_path", job.metricsPath);
    map.text("scheme", job.scheme);
    map.boolean("honor_labels", job.honorLabels);
    map.boolean("honor_timestamps", job.honorTimestamps);
    map.boolean("follow_redirects", job.followRedirects);
    if (const auto params = map.raw("params"); params.IsDefined() && params.IsMap()) {
        for (const auto& entry : params) {
            std::vector<std::string> values;
            if (entry.second.IsScalar())
                values.push_back(entry.second.Scalar());
            for (const auto& value : entry.second.IsSequence() ? entry.second : YAML::Node(YAML::NodeType::Sequence))
                values.push_back(value.IsScalar() ? value.Scalar() : std::string());
            job.params.emplace_back(entry.first.Scalar(), std::move(values));
        }
    }
    if (const auto headers = map.raw("http_headers"); headers.IsDefined() && headers.IsMap()) {
        for (const auto& entry : headers) {
            YamlMap header(entry.second, "http_headers", context.diagnostics);
            std::vector<std::string> values, secrets;
            header.texts("values", values);
            header.texts("secrets", secrets);
            header.unsupported("files", "write the value under values or secrets");
            values.insert(values.end(), secrets.begin(), secrets.end());
            for (const auto& value : values)
                job.headers.emplace_back(entry.first.Scalar(), value);
        }
    }
    readAuthorization(map, job.authorization, context);
    map.map("tls_config", [&](YamlMap& tls) {
        tls.boolean("insecure_skip_verify", job.insecureSkipVerify);
        for (const char* key : { "ca_file", "ca", "cert_file", "cert", "key_file", "key", "server_name", "min_version", "max_version" })
            tls.unsupported(key, "the system's certificates are used");
    });
    std::string fallback;
    map.text("fallback_scrape_protocol", fallback);
    if (!fallback.empty()) {
        const auto protocol = ingest::scrapeProtocol(fallback);
        if (protocol)
            job.fallbackProtocol = *protocol;
        else
            context.diagnostics.fault(map.mark(), protocol.error().message);
    }
    std::vector<std::string> protocols;
    map.texts("scrape_protocols", protocols); // what is offered is decided by what can be read; unknown ones cannot hurt
    job.limits = configuration.scrapeLimits;
    readLimits(map, job.limits);
    job.relabelConfigs = readRelabelConfigs(map, "relabel_configs", context);
    job.metricRelabelConfigs = readRelabelConfigs(map, "metric_relabel_configs", context);
    readStaticConfigs(map, job.staticTargets, !job.relabelConfigs.empty(), context);
    map.maps("file_sd_configs", [&](YamlMap& discovery) {
        ingest::FileDiscovery files;
        discovery.texts("files", files.files);
        for (auto& file : files.files)
            file = context.absolute(file);
        discovery.durationMs("refresh_interval", files.refreshIntervalMs);
        job.fileDiscoveries.push_back(std::move(files));
    });
    map.maps("http_sd_configs", [&](YamlMap& discovery) {
        ingest::HttpDiscovery http;
        discovery.text("url", http.url);
        discovery.durationMs("refresh_interval", http.refreshIntervalMs);
        if (!http.url.starts_with("http://") && !http.url.starts_with("https://"))
            context.diagnostics.fault(discovery.mark(), formatted("'url' of {} must begin with http:// or https://", discovery.what()));
        job.httpDiscoveries.push_back(std::move(http));
    });
    map.maps("dns_sd_configs", [&](YamlMap& discovery) { job.dnsDiscoveries.push_back(readDnsDiscovery(discovery, context)); });
    for (const char* key : kForeignDiscoveries)
        map.unsupported(key, "its targets are not found; list them under static_configs or file_sd_configs");
    for (const char* key : { "proxy_url", "proxy_from_environment", "no_proxy", "proxy_connect_header", "oauth2", "scrape_failure_log_file" })
        map.unsupported(key, "targets are scraped directly");
    for (const char* key : kHarmlessScrapeKeys)
        map.ignore(key);
    if (job.name.empty())
        context.diagnostics.fault(map.mark(), formatted("{} has no job_name", map.what()));
    else if (const auto valid = ingest::validate(job); !valid)
        context.diagnostics.fault(map.mark(), valid.error().message);
    return job;
}

}

void readGlobal(YamlMap& root, Configuration& configuration, Context& context)
{
    root.map("global", [&](YamlMap& map) {
        map.durationMs("scrape_interval", configuration.scrapeIntervalMs);
        configuration.scrapeTimeoutMs = std::min(configuration.scrapeTimeoutMs, configuration.scrapeIntervalMs);
        map.durationMs("scrape_timeout", configuration.scrapeTimeoutMs);
        map.durationMs("evaluation_interval", configuration.evaluationIntervalMs);
        readLabels(map, "external_labels", configuration.externalLabels, context);
        map.unsupported("query_log_file", "queries are kept in the query history");
        readLimits(map, configuration.scrapeLimits);
        map.unsupported("rule_query_offset", "set query_offset in the rule groups that it is for");
        for (const char* key : { "scrape_protocols", "metric_name_validation_scheme", "metric_name_escaping_scheme", "keep_dropped_targets", "scrape_failure_log_file", "runtime",
                 "scrape_native_histograms", "always_scrape_classic_histograms", "convert_classic_histograms_to_nhcb", "extra_scrape_metrics" })
            map.ignore(key);
        if (configuration.scrapeIntervalMs <= 0 || configuration.evaluationIntervalMs <= 0)
            context.diagnostics.fault(map.mark(), "scrape_interval and evaluation_interval of global must be longer than 0");
        if (configuration.scrapeTimeoutMs > configuration.scrapeIntervalMs)
            context.diagnostics.fault(map.mark(), "scrape_timeout of global must not be longer than its scrape_interval");
    });
}

void readScrapeJobs(YamlMap& root, Configuration& configuration, Context& context)
{
    std::set<std::string> names;
    const auto readJobs = [&](YamlMap& map, Context& place) {
        map.maps("scrape_configs", [&](YamlMap& entry) {
            auto job = readScrapeJob(entry, configuration, place);
            if (!job.name.empty() && !names.insert(job.name).second)
                place.diagnostics.fault(entry.mark(), formatted("there are two scrape_configs with the job_name '{}'; give each its own", job.name));
            configuration.scrapeJobs.push_back(std::move(job));
        });
    };
    readJobs(root, context);
    readReferred(root, "scrape_config_files", configuration.scrapeConfigFiles, context, readJobs);
}

}
