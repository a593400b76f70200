#include "app/session.h"

#include "app/alert_states.h"
#include "app/api_server.h"
#include "app/configuration_file.h"
#include "app/configuration_problems.h"
#include "app/data_sources.h"
#include "app/demo.h"
#include "app/file_watch.h"
#include "app/log_collectors.h"
#include "app/own_metrics.h"
#include "app/rule_files.h"
#include "app/rule_replay.h"
#include "app/workspace_folder.h"
#include "core/alert/rule_manager.h"
#include "core/base/format.h"
#include "core/logql/engine.h"
#include "core/logs/store.h"
#include "core/scrape/scrape_manager.h"
#include "core/tsdb/store.h"
#include "core/workspace/state_database.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <stop_token>
#include <system_error>
#include <utility>

// The session owns the parts and connects them: what starts when, who calls whom, what a changed configuration means for
// each, and in which order they end. What a part does stands with the part.

namespace belvedere::app {

namespace {

constexpr std::string_view kRulesWithoutFaults = "rule files with faults are not used; the others are";
constexpr std::string_view kReloadRefused = "the changed configuration has faults and is not used; everything goes on as before";

tsdb::StoreOptions metricsOptions(const workspace::Configuration& configuration)
{
    tsdb::StoreOptions options;
    options.retentionMs = configuration.metricsRetention.timeMs;
    options.retentionBytes = configuration.metricsRetention.bytes;
    options.outOfOrderWindowMs = configuration.outOfOrderWindowMs;
    return options;
}

logs::StoreOptions logsOptions(const workspace::Configuration& configuration)
{
    logs::StoreOptions options;
    options.retentionMs = configuration.logsRetention.timeMs;
    options.retentionBytes = configuration.logsRetention.bytes;
    return options;
}

}

class Session::Impl {
public:
    Impl(SessionOptions options, Logger& logger)
        : m_options(std::move(options))
        , m_logger(logger)
        , m_file(m_options.configurationFile(), m_options.listen)
        , m_problems(logger)
        , m_collectors(m_clock, logger)
    {
    }
    ~Impl();

    Result<void> start();
    Result<void> reload();

    const SessionOptions& options() const { return m_options; }
    std::string url() const { return "http://" + m_api->address(); }
    tsdb::Store& metrics() { return *m_metrics; }
    logs::Store& logs() { return *m_logs; }
    TaskPool& pool() { return *m_pool; }
    std::shared_ptr<workspace::StateDatabase> state() const { return m_state; }
    std::shared_ptr<const datasource::Registry> dataSources() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_registry;
    }
    std::shared_ptr<const model::TargetList> targets() const { return m_scrape->targets(); }
    std::shared_ptr<const std::vector<model::ContainerStatus>> containers() const { return m_demo ? m_demo->containers() : m_collectors.containers(); }
    std::shared_ptr<const std::vector<model::RuleGroupStatus>> rules() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_ruleStatus;
    }
    void onAlertChanged(std::function<void(const model::AlertStatus&)> listener)
    {
        const std::scoped_lock lock(m_mutex);
        m_alertListener = std::move(listener);
    }
    void takeRuleStatus(std::shared_ptr<const std::vector<model::RuleGroupStatus>> status)
    {
        const std::scoped_lock lock(m_mutex);
        m_ruleStatus = std::move(status);
    }
    std::optional<std::filesystem::path> rulesFolder() const { return app::rulesFolder(m_configuration); }
    bool followsContainers() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_configuration.docker.enabled;
    }
    std::string dockerState() const { return m_collectors.dockerState(); }
    std::vector<std::string> configurationProblems() const { return m_problems.all(); }
    std::vector<std::string> fileProblems() const { return m_collectors.fileProblems(); }
    Stats stats() const;
    Result<std::vector<model::AlertChange>> alertChanges(int limit) const { return m_state->changes(limit); }
    std::uint64_t alertChangeCount() const { return m_alertStates->changes(); }

