// Any text as a rule file; the first byte chooses the language. Groups, or faults, each with its place.

#include "core/alert/rule_file.h"

#include <cstdint>
#include <cstdlib>

using namespace belvedere;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto language = data[0] % 2 == 0 ? alert::Language::promql : alert::Language::logql;
    const auto groups = alert::parseRuleFile(text, "f", language, {});
    if (groups)
        return 0;
    if (groups.error().empty())
        std::abort();
    for (const auto& fault : groups.error()) {
        if (!fault.starts_with("f:"))
            std::abort();
    }
    return 0;
}
