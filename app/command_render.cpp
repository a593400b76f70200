#include "app/window.h"

#include "app/commands.h"
#include "app/console_logger.h"
#include "app/data_sources.h"
#include "core/base/format.h"
#include "core/dashboard/document.h"
#include "ui/backend.h"
#include "ui/dashboards/dashboard_view.h"
#include "ui/query_runner.h"
#include "ui/resources.h"
#include "ui/settings.h"
#include "ui/theme.h"
#include "ui/time_context.h"
#include "ui/translations.h"

#include <QApplication>
#include <QImage>
#include <QLoggingCategory>
#include <QTemporaryDir>

#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace belvedere::app {

namespace {

constexpr int kDefaultWidth = 1440;
constexpr int kLeastHeight = 400;
constexpr int kLeastWidth = 320;
constexpr int kMostWidth = 16'384;

/// Data to draw, and nothing that changes.
class StillBackend final : public ui::Backend {
public:
    StillBackend(std::shared_ptr<const datasource::Registry> sources, TaskPool& pool)
        : m_sources(std::move(sources))
        , m_pool(pool)
    {
    }

    [[nodiscard]] std::shared_ptr<const datasource::Registry> dataSources() const override { return m_sources; }
    [[nodiscard]] TaskPool& queryPool() const override { return m_pool; }
    [[nodiscard]] std::shared_ptr<const model::TargetList> targets() const override { return std::make_shared<const model::TargetList>(); }
    [[nodiscard]] std::shared_ptr<const std::vector<model::ContainerStatus>> containers() const override { return std::make_shared<const std::vector<model::ContainerStatus>>(); }
    [[nodiscard]] QString dockerState() const override { return {}; }
    [[nodiscard]] std::shared_ptr<const std::vector<model::RuleGroupStatus>> rules() const override { return std::make_shared<const std::vector<model::RuleGroupStatus>>(); }
    [[nodiscard]] std::shared_ptr<const std::vector<model::AlertChange>> alertChanges() const override { return std::make_shared<const std::vector<model::AlertChange>>(); }
    [[nodiscard]] ui::SessionStats stats() const override { return {}; }
    [[nodiscard]] std::vector<ui::Problem> problems() const override { return {}; }
    [[nodiscard]] QString dashboardFolder() const override { return {}; }
    [[nodiscard]] QString shippedDashboardFolder() const override { return {}; }
    [[nodiscard]] QString workspaceFolder() const override { return {}; }
    [[nodiscard]] QString workspaceFile() const override { return {}; }
    [[nodiscard]] bool takesShippedRules() const override { return false; }
    void addShippedRules() override { }
    bool startDemo() override { return false; }
    [[nodiscard]] bool isDemo() const override { return false; }
    [[nodiscard]] QStringList queryHistory(const QString&) const override { return {}; }
    void addToQueryHistory(const QString&, const QString&, const QString&) override { }

private:
    std::shared_ptr<const datasource::Registry> m_sources;
    TaskPool& m_pool;
};

ExitStatus renderDashboardFile(const Arguments& arguments)
{
    if (arguments.get("output").empty())
        return usageFailure({ ErrorCode::invalidArgument, "dashboard render needs --output FILE.png", std::nullopt });
    const auto theme = parseTheme(arguments.get("theme"));
    if (!theme)
        return usageFailure(theme.error());
    int width = kDefaultWidth;
    if (arguments.has("width")) {
        bool isNumber = false;
        width = QString::fromStdString(arguments.get("width")).toInt(&isNumber);
        if (!isNumber || width < kLeastWidth || width > kMostWidth)
            return usageFailure({ ErrorCode::invalidArgument, formatted("'{}' is no width; write a number of pixels from {} to {}", arguments.get("width"), kLeastWidth, kMostWidth), std::nullopt });
    }
    const auto& file = arguments.positional().front();
    const auto text = readAll(file);
    if (!text)
        return fail(text.error());
    auto document = dashboard::Document::parse(*text);
    if (!document)
        return fail(withContext(document.error(), nameOf(file)).error());

    std::map<std::string, std::vector<std::string>> chosen;
    for (const auto& assignment : arguments.all("var")) {
        const auto equals = assignment.find('=');
        if (equals == std::string::npos)
            return usageFailure({ ErrorCode::invalidArgument, "--var needs NAME=VALUE, not " + assignment, std::nullopt });
        chosen[assignment.substr(0, equals)].push_back(assignment.substr(equals + 1));
    }
    for (const auto& [variable, values] : chosen) {
        if (!document->setCurrent(variable, values))
            return usageFailure({ ErrorCode::invalidArgument, "the dashboard has no variable " + variable, std::nullopt });
    }

    // A picture needs no display.
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    // Without a display Qt complains, under no category of its own, of size hints that it can pass on to nobody.
    QLoggingCategory::setFilterRules(QStringLiteral("default.warning=false"));
    int argc = 1;
    char name[] = "belvedere";
    char* argv[] = { name, nullptr };
    QApplication application(argc, argv);
    ConsoleLogger logger(Logger::Level::warning);
    const SystemClock clock;
    std::unique_ptr<StoredSources> stored;
    std::optional<TaskPool> remotePool;
    if (arguments.has("url")) {
        remotePool.emplace();
    } else {
        auto opened = StoredSources::open(workspaceFolder(arguments), clock, logger);
        if (!opened)
            return fail(opened.error());
        stored = std::move(*opened);
    }

    ui::initResources();
    ui::installTranslations({}); // plurals, and the system's language
    const QTemporaryDir forgotten; // a picture leaves no settings behind
    ui::WindowSettings settings(forgotten.filePath(QStringLiteral("settings.ini")));
    ui::Theme look;
    look.install(application);
    look.setMode(*theme);
    ui::TimeContext time(clock);
    const auto words = [&arguments](const char* option, const std::string& otherwise) { return QString::fromStdString(arguments.has(option) ? arguments.get(option) : otherwise); };
    if (!time.setRange({ words("from", document->timeFrom()), words("to", document->timeTo()) }))
        return usageFailure({ ErrorCode::invalidArgument, "the time range is not understood; use times like now-6h and now", std::nullopt });
    StillBackend backend(stored ? stored->registry() : makeRegistry(arguments.get("url")), stored ? stored->pool() : *remotePool);
    ui::RunningQueries queries;
    const auto rendered = ui::renderDashboard({ backend, look, time, settings, queries }, std::move(*document), { width, kLeastHeight });
    if (!rendered.picture.save(QString::fromStdString(arguments.get("output"))))
        return fail({ ErrorCode::io, arguments.get("output") + ": the picture cannot be written", std::nullopt });
    for (const auto& problem : rendered.problems)
        std::cerr << formatted("{}: {}\n", nameOf(file), problem.toStdString());
    return rendered.problems.isEmpty() ? ExitStatus::fine : ExitStatus::failed;
}

}

Command dashboardRenderCommand()
{
    return { .name = "dashboard render",
        .synopsis = "FILE|-",
        .summary = "Draws a dashboard with the data of the workspace, or of a server, into a picture.",
        .options = { workspaceOption(), urlOption(), { "output", "FILE", "the picture: .png" }, { "from", "T", "begin, like now-6h (default: what the dashboard says)" }, { "to", "T", "end" },
            { "width", "PIXELS", "default: 1440; the height is what the panels need" }, { "theme", "dark|light", "default: dark" },
            { "var", "NAME=VALUE", "a variable's value; may be given several times, also for one variable" } },
        .minPositional = 1,
        .maxPositional = 1,
        .run = renderDashboardFile };
}

}
