#include "core/receive/self_metrics.h"

#include "core/base/process_stats.h"
#include "core/base/text.h"

namespace belvedere::receive {

void MetricsText::family(std::string_view name, std::string_view type, std::string_view help)
{
    m_name = name;
    m_text += "# HELP ";
    m_text += name;
    m_text += ' ';
    m_text += help;
    m_text += "\n# TYPE ";
    m_text += name;
    m_text += ' ';
    m_text += type;
    m_text += '\n';
}

void MetricsText::sample(double value, Labels labels)
{
    m_text += m_name;
    if (labels.size() > 0) {
        char separator = '{';
        for (const auto& [name, content] : labels) {
            m_text += std::exchange(separator, ',');
            m_text += name;
            m_text += "=\"";
            for (const char c : content) {
                if (c == '\n') {
                    m_text += "\\n";
                    continue;
                }
                if (c == '"' || c == '\\')
                    m_text += '\\';
                m_text += c;
            }
            m_text += '"';
        }
        m_text += '}';
    }
    m_text += ' ';
    appendValue(m_text, value);
    m_text += '\n';
}

void MetricsText::single(std::string_view name, std::string_view type, std::string_view help, double value)
{
    family(name, type, help);
    sample(value);
}

void appendProcessMetrics(MetricsText& metrics)
{
    const auto stats = processStats();
    metrics.counter("process_cpu_seconds_total", "User and system time of the process.", stats.cpuSeconds);
    metrics.gauge("process_resident_memory_bytes", "Memory that the process holds.", stats.residentBytes);
    metrics.gauge("process_virtual_memory_bytes", "Address space that the process has mapped.", stats.virtualBytes);
    metrics.gauge("process_open_fds", "Open file descriptors.", stats.openDescriptors);
    metrics.gauge("process_max_fds", "Most file descriptors that may be open.", stats.maxDescriptors);
    metrics.gauge("process_threads", "Threads of the process.", stats.threads);
    metrics.gauge("process_start_time_seconds", "When the process started, Unix time.", stats.startTimeSeconds);
}

void appendServerMetrics(MetricsText& metrics, const ServerCounters& counters)
{
    metrics.family("belvedere_http_requests_total", "counter", "Requests answered, by route and status.");
    for (const auto& route : counters.routes)
        metrics.sample(static_cast<double>(route.requests), { { "handler", route.route }, { "code", std::to_string(route.status) } });
    metrics.family("belvedere_http_request_seconds_total", "counter", "Time spent in handlers, by route and status.");
    for (const auto& route : counters.routes)
        metrics.sample(route.seconds, { { "handler", route.route }, { "code", std::to_string(route.status) } });
    metrics.counter("belvedere_http_requests_refused_total", "Requests refused before their handler: malformed, too large, without token.", counters.refused);
    metrics.gauge("belvedere_http_connections", "Open connections.", counters.connections);
    metrics.counter("belvedere_http_connections_total", "Connections accepted.", counters.connectionsTotal);
    metrics.counter("belvedere_http_received_bytes_total", "Bytes of request bodies.", counters.bytesReceived);
    metrics.counter("belvedere_http_sent_bytes_total", "Bytes of response bodies.", counters.bytesSent);
}

void addMetricsRoute(Router& router, std::function<void(MetricsText&)> append)
{
    router.get("/metrics", [append = std::move(append)](const Request&) {
        MetricsText metrics;
        append(metrics);
        Response response = textResponse(200, metrics.text());
        response.contentType = "text/plain; version=0.0.4; charset=utf-8";
        return response;
    });
}

void addHealthRoutes(Router& router, std::function<bool()> ready)
{
    const Handler answer = [ready](const Request&) { return ready() ? textResponse(200, "ready\n") : textResponse(503, "starting\n"); };
    router.health("/-/ready", answer);
    router.health("/ready", answer);
    router.health("/-/healthy", [](const Request&) { return textResponse(200, "Belvedere is healthy.\n"); });
}

}
