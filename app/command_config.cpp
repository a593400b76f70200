#include "app/commands.h"

#include "core/base/format.h"
#include "core/workspace/configuration.h"

#include <filesystem>
#include <iostream>
#include <limits>

namespace belvedere::app {

namespace {

/// Faults and remarks go to standard output, one a line: they are what was asked for.
ExitStatus checkConfigs(const Arguments& arguments)
{
    auto status = ExitStatus::fine;
    for (const auto& file : arguments.positional()) {
        // Relative paths in what comes from a pipe are taken from here.
        const auto parsed = file == "-" ? workspace::parseConfiguration(readAll(file).value_or(std::string()), nameOf(file), std::filesystem::current_path()) : workspace::loadConfiguration(file);
        if (!parsed) {
            for (const auto& fault : parsed.error())
                std::cout << fault << '\n';
            status = ExitStatus::failed;
            continue;
        }
        // A misspelt key changes what a file means: it is found, although a running workbench goes on without it.
        for (const auto& unknown : parsed->unknownKeys) {
            std::cout << unknown << '\n';
            status = ExitStatus::failed;
        }
        for (const auto& warning : parsed->warnings)
            std::cout << warning << '\n';
        if (!parsed->unknownKeys.empty())
            continue;
        std::cerr << formatted("{}: a valid {}, {}\n", nameOf(file), toString(parsed->kind), counted(parsed->warnings.size(), "remark"));
    }
    return status;
}

}

Command configCheckCommand()
{
    return { .name = "config check",
        .synopsis = "FILE...|-",
        .summary = "Checks workspace.yml, prometheus.yml, promtail.yml and alertmanager.yml; exits 1 on faults and unknown keys.",
        .options = {},
        .minPositional = 1,
        .maxPositional = std::numeric_limits<std::size_t>::max(),
        .run = checkConfigs };
}

}
