#pragma once

#include "core/ingest/scrape_config.h"
#include "core/model/labels.h"
#include "core/workspace/yaml_reader.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// What the readers of several sections have in common. Only the readers of this folder include this header.

namespace belvedere::workspace {

/// What reading needs beside the node: where messages go and where relative paths start.
struct Context {
    YamlDiagnostics& diagnostics;
    const std::filesystem::path& folder;

    [[nodiscard]] std::string absolute(const std::string& path) const;
};

/// Nothing where it cannot be read.
[[nodiscard]] std::optional<std::string> contentOf(const std::filesystem::path& file);

/// Whether a secret that cannot be read makes the whole file unusable.
enum class Missing : std::uint8_t { fault, warning };

/// The content of a file that a key such as password_file names, without the line's end.
void secretFile(YamlMap& map, const char* key, std::string& value, Context& context, Missing missing);

void readLabels(YamlMap& map, const char* key, std::vector<model::Label>& labels, Context& context);

/// Rules that do not compile are faults.
[[nodiscard]] std::vector<ingest::RelabelConfig> readRelabelConfigs(YamlMap& parent, const char* key, Context& context);

/// Paths with * and ? in the last part, made absolute.
void readPatterns(YamlMap& map, const char* key, std::vector<std::string>& patterns, Context& context);

/// The files that `key` names: each is read with its own folder, and its faults name its own places. They may be whole
/// configurations, of which only `scrape_configs` counts.
void readReferred(YamlMap& map, const char* key, std::vector<std::string>& patterns, Context& context, const std::function<void(YamlMap& root, Context& context)>& read);

}
