// Any text as a number, a duration, a time, a size: what is read is written so that it reads the same.

#include "core/base/text.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>

using namespace belvedere;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto value = parseFloat(text)) {
        const auto again = parseFloat(formatValue(*value));
        if (!again || (!std::isnan(*value) && std::bit_cast<std::uint64_t>(*again) != std::bit_cast<std::uint64_t>(*value)))
            std::abort();
    }
    if (const auto duration = parseDurationMs(text)) {
        const auto again = parseDurationMs(formatDurationMs(*duration));
        if (!again || *again != *duration)
            std::abort();
    }
    if (const auto time = parseRfc3339Ns(text)) {
        const auto again = parseRfc3339Ns(formatRfc3339Ns(*time));
        if (!again || *again != *time)
            std::abort();
    }
    (void)parseTimeMs(text);
    (void)parseBytes(text);
    const auto valid = toValidUtf8(text);
    if (!isValidUtf8(valid) || (isValidUtf8(text) && valid != text))
        std::abort();
    return 0;
}
