#include "app/demo.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace belvedere::app {

Result<std::unique_ptr<Demo>> Demo::start(model::MetricSink& metrics, model::LogSink& logs, const Clock& clock, Logger& logger)
{
    constexpr std::uint64_t kSeed = 1815;
    auto stack = demo::Stack::start(logs, clock, logger, kSeed);
    if (!stack)
        return withContext(stack.error(), "cannot start the demo");
    if (const auto written = (*stack)->writeHistory(metrics); !written)
        return withContext(written.error(), "cannot write the demo's history");
    (*stack)->run();
    return std::unique_ptr<Demo>(new Demo(std::move(*stack)));
}

Demo::Demo(std::unique_ptr<demo::Stack> stack)
    : m_stack(std::move(stack))
{
    constexpr std::chrono::milliseconds kLookEvery { 2000 };
    QObject::connect(&m_watch, &QTimer::timeout, &m_watch, [this] { look(); });
    m_watch.start(kLookEvery);
    look();
}

void Demo::look()
{
    auto containers = std::make_shared<const std::vector<model::ContainerStatus>>(m_stack->containers());
    const std::scoped_lock lock(m_mutex);
    m_containers = std::move(containers);
}

std::vector<ingest::ScrapeJob> Demo::scrapeJobs() const
{
    std::vector<ingest::ScrapeJob> jobs;
    for (const auto& target : m_stack->targets()) {
        auto job = std::ranges::find(jobs, target.job, &ingest::ScrapeJob::name);
        if (job == jobs.end()) {
            jobs.push_back({ .name = target.job, .intervalMs = demo::Stack::kHistoryStepMs, .timeoutMs = demo::Stack::kHistoryStepMs });
            job = jobs.end() - 1;
        }
        job->staticTargets.push_back({ .targets = { target.address }, .labels = { { "instance", target.instance } } });
    }
    return jobs;
}

std::shared_ptr<const std::vector<model::ContainerStatus>> Demo::containers() const
{
    const std::scoped_lock lock(m_mutex);
    return m_containers;
}

}
