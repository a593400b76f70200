#include "core/workspace/configuration.h"
#include "core/workspace/default_workspace.h"
#include "core/workspace/globs.h"
#include "core/workspace/listen.h"
#include "tests/support/folders.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace belvedere::workspace {
namespace {

namespace fs = std::filesystem;

Configuration parse(std::string_view text)
{
    const auto parsed = parseConfiguration(text, "workspace.yml", "/ws");
    if (!parsed) {
        ADD_FAILURE() << parsed.error().front();
        return {};
    }
    EXPECT_TRUE(parsed->warnings.empty()) << parsed->warnings.front();
    return parsed->configuration;
}

std::string firstFault(std::string_view text)
{
    const auto parsed = parseConfiguration(text, "w.yml", "/ws");
    return parsed ? "no fault" : parsed.error().front();
}

TEST(Configuration, emptyFileHasThePromisedDefaults)
{
    const auto configuration = parse("");
    EXPECT_EQ(configuration.scrapeIntervalMs, 60'000);
    EXPECT_EQ(configuration.listen.address, "127.0.0.1");
    EXPECT_EQ(configuration.listen.port, 9797);
    EXPECT_FALSE(configuration.docker.enabled);
}

TEST(Configuration, newWorkspaceFollowsContainersAndItself)
{
    const auto configuration = parse(defaultWorkspaceFile());
    EXPECT_TRUE(configuration.docker.enabled);
    EXPECT_TRUE(configuration.selfMetrics);
    EXPECT_EQ(configuration.ruleFiles, std::vector<std::string> { "/ws/rules/*.yml" });
}

TEST(Configuration, readsScrapeConfigsAsPrometheusDoes)
{
    const auto configuration = parse(R"(
global: {scrape_interval: 5s, external_labels: {site: home}}
scrape_configs:
  - job_name: api
    scrape_interval: 10s
    metrics_path: /m
    scheme: https
    params: {collect: [cpu, mem]}
    basic_auth: {username: u, password: p}
    tls_config: {insecure_skip_verify: true}
    sample_limit: 1000
    body_size_limit: 10MB
    static_configs:
      - targets: [a:1, b:2]
        labels: {env: dev}
    file_sd_configs: [{files: [sd/*.json], refresh_interval: 1m}]
    relabel_configs:
      - {source_labels: [__address__], regex: '(.*):\d+', target_label: host}
    metric_relabel_configs:
      - {source_labels: [__name__], regex: go_.*, action: drop}
)");
    EXPECT_EQ(configuration.externalLabels, (std::vector<model::Label> { { "site", "home" } }));
    ASSERT_EQ(configuration.scrapeJobs.size(), 1U);
    const auto& job = configuration.scrapeJobs[0];
    EXPECT_EQ(job.intervalMs, 10'000);
    EXPECT_EQ(job.timeoutMs, 5'000); // the global time-out is bounded by the global interval
    EXPECT_EQ(job.metricsPath, "/m");
    EXPECT_EQ(job.authorization.basicUser, "u");
    EXPECT_TRUE(job.insecureSkipVerify);
    EXPECT_EQ(job.limits.samples, 1000U);
    EXPECT_EQ(job.limits.bodyBytes, 10U << 20);
    EXPECT_EQ(job.staticTargets[0].targets, (std::vector<std::string> { "a:1", "b:2" }));
    EXPECT_EQ(job.fileDiscoveries[0].files[0], "/ws/sd/*.json");
    EXPECT_EQ(job.relabelConfigs[0].targetLabel, "host");
    EXPECT_EQ(job.metricRelabelConfigs[0].action, "drop");
}

TEST(Configuration, readsWholeFilesThatItRefersTo)
{
    const test::TemporaryFolder folder;
    const auto write = [&](const char* name, const char* text) { std::ofstream(folder.path() / name) << text; };
    write("prometheus.yml", "global: {scrape_interval: 7s}\nscrape_configs:\n  - {job_name: old, file_sd_configs: [{files: [sd.json]}]}\nalerting: {}\n");
    write("promtail.yml", "positions: {}\nscrape_configs:\n  - job_name: sys\n    static_configs:\n      - {labels: {__path__: x.log}}\n");
    const auto good = parseConfiguration("scrape_config_files: [prometheus.yml]\nscrape_configs: [{job_name: new}]\nlogs: {scrape_config_files: [promtail.*]}\n", "w.yml", folder.path());
    ASSERT_TRUE(good) << good.error().front();
    const auto& configuration = good->configuration;
    ASSERT_EQ(configuration.scrapeJobs.size(), 2U);
    EXPECT_EQ(configuration.scrapeJobs[1].name, "old");
    EXPECT_EQ(configuration.scrapeJobs[1].fileDiscoveries[0].files[0], (folder.path() / "sd.json").string());
    ASSERT_EQ(configuration.files.size(), 1U);
    EXPECT_EQ(configuration.files[0].globs[0], (folder.path() / "x.log").string());

    write("prometheus.yml", "scrape_configs:\n  - {job_name: new}\n");
    const auto twice = parseConfiguration("scrape_config_files: [prometheus.yml]\nscrape_configs: [{job_name: new}]\n", "w.yml", folder.path());
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().front(), (folder.path() / "prometheus.yml").string() + ":2:5: there are two scrape_configs with the job_name 'new'; give each its own");
    EXPECT_EQ(firstFault("scrape_config_files: [gone.yml]\n"), "w.yml:1:1: 'scrape_config_files' of prometheus.yml names '/ws/gone.yml', which is not there");
}

TEST(Configuration, readsDnsDiscovery)
{
    const auto configuration = parse("scrape_configs:\n  - job_name: x\n    dns_sd_configs:\n      - names: [_http._tcp.example.org]\n"
                                     "      - {names: [api, web], type: a, port: 8000, refresh_interval: 5s}\n");
    const std::vector<ingest::DnsDiscovery> expected { { .names = { "_http._tcp.example.org" } },
        { .names = { "api", "web" }, .type = ingest::DnsDiscovery::Type::a, .port = 8000, .refreshIntervalMs = 5'000 } };
    EXPECT_EQ(configuration.scrapeJobs.at(0).dnsDiscoveries, expected);
    const std::string job = "scrape_configs:\n  - job_name: x\n    dns_sd_configs:\n      - ";
    EXPECT_EQ(firstFault(job + "{names: [api], type: A}\n"), "w.yml:4:9: dns_sd_configs[0] needs a port from 1 to 65535: its records have none");
    EXPECT_EQ(firstFault(job + "{names: [api], type: TXT, port: 1}\n"), "w.yml:4:9: 'TXT' is not a type of dns_sd_configs[0]; use SRV, A, AAAA, MX or NS");
    EXPECT_EQ(firstFault(job + "{type: SRV}\n"), "w.yml:4:9: dns_sd_configs[0] has no names");
}

TEST(Configuration, takesGlobalLimitsWhereAJobHasNone)
{
    const auto configuration = parse("global: {sample_limit: 500, body_size_limit: 1MB}\nscrape_configs:\n  - {job_name: x}\n  - {job_name: y, sample_limit: 7, label_limit: 30}\n");
    EXPECT_EQ(configuration.scrapeJobs.at(0).limits, (ingest::ScrapeLimits { .samples = 500, .bodyBytes = 1U << 20 }));
    EXPECT_EQ(configuration.scrapeJobs.at(1).limits, (ingest::ScrapeLimits { .samples = 7, .labels = 30, .bodyBytes = 1U << 20 }));
}

TEST(Configuration, readsLogsInBothSpellings)
{
    const auto configuration = parse(R"(
logs:
  docker:
    host: tcp://127.0.0.1:2375
    filters: [{name: label, values: [a=b]}]
  files:
    - {job: nginx, paths: [logs/*.log], exclude: [logs/debug*.log], labels: {service: web}}
  scrape_configs:
    - job_name: sys
      static_configs:
        - targets: [localhost]
          labels: {job: varlogs, __path__: /var/log/*.log, __path_exclude__: /var/log/x.log}
)");
    EXPECT_TRUE(configuration.docker.enabled);
    EXPECT_EQ(configuration.docker.filters[0].second[0], "a=b");
    ASSERT_EQ(configuration.files.size(), 2U);
    EXPECT_EQ(configuration.files[0].globs[0], "/ws/logs/*.log");
    EXPECT_EQ(configuration.files[0].exclude, (std::vector<std::string> { "/ws/logs/debug*.log" }));
    EXPECT_EQ(configuration.files[1].globs[0], "/var/log/*.log");
    EXPECT_EQ(configuration.files[1].exclude, (std::vector<std::string> { "/var/log/x.log" }));
    EXPECT_EQ(configuration.files[1].labels, (std::vector<model::Label> { { "job", "varlogs" } }));
}

TEST(Configuration, readsDataSourcesRetentionAndListen)
{
    const auto configuration = parse(R"(
data_sources:
  - {name: prod, type: prometheus, url: "http://p:9090", default: true, basic_auth: {username: u, password: s}}
  - {name: logs, uid: l1, type: loki, url: "http://l:3100", rule_files: [/etc/rules/*.yml]}
retention: {metrics: {time: 30d, size: 2GB}, logs: 14d}
listen: {address: "0.0.0.0:9999", token: secret}
)");
    ASSERT_EQ(configuration.dataSources.size(), 2U);
    EXPECT_EQ(configuration.dataSources[0].uid, "prod");
    EXPECT_EQ(configuration.dataSources[0].basicPassword, "s");
    EXPECT_EQ(configuration.dataSources[1].uid, "l1");
    EXPECT_TRUE(configuration.dataSources[0].ruleFiles.empty());
    EXPECT_EQ(configuration.dataSources[1].ruleFiles, std::vector<std::string> { "/etc/rules/*.yml" });
    EXPECT_EQ(configuration.metricsRetention.timeMs, 30LL * 24 * 3600 * 1000);
    EXPECT_EQ(configuration.metricsRetention.bytes, 2ULL << 30);
    EXPECT_EQ(configuration.logsRetention.timeMs, 14LL * 24 * 3600 * 1000);
    EXPECT_EQ(configuration.listen.address, "0.0.0.0");
    EXPECT_EQ(configuration.listen.port, 9999);
    EXPECT_EQ(configuration.listen.token, "secret");
}

TEST(Configuration, faultsNamePlaceAndRemedy)
{
    EXPECT_EQ(firstFault("global:\n  scrape_interval: fast\n"), "w.yml:2:20: 'scrape_interval' of global must be a duration like 15s, 5m or 1h30m");
    EXPECT_EQ(firstFault("scrape_configs:\n  - job_name: a\n  - job_name: a\n"), "w.yml:3:5: there are two scrape_configs with the job_name 'a'; give each its own");
    EXPECT_EQ(firstFault("scrape_configs: 3\n"), "w.yml:1:17: 'scrape_configs' of prometheus.yml must be a list");
    EXPECT_TRUE(firstFault("a: [1\n").starts_with("w.yml:2:1: not valid YAML")) << firstFault("a: [1\n");
    // The YAML reader alone takes it for the end of the document.
    const std::string withNul("a: 1\nb: \0", 9);
    EXPECT_TRUE(firstFault(withNul).starts_with("w.yml:2:4: there is a control character (0x00)")) << firstFault(withNul);
    EXPECT_TRUE(firstFault("- 1\n").starts_with("w.yml:1:1: this is not a configuration"));
    EXPECT_TRUE(firstFault("listen: here\n").starts_with("w.yml:1:9: 'here' is not an address")) << firstFault("listen: here\n");
    EXPECT_NE(firstFault("scrape_configs:\n- job_name: a\n  relabel_configs: [{regex: '(', target_label: x}]\n").find("w.yml:3:"), std::string::npos);
    EXPECT_NE(firstFault("scrape_configs:\n- job_name: a\n  static_configs: [{targets: ['http://x:1/metrics']}]\n").find("host:port only"), std::string::npos);
    EXPECT_NE(firstFault("scrape_configs:\n- job_name: a\n  scrape_interval: 5s\n  scrape_timeout: 6s\n").find("w.yml:2:3"), std::string::npos);
}

TEST(Configuration, findsAllFaultsAtOnce)
{
    const auto parsed = parseConfiguration("global: {scrape_interval: x}\nscrape_configs: [{}]\nlisten: y\n", "w.yml", "/ws");
    ASSERT_FALSE(parsed);
    EXPECT_GE(parsed.error().size(), 3U);
}

TEST(Configuration, whatMeansNothingHereIsListed)
{
    const auto parsed = parseConfiguration(R"(
global: {scrape_interval: 5s, colour: red}
alerting: {alertmanagers: []}
remote_write: [{url: "http://x"}]
scrape_configs:
  - job_name: k
    kubernetes_sd_configs: [{role: pod}]
)",
        "p.yml", "/");
    ASSERT_TRUE(parsed) << parsed.error().front();
    EXPECT_EQ(parsed->warnings.size(), 3U);
    ASSERT_EQ(parsed->unknownKeys.size(), 1U);
    EXPECT_EQ(parsed->unknownKeys[0], "p.yml:2:31: global has no key 'colour'; it is ignored");
}

TEST(Configuration, knowsTheOtherProgramsFiles)
{
    const auto kind = [](std::string_view text) { return parseConfiguration(text, "f", "/").value().kind; };
    EXPECT_EQ(kind("route: {receiver: a}\nreceivers: [{name: a}]\n"), FileKind::alertmanager);
    EXPECT_EQ(kind("clients: [{url: x}]\nscrape_configs: [{job_name: a}]\n"), FileKind::promtail);
    EXPECT_EQ(kind("scrape_configs: [{job_name: a, syslog: {}}]\n"), FileKind::promtail);
    EXPECT_EQ(kind("scrape_configs: []\n"), FileKind::prometheus);
    EXPECT_EQ(kind("logs: {docker: true}\n"), FileKind::workspace);
    EXPECT_EQ(firstFault("route: {receiver: b}\nreceivers: [{name: a}]\n"), "w.yml:1:8: there is no receiver named 'b'");
    EXPECT_EQ(firstFault("receivers: [{name: a}]\n"), "w.yml:1:1: there is no 'route'; alerts need a top route with a receiver");
    for (const auto* top : { "continue: true", "matchers: [a=b]", "active_time_intervals: [x]", "group_by: [a, ...]" })
        EXPECT_NE(firstFault(std::string("route: {receiver: a, ") + top + "}\nreceivers: [{name: a}]\n"), "no fault") << top;
    EXPECT_EQ(firstFault("route: {receiver: a, continue: false, routes: [{continue: true, mute_time_intervals: [n]}]}\nreceivers: [{name: a}]\ntime_intervals: [{name: n}]\n"), "no fault");
}

TEST(Configuration, readsSecretsFromFiles)
{
    const test::TemporaryFolder folder;
    std::ofstream(folder.path() / "token") << "geheim\n";
    const auto parsed = parseConfiguration("listen: {address: '0.0.0.0:1', token_file: token}\n", "w.yml", folder.path());
    ASSERT_TRUE(parsed) << parsed.error().front();
    EXPECT_EQ(parsed->configuration.listen.token, "geheim");
    EXPECT_NE(firstFault("listen: {token_file: missing}\n").find("/ws/missing"), std::string::npos);
}

TEST(Configuration, expandsPatterns)
{
    const test::TemporaryFolder folder;
    for (const char* name : { "a.yml", "b.yml", "b.yaml", "c.yml.bak" })
        std::ofstream(folder.path() / name) << "x";
    const auto base = folder.path().string();
    EXPECT_EQ(expandGlobs({ base + "/*.yml", base + "/a.yml", base + "/none.yml" }), (std::vector<fs::path> { base + "/a.yml", base + "/b.yml" }));
}

TEST(Listen, readsAddressAndPort)
{
    EXPECT_EQ(parseListen("9000")->port, 9000);
    EXPECT_EQ(parseListen(":9000")->address, "127.0.0.1");
    EXPECT_EQ(parseListen("[::1]:9000")->address, "::1");
    EXPECT_FALSE(parseListen("::1:9000"));
    EXPECT_FALSE(parseListen("127.0.0.1:"));
    EXPECT_FALSE(parseListen("127.0.0.1:99999"));
}

/// Configurations that others published: each must be read, whatever of it has no effect here.
TEST(Configuration, readsPublishedFiles)
{
    const auto corpus = test::sharedFolder() / "corpus";
    if (!fs::is_directory(corpus)) {
        std::cout << "skipped: there is no corpus at " << corpus << "\n";
        return;
    }
    std::size_t files = 0;
    for (const char* kind : { "prometheus-config", "promtail", "alertmanager" }) {
        if (!fs::is_directory(corpus / kind))
            continue;
        for (const auto& entry : fs::recursive_directory_iterator(corpus / kind)) {
            const auto extension = entry.path().extension();
            if (!entry.is_regular_file() || (extension != ".yml" && extension != ".yaml"))
                continue;
            ++files;
            const auto parsed = loadConfiguration(entry.path());
            const auto name = entry.path().filename().string();
            if (!parsed && name.find(".bad.") == std::string::npos)
                std::cout << parsed.error().front() << "\n";
            EXPECT_TRUE(parsed || name.find(".good.") == std::string::npos) << name;
        }
    }
    std::cout << files << " files read\n";
}

}
}
