#include "app/session.h"

#include "app/data_sources.h"
#include "app/version.h"
#include "core/alert/rule_file.h"
#include "core/alert/rule_manager.h"
#include "core/base/format.h"
#include "core/base/process_stats.h"
#include "core/demo/stack.h"
#include "core/docker/follower.h"
#include "core/logql/engine.h"
#include "core/logs/store.h"
#include "core/receive/http_server.h"
#include "core/receive/loki_api.h"
#include "core/receive/prometheus_api.h"
#include "core/receive/self_metrics.h"
#include "core/receive/timed_stop.h"
#include "core/scrape/scrape_manager.h"
#include "core/tail/follower.h"
#include "core/tsdb/store.h"
#include "core/workspace/default_workspace.h"
#include "core/workspace/globs.h"
#include "core/workspace/state_database.h"

#include <QFile>
#include <QMetaObject>
#include <QObject>
#include <QString>
#include <QTimer>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <iterator>
#include <mutex>
#include <random>
#include <stop_token>
#include <thread>

namespace belvedere::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kRulesWithoutFaults = "rule files with faults are not used; the others are";

/// One text of many faults, for an Error.
std::string joined(const workspace::Faults& faults)
{
    std::string text;
    for (const auto& fault : faults)
        text += (text.empty() ? "" : "\n") + fault;
    return text;
}

/// Makes the folder and what a new workspace starts with. What is there stays as it is.
Result<void> prepareFolder(const fs::path& folder)
{
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed)
        return failure(ErrorCode::io, formatted("cannot make the workspace '{}': {}", folder.string(), failed.message()));
    for (const char* name : { "rules", "dashboards" })
        fs::create_directory(folder / name, failed);
    const auto file = folder / "workspace.yml";
    if (fs::exists(file))
        return {};
    std::ofstream stream(file, std::ios::binary);
    stream << workspace::defaultWorkspaceFile();
    if (!stream.flush())
        return failure(ErrorCode::io, formatted("cannot write '{}'", file.string()));
    return {};
}

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

/// Keeps alert states in the workspace's state database.
class AlertStates final : public alert::AlertStateStore {
public:
    AlertStates(workspace::StateDatabase& database, Logger& logger)
        : m_database(database)
        , m_logger(logger)
    {
    }

    std::vector<alert::StoredAlert> load(const std::string& groupKey) override
    {
        const auto records = m_database.alerts(groupKey);
        if (!records) {
            report(records.error());
            return {};
        }
        std::vector<alert::StoredAlert> alerts;
        for (const auto& record : *records) {
            alerts.push_back({ .rule = record.rule, .labels = record.labels, .state = record.state, .activeAtMs = record.activeAtMs, .firedAtMs = record.firedAtMs,
                .keepFiringSinceMs = record.keepFiringSinceMs, .lastEvaluationMs = record.lastEvaluationMs, .annotations = record.annotations, .value = record.value });
        }
        return alerts;
    }

    void save(const std::string& groupKey, const std::vector<alert::StoredAlert>& alerts) override
    {
        std::vector<workspace::AlertRecord> records;
        for (const auto& alert : alerts)
            records.push_back({ alert.rule, alert.labels, alert.state, alert.activeAtMs, alert.firedAtMs, alert.keepFiringSinceMs, alert.lastEvaluationMs, alert.annotations, alert.value });
        if (const auto saved = m_database.setAlerts(groupKey, records); !saved)
            report(saved.error());
    }

    void recordChange(const model::AlertStatus& alert, std::int64_t timeMs) override
    {
        if (const auto added = m_database.addChange({ timeMs, alert.rule, alert.labels, alert.state, alert.value }); !added)
            report(added.error());
        ++m_changes;
    }
    [[nodiscard]] std::uint64_t changes() const { return m_changes; } ///< any thread

private:
    void report(const Error& error) { m_logger.log(Logger::Level::error, "workspace", "alert states: " + error.message); }

    workspace::StateDatabase& m_database;
    Logger& m_logger;
    std::atomic<std::uint64_t> m_changes = 0;
};

}

fs::path metricsFolder(const fs::path& workspace) { return workspace / "metrics"; }
fs::path logsFolder(const fs::path& workspace) { return workspace / "logs"; }

ThrowAwayFolder::ThrowAwayFolder()
{
    std::random_device random;
    do {
        m_path = fs::temp_directory_path() / formatted("belvedere-{:08x}{:08x}", random(), random());
    } while (!fs::create_directory(m_path));
    fs::permissions(m_path, fs::perms::owner_all);
}

