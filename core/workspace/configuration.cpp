#include "core/workspace/configuration.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/workspace/form_checks.h"
#include "core/workspace/logs_section.h"
#include "core/workspace/scrape_section.h"
#include "core/workspace/section_reading.h"
#include "core/workspace/small_sections.h"

#include <algorithm>
#include <array>

// The document as a whole: what kind of file it is, and which sections it has.

namespace belvedere::workspace {

namespace fs = std::filesystem;

namespace {

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

}
