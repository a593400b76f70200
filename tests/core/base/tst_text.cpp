#include "core/base/go_string.h"
#include "core/base/text.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

using namespace belvedere;

TEST(Duration, readsUnitsInOrderOnly)
{
    EXPECT_EQ(parseDurationMs("90s").value(), 90'000);
    EXPECT_EQ(parseDurationMs("1h30m").value(), 5'400'000);
    EXPECT_EQ(parseDurationMs("5ms").value(), 5); // not 5 minutes and a stray s
    EXPECT_EQ(parseDurationMs("0").value(), 0);
    for (const auto* bad : { "", "5", "m5", "5m1h", "-5m", "1.5h", "5 m", "99999999999999999y" })
        EXPECT_FALSE(parseDurationMs(bad)) << bad;
}

TEST(Duration, isWrittenAsPrometheusWritesIt)
{
    EXPECT_EQ(formatDurationMs(0), "0s");
    EXPECT_EQ(formatDurationMs(5'400'000), "1h30m");
    EXPECT_EQ(formatDurationMs(7LL * 86'400'000), "1w");
    EXPECT_EQ(formatDurationMs(8LL * 86'400'000), "8d");
    EXPECT_EQ(formatDurationMs(25LL * 3'600'000), "1d1h");
}

TEST(Value, isWrittenAsTheApiWritesIt)
{
    EXPECT_EQ(formatValue(0), "0");
    EXPECT_EQ(formatValue(1.5), "1.5");
    EXPECT_EQ(formatValue(1e20), "100000000000000000000");
    EXPECT_EQ(formatValue(9223372036854775807.0), "9223372036854776000") << "the shortest digits, then zeros";
    EXPECT_EQ(formatValue(-9007199254740993.0), "-9007199254740992");
    EXPECT_EQ(formatValue(1e21), "1e+21");
    EXPECT_EQ(formatValue(1e-7), "1e-07");
    EXPECT_EQ(formatValue(std::numeric_limits<double>::infinity()), "+Inf");
    EXPECT_EQ(formatValue(std::nan("")), "NaN");
}

TEST(Value, isTheShortestTextThatReadsBack)
{
    const auto check = [](double value) {
        const auto text = formatValue(value);
        EXPECT_EQ(std::bit_cast<std::uint64_t>(parseFloat(text).value()), std::bit_cast<std::uint64_t>(value)) << text;
        std::array<char, 64> digits;
        const auto scientific = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::scientific);
        const auto significant = [](std::string_view number) {
            std::string out;
            for (const char c : number.substr(0, number.find('e'))) {
                if (c >= '0' && c <= '9' && !(out.empty() && c == '0'))
                    out += c;
            }
            while (out.ends_with('0'))
                out.pop_back();
            return out;
        };
        EXPECT_EQ(significant(text), significant({ digits.data(), scientific.ptr })) << text;
    };
    std::mt19937_64 random(7);
    for (int i = 0; i < 20'000; ++i) {
        const auto bits = std::bit_cast<double>(random());
        if (std::isfinite(bits))
            check(bits);
        const double scale = std::pow(10.0, static_cast<double>(random() % 9));
        check(static_cast<double>(random() % 1'000'000'000'000'000) / scale);
        check(-static_cast<double>(random() % 1'000'000) / scale);
        check(static_cast<double>(random() % 1'000'000) * 1e-3); // not always the double next to the decimal
        check(std::nextafter(static_cast<double>(random() % 1'000'000) / 1e3, 0.0));
    }
    for (const double value : { 0.0, -0.0, 1e-6, 9.99e-7, 0.001, 123456789.123456, 999999999999.999, 9007199254740993.0, 1e15, 999999999999999.0, 5e-324, 1.7976931348623157e308, 9.999999999999999e20 })
        check(value);
    EXPECT_EQ(formatValue(-0.25), "-0.25");
    EXPECT_EQ(formatValue(-0.0), "-0");
    EXPECT_EQ(formatValue(1e-6), "0.000001");
    EXPECT_EQ(formatValue(100), "100");
    EXPECT_EQ(formatValue(1234567.000001), "1234567.000001");
}

TEST(Float, followsGo)
{
    EXPECT_EQ(parseFloat("+Inf").value(), std::numeric_limits<double>::infinity());
    EXPECT_EQ(parseFloat("0x1p4").value(), 16);
    EXPECT_EQ(parseFloat(".5").value(), 0.5);
    EXPECT_EQ(parseFloat("1e-400").value(), 0);
    for (const auto* bad : { "", "1e400", "0x1F", "1_000", "1 ", "++1", "e5", "infinit" })
        EXPECT_FALSE(parseFloat(bad)) << bad;
}

TEST(Time, roundTripsRfc3339)
{
    EXPECT_EQ(parseRfc3339Ns("2025-06-01T00:00:00Z").value(), 1'748'736'000'000'000'000);
    EXPECT_EQ(parseRfc3339Ns("2025-06-01T02:00:00.25+02:00").value(), 1'748'736'000'250'000'000);
    EXPECT_EQ(formatRfc3339Ns(1'748'736'000'250'000'000), "2025-06-01T00:00:00.25Z");
    EXPECT_EQ(formatRfc3339Ns(-1), "1969-12-31T23:59:59.999999999Z");
    EXPECT_EQ(parseTimeMs("1748736000.5").value(), 1'748'736'000'500);
    for (const auto* bad : { "", "2025-02-30T00:00:00Z", "2025-06-01", "2025-06-01T24:00:00Z", "nan" })
        EXPECT_FALSE(parseTimeMs(bad)) << bad;
}

TEST(Text, findsControlCharacters)
{
    using namespace std::string_view_literals;
    EXPECT_EQ(findControlCharacter("a: b\r\n\tc: é"), std::nullopt);
    EXPECT_EQ(findControlCharacter("ab\0c"sv), 2);
    EXPECT_EQ(findControlCharacter("\x7f"), 0);
}

TEST(Text, knowsLineAndColumnOfAByte)
{
    const auto at = [](std::size_t offset) {
        const auto [line, column] = placeOf("ab\n\ncd", offset);
        return std::pair(line, column);
    };
    EXPECT_EQ(at(0), std::pair(1UL, 1UL));
    EXPECT_EQ(at(2), std::pair(1UL, 3UL)) << "the break belongs to the line that it ends";
    EXPECT_EQ(at(3), std::pair(2UL, 1UL));
    EXPECT_EQ(at(5), std::pair(3UL, 2UL));
    EXPECT_EQ(at(100), std::pair(3UL, 3UL));
}

TEST(Utf8, tellsGoodFromBad)
{
    EXPECT_TRUE(isValidUtf8("héllo \xF0\x9F\x98\x80"));
    EXPECT_FALSE(isValidUtf8("\xC0\x80"));
    EXPECT_FALSE(isValidUtf8("\xED\xA0\x80"));
    EXPECT_EQ(toValidUtf8("a\xFF"), "a\xEF\xBF\xBD");
}

TEST(Utf8, encodesEveryLengthAndReplacesWhatIsNoCharacter)
{
    const auto encoded = [](char32_t code) {
        std::string out;
        appendUtf8(out, code);
        return out;
    };
    EXPECT_EQ(encoded(U'A'), "A");
    EXPECT_EQ(encoded(U'é'), "é");
    EXPECT_EQ(encoded(U'€'), "€");
    EXPECT_EQ(encoded(U'🜁'), "🜁");
    EXPECT_EQ(encoded(0xD800), "\uFFFD");
    EXPECT_EQ(encoded(0x110000), "\uFFFD");
}

TEST(Quoted, escapesAsGoDoes) { EXPECT_EQ(goQuoted("a\"\\\n\x01\x7f é"), R"("a\"\\\n\x01\x7f é")"); }

TEST(GoString, resolvesWhatGoWritesAndRefusesTheRest)
{
    EXPECT_EQ(unescapeGoString(R"(a\n\t\\\"\x41\101\u00e9\U0001F600)", "\"").value(), "a\n\t\\\"AA\u00E9\U0001F600");
    EXPECT_EQ(unescapeGoString(R"(\')", "'\"").value(), "'");
    for (const auto* bad : { R"(\)", R"(\')", R"(\q)", R"(\x4)", R"(\400)", R"(\8)", R"(\ud800)", R"(\U00110000)" })
        EXPECT_FALSE(unescapeGoString(bad, "\"")) << bad;
}

TEST(FormEncoded, keepsWhatNeedsNoEscape) { EXPECT_EQ(formEncoded("a-_.~ +/é"), "a-_.~+%2B%2F%C3%A9"); }

TEST(Bytes, unitsArePowersOf1024)
{
    EXPECT_EQ(parseBytes("512").value(), 512);
    EXPECT_EQ(parseBytes("1KB").value(), 1024);
    EXPECT_EQ(parseBytes("1.5GiB").value(), 1'610'612'736);
    EXPECT_FALSE(parseBytes("5 lots"));
}