ThrowAwayFolder::~ThrowAwayFolder()
{
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

class Session::Impl {
public:
    Impl(SessionOptions options, Logger& logger)
        : m_options(std::move(options))
        , m_logger(logger)
    {
    }
    ~Impl();

    Result<void> start();
    Result<void> reload();

    const SessionOptions& options() const { return m_options; }
    std::string url() const;
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
    std::shared_ptr<const std::vector<model::ContainerStatus>> containers() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_containers;
    }
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
    std::optional<fs::path> rulesFolder() const
    {
        const auto& patterns = m_configuration.ruleFiles;
        const auto whole = std::ranges::find(patterns, "*.yml", [](const std::string& pattern) { return fs::path(pattern).filename().string(); });
        return whole == patterns.end() ? std::nullopt : std::optional(fs::path(*whole).parent_path());
    }
    bool followsContainers() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_configuration.docker.enabled;
    }
    std::string dockerState() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_dockerState;
    }
    std::vector<std::string> configurationProblems() const
    {
        const std::scoped_lock lock(m_mutex);
        auto problems = m_faults;
        problems.insert(problems.end(), m_remarks.begin(), m_remarks.end());
        return problems;
    }
    std::vector<std::string> fileProblems() const
    {
        std::vector<std::string> problems;
        if (m_tailCounters->unusable == 0)
            return problems;
        for (const auto& file : m_tail ? m_tail->status() : std::vector<tail::FileStatus>()) {
            if (!file.error.empty())
                problems.push_back(file.error.contains(file.path) ? file.error : file.path + ": " + file.error);
        }
        return problems;
    }
    Stats stats() const;
    Result<std::vector<model::AlertChange>> alertChanges(int limit) const { return m_state->changes(limit); }
    std::uint64_t alertChangeCount() const { return m_alertStates->changes(); }

private:
    std::expected<workspace::Parsed, workspace::Faults> readConfiguration() const;
    void takeRemarks(const workspace::Parsed& parsed);
    /// Reports faults and keeps them to be shown; `consequence` says what goes on instead.
    void reportFaults(std::string_view category, std::string_view consequence, const workspace::Faults& faults);
    /// Says which changes wait for the next start.
    void remarkOnLaterKeys(workspace::Parsed& parsed) const;
    Result<void> refuseReload(std::string_view category, std::string_view consequence, const workspace::Faults& faults);
    void makeDataSources(const workspace::Configuration& configuration);
    Result<void> startApi(const workspace::Configuration& configuration);
    Result<void> makeRules();
    void watchFiles();
    /// Changes when the configuration or a rule file does.
    [[nodiscard]] std::string filesState() const;
    Result<void> startDemo();
    /// Evaluates the rules over the demo's history, so that its alerts have one too, and then begins with the present.
    void replayRules(const std::stop_token& stop);
    [[nodiscard]] std::vector<ingest::ScrapeJob> scrapeJobs(const workspace::Configuration& configuration) const;
    void followContainers(const workspace::DockerLogs& wanted);
    void followFiles(const std::vector<workspace::FileLogs>& wanted);
    struct Rules {
        std::vector<alert::RuleGroup> groups; ///< of the files without faults
        workspace::Faults faults;
    };
    [[nodiscard]] Rules readRules(const workspace::Configuration& configuration) const;
    void appendMetrics(receive::MetricsText& metrics) const;

    QObject m_home; ///< lives in the thread that opened the session
    QTimer m_fileWatch;
    QTimer m_demoWatch; ///< as often as Docker's events would tell
    std::string m_filesState;
    const SessionOptions m_options;
    Logger& m_logger;
    const SystemClock m_clock;
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
    std::unique_ptr<alert::RuleManager> m_rules;
    std::unique_ptr<receive::Deadlines> m_deadlines;
    std::unique_ptr<receive::PrometheusApi> m_prometheusApi;
    std::unique_ptr<receive::LokiApi> m_lokiApi;
    receive::Router m_router;
    std::unique_ptr<scrape::ScrapeManager> m_scrape; // without jobs until the API answers
    std::unique_ptr<receive::HttpServer> m_server;
    std::unique_ptr<demo::Stack> m_demo;
    std::jthread m_replay;
    std::atomic<bool> m_replaying = false; ///< what fires now fired long ago
    std::unique_ptr<docker::Follower> m_docker;
    std::unique_ptr<tail::Follower> m_tail;
    const std::shared_ptr<docker::Counters> m_dockerCounters = std::make_shared<docker::Counters>(); ///< over all followers
    const std::shared_ptr<tail::Counters> m_tailCounters = std::make_shared<tail::Counters>();
    std::atomic<bool> m_ready = false;
    std::atomic<std::uint64_t> m_reloads = 0;
    std::atomic<std::uint64_t> m_failedReloads = 0;

    mutable std::mutex m_mutex;
    workspace::Configuration m_configuration;                      // guarded by m_mutex
    workspace::Faults m_faults;                                    // guarded by m_mutex; of what was read last
    std::vector<std::string> m_remarks;                            // guarded by m_mutex; on what is in use
    std::shared_ptr<const datasource::Registry> m_registry;        // guarded by m_mutex
    std::shared_ptr<const std::vector<model::ContainerStatus>> m_containers = std::make_shared<const std::vector<model::ContainerStatus>>(); // guarded by m_mutex
    std::string m_dockerState;                                     // guarded by m_mutex
    std::shared_ptr<const std::vector<model::RuleGroupStatus>> m_ruleStatus = std::make_shared<const std::vector<model::RuleGroupStatus>>(); // guarded by m_mutex
    std::function<void(const model::AlertStatus&)> m_alertListener; // guarded by m_mutex
};

