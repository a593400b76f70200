// Any text as workspace.yml, prometheus.yml, promtail.yml or alertmanager.yml: a configuration, or faults with their place.

#include "core/workspace/configuration.h"
#include "core/workspace/listen.h"

#include <cstdint>
#include <cstdlib>

using namespace belvedere;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = workspace::parseConfiguration(text, "f", "/nowhere");
    if (!parsed) {
        if (parsed.error().empty())
            std::abort();
        for (const auto& fault : parsed.error()) {
            if (!fault.starts_with("f:"))
                std::abort();
        }
    }
    (void)workspace::parseListen(text);
    return 0;
}
