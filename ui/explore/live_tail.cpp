#include "ui/explore/live_tail.h"

#include "ui/async.h"
#include "ui/text.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

namespace belvedere::ui {

namespace {

    constexpr int kDrainMs = 200;
    constexpr std::size_t kWaiting = 20'000;

}

/// Lines from the source's thread on their way to the window.
struct LiveTail::Buffer {
    std::mutex mutex;
    std::vector<LogRow> rows; // guarded by mutex; oldest first
    std::size_t dropped = 0;  // guarded by mutex
    std::atomic<std::size_t> waiting = 0;
    std::shared_ptr<void> handle; // the window's thread

    void add(const model::LabelsRef& stream, const model::LogLine& line)
    {
        LogRow row { stream, line, levelOf(*stream, line) };
        const std::scoped_lock lock(mutex);
        if (rows.size() < kWaiting)
            rows.push_back(std::move(row));
        else
            ++dropped;
        waiting = rows.size() + dropped;
    }
    void drop(std::size_t lines)
    {
        const std::scoped_lock lock(mutex);
        dropped += lines;
    }
};

LiveTail::LiveTail(TaskPool& pool, QObject* parent)
    : QObject(parent)
    , m_pool(pool)
{
    m_timer.setInterval(kDrainMs);
    connect(&m_timer, &QTimer::timeout, this, &LiveTail::drain);
}

LiveTail::~LiveTail() { end(); }

void LiveTail::end()
{
    m_timer.stop();
    // Ending a tail waits for its thread; that is not this thread's work.
    if (m_buffer)
        m_pool.submit([buffer = std::exchange(m_buffer, nullptr)]() mutable { buffer.reset(); });
}

void LiveTail::follow(std::shared_ptr<const datasource::DataSource> source, const QString& expr)
{
    if (expr == m_expr && source == m_source)
        return;
    end();
    m_expr = expr;
    m_source = std::move(source);
    if (expr.isEmpty())
        return;
    auto buffer = std::make_shared<Buffer>();
    m_buffer = buffer;
    m_timer.start();
    runAsync(
        m_pool, this,
        [asked = m_source, text = toUtf8(expr), weak = std::weak_ptr(buffer)]() -> Result<std::shared_ptr<void>> {
            if (!asked)
                return failure(ErrorCode::notFound, "this query has no data source");
            return asked->tail(
                text,
                [weak](const model::LabelsRef& stream, const model::LogLine& line) {
                    if (const auto to = weak.lock())
                        to->add(stream, line);
                },
                [weak](std::size_t lines) {
                    if (const auto to = weak.lock())
                        to->drop(lines);
                });
        },
        [this, buffer](Result<std::shared_ptr<void>> handle) {
            if (!handle) {
                Q_EMIT failed(toQString(handle.error().message));
                return;
            }
            buffer->handle = std::move(*handle);
            if (buffer != m_buffer) // another one was asked for meanwhile
                m_pool.submit([ended = std::exchange(buffer->handle, nullptr)]() mutable { ended.reset(); });
        });
}

void LiveTail::setPaused(bool paused)
{
    m_paused = paused;
    if (!paused)
        drain();
}

void LiveTail::drain()
{
    if (!m_buffer)
        return;
    if (m_paused) {
        Q_EMIT waitingChanged(m_buffer->waiting);
        return;
    }
    struct Drained {
        std::vector<LogRow> rows;
        std::size_t dropped;
    };
    runAsync(
        m_pool, this,
        [buffer = m_buffer] {
            const std::scoped_lock lock(buffer->mutex);
            Drained drained { std::exchange(buffer->rows, {}), std::exchange(buffer->dropped, 0) };
            buffer->waiting = 0;
            std::ranges::reverse(drained.rows);
            return drained;
        },
        [this, buffer = m_buffer](const Drained& drained) {
            if (buffer != m_buffer)
                return;
            if (drained.dropped > 0)
                Q_EMIT linesDropped(drained.dropped);
            if (!drained.rows.empty())
                Q_EMIT linesArrived(drained.rows);
        });
}

}