Session::Impl::~Impl()
{
    m_ready = false;
    m_fileWatch.stop();
    m_demoWatch.stop();
    m_docker.reset();
    m_tail.reset();
    if (m_scrape)
        m_scrape->stop(); // the list of targets is answered until the API has stopped
    if (m_server)
        m_server->stop();
    m_server.reset();
    m_replay = {};
    m_rules.reset();
    m_demo.reset();
    m_scrape.reset();
    m_pool.reset(); // what a page still asks for ends here, while engines and stores are there
}

std::expected<workspace::Parsed, workspace::Faults> Session::Impl::readConfiguration() const
{
    const auto file = m_options.configFile.value_or(m_options.folder / "workspace.yml");
    auto parsed = workspace::loadConfiguration(file);
    if (!parsed)
        return parsed;
    if (parsed->kind == workspace::FileKind::promtail || parsed->kind == workspace::FileKind::alertmanager)
        return std::unexpected(workspace::Faults { formatted("{}:1:1: this is a {}; give a workspace.yml or a prometheus.yml", file.string(), toString(parsed->kind)) });
    if (m_options.listen) {
        parsed->configuration.listen.address = m_options.listen->address;
        parsed->configuration.listen.port = m_options.listen->port;
    }
    return parsed;
}

void Session::Impl::takeRemarks(const workspace::Parsed& parsed)
{
    auto remarks = parsed.unknownKeys;
    remarks.insert(remarks.end(), parsed.warnings.begin(), parsed.warnings.end());
    for (const auto& remark : remarks)
        m_logger.log(Logger::Level::warning, "workspace", remark);
    const std::scoped_lock lock(m_mutex);
    m_remarks = std::move(remarks);
}

void Session::Impl::reportFaults(std::string_view category, std::string_view consequence, const workspace::Faults& faults)
{
    m_logger.log(Logger::Level::error, category, formatted("{}: {}", consequence, joined(faults)));
    const std::scoped_lock lock(m_mutex);
    m_faults.push_back(std::string(consequence));
    m_faults.insert(m_faults.end(), faults.begin(), faults.end());
}

Result<void> Session::Impl::start()
{
    if (const auto prepared = prepareFolder(m_options.folder); !prepared)
        return prepared;
    if (auto parsed = readConfiguration()) {
        takeRemarks(*parsed);
        m_configuration = std::move(parsed->configuration);
        m_configured = true;
    } else if (m_options.openWithFaults) {
        // Nothing is collected and nothing is deleted until the file is mended; what is stored can be looked at.
        reportFaults("workspace", "the configuration has faults, so nothing is collected until they are mended", parsed.error());
        m_configuration.listen = m_options.listen.value_or(workspace::Listen());
    } else {
        return failure(ErrorCode::invalidArgument, joined(parsed.error()));
    }

    m_started = m_configuration;
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
    if (const auto result = opened(m_logs, logs::Store::open(logsFolder(m_options.folder), logsOptions(m_configuration), m_clock, m_logger)); !result)
        return result;

    m_pool = std::make_unique<TaskPool>();
    promql::EngineOptions engineOptions;
    engineOptions.features = m_options.features;
    engineOptions.defaultSubqueryStepMs = m_configuration.evaluationIntervalMs;
    m_promql = std::make_unique<promql::Engine>(*m_metrics, *m_pool, engineOptions);
    m_logql = std::make_unique<logql::Engine>(*m_logs, *m_pool, logql::EngineOptions());
    makeDataSources(m_configuration);
    if (const auto ruled = makeRules(); !ruled)
        return ruled;
    m_scrape = std::make_unique<scrape::ScrapeManager>(*m_metrics, m_clock, m_logger);
    if (const auto answering = startApi(m_configuration); !answering)
        return answering;
    if (m_options.demo) {
        if (const auto pretending = startDemo(); !pretending)
            return pretending;
    }
    if (const auto scraping = m_scrape->setConfig(scrapeJobs(m_configuration)); !scraping)
        return scraping;
    if (!m_options.demo) {
        followContainers(m_configuration.docker);
        followFiles(m_configuration.files);
    }
    if (m_options.demo)
        m_replay = std::jthread([this](const std::stop_token& stop) { replayRules(stop); });
    else
        m_rules->start();
    watchFiles();
    m_ready = true;
    return {};
}

