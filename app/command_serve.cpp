#include "app/commands.h"
#include "app/console_logger.h"
#include "app/session.h"
#include "app/workspace_folder.h"

#include "core/base/format.h"
#include "core/base/termination.h"

#include <QCoreApplication>
#include <QMetaObject>

#include <filesystem>
#include <iostream>
#include <optional>

namespace belvedere::app {

namespace {

ExitStatus serve(const Arguments& arguments)
{
    ConsoleLogger logger;
    SessionOptions options;
    options.demo = arguments.has("demo");
    std::optional<ThrowAwayFolder> throwAway;
    if (options.demo && !arguments.has("workspace"))
        options.folder = throwAway.emplace().path();
    else
        options.folder = workspaceFolder(arguments);
    if (arguments.has("config"))
        options.configFile = arguments.get("config");
    if (arguments.has("listen")) {
        auto listen = workspace::parseListen(arguments.get("listen"));
        if (!listen)
            return usageFailure(listen.error());
        options.listen = std::move(*listen);
    }
    options.features = parseFeatures(arguments.get("enable-feature"), logger);

    int argc = 1;
    char name[] = "belvedere";
    char* argv[] = { name, nullptr };
    const QCoreApplication application(argc, argv);
    Session* running = nullptr; // used in this thread only
    // Both come from the watch's thread and are served by the event loop.
    const TerminationWatch watch([&] { QMetaObject::invokeMethod(qApp, [] { QCoreApplication::quit(); }, Qt::QueuedConnection); },
        [&] {
            QMetaObject::invokeMethod(qApp, [&running] {
                if (running)
                    (void)running->reload(); // has reported what was wrong
            }, Qt::QueuedConnection);
        });

    const auto session = Session::open(std::move(options), logger);
    if (!session)
        return fail(session.error());
    // The one line of standard output: where it answers, for whoever started it with a port of 0.
    std::cout << (*session)->url() << std::endl;
    logger.log(Logger::Level::info, "app", formatted("workspace {}, answering on {}", (*session)->options().folder.string(), (*session)->url()));

    running = session->get();
    QCoreApplication::exec();
    running = nullptr;
    logger.log(Logger::Level::info, "app", "stopping");
    return ExitStatus::fine;
}

}

Command serveCommand()
{
    return { .name = "serve",
        .synopsis = {},
        .summary = "Collects and answers on HTTP without a window, until SIGINT or SIGTERM.",
        .options = { workspaceOption(), { "demo", "", "watch a built-in stack of pretend services, in a throw-away workspace" }, { "listen", "ADDR:PORT", "where to answer (default: 127.0.0.1:9797; port 0 takes a free one)" },
            { "config", "FILE", "a workspace.yml or prometheus.yml in place of the workspace's own" }, featureOption() },
        .run = serve };
}

}
