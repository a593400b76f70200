#include "core/scrape/batch_sender.h"

namespace belvedere::scrape {

namespace {

/// About 20 s of 50 targets a second.
constexpr std::size_t kQueuedBatches = 1000;

}

BatchSender::BatchSender(model::MetricSink& sink, Logger& logger)
    : m_sink(sink)
    , m_logger(logger)
    , m_queue(kQueuedBatches)
    , m_thread([this] { run(); })
{
}

BatchSender::~BatchSender()
{
    m_queue.close();
    m_thread.join();
}

void BatchSender::send(model::MetricBatch batch)
{
    const auto samples = batch.series.size() + batch.timed.size();
    if (m_queue.tryPush(std::move(batch))) {
        m_dropping = false;
        return;
    }
    m_droppedSamples += samples;
    if (!m_dropping)
        m_logger.log(Logger::Level::warning, "scrape", "the store does not keep up: scraped samples are being dropped");
    m_dropping = true;
}

void BatchSender::run()
{
    while (true) {
        auto batches = m_queue.takeAll();
        if (batches.empty())
            return; // closed and drained
        for (auto& batch : batches) {
            const auto samples = batch.series.size() + batch.timed.size();
            // The sink answers before it is destroyed, and it outlives this.
            m_sink.append(std::move(batch), [this, samples](const Result<model::AppendSummary>& result) {
                if (!result)
                    m_refusedSamples += samples;
            });
        }
    }
}

}