std::string Session::Impl::filesState() const
{
    auto patterns = m_configuration.ruleFiles;
    for (const auto* more : { &m_configuration.logRuleFiles, &m_configuration.scrapeConfigFiles, &m_configuration.logScrapeConfigFiles })
        patterns.insert(patterns.end(), more->begin(), more->end());
    for (const auto& source : m_configuration.dataSources)
        patterns.insert(patterns.end(), source.ruleFiles.begin(), source.ruleFiles.end());
    auto files = workspace::expandGlobs(patterns);
    files.push_back(m_options.configFile.value_or(m_options.folder / "workspace.yml"));
    std::string state;
    for (const auto& file : files) {
        std::error_code gone;
        const auto changed = fs::last_write_time(file, gone);
        if (!gone)
            state += formatted("{} {} {}\n", file.string(), changed.time_since_epoch().count(), fs::file_size(file, gone));
    }
    return state;
}

void Session::Impl::watchFiles()
{
    constexpr int kLookMs = 2000;
    if (m_options.demo)
        return;
    m_filesState = filesState();
    QObject::connect(&m_fileWatch, &QTimer::timeout, &m_home, [this] {
        auto state = filesState();
        if (state == m_filesState)
            return;
        m_logger.log(Logger::Level::info, "workspace", "the configuration or a rule file changed");
        m_filesState = std::move(state); // one report for each change, also when it has faults
        (void)reload();
    });
    m_fileWatch.start(kLookMs);
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
            .askSource =
                [this](const std::string& uid, const std::string& expr, std::int64_t timeMs, std::stop_token stop) -> Result<model::QueryValue> {
                const auto source = dataSources()->find(uid);
                if (!source)
                    return failure(ErrorCode::notFound, formatted("there is no data source '{}'", uid));
                datasource::QueryRequest request;
                request.expr = expr;
                request.instant = true;
                request.toNs = timeMs * 1'000'000;
                return source->query(request, std::move(stop));
            } },
        alert::RuleManagerOptions { .defaultIntervalMs = m_options.demo ? demo::Stack::kHistoryStepMs : m_configuration.evaluationIntervalMs,
            .externalLabels = model::Labels(m_configuration.externalLabels), .externalUrl = {} },
        [this](const model::AlertStatus& alert) {
            if (m_replaying)
                return;
            const std::scoped_lock lock(m_mutex);
            if (m_alertListener)
                m_alertListener(alert);
        },
        [this](std::shared_ptr<const std::vector<model::RuleGroupStatus>> status) {
            const std::scoped_lock lock(m_mutex);
            m_ruleStatus = std::move(status);
        });
    auto rules = readRules(m_configuration);
    if (!rules.faults.empty() && !m_options.openWithFaults)
        return failure(ErrorCode::invalidArgument, joined(rules.faults));
    if (!rules.faults.empty())
        reportFaults("rules", kRulesWithoutFaults, rules.faults);
    m_rules->setGroups(std::move(rules.groups));
    return {};
}

void Session::Impl::replayRules(const std::stop_token& stop)
{
    constexpr std::int64_t kStepMs = 30'000; // as long as the shipped rules want a thing to last
    m_replaying = true;
    for (auto timeMs = m_clock.nowMs() - demo::Stack::kHistoryMs; timeMs < m_clock.nowMs() && !stop.stop_requested(); timeMs += kStepMs)
        m_rules->evaluateAll(timeMs);
    m_replaying = false;
    if (!stop.stop_requested())
        m_rules->start();
}

Result<void> Session::Impl::startDemo()
{
    constexpr std::uint64_t kSeed = 1815;
    constexpr int kLookMs = 2000;
    auto stack = demo::Stack::start(*m_logs, m_clock, m_logger, kSeed);
    if (!stack)
        return withContext(stack.error(), "cannot start the demo");
    m_demo = std::move(*stack);
    if (const auto written = m_demo->writeHistory(*m_metrics); !written)
        return withContext(written.error(), "cannot write the demo's history");
    m_demo->run();
    const auto look = [this] {
        auto containers = std::make_shared<const std::vector<model::ContainerStatus>>(m_demo->containers());
        const std::scoped_lock lock(m_mutex);
        m_containers = std::move(containers);
    };
    QObject::connect(&m_demoWatch, &QTimer::timeout, &m_home, look);
    m_demoWatch.start(kLookMs);
    look();
    return {};
}

