#include "core/demo/service.h"

#include "core/base/format.h"
#include "core/base/json_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// Two Celery workers, with the series names of celery-exporter.

namespace belvedere::demo {

namespace {

struct Task {
    std::string_view name;
    std::string_view queue;
    double perSecond;
    double medianSeconds;
    double failures;
};
constexpr std::array<Task, 5> kTasks { { { "shop.tasks.send_email", "mail", 1.6, 0.35, 0.01 }, { "shop.tasks.charge_order", "payments", 0.6, 0.9, 0.015 },
    { "shop.tasks.resize_image", "media", 0.8, 1.6, 0.005 }, { "shop.tasks.sync_stock", "default", 0.4, 2.2, 0.02 }, { "shop.tasks.rebuild_index", "default", 0.05, 9, 0.03 } } };
constexpr std::array<std::string_view, 2> kWorkers { "celery@worker-1", "celery@worker-2" };
constexpr std::array<std::string_view, 4> kQueues { "mail", "payments", "media", "default" };

class Celery final : public Service {
public:
    explicit Celery(std::int64_t)
        : Service("worker", "celery", "celery-exporter:9808", "registry.local/shop/worker:1.14.2")
    {
        auto& r = m_registry;
        const auto taskLabels = [](const Task& task) {
            return std::vector<model::Label> { { "name", std::string(task.name) }, { "queue_name", std::string(task.queue) } };
        };
        const auto each = [&](const char* family, const char* help, auto& handles) {
            r.family(family, "counter", help);
            for (std::size_t t = 0; t < kTasks.size(); ++t) {
                for (std::size_t w = 0; w < kWorkers.size(); ++w) {
                    auto labels = taskLabels(kTasks[t]);
                    labels.push_back({ "hostname", std::string(kWorkers[w]) });
                    if (std::string_view(family) == "celery_task_failed_total")
                        labels.push_back({ "exception", t == 1 ? "PaymentDeclined" : "TimeoutError" });
                    handles[t][w] = r.add(std::move(labels));
                }
            }
        };
        r.family("celery_task_sent_total", "counter", "Sent when a task message is published.");
        for (std::size_t t = 0; t < kTasks.size(); ++t)
            m_sent[t] = r.add(taskLabels(kTasks[t]));
        each("celery_task_received_total", "Sent when the worker receives a task.", m_received);
        each("celery_task_started_total", "Sent just before the worker executes the task.", m_started);
        each("celery_task_succeeded_total", "Sent if the task executed successfully.", m_succeeded);
        each("celery_task_failed_total", "Sent if the execution of the task failed.", m_failed);
        each("celery_task_retried_total", "Sent if the task failed, but will be retried in the future.", m_retried);
        r.family("celery_task_runtime", "histogram", "Histogram of task runtime measurements.");
        for (std::size_t t = 0; t < kTasks.size(); ++t) {
            for (std::size_t w = 0; w < kWorkers.size(); ++w) {
                auto labels = taskLabels(kTasks[t]);
                labels.push_back({ "hostname", std::string(kWorkers[w]) });
                m_runtime[t][w] = Histogram(r, std::move(labels), { 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30 });
            }
        }
        r.family("celery_worker_up", "gauge", "Indicates if a worker has recently sent a heartbeat.");
        for (std::size_t w = 0; w < kWorkers.size(); ++w)
            m_up[w] = r.add({ { "hostname", std::string(kWorkers[w]) } });
        r.family("celery_worker_tasks_active", "gauge", "The number of tasks the worker is currently processing");
        for (std::size_t w = 0; w < kWorkers.size(); ++w)
            m_active[w] = r.add({ { "hostname", std::string(kWorkers[w]) } });
        r.family("celery_queue_length", "gauge", "The number of message in broker queue.");
        for (std::size_t q = 0; q < kQueues.size(); ++q)
            m_length[q] = r.add({ { "queue_name", std::string(kQueues[q]) } });
        r.family("celery_active_worker_count", "gauge", "The number of active workers in broker queue.");
        for (std::size_t q = 0; q < kQueues.size(); ++q)
            m_workers[q] = r.add({ { "queue_name", std::string(kQueues[q]) } });
        r.family("celery_active_process_count", "gauge", "The number of active processes in broker queue.");
        for (std::size_t q = 0; q < kQueues.size(); ++q)
            m_processes[q] = r.add({ { "queue_name", std::string(kQueues[q]) } });
    }

