#include "core/base/json.h"

#include <gtest/gtest.h>

#include <string>

using namespace belvedere;

namespace {

TEST(Json, KeepsMemberOrderNumberTextAndDuplicates)
{
    const std::string text = R"({"z":1.50,"a":1e3,"z":-0,"deep":[{"y":null},[],{}],"big":12345678901234567890})";

    const auto document = Json::parse(text);

    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ(document->write(), text);
    EXPECT_EQ((*document)["z"].toDouble(), 0);
    EXPECT_EQ((*document)["a"].toInt(), 1000);
}

TEST(Json, WritesIndented)
{
    const auto document = Json::parse(R"({"a":[1,{"b":true}],"c":{},"d":[]})");

    ASSERT_TRUE(document);
    EXPECT_EQ(document->write(2), "{\n  \"a\": [\n    1,\n    {\n      \"b\": true\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}");
}

TEST(Json, ReadsEscapes)
{
    const auto document = Json::parse(R"(["\u00e9\ud83d\ude00\n\"\\\/","\ud800x"])");

    ASSERT_TRUE(document);
    EXPECT_EQ((*document)[0].text(), "é😀\n\"\\/");
    EXPECT_EQ((*document)[1].text(), "\xEF\xBF\xBDx");
}

TEST(Json, AbsentMembersReadAsNull)
{
    const auto document = Json::parse(R"({"a":"text","n":"3"})");

    ASSERT_TRUE(document);
    EXPECT_TRUE((*document)["no"]["such"][3]["thing"].isNull());
    EXPECT_EQ((*document)["a"].toInt(7), 7);
    EXPECT_EQ((*document)["n"].looseNumber(), 3.0);
    EXPECT_EQ((*document)["a"].looseNumber(), std::nullopt);
}

TEST(Json, EditsInPlace)
{
    auto document = Json::parse(R"({"a":1,"b":2,"c":3})").value();

    document.set("b", Json::array({ "x", true, nullptr }));
    document.set("d", 4);
    document.remove("a");
    document.at("e").at("f") = 2.5;

    EXPECT_EQ(document.write(), R"({"b":["x",true,null],"c":3,"d":4,"e":{"f":2.5}})");
}

TEST(Json, ErrorsNameLineAndColumn)
{
    const struct {
        const char* text;
        const char* message;
    } cases[] = {
        { "", "line 1, column 1: the text ends where a value was expected" },
        { "{\n  \"a\": 1,\n  b: 2\n}", "line 3, column 3: expected a member name in quotes" },
        { "[1 2]", "line 1, column 4: expected ',' or ']'" },
        { "[1,]", "line 1, column 4: expected a value" },
        { "{} x", "line 1, column 4: expected the end of the text" },
        { "\"abc", "line 1, column 5: the text ends where a closing quote was expected" },
        { "[01]", "line 1, column 3: expected ',' or ']'" },
        { "[-]", "line 1, column 3: expected a digit" },
        { "\"\\x\"", "line 1, column 3: expected an escape sequence" },
    };
    for (const auto& [text, message] : cases) {
        const auto document = Json::parse(text);
        ASSERT_FALSE(document) << text;
        EXPECT_EQ(document.error().message, message);
    }
}

TEST(Json, RefusesEndlessNesting)
{
    EXPECT_FALSE(Json::parse(std::string(100'000, '[')));
}

}