private:
    Result<void> takeFirstConfiguration();
    Result<void> openStores();
    void makeEngines();
    Result<void> makeRules();
    void makeApi();
    Result<void> startDemo();
    void watchFiles();

    Result<void> refuseReload(std::string_view category, std::string_view consequence, const workspace::Faults& faults);
    [[nodiscard]] LoadedRules loadRules(const workspace::Configuration& configuration) const;
    [[nodiscard]] std::vector<ingest::ScrapeJob> scrapeJobs(const workspace::Configuration& configuration) const;
    void makeDataSources(const workspace::Configuration& configuration);
    /// Evaluates a rule's expression in a data source, for rules that ask one.
    [[nodiscard]] Result<model::QueryValue> askSource(const std::string& uid, const std::string& expr, std::int64_t timeMs, std::stop_token stop) const;
    void appendMetrics(receive::MetricsText& metrics) const;

    const SessionOptions m_options;
    Logger& m_logger;
    const SystemClock m_clock;
    const ConfigurationFile m_file;
    ConfigurationProblems m_problems;
    FileWatch m_fileWatch;
    bool m_configured = false;          ///< a configuration without faults is in use
    workspace::Configuration m_started; ///< what the stores, engines and rules were made with

    // In the order of the start; destroyed in the reverse one.
    std::unique_ptr<tsdb::Store> m_metrics;
    std::unique_ptr<logs::Store> m_logs;
    std::unique_ptr<TaskPool> m_pool;
    std::unique_ptr<promql::Engine> m_promql;
    std::unique_ptr<logql::Engine> m_logql;
    std::shared_ptr<workspace::StateDatabase> m_state;
    std::unique_ptr<AlertStates> m_alertStates;
    RuleReplay m_replay;
    std::unique_ptr<alert::RuleManager> m_rules;
    std::unique_ptr<ApiServer> m_api;
    std::unique_ptr<scrape::ScrapeManager> m_scrape; // without jobs until the API answers
    std::unique_ptr<Demo> m_demo;
    LogCollectors m_collectors;
    std::atomic<bool> m_ready = false;
    std::atomic<std::uint64_t> m_reloads = 0;
    std::atomic<std::uint64_t> m_failedReloads = 0;

    mutable std::mutex m_mutex;
    workspace::Configuration m_configuration;                      // guarded by m_mutex
    std::shared_ptr<const datasource::Registry> m_registry;        // guarded by m_mutex
    std::shared_ptr<const std::vector<model::RuleGroupStatus>> m_ruleStatus = std::make_shared<const std::vector<model::RuleGroupStatus>>(); // guarded by m_mutex
    std::function<void(const model::AlertStatus&)> m_alertListener; // guarded by m_mutex
};

Session::Impl::~Impl()
{
    m_ready = false;
    m_fileWatch.end();
    m_collectors.stop();
    if (m_scrape)
        m_scrape->stop(); // the list of targets is answered until the API has stopped
    if (m_api)
        m_api->stop();
    m_replay.end();
    m_rules.reset();
    m_demo.reset();
    m_scrape.reset();
    m_pool.reset(); // what a page still asks for ends here, while engines and stores are there
}

Result<void> Session::Impl::start()
{
    if (const auto prepared = prepareFolder(m_options.folder); !prepared)
        return prepared;
    if (const auto configured = takeFirstConfiguration(); !configured)
        return configured;
    if (const auto opened = openStores(); !opened)
        return opened;
    makeEngines();
    makeDataSources(m_configuration);
    if (const auto ruled = makeRules(); !ruled)
        return ruled;
    m_scrape = std::make_unique<scrape::ScrapeManager>(*m_metrics, m_clock, m_logger);
    makeApi();
    if (const auto answering = m_api->start(); !answering)
        return answering;
    if (m_options.demo) {
        if (const auto pretending = startDemo(); !pretending)
            return pretending;
    }
    if (const auto scraping = m_scrape->setConfig(scrapeJobs(m_configuration)); !scraping)
        return scraping;
    if (m_options.demo) {
        m_replay.begin(*m_rules, m_clock, demo::Stack::kHistoryMs, [this] { takeRuleStatus(m_rules->status()); });
    } else {
        m_collectors.followContainers(m_configuration.docker, *m_logs);
        m_collectors.followFiles(m_configuration.files, *m_logs);
        m_rules->start();
        watchFiles();
    }
    m_ready = true;
    return {};
}

