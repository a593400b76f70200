#include "app/window_backend.h"

#include "app/rule_files.h"
#include "core/workspace/state_database.h"
#include "ui/async.h"

#include <QCoreApplication>
#include <QMetaObject>
#include <QProcess>

#include <algorithm>

namespace belvedere::app {

namespace {

constexpr int kRefreshMs = 250;
constexpr qint64 kStatsMs = 1000;
/// Targets are scraped every few seconds: rates over less than that would jump between nothing and much.
constexpr qint64 kRatesOverMs = 30'000;
constexpr int kQueriesOffered = 200;
constexpr int kHistoryAfterMs = 300;
constexpr std::uint64_t kLittleDiskBytes = std::uint64_t { 2 } << 30;

QString path(const std::filesystem::path& path) { return QString::fromStdString(path.string()); }

}

WindowBackend::WindowBackend(Session& session, QObject* parent)
    : Backend(parent)
    , m_session(session)
    , m_dataSources(session.dataSources())
    , m_targets(session.targets())
    , m_containers(session.containers())
    , m_rules(session.rules())
    , m_dockerState(QString::fromStdString(session.dockerState()))
{
    const auto totals = session.stats();
    m_clock.start();
    m_totals.push_back({ 0, totals.samples, totals.lines });
    session.onAlertChanged([this](const model::AlertStatus& alert) {
        QMetaObject::invokeMethod(this, [this, alert] { Q_EMIT alertChanged(alert); }, Qt::QueuedConnection);
    });
    m_historyTimer.setSingleShot(true);
    m_historyTimer.setInterval(kHistoryAfterMs);
    connect(&m_historyTimer, &QTimer::timeout, this, &WindowBackend::readAlertChanges);
    readAlertChanges();
    connect(&m_timer, &QTimer::timeout, this, &WindowBackend::refresh);
    m_timer.start(kRefreshMs);
    refreshProblems();
    readQueryHistory();
}

WindowBackend::~WindowBackend() { m_session.onAlertChanged({}); }

QString WindowBackend::dashboardFolder() const { return path(m_session.options().folder / "dashboards"); }

QString WindowBackend::workspaceFolder() const { return path(m_session.options().folder); }

QString WindowBackend::workspaceFile() const { return path(m_session.options().configurationFile()); }

bool WindowBackend::takesShippedRules() const { return !isDemo() && m_session.rulesFolder().has_value(); }

void WindowBackend::addShippedRules()
{
    const auto folder = m_session.rulesFolder();
    if (!folder)
        return Q_EMIT shippedRulesAdded(tr("%1 names no folder of rules; add rule_files: [rules/*.yml] to it.").arg(workspaceFile()));
    ui::runAsync(
        m_session.queryPool(), this, [folder = *folder] { return copyShippedRules(folder); },
        [this](const Result<void>& done) { Q_EMIT shippedRulesAdded(done ? QString() : QString::fromStdString(done.error().message)); });
}

bool WindowBackend::startDemo()
{
    // Any free port: this program has the usual one.
    return QProcess::startDetached(QCoreApplication::applicationFilePath(), { QStringLiteral("--demo"), QStringLiteral("--listen"), QStringLiteral("127.0.0.1:0") });
}

void WindowBackend::readQueryHistory()
{
    ui::runAsync(
        m_session.queryPool(), this,
        [state = m_session.state()] {
            QHash<QString, QStringList> read;
            for (const std::string language : { "promql", "logql" }) {
                if (const auto queries = state->queries(language, kQueriesOffered)) {
                    for (const auto& query : *queries)
                        read[QString::fromStdString(language)] << QString::fromStdString(query.text);
                }
            }
            return read;
        },
        [this](const QHash<QString, QStringList>& read) {
            for (const auto& [language, queries] : read.asKeyValueRange()) {
                // What was run while they were read is newer.
                auto& known = m_queries[language];
                known += queries;
                known.removeDuplicates();
                Q_EMIT queryHistoryChanged(language);
            }
        });
}

void WindowBackend::addToQueryHistory(const QString& language, const QString& sourceUid, const QString& query)
{
    auto& known = m_queries[language];
    if (query.isEmpty() || (!known.isEmpty() && known.front() == query))
        return;
    known.removeAll(query);
    known.prepend(query);
    if (known.size() > kQueriesOffered)
        known.removeLast();
    Q_EMIT queryHistoryChanged(language);
    const SystemClock clock;
    m_session.queryPool().submit([state = m_session.state(), record = workspace::QueryRecord { clock.nowMs(), language.toStdString(), sourceUid.toStdString(), query.toStdString() }] {
        // A history that cannot be written is no reason to disturb: the query itself has run.
        (void)state->addQuery(record);
    });
}

void WindowBackend::refresh()
{
    if (auto sources = m_session.dataSources(); sources != m_dataSources) {
        m_dataSources = std::move(sources);
        Q_EMIT dataSourcesChanged();
    }
    if (auto targets = m_session.targets(); targets != m_targets) {
        m_targets = std::move(targets);
        Q_EMIT targetsChanged();
    }
    auto containers = m_session.containers();
    auto dockerState = QString::fromStdString(m_session.dockerState());
    if (containers != m_containers || dockerState != m_dockerState) {
        m_containers = std::move(containers);
        m_dockerState = std::move(dockerState);
        Q_EMIT containersChanged();
    }
    if (auto rules = m_session.rules(); rules != m_rules) {
        m_rules = std::move(rules);
        Q_EMIT rulesChanged();
    }
    if (const auto changes = m_session.alertChangeCount(); changes != m_alertChangeCount && !m_historyTimer.isActive()) {
        m_alertChangeCount = changes;
        m_historyTimer.start();
    }
    if (m_clock.elapsed() - m_totals.back().atMs >= kStatsMs)
        refreshStats();
}

void WindowBackend::refreshStats()
{
    const auto totals = m_session.stats();
    m_totals.push_back({ m_clock.elapsed(), totals.samples, totals.lines });
    while (m_totals.back().atMs - m_totals[1].atMs >= kRatesOverMs)
        m_totals.pop_front();
    const double seconds = static_cast<double>(m_totals.back().atMs - m_totals.front().atMs) / 1000;
    m_stats.samplesPerSecond = static_cast<double>(totals.samples - m_totals.front().samples) / seconds;
    m_stats.linesPerSecond = static_cast<double>(totals.lines - m_totals.front().lines) / seconds;
    m_stats.metricSeries = totals.series;
    m_stats.metricBytes = totals.metricBytes;
    m_stats.logBytes = totals.logBytes;
    m_stats.diskFreeBytes = totals.diskFreeBytes;
    m_stats.droppedSamples = totals.droppedSamples;
    m_stats.droppedLines = totals.droppedLines;
    Q_EMIT statsChanged();
    refreshProblems();
}

void WindowBackend::readAlertChanges()
{
    ui::runAsync(
        m_session.queryPool(), this, [&session = m_session] { return session.alertChanges(kAlertChangesShown); },
        [this](Result<std::vector<model::AlertChange>> changes) {
            if (!changes)
                return; // the session has logged why
            m_alertChanges = std::make_shared<const std::vector<model::AlertChange>>(std::move(*changes));
            Q_EMIT alertChangesChanged();
        });
}

void WindowBackend::refreshProblems()
{
    std::vector<ui::Problem> problems;
    constexpr std::size_t kFaultsShown = 8;
    const auto faults = m_session.configurationProblems();
    for (std::size_t i = 0; i < std::min(faults.size(), kFaultsShown); ++i)
        problems.push_back({ QStringLiteral("workspace/%1").arg(i), QStringLiteral("workspace"), QString::fromStdString(faults[i]) });
    if (faults.size() > kFaultsShown)
        problems.push_back({ QStringLiteral("workspace/more"), QStringLiteral("workspace"),
            QStringLiteral("%1 more; `belvedere config check` and `belvedere rules check` show all").arg(faults.size() - kFaultsShown) });
    constexpr std::size_t kFilesShown = 5;
    const auto files = m_session.fileProblems();
    for (std::size_t i = 0; i < std::min(files.size(), kFilesShown); ++i)
        problems.push_back({ QStringLiteral("tail/%1").arg(i), QStringLiteral("tail"), QString::fromStdString(files[i]) });
    if (files.size() > kFilesShown)
        problems.push_back({ QStringLiteral("tail/more"), QStringLiteral("tail"), QStringLiteral("%1 more files cannot be read").arg(files.size() - kFilesShown) });
    for (const auto& [job, message] : m_targets->problems)
        problems.push_back({ QStringLiteral("discovery/") + QString::fromStdString(job + message), QStringLiteral("scrape"), QString::fromStdString(job + ": " + message) });
    for (const auto& target : m_targets->active) {
        if (target.health == model::TargetStatus::Health::down)
            problems.push_back({ QStringLiteral("target/") + QString::fromStdString(target.url), QStringLiteral("scrape"),
                QString::fromStdString(target.job + ", " + target.url + ": " + target.error) });
    }
    if (!m_dockerState.isEmpty() && m_session.followsContainers() && !isDemo())
        problems.push_back({ QStringLiteral("docker"), QStringLiteral("docker"), m_dockerState });
    for (const auto& group : *m_rules) {
        for (const auto& rule : group.rules) {
            if (!rule.lastError.empty())
                problems.push_back({ QStringLiteral("rule/") + QString::fromStdString(group.file + "/" + group.name + "/" + rule.name), QStringLiteral("rules"),
                    QString::fromStdString(rule.name + ": " + rule.lastError) });
        }
    }
    if (m_stats.diskFreeBytes != 0 && m_stats.diskFreeBytes < kLittleDiskBytes)
        problems.push_back({ QStringLiteral("disk"), QStringLiteral("disk"),
            QStringLiteral("Less than 2 GB are left on the workspace's disk; free some, or set a retention in workspace.yml") });
    if (m_stats.droppedSamples > 0)
        problems.push_back({ QStringLiteral("dropped/samples"), QStringLiteral("scrape"),
            QStringLiteral("%1 samples were not stored: out of order, too old, or the store did not keep up").arg(m_stats.droppedSamples) });
    if (m_stats.droppedLines > 0)
        problems.push_back({ QStringLiteral("dropped/lines"), QStringLiteral("logs"), QStringLiteral("%1 lines were not stored: older than the retention").arg(m_stats.droppedLines) });

    const auto same = [](const ui::Problem& a, const ui::Problem& b) { return a.id == b.id && a.message == b.message; };
    if (std::ranges::equal(problems, m_problems, same))
        return;
    m_problems = std::move(problems);
    Q_EMIT problemsChanged();
}

}