std::vector<ingest::ScrapeJob> Session::Impl::scrapeJobs(const workspace::Configuration& configuration) const
{
    auto jobs = m_options.demo ? std::vector<ingest::ScrapeJob>() : configuration.scrapeJobs;
    if (m_demo) {
        for (const auto& target : m_demo->targets()) {
            auto job = std::ranges::find(jobs, target.job, &ingest::ScrapeJob::name);
            if (job == jobs.end()) {
                jobs.push_back({ .name = target.job, .intervalMs = demo::Stack::kHistoryStepMs, .timeoutMs = demo::Stack::kHistoryStepMs });
                job = jobs.end() - 1;
            }
            job->staticTargets.push_back({ .targets = { target.address }, .labels = { { "instance", target.instance } } });
        }
    }
    const bool named = std::ranges::find(jobs, "belvedere", &ingest::ScrapeJob::name) != jobs.end();
    if ((configuration.selfMetrics || m_options.demo) && !named) {
        ingest::ScrapeJob self { .name = "belvedere", .intervalMs = 15'000 };
        self.authorization.credentials = configuration.listen.token;
        const bool any = configuration.listen.address == "0.0.0.0" || configuration.listen.address == "::";
        const bool bracketed = !any && configuration.listen.address.find(':') != std::string::npos;
        const auto host = any ? std::string("127.0.0.1") : bracketed ? "[" + configuration.listen.address + "]" : configuration.listen.address;
        self.staticTargets.push_back({ .targets = { formatted("{}:{}", host, m_server->port()) }, .labels = { { "instance", "belvedere" } } });
        jobs.push_back(std::move(self));
    }
    return jobs;
}

void Session::Impl::followContainers(const workspace::DockerLogs& wanted)
{
    m_docker.reset();
    if (!wanted.enabled) {
        const std::scoped_lock lock(m_mutex);
        m_dockerState = "container logs are off; set logs.docker: true in workspace.yml";
        return;
    }
    docker::FollowerOptions options;
    options.counters = m_dockerCounters;
    options.socket = docker::defaultSocket();
    constexpr std::string_view kUnix = "unix://";
    if (wanted.host.starts_with(kUnix))
        options.socket = wanted.host.substr(kUnix.size());
    else if (!wanted.host.empty())
        m_logger.log(Logger::Level::warning, "docker", formatted("host '{}' is not a unix:// socket; {} is used", wanted.host, options.socket));
    for (const auto& [name, values] : wanted.filters) {
        if (docker::isKnownFilter(name))
            options.filters.push_back({ name, values });
        else
            m_logger.log(Logger::Level::warning, "docker", formatted("filter '{}' has no effect; containers can be chosen by label, name, status and id", name));
    }
    if (auto relabeler = ingest::Relabeler::compile(wanted.relabelConfigs); relabeler && !relabeler->empty())
        options.relabel = [relabeler = std::move(*relabeler)](model::LabelsBuilder& labels) { return relabeler.apply(labels); };
    m_docker = std::make_unique<docker::Follower>(std::move(options), *m_logs, m_logger);
    // Without a receiver: called in whatever thread emits, and only a pointer is put away there.
    QObject::connect(m_docker.get(), &docker::Follower::containersChanged, [this](std::shared_ptr<const std::vector<model::ContainerStatus>> containers) {
        const std::scoped_lock lock(m_mutex);
        m_containers = std::move(containers);
    });
    QObject::connect(m_docker.get(), &docker::Follower::stateChanged, [this](bool, const QString& problem) {
        const std::scoped_lock lock(m_mutex);
        m_dockerState = problem.toStdString();
    });
    m_docker->start();
}

void Session::Impl::followFiles(const std::vector<workspace::FileLogs>& wanted)
{
    m_tail.reset();
    if (wanted.empty())
        return;
    tail::FollowerOptions options;
    options.counters = m_tailCounters;
    if (const auto descriptors = processStats().maxDescriptors; descriptors > 0)
        options.mostFiles = descriptors / 2; // the rest is for connections and the stores
    for (const auto& files : wanted)
        options.targets.push_back({ .job = files.job, .globs = files.globs, .exclude = files.exclude, .labels = files.labels });
    m_tail = std::make_unique<tail::Follower>(std::move(options), *m_logs, m_clock, m_logger);
    m_tail->start();
}

Session::Impl::Rules Session::Impl::readRules(const workspace::Configuration& configuration) const
{
    Rules rules;
    auto& [groups, faults] = rules;
    const auto take = [&](std::string_view text, const std::string& name, alert::Language language, const std::string& source = {}) {
        auto parsed = alert::parseRuleFile(text, name, language, m_options.features);
        if (!parsed) {
            faults.insert(faults.end(), parsed.error().begin(), parsed.error().end());
            return;
        }
        for (auto& group : *parsed) {
            group.source = source;
            groups.push_back(std::move(group));
        }
    };
    const auto read = [&](const std::vector<std::string>& patterns, alert::Language language, const std::string& source = {}) {
        for (const auto& file : workspace::expandGlobs(patterns)) {
            std::ifstream stream(file, std::ios::binary);
            if (stream)
                take(std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()), file.string(), language, source);
            else
                faults.push_back(formatted("{}: cannot be read; check that it is readable for you", file.string()));
        }
    };
    if (m_options.demo) {
        if (QFile shipped(QStringLiteral(":/rules/stack.yml")); shipped.open(QIODevice::ReadOnly))
            take(shipped.readAll().toStdString(), "stack.yml", alert::Language::promql);
    } else {
        read(configuration.ruleFiles, alert::Language::promql);
        read(configuration.logRuleFiles, alert::Language::logql);
        for (const auto& source : configuration.dataSources)
            read(source.ruleFiles, source.type == "loki" ? alert::Language::logql : alert::Language::promql, source.uid);
    }
    return rules;
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
    if (const auto space = fs::space(m_options.folder, unknown); !unknown)
        stats.diskFreeBytes = space.available;
    return stats;
}

