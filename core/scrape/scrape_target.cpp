#include "core/scrape/scrape_target.h"

#include "core/base/format.h"

#include <algorithm>

namespace belvedere::scrape {

namespace {

constexpr const char* kAccept = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
                                "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

/// A new target shows its first sample within this time, whatever its interval.
constexpr std::int64_t kFirstWithinMs = 1000;

/// Timers fire a little late; a time this close to the grid counts as on it, because equal distances are what stores
/// and rate() like best.
std::int64_t alignmentMs(std::int64_t intervalMs) { return std::clamp<std::int64_t>(intervalMs / 100, 1, 10); }

std::uint64_t placeOf(const ingest::RelabelledTarget& target) { return target.labels.hash() ^ model::Labels({ { "url", target.url } }).hash(); }

}

ScrapeTarget::ScrapeTarget(ScrapeContext& context, std::shared_ptr<const JobSettings> settings, ingest::RelabelledTarget target, model::Labels discovered, QObject* parent)
    : QObject(parent)
    , m_context(context)
    , m_settings(std::move(settings))
    , m_target(std::move(target))
    , m_samples(context.sink, m_target.labels, m_settings->sampleRules)
    , m_fetch(context.buffers, this)
    , m_timer(this)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        const auto now = m_context.clock.nowMs();
        const bool onTheGrid = m_dueMs != 0 && std::abs(now - m_dueMs) <= alignmentMs(m_target.intervalMs);
        if (!m_fetch.isBusy())
            startScrape(onTheGrid ? m_dueMs : now);
        schedule();
    });
    connect(&m_fetch, &HttpFetch::finished, this, &ScrapeTarget::complete);
    m_status.discoveredLabels = std::move(discovered);
    applySettings();
    const auto spread = std::min(kFirstWithinMs, m_target.intervalMs);
    m_timer.start(std::chrono::milliseconds(static_cast<std::int64_t>(placeOf(m_target) % static_cast<std::uint64_t>(spread))));
}

void ScrapeTarget::update(std::shared_ptr<const JobSettings> settings, ingest::RelabelledTarget target, model::Labels discovered)
{
    const bool sameRules = settings->sampleRules == m_settings->sampleRules;
    const bool sameInterval = target.intervalMs == m_target.intervalMs;
    m_settings = std::move(settings);
    m_target = std::move(target);
    m_status.discoveredLabels = std::move(discovered);
    if (!sameRules)
        m_samples.setRules(m_settings->sampleRules);
    m_settingsChanged = true;
    if (!m_fetch.isBusy())
        applySettings();
    if (!sameInterval)
        schedule();
}

void ScrapeTarget::applySettings()
{
    m_settingsChanged = false;
    const auto& job = m_settings->job;
    m_status.job = job.name;
    m_status.url = m_target.url;
    m_status.labels = m_target.labels;
    m_status.intervalMs = m_target.intervalMs;
    m_status.timeoutMs = m_target.timeoutMs;
    m_fetch.setOptions({ .url = QUrl::fromEncoded(QByteArray::fromStdString(m_target.url)), .accept = kAccept, .timeoutMs = m_target.timeoutMs,
        .bodyLimit = job.limits.bodyBytes, .headers = job.headers, .authorization = job.authorization, .insecureSkipVerify = job.insecureSkipVerify,
        .followRedirects = job.followRedirects });
}

void ScrapeTarget::schedule()
{
    const auto interval = m_target.intervalMs;
    const auto now = m_context.clock.nowMs();
    const auto place = static_cast<std::int64_t>(placeOf(m_target) % static_cast<std::uint64_t>(interval));
    m_dueMs = now - now % interval + place;
    while (m_dueMs <= now + alignmentMs(interval))
        m_dueMs += interval;
    m_timer.start(std::chrono::milliseconds(m_dueMs - now));
}

void ScrapeTarget::scrapeNow()
{
    if (!m_fetch.isBusy())
        startScrape(m_context.clock.nowMs());
}

void ScrapeTarget::startScrape(std::int64_t timeMs)
{
    m_scrapeMs = std::max(timeMs, m_scrapeMs + 1);
    m_stopwatch.start();
    if (!m_refusal.empty()) {
        complete({ .error = m_refusal, .body = {}, .contentType = {} });
        return;
    }
    if (m_settingsChanged)
        applySettings();
    m_fetch.start();
}

bool ScrapeTarget::knowGroup()
{
    if (m_group)
        return true;
    const auto group = m_context.sink.groupId(formatted("scrape/{}/{}", m_target.labels.get("job"), m_target.labels.get("instance")));
    if (group)
        m_group = *group;
    else
        m_status.error = "store: " + group.error().message;
    return group.has_value();
}

void ScrapeTarget::complete(const HttpAnswer& answer)
{
    model::MetricBatch batch;
    batch.timeMs = m_scrapeMs;
    TargetSamples::Outcome outcome;
    outcome.error = answer.error;
    if (outcome.error.empty()) {
        if (const auto format = ingest::expositionFormat(answer.contentType, m_settings->job.fallbackProtocol))
            outcome = m_samples.take(answer.body, *format, batch);
        else
            outcome.error = format.error().message;
    }
    if (!outcome.error.empty())
        m_samples.takeNothing(batch); // has no effect after a take() that failed

    m_status.health = outcome.error.empty() ? model::TargetStatus::Health::up : model::TargetStatus::Health::down;
    m_status.error = outcome.error;
    m_status.lastScrapeMs = m_scrapeMs;
    m_status.lastDurationSeconds = static_cast<double>(m_stopwatch.nsecsElapsed()) / 1e9;
    m_status.samplesScraped = outcome.scraped;
    m_context.counters.scrapes += 1;
    m_context.counters.failures += outcome.error.empty() ? 0 : 1;
    m_context.counters.samples += outcome.error.empty() ? outcome.kept : 0;
    m_context.counters.tooNew += outcome.tooNew;
    m_context.counters.exemplars += outcome.exemplars;

    if (const auto reported = m_samples.report(outcome.error.empty(), m_status.lastDurationSeconds, outcome, batch); !reported)
        m_status.error = reported.error().message;
    if (knowGroup()) {
        batch.group = *m_group;
        m_context.sender.send(std::move(batch));
    }
    m_context.changed();
}

void ScrapeTarget::end()
{
    m_timer.stop();
    m_fetch.abort();
    if (m_scrapeMs == 0 || !knowGroup())
        return;
    model::MetricBatch batch;
    batch.timeMs = std::max(m_context.clock.nowMs(), m_scrapeMs + 1);
    m_samples.end(batch);
    if (batch.series.empty())
        return;
    batch.group = *m_group;
    m_context.sender.send(std::move(batch));
}

}
