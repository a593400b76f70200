// Decodes arbitrary bytes as a chunk. The checksum would stop nearly every input at once, so it is made right first.
#include "core/logs/chunk.h"

#include <xxhash.h>

#include <cstring>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace belvedere::logs;
    std::string chunk(reinterpret_cast<const char*>(data), size);
    static const LineProbe probe("some literal to look for");
    if (const auto header = readChunkHeader(chunk))
        (void)probe.mayContain(header->filter);
    if (chunk.size() >= 16) {
        std::uint64_t seed = 0;
        std::memcpy(&seed, chunk.data(), 8);
        const auto checksum = XXH3_64bits_withSeed(chunk.data() + 16, chunk.size() - 16, seed);
        std::memcpy(chunk.data() + 8, &checksum, 8);
    }
    static ChunkDecoder decoder;
    if (decoder.decode(chunk, {})) {
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < decoder.timesNs().size(); ++i)
            bytes += decoder.line(i).size();
        if (bytes != decoder.text().size())
            __builtin_trap();
    }
    std::vector<std::pair<std::string_view, std::string_view>> pairs;
    (void)readPackedMetadata(chunk, pairs);
    return 0;
}
