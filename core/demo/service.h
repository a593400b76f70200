#pragma once

#include "core/demo/registry.h"
#include "core/model/log_source.h"

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::demo {

/// What goes wrong in the pretend stack at some time.
enum class Incident : std::uint8_t { none, errorBurst, slowQuery, queueBacklog, workerLost };

/// The weather that all services live in.
struct Conditions {
    std::int64_t nowMs = 0;
    double seconds = 0;  ///< since the last step
    double load = 1;     ///< daily rhythm, about 0.4 to 1.6
    Incident incident = Incident::none;
};

using Random = std::mt19937_64;

/// One pretend service: its series and the lines that it writes.
/// Threading: none of its own.
class Service {
public:
    virtual ~Service() = default;

    [[nodiscard]] const std::string& name() const noexcept { return m_name; }         ///< compose service
    [[nodiscard]] const std::string& job() const noexcept { return m_job; }           ///< scrape job
    [[nodiscard]] const std::string& instance() const noexcept { return m_instance; } ///< "api:8000"
    [[nodiscard]] const std::string& image() const noexcept { return m_image; }
    [[nodiscard]] const Registry& registry() const noexcept { return m_registry; }

    /// Moves on by one step; lines written in it are appended to `lines` in time order.
    virtual void advance(const Conditions& conditions, Random& random, std::vector<model::LogEntry>& lines) = 0;

protected:
    Service(std::string name, std::string job, std::string instance, std::string image)
        : m_name(std::move(name))
        , m_job(std::move(job))
        , m_instance(std::move(instance))
        , m_image(std::move(image))
    {
    }

    Registry m_registry;

private:
    std::string m_name;
    std::string m_job;
    std::string m_instance;
    std::string m_image;
};

/// A number of events for an expected count: Poisson.
[[nodiscard]] int poisson(Random& random, double mean);
[[nodiscard]] double uniform(Random& random, double low, double high);
/// Log-normal: half of the values lie below `median`; `spread` about 0.3 (narrow) to 1 (wide).
[[nodiscard]] double latency(Random& random, double median, double spread);
[[nodiscard]] std::string hexId(Random& random, int digits);

/// The services of the stack, in the order in which a person would name them.
[[nodiscard]] std::vector<std::unique_ptr<Service>> makeServices(std::int64_t bootMs);

// Each in a file of its own.
[[nodiscard]] std::unique_ptr<Service> makeApi(std::string name, std::string instance, std::int64_t bootMs);
[[nodiscard]] std::unique_ptr<Service> makeCelery(std::int64_t bootMs);
[[nodiscard]] std::unique_ptr<Service> makePostgres(std::int64_t bootMs);
[[nodiscard]] std::unique_ptr<Service> makeRedis(std::int64_t bootMs);
[[nodiscard]] std::unique_ptr<Service> makeKafka(std::int64_t bootMs);
[[nodiscard]] std::unique_ptr<Service> makeNode(std::int64_t bootMs);

}
