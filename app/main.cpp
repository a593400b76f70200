#include "app/commands.h"
#include "app/window.h"
#include "core/base/allocator.h"
#include "core/base/process_stats.h"

using namespace belvedere::app;

int main(int argc, char** argv)
{
    belvedere::keepLittleFreeMemory();
    belvedere::useAllDescriptors();
    const std::vector<Command> commands { serveCommand(), importMetricsCommand(), importLogsCommand(), queryCommand(), logsCommand(),
        dashboardCheckCommand(), dashboardConvertCommand(), dashboardRenderCommand(), rulesCheckCommand(), configCheckCommand() };
    return static_cast<int>(dispatch(commands, windowCommand(), { argv + 1, argv + argc }));
}
