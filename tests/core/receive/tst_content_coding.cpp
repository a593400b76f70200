#include "core/receive/content_coding.h"

#include "core/ingest/compress.h"

#include <gtest/gtest.h>

namespace belvedere::receive {
namespace {

TEST(ContentCoding, readsWhatAClientAccepts)
{
    EXPECT_TRUE(acceptsCoding("gzip", "gzip"));
    EXPECT_TRUE(acceptsCoding("br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip"));
    EXPECT_TRUE(acceptsCoding("deflate,gzip;q=0.05", "gzip"));
    EXPECT_FALSE(acceptsCoding("gzip;q=0", "gzip"));
    EXPECT_FALSE(acceptsCoding("br, xgzip", "gzip"));
    EXPECT_FALSE(acceptsCoding("", "gzip"));
}

TEST(ContentCoding, packsSoThatItUnpacksToTheSame)
{
    std::string body;
    for (int i = 0; i < 10'000; ++i)
        body += std::to_string(i);
    const auto packed = gzipped(body);
    EXPECT_LT(packed.size(), body.size());
    std::string unpacked;
    ASSERT_TRUE(ingest::decompress(ingest::Encoding::gzip, packed, body.size(), unpacked));
    EXPECT_EQ(unpacked, body);
}

}
}