Result<void> Session::Impl::takeFirstConfiguration()
{
    if (auto parsed = m_file.read()) {
        m_problems.takeRemarks(*parsed);
        m_configuration = std::move(parsed->configuration);
        m_configured = true;
    } else if (m_options.openWithFaults) {
        // Nothing is collected and nothing is deleted until the file is mended; what is stored can be looked at.
        m_problems.reportFaults("workspace", "the configuration has faults, so nothing is collected until they are mended", parsed.error());
        m_configuration.listen = m_options.listen.value_or(workspace::Listen());
    } else {
        return failure(ErrorCode::invalidArgument, joined(parsed.error()));
    }
    m_started = m_configuration;
    return {};
}

Result<void> Session::Impl::openStores()
{
    const auto opened = [&](auto& slot, auto result) -> Result<void> {
        if (!result && result.error().code == ErrorCode::alreadyExists)
            return failure(ErrorCode::alreadyExists, formatted("the workspace '{}' is open in another Belvedere; close it, or name another with --workspace", m_options.folder.string()));
        if (!result)
            return withContext(result.error(), formatted("cannot open the workspace '{}'", m_options.folder.string()));
        slot = std::move(*result);
        return {};
    };
    if (const auto result = opened(m_metrics, tsdb::Store::open(metricsFolder(m_options.folder), metricsOptions(m_configuration), m_clock, m_logger)); !result)
        return result;
    return opened(m_logs, logs::Store::open(logsFolder(m_options.folder), logsOptions(m_configuration), m_clock, m_logger));
}

void Session::Impl::makeEngines()
{
    m_pool = std::make_unique<TaskPool>();
    promql::EngineOptions engineOptions;
    engineOptions.features = m_options.features;
    engineOptions.defaultSubqueryStepMs = m_configuration.evaluationIntervalMs;
    m_promql = std::make_unique<promql::Engine>(*m_metrics, *m_pool, engineOptions);
    m_logql = std::make_unique<logql::Engine>(*m_logs, *m_pool, logql::EngineOptions());
}

Result<void> Session::Impl::makeRules()
{
    auto state = workspace::StateDatabase::open(m_options.folder / "state.sqlite");
    if (!state)
        return std::unexpected(state.error());
    m_state = std::move(*state);
    m_alertStates = std::make_unique<AlertStates>(*m_state, m_logger);
    m_rules = std::make_unique<alert::RuleManager>(
        alert::RuleManager::Parts { .metrics = *m_promql, .logs = m_logql.get(), .sink = *m_metrics, .states = *m_alertStates, .pool = *m_pool, .clock = m_clock, .logger = m_logger,
            .askSource = [this](const std::string& uid, const std::string& expr, std::int64_t timeMs, std::stop_token stop) { return askSource(uid, expr, timeMs, std::move(stop)); } },
        alert::RuleManagerOptions { .defaultIntervalMs = m_options.demo ? demo::Stack::kHistoryStepMs : m_configuration.evaluationIntervalMs,
            .externalLabels = model::Labels(m_configuration.externalLabels), .externalUrl = {} },
        [this](const model::AlertStatus& alert) {
            if (m_replay.isRunning())
                return;
            const std::scoped_lock lock(m_mutex);
            if (m_alertListener)
                m_alertListener(alert);
        },
        [this](std::shared_ptr<const std::vector<model::RuleGroupStatus>> status) {
            if (!m_replay.isRunning())
                takeRuleStatus(std::move(status));
        });
    auto rules = loadRules(m_configuration);
    if (!rules.faults.empty() && !m_options.openWithFaults)
        return failure(ErrorCode::invalidArgument, joined(rules.faults));
    if (!rules.faults.empty())
        m_problems.reportFaults("rules", kRulesWithoutFaults, rules.faults);
    m_rules->setGroups(std::move(rules.groups));
    return {};
}

