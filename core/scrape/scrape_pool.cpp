#include "core/scrape/scrape_pool.h"

#include "core/base/format.h"

#include <ranges>

namespace belvedere::scrape {

ScrapePool::ScrapePool(ScrapeContext& context, ingest::ScrapeJob job, QObject* parent)
    : QObject(parent)
    , m_context(context)
    , m_settings(compile(std::move(job), nullptr))
{
    startDiscovery();
    sync();
}

ScrapePool::~ScrapePool() = default;

/// Sample rules that did not change stay the same object, by which targets see that they may keep what they remember.
std::shared_ptr<const JobSettings> ScrapePool::compile(ingest::ScrapeJob job, const JobSettings* before)
{
    auto settings = std::make_shared<JobSettings>();
    // validate() compiled the rules before the job came here.
    settings->relabelling = ingest::Relabeler::compile(job.relabelConfigs).value_or(ingest::Relabeler());
    if (before && before->job.honorLabels == job.honorLabels && before->job.honorTimestamps == job.honorTimestamps && before->job.limits == job.limits
        && before->job.metricRelabelConfigs == job.metricRelabelConfigs) {
        settings->sampleRules = before->sampleRules;
    } else {
        auto rules = std::make_shared<SampleRules>();
        rules->honorLabels = job.honorLabels;
        rules->honorTimestamps = job.honorTimestamps;
        rules->limits = job.limits;
        rules->relabelling = ingest::Relabeler::compile(job.metricRelabelConfigs).value_or(ingest::Relabeler());
        settings->sampleRules = std::move(rules);
    }
    settings->job = std::move(job);
    return settings;
}

void ScrapePool::setJob(ingest::ScrapeJob job)
{
    if (job == m_settings->job)
        return;
    const auto& before = m_settings->job;
    const bool sameDiscovery = job.fileDiscoveries == before.fileDiscoveries && job.httpDiscoveries == before.httpDiscoveries && job.dnsDiscoveries == before.dnsDiscoveries;
    m_settings = compile(std::move(job), m_settings.get());
    if (!sameDiscovery)
        startDiscovery();
    sync();
}

void ScrapePool::setTargets(const std::string& source, std::vector<ingest::TargetGroup> groups)
{
    auto& known = m_external[source];
    if (known == groups)
        return;
    known = std::move(groups);
    sync();
}

void ScrapePool::startDiscovery()
{
    m_discoverers.clear();
    for (const auto& config : m_settings->job.fileDiscoveries)
        m_discoverers.push_back(std::make_unique<FileDiscoverer>(config));
    for (const auto& config : m_settings->job.httpDiscoveries)
        m_discoverers.push_back(std::make_unique<HttpDiscoverer>(config, m_context.buffers));
    for (const auto& config : m_settings->job.dnsDiscoveries)
        m_discoverers.push_back(std::make_unique<DnsDiscoverer>(config));
    for (const auto& discoverer : m_discoverers)
        connect(discoverer.get(), &Discoverer::changed, this, &ScrapePool::sync);
}

std::vector<ingest::TargetGroup> ScrapePool::groups() const
{
    auto out = m_settings->job.staticTargets;
    const auto add = [&](const std::vector<ingest::TargetGroup>& more) { out.insert(out.end(), more.begin(), more.end()); };
    for (const auto& discoverer : m_discoverers)
        add(discoverer->groups());
    for (const auto& [source, more] : m_external)
        add(more);
    return out;
}

void ScrapePool::sync()
{
    const auto& job = m_settings->job;
    m_unusable.clear();
    m_dropped.clear();
    std::map<std::string, std::unique_ptr<ScrapeTarget>> targets;
    for (const auto& group : groups()) {
        for (const auto& address : group.targets) {
            auto discovered = ingest::discoveredLabels(job, address, group.labels);
            auto made = ingest::relabelTarget(job, m_settings->relabelling, discovered);
            if (!made) {
                model::TargetStatus status;
                status.job = job.name;
                status.url = address;
                status.discoveredLabels = std::move(discovered);
                status.health = model::TargetStatus::Health::down;
                status.error = made.error().message;
                m_unusable.push_back(std::move(status));
                continue;
            }
            if (!*made) {
                m_dropped.push_back({ job.name, std::move(discovered) });
                continue;
            }
            auto key = (*made)->url + ' ' + (*made)->labels.toString();
            if (targets.contains(key))
                continue; // discovered twice
            auto known = m_targets.extract(key);
            if (known.empty()) {
                targets.emplace(std::move(key), std::make_unique<ScrapeTarget>(m_context, m_settings, std::move(**made), std::move(discovered)));
                continue;
            }
            known.mapped()->update(m_settings, std::move(**made), std::move(discovered));
            targets.insert(std::move(known));
        }
    }
    for (const auto& [key, target] : m_targets)
        target->end();
    m_targets = std::move(targets);

    const auto limit = job.limits.targets;
    const bool tooMany = limit != 0 && m_targets.size() > limit;
    for (const auto& [key, target] : m_targets) {
        target->setRefusal(tooMany ? formatted("target_limit exceeded (number of targets: {}, limit: {})", m_targets.size(), limit) : std::string());
    }
    auto problems = discoveryProblems();
    for (const auto& problem : problems) {
        if (!m_reported.contains(problem))
            m_context.logger.log(Logger::Level::warning, "scrape", formatted("job {}: {}; the targets known before stay", job.name, problem));
    }
    m_reported = std::move(problems);
    m_context.changed();
}

void ScrapePool::scrapeNow(const std::string& url)
{
    for (const auto& [key, target] : m_targets) {
        if (url.empty() || target->status().url == url)
            target->scrapeNow();
    }
}

void ScrapePool::end()
{
    for (const auto& [key, target] : m_targets)
        target->end();
    m_targets.clear();
}

void ScrapePool::addTo(model::TargetList& list) const
{
    for (const auto& [key, target] : m_targets)
        list.active.push_back(target->status());
    list.active.insert(list.active.end(), m_unusable.begin(), m_unusable.end());
    list.dropped.insert(list.dropped.end(), m_dropped.begin(), m_dropped.end());
    for (const auto& problem : discoveryProblems())
        list.problems.push_back({ m_settings->job.name, problem });
}

std::set<std::string> ScrapePool::discoveryProblems() const
{
    std::set<std::string> problems;
    for (const auto& discoverer : m_discoverers) {
        const auto own = discoverer->problems();
        problems.insert(own.begin(), own.end());
    }
    return problems;
}

}
