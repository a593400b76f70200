#include "app/rule_files.h"

#include "core/base/format.h"
#include "core/workspace/globs.h"

#include <QDir>
#include <QFile>
#include <QString>

#include <algorithm>
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

Result<void> copyShippedRules(const std::filesystem::path& folder)
{
    const QDir target(QString::fromStdString(folder.string()));
    if (!target.mkpath(QStringLiteral(".")))
        return failure(ErrorCode::io, formatted("the folder {} cannot be made; check who may write there", folder.string()));
    const QDir shipped(QStringLiteral(":/rules"));
    for (const auto& name : shipped.entryList()) {
        const auto copy = target.filePath(name);
        if (QFile::exists(copy))
            return failure(ErrorCode::alreadyExists, formatted("{} is there already and was left as it is", copy.toStdString()));
        // A copy of a resource may not be written to at first; this one is there to be changed.
        if (!QFile::copy(shipped.filePath(name), copy) || !QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther))
            return failure(ErrorCode::io, formatted("{} cannot be written; check who may write there, and the room on the disk", copy.toStdString()));
    }
    return {};
}

std::optional<std::filesystem::path> rulesFolder(const workspace::Configuration& configuration)
{
    const auto name = [](const std::string& pattern) { return std::filesystem::path(pattern).filename().string(); };
    const auto whole = std::ranges::find(configuration.ruleFiles, "*.yml", name);
    return whole == configuration.ruleFiles.end() ? std::nullopt : std::optional(std::filesystem::path(*whole).parent_path());
}

}
