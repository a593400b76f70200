#include "app/commands.h"
#include "app/window.h"
#include "core/base/allocator.h"

using namespace belvedere::app;

int main(int argc, char** argv)
{
    belvedere::keepLittleFreeMemory();
    const std::vector<Command> commands { serveCommand(), importMetricsCommand(), importLogsCommand(), queryCommand(), logsCommand(),
        dashboardCheckCommand(), dashboardConvertCommand(), dashboardRenderCommand(), rulesCheckCommand(), configCheckCommand() };
    return static_cast<int>(dispatch(commands, windowCommand(), { argv + 1, argv + argc }));
}
