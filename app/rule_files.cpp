#include "app/rule_files.h"

#include "core/base/format.h"
#include "core/workspace/globs.h"

#include <QFile>
#include <QString>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace belvedere::app {

namespace {

/// `source` is the data source that the rules ask, "" for the embedded stores.
void take(LoadedRules& rules, std::string_view text, const std::string& name, alert::Language language, const promql::Features& features, const std::string& source = {})
{
    auto parsed = alert::parseRuleFile(text, name, language, features);
    if (!parsed) {
        rules.faults.insert(rules.faults.end(), parsed.error().begin(), parsed.error().end());
        return;
    }
    for (auto& group : *parsed) {
        group.source = source;
        rules.groups.push_back(std::move(group));
    }
}

}

LoadedRules readRules(const workspace::Configuration& configuration, const promql::Features& features)
{
    LoadedRules rules;
    const auto read = [&](const std::vector<std::string>& patterns, alert::Language language, const std::string& source = {}) {
        for (const auto& file : workspace::expandGlobs(patterns)) {
            std::ifstream stream(file, std::ios::binary);
            if (stream)
                take(rules, std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()), file.string(), language, features, source);
            else
                rules.faults.push_back(formatted("{}: cannot be read; check that it is readable for you", file.string()));
        }
    };
    read(configuration.ruleFiles, alert::Language::promql);
    read(configuration.logRuleFiles, alert::Language::logql);
    for (const auto& source : configuration.dataSources)
        read(source.ruleFiles, source.type == "loki" ? alert::Language::logql : alert::Language::promql, source.uid);
    return rules;
}

LoadedRules shippedRules(const promql::Features& features)
{
    LoadedRules rules;
    if (QFile shipped(QStringLiteral(":/rules/stack.yml")); shipped.open(QIODevice::ReadOnly))
        take(rules, shipped.readAll().toStdString(), "stack.yml", alert::Language::promql, features);
    return rules;
}

}
