#include "core/promql/engine.h"

#include "core/base/format.h"
#include "core/promql/functions.h"

#include "tests/support/memory_metric_source.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <format>
#include <map>
#include <random>
#include <string>
#include <thread>

namespace belvedere::promql {

namespace {

constexpr Features kAll { .experimentalFunctions = true, .durationExpressions = true, .delayedNameRemoval = false };

/// Series with gaps, restarts, staleness markers, repeated values and NaN, at irregular times.
test::MemoryMetricSource irregularSource(unsigned seed, int seriesCount, int sampleCount)
{
    std::mt19937 random(seed);
    const auto chance = [&](double probability) { return std::uniform_real_distribution(0.0, 1.0)(random) < probability; };
    test::MemoryMetricSource source;
    for (int i = 0; i < seriesCount; ++i) {
        const model::Labels labels { { "__name__", "m_total" }, { "n", std::to_string(i) }, { "g", std::to_string(i % 7) } };
        std::int64_t time = 0;
        double value = 0;
        for (int k = 0; k < sampleCount; ++k) {
            time += 15'000 + (chance(0.2) ? static_cast<std::int64_t>(random() % 30'000) : 0) + (chance(0.02) ? 600'000 : 0);
            if (chance(0.05))
                value = 0;
            else if (!chance(0.2))
                value += static_cast<double>(random() % 1000) / 8;
            source.add(labels, time, chance(0.02) ? model::staleMarker() : chance(0.01) ? std::nan("") : value);
        }
    }
    return source;
}

bool near(double a, double b)
{
    return (std::isnan(a) && std::isnan(b)) || a == b || std::fabs(a - b) <= 1e-9 * std::max(std::fabs(a), std::fabs(b)) || std::fabs(a - b) < 1e-9;
}

/// The range query must give at every step what an instant query of that time gives: windows that slide against windows
/// that are read from scratch.
void compareWithInstantQueries(const Engine& engine, const std::string& query, RangeRequest request)
{
    SCOPED_TRACE(query);
    const auto range = engine.range(query, request);
    ASSERT_TRUE(range) << range.error().message;
    std::map<std::pair<model::Labels, std::int64_t>, double> values;
    for (const auto& series : std::get<model::Matrix>(range->data)) {
        for (std::size_t i = 0; i < series.values.size(); ++i)
            values[{ *series.labels, series.timesMs[i] }] = series.values[i];
    }
    for (auto time = request.startMs; time <= request.endMs; time += request.stepMs) {
        const auto instant = engine.instant(query, time);
        ASSERT_TRUE(instant) << instant.error().message;
        for (const auto& sample : std::get<model::Vector>(instant->data)) {
            const auto found = values.find({ *sample.labels, time });
            ASSERT_NE(found, values.end()) << sample.labels->toString() << " at " << time;
            EXPECT_TRUE(near(found->second, sample.value)) << sample.labels->toString() << " at " << time << ": " << found->second << " and " << sample.value;
            values.erase(found);
        }
    }
    EXPECT_TRUE(values.empty()) << "the range query has values that instant queries do not have";
}

class PromqlRangeFunction : public testing::TestWithParam<std::string> { };

TEST_P(PromqlRangeFunction, slides_to_the_same_values)
{
    const unsigned seed = 20250601;
    const auto source = irregularSource(seed, 5, 400);
    TaskPool pool(2);
    EngineOptions options;
    options.features = kAll;
    const Engine engine(source, pool, options);
    SCOPED_TRACE(formatted("seed {}", seed));

    compareWithInstantQueries(engine, vformatted(GetParam(), std::make_format_args("m_total[10m]")), { 300'000, 6'000'000, 45'000 });
    compareWithInstantQueries(engine, vformatted(GetParam(), std::make_format_args("m_total[1m]")), { 300'000, 6'000'000, 90'000 });
    compareWithInstantQueries(engine, vformatted(GetParam(), std::make_format_args("rate(m_total[2m])[15m:30s]")), { 300'000, 3'000'000, 60'000 });
}

INSTANTIATE_TEST_SUITE_P(All, PromqlRangeFunction,
    testing::Values("avg_over_time({})", "changes({})", "count_over_time({})", "delta({})", "deriv({})", "double_exponential_smoothing({}, 0.3, 0.6)", "first_over_time({})", "idelta({})", "increase({})", "irate({})",
        "last_over_time({})", "mad_over_time({})", "max_over_time({})", "min_over_time({})", "predict_linear({}, 600)", "present_over_time({})", "quantile_over_time(0.9, {})", "rate({})", "resets({})",
        "stddev_over_time({})", "stdvar_over_time({})", "sum_over_time({})", "ts_of_last_over_time({})", "ts_of_max_over_time({})", "ts_of_min_over_time({})", "absent_over_time({})"));

TEST(PromqlEngine, gives_the_same_in_ranges_as_in_instants)
{
    const auto source = irregularSource(7, 40, 150);
    TaskPool pool(2);
    EngineOptions options;
    options.features = kAll;
    const Engine engine(source, pool, options);

    for (const auto* query : { "m_total", "sum by (g) (m_total)", "avg(m_total)", "min by (g) (m_total)", "stddev by (g) (m_total)", "quantile by (g) (0.3, m_total)", "topk by (g) (2, m_total)", "bottomk(3, m_total)",
             "count_values by (g) (\"v\", m_total)", "m_total > on (n) (m_total offset 1m)", "m_total and on (g) (m_total > 1000)", "m_total unless on (n) (m_total offset 10m)", "(m_total > 1000) or m_total",
             "m_total / on (g) group_left () sum by (g) (m_total)", "timestamp(m_total)", "absent(m_total > 1e6)", "limitk by (g) (2, m_total)", "limit_ratio(0.5, m_total)" })
        compareWithInstantQueries(engine, query, { 300'000, 2'700'000, 60'000 });
}

TEST(PromqlEngine, gives_the_same_for_any_number_of_threads)
{
    const auto source = irregularSource(3, 500, 50);
    TaskPool one(1);
    TaskPool four(4);
    const Engine serial(source, one, {});
    const Engine parallel(source, four, {});

    for (const auto* query : { "sum by (g) (rate(m_total[5m]))", "topk(5, m_total)", "stddev(m_total)" }) {
        const auto a = serial.range(query, { 0, 600'000, 30'000 });
        const auto b = parallel.range(query, { 0, 600'000, 30'000 });
        const auto again = parallel.range(query, { 0, 600'000, 30'000 });
        ASSERT_TRUE(a && b && again);
        const auto& x = std::get<model::Matrix>(a->data);
        const auto& y = std::get<model::Matrix>(b->data);
        const auto& z = std::get<model::Matrix>(again->data);
        ASSERT_EQ(x.size(), y.size());
        for (std::size_t i = 0; i < x.size(); ++i) {
            EXPECT_EQ(*x[i].labels, *y[i].labels);
            ASSERT_EQ(x[i].values.size(), y[i].values.size());
            for (std::size_t k = 0; k < x[i].values.size(); ++k) {
                EXPECT_TRUE(near(x[i].values[k], y[i].values[k])) << query;
                EXPECT_EQ(std::bit_cast<std::uint64_t>(y[i].values[k]), std::bit_cast<std::uint64_t>(z[i].values[k])) << "runs must not differ even in the last digit";
            }
        }
    }
}

TEST(PromqlEngine, refuses_to_hold_too_many_values)
{
    const auto source = irregularSource(1, 100, 100);
    TaskPool pool(2);
    EngineOptions options;
    options.maxSamples = 5000;
    const Engine engine(source, pool, options);

    const auto tooMany = engine.range("m_total", { 0, 3'600'000, 15'000 });
    ASSERT_FALSE(tooMany);
    EXPECT_EQ(tooMany.error().code, ErrorCode::execution);
    EXPECT_NE(tooMany.error().message.find("too many samples"), std::string::npos);
    EXPECT_TRUE(engine.range("sum(m_total)", { 0, 3'600'000, 15'000 })) << "an aggregation holds its groups, not its input";
    EXPECT_FALSE(engine.instant("m_total[1h]", 1'800'000));
    EXPECT_FALSE(engine.instant("max_over_time(vector(1)[100d:1s])", 0));
}

TEST(PromqlEngine, stops_soon_after_it_is_asked_to)
{
    test::MemoryMetricSource source;
    std::vector<std::int64_t> times;
    std::vector<double> values;
    for (int i = 0; i < 200'000; ++i) {
        times.push_back(i * 1000);
        values.push_back(i % 1000);
    }
    for (int i = 0; i < 20; ++i)
        source.add({ { "__name__", "m" }, { "n", std::to_string(i) } }, times, values);
    TaskPool pool(2);
    const Engine engine(source, pool, {});

    // Each of these would take minutes.
    for (const auto* query : { "stddev_over_time(m[2d])", "sum(quantile_over_time(0.5, m[1d]))", "max_over_time(stddev_over_time(m[1d])[1d:1s])", "predict_linear(m[1d], 5) + m", "topk(3, deriv(m[1d]))" }) {
        std::stop_source stop;
        std::chrono::steady_clock::time_point asked;
        std::jthread stopper([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(30));
            asked = std::chrono::steady_clock::now();
            stop.request_stop();
        });
        const auto outcome = engine.range(query, { 0, 199'000'000, 20'000 }, stop.get_token());
        const auto took = std::chrono::steady_clock::now() - asked;
        ASSERT_FALSE(outcome) << query;
        EXPECT_EQ(outcome.error().code, ErrorCode::cancelled) << query;
        EXPECT_LT(took, std::chrono::milliseconds(500)) << query << ": generous for a busy machine; 50 ms is what is promised";
    }
}

TEST(PromqlEngine, tells_mistakes_in_the_text_from_those_in_the_data)
{
    test::MemoryMetricSource source;
    source.add({ { "__name__", "a" }, { "x", "1" } }, 0, 1);
    source.add({ { "__name__", "a" }, { "x", "2" } }, 0, 1);
    TaskPool pool(1);
    const Engine engine(source, pool, {});

    EXPECT_EQ(engine.instant("a +", 0).error().code, ErrorCode::parse);
    EXPECT_EQ(engine.instant("a + on () a", 0).error().code, ErrorCode::execution);
    EXPECT_EQ(engine.range("a[5m]", { 0, 60'000, 15'000 }).error().code, ErrorCode::parse);
    EXPECT_EQ(engine.range("a", { 0, 60'000, 0 }).error().code, ErrorCode::invalidArgument);
    EXPECT_EQ(engine.range("a", { 60'000, 0, 15'000 }).error().code, ErrorCode::invalidArgument);
}

TEST(PromqlEngine, names_both_series_that_a_match_cannot_tell_apart)
{
    test::MemoryMetricSource source;
    source.add({ { "__name__", "a" }, { "x", "1" } }, 0, 1);
    source.add({ { "__name__", "a" }, { "x", "2" } }, 0, 1);
    TaskPool pool(1);
    const Engine engine(source, pool, {});

    const auto message = engine.instant("a + on () a", 0).error().message;

    EXPECT_NE(message.find("{__name__=\"a\", x=\"1\"}"), std::string::npos) << message;
    EXPECT_NE(message.find("{__name__=\"a\", x=\"2\"}"), std::string::npos) << message;
    // Without their names they are label sets made for this message alone.
    const auto nameless = engine.instant("-a + on () -a", 0).error().message;
    EXPECT_NE(nameless.find("[{x=\"2\"}, {x=\"1\"}]"), std::string::npos) << nameless;
}

/// As Prometheus 3.5 answers where its storage has looked for series; with no block in the range, it keeps the order of the query.
TEST(PromqlEngine, absence_has_labels_that_are_certain)
{
    const auto source = irregularSource(1, 1, 1);
    TaskPool pool(1);
    const Engine engine(source, pool, {});
    for (const auto& [query, labels] : std::vector<std::pair<std::string, model::Labels>> {
             { R"(absent(gone{a="1", b=~"2"}))", { { "a", "1" } } },
             { R"(absent(gone{a="1", a="1", b="2"}))", { { "b", "2" } } },
             { R"(absent(gone{a="1", a!~".+"}))", {} },
             { R"(absent(gone{a!~".+", a="1"}))", {} },
             { R"(absent(gone{a=~".+", a="1"}))", { { "a", "1" } } },
             { R"(absent_over_time(gone{a!="x", a="1"}[5m]))", {} },
         }) {
        const auto answer = engine.instant(query, 60'000);
        ASSERT_TRUE(answer) << query;
        const auto& vector = std::get<model::Vector>(answer->data);
        ASSERT_EQ(vector.size(), 1U) << query;
        EXPECT_EQ(*vector[0].labels, labels) << query;
    }
}

TEST(PromqlEngine, remarks_with_the_place_in_the_query)
{
    test::MemoryMetricSource source;
    source.add({ { "__name__", "queue" } }, 0, 1);
    source.add({ { "__name__", "queue" } }, 15'000, 2);
    TaskPool pool(1);
    const Engine engine(source, pool, {});

    const auto value = engine.instant("sum(rate(queue[1m]))", 15'000);

    ASSERT_TRUE(value);
    ASSERT_EQ(value->remarks.size(), 1U);
    EXPECT_EQ(value->remarks[0].kind, model::Remark::Kind::info);
    EXPECT_EQ(value->remarks[0].message, "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"queue\" (1:10)");
    EXPECT_EQ(value->remarks[0].where, (TextRange { 9, 18 }));
}

// Rounded elsewhere, equal rates of different series would differ in their last digit, and topk would choose others.
TEST(PromqlEngine, rate_rounds_where_prometheus_does)
{
    test::MemoryMetricSource source;
    for (std::int64_t i = 0; i < 60; ++i)
        source.add({ { "__name__", "m_total" } }, i * 15'000, static_cast<double>(1000 + i * 3));
    TaskPool pool(1);
    const Engine engine(source, pool, {});

    const auto value = engine.range("rate(m_total[5m])", { 300'000, 600'000, 150'000 });

    ASSERT_TRUE(value);
    const auto& matrix = std::get<model::Matrix>(value->data);
    ASSERT_EQ(matrix.size(), 1U);
    EXPECT_EQ(matrix[0].values, (std::vector<double> { 0.19999999999999998, 0.19999999999999998, 0.19999999999999998 }));
}

// Recorded from Prometheus 3.5; times that no calendar has are counted as its conversion to whole seconds makes them.
TEST(PromqlEngine, calendar_functions_follow_go_at_any_value)
{
    const test::MemoryMetricSource source;
    TaskPool pool(1);
    const Engine engine(source, pool, {});
    const auto of = [&](std::string_view value) {
        std::vector<double> out;
        for (const auto* function : { "year", "month", "day_of_month", "day_of_year", "day_of_week", "days_in_month", "hour", "minute" })
            out.push_back(std::get<model::Vector>(engine.instant(std::string(function) + "(vector(" + std::string(value) + "))", 0)->data).at(0).value);
        return out;
    };

    EXPECT_EQ(of("0"), (std::vector<double> { 1970, 1, 1, 1, 4, 31, 0, 0 }));
    EXPECT_EQ(of("1709210096"), (std::vector<double> { 2024, 2, 29, 60, 4, 29, 12, 34 }));
    EXPECT_EQ(of("1704067199"), (std::vector<double> { 2023, 12, 31, 365, 0, 31, 23, 59 }));
    EXPECT_EQ(of("951868800"), (std::vector<double> { 2000, 3, 1, 61, 3, 31, 0, 0 }));
    EXPECT_EQ(of("-1"), (std::vector<double> { 1969, 12, 31, 365, 3, 31, 23, 59 }));
    EXPECT_EQ(of("NaN"), (std::vector<double> { 292277026596, 12, 4, 339, 0, 31, 15, 30 }));
    EXPECT_EQ(of("Inf"), of("NaN"));
    EXPECT_EQ(of("1e18"), (std::vector<double> { 31688740476, 10, 23, 297, 5, 31, 1, 46 }));
}

TEST(PromqlEngine, end_is_what_was_asked_for)
{
    test::MemoryMetricSource source;
    for (std::int64_t i = 0; i <= 10; ++i)
        source.add({ { "__name__", "m" } }, i * 10'000, static_cast<double>(i));
    TaskPool pool(1);
    const Engine engine(source, pool, {});

    // The last step is at 90 s.
    const auto value = engine.range("m @ end()", { 0, 100'000, 45'000 });

    ASSERT_TRUE(value);
    EXPECT_EQ(std::get<model::Matrix>(value->data).at(0).values, (std::vector<double> { 10, 10, 10 }));
}

TEST(PromqlEngine, sums_beyond_the_largest_double_depend_on_the_order_of_the_samples)
{
    test::MemoryMetricSource source;
    for (std::int64_t i = 0; i < 40; ++i)
        source.add({ { "__name__", "m" } }, i * 1000, (i / 4 % 2 == 0 ? -1 : 1) * 1.5e308);
    TaskPool pool(1);
    const Engine engine(source, pool, {});

    const auto slid = engine.range("sum_over_time(m[20s])", { 10'000, 39'000, 1000 });

    ASSERT_TRUE(slid);
    const auto& series = std::get<model::Matrix>(slid->data).at(0);
    for (std::size_t i = 0; i < series.values.size(); ++i) {
        const auto alone = std::get<model::Vector>(engine.instant("sum_over_time(m[20s])", series.timesMs[i])->data).at(0).value;
        EXPECT_TRUE(series.values[i] == alone || (std::isnan(series.values[i]) && std::isnan(alone))) << i;
    }
}

TEST(PromqlEngine, takes_the_lookback_of_the_call)
{
    test::MemoryMetricSource source;
    source.add({ { "__name__", "m" } }, 0, 1);
    TaskPool pool(1);
    const Engine engine(source, pool, {});
    const auto count = [&](std::int64_t lookbackMs) { return std::get<model::Vector>(engine.instant("m", 120'000, {}, lookbackMs)->data).size(); };

    EXPECT_EQ(count(0), 1U);
    EXPECT_EQ(count(60'000), 0U);
    EXPECT_EQ(count(120'001), 1U);
}

}

}