Result<model::QueryValue> Session::Impl::askSource(const std::string& uid, const std::string& expr, std::int64_t timeMs, std::stop_token stop) const
{
    const auto source = dataSources()->find(uid);
    if (!source)
        return failure(ErrorCode::notFound, formatted("there is no data source '{}'", uid));
    datasource::QueryRequest request;
    request.expr = expr;
    request.instant = true;
    request.toNs = timeMs * 1'000'000;
    return source->query(request, std::move(stop));
}

void Session::Impl::makeApi()
{
    m_api = std::make_unique<ApiServer>(m_configuration,
        ApiParts {
            .metrics = *m_metrics,
            .logs = *m_logs,
            .promql = *m_promql,
            .logql = *m_logql,
            .pool = *m_pool,
            .clock = m_clock,
            .logger = m_logger,
            .workspaceFolder = m_options.folder,
            .targets = [this] { return targets(); },
            .rules = [this] { return rules(); },
            .appendMetrics = [this](receive::MetricsText& metrics) { appendMetrics(metrics); },
            .ready = [this] { return m_ready.load(); },
            .reload = [this] { return reload(); },
        });
}

Result<void> Session::Impl::startDemo()
{
    auto demo = Demo::start(*m_metrics, *m_logs, m_clock, m_logger);
    if (!demo)
        return std::unexpected(demo.error());
    m_demo = std::move(*demo);
    return {};
}

void Session::Impl::watchFiles()
{
    m_fileWatch.begin([this] { return m_file.allFiles(m_configuration); },
        [this] {
            m_logger.log(Logger::Level::info, "workspace", "the configuration or a rule file changed");
            (void)reload();
        });
}

LoadedRules Session::Impl::loadRules(const workspace::Configuration& configuration) const
{
    return m_options.demo ? shippedRules(m_options.features) : readRules(configuration, m_options.features);
}

