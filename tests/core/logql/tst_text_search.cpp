#include "core/logql/text_search.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include <re2/re2.h>

using namespace belvedere;
using namespace belvedere::logql;

namespace {

std::string randomText(std::mt19937_64& random, std::size_t longest, std::string_view alphabet)
{
    std::string out(random() % (longest + 1), ' ');
    for (auto& c : out)
        c = alphabet[random() % alphabet.size()];
    return out;
}

TEST(Substring, findsWhatStdFinds)
{
    constexpr std::uint64_t kSeed = 20250601;
    std::mt19937_64 random(kSeed);
    for (int i = 0; i < 20'000; ++i) {
        const auto text = randomText(random, 70, "abc");
        const auto needle = randomText(random, 5, "abc");
        const auto from = random() % 4;
        EXPECT_EQ(Substring(needle).find(text, from), text.find(needle, from)) << "seed " << kSeed << ": '" << needle << "' in '" << text << "'";
    }
}

TEST(FoldedSubstring, ignoresCaseOfAsciiLetters)
{
    const FoldedSubstring needle("Err[1]");
    EXPECT_TRUE(needle.in("xx ERR[1] and more text behind it"));
    EXPECT_TRUE(needle.in("err[1]"));
    EXPECT_FALSE(needle.in("ERR{1} ERR;1] err[1"));
}

/// Every plan must answer as the expression itself would.
TEST(SearchRegex, answersAsTheExpression)
{
    const char* patterns[] { "", ".*", "a", "ab|ba", "a.*b", "a.*b.*a", ".*ab", "(?i)ab", "(?i)aB|k", "a+b", "ab?", "^a", "b$", "(a|b)c", "[ab]c", "a{2}", "a(b|c)*a", "\\bab\\b",
        "a\\nb", "(?s)a.b", "a|", "(?i)s", "\\.a", "x{0}a", "(ab)+", "a.b", "^$", "a\\.*b", "(?:ab|cd)ef", "(?P<n>ab)c", "a|b.*c", "é*a", "a{0,2}b", "[]a]b", "\\x61b", "(?i:a)b", "a{b|c}", "a{b}+c", "a{,2}b", "{a|b", "a{|b}" };
    constexpr std::uint64_t kSeed = 7;
    std::mt19937_64 random(kSeed);
    for (const auto* pattern : patterns) {
        const auto compiled = SearchRegex::compile(pattern);
        ASSERT_TRUE(compiled) << pattern;
        const RE2 re(pattern);
        for (int i = 0; i < 600; ++i) {
            auto text = randomText(random, 24, i % 2 == 0 ? "abcAB" : "abcefkKsS .{}\n");
            if (i % 7 == 0)
                text += "\xC5\xBF" "a\xE2\x84\xAA"; // long s and the Kelvin sign fold to s and k
            const bool matches = RE2::PartialMatch(text, re);
            EXPECT_EQ(compiled->in(text), matches) << "seed " << kSeed << ": " << pattern << " in '" << text << "'";
            if (!matches)
                continue;
            for (const auto& group : compiled->requiredLiterals()) {
                EXPECT_TRUE(std::ranges::any_of(group, [&](const std::string& literal) { return text.contains(literal); })) << pattern << " in '" << text << "'";
            }
        }
    }
}

TEST(SearchRegex, namesLiteralsThatEveryMatchContains)
{
    using Groups = std::vector<std::vector<std::string>>;
    EXPECT_EQ(SearchRegex::compile("timeout.*retry")->requiredLiterals(), (Groups { { "timeout" }, { "retry" } }));
    EXPECT_EQ(SearchRegex::compile("error|fatal")->requiredLiterals(), (Groups { { "error", "fatal" } }));
    EXPECT_EQ(SearchRegex::compile("status\":5\\d\\d")->requiredLiterals(), (Groups { { "status\":5" } }));
    EXPECT_EQ(SearchRegex::compile("{\"level\":\"error\"}")->requiredLiterals(), (Groups { { "{\"level\":\"error\"}" } }));
    EXPECT_EQ(SearchRegex::compile("up{job|}")->requiredLiterals(), (Groups { { "up{job", "}" } })) << "a brace that counts nothing is a character";
    EXPECT_TRUE(SearchRegex::compile("(?i)error")->requiredLiterals().empty());
    EXPECT_TRUE(SearchRegex::compile("a*")->requiredLiterals().empty());
    EXPECT_FALSE(SearchRegex::compile("a{2,1}"));
}

TEST(IpMatcher, networksRangesAndAddresses)
{
    const auto in = [](const char* pattern, const char* text) { return IpMatcher::parse(pattern).value().in(text); };
    EXPECT_TRUE(in("192.168.4.0/24", "from 192.168.4.63:48144 to"));
    EXPECT_FALSE(in("192.168.4.0/24", "from 192.168.5.63"));
    EXPECT_TRUE(in("10.0.0.3-10.0.0.5", "10.0.0.4"));
    EXPECT_FALSE(in("10.0.0.3-10.0.0.5", "10.0.0.6"));
    EXPECT_TRUE(in("2001:db8::/32", "[2001:db8:0:4::1]:80"));
    EXPECT_TRUE(in("::ffff:1.2.3.4", "::ffff:1.2.3.4"));
    EXPECT_FALSE(in("1.2.3.4", "11.2.3.4 1.2.3.45"));
    for (const char* bad : { "", "300.1.1.1", "1.2.3", "1.2.3.4/33", "1.2.3.4-1.2.3.3", "1.2.3.4-::1", "::1::2", "1:2:3:4:5:6:7:8:9", "x" })
        EXPECT_FALSE(IpMatcher::parse(bad)) << bad;
}

TEST(LinePattern, capturesBetweenLiterals)
{
    const auto captured = [](const char* pattern, const char* text) {
        std::string out;
        LinePattern::parseCaptures(pattern)->capture(text, [&](std::string_view name, std::string_view value) { out += std::string(name) + "=" + std::string(value) + ";"; });
        return out;
    };
    EXPECT_EQ(captured("<ip> - <_> [<ts>]", "1.2.3.4 - bob [now]"), "ip=1.2.3.4;ts=now;");
    EXPECT_EQ(captured("<a> <b>", "one"), "a=one;");
    EXPECT_EQ(captured("x<a>", "y"), "");
    EXPECT_FALSE(LinePattern::parseCaptures("<a><b>"));
    EXPECT_FALSE(LinePattern::parseCaptures("no captures"));
    EXPECT_FALSE(LinePattern::parseCaptures("<a> <a>"));
    EXPECT_FALSE(LinePattern::parseFilter("<a> x"));
}

TEST(LinePattern, filtersWholeLines)
{
    const auto matches = [](const char* pattern, const char* text) { return LinePattern::parseFilter(pattern)->matches(text); };
    EXPECT_TRUE(matches("<_>error<_>", "an error here"));
    EXPECT_TRUE(matches("null", "null"));
    EXPECT_FALSE(matches("null", "null "));
    EXPECT_FALSE(matches("error<_>", "an error"));
    EXPECT_TRUE(matches("", ""));
}

}
