#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/ingest/scrape_config.h"
#include "core/model/metric_source.h"
#include "core/model/target_status.h"

#include <QObject>
#include <QThread>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace belvedere::scrape {

/// Scrapes the targets of all jobs, on an event loop in a thread of its own.
///
/// Threading: create and destroy it in one thread with an event loop; all functions may be called from any thread.
/// `sink`, `clock` and `logger` must outlive it.
class ScrapeManager : public QObject {
    Q_OBJECT

public:
    ScrapeManager(model::MetricSink& sink, const Clock& clock, Logger& logger, QObject* parent = nullptr);
    ~ScrapeManager() override; ///< as stop()

    /// Replaces the jobs. Targets whose url and labels stay the same are kept with what they remember; those that are gone
    /// end with stale markers. Fails, and changes nothing, if a job is not valid or a name occurs twice.
    [[nodiscard]] Result<void> setConfig(std::vector<ingest::ScrapeJob> jobs);

    /// Stops scraping and hands over what is queued; the list of targets stays. Writes no stale markers: after a restart the
    /// series go on.
    void stop();

    /// Targets that somebody else discovered for `job` (Docker); `source` names the discoverer, whose list this replaces.
    void setTargets(const std::string& job, const std::string& source, std::vector<ingest::TargetGroup> groups);

    /// The list that targetsChanged() gave last. Never null.
    [[nodiscard]] std::shared_ptr<const model::TargetList> targets() const;

    struct Counters {
        std::uint64_t scrapes = 0;
        std::uint64_t failures = 0;
        std::uint64_t samples = 0;
        std::uint64_t droppedSamples = 0; ///< because the store did not keep up
        std::uint64_t refusedSamples = 0; ///< because their commit failed
        std::uint64_t tooNew = 0;         ///< with a timestamp more than 10 minutes ahead
        std::uint64_t exemplars = 0;      ///< read and not stored
    };
    [[nodiscard]] Counters counters() const;

public Q_SLOTS:
    /// Scrapes the target with this url at once; all targets for "".
    void scrapeNow(const QString& url = {});

Q_SIGNALS:
    /// At most once a second, when something changed. In this object's thread.
    void targetsChanged(std::shared_ptr<const belvedere::model::TargetList> targets);

private:
    class Worker;
    void publish(std::shared_ptr<const model::TargetList> list);

    QThread m_thread;
    QObject m_anchor;                 // lives in m_thread; the way into it
    std::unique_ptr<Worker> m_worker; // made, used and destroyed in m_thread; its counters are read from anywhere
    mutable std::mutex m_mutex;
    std::shared_ptr<const model::TargetList> m_targets; // guarded by m_mutex
};

}
