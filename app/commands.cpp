#include "app/commands.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace belvedere::app {

Option workspaceOption() { return { "workspace", "DIR", "the workspace (default: $XDG_DATA_HOME/belvedere)" }; }
Option featureOption() { return { "enable-feature", "NAME,...", "Prometheus' names: promql-experimental-functions, promql-duration-expr, promql-delayed-name-removal" }; }
Option formatOption() { return { "format", "table|json|csv", "how the answer is written (default: table)" }; }
Option urlOption() { return { "url", "URL", "ask this server instead of a workspace; http://user:password@host:port" }; }

std::string counted(std::size_t count, std::string_view noun) { return formatted("{} {}{}", count, noun, count == 1 ? "" : "s"); }

std::string nameOf(const std::string& file) { return file == "-" ? std::string(kStandardInput) : file; }

Result<std::string> readAll(const std::string& file)
{
    std::ifstream stream;
    if (file != "-")
        stream.open(file, std::ios::binary);
    std::error_code none;
    if (!stream || (file != "-" && std::filesystem::is_directory(file, none)))
        return failure(ErrorCode::io, file + ": cannot be read; check that it exists and is readable");
    return std::string(std::istreambuf_iterator<char>(file == "-" ? std::cin : stream), std::istreambuf_iterator<char>());
}

ExitStatus fail(const Error& error)
{
    std::cerr << "belvedere: " << error.message << '\n';
    return ExitStatus::failed;
}

ExitStatus usageFailure(const Error& error)
{
    (void)fail(error);
    return ExitStatus::usage;
}

promql::Features parseFeatures(std::string_view names, Logger& logger)
{
    promql::Features features;
    // What Prometheus has switches for and is always on, or is not a matter of the query language, here.
    constexpr std::array<std::string_view, 5> kWithoutEffect { "native-histograms", "exemplar-storage", "memory-snapshot-on-shutdown", "extra-scrape-metrics", "auto-gomaxprocs" };
    for (const auto part : split(names, ',')) {
        const auto name = trim(part);
        if (name.empty())
            continue;
        if (name == "promql-experimental-functions")
            features.experimentalFunctions = true;
        else if (name == "promql-duration-expr")
            features.durationExpressions = true;
        else if (name == "promql-delayed-name-removal")
            features.delayedNameRemoval = true;
        else if (std::ranges::find(kWithoutEffect, name) != kWithoutEffect.end())
            logger.log(Logger::Level::info, "app", formatted("feature '{}' has no effect here", name));
        else
            logger.log(Logger::Level::warning, "app", formatted("unknown feature '{}'", name));
    }
    return features;
}

}
