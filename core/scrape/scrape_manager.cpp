#include "core/scrape/scrape_manager.h"

#include "core/base/format.h"
#include "core/scrape/scrape_pool.h"

#include <QElapsedTimer>

#include <algorithm>
#include <chrono>
#include <set>

namespace belvedere::scrape {

namespace {

constexpr std::chrono::milliseconds kPublishEvery { 1000 };

}

/// Everything that lives in the scrape thread.
class ScrapeManager::Worker : public QObject {
public:
    Worker(ScrapeManager& manager, model::MetricSink& sink, const Clock& clock, Logger& logger)
        : m_manager(manager)
        , m_sender(sink, logger)
        , m_context { sink, clock, logger, m_buffers, m_sender, m_counters, [this] { changed(); } }
        , m_publish(this)
    {
        m_publish.setSingleShot(true);
        connect(&m_publish, &QTimer::timeout, this, &Worker::publish);
    }

    void setJobs(std::vector<ingest::ScrapeJob> jobs)
    {
        std::vector<std::unique_ptr<Pool>> pools;
        for (auto& job : jobs) {
            const auto known = std::ranges::find_if(m_pools, [&](const auto& pool) { return pool && pool->name == job.name; });
            if (known != m_pools.end()) {
                (*known)->pool.setJob(std::move(job));
                pools.push_back(std::move(*known));
            } else {
                pools.push_back(std::make_unique<Pool>(m_context, std::move(job)));
            }
        }
        for (const auto& gone : m_pools) {
            if (gone)
                gone->pool.end();
        }
        m_pools = std::move(pools);
        changed();
    }

    void stop()
    {
        m_publish.stop();
        m_pools.clear();
    }

    void setTargets(const std::string& job, const std::string& source, std::vector<ingest::TargetGroup> groups)
    {
        for (const auto& pool : m_pools) {
            if (pool->name == job)
                pool->pool.setTargets(source, std::move(groups));
        }
    }

    void scrapeNow(const std::string& url)
    {
        for (const auto& pool : m_pools)
            pool->pool.scrapeNow(url);
    }

    [[nodiscard]] Counters counters() const
    {
        return { .scrapes = m_counters.scrapes, .failures = m_counters.failures, .samples = m_counters.samples,
            .droppedSamples = m_sender.droppedSamples(), .refusedSamples = m_sender.refusedSamples(), .tooNew = m_counters.tooNew, .exemplars = m_counters.exemplars };
    }

private:
    struct Pool {
        std::string name;
        ScrapePool pool;

        Pool(ScrapeContext& context, ingest::ScrapeJob job)
            : name(job.name)
            , pool(context, std::move(job))
        {
        }
    };

    void changed()
    {
        if (m_publish.isActive())
            return;
        const auto since = m_lastPublish.isValid() ? std::chrono::milliseconds(m_lastPublish.elapsed()) : kPublishEvery;
        m_publish.start(std::max(std::chrono::milliseconds(0), kPublishEvery - since));
    }

    void publish()
    {
        m_lastPublish.start();
        auto list = std::make_shared<model::TargetList>();
        for (const auto& pool : m_pools)
            pool->pool.addTo(*list);
        m_manager.publish(std::move(list));
    }

    ScrapeManager& m_manager;
    ScrapeCounters m_counters;
    HttpBuffers m_buffers;
    BatchSender m_sender;
    ScrapeContext m_context;
    QTimer m_publish;
    QElapsedTimer m_lastPublish;
    std::vector<std::unique_ptr<Pool>> m_pools;
};

ScrapeManager::ScrapeManager(model::MetricSink& sink, const Clock& clock, Logger& logger, QObject* parent)
    : QObject(parent)
    , m_targets(std::make_shared<const model::TargetList>())
{
    m_thread.setObjectName(QStringLiteral("scrape"));
    m_anchor.moveToThread(&m_thread);
    m_thread.start();
    QMetaObject::invokeMethod(&m_anchor, [&] { m_worker = std::make_unique<Worker>(*this, sink, clock, logger); }, Qt::BlockingQueuedConnection);
}

ScrapeManager::~ScrapeManager()
{
    QMetaObject::invokeMethod(&m_anchor, [this] { m_worker.reset(); }, Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

void ScrapeManager::stop()
{
    QMetaObject::invokeMethod(&m_anchor, [this] { m_worker->stop(); }, Qt::BlockingQueuedConnection);
}

Result<void> ScrapeManager::setConfig(std::vector<ingest::ScrapeJob> jobs)
{
    std::set<std::string> names;
    for (const auto& job : jobs) {
        if (auto valid = ingest::validate(job); !valid)
            return valid;
        if (!names.insert(job.name).second)
            return failure(ErrorCode::parse, formatted("two scrape jobs are called '{}'; job_name must be unique", job.name));
    }
    QMetaObject::invokeMethod(&m_anchor, [this, jobs = std::move(jobs)]() mutable { m_worker->setJobs(std::move(jobs)); });
    return {};
}

void ScrapeManager::setTargets(const std::string& job, const std::string& source, std::vector<ingest::TargetGroup> groups)
{
    QMetaObject::invokeMethod(&m_anchor, [this, job, source, groups = std::move(groups)]() mutable { m_worker->setTargets(job, source, std::move(groups)); });
}

void ScrapeManager::scrapeNow(const QString& url)
{
    QMetaObject::invokeMethod(&m_anchor, [this, url = url.toStdString()] { m_worker->scrapeNow(url); });
}

std::shared_ptr<const model::TargetList> ScrapeManager::targets() const
{
    const std::scoped_lock lock(m_mutex);
    return m_targets;
}

ScrapeManager::Counters ScrapeManager::counters() const { return m_worker->counters(); }

void ScrapeManager::publish(std::shared_ptr<const model::TargetList> list)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_targets = list;
    }
    QMetaObject::invokeMethod(this, [this, list = std::move(list)] { Q_EMIT targetsChanged(list); });
}

}
