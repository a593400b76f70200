#include "core/workspace/configuration.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/workspace/yaml_reader.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <set>

namespace belvedere::workspace {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kDayMs = 24 * 3600 * 1000;

/// What reading needs beside the node: where messages go and where relative paths start.
struct Context {
    YamlDiagnostics& diagnostics;
    const fs::path& folder;

    [[nodiscard]] std::string absolute(const std::string& path) const
    {
        return fs::path(path).is_absolute() ? path : (folder / path).lexically_normal().string();
    }
};

std::optional<std::string> contentOf(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream || fs::is_directory(file))
        return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
}

/// Whether a secret that cannot be read makes the whole file unusable.
enum class Missing { fault, warning };

/// The content of a file that a key such as password_file names, without the line's end.
void secretFile(YamlMap& map, const char* key, std::string& value, Context& context, Missing missing)
{
    std::string name;
    map.text(key, name);
    if (name.empty())
        return;
    const auto content = contentOf(context.absolute(name));
    if (content) {
        value = trim(*content);
        return;
    }
    const auto message = formatted("'{}' of {} names '{}', which cannot be read", key, map.what(), context.absolute(name));
    if (missing == Missing::fault)
        context.diagnostics.fault(map.mark(), message);
    else
        context.diagnostics.warn(map.mark(), message + "; nothing is sent in its place");
}

void readLabels(YamlMap& map, const char* key, std::vector<model::Label>& labels, Context& context)
{
    map.textMap(key, [&](const std::string& name, const std::string& value, YAML::Mark mark) {
        if (name.empty() || !isValidUtf8(name))
            context.diagnostics.fault(mark, formatted("'{}' is not a label name", name));
        labels.push_back({ name, value });
    });
}

std::vector<ingest::RelabelConfig> readRelabelConfigs(YamlMap& parent, const char* key, Context& context)
{
    std::vector<ingest::RelabelConfig> configs;
    parent.maps(key, [&](YamlMap& map) {
        ingest::RelabelConfig config;
        map.texts("source_labels", config.sourceLabels);
        map.text("separator", config.separator);
        map.text("regex", config.regex);
        map.count("modulus", config.modulus);
        map.text("target_label", config.targetLabel);
        map.text("replacement", config.replacement);
        map.text("action", config.action);
        if (const auto rule = ingest::RelabelRule::compile(config); !rule)
            context.diagnostics.fault(map.mark(), formatted("{} of {}: {}", map.what(), parent.what(), rule.error().message));
        configs.push_back(std::move(config));
    });
    return configs;
}

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

void readPatterns(YamlMap& map, const char* key, std::vector<std::string>& patterns, Context& context)
{
    std::vector<std::string> relative;
    map.texts(key, relative);
    for (const auto& pattern : relative) {
        const auto parent = fs::path(pattern).parent_path().string();
        if (parent.find_first_of("*?[") != std::string::npos)
            context.diagnostics.fault(map.mark(), formatted("'{}' of {}: only the last part of '{}' may contain * or ?", key, map.what(), pattern));
        patterns.push_back(context.absolute(pattern));
    }
}

