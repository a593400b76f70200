#include "core/datasource/embedded_sources.h"

#include "core/base/bounded_queue.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <map>
#include <thread>

// A live tail must show a line exactly when a query would. So it does not test lines by itself: it gathers what the
// store's writer committed, a few times a second, into a small LogSource and lets the LogQL engine query that.

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

    /// What was committed since the last look, as a source for one query.
    class CommittedLines final : public model::LogSource {
    public:
        struct Stream {
            model::LabelsRef labels;
            std::vector<model::LogEntry> entries;
        };

        void add(const model::LabelsRef& labels, std::vector<model::LogEntry> entries)
        {
            auto& stream = m_streams[*labels];
            stream.labels = labels;
            std::ranges::move(entries, std::back_inserter(stream.entries));
        }

        [[nodiscard]] Result<std::unique_ptr<model::LogSelection>> select(const model::LogRequest& request, std::stop_token) const override
        {
            auto selection = std::make_unique<Selection>();
            for (const auto& [labels, stream] : m_streams) {
                if (model::matchesAll(request.matchers, labels))
                    selection->add(stream, request.fromNs, request.toNs);
            }
            return selection;
        }
        [[nodiscard]] Result<std::vector<std::string>> labelNames(std::span<const model::Matchers>, std::int64_t, std::int64_t) const override { return std::vector<std::string>(); }
        [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string&, std::span<const model::Matchers>, std::int64_t, std::int64_t) const override { return std::vector<std::string>(); }
        [[nodiscard]] Result<std::vector<model::LabelsRef>> series(std::span<const model::Matchers>, std::int64_t, std::int64_t) const override { return std::vector<model::LabelsRef>(); }
        [[nodiscard]] Result<model::LogVolume> volume(const model::Matchers&, std::int64_t, std::int64_t) const override { return model::LogVolume(); }
        [[nodiscard]] std::shared_ptr<void> listen(Listener) override { return nullptr; }

    private:
        class Selection final : public model::LogSelection {
        public:
            void add(const Stream& stream, std::int64_t fromNs, std::int64_t toNs)
            {
                std::vector<const model::LogEntry*> entries;
                for (const auto& entry : stream.entries) {
                    if (entry.timeNs >= fromNs && entry.timeNs < toNs)
                        entries.push_back(&entry);
                }
                if (entries.empty())
                    return;
                std::ranges::stable_sort(entries, {}, &model::LogEntry::timeNs);
                std::size_t bytes = 0;
                for (const auto* entry : entries)
                    bytes += entry->line.size();
                m_units.push_back({ .stream = m_labels.size(), .minNs = entries.front()->timeNs, .maxNs = entries.back()->timeNs, .entries = entries.size(), .bytes = bytes, .sequence = m_units.size() });
                m_labels.push_back(stream.labels);
                m_entries.push_back(std::move(entries));
            }

            [[nodiscard]] std::span<const model::LabelsRef> streams() const override { return m_labels; }
            [[nodiscard]] std::span<const model::LogUnit> units() const override { return m_units; }
            [[nodiscard]] Result<void> read(std::size_t unit, const Visitor& visitor, std::stop_token) const override
            {
                std::vector<std::int64_t> times;
                std::vector<std::string_view> lines;
                std::vector<std::vector<std::pair<std::string_view, std::string_view>>> pairs;
                for (const auto* entry : m_entries[unit]) {
                    times.push_back(entry->timeNs);
                    lines.emplace_back(entry->line);
                    auto& of = pairs.emplace_back();
                    for (const auto& label : entry->metadata)
                        of.emplace_back(label.name, label.value);
                }
                const std::vector<model::MetadataView> metadata(pairs.begin(), pairs.end());
                visitor({ times, lines, metadata });
                return {};
            }

        private:
            std::vector<model::LabelsRef> m_labels;
            std::vector<model::LogUnit> m_units;
            std::vector<std::vector<const model::LogEntry*>> m_entries; // one for each unit
        };

        std::map<model::Labels, Stream> m_streams;
    };

    class EmbeddedTail {
    public:
        EmbeddedTail(model::LogSource& source, TaskPool& pool, std::string expr, DataSource::OnLine onLine, DataSource::OnDropped onDropped)
            : m_pool(pool)
            , m_expr(std::move(expr))
            , m_onLine(std::move(onLine))
            , m_onDropped(std::move(onDropped))
            , m_thread([this](const std::stop_token& stop) { work(stop); })
        {
            m_listening = source.listen([this](const model::LabelsRef& stream, std::span<const model::LogEntry> entries) {
                if (!m_queue.tryPush({ stream, { entries.begin(), entries.end() } }))
                    m_dropped += entries.size();
            });
        }

        ~EmbeddedTail()
        {
            m_listening.reset();
            m_thread.request_stop();
            m_queue.close();
        }

    private:
        struct Push {
            model::LabelsRef stream;
            std::vector<model::LogEntry> entries;
        };
        /// Pushes waiting for a slow reader; a push is at most what one commit holds of a stream.
        static constexpr std::size_t kWaitingPushes = 4096;

        void work(const std::stop_token& stop)
        {
            while (!stop.stop_requested()) {
                auto pushes = m_queue.takeAll(stop);
                if (stop.stop_requested())
                    return;
                if (const auto dropped = m_dropped.exchange(0); dropped > 0 && m_onDropped)
                    m_onDropped(dropped);
                CommittedLines lines;
                std::int64_t fromNs = std::numeric_limits<std::int64_t>::max();
                std::int64_t toNs = std::numeric_limits<std::int64_t>::min();
                std::size_t count = 0;
                for (auto& push : pushes) {
                    for (const auto& entry : push.entries) {
                        fromNs = std::min(fromNs, entry.timeNs);
                        toNs = std::max(toNs, entry.timeNs);
                    }
                    count += push.entries.size();
                    lines.add(push.stream, std::move(push.entries));
                }
                if (count == 0)
                    continue;
                const logql::Engine engine(lines, m_pool, {});
                const auto value = engine.range(m_expr, { .startNs = fromNs, .endNs = toNs + 1, .stepNs = 0, .limit = count, .direction = logql::Direction::forward }, stop);
                if (!value || !std::holds_alternative<model::Streams>(value->data))
                    continue; // the query was checked before; only a stop ends it
                handOver(std::get<model::Streams>(value->data));
            }
        }

        void handOver(const model::Streams& streams) const
        {
            std::vector<std::pair<const model::LabelsRef*, const model::LogLine*>> lines;
            for (const auto& stream : streams) {
                for (const auto& line : stream.lines)
                    lines.emplace_back(&stream.labels, &line);
            }
            std::ranges::stable_sort(lines, {}, [](const auto& item) { return item.second->timeNs; });
            for (const auto& [labels, line] : lines)
                m_onLine(*labels, *line);
        }

        TaskPool& m_pool;
        std::string m_expr;
        DataSource::OnLine m_onLine;
        DataSource::OnDropped m_onDropped;
        BoundedQueue<Push> m_queue { kWaitingPushes };
        std::atomic<std::size_t> m_dropped = 0;
        std::shared_ptr<void> m_listening;
        std::jthread m_thread; // last: it uses the others
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
            const auto metric = logql::checkIsMetric(expr);
            if (!metric)
                return std::unexpected(metric.error());
            if (*metric)
                return failure(ErrorCode::invalidArgument, "a live tail needs a log query; this one computes a metric");
            return std::make_shared<EmbeddedTail>(m_source, m_pool, expr, std::move(onLine), std::move(onDropped));
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
