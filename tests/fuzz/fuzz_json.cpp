// Any text: what parses is written, on one line or many, so that it parses to an equal value.

#include "core/base/json.h"

#include <cstdint>
#include <cstdlib>

using belvedere::Json;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = Json::parse(text);
    if (!parsed) {
        if (!parsed.error().where || parsed.error().where->end > size)
            std::abort();
        return 0;
    }
    for (const int indent : { -1, 2 }) {
        const auto written = parsed->write(indent);
        const auto again = Json::parse(written);
        if (!again || again->write(indent) != written)
            std::abort();
    }
    return 0;
}
