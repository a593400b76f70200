#include "core/demo/service.h"

#include "core/base/format.h"
#include "core/base/json_writer.h"

#include <algorithm>
#include <array>
#include <cmath>

// A FastAPI application with the series names of prometheus-fastapi-instrumentator and of the Python client.

namespace belvedere::demo {

namespace {

struct Route {
    std::string_view handler;
    std::string_view method;
    double perSecond;
    double medianSeconds;
    double clientErrors; ///< share of 4xx
    bool database;
};
constexpr std::array<Route, 6> kApiRoutes { { { "/api/v1/items", "GET", 9, 0.018, 0.01, true }, { "/api/v1/items/{item_id}", "GET", 14, 0.009, 0.04, true },
    { "/api/v1/search", "GET", 4, 0.085, 0.02, true }, { "/api/v1/users/me", "GET", 6, 0.006, 0.03, true }, { "/api/v1/login", "POST", 1.5, 0.16, 0.12, true },
    { "/health", "GET", 0.4, 0.001, 0, false } } };
constexpr std::array<Route, 4> kCheckoutRoutes { { { "/api/v1/cart", "GET", 5, 0.012, 0.01, true }, { "/api/v1/cart/items", "POST", 2.5, 0.025, 0.03, true },
    { "/api/v1/orders", "POST", 1.2, 0.12, 0.05, true }, { "/health", "GET", 0.4, 0.001, 0, false } } };

class Api final : public Service {
public:
    Api(std::string name, std::string instance, std::int64_t bootMs)
        : Service(name, "fastapi", std::move(instance), "registry.local/shop/" + name + ":1.14.2")
        , m_routes(name == "api" ? std::vector<Route>(kApiRoutes.begin(), kApiRoutes.end()) : std::vector<Route>(kCheckoutRoutes.begin(), kCheckoutRoutes.end()))
    {
        auto& r = m_registry;
        const std::array<std::string_view, 3> statuses { "2xx", "4xx", "5xx" };
        r.family("http_requests_total", "counter", "Total number of requests by method, status and handler.");
        for (const auto& route : m_routes) {
            auto& handles = m_requests.emplace_back();
            for (std::size_t s = 0; s < statuses.size(); ++s)
                handles[s] = r.add({ { "handler", std::string(route.handler) }, { "method", std::string(route.method) }, { "status", std::string(statuses[s]) } });
        }
        r.family("http_request_duration_seconds", "histogram", "Duration of HTTP requests in seconds");
        for (const auto& route : m_routes)
            m_durations.emplace_back(r, std::vector<model::Label> { { "handler", std::string(route.handler) }, { "method", std::string(route.method) } },
                std::vector<double> { 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5 });
        r.family("http_response_size_bytes", "histogram", "Content length of outgoing responses by handler.");
        for (const auto& route : m_routes)
            m_sizes.emplace_back(r, std::vector<model::Label> { { "handler", std::string(route.handler) } }, std::vector<double> { 1000, 10000, 100000 });
        r.family("http_requests_inprogress", "gauge", "Number of HTTP requests in progress.");
        m_inProgress = r.add({});
        r.family("process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.");
        m_cpu = r.add({});
        r.family("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.");
        m_memory = r.add({});
        r.family("process_open_fds", "gauge", "Number of open file descriptors.");
        m_files = r.add({});
        r.family("process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.");
        r.set(r.add({}), static_cast<double>(bootMs) / 1000);
    }

