#include "app/window.h"

#include "app/commands.h"
#include "app/console_logger.h"
#include "app/notifier.h"
#include "app/session.h"
#include "app/version.h"
#include "app/window_backend.h"
#include "core/base/termination.h"
#include "ui/dashboards/dashboards_page.h"
#include "ui/main_window.h"
#include "ui/resources.h"
#include "ui/settings.h"
#include "ui/theme.h"
#include "ui/time_context.h"
#include "ui/translations.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QPixmap>
#include <QTimer>

#include <iostream>
#include <optional>

namespace belvedere::app {

namespace {

/// Long enough for the first queries of a page to have been answered and painted.
constexpr int kScreenshotAfterMs = 6000;

/// "alerts", or "dashboards:UID" for one dashboard.
void showPage(ui::MainWindow& window, const QString& page)
{
    const auto colon = page.indexOf(QLatin1Char(':'));
    if (colon < 0)
        window.showPage(page);
    else
        window.showPage(page.left(colon), { { QStringLiteral("uid"), page.mid(colon + 1) } });
}

ExitStatus openWindow(const Arguments& arguments)
{
    if (arguments.has("version")) {
        std::cout << "belvedere " << kVersion << '\n';
        return ExitStatus::fine;
    }
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

    Session* running = nullptr; // used in this thread only
    const TerminationWatch watch([] { QMetaObject::invokeMethod(qApp, [] { QCoreApplication::quit(); }, Qt::QueuedConnection); },
        [&] {
            QMetaObject::invokeMethod(qApp, [&running] {
                if (running)
                    (void)running->reload(); // has reported what was wrong
            }, Qt::QueuedConnection);
        });
    int argc = 1;
    char name[] = "belvedere";
    char* argv[] = { name, nullptr };
    QApplication application(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("Belvedere"));
    QCoreApplication::setApplicationName(QStringLiteral("belvedere"));
    QCoreApplication::setApplicationVersion(QString::fromLatin1(kVersion));
    QGuiApplication::setDesktopFileName(QStringLiteral("io.github.belvedere.Belvedere"));

    const auto session = Session::open(std::move(options), logger);
    if (!session)
        return fail(session.error());
    running = session->get();

    ui::initResources();
    const SystemClock clock;
    ui::WindowSettings settings;
    ui::installTranslations(settings.language());
    ui::Theme theme;
    theme.install(application);
    ui::TimeContext time(clock);
    WindowBackend backend(**session);
    Notifier notifier;
    QObject::connect(&backend, &ui::Backend::alertChanged, &notifier, &Notifier::notify);
    QObject::connect(&notifier, &Notifier::activated, &backend, &ui::Backend::alertActivated);
    ui::MainWindow window(backend, theme, time, settings);
    window.addPage(new ui::DashboardsPage(window.services(), &window));
    window.restoreSession();
    if (const auto mode = arguments.get("theme"); mode == "dark")
        theme.setMode(ui::Theme::Mode::dark);
    else if (mode == "light")
        theme.setMode(ui::Theme::Mode::light);
    if (arguments.has("page"))
        showPage(window, QString::fromStdString(arguments.get("page")));
    window.show();
    if (arguments.has("screenshot")) {
        window.resize(1280, 800);
        const auto file = QString::fromStdString(arguments.get("screenshot"));
        QTimer::singleShot(kScreenshotAfterMs, &window, [&window, file] {
            const bool saved = window.grab().save(file);
            QCoreApplication::exit(saved ? 0 : 1);
        });
    }
    const int status = QApplication::exec();
    running = nullptr;
    return status == 0 ? ExitStatus::fine : ExitStatus::failed;
}

}

Command windowCommand()
{
    return { .name = {},
        .synopsis = {},
        .summary = "Belvedere: metrics, logs, alerts and dashboards of the services on this machine.",
        .options = { workspaceOption(), { "demo", "", "watch a built-in stack of pretend services, in a throw-away workspace" },
            { "listen", "ADDR:PORT", "where the API answers (default: 127.0.0.1:9797)" }, { "config", "FILE", "a workspace.yml or prometheus.yml in place of the workspace's own" },
            featureOption(), { "page", "ID", "the page to show: overview, dashboards, dashboards:UID, explore, alerts, targets, containers" }, { "theme", "dark|light", "instead of the system's" },
            { "screenshot", "FILE", "write a picture of the window after some seconds, and end" }, { "version", "", "print the version" } },
        .run = openWindow };
}

}
