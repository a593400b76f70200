#include "core/datasource/remote_sources.h"

#include "core/base/clock.h"
#include "core/datasource/api_answer.h"
#include "core/logql/engine.h"
#include "core/promql/engine.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <set>
#include <thread>

namespace belvedere::datasource {

namespace {

    /// Seconds with milliseconds, as Prometheus' API reads times and steps.
    std::string secondsText(std::int64_t ns)
    {
        char buffer[32];
        const int length = std::snprintf(buffer, sizeof buffer, "%lld.%03d", static_cast<long long>(ns / 1'000'000'000), static_cast<int>(ns / 1'000'000 % 1000));
        return { buffer, static_cast<std::size_t>(length) };
    }

    void addRange(Parameters& parameters, std::int64_t fromNs, std::int64_t toNs, bool nanoseconds)
    {
        parameters.emplace_back("start", nanoseconds ? std::to_string(fromNs) : secondsText(fromNs));
        parameters.emplace_back("end", nanoseconds ? std::to_string(toNs) : secondsText(toNs));
    }

    /// A label name as a part of a path: Prometheus 3 reads names that are no plain identifiers in its U__ escaping.
    std::string labelInPath(const std::string& label)
    {
        if (model::isPlainLabelName(label))
            return label;
        std::string escaped = "U__";
        for (std::size_t i = 0; i < label.size();) {
            const auto lead = static_cast<unsigned char>(label[i]);
            const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
            if (length == 1) {
                const char c = label[i];
                if (c == '_')
                    escaped += "__";
                else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
                    escaped += c;
                else {
                    char code[8];
                    std::snprintf(code, sizeof code, "_%x_", lead);
                    escaped += code;
                }
            } else {
                unsigned long point = lead & (0x7FU >> length);
                for (std::size_t k = 1; k < length && i + k < label.size(); ++k)
                    point = point << 6 | (static_cast<unsigned char>(label[i + k]) & 0x3FU);
                char code[12];
                std::snprintf(code, sizeof code, "_%lx_", point);
                escaped += code;
            }
            i += length;
        }
        return escaped;
    }

    /// What is the same for both servers: a client and the description.
    class RemoteSource : public DataSource {
    public:
        RemoteSource(Info info, RemoteOptions options)
            : m_client(std::move(options))
            , m_info(std::move(info))
        {
            m_info.url = m_client.options().url;
            m_info.embedded = false;
        }

        [[nodiscard]] const Info& info() const override { return m_info; }

    protected:
        HttpClient m_client;
        Info m_info;
    };

    class RemotePrometheus final : public RemoteSource {
    public:
        using RemoteSource::RemoteSource;

        [[nodiscard]] Result<model::QueryValue> query(const QueryRequest& request, std::stop_token stop) const override
        {
            Parameters form { { "query", request.expr } };
            if (request.instant) {
                form.emplace_back("time", secondsText(request.toNs));
            } else {
                addRange(form, request.fromNs, request.toNs, false);
                form.emplace_back("step", secondsText(request.stepNs));
            }
            const auto answer = m_client.post(request.instant ? "/api/v1/query" : "/api/v1/query_range", form, std::move(stop));
            return answer ? readQueryAnswer(*answer, request.expr) : std::unexpected(answer.error());
        }

        [[nodiscard]] Result<void> check(const std::string& expr) const override
        {
            // The server decides which experiments it has on; only its grammar is checked here.
            return promql::check(expr, { .experimentalFunctions = true, .durationExpressions = true, .delayedNameRemoval = true });
        }

        [[nodiscard]] Result<std::vector<std::string>> labelNames(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override
        {
            const auto answer = m_client.post("/api/v1/labels", matching(selectors, fromNs, toNs), std::move(stop));
            return answer ? readStringsAnswer(*answer) : std::unexpected(answer.error());
        }

        [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string& label, const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override
        {
            const auto answer = m_client.get("/api/v1/label/" + labelInPath(label) + "/values", matching(selectors, fromNs, toNs), std::move(stop));
            return answer ? readStringsAnswer(*answer) : std::unexpected(answer.error());
        }

        [[nodiscard]] Result<std::vector<model::LabelsRef>> series(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override
        {
            // The server demands a selector; this one means everything.
            const auto answer = m_client.post("/api/v1/series", matching(selectors.empty() ? std::vector<std::string> { "{__name__=~\".+\"}" } : selectors, fromNs, toNs), std::move(stop));
            return answer ? readSeriesAnswer(*answer) : std::unexpected(answer.error());
        }

        [[nodiscard]] Result<std::vector<model::MetricMetadata>> metadata(const std::string& metric, std::stop_token stop) const override
        {
            Parameters parameters;
            if (!metric.empty())
                parameters.emplace_back("metric", metric);
            const auto answer = m_client.get("/api/v1/metadata", parameters, std::move(stop));
            return answer ? readMetadataAnswer(*answer) : std::unexpected(answer.error());
        }

        [[nodiscard]] Result<std::shared_ptr<void>> tail(const std::string&, OnLine, OnDropped) const override
        {
            return failure(ErrorCode::invalidArgument, m_info.name + " holds metrics; only logs have a live tail");
        }

    private:
        static Parameters matching(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs)
        {
            Parameters parameters;
            for (const auto& selector : selectors)
                parameters.emplace_back("match[]", selector);
            addRange(parameters, fromNs, toNs, false);
            return parameters;
        }
    };

    /// Asks for what came after the newest line seen, once a second, on a thread of its own.
    class PollingTail {
    public:
        PollingTail(const HttpClient& client, std::string expr, DataSource::OnLine onLine)
            : m_client(client)
            , m_expr(std::move(expr))
            , m_onLine(std::move(onLine))
            , m_thread([this](const std::stop_token& stop) { work(stop); })
        {
        }

    private:
        static constexpr std::chrono::milliseconds kPause { 1000 };
        static constexpr std::size_t kLinesEach = 5000;

        void work(const std::stop_token& stop)
        {
            std::int64_t fromNs = SystemClock().nowNs();
            std::set<std::pair<std::string, std::string>> seenAtFrom; // labels and line of entries at fromNs
            while (!stop.stop_requested()) {
                const auto answer = m_client.get("/loki/api/v1/query_range",
                    { { "query", m_expr }, { "start", std::to_string(fromNs) }, { "end", std::to_string(SystemClock().nowNs() + 1'000'000'000) }, { "limit", std::to_string(kLinesEach) }, { "direction", "forward" } }, stop);
                std::size_t lines = 0;
                if (answer) {
                    if (const auto value = readQueryAnswer(*answer, m_expr); value && std::holds_alternative<model::Streams>(value->data))
                        lines = handOver(std::get<model::Streams>(value->data), fromNs, seenAtFrom);
                }
                if (lines >= kLinesEach)
                    continue; // more is waiting
                std::unique_lock lock(m_mutex);
                m_wake.wait_for(lock, stop, kPause, [] { return false; });
            }
        }

        std::size_t handOver(const model::Streams& streams, std::int64_t& fromNs, std::set<std::pair<std::string, std::string>>& seenAtFrom)
        {
            struct Item {
                const model::LogStream* stream;
                const model::LogLine* line;
            };
            std::vector<Item> items;
            for (const auto& stream : streams) {
                for (const auto& line : stream.lines)
                    items.push_back({ &stream, &line });
            }
            std::ranges::stable_sort(items, {}, [](const Item& item) { return item.line->timeNs; });
            for (const auto& [stream, line] : items) {
                std::pair key { stream->labels->toString(), line->line };
                if (line->timeNs == fromNs && seenAtFrom.contains(key))
                    continue;
                if (line->timeNs > fromNs) {
                    fromNs = line->timeNs;
                    seenAtFrom.clear();
                }
                seenAtFrom.insert(std::move(key));
                m_onLine(stream->labels, *line);
            }
            return items.size();
        }

        HttpClient m_client;
        std::string m_expr;
        DataSource::OnLine m_onLine;
        std::mutex m_mutex;
        std::condition_variable_any m_wake;
        std::jthread m_thread; // last: it uses the others
    };

    class RemoteLoki final : public RemoteSource {
    public:
        RemoteLoki(Info info, RemoteOptions options)
            : RemoteSource(std::move(info), std::move(options))
        {
            m_client.addHeader("X-Loki-Response-Encoding-Flags", "categorize-labels");
        }

        [[nodiscard]] Result<model::QueryValue> query(const QueryRequest& request, std::stop_token stop) const override
        {
            Parameters parameters { { "query", request.expr }, { "limit", std::to_string(request.limit) } };
            parameters.emplace_back("direction", request.forward ? "forward" : "backward");
            if (request.instant) {
                parameters.emplace_back("time", std::to_string(request.toNs));
            } else {
                addRange(parameters, request.fromNs, request.toNs, true);
                if (request.stepNs > 0)
                    parameters.emplace_back("step", secondsText(request.stepNs));
            }
            const auto answer = m_client.get(request.instant ? "/loki/api/v1/query" : "/loki/api/v1/query_range", parameters, std::move(stop));
            return answer ? readQueryAnswer(*answer, request.expr) : std::unexpected(answer.error());
        }

        [[nodiscard]] Result<void> check(const std::string& expr) const override
        {
            const auto metric = logql::checkIsMetric(expr);
            return metric ? Result<void>() : std::unexpected(metric.error());
        }

        [[nodiscard]] Result<std::vector<std::string>> labelNames(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override
        {
            return eachSelector("/loki/api/v1/labels", selectors, fromNs, toNs, stop);
        }

        [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string& label, const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override
        {
            return eachSelector("/loki/api/v1/label/" + label + "/values", selectors, fromNs, toNs, stop);
        }

        [[nodiscard]] Result<std::vector<model::LabelsRef>> series(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override
        {
            Parameters parameters;
            for (const auto& selector : selectors)
                parameters.emplace_back("match[]", selector);
            addRange(parameters, fromNs, toNs, true);
            const auto answer = m_client.get("/loki/api/v1/series", parameters, std::move(stop));
            return answer ? readSeriesAnswer(*answer) : std::unexpected(answer.error());
        }

        [[nodiscard]] Result<std::vector<model::MetricMetadata>> metadata(const std::string&, std::stop_token) const override
        {
            return std::vector<model::MetricMetadata>();
        }

        [[nodiscard]] Result<std::shared_ptr<void>> tail(const std::string& expr, OnLine onLine, OnDropped) const override
        {
            const auto metric = logql::checkIsMetric(expr);
            if (!metric)
                return std::unexpected(metric.error());
            if (*metric)
                return failure(ErrorCode::invalidArgument, "a live tail needs a log query; this one computes a metric");
            return std::make_shared<PollingTail>(m_client, expr, std::move(onLine));
        }

    private:
        /// Loki's label calls take one selector each.
        Result<std::vector<std::string>> eachSelector(const std::string& path, const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, const std::stop_token& stop) const
        {
            std::set<std::string> names;
            for (std::size_t i = 0; i < std::max<std::size_t>(selectors.size(), 1); ++i) {
                Parameters parameters;
                addRange(parameters, fromNs, toNs, true);
                if (i < selectors.size())
                    parameters.emplace_back("query", selectors[i]);
                const auto answer = m_client.get(path, parameters, stop);
                if (!answer)
                    return std::unexpected(answer.error());
                auto read = readStringsAnswer(*answer);
                if (!read)
                    return read;
                names.insert(read->begin(), read->end());
            }
            return std::vector(names.begin(), names.end());
        }
    };

}

std::shared_ptr<const DataSource> makeRemotePrometheus(Info info, RemoteOptions options)
{
    info.type = "prometheus";
    return std::make_shared<RemotePrometheus>(std::move(info), std::move(options));
}

std::shared_ptr<const DataSource> makeRemoteLoki(Info info, RemoteOptions options)
{
    info.type = "loki";
    return std::make_shared<RemoteLoki>(std::move(info), std::move(options));
}

}
