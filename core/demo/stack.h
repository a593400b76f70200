#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/base/result.h"
#include "core/demo/service.h"
#include "core/model/log_source.h"
#include "core/model/metric_source.h"
#include "core/model/target_status.h"
#include "core/receive/http_server.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace belvedere::demo {

/// The pretend stack behind `--demo`: services that serve their metrics over loopback HTTP, each on a port of its own, and
/// write JSON lines; with a daily rhythm, noise, and an incident every few minutes.
///
/// Threading: made, used and destroyed in one thread; runs a thread of its own in between.
class Stack {
public:
    static constexpr std::int64_t kHistoryMs = 2 * 3600 * 1000;
    static constexpr std::int64_t kHistoryStepMs = 15'000;
    /// An incident begins every five minutes, in the order of the enumeration, and lasts half of that.
    static constexpr std::int64_t kIncidentEveryMs = 5 * 60 * 1000;
    static constexpr std::int64_t kIncidentLastsMs = 150 * 1000;

    /// Begins to listen. `logs`, `clock` and `logger` must outlive the stack.
    [[nodiscard]] static Result<std::unique_ptr<Stack>> start(model::LogSink& logs, const Clock& clock, Logger& logger, std::uint64_t seed);
    ~Stack();

    Stack(const Stack&) = delete;
    Stack& operator=(const Stack&) = delete;

    /// One scrape target: `scrape_configs` entries are made of these.
    struct Target {
        std::string job;
        std::string instance; ///< becomes the label `instance`
        std::string address;  ///< 127.0.0.1:port
    };
    [[nodiscard]] const std::vector<Target>& targets() const noexcept { return m_targets; }

    /// Writes the last two hours into both stores, as scrapes and followed containers would have; then the services live
    /// on from there. Call once, before advancing in real time.
    [[nodiscard]] Result<void> writeHistory(model::MetricSink& metrics);

    /// Begins to live by the clock, a step a second.
    void run();

    /// What Docker would say of the pretend containers.
    [[nodiscard]] std::vector<model::ContainerStatus> containers() const;

    [[nodiscard]] static Incident incidentAt(std::int64_t timeMs);
    /// What the services meet at a time, `seconds` after the step before.
    [[nodiscard]] static Conditions conditionsAt(std::int64_t timeMs, double seconds);
    /// The labels that the Docker follower would give to the lines of a service.
    [[nodiscard]] static model::Labels logLabels(const Service& service);

private:
    Stack(model::LogSink& logs, const Clock& clock, std::uint64_t seed);
    void advanceTo(std::int64_t timeMs, std::vector<model::LogPush>& pushes);

    model::LogSink& m_logs;
    const Clock& m_clock;
    std::vector<std::unique_ptr<Service>> m_services;
    std::vector<std::string> m_expositions; // guarded by m_mutex
    std::vector<std::uint64_t> m_lines;     // guarded by m_mutex; that each service has written, its history included
    mutable std::mutex m_mutex;
    Random m_random;
    std::int64_t m_timeMs;
    const std::int64_t m_bornMs; ///< when the history begins
    std::vector<std::unique_ptr<receive::Router>> m_routers;
    std::vector<std::unique_ptr<receive::HttpServer>> m_servers;
    std::vector<Target> m_targets;
    std::jthread m_thread;
};

}
