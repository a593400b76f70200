// What a line costs in the engine, without the store: 400,000 JSON lines of about 220 bytes in 20 units, already decoded.
// `per_line` is wall time a line over all threads of the pool, CPU is that of the whole process. A good number for counting
// is some tens of nanoseconds.

#include "core/base/format.h"
#include "core/logql/engine.h"

#include <benchmark/benchmark.h>

#include <random>

using namespace belvedere;

namespace {

constexpr std::size_t kUnits = 20;
constexpr std::size_t kLinesPerUnit = 20'000;
constexpr std::int64_t kStart = 1'748'736'000'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;

class ColumnSource final : public model::LogSource {
public:
    ColumnSource()
    {
        std::mt19937_64 random(7);
        static constexpr const char* kEvents[] { "request completed", "cache miss", "timeout while calling upstream, will retry", "error: connection refused", "login ok" };
        static constexpr const char* kServices[] { "api", "auth", "worker", "gateway" };
        for (std::size_t unit = 0; unit < kUnits; ++unit) {
            m_streams.push_back(model::makeLabels({ { "service", kServices[unit % 4] }, { "container", formatted("c{}", unit) }, { "env", "prod" } }));
            auto& data = m_data.emplace_back();
            for (std::size_t i = 0; i < kLinesPerUnit; ++i) {
                const auto pick = random() % 40;
                data.text.push_back(formatted(R"({{"timestamp":"2025-06-01T00:00:{:02}.{:06}Z","level":"{}","logger":"app.routes","event":"{}","request_id":"{:016x}","method":"GET","path":"/users/{}","status":{},"duration_ms":{}.{}}})",
                    i % 60, i, pick == 3 ? "ERROR" : "INFO", kEvents[std::min<std::size_t>(pick, 4)], random(), random() % 500, pick == 3 ? 500 : 200, random() % 1000, random() % 1000));
                data.times.push_back(kStart + static_cast<std::int64_t>(i) * 10 * kMillisecond);
                m_bytes += data.text.back().size();
            }
            for (const auto& line : data.text)
                data.lines.push_back(line);
            m_units.push_back({ unit, data.times.front(), data.times.back(), kLinesPerUnit, 0, unit });
        }
    }

    std::size_t bytes() const { return m_bytes; }

    class Selection final : public model::LogSelection {
    public:
        explicit Selection(const ColumnSource& source)
            : m_source(source)
        {
        }
        std::span<const model::LabelsRef> streams() const override { return m_source.m_streams; }
        std::span<const model::LogUnit> units() const override { return m_source.m_units; }
        Result<void> read(std::size_t unit, const Visitor& visitor, std::stop_token) const override
        {
            const auto& data = m_source.m_data[unit];
            constexpr std::size_t kBatch = 2000;
            for (std::size_t i = 0; i < data.times.size(); i += kBatch)
                visitor({ std::span(data.times).subspan(i, kBatch), std::span(data.lines).subspan(i, kBatch), {} });
            return {};
        }

    private:
        const ColumnSource& m_source;
    };

    Result<std::unique_ptr<model::LogSelection>> select(const model::LogRequest&, std::stop_token) const override { return std::make_unique<Selection>(*this); }
    Result<std::vector<std::string>> labelNames(std::span<const model::Matchers>, std::int64_t, std::int64_t) const override { return std::vector<std::string>(); }
    Result<std::vector<std::string>> labelValues(const std::string&, std::span<const model::Matchers>, std::int64_t, std::int64_t) const override { return std::vector<std::string>(); }
    Result<std::vector<model::LabelsRef>> series(std::span<const model::Matchers>, std::int64_t, std::int64_t) const override { return std::vector<model::LabelsRef>(); }
    Result<model::LogVolume> volume(const model::Matchers&, std::int64_t, std::int64_t) const override { return model::LogVolume(); }
    std::shared_ptr<void> listen(Listener) override { return {}; }

private:
    struct Data {
        std::vector<std::string> text;
        std::vector<std::int64_t> times;
        std::vector<std::string_view> lines;
    };
    std::vector<Data> m_data;
    std::vector<model::LabelsRef> m_streams;
    std::vector<model::LogUnit> m_units;
    std::size_t m_bytes = 0;
};

const ColumnSource& source()
{
    static const ColumnSource instance;
    return instance;
}

void runQuery(benchmark::State& state, const char* query)
{
    TaskPool pool;
    const logql::Engine engine(source(), pool, {});
    for (auto _ : state) {
        auto answer = engine.range(query, { kStart, kStart + 200'000 * kMillisecond, 10'000 * kMillisecond, 100, logql::Direction::backward });
        if (!answer) {
            state.SkipWithError(answer.error().message.c_str());
            return;
        }
        benchmark::DoNotOptimize(answer);
    }
    state.counters["per_line"] = benchmark::Counter(static_cast<double>(kUnits * kLinesPerUnit), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
    state.counters["bytes"] = benchmark::Counter(static_cast<double>(source().bytes()), benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1024);
}

#define LOGQL_BENCH(name, query) BENCHMARK_CAPTURE(runQuery, name, query)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime()

LOGQL_BENCH(countAll, R"(sum(count_over_time({env="prod"}[10s])))");
LOGQL_BENCH(containsByService, R"(sum by (service) (count_over_time({env="prod"} |= "error" [10s])))");
LOGQL_BENCH(regexChain, R"(sum(count_over_time({env="prod"} |~ "timeout.*retry" [10s])))");
LOGQL_BENCH(regexFolded, R"(sum(count_over_time({env="prod"} |~ "(?i)error|timeout" [10s])))");
LOGQL_BENCH(regexGeneral, R"(sum(count_over_time({env="prod"} |~ "status\":5\\d\\d" [10s])))");
LOGQL_BENCH(jsonTwoFilters, R"(sum(count_over_time({env="prod"} | json | status >= 500 | duration_ms > 500 [10s])))");
LOGQL_BENCH(jsonAllByLevel, R"(sum by (level) (count_over_time({env="prod"} | json [10s])))");
LOGQL_BENCH(unwrapQuantile, R"(quantile_over_time(0.99, {env="prod"} | json | unwrap duration_ms [10s]) by (service))");
LOGQL_BENCH(newestErrors, R"({env="prod"} |= "error" | json)");
LOGQL_BENCH(rareWord, R"({env="prod"} |= "no such word")");

}
