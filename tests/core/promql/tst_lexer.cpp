#include "core/promql/lexer.h"

#include <gtest/gtest.h>

#include <cmath>

namespace belvedere::promql {

namespace {

std::vector<TokenKind> kinds(std::string_view query)
{
    std::vector<TokenKind> out;
    for (const auto& token : tokenize(query).tokens)
        out.push_back(token.kind);
    return out;
}

TEST(PromqlLexer, gives_byte_ranges_of_tokens_and_comments)
{
    const auto lexed = tokenize("sum(up) # all\n");

    const std::vector<Token> expected { { TokenKind::aggregator, { 0, 3 } }, { TokenKind::leftParen, { 3, 4 } }, { TokenKind::identifier, { 4, 6 } }, { TokenKind::rightParen, { 6, 7 } },
        { TokenKind::comment, { 8, 13 } }, { TokenKind::end, { 14, 14 } } };
    EXPECT_EQ(lexed.tokens, expected);
    EXPECT_FALSE(lexed.error);
}

TEST(PromqlLexer, reads_words_in_any_case)
{
    EXPECT_EQ(kinds("SUM Without oFFset INF"), (std::vector { TokenKind::aggregator, TokenKind::without, TokenKind::offset, TokenKind::number, TokenKind::end }));
}

TEST(PromqlLexer, takes_words_inside_braces_as_label_names)
{
    EXPECT_EQ(kinds("{sum=~\"x\"}"), (std::vector { TokenKind::leftBrace, TokenKind::identifier, TokenKind::regexMatch, TokenKind::string, TokenKind::rightBrace, TokenKind::end }));
}

TEST(PromqlLexer, covers_the_rest_of_the_text_with_one_error_token)
{
    const auto lexed = tokenize("up $ x");

    ASSERT_EQ(lexed.tokens.back().kind, TokenKind::error);
    EXPECT_EQ(lexed.tokens.back().range, (TextRange { 3, 6 }));
    ASSERT_TRUE(lexed.error);
    EXPECT_EQ(lexed.error->message, "1:4: parse error: unexpected character: '$'");
}

TEST(PromqlLexer, names_whole_characters_in_complaints)
{
    EXPECT_EQ(tokenize("up – up").error->message, "1:4: parse error: unexpected character: '–'");
}

struct NumberCase {
    const char* text;
    double value;
};

class PromqlNumber : public testing::TestWithParam<NumberCase> { };

TEST_P(PromqlNumber, is_read)
{
    const auto value = readNumber(GetParam().text);

    ASSERT_TRUE(value);
    EXPECT_EQ(*value, GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(Spellings, PromqlNumber,
    testing::Values(NumberCase { "017", 15 }, NumberCase { "08", 8 }, NumberCase { "0x1F", 31 }, NumberCase { "0X_f", 15 }, NumberCase { "1_000", 1000 }, NumberCase { "1_0.5", 10.5 },
        NumberCase { ".5", 0.5 }, NumberCase { "1.", 1 }, NumberCase { "1e-3", 0.001 }, NumberCase { "0x1p4", 16 }, NumberCase { "iNf", INFINITY }));

TEST(PromqlNumbers, in_other_spellings_are_none)
{
    for (const auto* text : { "1__0", "_1", "1_", "0b11", "0o17", "1e", "0x", "0xG", "5mm", "" })
        EXPECT_FALSE(readNumber(text)) << text;
}

TEST(PromqlStrings, resolve_their_escapes)
{
    EXPECT_EQ(unquote(R"("a\n\"\x41\u00e9\101")"), "a\n\"A\xC3\xA9" "A");
    EXPECT_EQ(unquote("`a\\n`"), "a\\n");
    EXPECT_EQ(unquote(R"('it\'s')"), "it's");
    EXPECT_FALSE(unquote(R"("\q")"));
    EXPECT_FALSE(unquote(R"("\u00g0")"));
    EXPECT_FALSE(unquote(R"("\ud800")"));
    EXPECT_FALSE(unquote(R"("\400")"));
}

}

}
