#include "core/promql/completion.h"

#include <gtest/gtest.h>

#include <string>

namespace belvedere::promql {

namespace {

using Kind = CompletionPlace::Kind;

/// `query` has a bar where the caret is.
CompletionPlace placeIn(std::string query)
{
    const auto bar = query.find('|');
    query.erase(bar, 1);
    return completionPlace(query, bar);
}

struct PlaceCase {
    const char* query;
    Kind kind;
    const char* prefix;
};

class PromqlPlace : public testing::TestWithParam<PlaceCase> { };

TEST_P(PromqlPlace, is_recognised)
{
    const auto place = placeIn(GetParam().query);

    EXPECT_EQ(place.kind, GetParam().kind) << GetParam().query;
    EXPECT_EQ(place.prefix, GetParam().prefix) << GetParam().query;
}

INSTANTIATE_TEST_SUITE_P(Queries, PromqlPlace,
    testing::Values(PlaceCase { "|", Kind::operand, "" }, PlaceCase { "htt|", Kind::operand, "htt" }, PlaceCase { "sum(ra|", Kind::operand, "ra" }, PlaceCase { "up |", Kind::afterOperand, "" },
        PlaceCase { "up + |", Kind::operand, "" }, PlaceCase { "sum by (job) (|", Kind::operand, "" }, PlaceCase { "sum by (job) |", Kind::operand, "" },
        PlaceCase { "sum(up) b|", Kind::afterOperand, "b" }, PlaceCase { "up{|", Kind::labelName, "" }, PlaceCase { "up{jo|", Kind::labelName, "jo" },
        PlaceCase { "up{job |", Kind::matchOperator, "" }, PlaceCase { "up{job=|", Kind::labelValue, "" }, PlaceCase { "up{job=\"we|", Kind::labelValue, "we" },
        PlaceCase { "up{job=\"web\", in|", Kind::labelName, "in" }, PlaceCase { "up{job=\"web\"|", Kind::none, "" }, PlaceCase { "sum by (|", Kind::groupingLabel, "" },
        PlaceCase { "sum by (job, i|) (up)", Kind::groupingLabel, "i" }, PlaceCase { "up[|", Kind::duration, "" }, PlaceCase { "up[5|", Kind::duration, "5" },
        PlaceCase { "up offset |", Kind::duration, "" }, PlaceCase { "up @ |", Kind::time, "" }, PlaceCase { "12|", Kind::none, "12" }, PlaceCase { "up # comm|", Kind::none, "" },
        PlaceCase { "up # comment\n + |", Kind::operand, "" }, PlaceCase { "label_replace(up, \"x|", Kind::none, "x" }, PlaceCase { "sum(up) by (job) |", Kind::afterOperand, "" },
        PlaceCase { "up * on (job) |", Kind::operand, "" }, PlaceCase { "{\"my.label\" |", Kind::matchOperator, "" }, PlaceCase { "{\"my.label\"=\"x\" |", Kind::none, "" }));

TEST(PromqlCompletion, knows_the_selector_around_it)
{
    const auto place = placeIn("sum(http_requests_total{method=\"GET\", status=~\"5|\"})");

    EXPECT_EQ(place.kind, Kind::labelValue);
    EXPECT_EQ(place.metric, "http_requests_total");
    EXPECT_EQ(place.label, "status");
    ASSERT_EQ(place.matchers.size(), 1U);
    EXPECT_EQ(place.matchers[0].toString(), "method=\"GET\"");
    EXPECT_TRUE(place.inQuotes);
    EXPECT_EQ(place.replace.end - place.replace.begin, 1U);
}

TEST(PromqlCompletion, knows_a_metric_apart_from_its_braces)
{
    EXPECT_EQ(placeIn("up {job=\"|\"}").metric, "up");
    EXPECT_EQ(placeIn("count{job=\"|\"}").metric, "count") << "a keyword can be a name";
    EXPECT_EQ(placeIn("up and {job=\"|\"}").metric, "");
}

TEST(PromqlCompletion, takes_finished_matchers_only)
{
    EXPECT_TRUE(placeIn("up{job=word, instance=\"|\"}").matchers.empty()) << "a value without quotes is none";
}

TEST(PromqlCompletion, finds_the_metric_of_a_grouping_behind_it)
{
    EXPECT_EQ(placeIn("sum by (se|) (rate(http_requests_total{job=\"x\"}[5m]))").metric, "http_requests_total");
    EXPECT_EQ(placeIn("sum(rate(http_requests_total[5m])) by (|)").metric, "http_requests_total");
}

TEST(PromqlCompletion, replaces_the_whole_word)
{
    const auto place = placeIn("rate(http|_requests[5m])");

    EXPECT_EQ(place.replace, (TextRange { 5, 18 }));
    EXPECT_EQ(place.prefix, "http");
}

TEST(PromqlCompletion, knows_the_call_and_its_argument)
{
    const auto place = placeIn("histogram_quantile(0.9, sum by (le) (rate(x[5m])) + |");

    EXPECT_EQ(place.function, "histogram_quantile");
    EXPECT_EQ(place.argument, 1U);
    EXPECT_EQ(placeIn("topk by (job) (5, |").function, "topk") << "the grouping may stand in front";
    EXPECT_EQ(placeIn("topk by (job) (5, |").argument, 1U);
    EXPECT_EQ(placeIn("a * on (job) (|").function, "");
}

}

}
