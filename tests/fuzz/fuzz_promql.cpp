// Any text: the lexer covers it, the parser answers, what was parsed prints and parses again to the same text, completion
// finds a place for every offset.

#include "core/promql/completion.h"
#include "core/promql/lexer.h"
#include "core/promql/parser.h"
#include "core/promql/printer.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace belvedere::promql;
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    std::size_t at = 0;
    for (const auto& token : tokenize(text).tokens) {
        if (token.range.begin < at || token.range.end < token.range.begin || token.range.end > size)
            std::abort();
        at = token.range.end;
    }

    constexpr Features kAll { .experimentalFunctions = true, .durationExpressions = true, .delayedNameRemoval = true };
    if (const auto parsed = parse(text, kAll)) {
        const auto printed = toString(**parsed);
        const auto again = parse(printed, kAll);
        if (!again || toString(**again) != printed)
            std::abort();
        (void)prettify(**parsed);
    } else if (!parsed.error().where || parsed.error().where->begin > size) {
        std::abort();
    }

    for (std::size_t offset = 0; offset <= size && size < 200; offset += 7)
        (void)completionPlace(text, offset);
    return 0;
}
