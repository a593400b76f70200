#include "core/datasource/api_answer.h"

#include <cstddef>
#include <cstdint>

using namespace belvedere::datasource;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const HttpAnswer answer { data[0] % 2 == 0 ? 200 : 400, std::string(reinterpret_cast<const char*>(data) + 1, size - 1) };
    (void)readQueryAnswer(answer, "sum(\nup)");
    (void)readStringsAnswer(answer);
    (void)readSeriesAnswer(answer);
    (void)readMetadataAnswer(answer);
    return 0;
}
