#include "app/log_collectors.h"

#include "core/base/format.h"
#include "core/base/process_stats.h"
#include "core/ingest/relabel.h"

#include <QObject>
#include <QString>

#include <string_view>
#include <utility>

namespace belvedere::app {

LogCollectors::LogCollectors(const Clock& clock, Logger& logger)
    : m_clock(clock)
    , m_logger(logger)
{
}

void LogCollectors::followContainers(const workspace::DockerLogs& wanted, model::LogSink& sink)
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
    m_docker = std::make_unique<docker::Follower>(std::move(options), sink, m_logger);
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

void LogCollectors::followFiles(const std::vector<workspace::FileLogs>& wanted, model::LogSink& sink)
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
    m_tail = std::make_unique<tail::Follower>(std::move(options), sink, m_clock, m_logger);
    m_tail->start();
}

void LogCollectors::stop()
{
    m_docker.reset();
    m_tail.reset();
}

std::shared_ptr<const std::vector<model::ContainerStatus>> LogCollectors::containers() const
{
    const std::scoped_lock lock(m_mutex);
    return m_containers;
}

std::string LogCollectors::dockerState() const
{
    const std::scoped_lock lock(m_mutex);
    return m_dockerState;
}

std::vector<std::string> LogCollectors::fileProblems() const
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

}
