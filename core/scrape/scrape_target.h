#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/model/target_status.h"
#include "core/scrape/batch_sender.h"
#include "core/scrape/http_fetch.h"
#include "core/scrape/target_samples.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

namespace belvedere::scrape {

/// Counted over all targets since the start.
struct ScrapeCounters {
    std::atomic<std::uint64_t> scrapes = 0;
    std::atomic<std::uint64_t> failures = 0;
    std::atomic<std::uint64_t> samples = 0;
    std::atomic<std::uint64_t> tooNew = 0;
    std::atomic<std::uint64_t> exemplars = 0;
};

/// What everything in the scrape thread shares.
struct ScrapeContext {
    model::MetricSink& sink;
    const Clock& clock;
    Logger& logger;
    HttpBuffers& buffers;
    BatchSender& sender;
    ScrapeCounters& counters;
    std::function<void()> changed; ///< something that the list of targets shows is different
};

/// A job with what was compiled of it.
struct JobSettings {
    ingest::ScrapeJob job;
    ingest::Relabeler relabelling;
    std::shared_ptr<const SampleRules> sampleRules;
};

/// Scrapes one target at its place in the interval, which its labels decide, and keeps what the Targets page shows.
class ScrapeTarget : public QObject {
    Q_OBJECT

public:
    ScrapeTarget(ScrapeContext& context, std::shared_ptr<const JobSettings> settings, ingest::RelabelledTarget target, model::Labels discovered, QObject* parent = nullptr);

    /// Goes on under changed settings, with what it remembers of its series; `target` has the same url and labels.
    void update(std::shared_ptr<const JobSettings> settings, ingest::RelabelledTarget target, model::Labels discovered);

    /// Not empty: nothing is fetched, each scrape fails with this (target_limit).
    void setRefusal(std::string reason) { m_refusal = std::move(reason); }

    /// Scrapes at once, unless a scrape is running.
    void scrapeNow();

    /// Writes stale markers for all its series: the target is gone from the configuration.
    void end();

    [[nodiscard]] const model::TargetStatus& status() const noexcept { return m_status; }

private:
    void applySettings();
    void schedule();
    void startScrape(std::int64_t timeMs);
    void complete(const HttpAnswer& answer);
    [[nodiscard]] bool knowGroup();

    ScrapeContext& m_context;
    std::shared_ptr<const JobSettings> m_settings;
    ingest::RelabelledTarget m_target;
    model::TargetStatus m_status;
    TargetSamples m_samples;
    std::optional<model::GroupId> m_group;
    HttpFetch m_fetch;
    QTimer m_timer;
    QElapsedTimer m_stopwatch;
    std::string m_refusal;
    bool m_settingsChanged = false; // while a scrape ran
    std::int64_t m_dueMs = 0;
    std::int64_t m_scrapeMs = 0;
};

}
