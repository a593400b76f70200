#include "app/window.h"

#include "app/application.h"
#include "app/commands.h"
#include "app/console_logger.h"
#include "app/first_paint.h"
#include "app/notifier.h"
#include "app/picture_tour.h"
#include "app/session.h"
#include "app/version.h"
#include "app/window_backend.h"
#include "app/workspace_folder.h"
#include "core/base/format.h"
#include "core/base/termination.h"
#include "ui/dashboards/dashboards_page.h"
#include "ui/main_window.h"
#include "ui/resources.h"
#include "ui/settings.h"
#include "ui/theme.h"
#include "ui/time_context.h"
#include "ui/translations.h"

#include <QMessageBox>
#include <QRegularExpression>

#include <chrono>
#include <iostream>
#include <optional>

namespace belvedere::app {

namespace {

/// As near to the beginning of the program as its own code can know.
const auto kStarted = std::chrono::steady_clock::now();

/// What --screenshot is to show; fails with what cannot be understood.
Result<PictureTour::Plan> planOf(const Arguments& arguments)
{
    PictureTour::Plan plan;
    const auto words = [&arguments](const char* option, QChar separator) { return QString::fromStdString(arguments.get(option)).split(separator, Qt::SkipEmptyParts); };
    plan.file = QString::fromStdString(arguments.get("screenshot"));
    plan.pages = words("page", u';');
    for (const auto& name : words("theme", u',')) {
        const auto theme = parseTheme(name.toStdString());
        if (!theme)
            return std::unexpected(theme.error());
        plan.themes << *theme;
    }
    static const QRegularExpression kSize(QStringLiteral("^(\\d{3,5})x(\\d{3,5})$"));
    for (const auto& size : words("size", u',')) {
        const auto match = kSize.match(size);
        if (!match.hasMatch())
            return failure(ErrorCode::invalidArgument, "'" + size.toStdString() + "' is no size; write --size 1280x800");
        plan.sizes << QSize(match.captured(1).toInt(), match.captured(2).toInt());
    }
    if (arguments.has("after")) {
        bool isNumber = false;
        const int seconds = QString::fromStdString(arguments.get("after")).toInt(&isNumber);
        if (!isNumber || seconds < 0 || seconds > 86'400)
            return failure(ErrorCode::invalidArgument, "'" + arguments.get("after") + "' is no number of seconds; write --after 60");
        plan.afterMs = seconds * 1000;
    }
    if (plan.sizes.isEmpty())
        plan.sizes << QSize(1280, 800);
    return plan;
}

/// Who started the program from a menu does not see standard error.
void tellWhyNot(const Error& error)
{
    if (QGuiApplication::platformName() == QLatin1StringView("offscreen"))
        return;
    QMessageBox box(QMessageBox::Critical, QStringLiteral("Belvedere"), QCoreApplication::translate("Window", "Belvedere cannot start"), QMessageBox::Close);
    box.setInformativeText(QString::fromStdString(error.message));
    box.exec();
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
    const auto plan = planOf(arguments);
    if (!plan)
        return usageFailure(plan.error());
    options.features = parseFeatures(arguments.get("enable-feature"), logger);
    options.openWithFaults = true;

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
    Application application(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("Belvedere"));
    QCoreApplication::setApplicationName(QStringLiteral("belvedere"));
    QCoreApplication::setApplicationVersion(QString::fromLatin1(kVersion));
    QGuiApplication::setDesktopFileName(QStringLiteral("io.github.belvedere.Belvedere"));

    ui::initResources();
    ui::WindowSettings settings;
    ui::installTranslations(settings.language());
    const auto session = Session::open(std::move(options), logger);
    if (!session) {
        const auto status = fail(session.error());
        if (!arguments.has("screenshot"))
            tellWhyNot(session.error());
        return status;
    }
    running = session->get();

    const SystemClock clock;
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
    if (!plan->themes.isEmpty())
        theme.setMode(plan->themes.front());
    if (!plan->pages.isEmpty())
        showNamedPage(window, plan->pages.front());
    const FirstPaint firstPaint(window, window.services().queries, logger, kStarted);
    window.show();
    std::optional<PictureTour> tour;
    if (arguments.has("screenshot"))
        tour.emplace(application, window, theme, logger, *plan).start();
    const int status = QApplication::exec();
    running = nullptr;
    return status == 0 ? ExitStatus::fine : ExitStatus::failed;
}

}

Result<ui::Theme::Mode> parseTheme(std::string_view name)
{
    if (name.empty() || name == "dark")
        return ui::Theme::Mode::dark;
    if (name == "light")
        return ui::Theme::Mode::light;
    return failure(ErrorCode::invalidArgument, formatted("'{}' is no theme; there are dark and light", name));
}

Command windowCommand()
{
    return { .name = {},
        .synopsis = {},
        .summary = "Belvedere: metrics, logs, alerts and dashboards of the services on this machine.",
        .options = { workspaceOption(), { "demo", "", "watch a built-in stack of pretend services, in a throw-away workspace" },
            { "listen", "ADDR:PORT", "where the API answers (default: 127.0.0.1:9797)" }, { "config", "FILE", "a workspace.yml or prometheus.yml in place of the workspace's own" },
            featureOption(), { "page", "ID", "the page to show: overview, dashboards, dashboards:UID, explore, explore:QUERY, alerts, targets, containers" }, { "theme", "dark|light", "instead of the system's" },
            { "screenshot", "FILE", "write a picture of the window after some seconds, and end; with several pages (a;b), themes (dark,light) and sizes one of each: FILE then has {page}, {theme} and {size} in it" },
            { "size", "WxH", "of the picture (default: 1280x800)" }, { "after", "SECONDS", "how long to wait before the picture (default: 6)" }, { "version", "", "print the version" } },
        .run = openWindow };
}

}