    void advance(const Conditions& c, Random& random, std::vector<model::LogEntry>& lines) override
    {
        const bool lost = c.incident == Incident::workerLost;
        const bool backlog = c.incident == Incident::queueBacklog;
        const std::size_t alive = lost ? 1 : 2;
        std::array<double, 2> busySeconds {};
        for (std::size_t t = 0; t < kTasks.size(); ++t) {
            const auto& task = kTasks[t];
            // A newsletter goes out while the mail server dawdles. At any time of the day the queue grows fast enough to be
            // noticed, and is short again well before the next incident.
            const bool stuck = backlog && task.queue == "mail";
            const int sent = poisson(random, (task.perSecond * c.load + (stuck ? 4 : 0)) * c.seconds);
            m_registry.increase(m_sent[t], sent);
            m_waiting[t] += sent;
            // What two workers of four processes each get done of this queue.
            const int capacity = poisson(random, std::max(task.perSecond * (stuck ? 0.5 : 10), 0.5) * static_cast<double>(alive) / 2 * c.seconds);
            const int done = std::min(m_waiting[t], capacity);
            m_waiting[t] -= done;
            for (int n = 0; n < done; ++n) {
                const std::size_t w = alive == 1 ? 0 : random() % 2;
                const double seconds = latency(random, task.medianSeconds, 0.5) * (c.incident == Incident::slowQuery ? 2.2 : stuck ? 6 : 1);
                const bool failed = uniform(random, 0, 1) < (c.incident == Incident::errorBurst && t == 1 ? 0.35 : task.failures);
                m_registry.increase(m_received[t][w], 1);
                m_registry.increase(m_started[t][w], 1);
                m_registry.increase(failed ? m_failed[t][w] : m_succeeded[t][w], 1);
                m_runtime[t][w].observe(m_registry, seconds);
                busySeconds[w] += seconds;
                if (failed && uniform(random, 0, 1) < 0.4)
                    m_registry.increase(m_retried[t][w], 1);
                if (failed || uniform(random, 0, 1) < 0.15)
                    lines.push_back(logLine(c, random, task, w, failed, seconds));
            }
        }
        if (lost != m_wasLost) {
            std::string line;
            JsonWriter(line).beginObject().key("level").string(lost ? "critical" : "info").key("logger").string("celery.worker").key("message")
                .string(lost ? "worker-2: lost connection to the broker, process exited with signal 9" : "celery@worker-2 ready").key("hostname").string(kWorkers[1]).endObject();
            lines.push_back({ c.nowMs * 1'000'000, std::move(line), {} });
            m_wasLost = lost;
        }
        std::sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.timeNs < b.timeNs; });
        for (std::size_t w = 0; w < kWorkers.size(); ++w) {
            m_registry.set(m_up[w], w < alive ? 1 : 0);
            m_registry.set(m_active[w], w < alive ? std::min(4.0, std::round(busySeconds[w] / std::max(c.seconds, 0.001))) : 0);
        }
        for (std::size_t q = 0; q < kQueues.size(); ++q) {
            double waiting = 0;
            for (std::size_t t = 0; t < kTasks.size(); ++t)
                waiting += kTasks[t].queue == kQueues[q] ? m_waiting[t] : 0;
            m_registry.set(m_length[q], waiting);
            m_registry.set(m_workers[q], static_cast<double>(alive));
            m_registry.set(m_processes[q], static_cast<double>(alive) * 4);
        }
    }

private:
    static model::LogEntry logLine(const Conditions& c, Random& random, const Task& task, std::size_t worker, bool failed, double seconds)
    {
        const auto timeNs = c.nowMs * 1'000'000 - static_cast<std::int64_t>(uniform(random, 0, c.seconds) * 1e9);
        const auto id = hexId(random, 8) + "-" + hexId(random, 4) + "-4" + hexId(random, 3) + "-a" + hexId(random, 3) + "-" + hexId(random, 12);
        std::string line;
        JsonWriter json(line);
        json.beginObject().key("level").string(failed ? "error" : "info").key("logger").string("celery.app.trace").key("message");
        json.string(failed ? formatted("Task {}[{}] raised unexpected: {}", task.name, id, task.queue == "payments" ? "PaymentDeclined()" : "TimeoutError()")
                           : formatted("Task {}[{}] succeeded in {:.3f}s", task.name, id, seconds));
        json.key("task").string(task.name).key("task_id").string(id).key("queue").string(task.queue).key("hostname").string(kWorkers[worker]);
        json.key("duration_ms").number(std::round(seconds * 1e5) / 100).key("trace_id").string(hexId(random, 32));
        if (failed)
            json.key("traceback").string("Traceback (most recent call last):\n  File \"/app/shop/tasks.py\", line 84, in run\n    result = client.post(url, json=body, timeout=5)\n"
                                         + std::string(task.queue == "payments" ? "shop.errors.PaymentDeclined: card was refused" : "TimeoutError: timed out"));
        json.endObject();
        return { timeNs, std::move(line), {} };
    }

    using PerWorker = std::array<std::array<Registry::Handle, 2>, kTasks.size()>;
    std::array<Registry::Handle, kTasks.size()> m_sent {};
    PerWorker m_received {}, m_started {}, m_succeeded {}, m_failed {}, m_retried {};
    std::array<std::array<Histogram, 2>, kTasks.size()> m_runtime;
    std::array<Registry::Handle, 2> m_up {}, m_active {};
    std::array<Registry::Handle, 4> m_length {}, m_workers {}, m_processes {};
    std::array<int, kTasks.size()> m_waiting {};
    bool m_wasLost = false;
};

}

std::unique_ptr<Service> makeCelery(std::int64_t bootMs) { return std::make_unique<Celery>(bootMs); }

}
