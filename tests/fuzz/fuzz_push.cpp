// Bodies of pushes: the first byte chooses the decoder. Nothing may crash, hang, or outgrow its limit.

#include "core/ingest/compress.h"
#include "core/ingest/loki_push.h"
#include "core/ingest/remote_write.h"
#include "tests/support/memory_metric_sink.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace belvedere;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    std::string body(reinterpret_cast<const char*>(data + 1), size - 1);
    switch (data[0] % 7) {
    case 0: (void)ingest::decodeLokiPushJson(body); break;
    case 1: (void)ingest::decodeLokiPushProtobuf(body); break;
    case 2: {
        test::MemoryMetricSink sink;
        ingest::RemoteWriteDecoder decoder(sink);
        (void)decoder.decode(body);
        break;
    }
    case 3: (void)ingest::parseStreamLabels(body); break;
    default: {
        constexpr std::size_t kLimit = 1 << 20;
        constexpr ingest::Encoding kEncodings[] { ingest::Encoding::gzip, ingest::Encoding::snappy, ingest::Encoding::zstd };
        std::string out;
        if (ingest::decompress(kEncodings[data[0] % 7 - 4], body, kLimit, out) && out.size() > kLimit)
            std::abort();
    }
    }
    return 0;
}