/// The files that `key` names: each is read with its own folder, and its faults name its own places. They may be whole
/// configurations, of which only `scrape_configs` counts.
void readReferred(YamlMap& map, const char* key, std::vector<std::string>& patterns, Context& context, const std::function<void(YamlMap& root, Context& context)>& read)
{
    readPatterns(map, key, patterns, context);
    for (const auto& pattern : patterns) {
        const auto files = expandGlobs({ pattern });
        if (files.empty() && pattern.find_first_of("*?") == std::string::npos)
            context.diagnostics.fault(map.mark(), formatted("'{}' of {} names '{}', which is not there", key, map.what(), pattern));
        for (const auto& file : files) {
            YamlDiagnostics own(file.string());
            try {
                const auto content = contentOf(file);
                if (!content)
                    own.fault({}, "cannot be read; check that it exists and is readable");
                YamlMap root(YAML::Load(content.value_or(std::string())), file.filename().string(), own);
                if (content && !root.has("scrape_configs"))
                    own.warn({}, formatted("there are no scrape_configs here, which '{}' is for", key));
                Context inner { own, file.parent_path() };
                read(root, inner);
                root.ignoreRest();
            } catch (const YAML::Exception& broken) {
                own.fault(broken.mark, formatted("not valid YAML: {}", broken.msg));
            }
            context.diagnostics.add(std::move(own));
        }
    }
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

void readDockerFilters(YamlMap& map, DockerLogs& docker)
{
    map.maps("filters", [&](YamlMap& filter) {
        std::pair<std::string, std::vector<std::string>> entry;
        filter.text("name", entry.first);
        filter.texts("values", entry.second);
        docker.filters.push_back(std::move(entry));
    });
}

/// Streams have the labels that their source gives; rules for them are checked and have no effect.
void checkLogRelabelling(YamlMap& map, Context& context)
{
    if (!readRelabelConfigs(map, "relabel_configs", context).empty())
        context.diagnostics.warn(map.raw("relabel_configs").Mark(), formatted("'relabel_configs' of {} has no effect in Belvedere: streams keep the labels of their container or files", map.what()));
}

void readLogScrapeConfigs(YamlMap& logs, Configuration& configuration, Context& context)
{
    logs.maps("scrape_configs", [&](YamlMap& map) {
        std::string job;
        map.text("job_name", job);
        checkLogRelabelling(map, context);
        map.maps("static_configs", [&](YamlMap& group) {
            FileLogs files;
            files.job = job;
            std::vector<std::string> targets;
            group.texts("targets", targets); // promtail wants the key and reads nothing from it
            group.textMap("labels", [&](const std::string& name, const std::string& value, YAML::Mark) {
                if (name == "__path__")
                    files.globs.push_back(context.absolute(value));
                else if (name == "__path_exclude__")
                    files.exclude.push_back(context.absolute(value));
                else
                    files.labels.push_back({ name, value });
            });
            if (files.globs.empty())
                context.diagnostics.fault(group.mark(), formatted("{} of {} has no __path__ label; it names the files to read", group.what(), map.what()));
            configuration.files.push_back(std::move(files));
        });
        map.maps("docker_sd_configs", [&](YamlMap& discovery) {
            configuration.docker.enabled = true;
            discovery.text("host", configuration.docker.host);
            readDockerFilters(discovery, configuration.docker);
            discovery.ignore("refresh_interval"); // the Engine reports changes as they happen
        });
        for (const char* key : { "pipeline_stages", "journal", "syslog", "windows_events", "gelf", "cloudflare", "heroku_drain", "kafka", "azure_event_hubs", "gcplog", "loki_push_api",
                 "kubernetes_sd_configs", "consul_sd_configs", "consulagent_sd_configs", "file_sd_configs" })
            map.unsupported(key, "lines are stored as they come from files and containers");
        map.ignore("decompression");
    });
}

void readLogs(YamlMap& root, Configuration& configuration, Context& context)
{
    root.map("logs", [&](YamlMap& map) {
        if (const auto docker = map.raw("docker"); docker.IsDefined() && !docker.IsNull()) {
            if (docker.IsScalar()) {
                map.boolean("docker", configuration.docker.enabled);
            } else {
                YamlMap inner(docker, "docker", context.diagnostics);
                configuration.docker.enabled = true;
                inner.boolean("enabled", configuration.docker.enabled);
                inner.text("host", configuration.docker.host);
                readDockerFilters(inner, configuration.docker);
                checkLogRelabelling(inner, context);
            }
        }
        map.maps("files", [&](YamlMap& entry) {
            FileLogs files;
            entry.text("job", files.job);
            entry.text("job_name", files.job);
            std::vector<std::string> paths;
            entry.texts("paths", paths);
            for (const auto& path : paths)
                files.globs.push_back(context.absolute(path));
            std::vector<std::string> exclude;
            entry.texts("exclude", exclude);
            for (const auto& path : exclude)
                files.exclude.push_back(context.absolute(path));
            readLabels(entry, "labels", files.labels, context);
            if (files.globs.empty())
                context.diagnostics.fault(entry.mark(), formatted("{} of logs has no paths; list the files to read, * and ? allowed", entry.what()));
            configuration.files.push_back(std::move(files));
        });
        readPatterns(map, "rule_files", configuration.logRuleFiles, context);
        readLogScrapeConfigs(map, configuration, context);
        readReferred(map, "scrape_config_files", configuration.logScrapeConfigFiles, context, [&](YamlMap& referred, Context& place) { readLogScrapeConfigs(referred, configuration, place); });
    });
}

void readDataSources(YamlMap& root, Configuration& configuration, Context& context)
{
    std::set<std::string> uids;
    root.maps("data_sources", [&](YamlMap& map) {
        RemoteSource source;
        map.text("name", source.name);
        map.text("uid", source.uid);
        map.text("type", source.type);
        map.text("url", source.url);
        map.boolean("default", source.isDefault);
        map.durationMs("scrape_interval", source.scrapeIntervalMs);
        readPatterns(map, "rule_files", source.ruleFiles, context);
        map.map("basic_auth", [&](YamlMap& basic) {
            basic.text("username", source.basicUser);
            basic.text("password", source.basicPassword);
            secretFile(basic, "password_file", source.basicPassword, context, Missing::warning);
        });
        if (source.name.empty())
            context.diagnostics.fault(map.mark(), formatted("{} has no name", map.what()));
        if (source.type != "prometheus" && source.type != "loki")
            context.diagnostics.fault(map.mark(), formatted("'type' of {} is '{}'; it must be prometheus (also for VictoriaMetrics and Mimir) or loki", map.what(), source.type));
        if (!source.url.starts_with("http://") && !source.url.starts_with("https://"))
            context.diagnostics.fault(map.mark(), formatted("'url' of {} must begin with http:// or https://", map.what()));
        if (source.uid.empty())
            source.uid = source.name;
        if (!uids.insert(source.uid).second)
            context.diagnostics.fault(map.mark(), formatted("there are two data_sources with the uid '{}'; give each its own", source.uid));
        configuration.dataSources.push_back(std::move(source));
    });
}

void readRetention(YamlMap& root, Configuration& configuration, Context& context)
{
    const auto node = root.raw("retention");
    if (node.IsDefined() && node.IsScalar()) {
        root.durationMs("retention", configuration.metricsRetention.timeMs);
        configuration.logsRetention.timeMs = configuration.metricsRetention.timeMs;
    } else {
        root.map("retention", [&](YamlMap& map) {
            const auto read = [&](const char* key, Retention& retention) {
                if (const auto value = map.raw(key); value.IsDefined() && value.IsScalar())
                    return map.durationMs(key, retention.timeMs);
                map.map(key, [&](YamlMap& inner) {
                    inner.durationMs("time", retention.timeMs);
                    inner.bytes("size", retention.bytes);
                });
            };
            read("metrics", configuration.metricsRetention);
            read("logs", configuration.logsRetention);
        });
    }
    root.map("storage", [&](YamlMap& map) {
        map.map("tsdb", [&](YamlMap& tsdb) {
            for (const char* key : { "chunk_encoding", "stale_series_compaction_threshold" }) // Belvedere packs its own blocks in another way
                tsdb.ignore(key);
            tsdb.durationMs("out_of_order_time_window", configuration.outOfOrderWindowMs);
            tsdb.map("retention", [&](YamlMap& retention) {
                retention.durationMs("time", configuration.metricsRetention.timeMs);
                retention.bytes("size", configuration.metricsRetention.bytes);
                retention.unsupported("percentage", "give a size instead");
            });
        });
        map.unsupported("exemplars", "exemplars are not stored");
    });
    for (const auto& retention : { configuration.metricsRetention, configuration.logsRetention }) {
        if (retention.timeMs != 0 && retention.timeMs < kDayMs)
            context.diagnostics.fault(node.IsDefined() ? node.Mark() : root.mark(), "a retention shorter than one day is not possible: data is deleted by whole days");
    }
}

void readListen(YamlMap& root, Configuration& configuration, Context& context)
{
    const auto node = root.raw("listen");
    const auto place = [&](const std::string& text, const YAML::Mark& mark) {
        auto listen = parseListen(text);
        if (!listen)
            return context.diagnostics.fault(mark, listen.error().message);
        configuration.listen = std::move(*listen);
    };
    if (!node.IsDefined() || node.IsNull())
        return;
    if (node.IsScalar())
        return place(node.Scalar(), node.Mark());
    root.map("listen", [&](YamlMap& map) {
        std::string address;
        map.text("address", address);
        if (!address.empty())
            place(address, map.mark());
        map.text("token", configuration.listen.token);
        secretFile(map, "token_file", configuration.listen.token, context, Missing::fault);
    });
}

FileKind kindOf(const YAML::Node& root)
{
    const auto has = [&](const char* key) { return root[key].IsDefined(); };
    if ((has("route") || has("receivers")) && !has("scrape_configs"))
        return FileKind::alertmanager;
    if (has("clients") || has("positions") || has("pipeline_stages"))
        return FileKind::promtail;
    const bool own = has("logs") || has("self_metrics") || has("data_sources") || has("listen") || has("retention");
    if (const auto jobs = root["scrape_configs"]; !own && jobs.IsDefined() && jobs.IsSequence()) {
        // Without the sections above it is told by what only its jobs have.
        constexpr std::array kOfPromtail { "pipeline_stages", "journal", "syslog", "windows_events", "loki_push_api", "gcplog", "azure_event_hubs", "kafka", "gelf", "cloudflare", "heroku_drain" };
        for (const auto& job : jobs) {
            if (job.IsMap() && std::ranges::any_of(kOfPromtail, [&](const char* key) { return job[key].IsDefined(); }))
                return FileKind::promtail;
        }
        if (has("server")) // Promtail has it, Prometheus has not
            return FileKind::promtail;
    }
    if (own)
        return FileKind::workspace;
    return FileKind::prometheus;
}

/// Its form only: names are there, once, and what routes name exists; what a receiver says is not looked at.
void checkAlertmanager(YamlMap& root, YamlDiagnostics& diagnostics)
{
    std::set<std::string> intervals;
    for (const auto* key : { "time_intervals", "mute_time_intervals" }) {
        root.maps(key, [&](YamlMap& interval) {
            std::string name;
            interval.text("name", name);
            interval.ignoreRest();
            if (name.empty())
                diagnostics.fault(interval.mark(), formatted("{} has no name", interval.what()));
            else if (!intervals.insert(name).second)
                diagnostics.fault(interval.mark(), formatted("there are two time intervals named '{}'", name));
        });
    }
    std::set<std::string> receivers;
    root.maps("receivers", [&](YamlMap& receiver) {
        std::string name;
        receiver.text("name", name);
        receiver.ignoreRest();
        if (name.empty())
            diagnostics.fault(receiver.mark(), formatted("{} has no name", receiver.what()));
        else if (!receivers.insert(name).second)
            diagnostics.fault(receiver.mark(), formatted("there are two receivers named '{}'", name));
    });
    const std::function<void(YamlMap&, bool)> checkRoute = [&](YamlMap& route, bool top) {
        std::string receiver;
        route.text("receiver", receiver);
        route.ignoreRest();
        if (top && receiver.empty())
            diagnostics.fault(route.mark(), "the top route has no receiver; name the one that takes what no other route does");
        for (const auto* key : { "match", "match_re", "matchers", "mute_time_intervals", "active_time_intervals", "continue" }) {
            const auto value = route.raw(key);
            const bool given = value.IsDefined() && !value.IsNull() && !(value.IsScalar() ? value.Scalar() == "false" : value.size() == 0);
            if (top && given)
                diagnostics.fault(value.Mark(), formatted("the top route takes every alert and cannot have '{}'; put it into a route below", key));
        }
        for (const auto* key : { "mute_time_intervals", "active_time_intervals" }) {
            std::vector<std::string> names;
            route.texts(key, names);
            for (const auto& name : names) {
                if (!intervals.contains(name))
                    diagnostics.fault(route.raw(key).Mark(), formatted("there is no time interval named '{}'", name));
            }
        }
        std::vector<std::string> groupBy;
        route.texts("group_by", groupBy);
        if (groupBy.size() > 1 && std::ranges::find(groupBy, "...") != groupBy.end())
            diagnostics.fault(route.raw("group_by").Mark(), "'...' of group_by means every label; it stands alone");
        if (!receiver.empty() && !receivers.contains(receiver))
            diagnostics.fault(route.mark(), formatted("there is no receiver named '{}'", receiver));
        route.maps("routes", [&](YamlMap& inner) { checkRoute(inner, false); });
    };
    if (!root.has("route"))
        diagnostics.fault(root.mark(), "there is no 'route'; alerts need a top route with a receiver");
    root.map("route", [&](YamlMap& route) { checkRoute(route, true); });
    root.ignoreRest();
    diagnostics.warn(root.mark(), "this is an alertmanager.yml: its form was checked; routing and receivers have no effect in Belvedere yet");
}

void checkPromtail(YamlMap& root, YamlDiagnostics& diagnostics)
{
    root.maps("scrape_configs", [&](YamlMap& map) {
        std::string job;
        map.text("job_name", job);
        map.list("pipeline_stages", [&](const YAML::Node& stage, const std::string& what) {
            if (!stage.IsMap() || stage.size() != 1)
                diagnostics.fault(stage.Mark(), formatted("{} of {} must be a mapping with the one stage's name as its key", what, map.what()));
        });
        map.ignoreRest();
        if (job.empty())
            diagnostics.fault(map.mark(), formatted("{} has no job_name", map.what()));
    });
    root.ignoreRest();
    diagnostics.warn(root.mark(), "this is a promtail.yml: its form was checked; to collect its logs, put its scrape_configs under 'logs' of workspace.yml");
}

}

