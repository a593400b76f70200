#include "app/commands.h"
#include "app/version.h"

#include <iostream>

using namespace belvedere::app;

namespace {

ExitStatus openWindow(const Arguments& arguments)
{
    if (arguments.has("version")) {
        std::cout << "belvedere " << kVersion << '\n';
        return ExitStatus::fine;
    }
    std::cerr << "belvedere: this build has no window; use `belvedere serve`\n";
    return ExitStatus::failed;
}

}

int main(int argc, char** argv)
{
    const Command window { .name = {},
        .synopsis = {},
        .summary = "Belvedere: metrics, logs, alerts and dashboards of the services on this machine.",
        .options = { workspaceOption(), { "version", "", "print the version" } },
        .run = openWindow };
    const std::vector<Command> commands { serveCommand(), importMetricsCommand(), importLogsCommand(), queryCommand(), configCheckCommand() };
    return static_cast<int>(dispatch(commands, window, { argv + 1, argv + argc }));
}
