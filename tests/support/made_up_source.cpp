#include "made_up_source.h"

#include <cmath>

namespace belvedere::tests {
namespace {

constexpr std::int64_t kNsInMs = 1'000'000;

double valueAt(std::size_t seed, int series, std::int64_t timeMs, bool ratio)
{
    const double phase = static_cast<double>(seed % 628) / 100 + series;
    const double t = static_cast<double>(timeMs) / 600'000;
    const double wave = 0.5 + 0.25 * std::sin(t + phase) + 0.12 * std::sin(t * 7.3 + phase * 2) + 0.05 * std::sin(t * 41 + series);
    return ratio ? wave * 100 : wave * std::pow(10, static_cast<double>(seed % 5));
}

}

Result<model::QueryValue> MadeUpSource::query(const datasource::QueryRequest& request, std::stop_token stop) const
{
    ++m_queries;
    if (stop.stop_requested())
        return failure(ErrorCode::cancelled, "cancelled");
    if (request.expr.find("broken") != std::string::npos)
        return failure(ErrorCode::parse, "1:4: parse error: unexpected identifier \"broken\"");
    model::QueryValue out;
    const auto seed = std::hash<std::string>()(request.expr);
    if (m_info.type == "loki" && request.expr.find("rate(") == std::string::npos && request.expr.find("over_time(") == std::string::npos) {
        model::Streams streams;
        static constexpr const char* kLines[] = { R"({"level":"info","msg":"request served","path":"/api/orders","ms":12})", R"(level=warn msg="slow query" table=orders ms=812)", R"({"level":"error","msg":"connection refused","host":"redis:6379"})", "GET /health 200" };
        for (int s = 0; s < 2; ++s) {
            model::LogStream stream { model::makeLabels({ { "container", s == 0 ? "api" : "worker" }, { "stream", "stdout" } }), {} };
            for (int i = 0; i < 40; ++i)
                stream.lines.push_back({ request.toNs - (i * 7 + s * 3) * 1'000'000'000LL, kLines[(i + s) % 4], {}, {} });
            streams.push_back(std::move(stream));
        }
        out.data = std::move(streams);
        return out;
    }
    const bool ratio = request.expr.find("100") != std::string::npos || request.expr.find("ratio") != std::string::npos;
    const bool single = request.expr.starts_with("sum(") || request.expr.starts_with("count(") || request.expr.starts_with("(");
    const int count = request.expr.find("empty") != std::string::npos ? 0 : single ? 1 : m_series;
    model::Matrix matrix;
    for (int s = 0; s < count; ++s) {
        const std::string number = std::to_string(s + 1);
        model::Series one { model::makeLabels({ { "instance", "host" + number + ":9100" }, { "job", "node" }, { "mode", s == 0 ? "user" : s == 1 ? "system" : "iowait" }, { "device", "eth" + number }, { "name", "task_" + number } }), {}, {} };
        const auto step = std::max<std::int64_t>(request.stepNs / kNsInMs, 1000);
        const auto from = request.instant ? request.toNs / kNsInMs : request.fromNs / kNsInMs;
        for (auto time = from; time <= request.toNs / kNsInMs; time += step) {
            one.timesMs.push_back(time);
            one.values.push_back(valueAt(seed, s, time, ratio));
        }
        matrix.push_back(std::move(one));
    }
    if (request.instant) {
        model::Vector vector;
        for (const auto& one : matrix)
            vector.push_back({ one.labels, one.timesMs.back(), one.values.back() });
        out.data = std::move(vector);
    } else {
        out.data = std::move(matrix);
    }
    return out;
}

Result<std::vector<std::string>> MadeUpSource::labelNames(const std::vector<std::string>&, std::int64_t, std::int64_t, std::stop_token) const
{
    return std::vector<std::string> { "__name__", "device", "instance", "job", "mode", "name" };
}

Result<std::vector<std::string>> MadeUpSource::labelValues(const std::string& label, const std::vector<std::string>&, std::int64_t, std::int64_t, std::stop_token) const
{
    if (label == "job")
        return std::vector<std::string> { "node", "postgres", "redis" };
    return std::vector<std::string> { label + "-1:9100", label + "-2:9100", label + "-10:9100" };
}

Result<std::vector<model::LabelsRef>> MadeUpSource::series(const std::vector<std::string>&, std::int64_t, std::int64_t, std::stop_token) const
{
    return std::vector { model::makeLabels({ { "__name__", "up" }, { "instance", "h1:9100" }, { "job", "node" } }) };
}

}
