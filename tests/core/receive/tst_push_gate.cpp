#include "core/receive/push_gate.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace belvedere::receive {
namespace {

std::string gzipped(std::size_t zeros)
{
    z_stream z {};
    constexpr int kGzip = 15 + 16;
    deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY);
    std::string input(zeros, '\0');
    std::string out(deflateBound(&z, zeros), '\0');
    z.next_in = reinterpret_cast<Bytef*>(input.data());
    z.avail_in = static_cast<unsigned>(input.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<unsigned>(out.size());
    deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

TEST(PushGate, largeBodiesTakeTurns)
{
    PushGate gate;
    const auto large = gzipped(PushGate::kOrdinaryBytes + 1);
    {
        const auto first = gate.unpack("gzip", large);
        ASSERT_TRUE(first);
        EXPECT_EQ(first->text.size(), PushGate::kOrdinaryBytes + 1);
        const auto second = gate.unpack("gzip", large);
        ASSERT_FALSE(second);
        EXPECT_EQ(pushStatus(second.error().code), 503);
        EXPECT_TRUE(gate.unpack("gzip", gzipped(PushGate::kOrdinaryBytes))) << "ordinary bodies do not wait for large ones";
    }
    EXPECT_TRUE(gate.unpack("gzip", large)) << "the turn ends with the body";
}

TEST(PushGate, refusesBombsAndGarbage)
{
    PushGate gate;
    EXPECT_EQ(pushStatus(gate.unpack("gzip", gzipped(PushGate::kLargestBytes + 1)).error().code), 413);
    EXPECT_EQ(pushStatus(gate.unpack("gzip", "no gzip").error().code), 400);
    EXPECT_EQ(pushStatus(gate.unpack("br", "x").error().code), 415);
    EXPECT_EQ(gate.unpack("", "as it came")->text, "as it came");
}

}
}