void Session::Impl::makeDataSources(const workspace::Configuration& configuration)
{
    auto registry = makeRegistry(configuration, { .promql = m_promql.get(), .metrics = m_metrics.get(), .logql = m_logql.get(), .logs = m_logs.get(), .pool = *m_pool });
    const std::scoped_lock lock(m_mutex);
    m_registry = std::move(registry);
}

Result<void> Session::Impl::startApi(const workspace::Configuration& configuration)
{
    m_deadlines = std::make_unique<receive::Deadlines>();
    m_prometheusApi = std::make_unique<receive::PrometheusApi>(receive::PrometheusServices {
        .source = *m_metrics,
        .sink = *m_metrics,
        .engine = *m_promql,
        .clock = m_clock,
        .deadlines = *m_deadlines,
        .targets = [this] { return targets(); },
        .rules = [this] { return rules(); },
        .version = kVersion,
        .retention = configuration.metricsRetention.timeMs == 0 ? std::string("unlimited") : formatted("{}h", configuration.metricsRetention.timeMs / 3'600'000),
        .workspaceFolder = m_options.folder.string(),
    });
    m_prometheusApi->addRoutes(m_router);
    m_lokiApi = std::make_unique<receive::LokiApi>(receive::LokiServices {
        .source = *m_logs, .sink = *m_logs, .engine = *m_logql, .clock = m_clock, .deadlines = *m_deadlines, .pool = *m_pool, .version = kVersion });
    m_lokiApi->addRoutes(m_router);
    receive::addMetricsRoute(m_router, [this](receive::MetricsText& metrics) { appendMetrics(metrics); });
    receive::addHealthRoutes(m_router, [this] { return m_ready.load(); });
    m_router.post(
        "/-/reload",
        [this](const receive::Request& request) {
            // Collectors belong to the thread that the session was opened in. When that thread stops the server it waits for
            // this handler, so the handler must not wait for it then.
            const auto reloaded = std::make_shared<std::promise<Result<void>>>();
            auto done = reloaded->get_future();
            QMetaObject::invokeMethod(&m_home, [this, reloaded] { reloaded->set_value(reload()); }, Qt::QueuedConnection);
            while (done.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) {
                if (request.stop.stop_requested())
                    return receive::textResponse(503, "the server stops");
            }
            const auto result = done.get();
            return result ? receive::textResponse(200, {}) : receive::textResponse(400, result.error().message);
        },
        0);

    receive::ServerOptions options;
    options.address = configuration.listen.address;
    options.port = configuration.listen.port;
    options.token = configuration.listen.token;
    m_server = std::make_unique<receive::HttpServer>(m_router, m_logger, options);
    return m_server->start();
}

std::string Session::Impl::url() const
{
    const std::scoped_lock lock(m_mutex);
    const auto& address = m_configuration.listen.address;
    const bool any = address == "0.0.0.0" || address == "::";
    const bool bracketed = address.find(':') != std::string::npos && !any;
    return formatted("http://{}:{}", any ? "127.0.0.1" : bracketed ? "[" + address + "]" : address, m_server->port());
}

Result<void> Session::Impl::refuseReload(std::string_view category, std::string_view consequence, const workspace::Faults& faults)
{
    ++m_failedReloads;
    reportFaults(category, consequence, faults);
    return failure(ErrorCode::invalidArgument, joined(faults));
}

