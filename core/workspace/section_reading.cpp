#include "core/workspace/section_reading.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/workspace/globs.h"

#include <fstream>
#include <iterator>

namespace belvedere::workspace {

namespace fs = std::filesystem;

std::string Context::absolute(const std::string& path) const
{
    return fs::path(path).is_absolute() ? path : (folder / path).lexically_normal().string();
}

std::optional<std::string> contentOf(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream || fs::is_directory(file))
        return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
}

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

}
