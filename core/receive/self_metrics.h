#pragma once

#include "core/receive/http_server.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace belvedere::receive {

/// Writes Prometheus' text format. A family's samples must follow its begin().
class MetricsText {
public:
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    /// `type` is counter or gauge; `help` one sentence without a line break.
    void family(std::string_view name, std::string_view type, std::string_view help);
    void sample(double value, Labels labels = {});
    /// A family with one sample.
    void single(std::string_view name, std::string_view type, std::string_view help, double value);
    void counter(std::string_view name, std::string_view help, auto value) { single(name, "counter", help, static_cast<double>(value)); }
    void gauge(std::string_view name, std::string_view help, auto value) { single(name, "gauge", help, static_cast<double>(value)); }

    [[nodiscard]] const std::string& text() const noexcept { return m_text; }

private:
    std::string m_text;
    std::string m_name;
};

/// The process' own figures: CPU, memory, descriptors.
void appendProcessMetrics(MetricsText& metrics);
void appendServerMetrics(MetricsText& metrics, const ServerCounters& counters);

/// GET /metrics, in text format 0.0.4, with what `append` writes.
void addMetricsRoute(Router& router, std::function<void(MetricsText&)> append);
/// /-/ready, /-/healthy and Loki's /ready: 200 once `ready` answers true, 503 before.
void addHealthRoutes(Router& router, std::function<bool()> ready);

}