    void advance(const Conditions& c, Random& random, std::vector<model::LogEntry>& lines) override
    {
        const bool bursting = c.incident == Incident::errorBurst && name() == "checkout";
        const bool slow = c.incident == Incident::slowQuery;
        double busy = 0;
        for (std::size_t i = 0; i < m_routes.size(); ++i) {
            const auto& route = m_routes[i];
            const int count = poisson(random, route.perSecond * c.load * c.seconds);
            for (int n = 0; n < count; ++n) {
                double seconds = latency(random, route.medianSeconds, 0.45);
                if (slow && route.database)
                    seconds = seconds * 4 + latency(random, 0.35, 0.6);
                int status = 200;
                const double dice = uniform(random, 0, 1);
                const double serverErrors = bursting && route.database ? 0.22 : 0.0015;
                if (dice < serverErrors)
                    status = bursting ? 503 : 500;
                else if (dice < serverErrors + route.clientErrors)
                    status = route.method == "POST" ? 422 : 404;
                m_registry.increase(m_requests[i][static_cast<std::size_t>(status < 300 ? 0 : status < 500 ? 1 : 2)], 1);
                m_durations[i].observe(m_registry, seconds);
                m_sizes[i].observe(m_registry, latency(random, 2400, 0.9));
                busy += seconds;
                // Every failure is logged, and a sample of the rest.
                if (status >= 500 || (status >= 400 && uniform(random, 0, 1) < 0.5) || uniform(random, 0, 1) < 0.05 || seconds > 1)
                    lines.push_back(logLine(c, random, route, status, seconds, bursting));
            }
        }
        std::sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.timeNs < b.timeNs; });
        m_registry.set(m_inProgress, std::max(0.0, std::round(busy / std::max(c.seconds, 0.001) + uniform(random, -0.5, 0.5))));
        m_registry.increase(m_cpu, (0.02 + busy * 0.18 / std::max(c.seconds, 0.001)) * c.seconds);
        m_leak = std::min(m_leak + c.seconds * 180, 4e7);
        m_registry.set(m_memory, std::round((1.35e8 + m_leak + uniform(random, 0, 3e6)) / 4096) * 4096);
        m_registry.set(m_files, std::round(22 + busy / std::max(c.seconds, 0.001) + uniform(random, 0, 4)));
    }

private:
    model::LogEntry logLine(const Conditions& c, Random& random, const Route& route, int status, double seconds, bool bursting)
    {
        const auto timeNs = c.nowMs * 1'000'000 - static_cast<std::int64_t>(uniform(random, 0, c.seconds) * 1e9);
        std::string path(route.handler);
        if (const auto at = path.find("{item_id}"); at != std::string::npos)
            path.replace(at, 9, std::to_string(1 + random() % 5000));
        const auto* level = status >= 500 ? "error" : status >= 400 || seconds > 1 ? "warning" : "info";
        const auto trace = hexId(random, 32);
        std::string line;
        JsonWriter json(line);
        json.beginObject().key("level").string(level).key("logger").string("uvicorn.access").key("message");
        if (status >= 500)
            json.string(bursting ? "payment provider did not answer: connection pool is exhausted" : "unhandled exception in request");
        else
            json.string(formatted("{} {} {}", route.method, path, status));
        json.key("method").string(route.method).key("path").string(path).key("status").number(std::int64_t { status });
        json.key("duration_ms").number(std::round(seconds * 1e5) / 100).key("user_id").number(static_cast<std::int64_t>(random() % 900 + 100));
        json.key("trace_id").string(trace);
        if (status >= 500)
            json.key("exception").string(bursting ? "PaymentProviderUnavailable: HTTPConnectionPool(host='payments', port=443): timed out" : "KeyError: 'currency'");
        json.endObject();
        return { timeNs, std::move(line), {} };
    }

    std::vector<Route> m_routes;
    std::vector<std::array<Registry::Handle, 3>> m_requests;
    std::vector<Histogram> m_durations;
    std::vector<Histogram> m_sizes;
    Registry::Handle m_inProgress = 0, m_cpu = 0, m_memory = 0, m_files = 0;
    double m_leak = 0;
};

}

std::unique_ptr<Service> makeApi(std::string name, std::string instance, std::int64_t bootMs)
{
    return std::make_unique<Api>(std::move(name), std::move(instance), bootMs);
}

}
