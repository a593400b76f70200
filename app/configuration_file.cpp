#include "app/configuration_file.h"

#include "core/base/format.h"
#include "core/workspace/globs.h"

#include <string>
#include <string_view>
#include <utility>

namespace belvedere::app {

ConfigurationFile::ConfigurationFile(std::filesystem::path path, std::optional<workspace::Listen> listen)
    : m_path(std::move(path))
    , m_listen(std::move(listen))
{
}

std::expected<workspace::Parsed, workspace::Faults> ConfigurationFile::read() const
{
    auto parsed = workspace::loadConfiguration(m_path);
    if (!parsed)
        return parsed;
    if (parsed->kind == workspace::FileKind::promtail || parsed->kind == workspace::FileKind::alertmanager)
        return std::unexpected(workspace::Faults { formatted("{}:1:1: this is a {}; give a workspace.yml or a prometheus.yml", m_path.string(), toString(parsed->kind)) });
    if (m_listen) {
        parsed->configuration.listen.address = m_listen->address;
        parsed->configuration.listen.port = m_listen->port;
    }
    return parsed;
}

void ConfigurationFile::remarkOnLaterKeys(workspace::Parsed& parsed, const workspace::Configuration& started) const
{
    const auto& now = parsed.configuration;
    std::string keys;
    const auto compare = [&](std::string_view key, bool same) {
        if (!same)
            keys += (keys.empty() ? "" : ", ") + std::string(key);
    };
    compare("retention", now.metricsRetention == started.metricsRetention && now.logsRetention == started.logsRetention);
    compare("out_of_order_time_window", now.outOfOrderWindowMs == started.outOfOrderWindowMs);
    compare("evaluation_interval", now.evaluationIntervalMs == started.evaluationIntervalMs);
    compare("external_labels", now.externalLabels == started.externalLabels);
    compare("listen", m_listen || now.listen == started.listen);
    if (!keys.empty())
        parsed.warnings.push_back(formatted("{}: changes of {} take effect at the next start", m_path.string(), keys));
}

std::vector<std::filesystem::path> ConfigurationFile::allFiles(const workspace::Configuration& configuration) const
{
    auto patterns = configuration.ruleFiles;
    for (const auto* more : { &configuration.logRuleFiles, &configuration.scrapeConfigFiles, &configuration.logScrapeConfigFiles })
        patterns.insert(patterns.end(), more->begin(), more->end());
    for (const auto& source : configuration.dataSources)
        patterns.insert(patterns.end(), source.ruleFiles.begin(), source.ruleFiles.end());
    auto files = workspace::expandGlobs(patterns);
    files.push_back(m_path);
    return files;
}

}
