#include "core/workspace/logs_section.h"

#include "core/base/format.h"

#include <string>
#include <utility>
#include <vector>

namespace belvedere::workspace {

namespace {

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

}
