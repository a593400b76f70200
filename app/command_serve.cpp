#include "app/commands.h"
#include "app/console_logger.h"
#include "app/session.h"

#include "core/base/termination.h"

#include <condition_variable>
#include <format>
#include <iostream>
#include <mutex>

namespace belvedere::app {

namespace {

ExitStatus serve(const Arguments& arguments)
{
    ConsoleLogger logger;
    SessionOptions options;
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

    std::mutex mutex;
    std::condition_variable changed;
    bool ending = false;
    bool reloading = false;
    const auto set = [&](bool& flag) {
        const std::scoped_lock lock(mutex);
        flag = true;
        changed.notify_one();
    };
    const TerminationWatch watch([&] { set(ending); }, [&] { set(reloading); });

    const auto session = Session::open(std::move(options), logger);
    if (!session)
        return fail(session.error());
    // The one line of standard output: where it answers, for whoever started it with a port of 0.
    std::cout << (*session)->url() << std::endl;
    logger.log(Logger::Level::info, "app", std::format("workspace {}, answering on {}", (*session)->options().folder.string(), (*session)->url()));

    std::unique_lock lock(mutex);
    while (!ending) {
        changed.wait(lock, [&] { return ending || reloading; });
        if (std::exchange(reloading, false)) {
            lock.unlock();
            (void)(*session)->reload(); // has reported what was wrong
            lock.lock();
        }
    }
    lock.unlock();
    logger.log(Logger::Level::info, "app", "stopping");
    return ExitStatus::fine;
}

}

Command serveCommand()
{
    return { .name = "serve",
        .synopsis = {},
        .summary = "Collects and answers on HTTP without a window, until SIGINT or SIGTERM.",
        .options = { workspaceOption(), { "listen", "ADDR:PORT", "where to answer (default: 127.0.0.1:9797; port 0 takes a free one)" },
            { "config", "FILE", "a workspace.yml or prometheus.yml in place of the workspace's own" }, featureOption() },
        .run = serve };
}

}