void Session::Impl::remarkOnLaterKeys(workspace::Parsed& parsed) const
{
    const auto& now = parsed.configuration;
    std::string keys;
    const auto compare = [&](std::string_view key, bool same) {
        if (!same)
            keys += (keys.empty() ? "" : ", ") + std::string(key);
    };
    compare("retention", now.metricsRetention == m_started.metricsRetention && now.logsRetention == m_started.logsRetention);
    compare("out_of_order_time_window", now.outOfOrderWindowMs == m_started.outOfOrderWindowMs);
    compare("evaluation_interval", now.evaluationIntervalMs == m_started.evaluationIntervalMs);
    compare("external_labels", now.externalLabels == m_started.externalLabels);
    compare("listen", m_options.listen || now.listen == m_started.listen);
    if (!keys.empty())
        parsed.warnings.push_back(formatted("{}: changes of {} take effect at the next start", m_options.configFile.value_or(m_options.folder / "workspace.yml").string(), keys));
}

Result<void> Session::Impl::reload()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_faults.clear();
    }
    auto parsed = readConfiguration();
    if (!parsed)
        return refuseReload("workspace", "the changed configuration has faults and is not used; everything goes on as before", parsed.error());
    auto& configuration = parsed->configuration;
    remarkOnLaterKeys(*parsed);
    bool dockerChanged = false;
    bool filesChanged = false;
    {
        const std::scoped_lock lock(m_mutex);
        configuration.listen = m_configuration.listen; // the bound one stays until the next start
        dockerChanged = configuration.docker != m_configuration.docker;
        filesChanged = configuration.files != m_configuration.files;
    }
    auto rules = readRules(configuration);
    if (!rules.faults.empty() && m_configured)
        return refuseReload("rules", "rule files have faults; everything goes on as before", rules.faults);
    if (!rules.faults.empty())
        reportFaults("rules", kRulesWithoutFaults, rules.faults); // before was nothing
    if (const auto scraping = m_scrape->setConfig(scrapeJobs(configuration)); !scraping)
        return refuseReload("workspace", "the changed configuration has faults and is not used; everything goes on as before", { scraping.error().message });
    takeRemarks(*parsed);
    m_rules->setGroups(std::move(rules.groups));
    m_configured = true;
    makeDataSources(configuration);
    if (dockerChanged && !m_options.demo)
        followContainers(configuration.docker);
    if (filesChanged && !m_options.demo)
        followFiles(configuration.files);
    const std::scoped_lock lock(m_mutex);
    m_configuration = std::move(configuration);
    ++m_reloads;
    return {};
}

