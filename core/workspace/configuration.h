#pragma once

#include "core/ingest/scrape_config.h"
#include "core/model/labels.h"
#include "core/workspace/listen.h"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace belvedere::workspace {

/// Which containers' logs are followed.
struct DockerLogs {
    bool enabled = false;
    std::string host = {}; ///< "unix:///var/run/docker.sock", "tcp://…"; "" for what the environment says
    /// As the Engine API takes them: name ("label", "name", "status") and values, one of which must match.
    std::vector<std::pair<std::string, std::vector<std::string>>> filters = {};
    std::vector<ingest::RelabelConfig> relabelConfigs = {};

    bool operator==(const DockerLogs&) const = default;
};

/// Log files that belong together.
struct FileLogs {
    std::string job = {};
    std::vector<std::string> globs = {};   ///< absolute
    std::vector<std::string> exclude = {}; ///< likewise: files that match one of these are not read
    std::vector<model::Label> labels = {};

    bool operator==(const FileLogs&) const = default;
};

/// A remote Prometheus, VictoriaMetrics, Mimir or Loki.
struct RemoteSource {
    std::string uid = {};
    std::string name = {};
    std::string type = {}; ///< prometheus or loki
    std::string url = {};
    std::string basicUser = {};
    std::string basicPassword = {};
    bool isDefault = false;
    std::int64_t scrapeIntervalMs = 15'000;
    std::vector<std::string> ruleFiles = {}; ///< as Configuration::ruleFiles; their rules ask this source, in its language

    bool operator==(const RemoteSource&) const = default;
};

/// What is kept; 0 means no limit.
struct Retention {
    std::int64_t timeMs = 0;
    std::uint64_t bytes = 0;

    bool operator==(const Retention&) const = default;
};

/// What workspace.yml, or a prometheus.yml in its place, says: plain values with the defaults filled in.
struct Configuration {
    std::int64_t scrapeIntervalMs = 60'000;
    std::int64_t scrapeTimeoutMs = 10'000;
    ingest::ScrapeLimits scrapeLimits = {}; ///< of jobs that have none of their own
    std::int64_t evaluationIntervalMs = 60'000;
    std::vector<model::Label> externalLabels = {};
    std::vector<ingest::ScrapeJob> scrapeJobs = {};
    /// Files whose scrape_configs are part of this, metrics' and logs'; as ruleFiles.
    std::vector<std::string> scrapeConfigFiles = {};
    std::vector<std::string> logScrapeConfigFiles = {};
    std::vector<std::string> ruleFiles = {};    ///< absolute, may contain * in the last part; PromQL
    std::vector<std::string> logRuleFiles = {}; ///< likewise; LogQL
    DockerLogs docker = {};
    std::vector<FileLogs> files = {};
    std::vector<RemoteSource> dataSources = {};
    Retention metricsRetention = {};
    Retention logsRetention = {};
    std::int64_t outOfOrderWindowMs = 60 * 60 * 1000;
    Listen listen = {};
    bool selfMetrics = false; ///< Belvedere scrapes its own /metrics, as the job "belvedere"

    bool operator==(const Configuration&) const = default;
};

/// What kind of file a document is, by its content.
enum class FileKind : std::uint8_t { workspace, prometheus, promtail, alertmanager };
[[nodiscard]] std::string_view toString(FileKind kind) noexcept;

struct Parsed {
    FileKind kind = FileKind::workspace;
    Configuration configuration; ///< of workspace and prometheus files
    /// "file:line:column: what; remedy", one for each thing that is there but has no effect here.
    std::vector<std::string> warnings;
    /// Likewise, one for each key that no program has here: a word that is misspelt, or newer than this Belvedere.
    std::vector<std::string> unknownKeys;
};

/// One message for each fault: "file:line:column: what; remedy".
using Faults = std::vector<std::string>;

/// Reads a configuration. Keys that mean nothing here are warnings, keys that nobody knows are told apart from them; wrong
/// types, values and expressions are faults, and all of them are found. `file` names the place in messages; relative paths in the text are taken from `folder`.
///
/// promtail.yml and alertmanager.yml are recognised by what they contain and checked for their form.
[[nodiscard]] std::expected<Parsed, Faults> parseConfiguration(std::string_view text, const std::string& file, const std::filesystem::path& folder);
/// Reads the file too.
[[nodiscard]] std::expected<Parsed, Faults> loadConfiguration(const std::filesystem::path& file);

}
