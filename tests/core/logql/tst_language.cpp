#include "core/logql/engine.h"
#include "core/logql/lexer.h"
#include "core/logql/parser.h"

#include <gtest/gtest.h>

using namespace belvedere;
using namespace belvedere::logql;

namespace {

std::vector<std::pair<TokenKind, std::string>> kinds(std::string_view query)
{
    std::vector<std::pair<TokenKind, std::string>> out;
    for (const auto& token : tokenize(query))
        out.emplace_back(token.kind, std::string(query.substr(token.range.begin, token.range.end - token.range.begin)));
    return out;
}

TEST(LogqlLexer, givesEveryTokenItsBytes)
{
    using enum TokenKind;
    const std::vector<std::pair<TokenKind, std::string>> expected { { function, "sum" }, { keyword, "by" }, { symbol, "(" }, { identifier, "rate" }, { symbol, ")" },
        { symbol, "(" }, { function, "rate" }, { symbol, "(" }, { symbol, "{" }, { identifier, "a" }, { symbol, "=" }, { string, "\"\\u00e9\"" }, { symbol, "}" },
        { symbol, "|=" }, { string, "`x`" }, { symbol, "|" }, { keyword, "logfmt" }, { flag, "--strict" }, { symbol, "|" }, { identifier, "d" }, { symbol, ">" },
        { duration, "1.5s" }, { range, "[5m]" }, { symbol, ")" }, { symbol, ")" }, { symbol, "/" }, { number, "1e3" }, { comment, "# end" }, { end, "" } };
    EXPECT_EQ(kinds("sum by (rate) (rate({a=\"\\u00e9\"} |= `x` | logfmt --strict | d > 1.5s [5m])) / 1e3 # end"), expected);
}

TEST(LogqlLexer, tellsNumbersDurationsAndSizesApart)
{
    using enum TokenKind;
    const std::vector<std::pair<TokenKind, std::string>> expected { { number, "5" }, { duration, "5m" }, { bytes, "5KB" }, { bytes, "1.5MiB" }, { number, "0x1F" },
        { duration, "1h30m" }, { duration, "-10m" }, { symbol, "-" }, { number, "3" }, { number, ".5" }, { end, "" } };
    EXPECT_EQ(kinds("5 5m 5KB 1.5MiB 0x1F 1h30m -10m -3 .5"), expected);
}

TEST(LogqlLexer, marksWhatIsBrokenAndGoesOn)
{
    const auto tokens = tokenize("{a=\"x} @ b");
    EXPECT_EQ(tokens[3].kind, TokenKind::error);
    EXPECT_EQ(tokens[3].range, (TextRange { 3, 10 }));
    EXPECT_EQ(tokenize("a @ b")[1].kind, TokenKind::error);
    EXPECT_EQ(tokenize("a @ b")[2].kind, TokenKind::identifier);
}

struct Refused {
    const char* query;
    std::size_t begin;
    std::size_t end;
};

class LogqlRefuses : public testing::TestWithParam<Refused> { };

TEST_P(LogqlRefuses, withThePlace)
{
    const auto parsed = parse(GetParam().query);
    ASSERT_FALSE(parsed) << GetParam().query;
    EXPECT_EQ(parsed.error().code, ErrorCode::parse);
    ASSERT_TRUE(parsed.error().where) << parsed.error().message;
    EXPECT_EQ(parsed.error().where->begin, GetParam().begin) << GetParam().query << ": " << parsed.error().message;
    EXPECT_EQ(parsed.error().where->end, GetParam().end) << GetParam().query << ": " << parsed.error().message;
}

INSTANTIATE_TEST_SUITE_P(Places, LogqlRefuses,
    testing::Values(Refused { "", 0, 0 }, Refused { "{", 1, 1 }, Refused { "{}", 0, 2 }, Refused { "{a=~\".*\"}", 0, 9 }, Refused { "{a=\"b\"} |", 9, 9 },
        Refused { "{a=\"b\"} | jsonn", 15, 15 }, Refused { "{a=\"b\"} |~ \"(\"", 8, 14 }, Refused { "{a=\"b\"} | c > \"5\"", 14, 17 },
        Refused { "{a=\"b\"} | line_format \"{{ nope }}\"", 8, 34 }, Refused { "{a=~\"(\"}", 4, 7 }, Refused { "rate({a=\"b\"})", 12, 13 },
        Refused { "rate({a=\"b\"}[5x])", 12, 16 }, Refused { "sum_over_time({a=\"b\"}[5m])", 0, 13 }, Refused { "topk(0, rate({a=\"b\"}[5m]))", 5, 6 },
        Refused { "1 and 2", 0, 1 }, Refused { "{a=\"b\"} + 1", 0, 7 }, Refused { "sum({a=\"b\"})", 4, 11 }, Refused { "{a=\"b\"} | unwrap x", 10, 16 },
        Refused { "count_over_time({a=\"b\"}[5m]) by (c)", 0, 15 }, Refused { "1 + bool 2", 4, 8 }, Refused { "1 + 0x", 4, 6 }, Refused { "{a=\"b\"} | json x=\"a[b]\"", 8, 23 }));

TEST(LogqlParser, survivesDeepNesting)
{
    EXPECT_FALSE(parse(std::string(100'000, '(')));
    EXPECT_FALSE(parse("{a=\"b\"} | " + std::string(100'000, '(')));
    std::string sum;
    for (int i = 0; i < 100'000; ++i)
        sum += "1+";
    EXPECT_FALSE(parse(sum.substr(0, 100'001)));
    EXPECT_TRUE(parse(sum.substr(0, 2'001)));
}

class LogqlFormat : public testing::TestWithParam<const char*> { };

TEST_P(LogqlFormat, isStable)
{
    const auto once = format(GetParam());
    ASSERT_TRUE(once) << GetParam() << ": " << once.error().message;
    const auto twice = format(*once);
    ASSERT_TRUE(twice) << *once << ": " << twice.error().message;
    EXPECT_EQ(*once, *twice);
}

INSTANTIATE_TEST_SUITE_P(Queries, LogqlFormat,
    testing::Values("{a=\"b\",c!~`d+`}|=\"x\" or ip(\"::1\")!~`y`|> `<_> z`|json|json k=\"a.b[0]\"|logfmt --strict --keep-empty u=\"v\"",
        "{a=\"b\"}|regexp `(?P<x>.)`|pattern \"<y> z\"|unpack|decolorize|line_format \"{{.x}}\"|label_format q=w,e=\"{{.r}}\"|drop t,u=\"v\"|keep i=~\"o\"",
        "{a=\"b\"}|x=\"1\" and (y>2 or z<=3s),w!=5KB v=ip(\"10.0.0.0/8\")", "quantile_over_time(0.9,{a=\"b\"}|json|unwrap duration(d)|__error__=\"\"[5m] offset -1h)by(c)",
        "topk by(a)(3,sum without(b)(rate({a=\"b\"}[1m])))", "sum(rate({a=\"b\"}[1m]))>bool 2^-3*vector(1)-(1-2)",
        "sum by(a,b)(rate({a=\"b\"}[1m]))/on(a)group_left(c)sum by(a,c)(rate({a=\"b\"}[1m]))", "label_replace(rate({a=\"b\"}[1m]),\"x\",\"$1\",\"a\",\"(.*)\")",
        "sort_desc(approx_topk(5,count_over_time(({a=\"b\"}|=\"q\")[1m])))", "rate({a=\"b\"}[5m]|json|unwrap x)"));

TEST(LogqlParser, readsHexadecimalNumbersOfAnyLength)
{
    EXPECT_EQ(format("0x1F"), "31");
    EXPECT_EQ(format("0x10000000000000000"), "18446744073709552000");
}

TEST(LogqlParser, knowsMetricQueries)
{
    EXPECT_FALSE(checkIsMetric("{a=\"b\"} | json").value());
    EXPECT_TRUE(checkIsMetric("rate({a=\"b\"}[1m])").value());
    EXPECT_FALSE(parseSelector("{a=\"b\"} |= \"x\""));
    EXPECT_EQ(parseSelector("{a=\"b\", c=~\"d\"}")->size(), 2U);
}

TEST(LogqlUnits, durationsAndSizes)
{
    EXPECT_EQ(parseDuration("1w2d").value(), 777'600'000'000'000);
    EXPECT_EQ(parseDuration("1.5s").value(), 1'500'000'000);
    EXPECT_EQ(parseDuration("0s").value(), 0);
    for (const char* bad : { "", "5", "m", "5x", "1m1h ", "9999999999y" })
        EXPECT_FALSE(parseDuration(bad)) << bad;
    EXPECT_EQ(parseByteSize("1KB").value(), 1000);
    EXPECT_EQ(parseByteSize("1.5 KiB").value(), 1536);
    EXPECT_EQ(parseByteSize("0.091 MB").value(), 91'000);
    for (const char* bad : { "", "KB", "1XB", "1KBB", "99999999999EB" })
        EXPECT_FALSE(parseByteSize(bad)) << bad;
}

}
