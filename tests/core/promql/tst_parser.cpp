#include "core/promql/functions.h"
#include "core/promql/parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace belvedere::promql {

namespace {

constexpr Features kAll { .experimentalFunctions = true, .durationExpressions = true, .delayedNameRemoval = false };

struct BadQuery {
    const char* query;
    const char* message; ///< with line and column in front
    TextRange where;
};

class PromqlMistake : public testing::TestWithParam<BadQuery> { };

TEST_P(PromqlMistake, is_named_at_its_place)
{
    const auto parsed = parse(GetParam().query, {});

    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ErrorCode::parse);
    EXPECT_EQ(parsed.error().message, GetParam().message);
    EXPECT_EQ(parsed.error().where, GetParam().where);
}

INSTANTIATE_TEST_SUITE_P(Queries, PromqlMistake,
    testing::Values(BadQuery { "", "1:1: parse error: no expression found in input", { 0, 0 } },
        BadQuery { "sum(\n  rate(up)\n)", "2:8: parse error: expected type range vector in call to function \"rate\", got instant vector", { 12, 14 } },
        BadQuery { "up{job=}", "1:8: parse error: unexpected \"}\" in label matching, expected string", { 7, 8 } },
        BadQuery { "1 + nosuch(up)", "1:5: parse error: unknown function with name \"nosuch\"", { 4, 10 } },
        BadQuery { "rate(up[5m], 1)", "1:1: parse error: expected 1 argument(s) in call to \"rate\", got 2", { 0, 15 } },
        BadQuery { "up offset x", "1:11: parse error: unexpected identifier \"x\" in offset, expected number or duration", { 10, 11 } },
        BadQuery { "{job=~\".*\"}", "1:1: parse error: vector selector must contain at least one non-empty matcher", { 0, 11 } },
        BadQuery { "1 == 2", "1:3: parse error: comparisons between scalars must use BOOL modifier", { 2, 4 } },
        BadQuery { "time()[5m:1m]", "1:1: parse error: subquery is only allowed on instant vector, got scalar instead", { 0, 13 } },
        BadQuery { "up @ 1 @ 2", "1:1: parse error: @ <timestamp> may not be set multiple times", { 0, 6 } },
        BadQuery { "sum(up", "1:7: parse error: unclosed left parenthesis", { 6, 6 } },
        BadQuery { "up[0s]", "1:4: parse error: duration must be greater than 0", { 3, 5 } }));

TEST(PromqlParser, names_the_switch_of_experimental_parts)
{
    EXPECT_NE(parse("mad_over_time(up[5m])", {}).error().message.find("promql-experimental-functions"), std::string::npos);
    EXPECT_NE(parse("limitk(1, up)", {}).error().message.find("promql-experimental-functions"), std::string::npos);
    EXPECT_NE(parse("up[5m * 2]", {}).error().message.find("promql-duration-expr"), std::string::npos);
    EXPECT_TRUE(parse("mad_over_time(up[5m * 2]) + limitk(1, up)", kAll));
}

TEST(PromqlParser, computes_durations)
{
    const auto parsed = parse("up[2 * (1m + 30)]", kAll);

    ASSERT_TRUE(parsed);
    EXPECT_EQ((*parsed)->as<MatrixSelector>()->rangeMs, 180'000);
    for (const auto* query : { "up offset -(1m + 30)", "up offset (-(1m + 30))", "up offset -90" }) {
        const auto shifted = parse(query, kAll);
        ASSERT_TRUE(shifted) << query;
        EXPECT_EQ((*shifted)->as<VectorSelector>()->shift.offsetMs, -90'000) << query;
    }
    EXPECT_FALSE(parse("up offset -(1m)", {})) << "arithmetic is experimental";
    EXPECT_FALSE(parse("up[5m / 0]", kAll));
    EXPECT_FALSE(parse("up[1m - 1m]", kAll));
}

TEST(PromqlParser, reads_what_people_write)
{
    for (const auto* query : { "sum by (job,) (up)", "sum(up) by (job)", "{\"a.b\", \"c.d\"=\"e\"}", "sum", "offset", "by{x=\"y\"}", "up offset -5m @ start()", "up[300]", "up offset 90",
             "a or b and c unless d", "2 ^ -x", "a * on (x) group_left b", "sum without () (up)", "{__name__=~\"a.*\"}", "up[5m:]", "rate(up[5m] offset 1h)[1h:5m] @ end()", "-1", "+up", "\"text\"", "Inf",
             "a{on=\"1\",sum!=\"2\",}" })
        EXPECT_TRUE(parse(query, {})) << query;
}

TEST(PromqlParser, refuses_what_would_exhaust_the_stack)
{
    constexpr int kMany = 100'000;
    EXPECT_FALSE(parse(std::string(kMany, '(') + "1" + std::string(kMany, ')'), kAll));
    EXPECT_FALSE(parse(std::string(kMany, '-') + "up", kAll));
    std::string powers = "1";
    std::string sums = "up";
    std::string durations = "up[1";
    for (int i = 0; i < kMany; ++i) {
        powers += "^1";
        sums += "+up";
        durations += "+(1";
    }
    EXPECT_FALSE(parse(powers, kAll));
    EXPECT_FALSE(parse(sums, kAll));
    EXPECT_FALSE(parse(durations, kAll));
}

TEST(PromqlSelector, is_read_alone)
{
    const auto matchers = parseSelector("up{job=~\"a|b\", x!=\"y\"}");

    ASSERT_TRUE(matchers);
    EXPECT_EQ(matchers->size(), 3U);
    EXPECT_FALSE(parseSelector("up offset 5m"));
    EXPECT_FALSE(parseSelector("sum(up)"));
    EXPECT_FALSE(parseSelector("{}"));
}

TEST(PromqlFunctions, are_sorted_and_found)
{
    EXPECT_TRUE(std::ranges::is_sorted(functions(), {}, &Function::name));
    for (std::size_t i = 0; i < functions().size(); ++i) {
        EXPECT_EQ(static_cast<std::size_t>(functions()[i].id), i) << functions()[i].name;
        EXPECT_EQ(findFunction(functions()[i].name), &functions()[i]);
        EXPECT_FALSE(functions()[i].help.empty());
    }
    EXPECT_EQ(findFunction("RATE"), nullptr);
}

}

}
