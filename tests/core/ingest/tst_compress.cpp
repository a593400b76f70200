#include "core/ingest/compress.h"

#include <gtest/gtest.h>

#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

namespace belvedere::ingest {
namespace {

std::string deflated(std::string_view text, int windowBits)
{
    z_stream z {};
    deflateInit2(&z, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&z, text.size()) + 64, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<unsigned>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<unsigned>(out.size());
    deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

std::string gzipped(std::string_view text) { return deflated(text, 15 + 16); }

std::string zstded(std::string_view text)
{
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

std::string snappied(std::string_view text)
{
    std::string out;
    snappy::Compress(text.data(), text.size(), &out);
    return out;
}

std::string sampleText()
{
    std::string text;
    for (int i = 0; i < 20'000; ++i)
        text += "http_requests_total{code=\"" + std::to_string(i % 7) + "\"} " + std::to_string(i * 37) + "\n";
    return text;
}

struct Format {
    const char* name;
    Encoding encoding;
    std::string (*compress)(std::string_view);
};

class Decompress : public testing::TestWithParam<Format> { };

TEST_P(Decompress, undoesWhatTheLibraryMade)
{
    for (const auto& text : { std::string(), std::string("x"), sampleText() }) {
        std::string out = "left over";
        const auto done = decompress(GetParam().encoding, GetParam().compress(text), text.size(), out);
        ASSERT_TRUE(done) << done.error().message;
        EXPECT_EQ(out, text);
    }
}

TEST_P(Decompress, refusesOneByteMoreThanTheLimit)
{
    const auto text = sampleText();
    std::string out;
    const auto done = decompress(GetParam().encoding, GetParam().compress(text), text.size() - 1, out);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::limit);
}

TEST_P(Decompress, refusesABombWithoutRoomForIt)
{
    const std::string zeros(64 << 20, '\0');
    std::string out;
    const auto done = decompress(GetParam().encoding, GetParam().compress(zeros), 1 << 20, out);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::limit);
    EXPECT_LT(out.capacity(), 8U << 20);
}

TEST_P(Decompress, refusesEveryTruncation)
{
    const auto packed = GetParam().compress("a short text, a short text, a short text");
    for (std::size_t length = 0; length < packed.size(); ++length) {
        std::string out;
        EXPECT_FALSE(decompress(GetParam().encoding, std::string_view(packed).substr(0, length), 1 << 20, out)) << length;
    }
}

TEST_P(Decompress, refusesGarbage)
{
    std::string out;
    const auto done = decompress(GetParam().encoding, "good_metric 1\n", 1 << 20, out);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::corrupt);
}

INSTANTIATE_TEST_SUITE_P(Formats, Decompress,
    testing::Values(Format { "gzip", Encoding::gzip, gzipped },
        Format { "zlib", Encoding::deflate, [](std::string_view text) { return deflated(text, 15); } },
        Format { "zstd", Encoding::zstd, zstded }, Format { "snappy", Encoding::snappy, snappied }),
    [](const auto& format) { return std::string(format.param.name); });

TEST(DecompressTest, takesDeflateWithoutHeader)
{
    std::string out;
    const auto done = decompress(Encoding::deflate, deflated("raw deflate", -15), 100, out);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(out, "raw deflate");
}

TEST(DecompressTest, snappyLengthIsNotBelieved)
{
    // Claims 100 MB in eight bytes.
    const std::string liar("\x80\xC2\xD7\x2F\x04" "abc", 8);
    std::string out;
    const auto done = decompress(Encoding::snappy, liar, 1 << 30, out);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::corrupt);
    EXPECT_LT(out.capacity(), 1U << 20);
}

TEST(GunzipStreamTest, goesOnOverMembersInPiecesOfAnySize)
{
    const auto text = sampleText();
    const auto packed = gzipped(text) + gzipped("second member") + std::string(100, '\0');
    for (const std::size_t piece : { 1UL, 7UL, 1000UL, packed.size() }) {
        GunzipStream stream;
        std::string out;
        for (std::size_t at = 0; at < packed.size(); at += piece) {
            const auto fed = stream.feed(std::string_view(packed).substr(at, piece), 10 << 20, out);
            ASSERT_TRUE(fed) << fed.error().message;
        }
        EXPECT_TRUE(stream.finish());
        EXPECT_EQ(out, text + "second member") << "pieces of " << piece;
    }
}

TEST(ContentEncoding, isReadInAnyCaseAndRefusedWithTheRemedy)
{
    EXPECT_EQ(parseContentEncoding(""), Encoding::identity);
    EXPECT_EQ(parseContentEncoding(" GZIP "), Encoding::gzip);
    const auto unknown = parseContentEncoding("br");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().message, "Content-Encoding 'br' is not supported; use gzip, deflate, snappy, zstd or none");
}

}
}
