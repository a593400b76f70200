#pragma once

#include "core/base/bounded_queue.h"
#include "core/base/logger.h"
#include "core/model/metric_source.h"

#include <atomic>
#include <cstdint>
#include <thread>

namespace belvedere::scrape {

/// Hands batches to a sink that may wait for room, so that the scrape thread never does. When the sink falls behind for
/// longer than the queue lasts, batches are dropped, counted and logged. send() is for one thread.
class BatchSender {
public:
    BatchSender(model::MetricSink& sink, Logger& logger);
    ~BatchSender(); ///< waits until what is queued has been handed over

    BatchSender(const BatchSender&) = delete;
    BatchSender& operator=(const BatchSender&) = delete;

    void send(model::MetricBatch batch);

    [[nodiscard]] std::uint64_t droppedSamples() const noexcept { return m_droppedSamples.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t refusedSamples() const noexcept { return m_refusedSamples.load(std::memory_order_relaxed); }

private:
    void run();

    model::MetricSink& m_sink;
    Logger& m_logger;
    BoundedQueue<model::MetricBatch> m_queue;
    std::atomic<std::uint64_t> m_droppedSamples = 0; ///< for want of room
    std::atomic<std::uint64_t> m_refusedSamples = 0; ///< in batches whose commit failed
    bool m_dropping = false;
    std::thread m_thread;
};

}
