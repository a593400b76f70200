#include "app/output.h"

#include <gtest/gtest.h>

#include <sstream>

namespace belvedere::app {
namespace {

std::string printed(const model::QueryValue& value, Format format)
{
    std::ostringstream out;
    print(out, value, format);
    return out.str();
}

model::QueryValue vector()
{
    model::QueryValue value;
    value.data = model::Vector { { model::makeLabels({ { "__name__", "up" }, { "job", "a,b" } }), 1'748'779'200'000, 1 } };
    return value;
}

TEST(Output, writesTables) { EXPECT_EQ(printed(vector(), Format::table), "up{job=\"a,b\"}  1\n"); }

TEST(Output, quotesCsvWhereItMust)
{
    EXPECT_EQ(printed(vector(), Format::csv), "__name__,job,time,value\nup,\"a,b\",2025-06-01T12:00:00Z,1\n");
}

TEST(Output, writesPrometheusJson)
{
    EXPECT_EQ(printed(vector(), Format::json), R"({"resultType":"vector","result":[{"metric":{"__name__":"up","job":"a,b"},"value":[1748779200,"1"]}]})"
                                               "\n");
}

TEST(Output, writesLinesInTheOrderOfTheirTimes)
{
    model::QueryValue value;
    value.data = model::Streams { { model::makeLabels({ { "s", "1" } }), { { 2, "second", {}, {} } } }, { model::makeLabels({ { "s", "2" } }), { { 1, "first", {}, {} } } } };
    EXPECT_EQ(printed(value, Format::table), "1970-01-01T00:00:00.000000001Z  {s=\"2\"}  first\n1970-01-01T00:00:00.000000002Z  {s=\"1\"}  second\n");
}

}
}
