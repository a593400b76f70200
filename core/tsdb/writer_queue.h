#pragma once

#include "core/base/result.h"
#include "core/model/metric_source.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <future>
#include <mutex>
#include <utility>
#include <variant>

namespace belvedere::tsdb {

struct QueuedBatch {
    model::MetricBatch batch;
    model::MetricSink::Committed committed;
};
struct QueuedFlush {
    std::promise<Result<void>> done;
};
struct QueuedSealed { }; ///< the sealing thread has finished
struct QueuedMerged { }; ///< the merging thread has finished a step
using Queued = std::variant<QueuedBatch, QueuedFlush, QueuedSealed, QueuedMerged>;

/// What waits for the writer. Bounded by batches and by samples; orders (all but batches) are always let in.
/// Threading: any thread puts in, the writer takes out.
class WriterQueue {
public:
    WriterQueue(std::size_t maxBatches, std::size_t maxSamples)
        : m_maxBatches(maxBatches)
        , m_maxSamples(maxSamples)
    {
    }

    /// Waits for room. False if the queue is closed.
    [[nodiscard]] bool push(QueuedBatch item)
    {
        const auto samples = item.batch.series.size() + item.batch.timed.size();
        {
            std::unique_lock lock(m_mutex);
            // A batch larger than the limit goes in alone.
            m_room.wait(lock, [&] { return m_closed || (m_batches < m_maxBatches && (m_samples == 0 || m_samples + samples <= m_maxSamples)); });
            if (m_closed)
                return false;
            ++m_batches;
            m_samples += samples;
            m_items.emplace_back(std::move(item));
        }
        m_filled.notify_one();
        return true;
    }
    /// False if the queue is closed.
    [[nodiscard]] bool pushOrder(Queued item)
    {
        {
            const std::scoped_lock lock(m_mutex);
            if (m_closed)
                return false;
            m_items.push_back(std::move(item));
            ++m_orders;
        }
        m_filled.notify_one();
        return true;
    }
    /// Takes everything, once something is there and either `notBefore` has come, there is an order, or the queue is half
    /// full. Empty when `wakeAt` comes first, or when the queue is closed and drained.
    [[nodiscard]] std::deque<Queued> takeAll(std::chrono::steady_clock::time_point notBefore, std::chrono::steady_clock::time_point wakeAt)
    {
        std::deque<Queued> out;
        {
            std::unique_lock lock(m_mutex);
            m_filled.wait_until(lock, wakeAt, [&] { return m_closed || !m_items.empty(); });
            const auto urgent = [&] { return m_closed || m_orders > 0 || m_batches * 2 > m_maxBatches || m_samples * 2 > m_maxSamples; };
            if (!m_items.empty())
                m_filled.wait_until(lock, notBefore, urgent);
            out.swap(m_items);
            m_batches = 0;
            m_samples = 0;
            m_orders = 0;
        }
        m_room.notify_all();
        return out;
    }
    void close()
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_closed = true;
        }
        m_filled.notify_all();
        m_room.notify_all();
    }
    [[nodiscard]] bool closed() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_closed;
    }
    /// Batches that wait.
    [[nodiscard]] std::size_t batches() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_batches;
    }

private:
    const std::size_t m_maxBatches;
    const std::size_t m_maxSamples;
    mutable std::mutex m_mutex;
    std::condition_variable m_filled;
    std::condition_variable m_room;
    // Guarded by m_mutex:
    std::deque<Queued> m_items;
    std::size_t m_batches = 0;
    std::size_t m_samples = 0;
    std::size_t m_orders = 0;
    bool m_closed = false;
};

}