std::vector<ingest::ScrapeJob> Session::Impl::scrapeJobs(const workspace::Configuration& configuration) const
{
    auto jobs = m_demo ? m_demo->scrapeJobs() : configuration.scrapeJobs;
    const bool named = std::ranges::find(jobs, "belvedere", &ingest::ScrapeJob::name) != jobs.end();
    if ((configuration.selfMetrics || m_options.demo) && !named) {
        ingest::ScrapeJob self { .name = "belvedere", .intervalMs = 15'000 };
        self.authorization.credentials = configuration.listen.token;
        self.staticTargets.push_back({ .targets = { m_api->address() }, .labels = { { "instance", "belvedere" } } });
        jobs.push_back(std::move(self));
    }
    return jobs;
}

Session::Stats Session::Impl::stats() const
{
    const auto stored = m_metrics->stats();
    const auto kept = m_logs->stats();
    const auto scraped = m_scrape->counters();
    Stats stats;
    stats.samples = stored.appended;
    stats.lines = kept.appendedEntries;
    stats.series = stored.activeSeries;
    stats.metricBytes = stored.usedBytes;
    stats.logBytes = kept.usedBytes;
    stats.droppedSamples = stored.outOfOrder + stored.tooOld + scraped.droppedSamples + scraped.refusedSamples;
    stats.droppedLines = kept.tooOldEntries;
    std::error_code unknown;
    if (const auto space = std::filesystem::space(m_options.folder, unknown); !unknown)
        stats.diskFreeBytes = space.available;
    return stats;
}

void Session::Impl::makeDataSources(const workspace::Configuration& configuration)
{
    auto registry = makeRegistry(configuration, { .promql = m_promql.get(), .metrics = m_metrics.get(), .logql = m_logql.get(), .logs = m_logs.get(), .pool = *m_pool });
    const std::scoped_lock lock(m_mutex);
    m_registry = std::move(registry);
}

Result<void> Session::Impl::refuseReload(std::string_view category, std::string_view consequence, const workspace::Faults& faults)
{
    ++m_failedReloads;
    m_problems.reportFaults(category, consequence, faults);
    return failure(ErrorCode::invalidArgument, joined(faults));
}

Result<void> Session::Impl::reload()
{
    m_problems.forgetFaults();
    auto parsed = m_file.read();
    if (!parsed)
        return refuseReload("workspace", kReloadRefused, parsed.error());
    auto& configuration = parsed->configuration;
    m_file.remarkOnLaterKeys(*parsed, m_started);
    bool dockerChanged = false;
    bool filesChanged = false;
    {
        const std::scoped_lock lock(m_mutex);
        configuration.listen = m_configuration.listen; // the bound one stays until the next start
        dockerChanged = configuration.docker != m_configuration.docker;
        filesChanged = configuration.files != m_configuration.files;
    }
    auto rules = loadRules(configuration);
    if (!rules.faults.empty() && m_configured)
        return refuseReload("rules", "rule files have faults; everything goes on as before", rules.faults);
    if (!rules.faults.empty())
        m_problems.reportFaults("rules", kRulesWithoutFaults, rules.faults); // before was nothing
    if (const auto scraping = m_scrape->setConfig(scrapeJobs(configuration)); !scraping)
        return refuseReload("workspace", kReloadRefused, { scraping.error().message });
    m_problems.takeRemarks(*parsed);
    m_rules->setGroups(std::move(rules.groups));
    m_configured = true;
    makeDataSources(configuration);
    if (dockerChanged && !m_options.demo)
        m_collectors.followContainers(configuration.docker, *m_logs);
    if (filesChanged && !m_options.demo)
        m_collectors.followFiles(configuration.files, *m_logs);
    const std::scoped_lock lock(m_mutex);
    m_configuration = std::move(configuration);
    ++m_reloads;
    return {};
}

void Session::Impl::appendMetrics(receive::MetricsText& metrics) const
{
    appendOwnMetrics(metrics,
        { .metrics = *m_metrics,
            .logs = *m_logs,
            .scrape = *m_scrape,
            .rules = *m_rules,
            .collectors = m_collectors,
            .server = m_api->counters(),
            .ignored = m_api->ignored(),
            .reloads = m_reloads,
            .failedReloads = m_failedReloads });
}

Session::Session(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(SessionOptions options, Logger& logger)
{
    auto impl = std::make_unique<Impl>(std::move(options), logger);
    if (const auto started = impl->start(); !started)
        return std::unexpected(started.error());
    return std::unique_ptr<Session>(new Session(std::move(impl)));
}

std::string Session::url() const { return m_impl->url(); }
Result<void> Session::reload() { return m_impl->reload(); }
const SessionOptions& Session::options() const noexcept { return m_impl->options(); }
tsdb::Store& Session::metrics() { return m_impl->metrics(); }
logs::Store& Session::logs() { return m_impl->logs(); }
TaskPool& Session::queryPool() { return m_impl->pool(); }
std::shared_ptr<workspace::StateDatabase> Session::state() const { return m_impl->state(); }
std::shared_ptr<const datasource::Registry> Session::dataSources() const { return m_impl->dataSources(); }
std::shared_ptr<const model::TargetList> Session::targets() const { return m_impl->targets(); }
std::shared_ptr<const std::vector<model::ContainerStatus>> Session::containers() const { return m_impl->containers(); }
std::shared_ptr<const std::vector<model::RuleGroupStatus>> Session::rules() const { return m_impl->rules(); }
void Session::onAlertChanged(std::function<void(const model::AlertStatus&)> listener) { m_impl->onAlertChanged(std::move(listener)); }
Result<std::vector<model::AlertChange>> Session::alertChanges(int limit) const { return m_impl->alertChanges(limit); }
std::uint64_t Session::alertChangeCount() const { return m_impl->alertChangeCount(); }
std::vector<std::string> Session::fileProblems() const { return m_impl->fileProblems(); }
std::vector<std::string> Session::configurationProblems() const { return m_impl->configurationProblems(); }
std::optional<std::filesystem::path> Session::rulesFolder() const { return m_impl->rulesFolder(); }
bool Session::followsContainers() const { return m_impl->followsContainers(); }
std::string Session::dockerState() const { return m_impl->dockerState(); }
Session::Stats Session::stats() const { return m_impl->stats(); }

}