void Session::Impl::appendMetrics(receive::MetricsText& metrics) const
{
    metrics.family("belvedere_build_info", "gauge", "Which Belvedere this is.");
    metrics.sample(1, { { "version", kVersion } });
    receive::appendProcessMetrics(metrics);
    receive::appendServerMetrics(metrics, m_server->counters());
    const auto counter = [&](std::string_view name, std::string_view help, auto value) { metrics.single(name, "counter", help, static_cast<double>(value)); };
    const auto gauge = [&](std::string_view name, std::string_view help, auto value) { metrics.single(name, "gauge", help, static_cast<double>(value)); };

    const auto stored = m_metrics->stats();
    counter("belvedere_metrics_samples_appended_total", "Samples stored.", stored.appended);
    metrics.family("belvedere_metrics_samples_dropped_total", "counter", "Samples that were not stored, by reason.");
    metrics.sample(static_cast<double>(stored.outOfOrder), { { "reason", "out_of_order" } });
    metrics.sample(static_cast<double>(stored.duplicate), { { "reason", "duplicate" } });
    metrics.sample(static_cast<double>(stored.tooOld), { { "reason", "too_old" } });
    counter("belvedere_metrics_failed_batches_total", "Batches that could not be committed.", stored.failedBatches);
    counter("belvedere_metrics_commits_total", "Commits of the metrics store.", stored.commits);
    gauge("belvedere_metrics_series", "Series written to lately.", stored.activeSeries);
    gauge("belvedere_metrics_partitions", "Partitions of the metrics store.", stored.partitions);
    gauge("belvedere_metrics_queued_batches", "Batches that wait for the writer.", stored.queuedBatches);
    gauge("belvedere_metrics_used_bytes", "What the metrics store takes, without free pages.", stored.usedBytes);
    gauge("belvedere_metrics_file_bytes", "Size of the metrics store's file.", stored.fileBytes);
    if (stored.oldestMs)
        gauge("belvedere_metrics_oldest_sample_timestamp_seconds", "Time of the oldest sample, Unix time.", static_cast<double>(*stored.oldestMs) / 1000);
    if (stored.newestMs)
        gauge("belvedere_metrics_newest_sample_timestamp_seconds", "Time of the newest sample, Unix time.", static_cast<double>(*stored.newestMs) / 1000);

    const auto scraped = m_scrape->counters();
    counter("belvedere_scrapes_total", "Scrapes made.", scraped.scrapes);
    counter("belvedere_scrapes_failed_total", "Scrapes that failed.", scraped.failures);
    counter("belvedere_scraped_samples_total", "Samples read from targets.", scraped.samples);
    metrics.family("belvedere_scraped_samples_dropped_total", "counter", "Samples read from targets and not stored, by reason.");
    metrics.sample(static_cast<double>(scraped.droppedSamples), { { "reason", "queue_full" } });
    metrics.sample(static_cast<double>(scraped.refusedSamples), { { "reason", "failed_commit" } });
    metrics.sample(static_cast<double>(scraped.tooNew), { { "reason", "too_new" } });

    const auto ignored = m_prometheusApi->ignored();
    metrics.family("belvedere_exemplars_ignored_total", "counter", "Exemplars that came with samples and are not stored, by way.");
    metrics.sample(static_cast<double>(scraped.exemplars), { { "way", "scrape" } });
    metrics.sample(static_cast<double>(ignored.exemplars), { { "way", "push" } });
    counter("belvedere_native_histograms_ignored_total", "Samples of native histograms that were pushed and are not stored.", ignored.histograms);
    counter("belvedere_pushed_series_refused_total", "Series of pushes that were refused because their labels are not valid.", ignored.series);

    const auto kept = m_logs->stats();
    counter("belvedere_logs_entries_appended_total", "Lines stored.", kept.appendedEntries);
    counter("belvedere_logs_appended_bytes_total", "Text of the lines stored.", kept.appendedTextBytes);
    metrics.family("belvedere_logs_entries_dropped_total", "counter", "Lines that were not stored, by reason.");
    metrics.sample(static_cast<double>(kept.duplicateEntries), { { "reason", "duplicate" } });
    metrics.sample(static_cast<double>(kept.tooOldEntries), { { "reason", "too_old" } });
    counter("belvedere_logs_failed_commits_total", "Commits of the log store that failed.", kept.failedCommits);
    counter("belvedere_logs_commits_total", "Commits of the log store.", kept.commits);
    gauge("belvedere_logs_streams", "Streams known.", kept.streams);
    gauge("belvedere_logs_chunks", "Chunks stored.", kept.chunks);
    gauge("belvedere_logs_queued_bytes", "Text that waits for the writer.", kept.queuedTextBytes);
    gauge("belvedere_logs_used_bytes", "What the log store takes, without free pages.", kept.usedBytes);
    gauge("belvedere_logs_file_bytes", "Size of the log store's file.", kept.fileBytes);

    const auto& docker = *m_dockerCounters;
    gauge("belvedere_docker_connected", "Whether Docker answers: 1 or 0.", docker.connected ? 1 : 0);
    gauge("belvedere_docker_containers", "Containers that Docker knows.", docker.containers.load());
    gauge("belvedere_docker_containers_followed", "Containers whose logs are read.", docker.followed.load());
    counter("belvedere_docker_lines_total", "Lines of containers stored.", docker.lines.load());
    counter("belvedere_docker_connections_total", "Connections to Docker's events; each after the first means that it was away.", docker.connections.load());
    counter("belvedere_docker_errors_total", "Readings of a container's log that failed.", docker.errors.load());

    const auto& files = *m_tailCounters;
    gauge("belvedere_tail_files", "Log files that are followed.", files.files.load());
    gauge("belvedere_tail_files_unusable", "Log files that cannot be read.", files.unusable.load());
    counter("belvedere_tail_lines_total", "Lines of files stored.", files.lines.load());
    counter("belvedere_tail_read_bytes_total", "Text of the files that is stored, unpacked.", files.bytes.load());
    counter("belvedere_tail_cut_lines_total", "Lines that were longer than allowed and lost their ends.", files.cutLines.load());
    metrics.family("belvedere_tail_rotations_total", "counter", "Files that were renamed, truncated or removed by others.");
    metrics.sample(static_cast<double>(files.renamed), { { "how", "renamed" } });
    metrics.sample(static_cast<double>(files.truncated), { { "how", "truncated" } });
    metrics.sample(static_cast<double>(files.removed), { { "how", "removed" } });
    counter("belvedere_tail_errors_total", "Readings of a file that failed.", files.errors.load());

    const auto evaluated = m_rules->counters();
    counter("belvedere_rule_group_evaluations_total", "Evaluations of rule groups.", evaluated.evaluations);
    counter("belvedere_rule_evaluation_failures_total", "Rules whose evaluation failed.", evaluated.failures);
    counter("belvedere_rule_group_iterations_missed_total", "Evaluations skipped because the one before took too long.", evaluated.missed);

    counter("belvedere_config_reloads_total", "Configurations taken over while running.", m_reloads.load());
    counter("belvedere_config_failed_reloads_total", "Changed configurations that had faults.", m_failedReloads.load());
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
