#include "core/model/log_level.h"

#include <gtest/gtest.h>

using namespace belvedere::model;

TEST(LogLevel, isReadFromFieldsOfTheLine)
{
    EXPECT_EQ(levelInLine("{\"level\": \"warn\", \"msg\":\"x\"}"), LogLevel::warning);
    EXPECT_EQ(levelInLine("{\"severity\":\"DEBUG\"}"), LogLevel::debug);
    EXPECT_EQ(levelInLine("{\"log.level\":\"error\"}"), LogLevel::error);
    EXPECT_EQ(levelInLine("time=1 level=error msg=x"), LogLevel::error);
    EXPECT_EQ(levelInLine("sublevel=error"), LogLevel::unknown);
    EXPECT_EQ(levelInLine("level="), LogLevel::unknown);
}

TEST(LogLevel, isReadFromWordsThatCannotBeProse)
{
    EXPECT_EQ(levelInLine("2025/11/21 11:34:48 [crit] 31#31: bind() failed"), LogLevel::critical);
    EXPECT_EQ(levelInLine("2025-11-21 11:34:48,123 INFO worker ready"), LogLevel::info);
    EXPECT_EQ(levelInLine("11:34:48 WRN slow query"), LogLevel::warning);
    EXPECT_EQ(levelInLine("[11:34:48 ERR] no route"), LogLevel::error);
    EXPECT_EQ(levelInLine("2025-11-21 11:34:48.123 UTC [1] LOG:  checkpoint complete"), LogLevel::info);
    EXPECT_EQ(levelInLine("panic: runtime error: index out of range"), LogLevel::critical);
    EXPECT_EQ(levelInLine("the error of my ways"), LogLevel::unknown);
    EXPECT_EQ(levelInLine("no error: all is well"), LogLevel::unknown);
    EXPECT_EQ(levelInLine(std::string(200, 'x') + " ERROR"), LogLevel::unknown) << "only the beginning counts";
    EXPECT_EQ(levelInLine(""), LogLevel::unknown);
}

TEST(LogLevel, ofALabelComesFirst)
{
    const LogLine line { 0, "level=info a", { { "detected_level", "debug" } }, { { "lvl", "WARN" } } };

    EXPECT_EQ(levelOf(Labels { { "level", "fatal" } }, line), LogLevel::fatal);
    EXPECT_EQ(levelOf(Labels { { "level", "3" } }, line), LogLevel::debug) << "a label that names no level says nothing";
    EXPECT_EQ(levelOf({}, { {}, "level=info a", {}, { { "lvl", "WARN" } } }), LogLevel::warning);
}

TEST(LogLevel, isReadInAnyCase)
{
    EXPECT_EQ(levelFromText(" Warning "), LogLevel::warning);
    EXPECT_EQ(levelFromText("EMERG"), LogLevel::critical);
    EXPECT_EQ(levelFromText("informational"), LogLevel::unknown);
    EXPECT_EQ(levelFromText(""), LogLevel::unknown);
}
