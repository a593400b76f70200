#include "core/model/matcher.h"

#include <gtest/gtest.h>

using namespace belvedere::model;

namespace {

AnchoredRegex regex(std::string_view pattern) { return AnchoredRegex::compile(pattern).value(); }

}

TEST(AnchoredRegex, takesLiteralsOut)
{
    EXPECT_EQ(regex("b|a|b").literals(), (std::vector<std::string> { "a", "b" }));
    EXPECT_EQ(regex("(?:a|b\\.c)").literals(), (std::vector<std::string> { "a", "b.c" }));
    EXPECT_EQ(regex("").literals(), (std::vector<std::string> { "" }));
    EXPECT_TRUE(regex("a+|b").literals().empty());
    EXPECT_EQ(regex("node_.*").prefix(), "node_");
    EXPECT_TRUE(regex(".*").matchesEverything());
}

TEST(AnchoredRegex, agreesWithTheExpression)
{
    struct Case {
        const char* pattern;
        const char* text;
        bool matches;
    };
    for (const auto& c : std::vector<Case> { { "a|b", "a", true }, { "a|b", "ab", false }, { "ab*", "a", true }, { "ab*", "abb", true },
             { "ab?c", "ac", true }, { "node_.*", "node_", true }, { "node_.*", "xnode_", false }, { "node_.+", "node_", false }, { ".*line", "new\nline", true },
             { "(a)(b)", "ab", true }, { "(a|b)c", "bc", true }, { "a|(b)", "b", true }, { "(?i)abc", "ABC", true }, { "x{2}", "xx", true }, { "|a", "", true },
             { "a\\.b", "a.b", true }, { "a\\.b", "axb", false }, { "\\d+", "12", true } })
        EXPECT_EQ(regex(c.pattern).matches(c.text), c.matches) << c.pattern << " on " << c.text;
}

TEST(Matcher, refusesBrokenExpressions)
{
    const auto matcher = Matcher::create(Matcher::Op::regexMatch, "a", "(");
    ASSERT_FALSE(matcher);
    EXPECT_EQ(matcher.error().code, belvedere::ErrorCode::parse);
}

TEST(Matcher, missingLabelIsEmpty)
{
    const Labels labels { { "a", "1" } };
    EXPECT_TRUE(Matcher::create(Matcher::Op::equal, "b", "").value().matches(labels));
    EXPECT_TRUE(Matcher::create(Matcher::Op::notEqual, "b", "x").value().matches(labels));
    EXPECT_FALSE(Matcher::create(Matcher::Op::regexMatch, "b", ".+").value().matches(labels));
}
