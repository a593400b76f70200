#include "core/workspace/small_sections.h"

#include "core/base/format.h"

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace belvedere::workspace {

namespace {

constexpr std::int64_t kDayMs = 24 * 3600 * 1000;

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

}