std::string_view toString(FileKind kind) noexcept
{
    switch (kind) {
    case FileKind::workspace: return "workspace.yml";
    case FileKind::prometheus: return "prometheus.yml";
    case FileKind::promtail: return "promtail.yml";
    case FileKind::alertmanager: break;
    }
    return "alertmanager.yml";
}

std::expected<Parsed, Faults> parseConfiguration(std::string_view text, const std::string& file, const fs::path& folder)
{
    YamlDiagnostics diagnostics(file);
    Parsed parsed;
    // The YAML reader takes a NUL for the end of the document and would find an empty file good.
    if (const auto bad = findControlCharacter(text)) {
        const auto before = text.substr(0, *bad);
        const auto line = std::ranges::count(before, '\n') + 1;
        const auto column = *bad - (before.rfind('\n') + 1) + 1;
        return std::unexpected(Faults { formatted("{}:{}:{}: there is a control character (0x{:02x}); this is no text file, or it is damaged", file, line, column, static_cast<unsigned char>(text[*bad])) });
    }
    try {
        const YAML::Node root = YAML::Load(std::string(text));
        if (root.IsDefined() && !root.IsNull() && !root.IsMap())
            return std::unexpected(Faults { formatted("{}:1:1: this is not a configuration: it must be a mapping of names to values", file) });
        parsed.kind = root.IsMap() ? kindOf(root) : FileKind::workspace;
        Context context { diagnostics, folder };
        auto& configuration = parsed.configuration;
        YamlMap map(root, std::string(toString(parsed.kind)), diagnostics);
        if (parsed.kind == FileKind::alertmanager) {
            checkAlertmanager(map, diagnostics);
        } else if (parsed.kind == FileKind::promtail) {
            checkPromtail(map, diagnostics);
        } else {
            readGlobal(map, configuration, context);
            readScrapeJobs(map, configuration, context);
            readPatterns(map, "rule_files", configuration.ruleFiles, context);
            readLogs(map, configuration, context);
            readDataSources(map, configuration, context);
            readRetention(map, configuration, context);
            readListen(map, configuration, context);
            map.boolean("self_metrics", configuration.selfMetrics);
            map.unsupported("alerting", "alerts are shown in the window and notified on the desktop");
            map.unsupported("remote_write", "samples stay on this machine");
            map.unsupported("remote_read", "add the server under data_sources to query it");
            map.unsupported("tracing", "Belvedere sends no traces");
            map.ignore("runtime"); // of Prometheus' own process
            map.unsupported("otlp", "OTLP is not received");
        }
    } catch (const YAML::Exception& broken) {
        // A fault of syntax; every fault of meaning is reported by the readers.
        diagnostics.fault(broken.mark, formatted("not valid YAML: {}", broken.msg));
    }
    if (diagnostics.failed())
        return std::unexpected(diagnostics.takeFaults());
    parsed.warnings = diagnostics.takeWarnings();
    parsed.unknownKeys = diagnostics.takeUnknownKeys();
    return parsed;
}

