#include "core/datasource/embedded_sources.h"

#include "core/logql/live_tail.h"

#include <algorithm>

namespace belvedere::datasource {

namespace {

    Result<std::vector<model::Matchers>> parseSelectors(const std::vector<std::string>& selectors, Result<model::Matchers> (*parse)(std::string_view))
    {
        std::vector<model::Matchers> sets;
        sets.reserve(selectors.size());
        for (const auto& selector : selectors) {
            auto matchers = parse(selector);
            if (!matchers)
                return std::unexpected(matchers.error());
            sets.push_back(std::move(*matchers));
        }
        return sets;
    }

    constexpr std::int64_t kNsPerMs = 1'000'000;

    class EmbeddedMetrics final : public DataSource {
    public:
        EmbeddedMetrics(Info info, const promql::Engine& engine, const model::MetricSource& source)
            : m_info(std::move(info))
            , m_engine(engine)
            , m_source(source)
        {
            m_info.embedded = true;
        }

        [[nodiscard]] const Info& info() const override { return m_info; }

        [[nodiscard]] Result<model::QueryValue> query(const QueryRequest& request, std::stop_token stop) const override
        {
            if (request.instant)
                return m_engine.instant(request.expr, request.toNs / kNsPerMs, std::move(stop));
            return m_engine.range(request.expr, { .startMs = request.fromNs / kNsPerMs, .endMs = request.toNs / kNsPerMs, .stepMs = std::max<std::int64_t>(request.stepNs / kNsPerMs, 1) }, std::move(stop));
        }

        [[nodiscard]] Result<void> check(const std::string& expr) const override { return promql::check(expr, m_engine.options().features); }

        [[nodiscard]] Result<std::vector<std::string>> labelNames(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token) const override
        {
            const auto sets = parseSelectors(selectors, promql::parseSelector);
            return sets ? m_source.labelNames(*sets, range(fromNs, toNs), 0) : std::unexpected(sets.error());
        }

        [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string& label, const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token) const override
        {
            const auto sets = parseSelectors(selectors, promql::parseSelector);
            return sets ? m_source.labelValues(label, *sets, range(fromNs, toNs), 0) : std::unexpected(sets.error());
        }

        [[nodiscard]] Result<std::vector<model::LabelsRef>> series(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token) const override
        {
            const auto sets = parseSelectors(selectors, promql::parseSelector);
            return sets ? m_source.series(*sets, range(fromNs, toNs), 0) : std::unexpected(sets.error());
        }

        [[nodiscard]] Result<std::vector<model::MetricMetadata>> metadata(const std::string& metric, std::stop_token) const override { return m_source.metadata(metric); }

        [[nodiscard]] Result<std::shared_ptr<void>> tail(const std::string&, OnLine, OnDropped) const override
        {
            return failure(ErrorCode::invalidArgument, m_info.name + " holds metrics; only logs have a live tail");
        }

    private:
        static model::TimeRange range(std::int64_t fromNs, std::int64_t toNs) { return { fromNs / kNsPerMs, toNs / kNsPerMs }; }

        Info m_info;
        const promql::Engine& m_engine;
        const model::MetricSource& m_source;
    };

    class EmbeddedLogs final : public DataSource {
    public:
        EmbeddedLogs(Info info, const logql::Engine& engine, model::LogSource& source, TaskPool& pool)
            : m_info(std::move(info))
            , m_engine(engine)
            , m_source(source)
            , m_pool(pool)
        {
            m_info.embedded = true;
        }

        [[nodiscard]] const Info& info() const override { return m_info; }

        [[nodiscard]] Result<model::QueryValue> query(const QueryRequest& request, std::stop_token stop) const override
        {
            if (request.instant)
                return m_engine.instant(request.expr, request.toNs, std::move(stop));
            return m_engine.range(request.expr,
                { .startNs = request.fromNs, .endNs = request.toNs, .stepNs = request.stepNs, .limit = request.limit,
                    .direction = request.forward ? logql::Direction::forward : logql::Direction::backward },
                std::move(stop));
        }

        [[nodiscard]] Result<void> check(const std::string& expr) const override
        {
            const auto metric = logql::checkIsMetric(expr);
            return metric ? Result<void>() : std::unexpected(metric.error());
        }

        [[nodiscard]] Result<std::vector<std::string>> labelNames(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token) const override
        {
            const auto sets = parseSelectors(selectors, logql::parseSelector);
            return sets ? m_source.labelNames(*sets, fromNs, toNs) : std::unexpected(sets.error());
        }

        [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string& label, const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token) const override
        {
            const auto sets = parseSelectors(selectors, logql::parseSelector);
            return sets ? m_source.labelValues(label, *sets, fromNs, toNs) : std::unexpected(sets.error());
        }

        [[nodiscard]] Result<std::vector<model::LabelsRef>> series(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token) const override
        {
            const auto sets = parseSelectors(selectors, logql::parseSelector);
            return sets ? m_source.series(*sets, fromNs, toNs) : std::unexpected(sets.error());
        }

        [[nodiscard]] Result<std::vector<model::MetricMetadata>> metadata(const std::string&, std::stop_token) const override
        {
            return std::vector<model::MetricMetadata>();
        }

        [[nodiscard]] Result<std::shared_ptr<void>> tail(const std::string& expr, OnLine onLine, OnDropped onDropped) const override
        {
            auto tail = logql::LiveTail::start(m_source, m_pool, expr, [onLine = std::move(onLine), onDropped = std::move(onDropped)](const model::Streams& streams, std::size_t dropped) {
                if (dropped > 0 && onDropped)
                    onDropped(dropped);
                std::vector<std::pair<const model::LabelsRef*, const model::LogLine*>> lines;
                for (const auto& stream : streams) {
                    for (const auto& line : stream.lines)
                        lines.emplace_back(&stream.labels, &line);
                }
                std::ranges::stable_sort(lines, {}, [](const auto& item) { return item.second->timeNs; });
                for (const auto& [labels, line] : lines)
                    onLine(*labels, *line);
            });
            if (!tail)
                return std::unexpected(std::move(tail.error()));
            return std::shared_ptr<void>(std::move(*tail));
        }

    private:
        Info m_info;
        const logql::Engine& m_engine;
        model::LogSource& m_source;
        TaskPool& m_pool;
    };

}

std::shared_ptr<const DataSource> makeEmbeddedMetrics(Info info, const promql::Engine& engine, const model::MetricSource& source)
{
    info.type = "prometheus";
    return std::make_shared<EmbeddedMetrics>(std::move(info), engine, source);
}

std::shared_ptr<const DataSource> makeEmbeddedLogs(Info info, const logql::Engine& engine, model::LogSource& source, TaskPool& pool)
{
    info.type = "loki";
    return std::make_shared<EmbeddedLogs>(std::move(info), engine, source, pool);
}

}
