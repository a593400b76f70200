// The part of Belvedere that tests/docker/run.py sets on a real dockerd.
//   docker_follow SOCKET FOLDER    follows until it is told to stop (SIGTERM) or killed
//   docker_follow --dump FOLDER    prints what is stored: labels, a tab, the line

#include "core/docker/follower.h"
#include "core/logs/store.h"

#include <QCoreApplication>
#include <QTimer>

#include <csignal>
#include <cstdio>
#include <string>

namespace {

using namespace belvedere;

volatile std::sig_atomic_t g_stop = 0;

class PrintingLogger final : public Logger {
public:
    void log(Level, std::string_view category, std::string_view message) override
    {
        std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(category.size()), category.data(), static_cast<int>(message.size()), message.data());
    }
};

int dump(logs::Store& store)
{
    model::LogRequest request;
    auto selection = store.select(request, {});
    if (!selection)
        return 1;
    for (std::size_t unit = 0; unit < (*selection)->units().size(); ++unit) {
        const auto labels = (*selection)->streams()[(*selection)->units()[unit].stream]->toString();
        auto read = (*selection)->read(
            unit,
            [&](const model::LogBatchView& batch) {
                for (const auto line : batch.lines)
                    std::printf("%s\t%.*s\n", labels.c_str(), static_cast<int>(line.size()), line.data());
            },
            {});
        if (!read)
            return 1;
    }
    return 0;
}

}

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    if (argc != 3)
        return 2;
    const bool dumping = std::string_view(argv[1]) == "--dump";
    SystemClock clock;
    PrintingLogger logger;
    auto store = logs::Store::open(argv[2], { .readOnly = dumping }, clock, logger);
    if (!store) {
        std::fprintf(stderr, "%s\n", store.error().message.c_str());
        return 1;
    }
    if (dumping)
        return dump(**store);
    docker::Follower follower({ .socket = argv[1] }, **store, logger);
    QObject::connect(&follower, &docker::Follower::containersChanged, &application, [](const auto& containers) {
        for (const auto& container : *containers) {
            if (!container.logsError.empty())
                std::fprintf(stderr, "%s: %s\n", container.name.c_str(), container.logsError.c_str());
        }
    });
    follower.start();
    std::signal(SIGTERM, [](int) { g_stop = 1; });
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &application, [] {
        if (g_stop)
            QCoreApplication::quit();
    });
    timer.start(50);
    return QCoreApplication::exec();
}