std::expected<Parsed, Faults> loadConfiguration(const fs::path& file)
{
    const auto text = contentOf(file);
    if (!text)
        return std::unexpected(Faults { formatted("{}: cannot be read; check that it exists and is readable", file.string()) });
    std::error_code none;
    const auto absolute = fs::absolute(file, none);
    return parseConfiguration(*text, file.string(), absolute.parent_path());
}

std::string_view defaultWorkspaceFile() noexcept
{
    return R"(# A Belvedere workspace. Words and meanings are those of prometheus.yml and promtail.yml.
# Check changes with `belvedere config check workspace.yml`; a running workbench takes them over by itself.

global:
  scrape_interval: 15s
  evaluation_interval: 15s

# Belvedere's own figures, as the job "belvedere".
self_metrics: true

scrape_configs: []
  # - job_name: api
  #   static_configs:
  #     - targets: ["127.0.0.1:8000"]

rule_files:
  - rules/*.yml

logs:
  # Every container of this machine's Docker. To restrict it:
  #   docker:
  #     filters:
  #       - name: label
  #         values: ["com.docker.compose.project=shop"]
  docker: true
  # files:
  #   - job: nginx
  #     paths: ["/var/log/nginx/*.log"]
  #     labels: {service: nginx}

# data_sources:
#   - name: production
#     type: prometheus
#     url: http://prometheus.example:9090

# retention:
#   metrics: {time: 30d, size: 20GB}
#   logs: {time: 14d, size: 20GB}

# listen: 127.0.0.1:9797
)";
}

Result<Listen> parseListen(std::string_view text)
{
    const auto bad = [&] { return failure(ErrorCode::invalidArgument, formatted("'{}' is not an address to listen on; write it like 127.0.0.1:9797", text)); };
    Listen listen;
    const auto colon = text.rfind(':');
    auto port = text;
    if (colon != std::string_view::npos) {
        auto address = text.substr(0, colon);
        if (address.starts_with('[') && address.ends_with(']'))
            address = address.substr(1, address.size() - 2);
        else if (address.find(':') != std::string_view::npos)
            return bad();
        if (!address.empty())
            listen.address = address;
        port = text.substr(colon + 1);
    }
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), listen.port);
    if (port.empty() || error != std::errc() || end != port.data() + port.size())
        return bad();
    return listen;
}

namespace {

bool matchesPattern(std::string_view text, std::string_view pattern)
{
    std::size_t t = 0, p = 0, starText = 0, starPattern = std::string_view::npos;
    while (t < text.size()) {
        if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++t;
            ++p;
        } else if (p < pattern.size() && pattern[p] == '*') {
            starPattern = p++;
            starText = t;
        } else if (starPattern != std::string_view::npos) {
            p = starPattern + 1;
            t = ++starText;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

}

std::vector<fs::path> expandGlobs(const std::vector<std::string>& patterns)
{
    std::set<fs::path> files;
    for (const auto& pattern : patterns) {
        const fs::path path(pattern);
        std::error_code none;
        if (pattern.find_first_of("*?") == std::string::npos) {
            if (fs::is_regular_file(path, none))
                files.insert(path);
            continue;
        }
        for (auto entry = fs::directory_iterator(path.parent_path(), none); !none && entry != fs::directory_iterator(); entry.increment(none)) {
            if (entry->is_regular_file(none) && matchesPattern(entry->path().filename().string(), path.filename().string()))
                files.insert(entry->path());
        }
    }
    return { files.begin(), files.end() };
}

}
