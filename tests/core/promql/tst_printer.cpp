#include "core/promql/parser.h"
#include "core/promql/printer.h"

#include <gtest/gtest.h>

#include <string>

namespace belvedere::promql {

namespace {

constexpr Features kAll { .experimentalFunctions = true, .durationExpressions = true, .delayedNameRemoval = false };

struct Spelling {
    const char* query;
    const char* canonical;
};

class PromqlSpelling : public testing::TestWithParam<Spelling> { };

TEST_P(PromqlSpelling, is_canonical)
{
    EXPECT_EQ(format(GetParam().query, kAll), GetParam().canonical);
    EXPECT_EQ(format(GetParam().canonical, kAll), GetParam().canonical) << "printing what was printed changes nothing";
}

INSTANTIATE_TEST_SUITE_P(Queries, PromqlSpelling,
    testing::Values(Spelling { "sum(up)by(job)", "sum by (job) (up)" }, Spelling { "sum by()(up)", "sum(up)" }, Spelling { "sum without()(up)", "sum without () (up)" },
        Spelling { "a*on(b)group_left(c)d", "a * on (b) group_left (c) d" }, Spelling { "a==bool 1", "a == bool 1" }, Spelling { "a @ 10 offset 90s", "a @ 10.000 offset 1m30s" },
        Spelling { "a[1h30m]@start()", "a[1h30m] @ start()" }, Spelling { "a[300] offset -5m", "a[5m] offset -5m" }, Spelling { "a [5m:]", "a[5m:]" }, Spelling { "a[2m*(1+2)]", "a[2m * (1 + 2)]" },
        Spelling { "{'a.b','c.d'=\"e\"}", "{\"c.d\"=\"e\",__name__=\"a.b\"}" }, Spelling { "sum by('a.b',c)(d)", "sum by (\"a.b\", c) (d)" }, Spelling { "quantile(.5,a)", "quantile(0.5, a)" },
        Spelling { "1e25", "10000000000000000000000000" }, Spelling { "1h30m", "1h30m" }, Spelling { "-(a+b)", "-(a + b)" }, Spelling { "'it\\'s'", "\"it's\"" },
        Spelling { "m offset (2m*3)", "m offset (2m * 3)" }, Spelling { "m offset -(2m*3)", "m offset -(2m * 3)" }, Spelling { "a{c!='1',b=~'2',a='3'}", "a{a=\"3\",b=~\"2\",c!=\"1\"}" },
        Spelling { "a*ignoring()group_left b", "a * ignoring () group_left () b" }, Spelling { "inf^2", "Inf ^ 2" }, Spelling { "2^inf", "2 ^ +Inf" }));

TEST(PromqlLayout, breaks_long_queries_at_operators_calls_and_aggregations)
{
    const auto* query
        = "histogram_quantile(0.95, sum by (le, service) (rate(http_request_duration_seconds_bucket{service=~\"api|web\"}[5m]))) > bool on (service) 0.5 * vector(1)";
    const auto* expected = "  histogram_quantile(\n"
                           "    0.95,\n"
                           "    sum by (le, service) (rate(http_request_duration_seconds_bucket{service=~\"api|web\"}[5m]))\n"
                           "  )\n"
                           "> bool on (service)\n"
                           "  0.5 * vector(1)";

    EXPECT_EQ(format(query, kAll), expected);
}

/// A sign would bind less than the power, which one line has always left out; broken lines must too.
TEST(PromqlLayout, keepsInfinityTheBaseOfItsPower)
{
    const std::string name(100, 'a');

    EXPECT_EQ(format("Inf ^ " + name, kAll), "  Inf\n^\n  " + name);
}

TEST(PromqlLayout, putsASignInFrontOfWhatIsBroken)
{
    const std::string name(60, 'a');

    EXPECT_EQ(format("-sum(" + name + " + " + name + ")", kAll), "-sum(\n    " + name + "\n  +\n    " + name + "\n)");
    EXPECT_EQ(format("-" + name + " ^ " + name, kAll), "-" + name + "\n^\n  " + name);
}

}

}
