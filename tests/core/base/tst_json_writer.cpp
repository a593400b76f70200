#include "core/base/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

using namespace belvedere;

TEST(JsonWriter, placesCommas)
{
    std::string out;
    JsonWriter json(out);
    json.beginObject().key("a").number(std::int64_t { 1 }).key("b").beginArray().string("x\n\"").null().number(0.5).endArray();
    json.key("c").beginObject().endObject().key("inf").number(std::numeric_limits<double>::infinity()).endObject();
    EXPECT_EQ(out, R"({"a":1,"b":["x\n\"",null,0.5],"c":{},"inf":null})");
}

TEST(JsonWriter, repairsMalformedUtf8)
{
    std::string out;
    appendJsonString(out, "a\xFF\x01");
    EXPECT_EQ(out, "\"a\xEF\xBF\xBD\\u0001\"");
}
