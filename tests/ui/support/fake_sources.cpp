#include "tests/ui/support/fake_sources.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

namespace belvedere::test {

namespace {

    using datasource::DataSource;
    using datasource::Info;
    using datasource::QueryRequest;

    bool mentions(const std::string& text, std::string_view word) { return text.find(word) != std::string::npos; }

    Result<void> checkText(const std::string& expr)
    {
        if (const auto at = expr.find("broken"); at != std::string::npos)
            return failure(ErrorCode::parse, "unexpected \"broken\" in expression", { at, at + 6 });
        if (std::ranges::count(expr, '(') != std::ranges::count(expr, ')'))
            return failure(ErrorCode::parse, "unclosed left parenthesis", { expr.size(), expr.size() });
        return {};
    }

    /// Waits until it is told to stop, at most for 20 s.
    Result<model::QueryValue> waitForStop(const std::stop_token& stop)
    {
        for (int i = 0; i < 4000 && !stop.stop_requested(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return failure(ErrorCode::cancelled, "cancelled");
    }

    class Metrics final : public DataSource {
    public:
        Metrics() { m_info = { .uid = "metrics", .name = "Metrics", .type = "prometheus", .embedded = true, .isDefault = true }; }

        [[nodiscard]] const Info& info() const override { return m_info; }

        [[nodiscard]] Result<model::QueryValue> query(const QueryRequest& request, std::stop_token stop) const override
        {
            if (mentions(request.expr, "slow_query"))
                return waitForStop(stop);
            if (auto checked = checkText(request.expr); !checked)
                return std::unexpected(checked.error());
            model::QueryValue value;
            if (mentions(request.expr, "nothing")) {
                value.data = request.instant ? decltype(value.data)(model::Vector()) : decltype(value.data)(model::Matrix());
                return value;
            }
            if (mentions(request.expr, "partial"))
                value.incomplete = "2 of 14 series were left out";
            const auto labels = labelSets(request.expr);
            if (request.instant) {
                model::Vector vector;
                for (std::size_t i = 0; i < labels.size(); ++i)
                    vector.push_back({ labels[i], request.toNs / 1'000'000, at(request.expr, i, request.toNs / 1'000'000) });
                value.data = std::move(vector);
                return value;
            }
            model::Matrix matrix;
            for (std::size_t i = 0; i < labels.size(); ++i) {
                model::Series series { labels[i], {}, {} };
                for (std::int64_t t = request.fromNs / 1'000'000; t <= request.toNs / 1'000'000; t += request.stepNs / 1'000'000) {
                    // A gap, as after a restart.
                    if (i == 1 && t % 3'600'000 > 1'500'000 && t % 3'600'000 < 1'800'000)
                        continue;
                    series.timesMs.push_back(t);
                    series.values.push_back(at(request.expr, i, t));
                }
                matrix.push_back(std::move(series));
            }
            value.data = std::move(matrix);
            return value;
        }

        [[nodiscard]] Result<void> check(const std::string& expr) const override { return checkText(expr); }

        [[nodiscard]] Result<std::vector<std::string>> labelNames(const std::vector<std::string>&, std::int64_t, std::int64_t, std::stop_token) const override
        {
            return std::vector<std::string> { "__name__", "env", "handler", "instance", "job", "method", "service", "status" };
        }
        [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string& label, const std::vector<std::string>&, std::int64_t, std::int64_t, std::stop_token) const override
        {
            if (label == "__name__")
                return std::vector<std::string> { "celery_queue_length", "celery_task_failed_total", "http_request_duration_seconds_bucket", "http_request_duration_seconds_count", "http_request_duration_seconds_sum",
                    "http_requests_total", "kafka_consumergroup_lag", "node_cpu_seconds_total", "node_memory_MemAvailable_bytes", "pg_stat_activity_count", "redis_connected_clients", "up" };
            if (label == "job")
                return std::vector<std::string> { "api", "celery", "kafka", "nginx", "node", "postgres", "redis" };
            if (label == "status")
                return std::vector<std::string> { "200", "404", "500", "503" };
            if (label == "service")
                return std::vector<std::string> { "api", "web" };
            return std::vector<std::string> { "one", "two" };
        }
        [[nodiscard]] Result<std::vector<model::LabelsRef>> series(const std::vector<std::string>&, std::int64_t, std::int64_t, std::stop_token) const override { return labelSets("up"); }
        [[nodiscard]] Result<std::vector<model::MetricMetadata>> metadata(const std::string&, std::stop_token) const override
        {
            return std::vector<model::MetricMetadata> { { "http_request_duration_seconds", "histogram", "Time from the first byte of a request to the last of its answer", "seconds" },
                { "http_requests_total", "counter", "Requests by method, handler and status", "" }, { "up", "gauge", "1 if the last scrape of the target succeeded", "" } };
        }
        [[nodiscard]] Result<std::shared_ptr<void>> tail(const std::string&, OnLine, OnDropped) const override { return failure(ErrorCode::invalidArgument, "metrics have no tail"); }

    private:
        static std::vector<model::LabelsRef> labelSets(const std::string& expr)
        {
            std::vector<model::LabelsRef> sets;
            // The targets of the shop; with __name__, which of them has what the overview knows services by.
            if (mentions(expr, "by (job, instance")) {
                for (const auto& [metric, job, address] : { std::tuple { "http_requests_total", "api", "127.0.0.1:8000" }, std::tuple { "celery_task_received_total", "celery", "127.0.0.1:9808" },
                         std::tuple { "kafka_consumergroup_lag", "kafka", "127.0.0.1:9308" }, std::tuple { "node_time_seconds", "node", "127.0.0.1:9100" },
                         std::tuple { "pg_stat_database_xact_commit", "postgres", "127.0.0.1:9187" }, std::tuple { "redis_commands_processed_total", "redis", "127.0.0.1:9121" } }) {
                    if (!mentions(expr, std::string(metric).substr(0, std::string(metric).find('_') + 1).c_str()))
                        continue;
                    model::LabelsBuilder labels;
                    labels.set("job", job).set("instance", address);
                    if (mentions(expr, "__name__"))
                        labels.set("__name__", metric);
                    sets.push_back(model::makeLabels(labels.build()));
                }
                return sets;
            }
            if (mentions(expr, "by (job)") || mentions(expr, "by (service)")) {
                const std::string label = mentions(expr, "by (job)") ? "job" : "service";
                for (const auto* service : { "api", "celery", "kafka", "postgres", "redis" })
                    sets.push_back(model::makeLabels(model::Labels { { label, service } }));
                return sets;
            }
            for (const auto* handler : { "/cart", "/checkout", "/login", "/products", "/products/{id}", "/search" })
                sets.push_back(model::makeLabels(model::Labels { { "__name__", "http_requests_total" }, { "handler", handler }, { "instance", "127.0.0.1:8000" }, { "job", "api" }, { "method", "GET" } }));
            return sets;
        }

        static double at(const std::string& expr, std::size_t series, std::int64_t timeMs)
        {
            const double t = static_cast<double>(timeMs) / 60'000;
            const double k = static_cast<double>(series + 1);
            if (mentions(expr, "5..") || mentions(expr, "error"))
                return series == 0 ? 0.06 + 0.03 * std::sin(t / 7) : 0.002 / k;
            if (mentions(expr, "duration"))
                return 0.08 * k + 0.03 * std::sin(t / 5 + k);
            // Rhythm, a little noise that depends on the time alone, one spike.
            const double noise = std::sin(t * 12.9898 + k * 78.233) * 43758.5453;
            const double spike = std::abs(std::fmod(t, 47) - 31) < 1.5 ? 18 : 0;
            return 12 * k + 6 * std::sin(t / 9 + k) + 3 * (noise - std::floor(noise)) + (series == 2 ? spike : 0);
        }

        Info m_info;
    };

    class Logs final : public DataSource {
    public:
        explicit Logs(std::int64_t nowMs)
            : m_nowMs(nowMs)
        {
            m_info = { .uid = "logs", .name = "Logs", .type = "loki", .embedded = true, .isDefault = true };
        }

        [[nodiscard]] const Info& info() const override { return m_info; }

        [[nodiscard]] Result<model::QueryValue> query(const QueryRequest& request, std::stop_token stop) const override
        {
            if (mentions(request.expr, "slow_query"))
                return waitForStop(stop);
            if (auto checked = checkText(request.expr); !checked)
                return std::unexpected(checked.error());
            model::QueryValue value;
            if (mentions(request.expr, "count_over_time") || mentions(request.expr, "rate(")) {
                if (request.instant) {
                    model::Vector vector;
                    for (const auto* service : { "api", "worker" })
                        vector.push_back({ model::makeLabels(model::Labels { { "service", service } }), request.toNs / 1'000'000, *service == 'a' ? 37.0 : 4.0 });
                    value.data = std::move(vector);
                    return value;
                }
                model::Matrix matrix;
                for (const auto& [level, weight] : { std::pair { "info", 40.0 }, { "warn", 7.0 }, { "error", 3.0 } }) {
                    model::Series series { model::makeLabels(model::Labels { { "level", level } }), {}, {} };
                    for (std::int64_t t = request.fromNs / 1'000'000; t <= request.toNs / 1'000'000; t += std::max<std::int64_t>(request.stepNs / 1'000'000, 1)) {
                        series.timesMs.push_back(t);
                        const double burst = *level == 'e' && std::abs(static_cast<double>(m_nowMs - t) / 60'000 - 14) < 4 ? 30 : 0;
                        series.values.push_back(std::round(weight * (1.2 + std::sin(static_cast<double>(t) / 400'000)) + burst));
                    }
                    matrix.push_back(std::move(series));
                }
                value.data = std::move(matrix);
                return value;
            }
            model::Streams streams;
            if (!mentions(request.expr, "nothing")) {
                model::LogStream api { model::makeLabels(model::Labels { { "compose_project", "shop" }, { "compose_service", "api" }, { "container", "shop-api-1" }, { "stream", "stdout" } }), {} };
                model::LogStream web { model::makeLabels(model::Labels { { "compose_project", "shop" }, { "compose_service", "web" }, { "container", "shop-web-1" }, { "stream", "stderr" } }), {} };
                const std::size_t count = std::min<std::size_t>(request.limit, 1000);
                for (std::size_t i = 0; i < count; ++i)
                    (i % 3 == 2 ? web : api).lines.push_back(line(request.toNs - static_cast<std::int64_t>(i) * 2'731'000'000, i));
                streams = { api, web };
            }
            value.data = std::move(streams);
            return value;
        }

        [[nodiscard]] Result<void> check(const std::string& expr) const override { return checkText(expr); }
        [[nodiscard]] Result<std::vector<std::string>> labelNames(const std::vector<std::string>&, std::int64_t, std::int64_t, std::stop_token) const override
        {
            return std::vector<std::string> { "compose_project", "compose_service", "container", "service", "stream" };
        }
        [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string&, const std::vector<std::string>&, std::int64_t, std::int64_t, std::stop_token) const override
        {
            return std::vector<std::string> { "api", "kafka", "postgres", "redis", "web", "worker" };
        }
        [[nodiscard]] Result<std::vector<model::LabelsRef>> series(const std::vector<std::string>&, std::int64_t, std::int64_t, std::stop_token) const override { return std::vector<model::LabelsRef>(); }
        [[nodiscard]] Result<std::vector<model::MetricMetadata>> metadata(const std::string&, std::stop_token) const override { return std::vector<model::MetricMetadata>(); }

        [[nodiscard]] Result<std::shared_ptr<void>> tail(const std::string&, OnLine onLine, OnDropped) const override
        {
            auto thread = std::make_shared<std::jthread>([onLine = std::move(onLine), this](const std::stop_token& stop) {
                const auto labels = model::makeLabels(model::Labels { { "container", "shop-api-1" }, { "compose_service", "api" } });
                for (std::size_t i = 0; !stop.stop_requested(); ++i) {
                    onLine(labels, line((m_nowMs + static_cast<std::int64_t>(i) * 20) * 1'000'000, i));
                    std::this_thread::sleep_for(std::chrono::milliseconds(5));
                }
            });
            return std::shared_ptr<void>(thread, thread.get());
        }

    private:
        static model::LogLine line(std::int64_t timeNs, std::size_t i)
        {
            static const std::vector<std::pair<const char*, const char*>> kLines {
                { "info", R"({"level":"info","event":"request","method":"GET","path":"/products","status":200,"duration_ms":12.4,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"})" },
                { "info", R"({"level":"info","event":"request","method":"POST","path":"/cart","status":201,"duration_ms":31.0,"trace_id":"00f067aa0ba902b7a3ce929d0e0e4736"})" },
                { "warn", R"(2025/11/21 11:34:48 [warn] 31#31: *8812 an upstream response is buffered to a temporary file while reading upstream, client: 172.18.0.1)" },
                { "info", R"(level=info msg="cache refreshed" keys=1284 took=88ms)" },
                { "error", R"({"level":"error","event":"payment failed","path":"/checkout","status":502,"error":"upstream timed out after 5s","order":"A-1733"})" },
                { "debug", R"(level=debug msg="pool stats" idle=4 used=6 waiting=0)" },
                { "info", R"(172.18.0.1 - - [21/Nov/2025:11:34:48 +0000] "GET /static/app.js HTTP/1.1" 200 48213 "-" "Mozilla/5.0")" },
            };
            const auto& [level, text] = kLines[(i * 5 + i / 7) % kLines.size()];
            return { timeNs, text, { { "detected_level", level } }, {} };
        }

        std::int64_t m_nowMs;
        Info m_info;
    };

}

std::vector<std::shared_ptr<const datasource::DataSource>> makeShopSources(std::int64_t nowMs)
{
    return { std::make_shared<Metrics>(), std::make_shared<Logs>(nowMs) };
}

}
